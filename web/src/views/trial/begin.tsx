/* Beginning an attempt: a patient who is nobody, whom one may change. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, TextField } from "../../components/form.tsx";
import { Card } from "../../components/page.tsx";
import { inventPatient, startTrial, type TrialPatient, type TrialStarted } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import styles from "./trial.module.css";

const PARTS: readonly (readonly [keyof TrialPatient, string])[] = [
  ["last_name", "Last name"],
  ["first_name", "First name"],
  ["mrn", "Medical record number"],
  ["birth_date", "Date of birth"],
  ["ssn", "Social security number"],
  ["phone", "Telephone"],
  ["street", "Street"],
];

export function Begin({ onBegun }: { readonly onBegun: (begun: TrialStarted) => void }) {
  const client = useQueryClient();
  const [patient, setPatient] = useState<TrialPatient | null>(null);
  const invent = useMutation({ mutationFn: () => inventPatient(), onSuccess: setPatient });
  const start = useMutation({
    mutationFn: () => startTrial({ body: patient ? { patient } : {} }),
    onSuccess: async (begun) => {
      onBegun(begun);
      await client.invalidateQueries({ queryKey: keys.trials() });
    },
  });

  return (
    <Card title="Begin">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <p>
          Ward makes up a patient, shows you the text of a window's title with the patient in it, and waits until a computer has counted it. Then it looks for every part
          of the text in everything that it holds, and keeps the result, never the text.
        </p>
        {patient ? (
          <>
            <p className={styles["warn"]}>
              <strong>Invented: nobody is this.</strong> You may change the parts. Never enter a real patient.
            </p>
            <div className={styles["parts"]}>
              {PARTS.map(([name, label]) => (
                <TextField
                  key={name}
                  label={label}
                  value={patient[name]}
                  minLength={4}
                  maxLength={60}
                  required
                  autoComplete="off"
                  spellCheck={false}
                  error={fieldError(start.error, `/patient/${name}`)}
                  onChange={(event) => setPatient({ ...patient, [name]: event.target.value })}
                />
              ))}
            </div>
          </>
        ) : null}
        <FormProblem error={start.error ?? invent.error} />
        <Buttons>
          <Button type="submit" kind="primary" busy={start.isPending}>
            {patient ? "Begin with this patient" : "Begin"}
          </Button>
          <Button onClick={() => invent.mutate()} busy={invent.isPending}>
            {patient ? "Make up another" : "See and change the patient first"}
          </Button>
        </Buttons>
      </form>
    </Card>
  );
}
