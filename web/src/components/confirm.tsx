/* Asks before something that cannot be undone, and takes a reason for the audit log where one is wanted. */

import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";

import { Button } from "./button.tsx";
import styles from "./confirm.module.css";
import { Buttons, FormProblem, TextField } from "./form.tsx";

interface Props {
  readonly trigger: string;
  /** What the trigger is about, where its word alone would say too little to those who do not see its row. */
  readonly about?: string;
  readonly kind?: "plain" | "danger";
  readonly title: string;
  readonly action: string;
  readonly children: ReactNode;
  readonly reason?: boolean;
  readonly act: (reason: string) => Promise<unknown>;
}

/** Escape and Cancel close it and lead back to the trigger. Nothing happens by Enter alone: without a reason to type, the focus is on Cancel. */
export function Confirm({ trigger, about, kind = "danger", title, action, children, reason = false, act }: Props) {
  const [open, setOpen] = useState(false);
  const [why, setWhy] = useState("");
  const cancel = useRef<HTMLButtonElement>(null);
  const run = useMutation({ mutationFn: () => act(why.trim()), onSuccess: () => setOpen(false) });

  return (
    <AlertDialog.Root
      open={open}
      onOpenChange={(next) => {
        if (next) {
          setWhy("");
          run.reset();
        }
        setOpen(next);
      }}
    >
      <AlertDialog.Trigger
        render={
          <Button small kind={kind} aria-label={about ? `${trigger}: ${about}` : undefined}>
            {trigger}
          </Button>
        }
      />
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles["backdrop"]} />
        <AlertDialog.Popup className={styles["popup"]} {...(reason ? {} : { initialFocus: cancel })}>
          <AlertDialog.Title className={styles["title"]}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={styles["text"]} render={<div />}>
            {children}
          </AlertDialog.Description>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              run.mutate();
            }}
          >
            {reason ? (
              <TextField label="Reason" help="Stands in the audit log." required minLength={3} value={why} onChange={(event) => setWhy(event.target.value)} />
            ) : null}
            <FormProblem error={run.error} />
            <Buttons>
              <Button kind={kind === "plain" ? "primary" : "danger"} type="submit" busy={run.isPending}>
                {action}
              </Button>
              <AlertDialog.Close render={<Button ref={cancel}>Cancel</Button>} />
            </Buttons>
          </form>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
