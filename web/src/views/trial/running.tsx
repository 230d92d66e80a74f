/* An attempt under way: the text to show, what computers count of it, and the search that ends it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { Button } from "../../components/button.tsx";
import { FormProblem } from "../../components/form.tsx";
import { Card } from "../../components/page.tsx";
import { finishTrial, getTrial, type Trial, type TrialStarted } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { Problem } from "../../model/request.ts";
import { Counted } from "./outcome.tsx";
import styles from "./trial.module.css";
import { allSigned } from "./words.ts";

const EVERY_MS = 2000;
const LONG_MS = 30_000;
/* A receipt comes right after the counts; a computer whose agent makes none is not waited for longer. */
const RECEIPT_MS = 10_000;

/** A window of this browser whose title is the text. It loads nothing. False: the browser let none open. */
function openWindow(title: string): boolean {
  const opened = window.open("", "_blank", "popup,width=560,height=260");
  if (!opened) return false;
  opened.document.title = title;
  opened.document.body.textContent =
    "This window's title is the text of an invented patient. Keep it in front for five seconds, then go back to Ward. Close it when the attempt is over.";
  return true;
}

function Text({ begun }: { readonly begun: TrialStarted }) {
  const [blocked, setBlocked] = useState(false);
  return (
    <>
      <p>
        <strong>This patient is invented, and nobody.</strong> Put the text into the title of any window on a computer with a sensor, or let this browser open one:
      </p>
      <code className={styles["text"]}>{begun.title}</code>
      <div className={styles["buttons"]}>
        <Button kind="primary" onClick={() => setBlocked(!openWindow(begun.title))}>
          Open a window with this title
        </Button>
        <Button onClick={() => void navigator.clipboard?.writeText(begun.title).catch(() => undefined)}>Copy the text</Button>
      </div>
      {blocked ? <p className={styles["warn"]}>The browser let no window open. Allow pop-ups of this site, or use another program: xterm -T, or a document of that name.</p> : null}
      <ol className={styles["steps"]}>
        <li>Bring the window to the front and leave it there for five seconds: a sensor looks at what is in front, and at nothing else.</li>
        <li>Within a minute the computer's counts arrive here. Titles are counted also where the policy does not keep them.</li>
        <li>Then Ward looks for every part of the text, in everything it holds.</li>
      </ol>
    </>
  );
}

function Waiting({ live, long }: { readonly live: number; readonly long: boolean }) {
  if (live === 0)
    return (
      <p className={styles["warn"]} role="status">
        <strong>No computer with an agent has been heard within two minutes.</strong> This computer has no sensor running, or its agent does not reach the server:{" "}
        <code>ward-agent status</code> says which.
      </p>
    );
  if (long)
    return (
      <p className={styles["warn"]} role="status">
        <strong>No computer has counted it yet.</strong> Does <code>ward-agent status</code> on that computer name a sensor of your session? Is the window in front? A
        private browser window is not looked at, nor an application or site for which the policy keeps nothing at all.
      </p>
    );
  return (
    <p className={styles["quiet"]} role="status">
      Waiting for a computer to count it. {live} {live === 1 ? "computer is" : "computers are"} live.
    </p>
  );
}

interface Props {
  readonly number: number;
  /** null: the text was shown before, and is shown once. */
  readonly begun: TrialStarted | null;
  readonly live: number;
  readonly editable: boolean;
  readonly labels: ReadonlyMap<string, string>;
  readonly onDone: (trial: Trial | null) => void;
}

export function Running({ number, begun, live, editable, labels, onDone }: Props) {
  const client = useQueryClient();
  const [since] = useState(() => Date.now());
  const trial = useQuery({
    queryKey: keys.trial(number),
    queryFn: ({ signal }) => getTrial({ trial: number }, signal),
    refetchInterval: EVERY_MS,
    staleTime: 0,
    retry: false,
  });
  const finish = useMutation({
    mutationFn: () => finishTrial({ trial: number, body: {} }),
    onSuccess: async (done) => {
      onDone(done);
      await client.invalidateQueries({ queryKey: keys.trials() });
    },
  });
  const complete = trial.data?.result.devices.some((device) => device.complete) ?? false;
  const signed = allSigned(trial.data?.result.devices ?? []);
  const mine = begun !== null;
  const over = trial.error instanceof Problem && trial.error.word === "trial-over";
  const { isIdle, mutate } = finish;

  /* A computer counted all of it and signed for it: there is nothing more to wait for. */
  useEffect(() => {
    if (!complete || !mine || !isIdle) return undefined;
    const timer = setTimeout(() => mutate(), signed ? 0 : RECEIPT_MS);
    return () => clearTimeout(timer);
  }, [complete, signed, mine, isIdle, mutate]);

  return (
    <Card title={`Attempt ${number}, under way`} aside="The text is kept in memory only, for 15 minutes at most">
      {begun ? <Text begun={begun} /> : <p>Its text was shown where it began, once, and is not shown again.</p>}
      <h3 className={styles["heading"]}>What computers counted</h3>
      {trial.data && trial.data.result.devices.length > 0 ? (
        <Counted trial={trial.data} labels={labels} />
      ) : (
        <Waiting live={live} long={trial.dataUpdatedAt - since > LONG_MS} />
      )}
      {over ? (
        <p className={styles["warn"]}>This attempt is over: its text is forgotten. Begin another.</p>
      ) : (
        <FormProblem error={finish.error ?? trial.error} />
      )}
      <div className={styles["buttons"]}>
        {editable && !over ? (
          <Button kind={complete ? "primary" : "plain"} onClick={() => finish.mutate()} busy={finish.isPending}>
            {finish.isPending ? "Looking everywhere …" : "Look for it now, and end"}
          </Button>
        ) : null}
        {over ? <Button onClick={() => onDone(null)}>Close</Button> : null}
      </div>
    </Card>
  );
}
