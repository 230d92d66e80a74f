/* What the browser does for a passkey: bytes in and out of its API, and its refusals in our words. */

import type { PasskeyMade, PasskeyOffer, PasskeyProof, PasskeyQuestion } from "./api.gen.ts";
import { unbase64url, base64url } from "./base64url.ts";
import { Problem } from "./request.ts";

/** Whether this browser can use passkeys on a page at this address: never at an IP address. */
export function passkeysPossible(): boolean {
  return typeof PublicKeyCredential === "function" && !/^[\d.]+$|^\[/.test(window.location.hostname);
}

function refused(title: string, detail: string): Problem {
  return new Problem({ title, status: 0, detail, type: "browser", request: "", errors: [] });
}

/* A browser says little on purpose: a page must not learn which passkeys there are. */
function problemOf(error: unknown): Error {
  if (!(error instanceof DOMException)) return error instanceof Error ? error : new Error(String(error));
  if (error.name === "InvalidStateError") return refused("This authenticator has a passkey for you already", "Use another one, or remove that passkey first.");
  if (error.name === "SecurityError") return refused("No passkey can be used at this address", "Open Ward by its name, with a certificate that the browser trusts.");
  if (error.name === "NotAllowedError") return refused("No passkey was used", "It was cancelled, took too long, or there is none for this address.");
  return refused("The browser refused", error.message);
}

function listOf(allowed: PasskeyQuestion["allow"]): PublicKeyCredentialDescriptor[] {
  return allowed.map(({ id, transports }) => ({
    type: "public-key",
    id: unbase64url(id),
    transports: transports.split(",").filter(Boolean) as AuthenticatorTransport[],
  }));
}

async function ask(asking: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await asking();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (error) {
    throw problemOf(error);
  }
  throw refused("No passkey was used", "The browser gave none.");
}

/** Makes a passkey; its name is its user's. */
export async function createPasskey(offer: PasskeyOffer, name: string): Promise<PasskeyMade> {
  const credential = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: unbase64url(offer.challenge),
        rp: { id: offer.party, name: offer.party_name },
        user: { id: unbase64url(offer.user_handle), name: offer.user_name, displayName: offer.user_display_name },
        pubKeyCredParams: offer.algorithms.map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: listOf(offer.exclude),
        authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
        attestation: "none",
        timeout: offer.timeout_ms,
      },
    }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    challenge: offer.challenge,
    client: base64url(response.clientDataJSON),
    attestation: base64url(response.attestationObject),
    transports: response.getTransports().filter((word) => /^[a-z-]{1,32}$/.test(word)).slice(0, 8),
    name,
  };
}

/** Answers what was asked with a passkey that its user chooses. */
export async function usePasskeyFor(question: PasskeyQuestion): Promise<PasskeyProof> {
  const credential = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: unbase64url(question.challenge),
        rpId: question.party,
        allowCredentials: listOf(question.allow),
        userVerification: question.verified ? "required" : "discouraged",
        timeout: question.timeout_ms,
      },
    }),
  );
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    challenge: question.challenge,
    id: base64url(credential.rawId),
    client: base64url(response.clientDataJSON),
    authenticator: base64url(response.authenticatorData),
    signature: base64url(response.signature),
    ...(response.userHandle?.byteLength ? { user_handle: base64url(response.userHandle) } : {}),
  };
}
