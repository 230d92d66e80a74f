/* A one-time link: its holder sets a password; the first administrator also chooses a name. The token is in the fragment, which browsers send nowhere. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, TextField } from "../../components/form.tsx";
import { PageHead } from "../../components/page.tsx";
import { Empty, Failed, Loading } from "../../components/states.tsx";
import { checkLink, type LinkInfo, useLink as applyLink } from "../../model/api.gen.ts";
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

/* Read once and taken out of the address, so that it is neither bookmarked nor shown. */
function takeToken(): string {
  return window.location.hash.slice(1);
}

export function SetupView() {
  const [token] = useState(takeToken);
  const navigate = useNavigate();
  const link = useQuery({
    queryKey: ["link"],
    queryFn: () => checkLink({ body: { token } }),
    enabled: token !== "",
    retry: false,
    gcTime: 0,
  });

  useEffect(() => {
    if (token) void navigate({ to: "/setup", hash: "", replace: true });
  }, [navigate, token]);

  if (!token)
    return (
      <Empty title="This link is not whole">
        The part after # is missing. Copy the whole line that Ward printed, or ask an administrator for a new link.
      </Empty>
    );
  if (link.isPending) return <Loading what="your link" />;
  if (link.isError) return <Failed error={link.error} />;
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
      <SetupForm token={token} info={link.data} />
    </>
  );
}
