import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, FormProblem, TextField } from "../../components/form.tsx";
import { PageHead } from "../../components/page.tsx";
import { PasskeyButton, signInAlone } from "../../components/passkey-button.tsx";
import { signIn, ssoOffered } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { useEnded, useEnter } from "../../model/session.ts";

const CAME_BACK: Record<string, string> = {
  refused: "The identity provider's answer was not accepted. An administrator finds the reason in the audit log.",
  again: "That took too long, or began in another browser. Try again.",
};

/** By the organisation's identity provider, where an administrator has switched it on. */
function SingleSignOn() {
  const offer = useQuery({ queryKey: keys.ssoOffer(), queryFn: ({ signal }) => ssoOffered({}, signal) });
  const back = CAME_BACK[new URLSearchParams(window.location.search).get("sso") ?? ""];

  return (
    <>
      {back ? <p role="alert">{back}</p> : null}
      {offer.data?.enabled ? (
        <Buttons>
          <Button type="button" onClick={() => window.location.assign("/api/v1/session/saml/start")}>
            Sign in by {offer.data.title}
          </Button>
        </Buttons>
      ) : null}
    </>
  );
}

export function SignInView() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const ended = useEnded();
  const alone = useEnter(signInAlone);
  const enter = useEnter(() => signIn({ body: { name: name.trim().toLowerCase(), password } }));

  return (
    <>
      <PageHead title="Sign in" lead={ended ? "Your session has ended. Sign in to go on where you were." : undefined} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          alone.reset();
          enter.mutate(undefined);
        }}
      >
        <TextField
          label="Name"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <FormProblem error={enter.error ?? alone.error} />
        <Buttons>
          <Button kind="primary" type="submit" busy={enter.isPending}>
            Continue
          </Button>
          <PasskeyButton
            label="Sign in with a passkey"
            busy={alone.isPending}
            use={() => {
              enter.reset();
              alone.mutate(undefined);
            }}
          />
        </Buttons>
      </form>
      <SingleSignOn />
    </>
  );
}
