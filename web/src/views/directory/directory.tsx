/* The people directory: who works here, and whom nobody confirmed yet. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, Row, SelectField, TextField } from "../../components/form.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { type DirectoryPerson, listPeople } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import { NewPerson } from "./new-person.tsx";
import { PersonEntry } from "./person-entry.tsx";
import { stateOf } from "./words.ts";

const STATES = [
  ["here", "Who works here"],
  ["unconfirmed", "Not confirmed yet"],
  ["all", "Also those who left"],
] as const;

type State = (typeof STATES)[number][0];

interface ListProps {
  readonly words: string;
  readonly state: State;
  readonly onOpen: (person: number) => void;
}

function People({ words, state, onOpen }: ListProps) {
  const people = useQuery({ queryKey: keys.people(words, state), queryFn: ({ signal }) => listPeople({ words, state, limit: 500 }, signal) });
  const columns: readonly Column<DirectoryPerson>[] = [
    { title: "Number", cell: (person) => person.id, numeric: true },
    {
      title: "Name",
      cell: (person) => (
        <strong>
          <bdi>{person.name}</bdi>
        </strong>
      ),
    },
    { title: "E-mail", cell: (person) => person.email ?? "—" },
    { title: "Employee id", cell: (person) => person.employee_id ?? "—" },
    { title: "State", cell: stateOf, short: true },
    {
      title: "Open",
      cell: (person) => (
        <Button small aria-label={`Open: ${person.name}, number ${person.id}`} onClick={() => onOpen(person.id)}>
          Open
        </Button>
      ),
      tools: true,
    },
  ];

  return (
    <Answer query={people} what="people">
      {(data) => (
        <>
          {data.total > data.people.length ? <p>The first {data.people.length} of {data.total}: look for words.</p> : null}
          <Table caption="People" columns={columns} rows={data.people} rowKey={(person) => person.id} page={50} />
        </>
      )}
    </Answer>
  );
}

export function DirectoryView() {
  const manage = may(useSession().data, "directory.manage");
  const [draft, setDraft] = useState("");
  const [words, setWords] = useState("");
  const [state, setState] = useState<State>("here");
  const [open, setOpen] = useState(0);

  return (
    <>
      <PageHead title="People" lead="Who works here, and whose the accounts of computers are. A new account makes an unconfirmed person, until somebody says who it is." />
      {open ? <PersonEntry key={open} id={open} manage={manage} onOpen={setOpen} /> : null}
      <Card title="Directory">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setWords(draft.trim());
          }}
        >
          <Row>
            <TextField label="Look for" help="In name, e-mail, employee id or an account's name" maxLength={128} value={draft} onChange={(event) => setDraft(event.target.value)} />
            <SelectField label="Show" value={state} onChange={(event) => setState(STATES.find(([word]) => word === event.target.value)?.[0] ?? "here")}>
              {STATES.map(([word, label]) => (
                <option key={word} value={word}>
                  {label}
                </option>
              ))}
            </SelectField>
          </Row>
          <Buttons>
            <Button type="submit">Search</Button>
          </Buttons>
        </form>
        <People words={words} state={state} onOpen={setOpen} />
      </Card>
      {manage ? (
        <Card title="Add somebody">
          <NewPerson onAdded={setOpen} />
        </Card>
      ) : null}
    </>
  );
}
