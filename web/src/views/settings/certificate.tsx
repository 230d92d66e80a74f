/* Why browsers warn, and how the hospital's own certificate ends that. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, Row, TextField } from "../../components/form.tsx";
import { Answer } from "../../components/states.tsx";
import { getTls, importTls, type Tls } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import styles from "./settings.module.css";

function Import() {
  const client = useQueryClient();
  const [chain, setChain] = useState<File | null>(null);
  const [key, setKey] = useState<File | null>(null);
  const send = useMutation({
    mutationFn: async () => importTls({ body: { chain: (await chain?.text()) ?? "", key: (await key?.text()) ?? "" } }),
    onSuccess: (tls) => client.setQueryData(keys.tls(), tls),
  });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Row>
        <TextField
          label="Certificate chain (PEM)"
          type="file"
          required
          error={fieldError(send.error, "/chain")}
          onChange={(event) => setChain(event.target.files?.[0] ?? null)}
        />
        <TextField
          label="Private key (PEM, not encrypted)"
          type="file"
          required
          error={fieldError(send.error, "/key")}
          onChange={(event) => setKey(event.target.files?.[0] ?? null)}
        />
      </Row>
      <FormProblem error={send.error} />
      {send.isSuccess ? (
        <p role="status" className={styles["saved"]}>
          Imported. Reload the page to see it.
        </p>
      ) : null}
      <Buttons>
        <Button type="submit" busy={send.isPending}>
          Import
        </Button>
      </Buttons>
    </form>
  );
}

function Served({ tls }: { readonly tls: Tls }) {
  return (
    <>
      {tls.imported ? (
        <p className={styles["quiet"]}>
          People see the imported certificate, valid until {tls.imported_to_at ? moment(tls.imported_to_at) : "unknown"}.<br />
          SHA-256 <code>{tls.imported_fingerprint}</code>
        </p>
      ) : (
        <p className={styles["quiet"]}>
          Browsers warn, because the certificate is of Ward's own CA, which they do not know. The connection is encrypted all the same, but the browser cannot
          tell Ward from somebody in between. Import a certificate of the organisation's CA under Settings or with <code>ward tls import</code>, or compare the
          fingerprint below with what the browser shows.
        </p>
      )}
      <p className={styles["quiet"]}>
        Ward's own CA, which agents pin:
        <br />
        SHA-256 <code>{tls.own_fingerprint}</code>
      </p>
    </>
  );
}

export function Certificate({ editable }: { readonly editable: boolean }) {
  const tls = useQuery({ queryKey: keys.tls(), queryFn: ({ signal }) => getTls({}, signal) });
  return (
    <Answer query={tls} what="the certificate">
      {(data) => (
        <>
          <Served tls={data} />
          {editable ? <Import /> : null}
        </>
      )}
    </Answer>
  );
}
