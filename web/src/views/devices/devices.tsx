import { useQuery, useQueryClient } from "@tanstack/react-query";

import { Confirm } from "../../components/confirm.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer, Empty } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { type Device, type Gap, listDevices, revokeDevice } from "../../model/api.gen.ts";
import { dayOf, moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import { Packages } from "./packages.tsx";
import { Receipts } from "./receipts.tsx";
import styles from "./devices.module.css";

const GAP_LABELS: Record<Gap["reason"], string> = {
  spool_full: "The spool was full",
  spool_aged: "Waited longer than 14 days",
  spool_corrupt: "The spool was damaged",
  sensor_lost: "A sensor could not hand over",
  paused: "Paused by its user",
};

function State({ device }: { readonly device: Device }) {
  const unclean = UNCLEAN[device.canaries.state];
  if (unclean && !device.revoked_at) return <strong className={styles["bad"]}>{unclean}</strong>;
  if (device.revoked_at) return <span className={styles["quiet"]}>Revoked {moment(device.revoked_at)}</span>;
  if (device.live) return <strong className={styles["live"]}>Live</strong>;
  return device.seen_at ? `Last seen ${moment(device.seen_at)}` : "Never seen";
}

/* Only what somebody should act on; that all is well stands in Rules. */
const UNCLEAN: Partial<Record<Device["canaries"]["state"], string>> = {
  sensor: "redaction failed in a session: stopped",
  service: "redaction failed: it sends nothing",
  waived: "a test build that takes nothing out",
};

function Trials({ device }: { readonly device: Device }) {
  if (device.canaries.state !== "clean") return null;
  return (
    <>
      <br />
      {device.canaries.passed} of {device.canaries.run} trials clean
    </>
  );
}

function Rules({ device }: { readonly device: Device }) {
  const { rules } = device;
  if (!rules)
    return (
      <span className={styles["quiet"]}>
        not said yet
        <Trials device={device} />
      </span>
    );
  return (
    <>
      <span title={`SHA-256 ${rules.hash}`}>
        {rules.version} · <code>{rules.hash.slice(0, 8)}</code>
      </span>
      <br />
      <span className={rules.server ? styles["quiet"] : styles["other"]}>
        {rules.server ? "the server's" : "not the server's"}, since {dayOf(rules.since_at)}
      </span>
      <span className={styles["quiet"]}>
        <Trials device={device} />
      </span>
      {device.sensor_rules.length > 0 ? (
        <>
          <br />
          <span className={styles["other"]}>a session still ran others</span>
        </>
      ) : null}
    </>
  );
}

function Gaps({ devices }: { readonly devices: readonly Device[] }) {
  const rows = devices.flatMap((device) => device.gaps.map((gap) => ({ device, gap })));
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: "Computer", cell: ({ device }) => device.host_name },
    { title: "Account", cell: ({ gap }) => <bdi>{gap.account ?? "all"}</bdi> },
    { title: "From", cell: ({ gap }) => moment(gap.from_at), short: true },
    { title: "To", cell: ({ gap }) => moment(gap.to_at), short: true },
    { title: "Why", cell: ({ gap }) => (gap.reason_text ? `${GAP_LABELS[gap.reason]}: ${gap.reason_text}` : GAP_LABELS[gap.reason]) },
    {
      title: "Spans lost",
      cell: ({ gap }) => (gap.spans > 0 ? gap.spans.toLocaleString() : gap.reason === "paused" ? "–" : "not known"),
      numeric: true,
    },
  ];
  if (rows.length === 0) return <p className={styles["quiet"]}>No gap is known.</p>;
  return (
    <Table
      caption="Gaps by computer"
      columns={columns}
      rows={rows}
      page={20}
      rowKey={({ device, gap }) => `${device.id} ${gap.from_at} ${gap.reason} ${gap.account}`}
    />
  );
}

function Revoke({ device }: { readonly device: Device }) {
  const client = useQueryClient();
  return (
    <Confirm
      trigger="Revoke"
      about={device.host_name}
      title={`Refuse ${device.host_name} from now on?`}
      action="Revoke"
      reason
      act={async (reason) => {
        await revokeDevice({ device: device.id, body: { reason } });
        await client.invalidateQueries({ queryKey: keys.devices() });
      }}
    >
      Its next request is refused. What it sent stays. To take it back, enrol it again with a new package.
    </Confirm>
  );
}

function DevicesShown({ devices, manage }: { readonly devices: readonly Device[]; readonly manage: boolean }) {
  const columns: readonly Column<Device>[] = [
    {
      title: "Computer",
      cell: (device) => (
        <>
          <strong>{device.host_name}</strong>
          <br />
          <span className={styles["quiet"]}>version {device.version}</span>
        </>
      ),
    },
    { title: "State", cell: (device) => <State device={device} /> },
    { title: "Enrolled", cell: (device) => dayOf(device.enrolled_at), short: true },
    { title: "Redaction rules", cell: (device) => <Rules device={device} /> },
    { title: "Accounts", cell: (device) => device.accounts, numeric: true },
    { title: "Waiting", cell: (device) => device.waiting.toLocaleString(), numeric: true },
    { title: "Missing", cell: (device) => device.missing.toLocaleString(), numeric: true },
    { title: "Certificate", cell: (device) => (device.revoked_at ? "refused" : dayOf(device.certificate_to_at)), short: true },
  ];
  const tools: Column<Device> = { title: "Actions", cell: (device) => (device.revoked_at ? null : <Revoke device={device} />), tools: true };

  if (devices.length === 0)
    return (
      <Empty title="No computer has an agent yet">
        {manage ? "Make a package below, and enrol the first computers with it." : "An administrator can make a package and enrol the first ones with it."}
      </Empty>
    );
  return (
    <>
      <Card title="Computers">
        <Table caption="Computers with an agent" columns={manage ? [...columns, tools] : columns} rows={devices} rowKey={(device) => device.id} />
      </Card>
      <Receipts devices={devices} />
      <Card title="Gaps" aside="What is known to be missing, and why">
        <Gaps devices={devices} />
      </Card>
    </>
  );
}

export function DevicesView() {
  const session = useSession().data;
  const devices = useQuery({ queryKey: keys.devices(), queryFn: ({ signal }) => listDevices({}, signal), refetchInterval: 30_000 });

  return (
    <>
      <PageHead
        title="Devices"
        lead={
          <>
            <strong>Waiting</strong>: batches in a computer's spool, still to be sent. <strong>Missing</strong>: batches that were numbered but never came.{" "}
            <strong>Redaction rules</strong>: what takes identifiers out there, as its last batch said.
          </>
        }
      />
      <Answer query={devices} what="devices">
        {(data) => <DevicesShown devices={data.devices} manage={may(session, "devices.manage")} />}
      </Answer>
      {may(session, "packages.manage") ? <Packages /> : null}
    </>
  );
}
