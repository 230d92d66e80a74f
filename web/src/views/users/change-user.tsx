import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, Row, SelectField } from "../../components/form.tsx";
import { changeUser, type ClassRow, type User } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { ClassFields } from "./class-fields.tsx";
import { personNumber, seesSelf } from "./classes.ts";

interface Props {
  readonly users: readonly User[];
  readonly classes: readonly ClassRow[];
}

interface Draft {
  readonly user: number;
  readonly word: string;
  readonly person: string;
  readonly emergency: string;
}

function draftOf(user: User): Draft {
  return { user: user.id, word: user.class, person: user.person === 0 ? "" : String(user.person), emergency: user.emergency };
}

/** Gives one of the users another class. */
export function ChangeUser({ users, classes }: Props) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>({ user: 0, word: "", person: "", emergency: "" });
  const change = useMutation({
    mutationFn: () =>
      changeUser({
        user: draft.user,
        body: { class: draft.word, emergency: draft.emergency, ...(seesSelf(classes, draft.word) ? { person: personNumber(draft.person) } : {}) },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.users() }),
  });
  const unreadable = Number.isNaN(personNumber(draft.person)) ? "A number" : undefined;

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!(seesSelf(classes, draft.word) && unreadable)) change.mutate();
      }}
    >
      <Row>
        <SelectField
          label="User"
          required
          value={draft.user || ""}
          onChange={(event) => {
            const user = users.find((one) => String(one.id) === event.target.value);
            if (user) setDraft(draftOf(user));
            change.reset();
          }}
        >
          <option value="" disabled>
            Choose
          </option>
          {users.map((user) => (
            <option key={user.id} value={user.id}>
              {user.display_name}
            </option>
          ))}
        </SelectField>
        {draft.user ? (
          <ClassFields
            classes={classes}
            value={draft.word}
            person={draft.person}
            personError={unreadable ?? fieldError(change.error, "/person")}
            onClass={(word) => setDraft({ ...draft, word })}
            onPerson={(person) => setDraft({ ...draft, person })}
          />
        ) : null}
        {draft.user ? (
          <SelectField
            label="In an emergency"
            help="The class that they may take for a time, with a reason; a second person reviews it."
            value={draft.emergency}
            error={fieldError(change.error, "/emergency")}
            onChange={(event) => setDraft({ ...draft, emergency: event.target.value })}
          >
            <option value="">No other class</option>
            {classes
              .filter((row) => row.copied === null && row.levels.access !== "change")
              .map((row) => (
                <option key={row.class} value={row.class}>
                  {row.title}
                </option>
              ))}
          </SelectField>
        ) : null}
      </Row>
      <FormProblem error={change.error} />
      <Buttons>
        <Button kind="primary" type="submit" busy={change.isPending} disabled={!draft.user}>
          Change
        </Button>
        {change.isSuccess ? <span role="status">Changed. Their sessions have ended if they see something else now.</span> : null}
      </Buttons>
    </form>
  );
}
