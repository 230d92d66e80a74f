import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, Row, TextField } from "../../components/form.tsx";
import { addPerson } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";

const NOTHING = { name: "", email: "", employee_id: "" };

export function NewPerson({ onAdded }: { readonly onAdded: (person: number) => void }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(NOTHING);
  const add = useMutation({
    mutationFn: () => addPerson({ body: draft }),
    onSuccess: async (entry) => {
      setDraft(NOTHING);
      await client.invalidateQueries({ queryKey: keys.directory() });
      onAdded(entry.person.id);
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
        <TextField label="Name" required maxLength={128} value={draft.name} error={fieldError(add.error, "/name")} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
        <TextField label="E-mail" maxLength={254} value={draft.email} error={fieldError(add.error, "/email")} onChange={(event) => setDraft({ ...draft, email: event.target.value })} />
        <TextField
          label="Employee id"
          maxLength={64}
          value={draft.employee_id}
          error={fieldError(add.error, "/employee_id")}
          onChange={(event) => setDraft({ ...draft, employee_id: event.target.value })}
        />
      </Row>
      <FormProblem error={add.error} />
      <Buttons>
        <Button type="submit" kind="primary" busy={add.isPending}>
          Add
        </Button>
      </Buttons>
    </form>
  );
}
