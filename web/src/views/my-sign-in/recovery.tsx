/* Recovery codes: made, shown once, and counted. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, FormProblem } from "../../components/form.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { save } from "../../components/save.ts";
import { Answer } from "../../components/states.tsx";
import { getRecoveryCodes, makeRecoveryCodes } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import styles from "./my-sign-in.module.css";

interface MakeProps {
  readonly children: ReactNode;
  readonly onKept?: () => unknown;
}

/** A button that makes ten, and then the ten: whoever leaves the page does not see them again. */
function Make({ children, onKept }: MakeProps) {
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () => makeRecoveryCodes(),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.recoveryCodes() }),
  });
  const codes = make.data?.codes;

  if (!codes)
    return (
      <>
        <FormProblem error={make.error} />
        <Buttons>
          <Button kind="primary" onClick={() => make.mutate()} busy={make.isPending}>
            {children}
          </Button>
          {onKept ? <Button onClick={onKept}>Not now</Button> : null}
        </Buttons>
      </>
    );
  return (
    <>
      <p>Print them or write them down, and keep them apart from your password. Nobody can show them again; the codes before these do not work any more.</p>
      <ol className={styles["codes"]}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <Buttons>
        <Button onClick={() => save(new Blob([`Recovery codes for Ward, each works once:\n\n${codes.join("\n")}\n`], { type: "text/plain" }), "ward-recovery-codes.txt")}>
          Save as a file
        </Button>
        <Button
          kind="primary"
          onClick={() => {
            make.reset();
            onKept?.();
          }}
        >
          I have kept them
        </Button>
      </Buttons>
    </>
  );
}

export function Recovery() {
  const left = useQuery({ queryKey: keys.recoveryCodes(), queryFn: ({ signal }) => getRecoveryCodes({}, signal) });
  return (
    <Card title="Recovery codes">
      <Answer query={left} what="your recovery codes">
        {(data) => (
          <>
            <p>
              {data.made_at
                ? `${data.left} of 10 are left of those made on ${moment(data.made_at)}. Each works once in place of your authenticator's code.`
                : "You have none. Without your authenticator only an administrator could let you in again, by a new link."}
            </p>
            <Make>{data.made_at ? "Make ten new ones" : "Make ten"}</Make>
          </>
        )}
      </Answer>
    </Card>
  );
}

/** The last step of setting up a second factor. */
export function RecoveryCodesView() {
  const navigate = useNavigate();
  const session = useSession().data;
  return (
    <>
      <PageHead title="Recovery codes" lead="Should you lose your authenticator: ten codes, each of which lets you in once, together with your password." />
      <Make onKept={() => navigate({ to: may(session, "system.view") ? "/start" : "/" })}>Show ten codes</Make>
    </>
  );
}
