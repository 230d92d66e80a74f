/*
 * The dialog that asks for the second factor again, where the server wants one that was given just now; what was asked for is then sent once more by
 * itself. Several requests at once share one dialog.
 */

import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { Button } from "../components/button.tsx";
import { CodeField } from "../components/code-field.tsx";
import dialog from "../components/confirm.module.css";
import { Buttons, FormProblem } from "../components/form.tsx";
import { PasskeyButton, proveByPasskey } from "../components/passkey-button.tsx";
import { stepUp } from "../model/api.gen.ts";
import { keys } from "../model/keys.ts";
import { setRecovery } from "../model/request.ts";
import { caughtUp, renew, useSession } from "../model/session.ts";

export function StepUp() {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [code, setCode] = useState("");
  const waiting = useRef<((proven: boolean) => void)[]>([]);
  const close = (proven: boolean) => {
    setOpen(false);
    setCode("");
    for (const done of waiting.current.splice(0)) done(proven);
  };
  const prove = useMutation({
    mutationFn: () => stepUp({ body: { code: code.replaceAll(/\s/g, "") } }),
    onSuccess: (session) => {
      renew(client, session);
      void client.invalidateQueries({ queryKey: keys.recoveryCodes() });
      close(true);
    },
    onError: () => setCode(""),
  });
  const byPasskey = useMutation({
    mutationFn: proveByPasskey,
    onSuccess: (session) => {
      renew(client, session);
      close(true);
    },
  });
  const offered = useSession().data?.factors.includes("passkey");
  const { reset } = prove;
  const { reset: resetPasskey } = byPasskey;

  useEffect(() => {
    setRecovery((problem) => {
      if (problem.word === "csrf") return caughtUp(client);
      if (problem.word !== "step-up") return Promise.resolve(false);
      reset();
      resetPasskey();
      setOpen(true);
      return new Promise((done) => waiting.current.push(done));
    });
    const left = waiting.current;
    return () => {
      setRecovery(undefined);
      for (const done of left.splice(0)) done(false);
    };
  }, [client, reset, resetPasskey]);

  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => (next ? undefined : close(false))}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={dialog["backdrop"]} />
        <AlertDialog.Popup className={dialog["popup"]}>
          <AlertDialog.Title className={dialog["title"]}>Is it still you?</AlertDialog.Title>
          <AlertDialog.Description className={dialog["text"]} render={<div />}>
            What you are about to do asks for your second factor once more: it was given more than ten minutes ago.
          </AlertDialog.Description>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              event.stopPropagation();
              resetPasskey();
              prove.mutate();
            }}
          >
            <CodeField label="Code of your authenticator" value={code} onValue={setCode} />
            <FormProblem error={prove.error ?? byPasskey.error} />
            <Buttons>
              <Button kind="primary" type="submit" busy={prove.isPending}>
                Go on
              </Button>
              {offered ? (
                <PasskeyButton
                  label="Use a passkey"
                  busy={byPasskey.isPending}
                  use={() => {
                    reset();
                    byPasskey.mutate();
                  }}
                />
              ) : null}
              <AlertDialog.Close render={<Button>Cancel</Button>} />
            </Buttons>
          </form>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
