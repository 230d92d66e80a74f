import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, Row, TextField } from "../../components/form.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Finding, getDoctor, getSettings, putSettings, type Settings } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import { Certificate } from "./certificate.tsx";
import styles from "./settings.module.css";
import { SingleSignOn } from "./sso.tsx";

type NumberName = "retention_days" | "session_idle_minutes" | "session_hours" | "emergency_minutes" | "emergency_review_hours";

const NUMBERS: readonly { name: NumberName; label: string; help: string; min: number; max: number }[] = [
  { name: "retention_days", label: "Days that spans are kept", help: "1 to 3650. Your decision, on record: this version does not destroy older days yet.", min: 1, max: 3650 },
  { name: "session_idle_minutes", label: "Minutes until an unused session ends", help: "5 to 60.", min: 5, max: 60 },
  { name: "session_hours", label: "Hours until any session ends", help: "1 to 24.", min: 1, max: 24 },
  { name: "emergency_minutes", label: "Minutes of emergency access at most", help: "5 to 1440.", min: 5, max: 1440 },
  { name: "emergency_review_hours", label: "Hours within which it is reviewed", help: "1 to 336.", min: 1, max: 336 },
];

function SettingsForm({ settings, editable }: { readonly settings: Settings; readonly editable: boolean }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(settings);
  const save = useMutation({
    mutationFn: () => putSettings({ body: draft }),
    onSuccess: (saved) => client.setQueryData(keys.settings(), saved),
  });

  const set = (change: Partial<Settings>) => {
    if (!save.isIdle) save.reset();
    setDraft({ ...draft, ...change });
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <fieldset className={styles["group"]} disabled={!editable}>
        <TextField
          label="Organisation"
          required
          maxLength={128}
          error={fieldError(save.error, "/organisation")}
          value={draft.organisation}
          onChange={(event) => set({ organisation: event.target.value })}
        />
        <Row>
        {NUMBERS.map(({ name, label, help, min, max }) => (
          <TextField
            key={name}
            label={label}
            help={help}
            type="number"
            required
            min={min}
            max={max}
            error={fieldError(save.error, `/${name}`)}
            value={Number.isNaN(draft[name]) ? "" : draft[name]}
            onChange={(event) => set({ [name]: event.target.valueAsNumber })}
          />
        ))}
        </Row>
        <TextField
          label="Names and addresses in Ward's own certificate"
          help="Comma-separated; beside localhost and this host's name."
          maxLength={1024}
          error={fieldError(save.error, "/server_names")}
          value={draft.server_names}
          onChange={(event) => set({ server_names: event.target.value })}
        />
        <TextField
          label="Address that people use"
          help="Passkeys belong to it: https://, a host name, and the port unless it is 443. Empty: as Ward listens. When it changes, everybody adds their passkeys anew."
          placeholder="https://ward.example.org"
          maxLength={280}
          error={fieldError(save.error, "/public_address")}
          value={draft.public_address}
          onChange={(event) => set({ public_address: event.target.value })}
        />
      </fieldset>
      <FormProblem error={save.error} />
      {save.isSuccess ? <p role="status" className={styles["saved"]}>Saved.</p> : null}
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

const LEVELS = { error: "Error", warning: "Warning", note: "Note", ok: "Ok" } as const;

function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const order = Object.keys(LEVELS);
  return (
    <ul className={styles["findings"]}>
      {[...findings]
        .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
        .map((finding) => (
          <li key={finding.id} data-level={finding.level}>
            <strong>{LEVELS[finding.level]}</strong> {finding.title}
            {finding.remedy ? <div className={styles["remedy"]}>{finding.remedy}</div> : null}
          </li>
        ))}
    </ul>
  );
}

function CheckUp() {
  const doctor = useQuery({ queryKey: keys.doctor(), queryFn: ({ signal }) => getDoctor({}, signal) });
  return (
    <Card
      title="Check-up"
      aside={
        <>
          The same as <code>ward doctor</code>
        </>
      }
    >
      <Answer query={doctor} what="the check-up">
        {(data) => <Findings findings={data.findings} />}
      </Answer>
    </Card>
  );
}

export function SettingsView() {
  const session = useSession().data;
  const settings = useQuery({ queryKey: keys.settings(), queryFn: ({ signal }) => getSettings({}, signal), refetchOnWindowFocus: false });

  return (
    <>
      <PageHead title="Settings" />
      <Answer query={settings} what="settings">
        {(data) => (
          <>
            <Card title="Organisation, retention, sessions">
              <SettingsForm settings={data} editable={may(session, "settings.change")} />
            </Card>
            <Card title="Certificate that browsers see">
              <Certificate editable={may(session, "tls.change")} />
            </Card>
            <Card title="Single sign-on">
              <SingleSignOn editable={may(session, "users.manage")} />
            </Card>
            <CheckUp />
          </>
        )}
      </Answer>
    </>
  );
}
