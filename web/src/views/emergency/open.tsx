/* Opens emergency access, for whoever was named for it; or shows one's own, to be ended. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, TextArea, TextField } from "../../components/form.tsx";
import { Card } from "../../components/page.tsx";
import { type EmergencyNotice, endOwnEmergency, type Notices, openEmergency } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { useEnter } from "../../model/session.ts";

const STANDARD_MINUTES = 60;

export function Open({ notices }: { readonly notices: Notices }) {
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(Math.min(STANDARD_MINUTES, notices.minutes));
  /* Another class sees something else: nothing that was fetched before stays. */
  const open = useEnter(() => openEmergency({ body: { reason: reason.trim(), minutes } }));

  return (
    <Card title="Open emergency access">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          open.mutate();
        }}
      >
        <p>
          You take the class {notices.may_open} in place of your own. Everybody is told at once, all that you do is marked in the audit log, and a second person reviews it.
        </p>
        <TextArea
          label="Reason"
          help="At least 10 characters. It stands in the audit log: no patient's name."
          required
          minLength={10}
          maxLength={512}
          rows={3}
          value={reason}
          error={fieldError(open.error, "/reason")}
          onChange={(event) => setReason(event.target.value)}
        />
        <TextField
          label="Minutes"
          help={`5 to ${notices.minutes}. It ends by itself.`}
          type="number"
          required
          min={5}
          max={notices.minutes}
          value={Number.isNaN(minutes) ? "" : minutes}
          error={fieldError(open.error, "/minutes")}
          onChange={(event) => setMinutes(event.target.valueAsNumber)}
        />
        <FormProblem error={open.error} />
        <Buttons>
          <Button kind="danger" type="submit" busy={open.isPending}>
            Open it
          </Button>
        </Buttons>
      </form>
    </Card>
  );
}

export function Own({ notice }: { readonly notice: EmergencyNotice }) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => endOwnEmergency(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.session(), exact: true });
      await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
    },
  });

  return (
    <Card title="Your emergency access">
      <p>
        Open since {moment(notice.opened_at)}, until {moment(notice.until_at)}. Reason: <bdi>{notice.reason}</bdi>
      </p>
      <FormProblem error={end.error} />
      <Buttons>
        <Button kind="primary" onClick={() => end.mutate()} busy={end.isPending}>
          End it now
        </Button>
      </Buttons>
    </Card>
  );
}
