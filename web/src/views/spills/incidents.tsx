/* Incidents: what somebody has to look into, until somebody closes it with a note. */

import { useQuery, useQueryClient } from "@tanstack/react-query";

import { Confirm } from "../../components/confirm.tsx";
import { Card } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { closeIncident, type Incident, listIncidents } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import styles from "./spills.module.css";

function Close({ incident }: { readonly incident: Incident }) {
  const client = useQueryClient();
  return (
    <Confirm
      trigger="Close"
      about={`incident ${incident.id}`}
      kind="plain"
      title={`Close incident ${incident.id}?`}
      action="Close it"
      reason
      act={async (note) => {
        await closeIncident({ incident: incident.id, body: { note } });
        await client.invalidateQueries({ queryKey: keys.incidents() });
      }}
    >
      Say what was found and done. It stays in the list.
    </Confirm>
  );
}

export function Incidents() {
  const session = useSession().data;
  const manage = may(session, "incidents.manage");
  const incidents = useQuery({ queryKey: keys.incidents(), queryFn: ({ signal }) => listIncidents({}, signal) });
  const columns: readonly Column<Incident>[] = [
    { title: "Incident", cell: (incident) => incident.id, short: true },
    { title: "What", cell: (incident) => incident.summary },
    { title: "Opened", cell: (incident) => moment(incident.opened_at), short: true },
    {
      title: "State",
      cell: (incident) =>
        incident.closed_at ? (
          <span className={styles["quiet"]}>
            closed {moment(incident.closed_at)} by <bdi>{incident.closed_by}</bdi>: <bdi>{incident.note}</bdi>
          </span>
        ) : (
          <strong>open</strong>
        ),
    },
  ];
  const tools: Column<Incident> = { title: "Actions", cell: (incident) => (incident.closed_at ? null : <Close incident={incident} />), tools: true };

  return (
    <Card title="Incidents">
      <Answer query={incidents} what="the incidents">
        {(got) =>
          got.incidents.length === 0 ? (
            <p className={styles["quiet"]}>There was none yet.</p>
          ) : (
            <Table caption="Incidents" columns={manage ? [...columns, tools] : columns} rows={got.incidents} page={20} rowKey={(incident) => incident.id} />
          )
        }
      </Answer>
    </Card>
  );
}
