/* A one-time link: its holder sets a password; the first administrator also chooses a name. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, TextField } from "../../components/form.tsx";
import { PageHead } from "../../components/page.tsx";
import { Failed, Loading } from "../../components/states.tsx";
import { checkLink, type LinkInfo, useLink as applyLink } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { useLinkToken } from "../../model/link-token.ts";
import { useEnter } from "../../model/session.ts";

function SetupForm({ token, info }: { readonly token: string; readonly info: LinkInfo }) {
  const [name, setName] = useState(info.name);
  const [displayName, setDisplayName] = useState(info.display_name);
  const [password, setPassword] = useState("");
  const enter = useEnter(() => applyLink({ body: { token, name: name.trim().toLowerCase(), display_name: displayName.trim(), password } }));

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate(undefined);
      }}
    >
      <TextField
        label="Name to sign in with"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        readOnly={!info.first}
        error={fieldError(enter.error, "/name")}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label="Your name, as others see it"
        name="name"
        autoComplete="name"
        required
        error={fieldError(enter.error, "/display_name")}
        value={displayName}
        onChange={(event) => setDisplayName(event.target.value)}
      />
      <TextField
        label="Password"
        help="At least 15 characters. A few words that do not belong together are good; nothing else is asked of it."
        name="password"
        type="password"
        autoComplete="new-password"
        required
        error={fieldError(enter.error, "/password")}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <FormProblem error={enter.error} />
      <Buttons>
        <Button kind="primary" type="submit" busy={enter.isPending}>
          Continue
        </Button>
      </Buttons>
    </form>
  );
}

export function SetupView() {
  const token = useLinkToken();
  const link = useQuery({
    queryKey: keys.link(token),
    queryFn: () => checkLink({ body: { token } }),
    enabled: token !== "",
    staleTime: Infinity,
    gcTime: 0,
  });

  if (!token)
    return (
      <>
        <PageHead title="This link is not whole" />
        <p>The part after # is missing, or the page was loaded again. Open the whole link once more as it was given to you, or ask an administrator for a new one.</p>
      </>
    );
  if (link.isPending) return <Loading what="your link" />;
  if (link.isError) return <Failed error={link.error} what="this link" again={() => void link.refetch()} />;
  return (
    <>
      <PageHead
        title={link.data.first ? "Set up Ward" : "Set your password"}
        lead={
          link.data.first
            ? "You are the first administrator. Choose a name and a password; the second factor comes next."
            : "Choose a password; the second factor comes next."
        }
      />
      <SetupForm key={token} token={token} info={link.data} />
    </>
  );
}
