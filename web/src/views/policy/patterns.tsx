/* The organisation's own patterns, lists and safe words: edited here, judged by the server before they are saved. */

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { fieldError, SelectField, TextArea, TextField } from "../../components/form.tsx";
import { Card } from "../../components/page.tsx";
import { type PatternsTried, type Policy, type PolicyChange, tryPatterns } from "../../model/api.gen.ts";
import { cutDocument, joinParts, type ListPart, type Part, type PatternRow, type Place, placeOf, type Spot, spotOf, withPart } from "./document.ts";
import styles from "./patterns.module.css";
import { Samples } from "./samples.tsx";

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

/* A request is at most 1 MiB; so much of patterns and words, as they are sent, leaves room for the rest. */
const SENT_MAX = 1_000_000;

/** What is wrong with a part: in which field, and what it says there. */
interface Wrong {
  readonly field: string;
  readonly text: string;
}

interface PartProps<Shown> {
  readonly part: Shown;
  readonly number: number;
  readonly wrong: Wrong | undefined;
  readonly editable: boolean;
  readonly onChange: (part: Shown) => void;
  readonly onRemove: () => void;
}

function PatternFields({ part, number, wrong, editable, onChange, onRemove }: PartProps<PatternRow>) {
  const set = (change: Partial<PatternRow>) => onChange({ ...part, ...change });
  const error = (field: string) => (wrong?.field === field ? wrong.text : undefined);
  /* A tab would begin the next field. */
  const typed = (text: string) => text.replaceAll("\t", " ");
  return (
    <fieldset className={styles["pattern"]} disabled={!editable}>
      <legend className={styles["legend"]}>Pattern {number}</legend>
      <TextField label="Name" placeholder="mrn-north" spellCheck={false} error={error("name")} value={part.name} onChange={(event) => set({ name: typed(event.target.value).toLowerCase() })} />
      <SelectField label="Kind" error={error("kind")} value={part.identifier} onChange={(event) => set({ identifier: event.target.value })}>
        {KINDS.some(([word]) => word === part.identifier) ? null : <option value={part.identifier}>{part.identifier || "choose"}</option>}
        {KINDS.map(([word, label]) => (
          <option key={word} value={word}>
            {label}
          </option>
        ))}
      </SelectField>
      <TextField label="Template" placeholder="MRN-#######" spellCheck={false} error={error("template")} value={part.template} onChange={(event) => set({ template: typed(event.target.value) })} />
      <TextField label="Only after" placeholder="any word" spellCheck={false} error={error("context")} value={part.context} onChange={(event) => set({ context: typed(event.target.value) })} />
      <TextField
        label="Within"
        placeholder="3"
        inputMode="numeric"
        disabled={!editable || (part.context.trim() === "" && part.within === "")}
        error={error("within")}
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

function ListFields({ part, number, wrong, editable, onChange, onRemove }: PartProps<ListPart>) {
  const count = part.entries.split("\n").filter(Boolean).length;
  return (
    <fieldset className={styles["list"]} disabled={!editable}>
      <legend className={styles["legend"]}>List {number}</legend>
      <TextField
        label="Name"
        placeholder="facility"
        spellCheck={false}
        error={wrong && wrong.field !== "entry" ? wrong.text : undefined}
        value={part.name}
        onChange={(event) => onChange({ ...part, name: event.target.value.toLowerCase().replaceAll("\t", " ") })}
      />
      {part.entries.length > EDITED_MAX ? (
        <p className={styles["quiet"]}>{count.toLocaleString()} entries. So long a list is changed on the server, with <code>ward patterns set</code>.</p>
      ) : (
        <TextArea
          label="Entries"
          help={`One a line; ${count} now. Case and accents do not matter.`}
          rows={4}
          spellCheck={false}
          error={wrong?.field === "entry" ? wrong.text : undefined}
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

/** An entry of a list is named by its number; the rest of a row by its field. */
function wrongOf(place: Place, spot: Spot): Wrong {
  return { field: place.field, text: spot.entry > 0 ? `Entry ${spot.entry}: expected ${place.expected}` : `Expected ${place.expected}` };
}

interface Props {
  readonly draft: PolicyChange;
  readonly saved: Policy;
  readonly editable: boolean;
  readonly set: (change: Partial<PolicyChange>) => void;
  /** Why what was sent was not saved. */
  readonly error: Error | null;
  readonly sent: PolicyChange | undefined;
}

/* Parts are held as they are typed; the document is written from them. What the server says holds for what it was said of. */
export function Patterns({ draft, saved, editable, set, error, sent }: Props) {
  const [parts, setParts] = useState<readonly Part[]>(() => cutDocument(saved.patterns));
  const [tried, setTried] = useState<{ readonly of: string; readonly answer: PatternsTried }>();
  const document = draft.patterns ?? "";
  const words = draft.words ?? "";
  const profile = draft.hipaa ? "strict" : "balanced";
  const judged = JSON.stringify([document, words, profile]);
  const attempt = useMutation({
    mutationFn: (samples: string[]) =>
      tryPatterns({
        body: {
          ...(document === saved.patterns ? {} : { patterns: document }),
          ...(words === saved.words ? {} : { words }),
          profile,
          samples,
        },
      }),
    onSuccess: (answer) => setTried({ of: judged, answer }),
  });
  const answer = tried?.of === judged ? tried.answer : undefined;
  const refused = sent?.patterns === document ? fieldError(error, "/patterns") : undefined;
  const place = answer?.error?.document === "patterns" ? answer.error : placeOf(refused);
  const spot = place ? spotOf(parts, place.line) : undefined;
  const badWord = answer?.error?.document === "words" ? answer.error : undefined;

  const write = (next: readonly Part[]) => {
    setParts(next);
    set({ patterns: joinParts(next) });
  };
  const change = (at: number, part: Part) => write(parts.map((one, index) => (index === at ? part : one)));
  const number = (at: number) => parts.slice(0, at + 1).filter(({ kind }) => kind === parts[at]?.kind).length;
  const title = (at: number) => `${parts[at]?.kind === "list" ? "List" : "Pattern"} ${number(at)}`;
  const around = (at: number) => ({
    number: number(at),
    editable,
    wrong: place && spot?.at === at ? wrongOf(place, spot) : undefined,
    onRemove: () => write(parts.filter((_, index) => index !== at)),
  });
  const named = (kind: Part["kind"]) => parts.some((part) => part.kind === kind);

  return (
    <Card title="Patterns" aside="What the organisation's own identifiers look like; removed whatever the profile">
      <p className={styles["quiet"]}>
        <code>#</code> is a digit, <code>@</code> a letter, <code>*</code> either; <code>{"{8 digits}"}</code>, <code>{"{3-5 letters}"}</code>; <code>{"{facility}"}</code> is an entry of that list;{" "}
        <code>(a|b)</code> one of these; <code>?</code> makes what stands before it optional. With words in <em>Only
        after</em>, one of them must stand before it, as near as <em>Within</em> says in words. At most 128 patterns, each of 64 characters at its longest.
      </p>
      {named("pattern") ? null : <p className={styles["quiet"]}>No pattern: only what Ward knows by itself is removed.</p>}
      {parts.map((part, at) => (part.kind === "pattern" ? <PatternFields key={at} part={part} {...around(at)} onChange={(next) => change(at, next)} /> : null))}
      {editable ? <Button onClick={() => write(withPart(parts, { kind: "pattern", name: "", identifier: "mrn", template: "", context: "", within: "" }))}>Add a pattern</Button> : null}
      <h3 className={styles["heading"]}>Lists</h3>
      {named("list") ? null : <p className={styles["quiet"]}>No list. A list is a row of names that templates use, such as the signs of the wards.</p>}
      {parts.map((part, at) => (part.kind === "list" ? <ListFields key={at} part={part} {...around(at)} onChange={(next) => change(at, next)} /> : null))}
      {editable ? <Button onClick={() => write(withPart(parts, { kind: "list", name: "", entries: "" }))}>Add a list</Button> : null}
      {refused && !spot ? <p className={styles["wrong"]}>{refused}</p> : null}
      {judged.length > SENT_MAX && document !== saved.patterns ? (
        <p className={styles["warn"]}>
          This is more than a browser may send at once. Save it on the server, with <code>ward patterns set</code>.
        </p>
      ) : null}
      <h3 className={styles["heading"]}>Safe words</h3>
      <TextArea
        label="Words that strict keeps"
        help="One a line, letters only. Each is kept on everybody's screen: never the name of a person. A common name is refused unless an exclamation mark follows it, as in smith!"
        rows={4}
        spellCheck={false}
        disabled={!editable || words.length > EDITED_MAX}
        error={badWord ? `Line ${badWord.line}: expected ${badWord.expected}` : sent?.words === words ? fieldError(error, "/words") : undefined}
        value={words}
        onChange={(event) => set({ words: event.target.value })}
      />
      {editable ? (
        <>
          <h3 className={styles["heading"]}>Try them</h3>
          <Samples profile={profile} tried={answer} spotted={spot ? title(spot.at) : undefined} busy={attempt.isPending} error={attempt.error} onTry={(samples) => attempt.mutate(samples)} />
        </>
      ) : null}
    </Card>
  );
}
