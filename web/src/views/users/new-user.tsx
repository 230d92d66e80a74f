import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, Row, TextField } from "../../components/form.tsx";
import { addUser, type ClassRow } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { ClassFields } from "./class-fields.tsx";
import { personNumber, seesSelf } from "./classes.ts";
import { type Given, LinkShown } from "./link-shown.tsx";

const NOBODY = { name: "", displayName: "", word: "viewer", person: "" };

export function NewUser({ classes }: { readonly classes: readonly ClassRow[] }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(NOBODY);
  const add = useMutation({
    mutationFn: async (): Promise<Given> => {
      const who = draft.displayName.trim();
      const person = seesSelf(classes, draft.word) ? personNumber(draft.person) : 0;
      return { who, link: await addUser({ body: { name: draft.name.trim().toLowerCase(), display_name: who, class: draft.word, person } }) };
    },
    onSuccess: () => {
      setDraft(NOBODY);
      void client.invalidateQueries({ queryKey: keys.users() });
    },
  });

  const unreadable = Number.isNaN(personNumber(draft.person)) ? "A number" : undefined;

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!(seesSelf(classes, draft.word) && unreadable)) add.mutate();
      }}
    >
      <Row>
        <TextField
          label="Name to sign in with"
          required
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          error={fieldError(add.error, "/name")}
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.target.value })}
        />
        <TextField
          label="Shown as"
          required
          autoComplete="off"
          error={fieldError(add.error, "/display_name")}
          value={draft.displayName}
          onChange={(event) => setDraft({ ...draft, displayName: event.target.value })}
        />
        <ClassFields
          classes={classes}
          value={draft.word}
          person={draft.person}
          personError={unreadable ?? fieldError(add.error, "/person")}
          onClass={(word) => setDraft({ ...draft, word })}
          onPerson={(person) => setDraft({ ...draft, person })}
        />
      </Row>
      <FormProblem error={add.error} />
      <Buttons>
        <Button kind="primary" type="submit" busy={add.isPending}>
          Add
        </Button>
      </Buttons>
      {add.data ? <LinkShown given={add.data} /> : null}
    </form>
  );
}
