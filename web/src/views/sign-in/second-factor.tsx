/* The second factor: a code from an authenticator application, or setting one up. */

import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { Button } from "../../components/button.tsx";
import { CodeField } from "../../components/code-field.tsx";
import { Buttons, FormProblem } from "../../components/form.tsx";
import { PageHead } from "../../components/page.tsx";
import { PasskeyButton, proveByPasskey } from "../../components/passkey-button.tsx";
import { Failed, Loading } from "../../components/states.tsx";
import { beginTotp, checkTotp, confirmTotp } from "../../model/api.gen.ts";
import { useEnter, useSession, useSignOut } from "../../model/session.ts";
import { QrCode } from "./qr-code.tsx";
import styles from "./second-factor.module.css";

function CodeForm({ enrol }: { readonly enrol: boolean }) {
  const [code, setCode] = useState("");
  const body = { code: code.replaceAll(/\s/g, "") };
  const navigate = useNavigate();
  const enter = useEnter(
    () => (enrol ? confirmTotp({ body }) : checkTotp({ body })),
    () => (enrol ? navigate({ to: "/recovery-codes" }) : undefined),
  );
  const byPasskey = useEnter(proveByPasskey);
  const session = useSession().data;
  const offered = !enrol && session?.factors.includes("passkey");
  const signOut = useSignOut();
  const form = useRef<HTMLFormElement>(null);

  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        byPasskey.reset();
        enter.mutate(undefined, {
          onError: () => {
            setCode("");
            form.current?.querySelector("input")?.focus();
          },
        });
      }}
    >
      <CodeField label="Code" value={code} onValue={setCode} autoFocus={!enrol} recoverable={!enrol} />
      <FormProblem error={enter.error ?? byPasskey.error} />
      <Buttons>
        <Button kind="primary" type="submit" busy={enter.isPending}>
          {enrol ? "Turn on" : "Sign in"}
        </Button>
        {offered ? (
          <PasskeyButton
            label="Use a passkey"
            busy={byPasskey.isPending}
            use={() => {
              enter.reset();
              byPasskey.mutate(undefined);
            }}
          />
        ) : null}
        <Button onClick={() => signOut.mutate()}>Cancel</Button>
      </Buttons>
    </form>
  );
}

function Enrol() {
  const begin = useMutation({ mutationFn: () => beginTotp() });
  const { mutate } = begin;

  useEffect(() => mutate(), [mutate]);
  if (begin.isError) return <Failed error={begin.error} again={() => mutate()} />;
  if (!begin.data) return <Loading what="a new second factor" />;
  return (
    <>
      <ol className={styles["steps"]}>
        <li>
          Open an authenticator application on your telephone and scan this, or type the key:
          <QrCode text={begin.data.uri} label="The key, to be scanned" />
          <code className={styles["seed"]}>{begin.data.seed.replaceAll(/(.{4})/g, "$1 ").trim()}</code>
        </li>
        <li>Type the code that it shows.</li>
      </ol>
      <CodeForm enrol />
    </>
  );
}

export function SecondFactorView({ enrol }: { readonly enrol: boolean }) {
  return (
    <>
      <PageHead
        title={enrol ? "Set up your second factor" : "Second factor"}
        lead={
          enrol
            ? "Ward asks for a code with every sign-in: a password alone opens nothing here."
            : "Type the code that your authenticator application shows for Ward, or use a passkey if you have added one."
        }
      />
      {enrol ? <Enrol /> : <CodeForm enrol={false} />}
    </>
  );
}
