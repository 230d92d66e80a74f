/* A search begins: the text is sent once, in a request's body, and leaves the page with the answer. It is in no query key, address or storage. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, TextField } from "../../components/form.tsx";
import { Card } from "../../components/page.tsx";
import { searchSpill, type Spill } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";

export function Begin({ onBegun }: { readonly onBegun: (spill: Spill) => void }) {
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [purpose, setPurpose] = useState("");
  const begin = useMutation({
    /* The fields that hold secrets are read when they are sent, and kept in no state of the page. */
    mutationFn: () => {
      const data = new FormData(form.current ?? undefined);
      return searchSpill({
        body: { string: String(data.get("string") ?? ""), code: String(data.get("code") ?? ""), purpose: purpose.trim() },
      });
    },
    onSuccess: async (spill) => {
      form.current?.reset();
      setPurpose("");
      onBegun(spill);
      await client.invalidateQueries({ queryKey: keys.spills() });
    },
  });

  return (
    <Card title="Find a text that redaction missed">
      <form
        ref={form}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate();
        }}
      >
        <p>
          Ward looks through everything that it has kept, and changes nothing yet. The text is neither stored nor logged: what stays of it is a hash.
        </p>
        <TextField
          label="The text"
          name="string"
          type="password"
          autoComplete="off"
          spellCheck={false}
          required
          maxLength={1024}
          help="4 to 64 letters and digits. Case, accents, blanks and signs make no difference; their order does. Also what only contains it is found."
          error={fieldError(begin.error, "/string")}
        />
        <TextField
          label="Why"
          help="Stands in the audit log and on the receipt: never write the text here."
          required
          minLength={3}
          maxLength={512}
          value={purpose}
          onChange={(event) => setPurpose(event.target.value)}
          error={fieldError(begin.error, "/purpose")}
        />
        <TextField label="Code of your authenticator" name="code" inputMode="numeric" autoComplete="one-time-code" required maxLength={16} />
        <FormProblem error={begin.error} />
        <Buttons>
          <Button type="submit" kind="primary" busy={begin.isPending}>
            Find it
          </Button>
        </Buttons>
      </form>
    </Card>
  );
}
