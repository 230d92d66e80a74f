/* The capture policy: what agents may keep of a window at all. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, CheckField, fieldError, FormProblem, Row, SelectField, TextField } from "../../components/form.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { getPolicy, type Policy, type PolicyChange, putPolicy } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { Problem } from "../../model/request.ts";
import { may, useSession } from "../../model/session.ts";
import { Patterns } from "./patterns.tsx";
import styles from "./policy.module.css";

type Capture = Policy["capture"];
type Rule = Policy["rules"][number];

const CAPTURE_LABELS: Record<Capture, string> = {
  drop: "Nothing at all",
  application: "Application only",
  domain: "Application and site",
  title: "Also the clean title",
};

function CaptureOptions() {
  return Object.entries(CAPTURE_LABELS).map(([capture, label]) => (
    <option key={capture} value={capture}>
      {label}
    </option>
  ));
}

function captureOf(value: string): Capture {
  return (Object.keys(CAPTURE_LABELS) as Capture[]).find((one) => one === value) ?? "domain";
}

interface RulesProps {
  readonly rules: readonly Rule[];
  readonly editable: boolean;
  readonly onChange: (rules: Rule[]) => void;
}

function Rules({ rules, editable, onChange }: RulesProps) {
  const set = (index: number, change: Partial<Rule>) => onChange(rules.map((rule, at) => (at === index ? { ...rule, ...change } : rule)));
  return (
    <>
      {rules.length === 0 ? <p className={styles["quiet"]}>No rule: the default holds for every application and site.</p> : null}
      {rules.map((rule, index) => (
        <fieldset key={index} className={styles["rule"]} disabled={!editable}>
          <legend className={styles["legend"]}>Rule {index + 1}</legend>
          <TextField label="Application" placeholder="any" value={rule.application} onChange={(event) => set(index, { application: event.target.value.toLowerCase() })} />
          <TextField label="Site" placeholder="any" value={rule.domain} onChange={(event) => set(index, { domain: event.target.value.toLowerCase() })} />
          <SelectField label="Kept" value={rule.capture} onChange={(event) => set(index, { capture: captureOf(event.target.value) })}>
            <CaptureOptions />
          </SelectField>
          {editable ? (
            <Button onClick={() => onChange(rules.filter((_, at) => at !== index))} className={styles["remove"]} aria-label={`Remove rule ${index + 1}`}>
              Remove
            </Button>
          ) : null}
        </fieldset>
      ))}
      {editable ? <Button onClick={() => onChange([...rules, { application: "", domain: "", capture: "application" }])}>Add a rule</Button> : null}
    </>
  );
}

/* An empty field is no number, and stays empty while another one is typed. */
function numberText(value: number): number | "" {
  return Number.isNaN(value) ? "" : value;
}

interface DraftProps {
  readonly draft: PolicyChange;
  readonly set: (change: Partial<PolicyChange>) => void;
  readonly error: Error | null;
}

function Kept({ draft, set, error }: DraftProps) {
  return (
    <>
      <SelectField
        label="Of every application and site"
        help="Paths, queries and file names are never kept, whatever is chosen here."
        value={draft.capture}
        onChange={(event) => set({ capture: captureOf(event.target.value) })}
      >
        <CaptureOptions />
      </SelectField>
      <CheckField
        label="HIPAA profile"
        help="Titles of health record, imaging, billing and remote-desktop programs are never kept, even where a rule says so."
        checked={draft.hipaa}
        onChange={(event) => set({ hipaa: event.target.checked })}
      />
      <CheckField
        label="Private browser windows"
        help="Record their sites like those of other windows."
        checked={draft.incognito}
        onChange={(event) => set({ incognito: event.target.checked })}
      />
      <CheckField
        label="People may pause"
        help="With a reason, which is recorded."
        checked={draft.pause_allowed}
        onChange={(event) => set({ pause_allowed: event.target.checked })}
      />
      <Row>
        <TextField
          label="Passive after"
          help="Seconds without input, 30 to 3600."
          type="number"
          min={30}
          max={3600}
          required
          error={fieldError(error, "/passive_after_seconds")}
          value={numberText(draft.passive_after_seconds)}
          onChange={(event) => set({ passive_after_seconds: event.target.valueAsNumber })}
        />
        <TextField
          label="Idle after"
          help="Seconds without input, 60 to 14400."
          type="number"
          min={60}
          max={14400}
          required
          error={fieldError(error, "/idle_after_seconds")}
          value={numberText(draft.idle_after_seconds)}
          onChange={(event) => set({ idle_after_seconds: event.target.valueAsNumber })}
        />
      </Row>
    </>
  );
}

