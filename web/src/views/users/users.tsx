import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Confirm } from "../../components/confirm.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { changeUser, type ClassRow, endUserSessions, listClasses, listUsers, makeLink, type User } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import { ChangeUser } from "./change-user.tsx";
import { classTitle } from "./classes.ts";
import { Effective } from "./effective.tsx";
import { type Given, LinkShown } from "./link-shown.tsx";
import { Matrix } from "./matrix.tsx";
import { NewUser } from "./new-user.tsx";
import { OwnClasses } from "./own-classes.tsx";
import styles from "./users.module.css";

interface ToolsProps {
  readonly user: User;
  readonly onLink: (given: Given) => void;
}

function Tools({ user, onLink }: ToolsProps) {
  const client = useQueryClient();
  const set = async (disabled: boolean) => {
    await changeUser({ user: user.id, body: { disabled } });
    await client.invalidateQueries({ queryKey: keys.users() });
  };

  if (user.disabled_at)
    return (
      <Confirm
        trigger="Enable"
        about={user.display_name}
        kind="plain"
        title={`Let ${user.display_name} in again?`}
        action="Enable"
        act={() => set(false)}
      >
        They sign in with the password and second factor that they had.
      </Confirm>
    );
  return (
    <div className={styles["tools"]}>
      <Confirm
        trigger="New link"
        about={user.display_name}
        kind="plain"
        title={`New password and second factor for ${user.display_name}?`}
        action="Make a link"
        act={async () => onLink({ link: await makeLink({ user: user.id }), who: user.display_name })}
      >
        Their sessions end now, and they set both anew by a one-time link.
      </Confirm>
      <Confirm
        trigger="End sessions"
        about={user.display_name}
        kind="plain"
        title={`End every session of ${user.display_name}?`}
        action="End them"
        act={() => endUserSessions({ user: user.id })}
      >
        Whatever they have open closes within a second. They may sign in again.
      </Confirm>
      <Confirm trigger="Disable" about={user.display_name} title={`Keep ${user.display_name} out?`} action="Disable" act={() => set(true)}>
        Their sessions end now. What they did stays in the audit log.
      </Confirm>
    </div>
  );
}

interface ShownProps {
  readonly users: readonly User[];
  readonly classes: readonly ClassRow[];
  readonly manage: boolean;
  readonly self: number;
}

function secondFactor(user: User): string {
  if (!user.totp) return "not yet";
  return user.passkeys ? `set up, ${user.passkeys} ${user.passkeys === 1 ? "passkey" : "passkeys"}` : "set up";
}

function UsersShown({ users, classes, manage, self }: ShownProps) {
  const [given, setGiven] = useState<Given | null>(null);
  const columns: readonly Column<User>[] = [
    {
      title: "Name",
      cell: (user) => (
        <>
          <strong>
            <bdi>{user.display_name}</bdi>
          </strong>
          {user.id === self ? " (you)" : ""}
        </>
      ),
    },
    { title: "Signs in as", cell: (user) => user.name },
    { title: "Class", cell: (user) => classTitle(classes, user.class) + (user.person ? ` (person ${user.person})` : "") + (user.emergency ? `; in an emergency ${classTitle(classes, user.emergency)}` : "") },
    { title: "Second factor", cell: secondFactor },
    { title: "State", cell: (user) => (user.disabled_at ? `Disabled ${moment(user.disabled_at)}` : "May sign in") },
  ];
  const tools: Column<User> = {
    title: "Actions",
    cell: (user) => (user.id === self ? null : <Tools user={user} onLink={setGiven} />),
    tools: true,
  };

  return (
    <Card title="Who may sign in">
      {given ? <LinkShown given={given} /> : null}
      <Table caption="Users of Ward" columns={manage ? [...columns, tools] : columns} rows={users} rowKey={(user) => user.id} />
    </Card>
  );
}

export function UsersView() {
  const session = useSession().data;
  const users = useQuery({ queryKey: keys.users(), queryFn: ({ signal }) => listUsers({}, signal) });
  const classes = useQuery({ queryKey: keys.classes(), queryFn: ({ signal }) => listClasses({}, signal) }).data?.classes ?? [];
  const manage = may(session, "users.manage");

  return (
    <>
      <PageHead title="Users" lead="People who use Ward itself. The people whose work is recorded need no account here." />
      <Answer query={users} what="users">
        {(data) => (
          <>
            <UsersShown users={data.users} classes={classes} manage={manage} self={session?.user.id ?? 0} />
            {manage ? (
              <>
                <Card title="Add somebody">
                  <NewUser classes={classes} />
                </Card>
                <Card title="Change what somebody sees">
                  <ChangeUser users={data.users.filter((user) => user.id !== session?.user.id)} classes={classes} />
                </Card>
              </>
            ) : null}
            <Card title="Effective access">
              <Effective users={data.users} />
            </Card>
            <Card title="Classes">
              <Matrix classes={classes} />
            </Card>
            <Card title="Classes of your own">
              <OwnClasses classes={classes} users={data.users} manage={manage} />
            </Card>
          </>
        )}
      </Answer>
    </>
  );
}
