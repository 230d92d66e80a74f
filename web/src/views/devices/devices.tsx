import { useQuery, useQueryClient } from "@tanstack/react-query";

import { Confirm } from "../../components/confirm.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Empty, Failed, Loading } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { type Device, type Gap, listDevices, revokeDevice } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import { Packages } from "./packages.tsx";
import styles from "./devices.module.css";

const GAP_LABELS: Record<Gap["reason"], string> = {
  spool_full: "The spool was full",
  spool_aged: "Waited longer than 14 days",
  spool_corrupt: "The spool was damaged",
  sensor_lost: "A sensor could not hand over",
  paused: "Paused by its user",
};

function state(device: Device): string {
  if (device.revoked_at) return `Revoked ${moment(device.revoked_at)}`;
  if (device.live) return "Live";
  return device.seen_at ? `Last seen ${moment(device.seen_at)}` : "Never seen";
}

function Gaps({ devices }: { readonly devices: readonly Device[] }) {
  const rows = devices.flatMap((device) => device.gaps.map((gap) => ({ device, gap })));
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: "Computer", cell: ({ device }) => device.host_name },
    { title: "Account", cell: ({ gap }) => gap.account ?? "all" },
    { title: "From", cell: ({ gap }) => moment(gap.from_at) },
    { title: "To", cell: ({ gap }) => moment(gap.to_at) },
    { title: "Why", cell: ({ gap }) => (gap.reason_text ? `${GAP_LABELS[gap.reason]}: ${gap.reason_text}` : GAP_LABELS[gap.reason]) },
    { title: "Spans lost", cell: ({ gap }) => (gap.spans > 0 ? gap.spans : gap.reason === "paused" ? "–" : "not known"), numeric: true },
  ];
  if (rows.length === 0) return <p className={styles["quiet"]}>No gap is known.</p>;
  return <Table caption="Gaps" columns={columns} rows={rows} rowKey={({ device, gap }) => `${device.id} ${gap.from_at} ${gap.reason} ${gap.account}`} />;
}

function DevicesShown({ devices, manage }: { readonly devices: readonly Device[]; readonly manage: boolean }) {
  const client = useQueryClient();
  const columns: readonly Column<Device>[] = [
    { title: "Computer", cell: (device) => <strong>{device.host_name}</strong> },
    { title: "State", cell: state },
    { title: "Enrolled", cell: (device) => moment(device.enrolled_at) },
    { title: "Version", cell: (device) => device.version },
    { title: "Accounts", cell: (device) => device.accounts, numeric: true },
    { title: "Waiting", cell: (device) => device.waiting, numeric: true },
    { title: "Missing", cell: (device) => device.missing, numeric: true },
    {
      title: "Certificate",
      cell: (device) => (device.revoked_at ? "refused" : `until ${moment(device.certificate_to_at)}`),
    },
    {
      title: "",
      cell: (device) =>
        manage && !device.revoked_at ? (
          <Confirm
            trigger="Revoke"
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
        ) : null,
    },
  ];

  if (devices.length === 0)
    return <Empty title="No computer has an agent yet">Make a package below, and enrol the first computers with it.</Empty>;
  return (
    <>
      <Card title="Computers">
        <Table caption="Computers with an agent" columns={columns} rows={devices} rowKey={(device) => device.id} />
      </Card>
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
        lead="Waiting: batches in a computer's spool. Missing: batches that were numbered but never came."
      />
      {devices.isPending ? <Loading what="devices" /> : null}
      {devices.isError ? <Failed error={devices.error} again={() => void devices.refetch()} /> : null}
      {devices.data ? <DevicesShown devices={devices.data.devices} manage={may(session, "devices.manage")} /> : null}
      {may(session, "packages.manage") ? <Packages /> : null}
    </>
  );
}
