/* Single sign-on: metadata looked at, imported switched off, tried out, then switched on. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, CheckField, fieldError, FormProblem, Row, TextArea, TextField } from "../../components/form.tsx";
import { Answer } from "../../components/states.tsx";
import { changeSso, getSso, importSso, previewSso, removeSso, type Sso, type SsoCertificate, type SsoPreview, type SsoProvider, type SsoTest, trySso } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import styles from "./settings.module.css";

function Certificates({ certificates }: { readonly certificates: readonly SsoCertificate[] }) {
  return (
    <ul>
      {certificates.map((certificate) => (
        <li key={certificate.fingerprint}>
          <code>{certificate.fingerprint.slice(0, 32)}…</code>, valid from {moment(certificate.from_at)} to {moment(certificate.to_at)}
        </li>
      ))}
    </ul>
  );
}

function Preview({ preview }: { readonly preview: SsoPreview }) {
  return (
    <div role="status">
      <p>
        Entity ID <code>{preview.entity_id}</code>, people sign in at <code>{preview.sign_in_url}</code>
        {preview.valid_until ? `, metadata valid until ${moment(preview.valid_until)}` : ""}. Signing certificates (SHA-256):
      </p>
      <Certificates certificates={preview.certificates} />
    </div>
  );
}

function Import({ title: known }: { readonly title: string }) {
  const client = useQueryClient();
  const [title, setTitle] = useState(known);
  const [file, setFile] = useState<File | null>(null);
  const body = async () => ({ body: { title, metadata: (await file?.text()) ?? "" } });
  const look = useMutation({ mutationFn: async () => previewSso(await body()) });
  const send = useMutation({ mutationFn: async () => importSso(await body()), onSuccess: (sso) => client.setQueryData(keys.sso(), sso) });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (look.data) send.mutate();
        else look.mutate();
      }}
    >
      <Row>
        <TextField label="Name on the sign-in page" required maxLength={64} value={title} error={fieldError(look.error, "/title")} onChange={(event) => setTitle(event.target.value)} />
        <TextField
          label="Metadata of the identity provider (XML)"
          type="file"
          required
          error={fieldError(look.error, "/metadata")}
          onChange={(event) => {
            setFile(event.target.files?.[0] ?? null);
            look.reset();
            send.reset();
          }}
        />
      </Row>
      <FormProblem error={look.error ?? send.error} />
      {look.data && !send.isSuccess ? <Preview preview={look.data} /> : null}
      <Buttons>
        <Button type="submit" busy={look.isPending || send.isPending}>
          {look.data ? "Import this" : "Look at it"}
        </Button>
      </Buttons>
    </form>
  );
}

function Test({ test }: { readonly test: SsoTest }) {
  return (
    <div>
      <p className={test.through ? styles["saved"] : undefined}>
        {test.through ? `A test sign-in came through at ${moment(test.at)}` : `The test sign-in of ${moment(test.at)} was refused (${test.reason}): ${test.sentence}`}
      </p>
      {test.through ? (
        <>
          <p>
            It named <strong>{test.name_id}</strong>; {test.class ? `they would be ${test.class}` : "no class fits"}; {test.encrypted ? "encrypted" : "not encrypted"}. Attributes:
          </p>
          <ul>
            {test.attributes.map((attribute) => (
              <li key={attribute.name}>
                <code>{attribute.name}</code>: {attribute.values.join(", ")}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}

/* "value = class", one a line. */
function rows(text: string) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const at = line.lastIndexOf("=");
      return { value: line.slice(0, Math.max(at, 0)).trim(), class: line.slice(at + 1).trim() };
    });
}

function Provider({ provider, editable }: { readonly provider: SsoProvider; readonly editable: boolean }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(provider);
  const [classes, setClasses] = useState(provider.classes.map((row) => `${row.value} = ${row.class}`).join("\n"));
  const attempt = useMutation({ mutationFn: () => trySso({}), onSuccess: ({ location }) => window.location.assign(location) });
  const save = useMutation({
    mutationFn: () =>
      changeSso({
        body: { enabled: draft.enabled, make_users: draft.make_users, second_factor: draft.second_factor, class_attribute: draft.class_attribute, classes: rows(classes) },
      }),
    onSuccess: (sso) => client.setQueryData(keys.sso(), sso),
  });
  const remove = useMutation({ mutationFn: () => removeSso({}), onSuccess: () => client.invalidateQueries({ queryKey: keys.sso() }) });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <p>
        <strong>{provider.title}</strong>, <code>{provider.entity_id}</code>, is {provider.enabled ? "switched on" : "switched off"}. Keys believed:
      </p>
      <Certificates certificates={provider.certificates} />
      {provider.test ? <Test test={provider.test} /> : <p className={styles["quiet"]}>Nobody has tried it out yet. It can be switched on after a test sign-in has come through.</p>}
      <fieldset disabled={!editable} className={styles["group"]}>
        <CheckField label="People may sign in by it" checked={draft.enabled} disabled={!provider.tested_at} onChange={(event) => setDraft({ ...draft, enabled: event.target.checked })} />
        <CheckField label="Ward asks for its own second factor as well" checked={draft.second_factor} onChange={(event) => setDraft({ ...draft, second_factor: event.target.checked })} />
        <CheckField label="Whom it names first gets an account" checked={draft.make_users} onChange={(event) => setDraft({ ...draft, make_users: event.target.checked })} />
        <TextField
          label="Attribute that decides about the class"
          help="The exact name, as the test shows it."
          maxLength={1024}
          value={draft.class_attribute}
          onChange={(event) => setDraft({ ...draft, class_attribute: event.target.value })}
        />
        <TextArea
          label="Its values, and the class of each"
          help="One a line: value = class. The first that fits counts. Classes that change anything are given by an administrator only, never here."
          rows={4}
          value={classes}
          error={fieldError(save.error, "/classes")}
          onChange={(event) => setClasses(event.target.value)}
        />
      </fieldset>
      <FormProblem error={save.error ?? attempt.error ?? remove.error} />
      {editable ? (
        <Buttons>
          <Button type="submit" busy={save.isPending}>
            Save
          </Button>
          <Button type="button" busy={attempt.isPending} onClick={() => attempt.mutate()}>
            Test sign-in
          </Button>
          <Button type="button" busy={remove.isPending} onClick={() => remove.mutate()}>
            Remove
          </Button>
        </Buttons>
      ) : null}
    </form>
  );
}

function Self({ sso }: { readonly sso: Sso }) {
  return (
    <p className={styles["quiet"]}>
      Give the identity provider: entity ID <code>{sso.entity_id}</code>, reply address <code>{sso.acs_url}</code>, or{" "}
      <a href="/api/v1/session/saml/metadata" download="ward-metadata.xml">
        Ward&rsquo;s metadata
      </a>
      .
    </p>
  );
}

export function SingleSignOn({ editable }: { readonly editable: boolean }) {
  const sso = useQuery({ queryKey: keys.sso(), queryFn: ({ signal }) => getSso({}, signal), refetchOnWindowFocus: false });
  return (
    <Answer query={sso} what="single sign-on">
      {(data) => (
        <>
          <Self sso={data} />
          {data.provider ? <Provider key={`${data.provider.imported_at}${data.provider.tested_at}`} provider={data.provider} editable={editable} /> : null}
          {editable ? <Import title={data.provider?.title ?? ""} /> : null}
        </>
      )}
    </Answer>
  );
}
