/* Try to leak: an invented patient is shown to a computer, and then found nowhere. The monthly test that redaction works. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { listTrials, type Trial, type Trials, type TrialStarted } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import { Begin } from "./begin.tsx";
import { Outcome } from "./outcome.tsx";
import { Running } from "./running.tsx";
import styles from "./trial.module.css";
import { dueText, OUTCOMES } from "./words.ts";

interface PastProps {
  readonly trials: readonly Trial[];
  readonly onShow: (trial: Trial) => void;
}

function Past({ trials, onShow }: PastProps) {
  const columns: readonly Column<Trial>[] = [
    { title: "Attempt", cell: (trial) => trial.number, short: true },
    { title: "Ended", cell: (trial) => (trial.finished_at ? moment(trial.finished_at) : "–"), short: true },
    { title: "By", cell: (trial) => trial.started_by },
    { title: "Computers", cell: (trial) => [...new Set(trial.result.devices.map((device) => device.host_name))].join(", ") || "none" },
    { title: "Places", cell: (trial) => trial.result.places.length, numeric: true },
    { title: "Outcome", cell: (trial) => <span className={trial.outcome === "found" ? styles["found"] : undefined}>{OUTCOMES[trial.outcome].title}</span> },
    {
      title: "Show",
      cell: (trial) => (
        <Button small onClick={() => onShow(trial)} aria-label={`Show attempt ${trial.number}`}>
          Show
        </Button>
      ),
      tools: true,
    },
  ];
  if (trials.length === 0) return <p className={styles["quiet"]}>There was none yet.</p>;
  return <Table caption="Attempts so far" columns={columns} rows={trials} page={12} rowKey={(trial) => trial.number} />;
}

function TrialsShown({ trials }: { readonly trials: Trials }) {
  const session = useSession().data;
  const editable = may(session, "policy.change");
  const [begun, setBegun] = useState<TrialStarted | null>(null);
  const [shown, setShown] = useState<Trial | null>(null);
  const labels = new Map<string, string>(trials.labels.map((one) => [one.kind, one.label]));
  const under = begun?.number ?? trials.running?.number;

  return (
    <>
      {under !== undefined && under !== shown?.number ? (
        <Running
          key={under}
          number={under}
          begun={begun}
          live={trials.live}
          editable={editable}
          labels={labels}
          onDone={(trial) => {
            setBegun(null);
            setShown(trial);
          }}
        />
      ) : null}
      {/* As listed where it is: its receipts may be newer. */}
      {shown ? <Outcome trial={trials.trials.find((trial) => trial.number === shown.number) ?? shown} labels={labels} /> : null}
      {under === undefined && editable ? (
        <Begin
          onBegun={(started) => {
            setShown(null);
            setBegun(started);
          }}
        />
      ) : null}
      <Card title="Attempts so far" aside={dueText(trials.passed_at, trials.due_at, Date.now())}>
        <Past trials={trials.trials} onShow={setShown} />
      </Card>
    </>
  );
}

export function TrialView() {
  const trials = useQuery({
    queryKey: keys.trials(),
    queryFn: ({ signal }) => listTrials({}, signal),
    refetchInterval: 15_000,
  });

  return (
    <>
      <PageHead
        title="Try to leak"
        lead="Show a computer a patient who does not exist, and see that nothing of the patient is kept anywhere. Do it once a month: the results are kept as evidence."
      />
      <Answer query={trials} what="attempts to leak">
        {(data) => <TrialsShown trials={data} />}
      </Answer>
    </>
  );
}
