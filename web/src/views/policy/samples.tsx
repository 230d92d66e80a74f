/* Samples for the organisation's own patterns: the server's engine judges them, and they are kept nowhere. */

import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, FormProblem, TextArea } from "../../components/form.tsx";
import type { PatternsTried, PatternsWarning } from "../../model/api.gen.ts";
import styles from "./patterns.module.css";

const COUNT_MAX = 50;
const LENGTH_MAX = 4096;

function refusalOf(samples: readonly string[]): string | undefined {
  if (samples.length > COUNT_MAX) return `${samples.length} lines: at most ${COUNT_MAX} are tried at once.`;
  const long = samples.findIndex((sample) => sample.length > LENGTH_MAX);
  return long < 0 ? undefined : `Line ${long + 1} is longer than ${LENGTH_MAX.toLocaleString()} characters.`;
}

function warningText({ rule, what, takes, asked, examples }: PatternsWarning): string {
  const name = rule.replace(/^org\./, "");
  if (what === "moments") return `${name} takes dates or times, such as ${examples.join(", ")}.`;
  if (what === "broad") return `${name} is too broad: it takes ${takes.toLocaleString()} of ${asked.toLocaleString()} ordinary words, such as ${examples.join(", ")}.`;
  return `${name} takes ordinary words: ${examples.join(", ")}.`;
}

function Result({ sample }: { readonly sample: PatternsTried["samples"][number] }) {
  const rules = [...new Set(sample.found.map(({ rule }) => rule))];
  if (sample.clean === null) return <em>Removed whole: too much in it to part it.</em>;
  return (
    <>
      <code>{sample.clean}</code> <span className={styles["quiet"]}>{rules.length ? `removed by ${rules.join(", ")}` : "nothing removed"}</span>
    </>
  );
}

function Refused({ error, spotted }: { readonly error: NonNullable<PatternsTried["error"]>; readonly spotted: string | undefined }) {
  const where = spotted ?? `${error.document === "words" ? "Safe words" : "Patterns"}, line ${error.line}, column ${error.column}`;
  return (
    <p className={styles["wrong"]}>
      Nothing was tried. {where}, {error.field}: expected {error.expected}.
    </p>
  );
}

interface Props {
  readonly profile: string;
  readonly tried: PatternsTried | undefined;
  /** The row that what is wrong stands in. */
  readonly spotted: string | undefined;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onTry: (samples: string[]) => void;
}

export function Samples({ profile, tried, spotted, busy, error, onTry }: Props) {
  const [text, setText] = useState("");
  const samples = text.split("\n").filter((line) => line.trim() !== "");
  const refusal = refusalOf(samples);
  return (
    <>
      <TextArea
        label="Samples"
        help={`One a line, ${COUNT_MAX} at most. The server judges them in memory; they are not stored and not logged. Write invented ones, never a real patient.`}
        rows={4}
        spellCheck={false}
        autoComplete="off"
        error={refusal}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Buttons>
        <Button busy={busy} disabled={refusal !== undefined} onClick={() => onTry(samples)}>
          {samples.length ? "Try the samples" : "Check the patterns"}
        </Button>
      </Buttons>
      <FormProblem error={error} />
      <div role="status" className={styles["answer"]}>
        {tried?.error ? <Refused error={tried.error} spotted={spotted} /> : null}
        {tried && !tried.error && tried.warnings.length === 0 ? <p className={styles["good"]}>The patterns hold together, and take no ordinary word and no date.</p> : null}
        {tried?.warnings.map((warning) => (
          <p key={`${warning.rule} ${warning.what}`} className={styles["warn"]}>
            {warningText(warning)}
          </p>
        ))}
        {tried?.samples.length ? (
          <ol className={styles["results"]} aria-label={`Samples as the ${profile} profile leaves them`}>
            {tried.samples.map((sample, at) => (
              <li key={at}>
                <Result sample={sample} />
              </li>
            ))}
          </ol>
        ) : null}
      </div>
    </>
  );
}
