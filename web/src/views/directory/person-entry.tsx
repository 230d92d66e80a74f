/* One person: what is known, accounts, history, and the moves. */

import { useQuery } from "@tanstack/react-query";

import { Card } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { type DirectoryEntry, getPerson, type PersonAccount, type PersonMove } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { Moves } from "./moves.tsx";
import { moveWords, stateOf } from "./words.ts";

const accounts: readonly Column<PersonAccount>[] = [
  { title: "Number", cell: (account) => account.id, numeric: true },
  { title: "Account", cell: (account) => <bdi>{account.name}</bdi> },
  { title: "Computer", cell: (account) => account.device },
  { title: "Kind", cell: (account) => account.kind, short: true },
  { title: "From", cell: (account) => account.from ?? "the beginning", short: true },
  { title: "Until", cell: (account) => account.until ?? "now", short: true },
];

const moves: readonly Column<PersonMove>[] = [
  { title: "When", cell: (move) => moment(move.at), short: true },
  { title: "Who", cell: (move) => move.by },
  { title: "What", cell: moveWords },
  { title: "From the day", cell: (move) => move.from ?? "the beginning", short: true },
  { title: "Why", cell: (move) => move.why },
];

function known({ person, reports }: DirectoryEntry): string {
  return [
    `Number ${person.id}`,
    stateOf(person),
    person.email,
    person.employee_id ? `employee id ${person.employee_id}` : null,
    person.manager ? `reports to number ${person.manager}` : null,
    reports.length ? `${reports.length} report to them` : null,
    person.time_zone,
  ]
    .filter(Boolean)
    .join(" · ");
}

interface Props {
  readonly id: number;
  readonly manage: boolean;
  readonly onOpen: (person: number) => void;
}

export function PersonEntry({ id, manage, onOpen }: Props) {
  const entry = useQuery({ queryKey: keys.directoryPerson(id), queryFn: ({ signal }) => getPerson({ person: id }, signal) });

  return (
    <Answer query={entry} what="the person">
      {(data) => (
        <Card title={data.person.name}>
          <p>{known(data)}</p>
          <Table caption="Accounts" columns={accounts} rows={data.accounts} rowKey={(account) => `${account.id} ${account.from ?? ""}`} />
          {data.moves.length ? <Table caption="History" columns={moves} rows={data.moves} rowKey={(move) => move.number} /> : null}
          {manage && !data.person.station && !data.person.merged_into ? <Moves entry={data} onOpen={onOpen} /> : null}
        </Card>
      )}
    </Answer>
  );
}
