/* One's own passkeys: to add, to rename and to remove; and where they work. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { Button } from "../../components/button.tsx";
import { Confirm } from "../../components/confirm.tsx";
import { Buttons, fieldError, FormProblem, TextField } from "../../components/form.tsx";
import { Card } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { addPasskey, beginPasskey, listPasskeys, type Passkey, type PasskeyList, removePasskey, renamePasskey } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { createPasskey, passkeysPossible } from "../../model/passkey.ts";
import styles from "./passkeys.module.css";

const COLUMNS: readonly Column<Passkey>[] = [
  { title: "Name", cell: (row) => row.name },
  { title: "For", cell: (row) => row.party + (row.usable ? "" : " (not Ward's name any more)") },
  { title: "Added", cell: (row) => moment(row.created_at), short: true },
  { title: "Last used", cell: (row) => (row.used_at ? moment(row.used_at) : "never"), short: true },
];

function useAgain() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: keys.passkeys() });
    await client.invalidateQueries({ queryKey: keys.session() });
  };
}

interface NameProps {
  readonly label: string;
  readonly action: string;
  readonly name: string;
  readonly act: (name: string) => Promise<unknown>;
  readonly cancel?: () => void;
}

function NameForm({ label, action, name: begun, act, cancel }: NameProps) {
  const [name, setName] = useState(begun);
  const again = useAgain();
  const save = useMutation({
    mutationFn: () => act(name.trim()),
    onSuccess: async () => {
      setName("");
      await again();
      cancel?.();
    },
  });
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <TextField
        label={label}
        placeholder="Blue security key"
        required
        maxLength={64}
        autoFocus={Boolean(cancel)}
        error={fieldError(save.error, "/name")}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <FormProblem error={save.error} />
      <Buttons>
        <Button kind="primary" type="submit" busy={save.isPending}>
          {action}
        </Button>
        {cancel ? <Button onClick={cancel}>Cancel</Button> : null}
      </Buttons>
    </form>
  );
}

/* Why none can be added from this page; nothing where one can. */
function hindrance(list: PasskeyList): ReactNode {
  if (!list.available)
    return (
      <p>
        Passkeys are impossible at <code>{list.address}</code>: browsers tie them to a host name, and this is an IP address. Whoever runs Ward can give it a name,
        and say it in the settings as the address that people use.
      </p>
    );
  if (window.location.origin !== list.address)
    return (
      <p>
        Passkeys work at <a href={`${list.address}/my-sign-in`}>{list.address}</a> only, and you are at <code>{window.location.origin}</code>. Open Ward there to add
        or use one.
      </p>
    );
  return passkeysPossible() ? null : <p>This browser has no passkeys.</p>;
}

export function Passkeys() {
  const passkeys = useQuery({ queryKey: keys.passkeys(), queryFn: ({ signal }) => listPasskeys({}, signal) });
  const again = useAgain();
  const [renamed, setRenamed] = useState<Passkey>();
  const tools: Column<Passkey> = {
    title: "Actions",
    tools: true,
    cell: (row) => (
      <div className={styles["tools"]}>
        <Button small aria-label={`Rename: ${row.name}`} onClick={() => setRenamed(row)}>
          Rename
        </Button>
        <Confirm
          trigger="Remove"
          about={row.name}
          title={`Remove the passkey ${row.name}?`}
          action="Remove it"
          act={async () => {
            await removePasskey({ passkey: row.number });
            setRenamed(undefined);
            await again();
          }}
        >
          It opens nothing here from then on. Remove it from the authenticator too, which Ward cannot do. The code of your authenticator stays as it is.
        </Confirm>
      </div>
    ),
  };

  return (
    <Card title="Passkeys" aside="Instead of the code, or of password and code">
      <Answer query={passkeys} what="your passkeys">
        {(data) => (
          <>
            {data.passkeys.length ? <Table caption="Your passkeys" columns={[...COLUMNS, tools]} rows={data.passkeys} rowKey={(row) => row.number} /> : null}
            {renamed ? (
              <NameForm
                key={renamed.number}
                label={`New name of ${renamed.name}`}
                action="Rename"
                name={renamed.name}
                act={(name) => renamePasskey({ passkey: renamed.number, body: { name } })}
                cancel={() => setRenamed(undefined)}
              />
            ) : null}
            {hindrance(data) ??
              (renamed ? null : (
                <NameForm label="Name of a new passkey" action="Add a passkey" name="" act={async (name) => addPasskey({ body: await createPasskey(await beginPasskey(), name) })} />
              ))}
          </>
        )}
      </Answer>
    </Card>
  );
}
