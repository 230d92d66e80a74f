/* The capture policy: what agents may keep of a window at all. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, CheckField, fieldError, FormProblem, SelectField, TextField } from "../../components/form.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Failed, Loading } from "../../components/states.tsx";
import { getPolicy, type Policy, type PolicyChange, putPolicy } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
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
            <Button onClick={() => onChange(rules.filter((_, at) => at !== index))} aria-label={`Remove rule ${index + 1}`}>
              Remove
            </Button>
          ) : null}
        </fieldset>
      ))}
      {editable ? <Button onClick={() => onChange([...rules, { application: "", domain: "", capture: "application" }])}>Add a rule</Button> : null}
    </>
  );
}

function PolicyForm({ policy, editable }: { readonly policy: Policy; readonly editable: boolean }) {
  const client = useQueryClient();
  const { version, created_at, created_by, ...initial } = policy;
  const [draft, setDraft] = useState<PolicyChange>(initial);
  const save = useMutation({
    mutationFn: () => putPolicy({ body: draft, ifMatch: `"${version}"` }),
    onSuccess: (saved) => client.setQueryData(keys.policy(), saved),
  });
  const set = (change: Partial<PolicyChange>) => setDraft({ ...draft, ...change });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Card title="What is kept" aside={`Version ${version}, ${moment(created_at)}, ${created_by}`}>
        <fieldset className={styles["group"]} disabled={!editable}>
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
          <TextField
            label="Passive after so many seconds without input"
            type="number"
            min={30}
            max={3600}
            error={fieldError(save.error, "/passive_after_seconds")}
            value={draft.passive_after_seconds}
            onChange={(event) => set({ passive_after_seconds: Number(event.target.value) })}
          />
          <TextField
            label="Idle after so many seconds without input"
            type="number"
            min={60}
            max={14400}
            error={fieldError(save.error, "/idle_after_seconds")}
            value={draft.idle_after_seconds}
            onChange={(event) => set({ idle_after_seconds: Number(event.target.value) })}
          />
        </fieldset>
      </Card>
      <Card title="Rules" aside="The most private rule that matches wins; * at the end of a name matches any rest">
        <Rules rules={draft.rules} editable={editable} onChange={(rules) => set({ rules })} />
      </Card>
      <Card title="Shared stations">
        <TextField
          label="Accounts that sign in by themselves"
          help="Comma-separated. Their time belongs to the station, never to a person."
          disabled={!editable}
          value={draft.stations.join(", ")}
          onChange={(event) =>
            set({
              stations: event.target.value
                .split(",")
                .map((name) => name.trim())
                .filter(Boolean),
            })
          }
        />
      </Card>
      <FormProblem error={save.error} />
      {save.isSuccess ? <p role="status">Saved as version {save.data.version}. Agents take it with their next message.</p> : null}
      {editable ? (
        <Buttons>
          <Button kind="primary" type="submit" busy={save.isPending}>
            Save
          </Button>
        </Buttons>
      ) : null}
    </form>
  );
}

export function PolicyView() {
  const session = useSession().data;
  const policy = useQuery({ queryKey: keys.policy(), queryFn: ({ signal }) => getPolicy({}, signal), refetchOnWindowFocus: false });

  return (
    <>
      <PageHead
        title="Privacy policy"
        lead="Decided on the computer, before anything else looks at a window. It is signed by the server, and older versions are refused."
      />
      {policy.isPending ? <Loading what="the policy" /> : null}
      {policy.isError ? <Failed error={policy.error} again={() => void policy.refetch()} /> : null}
      {policy.data ? <PolicyForm key={policy.data.version} policy={policy.data} editable={may(session, "policy.change")} /> : null}
    </>
  );
}