/* The text is kept as it is typed; the names in it are read from it. */
function Stations({ draft, set, error }: DraftProps) {
  const [text, setText] = useState(draft.stations.join(", "));
  return (
    <TextField
      label="Accounts that sign in by themselves"
      help="Comma-separated. Their time belongs to the station, never to a person."
      spellCheck={false}
      autoCapitalize="none"
      error={fieldError(error, "/stations")}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        set({
          stations: event.target.value
            .split(",")
            .map((name) => name.trim())
            .filter(Boolean),
        });
      }}
    />
  );
}

interface FormProps {
  readonly policy: Policy;
  readonly editable: boolean;
  readonly newer: Policy | undefined;
  readonly saved: ReactNode;
  readonly onSaved: (policy: Policy) => void;
  readonly onLoad: (policy: Policy) => void;
  readonly onChange: () => void;
}

function changeOf({ version: _version, created_at: _at, created_by: _by, ...change }: Policy): PolicyChange {
  return change;
}

/* Documents may be long: those that nobody changed stay as they are, unsent. */
function changedOf(policy: Policy, { patterns = "", words = "", ...rest }: PolicyChange): PolicyChange {
  return { ...rest, ...(patterns === policy.patterns ? {} : { patterns }), ...(words === policy.words ? {} : { words }) };
}

/** A draft made from one version. A newer one that arrives meanwhile is told, and loaded only when it is asked for. */
function PolicyForm({ policy, editable, newer, saved, onSaved, onLoad, onChange }: FormProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<PolicyChange>(() => changeOf(policy));
  const save = useMutation({
    mutationFn: (body: PolicyChange) => putPolicy({ body, ifMatch: `"${policy.version}"` }),
    onSuccess: onSaved,
    onError: (error) => {
      if (error instanceof Problem && error.status === 412) void client.invalidateQueries({ queryKey: keys.policy() });
    },
  });
  const set = (change: Partial<PolicyChange>) => {
    onChange();
    setDraft({ ...draft, ...change });
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(changedOf(policy, draft));
      }}
    >
      <fieldset className={styles["group"]} disabled={!editable}>
        <Card title="What is kept" aside={`Version ${policy.version}, ${moment(policy.created_at)}, ${policy.created_by}`}>
          <Kept draft={draft} set={set} error={save.error} />
        </Card>
        <Card title="Rules" aside="The most private rule that matches wins; * at the end of a name matches any rest">
          <Rules rules={draft.rules} editable={editable} onChange={(rules) => set({ rules })} />
        </Card>
        <Card title="Shared stations">
          <Stations draft={draft} set={set} error={save.error} />
        </Card>
        <Patterns draft={draft} saved={policy} editable={editable} set={set} error={save.error} sent={save.variables} />
      </fieldset>
      {newer ? (
        <div className={styles["newer"]} role="alert">
          <p>
            <strong>{newer.created_by || "Somebody"} saved version {newer.version} meanwhile.</strong> Yours was made from version {policy.version} and cannot be saved over it. Load the newest one, and
            make your change on it.
          </p>
          <Button onClick={() => onLoad(newer)}>Load version {newer.version}, without my change</Button>
        </div>
      ) : (
        <FormProblem error={save.error} />
      )}
      {saved}
      {editable ? (
        <Buttons>
          <Button kind="primary" type="submit" busy={save.isPending} disabled={newer !== undefined}>
            Save
          </Button>
        </Buttons>
      ) : null}
    </form>
  );
}

/* What is edited is a copy: an answer that comes while somebody writes must not take their words away. */
function PolicyShown({ policy, editable }: { readonly policy: Policy; readonly editable: boolean }) {
  const client = useQueryClient();
  const [base, setBase] = useState(policy);
  const [touched, setTouched] = useState(false);
  const [savedAs, setSavedAs] = useState<number | null>(null);
  const newer = policy.version > base.version ? policy : undefined;
  const load = (next: Policy) => {
    setBase(next);
    setTouched(false);
  };

  if (newer && !touched) load(newer);
  return (
    <PolicyForm
      key={base.version}
      policy={base}
      editable={editable}
      newer={touched ? newer : undefined}
      saved={savedAs === base.version ? <p role="status" className={styles["saved"]}>Saved as version {savedAs}. Agents take it with their next message.</p> : null}
      onSaved={(saved) => {
        setSavedAs(saved.version);
        load(saved);
        client.setQueryData(keys.policy(), saved);
      }}
      onLoad={load}
      onChange={() => {
        setTouched(true);
        setSavedAs(null);
      }}
    />
  );
}

export function PolicyView() {
  const session = useSession().data;
  const policy = useQuery({ queryKey: keys.policy(), queryFn: ({ signal }) => getPolicy({}, signal) });

  return (
    <>
      <PageHead
        title="Privacy policy"
        lead="Decided on the computer, before anything else looks at a window. It is signed by the server, and older versions are refused."
      />
      <Answer query={policy} what="the privacy policy">
        {(data) => <PolicyShown policy={data} editable={may(session, "policy.change")} />}
      </Answer>
    </>
  );
}
