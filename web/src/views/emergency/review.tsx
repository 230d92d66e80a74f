/* One emergency access: what was said, what was done under it, and the review by a second person. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Confirm } from "../../components/confirm.tsx";
import { Buttons, fieldError, FormProblem, SelectField, TextArea } from "../../components/form.tsx";
import { Card, Facts } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { type Emergency, type EmergencyAct, endEmergency, getEmergency, reviewEmergency } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import styles from "./emergency.module.css";

const ACTS: readonly Column<EmergencyAct>[] = [
  { title: "When", cell: (act) => moment(act.at), short: true },
  { title: "What", cell: (act) => act.label },
  { title: "Of", cell: (act) => act.target || "–" },
  { title: "Outcome", cell: (act) => act.outcome, short: true },
];

function useStale() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: keys.emergencies() });
    await client.invalidateQueries({ queryKey: keys.notices() });
  };
}

function ReviewForm({ id }: { readonly id: number }) {
  const stale = useStale();
  const [verdict, setVerdict] = useState("");
  const [note, setNote] = useState("");
  const review = useMutation({
    mutationFn: () => reviewEmergency({ emergency: id, body: { justified: verdict === "justified", note: note.trim() } }),
    onSuccess: stale,
  });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        review.mutate();
      }}
    >
      <h3 className={styles["heading"]}>Review</h3>
      <SelectField label="Was it justified?" required value={verdict} onChange={(event) => setVerdict(event.target.value)}>
        <option value="">Choose</option>
        <option value="justified">Justified</option>
        <option value="unjustified">Not justified</option>
      </SelectField>
      <TextArea
        label="Note"
        help="What you found, and whom you asked."
        required
        minLength={3}
        maxLength={512}
        rows={3}
        value={note}
        error={fieldError(review.error, "/note")}
        onChange={(event) => setNote(event.target.value)}
      />
      <FormProblem error={review.error} />
      <Buttons>
        <Button kind="primary" type="submit" busy={review.isPending} disabled={verdict === ""}>
          Sign the review
        </Button>
      </Buttons>
    </form>
  );
}

function Known({ emergency }: { readonly emergency: Emergency }) {
  return (
    <Facts>
      <dt>Who</dt>
      <dd>
        <bdi>{emergency.display_name}</bdi>, as {emergency.class}
      </dd>
      <dt>Reason</dt>
      <dd>
        <bdi>{emergency.reason}</bdi>
      </dd>
      <dt>Open</dt>
      <dd>
        {moment(emergency.opened_at)} to {moment(emergency.ended_at ?? emergency.until_at)}
        {emergency.ended_by ? `, ended by ${emergency.ended_by}` : ""}
      </dd>
      <dt>Review</dt>
      <dd>
        {emergency.reviewed_at ? (
          <>
            {emergency.justified ? "Justified" : "Not justified"}: <bdi>{emergency.note}</bdi> (<bdi>{emergency.reviewed_by}</bdi>, {moment(emergency.reviewed_at)})
          </>
        ) : (
          `due ${moment(emergency.review_by_at)}`
        )}
      </dd>
    </Facts>
  );
}

interface Props {
  readonly id: number;
  readonly reviews: boolean;
  readonly self: number;
}

export function Review({ id, reviews, self }: Props) {
  const stale = useStale();
  const emergency = useQuery({ queryKey: keys.emergency(id), queryFn: ({ signal }) => getEmergency({ emergency: id }, signal) });

  return (
    <Card title={`Emergency access ${id}`}>
      <Answer query={emergency} what="emergency access">
        {(got) => (
          <>
            <Known emergency={got} />
            {reviews && got.state === "open" && got.user !== self ? (
              <Confirm
                trigger="End it"
                title={`End ${got.display_name}'s emergency access?`}
                action="End it"
                act={async () => {
                  await endEmergency({ emergency: id });
                  await stale();
                }}
              >
                They have their own class again at once.
              </Confirm>
            ) : null}
            <h3 className={styles["heading"]}>What was done under it</h3>
            <Table caption="What was done under it, the newest first" columns={ACTS} rows={got.acts ?? []} page={20} rowKey={(act) => act.index} />
            {reviews && got.user !== self && (got.state === "review" || got.state === "overdue") ? <ReviewForm id={id} /> : null}
          </>
        )}
      </Answer>
    </Card>
  );
}
