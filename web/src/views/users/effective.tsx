import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Download } from "../../components/download.tsx";
import { Buttons, Row, SelectField } from "../../components/form.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { getUserAccess, type User, type UserAccess } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { conditionTexts } from "./class-draft.ts";
import { activityText } from "./classes.ts";

type Route = UserAccess["routes"][number];

const columns: readonly Column<Route>[] = [
  { title: "May", cell: (route) => route.method, short: true },
  { title: "Address", cell: (route) => <code>{route.path}</code> },
  { title: "By permission", cell: (route) => route.permission, short: true },
];

function Shown({ access }: { readonly access: UserAccess }) {
  return (
    <>
      <p>
        <strong>
          <bdi>{access.user.display_name}</bdi>
        </strong>{" "}
        {access.user.disabled_at ? "is disabled and may do nothing." : activityText(access.activity)}
      </p>
      {conditionTexts(access).length > 0 ? <p>Only: {conditionTexts(access).join("; ")}.</p> : null}
      {access.copied && access.copied.deviations.length > 0 ? (
        <p>
          Their class differs from the built-in class it was copied from in {access.copied.deviations.map(({ what, base, now }) => `${what} (${now}, was ${base})`).join(", ")}, until{" "}
          {access.copied.until}
          {access.copied.overdue ? <strong> – overdue</strong> : null}.
        </p>
      ) : null}
      <Table caption={`What ${access.user.display_name} may do`} columns={columns} rows={access.routes} rowKey={(route) => route.method + route.path} page={12} />
    </>
  );
}

function OfUser({ user }: { readonly user: number }) {
  const access = useQuery({ queryKey: keys.userAccess(user), queryFn: ({ signal }) => getUserAccess({ user }, signal) });

  return (
    <Answer query={access} what="effective access">
      {(data) => <Shown access={data} />}
    </Answer>
  );
}

/** What would this person see? Judged by the server as their own requests are. */
export function Effective({ users }: { readonly users: readonly User[] }) {
  const [user, setUser] = useState(0);

  return (
    <>
      <Row>
        <SelectField label="What would this user see?" value={user || ""} onChange={(event) => setUser(Number(event.target.value))}>
          <option value="" disabled>
            Choose
          </option>
          {users.map((one) => (
            <option key={one.id} value={one.id}>
              {one.display_name}
            </option>
          ))}
        </SelectField>
      </Row>
      {user ? <OfUser user={user} /> : null}
      <Buttons>
        <Download path="/api/v1/access/export" name="ward-access.csv">
          Everybody's as CSV
        </Download>
      </Buttons>
    </>
  );
}
