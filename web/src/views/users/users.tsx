import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Confirm } from "../../components/confirm.tsx";
import { Buttons, fieldError, FormProblem, SelectField, TextField } from "../../components/form.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Failed, Loading } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { addUser, changeUser, type Link, listUsers, makeLink, type User } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import styles from "./users.module.css";

type Role = User["role"];

const ROLES: Record<Role, string> = {
  viewer: "Viewer: people's days",
  power_user: "Power User: also devices and what was removed",
  configurator: "Configurator: devices, policy and settings, no people",
  admin: "Admin: everything",
};

function LinkShown({ link, who }: { readonly link: Link; readonly who: string }) {
  return (
    <div className={styles["link"]} role="status">
      Give this to {who}, over a channel that you trust. It works once, until {moment(link.expires_at)}:
      <code>{link.link}</code>
    </div>
  );
}

function NewUser() {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const add = useMutation({
    mutationFn: () => addUser({ body: { name: name.trim().toLowerCase(), display_name: displayName.trim(), role } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.users() }),
  });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <TextField label="Name to sign in with" required autoCapitalize="none" error={fieldError(add.error, "/name")} value={name} onChange={(event) => setName(event.target.value)} />
      <TextField label="Shown as" required error={fieldError(add.error, "/display_name")} value={displayName} onChange={(event) => setDisplayName(event.target.value)} />
      <SelectField label="Role" value={role} onChange={(event) => setRole((Object.keys(ROLES) as Role[]).find((one) => one === event.target.value) ?? "viewer")}>
        {Object.entries(ROLES).map(([one, label]) => (
          <option key={one} value={one}>
            {label}
          </option>
        ))}
      </SelectField>
      <FormProblem error={add.error} />
      <Buttons>
        <Button kind="primary" type="submit" busy={add.isPending}>
          Add
        </Button>
      </Buttons>
      {add.data ? <LinkShown link={add.data} who={displayName || name} /> : null}
    </form>
  );
}

function UsersShown({ users, manage, self }: { readonly users: readonly User[]; readonly manage: boolean; readonly self: number }) {
  const client = useQueryClient();
  const [given, setGiven] = useState<{ link: Link; who: string } | null>(null);
  const again = () => client.invalidateQueries({ queryKey: keys.users() });
  const columns: readonly Column<User>[] = [
    { title: "Name", cell: (user) => <strong>{user.display_name}</strong> },
    { title: "Signs in as", cell: (user) => user.name },
    { title: "Role", cell: (user) => ROLES[user.role].split(":")[0] },
    { title: "Second factor", cell: (user) => (user.totp ? "set up" : "not yet") },
    { title: "State", cell: (user) => (user.disabled_at ? `Disabled ${moment(user.disabled_at)}` : "May sign in") },
    {
      title: "",
      cell: (user) =>
        manage && user.id !== self ? (
          <div className={styles["tools"]}>
            {user.disabled_at ? (
              <Button onClick={() => void changeUser({ user: user.id, body: { disabled: false } }).then(again)}>Enable</Button>
            ) : (
              <>
                <Confirm
                  trigger="New link"
                  title={`New password and second factor for ${user.display_name}?`}
                  action="Make a link"
                  act={async () => setGiven({ link: await makeLink({ user: user.id }), who: user.display_name })}
                >
                  Their sessions end now, and they set both anew by a one-time link.
                </Confirm>
                <Confirm
                  trigger="Disable"
                  title={`Keep ${user.display_name} out?`}
                  action="Disable"
                  act={async () => {
                    await changeUser({ user: user.id, body: { disabled: true } });
                    await again();
                  }}
                >
                  Their sessions end now. What they did stays in the audit log.
                </Confirm>
              </>
            )}
          </div>
        ) : null,
    },
  ];
  return (
    <Card title="Who may sign in">
      {given ? <LinkShown link={given.link} who={given.who} /> : null}
      <Table caption="Users" columns={columns} rows={users} rowKey={(user) => user.id} />
    </Card>
  );
}

export function UsersView() {
  const session = useSession().data;
  const users = useQuery({ queryKey: keys.users(), queryFn: ({ signal }) => listUsers({}, signal) });
  const manage = may(session, "users.manage");

  return (
    <>
      <PageHead title="Users" lead="People who use Ward itself. The people whose work is recorded need no account here." />
      {users.isPending ? <Loading what="users" /> : null}
      {users.isError ? <Failed error={users.error} again={() => void users.refetch()} /> : null}
      {users.data ? <UsersShown users={users.data.users} manage={manage} self={session?.user.id ?? 0} /> : null}
      {manage && users.data ? (
        <Card title="Add somebody">
          <NewUser />
        </Card>
      ) : null}
    </>
  );
}
