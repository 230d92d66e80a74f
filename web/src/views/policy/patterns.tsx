/* The organisation's own patterns, lists and safe words: edited here, judged by the server before they are saved. */

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, SelectField, TextArea, TextField } from "../../components/form.tsx";
import { Card } from "../../components/page.tsx";
import { type PatternsTried, type PatternsWarning, type PolicyChange, tryPatterns } from "../../model/api.gen.ts";
import { cutDocument, joinParts, type ListPart, type Part, partAt, type PatternRow, withPart } from "./document.ts";
import styles from "./patterns.module.css";

const KINDS: readonly (readonly [string, string])[] = [
  ["mrn", "Medical record number"],
  ["account", "Account number"],
  ["health_plan", "Health plan number"],
  ["device", "Device number"],
  ["license", "Certificate or licence"],
  ["vehicle", "Vehicle"],
  ["biometric", "Biometric marker"],
  ["photo", "Photograph"],
  ["name", "Name"],
  ["geo", "Place"],
  ["date", "Date"],
  ["age", "Age"],
  ["phone", "Telephone"],
  ["fax", "Fax"],
  ["email", "E-mail address"],
  ["ssn", "Social security number"],
  ["url", "Web address"],
  ["ip", "Network address"],
  ["card", "Payment card"],
  ["other_id", "Other identifier"],
];

/* A list of this many characters is edited in its file and put in force by the command. */
const EDITED_MAX = 100_000;

interface PartProps<Shown> {
  readonly part: Shown;
  readonly number: number;
  readonly error: string | undefined;
  readonly editable: boolean;
  readonly onChange: (part: Shown) => void;
  readonly onRemove: () => void;
}

function PatternFields({ part, number, error, editable, onChange, onRemove }: PartProps<PatternRow>) {
  const set = (change: Partial<PatternRow>) => onChange({ ...part, ...change });
  /* A tab would begin the next field. */
  const typed = (text: string) => text.replaceAll("\t", " ");
  return (
    <fieldset className={styles["pattern"]} disabled={!editable}>
      <legend className={styles["legend"]}>Pattern {number}</legend>
      <TextField label="Name" placeholder="mrn-north" spellCheck={false} value={part.name} onChange={(event) => set({ name: typed(event.target.value).toLowerCase() })} />
      <SelectField label="Kind" value={part.identifier} onChange={(event) => set({ identifier: event.target.value })}>
        {KINDS.some(([word]) => word === part.identifier) ? null : <option value={part.identifier}>{part.identifier || "choose"}</option>}
        {KINDS.map(([word, label]) => (
          <option key={word} value={word}>
            {label}
          </option>
        ))}
      </SelectField>
      <TextField label="Template" placeholder="MRN-#######" spellCheck={false} error={error} value={part.template} onChange={(event) => set({ template: typed(event.target.value) })} />
      <TextField label="Only after these words" placeholder="any" spellCheck={false} value={part.context} onChange={(event) => set({ context: typed(event.target.value) })} />
      <TextField
        label="Words before"
        placeholder="3"
        inputMode="numeric"
        disabled={!editable || part.context.trim() === ""}
        value={part.within}
        onChange={(event) => set({ within: typed(event.target.value) })}
      />
      {editable ? (
        <Button className={styles["remove"]} onClick={onRemove} aria-label={`Remove pattern ${number}`}>
          Remove
        </Button>
      ) : null}
    </fieldset>
  );
}

function ListFields({ part, number, error, editable, onChange, onRemove }: PartProps<ListPart>) {
  const count = part.entries.split("\n").filter(Boolean).length;
  return (
    <fieldset className={styles["list"]} disabled={!editable}>
      <legend className={styles["legend"]}>List {number}</legend>
      <TextField label="Name" placeholder="facility" spellCheck={false} value={part.name} onChange={(event) => onChange({ ...part, name: event.target.value.toLowerCase().replaceAll("\t", "") })} />
      {part.entries.length > EDITED_MAX ? (
        <p className={styles["quiet"]}>{count.toLocaleString()} entries. So long a list is changed with `ward patterns set`, on the server.</p>
      ) : (
        <TextArea
          label="Entries"
          help={`One a line; ${count} now. Case and accents do not matter.`}
          rows={4}
          spellCheck={false}
          error={error}
          value={part.entries}
          onChange={(event) => onChange({ ...part, entries: event.target.value.replaceAll("\t", " ") })}
        />
      )}
      {editable ? (
        <Button onClick={onRemove} aria-label={`Remove list ${number}`}>
          Remove
        </Button>
      ) : null}
    </fieldset>
  );
}

function warningText({ rule, what, takes, asked, examples }: PatternsWarning): string {
  const name = rule.replace(/^org\./, "");
  if (what === "moments") return `${name} takes dates or times, such as ${examples.join(", ")}.`;
  if (what === "broad") return `${name} is too broad: it takes ${takes.toLocaleString()} of ${asked.toLocaleString()} ordinary words, such as ${examples.join(", ")}.`;
  return `${name} takes ordinary words: ${examples.join(", ")}.`;
}

function foundText(found: PatternsTried["samples"][number]["found"]): string {
  return [...new Set(found.map(({ rule }) => rule))].join(", ") || "nothing";
}

