/* One's own sessions: where one is signed in, and the end of what should not be there. */

import { useQuery, useQueryClient } from "@tanstack/react-query";

import { Confirm } from "../../components/confirm.tsx";
import { Card } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { endOwnOtherSessions, endOwnSession, listOwnSessions, type SessionRow } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { checkSession } from "../../model/session.ts";

const COLUMNS: readonly Column<SessionRow>[] = [
  { title: "From", cell: (row) => row.source + (row.current ? " (this one)" : "") },
  { title: "Since", cell: (row) => moment(row.created_at), short: true },
  { title: "Last seen", cell: (row) => moment(row.seen_at), short: true },
  { title: "Second factor", cell: (row) => (row.factor_at ? moment(row.factor_at) : "not given yet"), short: true },
  { title: "Ends at the latest", cell: (row) => moment(row.expires_at), short: true },
];

export function Sessions() {
  const client = useQueryClient();
  const sessions = useQuery({ queryKey: keys.ownSessions(), queryFn: ({ signal }) => listOwnSessions({}, signal) });
  const again = () => client.invalidateQueries({ queryKey: keys.ownSessions() });
  const tools: Column<SessionRow> = {
    title: "Actions",
    tools: true,
    cell: (row) => (
      <Confirm
        trigger="End"
        about={`the session from ${row.source} since ${moment(row.created_at)}${row.current ? ", this one" : ""}`}
        title={row.current ? "Sign out here?" : `End the session from ${row.source}?`}
        action="End it"
        act={async () => {
          await endOwnSession({ session: row.number });
          await (row.current ? checkSession(client) : again());
        }}
      >
        {row.current ? "You sign in again afterwards." : "Whatever is open there closes within a second."}
      </Confirm>
    ),
  };

  return (
    <Card title="Where you are signed in">
      <Answer query={sessions} what="your sessions">
        {(data) => (
          <>
            <Table caption="Your sessions" columns={[...COLUMNS, tools]} rows={data.sessions} rowKey={(row) => row.number} />
            {data.sessions.some((row) => !row.current) ? (
              <Confirm
                trigger="End all others"
                title="End all sessions but this one?"
                action="End them"
                act={async () => {
                  await endOwnOtherSessions();
                  await again();
                }}
              >
                If one of them is not yours, ask an administrator for a new link as well: your password and second factor may be known to somebody.
              </Confirm>
            ) : null}
          </>
        )}
      </Answer>
    </Card>
  );
}
