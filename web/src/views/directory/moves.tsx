/* Confirm, merge, give an account, split off: each with a reason that is kept. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Confirm } from "../../components/confirm.tsx";
import { Row, TextField } from "../../components/form.tsx";
import { assignAccount, confirmPerson, type DirectoryEntry, mergePerson, splitPerson } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { numberOf } from "./words.ts";

interface Props {
  readonly entry: DirectoryEntry;
  readonly onOpen: (person: number) => void;
}

export function Moves({ entry, onOpen }: Props) {
  const client = useQueryClient();
  const [from, setFrom] = useState("");
  const [account, setAccount] = useState("");
  const [since, setSince] = useState("");
  const { person } = entry;
  const moved = async (act: Promise<DirectoryEntry>) => {
    const next = await act;
    await client.invalidateQueries({ queryKey: keys.directory() });
    onOpen(next.person.id);
  };
  const day = since ? { since } : {};
  const own = entry.accounts.some((one) => one.id === numberOf(account));

  return (
    <>
      {person.confirmed ? null : (
        <Confirm trigger="Confirm" about={person.name} kind="plain" title={`Is ${person.name} who they seem to be?`} action="Confirm" reason act={(why) => moved(confirmPerson({ person: person.id, body: { why } }))}>
          They leave the queue of people whom nobody confirmed.
        </Confirm>
      )}
      <Row>
        <TextField label="Another person's number" help="Who is the same as this one" inputMode="numeric" value={from} onChange={(event) => setFrom(event.target.value)} />
      </Row>
      {numberOf(from) ? (
        <Confirm
          trigger={`Merge number ${numberOf(from)} into this`}
          about={person.name}
          title={`Is number ${numberOf(from)} the same as ${person.name}?`}
          action="Merge"
          reason
          act={(why) => moved(mergePerson({ person: person.id, body: { from: numberOf(from), why } }))}
        >
          Everything of number {numberOf(from)} is this person&apos;s, for all days. If they are a user of Ward, their sessions end.
        </Confirm>
      ) : null}
      <Row>
        <TextField label="Number of an account" help="One of another person to give to this one, or one of this person to split off" inputMode="numeric" value={account} onChange={(event) => setAccount(event.target.value)} />
        <TextField label="From the day" help="Of UTC; empty: all days" type="date" value={since} onChange={(event) => setSince(event.target.value)} />
      </Row>
      {numberOf(account) && !own ? (
        <Confirm
          trigger={`Give account ${numberOf(account)} to this`}
          about={person.name}
          title={`Is account ${numberOf(account)} ${person.name}'s?`}
          action="Give"
          reason
          act={(why) => moved(assignAccount({ person: person.id, body: { account: numberOf(account), why, ...day } }))}
        >
          With it goes every account of the same identity, {since ? `from ${since} on` : "for all days"}.
        </Confirm>
      ) : null}
      {own ? (
        <Confirm
          trigger={`Split off account ${numberOf(account)}`}
          about={person.name}
          title={`Is account ${numberOf(account)} somebody else's?`}
          action="Split"
          reason
          act={(why) =>
            moved(
              splitPerson({
                person: person.id,
                body: { accounts: [numberOf(account)], name: entry.accounts.find((one) => one.id === numberOf(account))?.name ?? person.name, why, ...day },
              }),
            )
          }
        >
          A new person gets it, and every account of the same identity, {since ? `from ${since} on` : "for all days"}.
        </Confirm>
      ) : null}
    </>
  );
}