/** What the engine on the server makes of the samples. They are kept nowhere. */
function Samples({ draft, tried, busy, error, onTry }: { readonly draft: PolicyChange; readonly tried: PatternsTried | undefined; readonly busy: boolean; readonly error: Error | null; readonly onTry: (samples: string[]) => void }) {
  const [text, setText] = useState("");
  const samples = text.split("\n").filter((line) => line.trim() !== "");
  return (
    <>
      <TextArea
        label="Samples"
        help="Lines to try, 50 at most. The server judges them and keeps nothing. Write invented ones: never a real patient."
        rows={4}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Buttons>
        <Button busy={busy} onClick={() => onTry(samples.slice(0, 50))}>
          {samples.length ? "Try the samples" : "Check the patterns"}
        </Button>
      </Buttons>
      <FormProblem error={error} />
      <div role="status">
        {tried?.error ? (
          <p className={styles["wrong"]}>
            {tried.error.document === "words" ? "Safe words" : "Patterns"}, line {tried.error.line}, column {tried.error.column}, {tried.error.field}: expected {tried.error.expected}.
          </p>
        ) : null}
        {tried && !tried.error && tried.warnings.length === 0 ? <p className={styles["good"]}>The patterns hold together, and take no ordinary word and no date.</p> : null}
        {tried?.warnings.map((warning) => (
          <p key={`${warning.rule} ${warning.what}`} className={styles["warn"]}>
            {warningText(warning)}
          </p>
        ))}
        {tried?.samples.length ? (
          <ol className={styles["results"]} aria-label={`Samples as the ${draft.hipaa ? "strict" : "balanced"} profile leaves them`}>
            {tried.samples.map((sample, at) => (
              <li key={at}>
                <code>{sample.clean ?? "(removed whole)"}</code> <span className={styles["quiet"]}>by {foundText(sample.found)}</span>
              </li>
            ))}
          </ol>
        ) : null}
      </div>
    </>
  );
}

interface Props {
  readonly draft: PolicyChange;
  readonly editable: boolean;
  readonly set: (change: Partial<PolicyChange>) => void;
  readonly error: Error | null;
}

/* Parts are held as they are typed; the document is written from them. */
export function Patterns({ draft, editable, set, error }: Props) {
  const [parts, setParts] = useState<readonly Part[]>(() => cutDocument(draft.patterns ?? ""));
  const [tried, setTried] = useState<{ readonly of: string; readonly answer: PatternsTried }>();
  const heading = useId();
  const document = draft.patterns ?? "";
  const words = draft.words ?? "";
  const attempt = useMutation({
    mutationFn: (samples: string[]) => tryPatterns({ body: { patterns: document, words, profile: draft.hipaa ? "strict" : "balanced", samples } }),
    onSuccess: (answer) => setTried({ of: document + words, answer }),
  });
  /* An answer holds for the documents that were judged. */
  const answer = tried?.of === document + words ? tried.answer : undefined;
  const wrong = answer?.error?.document === "patterns" ? partAt(parts, answer.error.line) : -1;
  const write = (next: readonly Part[]) => {
    setParts(next);
    set({ patterns: joinParts(next) });
  };
  const change = (at: number, part: Part) => write(parts.map((one, index) => (index === at ? part : one)));
  const number = (at: number) => parts.slice(0, at + 1).filter(({ kind }) => kind === parts[at]?.kind).length;
  const around = (at: number) => ({
    number: number(at),
    editable,
    error: at === wrong ? `Expected ${answer?.error?.expected ?? ""}` : undefined,
    onRemove: () => write(parts.filter((_, index) => index !== at)),
  });

  return (
    <Card title="Patterns" aside="What the organisation's own identifiers look like; removed in both profiles">
      <p className={styles["quiet"]}>
        <code>#</code> is a digit, <code>@</code> a letter, <code>*</code> either; <code>{"{8 digits}"}</code>, <code>{"{3-5 letters}"}</code>; <code>{"{facility}"}</code> is an entry of that list;{" "}
        <code>(a|b)</code> one of these; <code>?</code> makes what stands before it optional.
      </p>
      {parts.map((part, at) => (part.kind === "pattern" ? <PatternFields key={at} part={part} {...around(at)} onChange={(next) => change(at, next)} /> : null))}
      {editable ? <Button onClick={() => write(withPart(parts, { kind: "pattern", name: "", identifier: "mrn", template: "", context: "", within: "" }))}>Add a pattern</Button> : null}
      <h3 id={heading} className={styles["heading"]}>
        Lists
      </h3>
      {parts.map((part, at) => (part.kind === "list" ? <ListFields key={at} part={part} {...around(at)} onChange={(next) => change(at, next)} /> : null))}
      {editable ? <Button onClick={() => write(withPart(parts, { kind: "list", name: "", entries: "" }))}>Add a list</Button> : null}
      {fieldError(error, "/patterns") ? <p className={styles["wrong"]}>{fieldError(error, "/patterns")}</p> : null}
      <h3 className={styles["heading"]}>Safe words</h3>
      <TextArea
        label="Words that strict keeps"
        help="One a line, letters only. Each is kept on everybody's screen: never the name of a person. A common name is refused unless an exclamation mark follows it, as in smith!"
        rows={4}
        spellCheck={false}
        disabled={!editable || words.length > EDITED_MAX}
        error={fieldError(error, "/words") ?? (answer?.error?.document === "words" ? `Line ${answer.error.line}: expected ${answer.error.expected}` : undefined)}
        value={words}
        onChange={(event) => set({ words: event.target.value })}
      />
      {editable ? (
        <>
          <h3 className={styles["heading"]}>Try them</h3>
          <Samples draft={draft} tried={answer} busy={attempt.isPending} error={attempt.error} onTry={(samples) => attempt.mutate(samples)} />
        </>
      ) : null}
    </Card>
  );
}
