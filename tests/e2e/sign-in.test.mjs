/* Signing in and staying signed in, in a real browser: what asks for the second factor again, and goes on by itself. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { assertAccessible, inEveryLook, openBrowser, PASSWORD, setUpAdministrator } from "../harness/browser.mjs";
import { totp } from "../harness/totp.mjs";
import { startWard } from "../harness/ward.mjs";

const AHEAD = 11;

test("an export and a change ask for the second factor again, and go on by themselves", async (t) => {
  const ward = await startWard(t);
  const { page, complaints } = await openBrowser(t);
  const seed = await setUpAdministrator(page, await ward.setupLink());
  const code = (steps) => totp(seed, { at: Date.now() + AHEAD * 60_000, steps });
  const dialog = page.getByRole("alertdialog", { name: "Is it still you?" });
  const field = dialog.getByLabel("Code of your authenticator");

  ward.cli("user", "add", "dora", "--display-name", "Dora Lind");
  await ward.goAhead(AHEAD);
  await page.goto(new URL("/audit", page.url()).href);
  const second = await page.context().newPage();
  await second.goto(new URL("/users", page.url()).href);
  await second.getByRole("button", { name: "Disable: Dora Lind" }).waitFor();

  await page.getByRole("button", { name: "Export" }).click();
  await dialog.waitFor();
  await inEveryLook(page, "step-up", (what) => assertAccessible(page, what));
  await page.keyboard.press("Escape");
  await page.getByText("Not saved: Your second factor was given too long ago").waitFor();

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await field.fill(code(40));
  await page.keyboard.press("Enter");
  await dialog.getByText("The code does not fit").waitFor();
  await field.fill(code(0));
  await page.keyboard.press("Enter");
  const lines = readFileSync(await (await download).path(), "utf8").trim().split("\n");
  assert.ok(lines.length > 3 && JSON.parse(lines[0]), "the export, not the refusal, was saved");
  await dialog.waitFor({ state: "detached" });

  /* The other page of the same browser knows nothing of the new token yet. */
  await second.getByRole("button", { name: "Disable: Dora Lind" }).click();
  await second.getByRole("alertdialog").getByRole("button", { name: "Disable" }).click();
  await second.getByText(/^Disabled /).waitFor();

  /* From within a dialog that asks whether one is sure. */
  await ward.goAhead(2 * AHEAD);
  await second.getByRole("button", { name: "Enable: Dora Lind" }).click();
  await second.getByRole("alertdialog").getByRole("button", { name: "Enable" }).click();
  const over = second.getByRole("alertdialog", { name: "Is it still you?" });
  await over.getByLabel("Code of your authenticator").fill(totp(seed, { at: Date.now() + 2 * AHEAD * 60_000 }));
  await second.keyboard.press("Enter");
  await second.getByRole("button", { name: "Disable: Dora Lind" }).waitFor();
  assert.equal(await second.getByRole("alertdialog").count(), 0, "both dialogs are gone");
  /* The server was away twice. */
  assert.deepEqual(complaints.filter((one) => !one.includes("net::ERR_")), []);
});

async function signIn(page, address, seed, steps) {
  await page.goto(address);
  await page.getByLabel("Name").fill("morgan");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Code").fill(totp(seed, { steps }));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
}

test("one's own sessions stand on the page My sign-in, and one that is ended there is over at once elsewhere", async (t) => {
  const ward = await startWard(t);
  const { page, assertQuiet } = await openBrowser(t);
  const seed = await setUpAdministrator(page, await ward.setupLink());
  const { page: other } = await openBrowser(t);
  await signIn(other, new URL("/", page.url()).href, seed, 1);

  await page.getByRole("link", { name: "My sign-in" }).click();
  await page.getByRole("heading", { level: 1, name: "My sign-in" }).waitFor();
  const table = page.getByRole("table", { name: "Your sessions" });
  await table.getByText("(this one)").waitFor();
  assert.equal(await table.getByRole("row").count(), 3);
  await inEveryLook(page, "my-sign-in", (what) => assertAccessible(page, what));
  await page.getByRole("button", { name: /^End: the session from .*[^e]$/ }).first().click();
  await page.getByRole("alertdialog").getByRole("button", { name: "End it" }).click();
  await page.getByRole("button", { name: "End all others" }).waitFor({ state: "detached" });
  await other.getByText("Your session has ended").waitFor();

  await page.getByRole("button", { name: /^End: .*this one$/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "End it" }).click();
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  assertQuiet();
});

test("whoever lost the authenticator signs in by a recovery code, and is told how many are left", async (t) => {
  const ward = await startWard(t);
  const { page, assertQuiet } = await openBrowser(t);
  await setUpAdministrator(page, await ward.setupLink());
  await page.getByRole("link", { name: "My sign-in" }).click();
  await page.getByText("10 of 10 are left").waitFor();
  await page.getByRole("button", { name: "Make ten new ones" }).click();
  const codes = await page.locator("ol code").allTextContents();
  assert.equal(codes.length, 10);
  await inEveryLook(page, "recovery-codes", (what) => assertAccessible(page, what));
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as a file" }).click();
  assert.ok(readFileSync(await (await download).path(), "utf8").includes(codes.join("\n")));
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("10 of 10 are left").waitFor();
  assert.ok(!(await page.content()).includes(codes[0]), "they are shown once");

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Name").fill("morgan");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await assertAccessible(page, "a recovery code");
  await page.getByLabel("Recovery code").fill(codes[0]);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("9 of 10 are left").waitFor();
  assertQuiet();
});
