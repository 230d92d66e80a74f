/* One spill: how far it is, what was found, what was done, and its receipt. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { Button } from "../../components/button.tsx";
import { Confirm } from "../../components/confirm.tsx";
import { FormProblem } from "../../components/form.tsx";
import { Card, Facts } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { confirmSpill, forgetSpill, getSpill, listDevices, type Spill, type SpillDay, type SpillDevice } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import styles from "./spills.module.css";
import { deviceCounts, foundText, STATES } from "./words.ts";

const EVERY_MS = 700;

function Progress({ spill }: { readonly spill: Spill }) {
  if (spill.state !== "searching" && spill.state !== "acting") return null;
  return (
    <>
      <dt>Days</dt>
      <dd>
        <progress className={styles["progress"]} aria-label="Days looked through" max={Math.max(spill.days_total, 1)} value={spill.days_done} /> {spill.days_done} of {spill.days_total}
      </dd>
    </>
  );
}

function Known({ spill }: { readonly spill: Spill }) {
  return (
    <Facts>
      <dt>State</dt>
      <dd>
        <span role="status">{STATES[spill.state]}</span>
      </dd>
      <Progress spill={spill} />
      <dt>Found</dt>
      <dd>{foundText(spill)}</dd>
      <dt>By</dt>
      <dd>
        <bdi>{spill.by}</bdi>, {moment(spill.begun_at)}
      </dd>
      <dt>Why</dt>
      <dd>
        <bdi>{spill.purpose}</bdi>
      </dd>
      {spill.done_at ? (
        <>
          <dt>Done</dt>
          <dd>{moment(spill.done_at)}</dd>
        </>
      ) : null}
      {spill.rule_until ? (
        <>
          <dt>Refused until</dt>
          <dd>{moment(spill.rule_until)}, wherever it is told again</dd>
        </>
      ) : null}
      {spill.fault ? (
        <>
          <dt>Last try</dt>
          <dd>failed ({spill.fault}); {spill.state === "failed" ? "search again" : "it is tried again every ten seconds"}</dd>
        </>
      ) : null}
    </Facts>
  );
}

function Days({ spill }: { readonly spill: Spill }) {
  const columns: readonly Column<SpillDay>[] = [
    { title: "Day (UTC)", cell: (day) => day.date, short: true },
    { title: "Texts", cell: (day) => day.texts.toLocaleString(), numeric: true },
    { title: "Rewritten", cell: (day) => (day.rewritten_at ? moment(day.rewritten_at) : "not yet"), short: true },
    { title: "Destroyed key", cell: (day) => (day.destroyed_key ? <code>{day.destroyed_key.slice(0, 16)}</code> : "–"), short: true },
  ];
  if (spill.days.length === 0) return null;
  return <Table caption="Days that have it, or had it" columns={columns} rows={spill.days} page={31} rowKey={(day) => `${day.date} ${day.destroyed_key}`} />;
}

function Devices({ spill }: { readonly spill: Spill }) {
  const devices = useQuery({ queryKey: keys.devices(), queryFn: ({ signal }) => listDevices({}, signal) });
  const names = new Map(devices.data?.devices.map((device) => [device.id, device.host_name]));
  const columns: readonly Column<SpillDevice>[] = [
    { title: "Computer", cell: (device) => names.get(device.id) ?? <code>{device.id.slice(0, 8)}</code> },
    { title: "Holds nothing of it", cell: (device) => (device.clean_at ? `since ${moment(device.clean_at)}` : "not said yet"), short: true },
  ];
  if (spill.devices.length === 0) return null;
  return (
    <>
      <h3 className={styles["heading"]}>Computers</h3>
      <p className={styles["quiet"]}>{deviceCounts(spill.devices)}</p>
      <Table caption="Computers that were told" columns={columns} rows={spill.devices} page={20} rowKey={(device) => device.id} />
    </>
  );
}

function Receipt({ spill }: { readonly spill: Spill }) {
  if (!spill.receipt) return null;
  return (
    <>
      <h3 className={styles["heading"]}>Receipt</h3>
      <p>
        SHA-256 <code>{spill.receipt_hash}</code>, in the audit log as “Spilled text removed”. Replace every copy of the keyring that was made before: only that keeps older
        backups of these days closed.
      </p>
      <pre className={styles["receipt"]} tabIndex={0} aria-label="Receipt">
        {spill.receipt}
      </pre>
    </>
  );
}

interface ActsProps {
  readonly spill: Spill;
  readonly onGone: () => void;
}

function Acts({ spill, onGone }: ActsProps) {
  const client = useQueryClient();
  const forget = useMutation({
    mutationFn: () => forgetSpill({ spill: spill.id }),
    onSuccess: async () => {
      onGone();
      await client.invalidateQueries({ queryKey: keys.spills() });
    },
  });

  if (spill.state !== "found" && spill.state !== "failed") return null;
  return (
    <>
      <FormProblem error={forget.error} />
      <div className={styles["buttons"]}>
        {spill.state === "found" ? (
          <Confirm
            trigger={spill.texts > 0 ? "Take it out …" : "Refuse it from now on …"}
            title={spill.texts > 0 ? "Take it out of everything?" : "Refuse it from now on?"}
            action={spill.texts > 0 ? "Take it out" : "Refuse it"}
            act={async () => {
              await confirmSpill({ spill: spill.id });
              await client.invalidateQueries({ queryKey: keys.spills() });
            }}
          >
            {spill.texts > 0
              ? `${foundText(spill)}. Each of these texts becomes [unknown], their days get new keys, and the old keys are destroyed: older backups of these days cannot be opened any more. Computers take it out of what they have not sent yet. This cannot be undone.`
              : "No day has it. Computers take it out of what they have not sent yet, and refuse it for 15 days."}
          </Confirm>
        ) : null}
        <Button small onClick={() => forget.mutate()} busy={forget.isPending}>
          Forget the search
        </Button>
      </div>
    </>
  );
}

interface Props {
  readonly id: number;
  readonly onGone: () => void;
}

export function Shown({ id, onGone }: Props) {
  const client = useQueryClient();
  const spill = useQuery({
    queryKey: keys.spill(id),
    queryFn: async ({ signal }) => {
      const got = await getSpill({ spill: id }, signal);
      if (got.state === "done") await client.invalidateQueries({ queryKey: keys.incidents() });
      return got;
    },
    /* Until it stands still; afterwards computers may still say that they are clean. */
    refetchInterval: ({ state }) => (state.data?.state === "searching" || state.data?.state === "acting" ? EVERY_MS : 15_000),
  });

  return (
    <Card title={`Spill ${id}`} aside={<Button small onClick={onGone}>Close</Button>}>
      <Answer query={spill} what="the spill">
        {(got) => (
          <>
            <Known spill={got} />
            <Acts spill={got} onGone={onGone} />
            <Days spill={got} />
            <Devices spill={got} />
            <Receipt spill={got} />
          </>
        )}
      </Answer>
    </Card>
  );
}
