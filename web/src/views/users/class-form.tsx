import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, Row, SelectField, TextField } from "../../components/form.tsx";
import { addClass, changeClass, type ClassRow, type User } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { Problem } from "../../model/request.ts";
import { type ClassDraft, DAYS, formOf, unreadable } from "./class-draft.ts";
import { CATEGORIES } from "./matrix.tsx";

interface Props {
  readonly start: ClassDraft;
  readonly users: readonly User[];
  readonly bases: readonly ClassRow[];
  readonly onDone: () => void;
}

/** The first error below a list of the form, as "/conditions/networks". */
function listError(error: Error | null, list: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  return [...error.fields].find(([pointer]) => pointer.startsWith(list))?.[1];
}

/** Makes a class, or changes one. What differs from the built-in class needs somebody who answers for it, and an end. */
export function ClassEditor({ start, users, bases, onDone }: Props) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(start);
  const wrong = unreadable(draft);
  const base = bases.find((row) => row.class === draft.base);
  const save = useMutation({
    mutationFn: (): Promise<unknown> =>
      draft.was ? changeClass({ class: draft.was, body: formOf(draft) }) : addClass({ body: { class: draft.word.trim(), ...formOf(draft) } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.classes() });
      onDone();
    },
  });
  const text = (field: "word" | "title" | "zone" | "networks" | "window" | "factor" | "idle" | "absolute") => ({
    value: draft[field],
    autoComplete: "off",
    onChange: (event: { readonly target: { readonly value: string } }) => setDraft({ ...draft, [field]: event.target.value }),
  });
  const error = (pointer: string) => fieldError(save.error, pointer);

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong.size === 0) save.mutate();
      }}
    >
      <Row>
        <TextField label="Title" required maxLength={60} error={error("/title")} {...text("title")} />
        <TextField
          label="Word for commands"
          help="Lower-case letters, digits and _"
          required
          disabled={draft.was !== ""}
          pattern="[a-z][a-z0-9_]*"
          maxLength={32}
          error={error("/class")}
          {...text("word")}
        />
        <SelectField
          label="Of whom activity is seen"
          value={draft.reach}
          error={error("/reach")}
          onChange={(event) => setDraft({ ...draft, reach: event.target.value === "self" ? "self" : "everyone" })}
        >
          <option value="everyone">everyone</option>
          <option value="self">themselves</option>
        </SelectField>
      </Row>
      <h3>Levels</h3>
      <Row>
        {CATEGORIES.map(([category, title]) => (
          <SelectField
            key={category}
            label={title + (base && base.levels[category] !== draft.levels[category] ? ` (${base.title}: ${base.levels[category]})` : "")}
            value={draft.levels[category]}
            error={error(`/levels/${category}`)}
            onChange={(event) => setDraft({ ...draft, levels: { ...draft.levels, [category]: event.target.value } })}
          >
            <option value="none">none</option>
            <option value="see">see</option>
            <option value="change">change</option>
          </SelectField>
        ))}
      </Row>
      <h3>Conditions</h3>
      <Row>
        <TextField label="Sees the last … days" help="Nothing: all" inputMode="numeric" error={wrong.get("window") ?? error("/conditions/window_days")} {...text("window")} />
        <TextField
          label="From networks"
          help="As 10.4.0.0/16, 2001:db8::/32; nothing: from anywhere"
          spellCheck={false}
          error={listError(save.error, "/conditions/networks")}
          {...text("networks")}
        />
        <TextField label="Second factor of the last … minutes" help="Nothing: of any age" inputMode="numeric" error={wrong.get("factor") ?? error("/conditions/factor_minutes")} {...text("factor")} />
        <TextField label="Sessions rest at most … minutes" help="Nothing: as the settings say" inputMode="numeric" error={wrong.get("idle") ?? error("/conditions/idle_minutes")} {...text("idle")} />
        <TextField label="Sessions last at most … minutes" help="Nothing: as the settings say" inputMode="numeric" error={wrong.get("absolute") ?? error("/conditions/absolute_minutes")} {...text("absolute")} />
      </Row>
      <p>Hours, as 07:00-19:00, or 22:00-06:00 into the next day. With none at all the class holds at all times; with some, only then.</p>
      <Row>
        {DAYS.map(([day, title]) => (
          <TextField
            key={day}
            label={title}
            autoComplete="off"
            error={wrong.get(day)}
            value={draft.hours[day]}
            onChange={(event) => setDraft({ ...draft, hours: { ...draft.hours, [day]: event.target.value } })}
          />
        ))}
        <TextField label="Time zone" help="As America/Chicago; nothing: the server's" spellCheck={false} error={error("/conditions/zone")} {...text("zone")} />
      </Row>
      <h3>What differs from {base?.title ?? draft.base}</h3>
      <Row>
        <SelectField label="Who answers for it" value={draft.owner} error={error("/owner")} onChange={(event) => setDraft({ ...draft, owner: Number(event.target.value) })}>
          <option value={0}>Nobody: nothing differs</option>
          {users
            .filter((user) => !user.disabled_at)
            .map((user) => (
              <option key={user.id} value={user.id}>
                {user.display_name}
              </option>
            ))}
        </SelectField>
        <TextField label="Until" type="date" error={error("/until")} value={draft.until} onChange={(event) => setDraft({ ...draft, until: event.target.value })} />
      </Row>
      <FormProblem error={save.error} />
      <Buttons>
        <Button kind="primary" type="submit" busy={save.isPending}>
          {draft.was ? "Change" : "Make"}
        </Button>
        <Button onClick={onDone}>Leave as it is</Button>
      </Buttons>
    </form>
  );
}
