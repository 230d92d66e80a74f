import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, TextField } from "../../components/form.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Failed, Loading } from "../../components/states.tsx";
import { getDoctor, getSettings, putSettings, type Settings } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import { Certificate } from "./certificate.tsx";
import styles from "./settings.module.css";

type NumberName = "retention_days" | "session_idle_minutes" | "session_hours";

const NUMBERS: readonly { name: NumberName; label: string; help: string; min: number; max: number }[] = [
  { name: "retention_days", label: "Days that spans are kept", help: "Older days are to be destroyed with their keys.", min: 1, max: 3650 },
  { name: "session_idle_minutes", label: "Minutes without use until a session ends", help: "5 to 60.", min: 5, max: 60 },
  { name: "session_hours", label: "Hours until a session ends in any case", help: "1 to 24.", min: 1, max: 24 },
];

function SettingsForm({ settings, editable }: { readonly settings: Settings; readonly editable: boolean }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(settings);
  const save = useMutation({
    mutationFn: () => putSettings({ body: draft }),
    onSuccess: (saved) => client.setQueryData(keys.settings(), saved),
  });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <fieldset className={styles["group"]} disabled={!editable}>
        <TextField label="Organisation" required maxLength={128} error={fieldError(save.error, "/organisation")} value={draft.organisation} onChange={(event) => setDraft({ ...draft, organisation: event.target.value })} />
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
            value={draft[name]}
            onChange={(event) => setDraft({ ...draft, [name]: Number(event.target.value) })}
          />
        ))}
        <TextField
          label="Names and addresses in Ward's own certificate"
          help="Comma-separated; beside localhost and this host's name."
          maxLength={1024}
          error={fieldError(save.error, "/server_names")}
          value={draft.server_names}
          onChange={(event) => setDraft({ ...draft, server_names: event.target.value })}
        />
      </fieldset>
      <FormProblem error={save.error} />
      {save.isSuccess ? <p role="status">Saved.</p> : null}
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

function Doctor() {
  const doctor = useQuery({ queryKey: keys.doctor(), queryFn: ({ signal }) => getDoctor({}, signal) });
  if (doctor.isPending) return <Loading what="the check-up" />;
  if (doctor.isError) return <Failed error={doctor.error} again={() => void doctor.refetch()} />;
  const order = Object.keys(LEVELS);
  return (
    <ul className={styles["findings"]}>
      {[...doctor.data.findings]
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

export function SettingsView() {
  const session = useSession().data;
  const settings = useQuery({ queryKey: keys.settings(), queryFn: ({ signal }) => getSettings({}, signal), refetchOnWindowFocus: false });

  return (
    <>
      <PageHead title="Settings" />
      <Card title="Organisation, retention, sessions">
        {settings.isPending ? <Loading what="settings" /> : null}
        {settings.isError ? <Failed error={settings.error} again={() => void settings.refetch()} /> : null}
        {settings.data ? <SettingsForm settings={settings.data} editable={may(session, "settings.change")} /> : null}
      </Card>
      <Card title="Certificate that browsers see">
        <Certificate editable={may(session, "tls.change")} />
      </Card>
      <Card title="Check-up" aside="The same as `ward doctor`">
        <Doctor />
      </Card>
    </>
  );
}
