/* What came with identifiers in it that a computer should have removed: which, by which rule, what to do. Never the text. */

import { useQuery, useQueryClient } from "@tanstack/react-query";

import { Confirm } from "../../components/confirm.tsx";
import { Card } from "../../components/page.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { acknowledgeMissed, listMissed, type Missed, type MissedList } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import styles from "./missed.module.css";

function Why({ missed }: { readonly missed: Missed }) {
  if (missed.same) return <strong className={styles["bad"]}>The server's own rules, yet missed</strong>;
  return missed.rules ? "Other rules than the server's" : "It does not say which rules it runs";
}

function Acknowledge({ missed }: { readonly missed: Missed }) {
  const client = useQueryClient();
  return (
    <Confirm
      trigger="Acknowledge"
      kind="plain"
      about={`${missed.host_name}, ${missed.rule}`}
      title="What was found, and what was done about it?"
      action="Acknowledge"
      reason
      act={async (note) => {
        await acknowledgeMissed({ missed: missed.id, body: { note } });
        await client.invalidateQueries({ queryKey: keys.missed() });
      }}
    >
      Your name and what you write stand in the audit log. More of it that comes later is shown again.
    </Confirm>
  );
}

function Banner({ list }: { readonly list: MissedList }) {
  const texts = list.open === 1 ? "text" : "texts";
  if (list.open === 0) return null;
  return (
    <div className={list.same > 0 ? styles["high"] : styles["notice"]} role="alert">
      <strong>
        {list.open.toLocaleString()} {texts} came with identifiers in {list.open === 1 ? "it" : "them"}.
      </strong>{" "}
      {list.same > 0
        ? "The rules here and on the computer are the same, so redaction there does not run, or somebody changed what is sent. Look at that computer before anything else."
        : "The computers concerned have other rules than the server: bring ward-agent there to the server's version."}{" "}
      The titles were not kept.
    </div>
  );
}

export function MissedShown() {
  const session = useSession().data;
  const query = useQuery({ queryKey: keys.missed(), queryFn: ({ signal }) => listMissed({}, signal), refetchInterval: 60_000 });
  const columns: readonly Column<Missed>[] = [
    { title: "Computer", cell: (row) => row.host_name },
    { title: "Day", cell: (row) => row.day, short: true },
    { title: "Kind", cell: (row) => row.kind, short: true },
    { title: "Rule", cell: (row) => <code>{row.rule}</code> },
    { title: "Texts", cell: (row) => row.count.toLocaleString(), numeric: true },
    { title: "Why", cell: (row) => <Why missed={row} /> },
    {
      title: "Acknowledged",
      cell: (row) =>
        row.acknowledged_at ? `${row.acknowledged_by ?? ""}, ${moment(row.acknowledged_at)}: ${row.note ?? ""}` : may(session, "devices.manage") ? <Acknowledge missed={row} /> : "not yet",
    },
  ];

  if (!query.data || query.data.missed.length === 0) return null;
  return (
    <>
      <Banner list={query.data} />
      <Card title="Missed on computers" aside="Found by the server's own redaction, and not kept">
        <Table caption="Identifiers that came, by computer, day and rule" columns={columns} rows={query.data.missed} page={10} rowKey={(row) => row.id} />
      </Card>
    </>
  );
}
