import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, Row, SelectField, TextField } from "../../components/form.tsx";
import { addUser } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { type Given, LinkShown } from "./link-shown.tsx";
import { ROLE_WORDS, roleOf, roleText } from "./roles.ts";

const NOBODY = { name: "", displayName: "", role: roleOf("viewer") };

export function NewUser() {
  const client = useQueryClient();
  const [draft, setDraft] = useState(NOBODY);
  const add = useMutation({
    mutationFn: async (): Promise<Given> => {
      const who = draft.displayName.trim();
      return { who, link: await addUser({ body: { name: draft.name.trim().toLowerCase(), display_name: who, role: draft.role } }) };
    },
    onSuccess: () => {
      setDraft(NOBODY);
      void client.invalidateQueries({ queryKey: keys.users() });
    },
  });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
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
        <SelectField label="Role" value={draft.role} onChange={(event) => setDraft({ ...draft, role: roleOf(event.target.value) })}>
          {ROLE_WORDS.map((role) => (
            <option key={role} value={role}>
              {roleText(role)}
            </option>
          ))}
        </SelectField>
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
