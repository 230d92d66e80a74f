/* Asks before something that cannot be undone, and takes a reason for the audit log where one is wanted. */

import { AlertDialog } from "@base-ui/react/alert-dialog";
import { type ReactNode, useState } from "react";

import { Button } from "./button.tsx";
import styles from "./confirm.module.css";
import { Buttons, FormProblem, TextField } from "./form.tsx";

interface Props {
  readonly trigger: string;
  readonly title: string;
  readonly action: string;
  readonly children: ReactNode;
  readonly reason?: boolean;
  readonly act: (reason: string) => Promise<unknown>;
}

export function Confirm({ trigger, title, action, children, reason = false, act }: Props) {
  const [open, setOpen] = useState(false);
  const [why, setWhy] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);

  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      await act(why.trim());
      setOpen(false);
      setWhy("");
    } catch (caught) {
      setError(caught instanceof Error ? caught : new Error("It did not work"));
    } finally {
      setBusy(false);
    }
  };

  return (
    <AlertDialog.Root open={open} onOpenChange={setOpen}>
      <AlertDialog.Trigger render={<Button kind="danger">{trigger}</Button>} />
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles["backdrop"]} />
        <AlertDialog.Popup className={styles["popup"]}>
          <AlertDialog.Title className={styles["title"]}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={styles["text"]} render={<div />}>
            {children}
          </AlertDialog.Description>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void run();
            }}
          >
            {reason ? (
              <TextField label="Reason" help="Stands in the audit log." required minLength={3} value={why} onChange={(event) => setWhy(event.target.value)} />
            ) : null}
            <FormProblem error={error} />
            <Buttons>
              <Button kind="danger" type="submit" busy={busy}>
                {action}
              </Button>
              <AlertDialog.Close render={<Button>Cancel</Button>} />
            </Buttons>
          </form>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
