/* The button that asks for a passkey: it proves the second factor of a session, or signs in alone. */

import { askPasskey, askPasskeyAlone, provePasskey, type Session, signInByPasskey } from "../model/api.gen.ts";
import { passkeysPossible, usePasskeyFor } from "../model/passkey.ts";
import { Button } from "./button.tsx";

export async function proveByPasskey(): Promise<Session> {
  return provePasskey({ body: await usePasskeyFor(await askPasskey()) });
}

export async function signInAlone(): Promise<Session> {
  return signInByPasskey({ body: await usePasskeyFor(await askPasskeyAlone()) });
}

interface Props {
  readonly label: string;
  readonly busy: boolean;
  readonly use: () => void;
}

/** Nothing where no passkey can be used. */
export function PasskeyButton({ label, busy, use }: Props) {
  return passkeysPossible() ? (
    <Button busy={busy} onClick={use}>
      {label}
    </Button>
  ) : null;
}
