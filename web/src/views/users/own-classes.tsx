import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Confirm } from "../../components/confirm.tsx";
import { Row, SelectField } from "../../components/form.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { type ClassRow, removeClass, type User } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { useToday } from "../../model/use-today.ts";
import { type ClassDraft, conditionTexts, draftOf } from "./class-draft.ts";
import { ClassEditor } from "./class-form.tsx";
import { classTitle } from "./classes.ts";

interface Props {
  readonly classes: readonly ClassRow[];
  readonly users: readonly User[];
  readonly manage: boolean;
}

function Differs({ row, users }: { readonly row: ClassRow; readonly users: readonly User[] }) {
  const copied = row.copied;
  if (!copied || copied.deviations.length === 0) return "nothing";
  const owner = users.find((user) => user.id === copied.owner)?.display_name ?? `user ${copied.owner}`;
  return (
    <>
      {copied.deviations.map(({ what, base, now }) => `${what}: ${now} (was ${base})`).join("; ")}. <bdi>{owner}</bdi> answers for it until {copied.until}
      {copied.overdue ? <strong> – overdue</strong> : null}.
    </>
  );
}

/** The organisation's own classes: copies of built-in ones, with what differs and under which conditions they hold. */
export function OwnClasses({ classes, users, manage }: Props) {
  const client = useQueryClient();
  const today = useToday();
  const [draft, setDraft] = useState<ClassDraft | null>(null);
  const own = classes.filter((row) => row.copied);
  const builtIn = classes.filter((row) => !row.copied);
  const columns: readonly Column<ClassRow>[] = [
    { title: "Class", cell: (row) => <strong>{row.title}</strong> },
    { title: "Copied from", cell: (row) => classTitle(classes, row.copied?.from ?? ""), short: true },
    { title: "Users", cell: (row) => row.users, short: true },
    { title: "Conditions", cell: (row) => conditionTexts(row).join("; ") || "none" },
    { title: "Differs in", cell: (row) => <Differs row={row} users={users} /> },
  ];
  const tools: Column<ClassRow> = {
    title: "Actions",
    cell: (row) => (
      <>
        <Button small onClick={() => setDraft(draftOf(row, today))}>
          Change
        </Button>
        {row.users === 0 ? (
          <Confirm
            trigger="Remove"
            about={row.title}
            title={`Remove the class ${row.title}?`}
            action="Remove"
            act={async () => {
              await removeClass({ class: row.class });
              await client.invalidateQueries({ queryKey: keys.classes() });
            }}
          >
            Nobody is of it. The audit log keeps what it was.
          </Confirm>
        ) : null}
      </>
    ),
    tools: true,
  };

  return (
    <>
      {own.length > 0 ? (
        <Table caption="Classes of your own" columns={manage ? [...columns, tools] : columns} rows={own} rowKey={(row) => row.class} />
      ) : (
        <p>None yet. A copy of a built-in class may have conditions, and may differ from it for a time.</p>
      )}
      {manage && !draft ? (
        <Row>
          <SelectField
            label="Copy a built-in class"
            value=""
            onChange={(event) => {
              const base = builtIn.find((row) => row.class === event.target.value);
              if (base) setDraft(draftOf(base, today));
            }}
          >
            <option value="" disabled>
              Choose
            </option>
            {builtIn.map((row) => (
              <option key={row.class} value={row.class}>
                {row.title}
              </option>
            ))}
          </SelectField>
        </Row>
      ) : null}
      {draft ? <ClassEditor key={draft.was || `of ${draft.base}`} start={draft} users={users} bases={builtIn} onDone={() => setDraft(null)} /> : null}
    </>
  );
}
