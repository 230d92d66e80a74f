/* Passkeys in a real browser, with Chromium's own virtual authenticator: added, used in all three ways, renamed and removed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, inEveryLook, openBrowser, PASSWORD, setUpAdministrator } from "../harness/browser.mjs";
import { totp } from "../harness/totp.mjs";
import { startWard } from "../harness/ward.mjs";

const AHEAD = 11;

/** A security key or a telephone in the browser; verified: it asks for a PIN or a finger, and gets it. */
async function authenticator(page, { verified = true } = {}) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: verified, isUserVerified: verified, automaticPresenceSimulation: true },
  });
  return { cdp, authenticatorId, credentials: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials };
}

async function addPasskey(page, name) {
  await page.getByLabel("Name of a new passkey").fill(name);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("table", { name: "Your passkeys" }).getByText(name).waitFor();
}

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();

async function signOut(page) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await heading(page, "Sign in");
}

test("a passkey is added, is the second factor, signs in alone and steps up; removed, it opens nothing", async (t) => {
  const ward = await startWard(t);
  const { page, complaints } = await openBrowser(t);
  await setUpAdministrator(page, await ward.setupLink());
  const device = await authenticator(page);
  const home = new URL("/", page.url()).href;
  assert.match(home, /^https:\/\/localhost:/);

  await page.goto(new URL("/my-sign-in", home).href);
  await addPasskey(page, "Blue key");
  assert.equal((await device.credentials()).length, 1);
  await inEveryLook(page, "passkeys", (what) => assertAccessible(page, what));

  /* An authenticator that has one is not asked to keep another. */
  await page.getByLabel("Name of a new passkey").fill("Again");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("This authenticator has a passkey for you already").waitFor();
  assert.equal((await device.credentials()).length, 1);

  await page.getByRole("button", { name: "Rename: Blue key" }).click();
  await page.getByLabel("New name of Blue key").fill("Red key");
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await page.getByRole("table", { name: "Your passkeys" }).getByText("Red key").waitFor();

  await signOut(page);
  await inEveryLook(page, "sign-in-passkey", (what) => assertAccessible(page, what));
  await page.getByLabel("Name").fill("morgan");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await heading(page, "Second factor");
  await inEveryLook(page, "second-factor-passkey", (what) => assertAccessible(page, what));
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await heading(page, "My sign-in");

  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await heading(page, "My sign-in");

  await ward.goAhead(AHEAD);
  await page.goto(new URL("/audit", home).href);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("alertdialog", { name: "Is it still you?" }).waitFor();
  await inEveryLook(page, "step-up-passkey", (what) => assertAccessible(page, what));
  await page.getByRole("alertdialog").getByRole("button", { name: "Use a passkey" }).click();
  await download;

  await page.goto(new URL("/my-sign-in", home).href);
  await page.getByRole("button", { name: "Remove: Red key" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove it" }).click();
  await page.getByRole("table", { name: "Your passkeys" }).waitFor({ state: "detached" });
  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByText("The passkey was not accepted").waitFor();
  await page.getByLabel("Name").fill("morgan");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await heading(page, "Second factor");
  assert.equal(await page.getByRole("button", { name: "Use a passkey" }).count(), 0, "none is left to use");
  /* The server was away once. */
  assert.deepEqual(complaints.filter((one) => !one.includes("net::ERR_")), []);
});

test("an authenticator that does not verify its user is a second factor, and does not sign in alone", async (t) => {
  const ward = await startWard(t);
  const { page, assertQuiet } = await openBrowser(t);
  const seed = await setUpAdministrator(page, await ward.setupLink());
  await authenticator(page, { verified: false });
  await page.goto(new URL("/my-sign-in", page.url()).href);
  await addPasskey(page, "Plain key");
  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByText("No passkey was used").waitFor();
  await page.getByLabel("Name").fill("morgan");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await heading(page, "My sign-in");
  assert.ok(seed);
  assertQuiet();
});

test("at an IP address the page says why there are no passkeys, and offers none", async (t) => {
  const ward = await startWard(t);
  const { page, assertQuiet } = await openBrowser(t);
  const seed = await setUpAdministrator(page, (await ward.setupLink()).replace("localhost", "127.0.0.1"));
  await page.goto(new URL("/my-sign-in", page.url()).href);
  await page.getByText(/Passkeys work at https:\/\/localhost:\d+ only, and you are at https:\/\/127.0.0.1/).waitFor();
  await inEveryLook(page, "passkeys-elsewhere", (what) => assertAccessible(page, what));
  assert.equal(await page.getByRole("button", { name: "Add a passkey" }).count(), 0);
  await signOut(page);
  assert.equal(await page.getByRole("button", { name: "Sign in with a passkey" }).count(), 0);
  await page.getByLabel("Name").fill("morgan");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Code").fill(totp(seed, { steps: 1 }));
  await page.getByRole("button", { name: "Sign in" }).click();
  await heading(page, "My sign-in");
  assertQuiet();
});
