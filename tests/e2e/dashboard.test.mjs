/*
 * The dashboard on a real server, in a real browser: every view with real answers, by mouse and by keyboard alone, in both themes, wide and narrow
 *
 * Spans come from a device that speaks the wire without a desktop. axe-core looks at every view; the browser must have nothing to complain of.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { assertAccessible, openBrowser, PASSWORD, setUpAdministrator } from "../harness/browser.mjs";
import { Device, minutes } from "../harness/device.mjs";
import { startWard, until } from "../harness/ward.mjs";
import { totp } from "../harness/totp.mjs";

const PLACES = ["Today", "Removed", "Devices", "Try to leak", "Spills", "Privacy policy", "People", "Users", "Audit log", "Settings", "First hour"];
const KIND_MRN = 8;

/* Where it is early afternoon now: what the last hour brought is of today, whenever this runs, and the browser's zone is seldom the server's. */
const AFTERNOON = `Etc/GMT${new Date().getUTCHours() > 13 ? "+" : "-"}${Math.abs(13 - new Date().getUTCHours())}`;

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

async function go(page, name) {
  const menu = page.getByRole("button", { name: "Menu" });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
  await heading(page, name);
  await page.getByRole("status").filter({ hasText: "Loading" }).waitFor({ state: "detached" });
}

async function assertPlacesAccessible(page, places, more) {
  for (const scheme of ["light", "dark"])
    for (const width of [1280, 390]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      for (const place of places) {
        await go(page, place);
        await assertAccessible(page, `${place}, ${scheme}, ${width}`);
      }
      await more?.(`${scheme}, ${width}`);
    }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 900 });
}

const focused = (page, read) => page.evaluate(read);

/** Signs in with the keyboard alone; the code is of a step that was not used yet. */
async function signInByKeyboard(page, name, seed, steps) {
  await heading(page, "Sign in");
  assert.equal(await focused(page, () => document.activeElement.name), "username", "the name has the focus");
  await page.keyboard.type(name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await heading(page, "Second factor");
  assert.equal(await focused(page, () => document.activeElement.autocomplete), "one-time-code", "the code has the focus");
  await page.keyboard.type(totp(seed, { steps }));
  await page.keyboard.press("Enter");
}

test("an administrator's whole walk", async (t) => {
  const ward = await startWard(t);
  const { page, assertQuiet } = await openBrowser(t, { timezoneId: AFTERNOON });
  const requests = [];
  page.on("request", (request) => requests.push(request));
  const link = await ward.setupLink();
  const token = link.split("#")[1];
  let seed = "";
  let setUpStep = 0;
  let device;

  await t.test("a one-time link leads to the checklist, and its token leaves the address", async () => {
    await page.goto(link);
    await heading(page, "Set up Ward");
    assert.equal(page.url(), `${ward.url}/setup`.replace("127.0.0.1", new URL(link).hostname));
    await assertAccessible(page, "the setup");
    seed = await setUpAdministrator(page, `${link}`);
    setUpStep = Math.floor(Date.now() / 30_000);
    for (const request of requests) {
      assert.ok(!request.url().split("#")[0].includes(token), "a token in an address");
      assert.ok(!request.headers()["referer"], "an address told to anybody");
    }
    assert.equal(await focused(page, () => document.activeElement.tagName), "H1", "the heading has the focus");
  });

  await t.test("the checklist is ticked off", async () => {
    await page.getByRole("button", { name: "I have looked at this" }).first().click();
    await page.getByText(/^Looked at /).waitFor();
  });

  await t.test("Today is empty, then shows spans within two seconds, without being loaded again", async () => {
    await go(page, "Today");
    await page.getByText("Nothing has arrived today yet").waitFor();
    await page.getByText(", live.").waitFor();
    device = await Device.enrolled(ward, "ws-er-01");
    const began = Date.now();
    const answer = await device.batch(minutes(3, { application: "chromium", domain: "lakeside-clinic.org" }), {
      more: { counts: [{ day: Math.floor(Date.now() / 86_400_000), application: "xterm", kind: KIND_MRN, count: 41 }] },
    });
    assert.equal(answer.status, 200, answer.text);
    await page.getByRole("link", { name: "robin" }).waitFor();
    assert.ok(Date.now() - began < 2_000, `${Date.now() - began} ms from span to screen`);
    await page.getByText("3 min active").waitFor();
    await device.batch(minutes(2, { application: "xterm", before: 10 * 60_000 }));
    await page.getByText("5 min active").waitFor();
  });

  await t.test("a person's page names them, not its title, and looking is recorded", async () => {
    await page.getByRole("link", { name: "robin" }).click();
    await heading(page, "robin");
    assert.equal(await page.title(), "One person's day · Ward");
    await page.getByRole("cell", { name: "lakeside-clinic.org" }).first().waitFor();
    const entries = ward.cliJson("audit", "list").entries;
    assert.ok(
      entries.some((entry) => entry.action === "person.view" && entry.actor_name.toLowerCase().startsWith("morgan")),
      JSON.stringify(entries),
    );
  });

  await t.test("what was removed is counted", async () => {
    await go(page, "Removed");
    await page.getByText("Everything here is of fewer than 5 people").waitFor();
    await page.getByRole("button", { name: "Show them all the same" }).click();
    await page.getByRole("button", { name: /at xterm: 41/ }).click();
    await page.getByRole("heading", { name: "xterm over time" }).waitFor();
    await page.getByRole("cell", { name: "41", exact: true }).first().waitFor();
  });

  await t.test("the policy is changed once, and a draft that is too late says so", async () => {
    await go(page, "Privacy policy");
    await page.getByLabel("Passive after").fill("90");
    await page.getByRole("button", { name: "Add a rule" }).click();
    await page.getByLabel("Application", { exact: true }).fill("keepassxc");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/Saved as version \d/).waitFor();
    assert.equal(ward.cliJson("policy", "show").passive_after_seconds, 90);

    const other = await page.context().newPage();
    await other.goto(`${ward.url.replace("127.0.0.1", new URL(page.url()).hostname)}/policy`);
    await other.getByLabel("Passive after").fill("100");
    await page.getByLabel("Passive after").fill("80");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/Saved as version \d/).waitFor();
    await other.getByRole("button", { name: "Save" }).click();
    await other.getByText(/saved version \d+ meanwhile/).waitFor();
    assert.equal(await other.getByLabel("Passive after").inputValue(), "100", "the draft is still there");
    await other.getByRole("button", { name: /^Load version/ }).click();
    assert.equal(await other.getByLabel("Passive after").inputValue(), "80");
    await other.close();
  });

  await t.test("a package is saved by the browser", async () => {
    await go(page, "Devices");
    await page.getByLabel("What it is for").fill("<img src=x onerror=alert(1)>");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Make a package" }).click();
    const file = JSON.parse(readFileSync(await (await download).path(), "utf8"));
    assert.ok(file.token && file.ca_fingerprint);
    await page.getByRole("cell", { name: "<img src=x onerror=alert(1)>" }).waitFor();
  });

  await t.test("settings are kept, and the check-up is shown", async () => {
    await go(page, "Settings");
    await page.getByLabel("Organisation").fill("Lakeside Regional Health");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.reload();
    await page.getByLabel("Organisation").waitFor();
    assert.equal(await page.getByLabel("Organisation").inputValue(), "Lakeside Regional Health");
    await page.getByRole("heading", { name: "Check-up" }).waitFor();
  });

  await t.test("a spilled text is found, taken out and accounted for, and is never in the page", async () => {
    await device.batch(minutes(1, { application: "quiet-orchard", before: 5 * 60_000 }));
    await go(page, "Spills");
    await page.getByLabel("The text").fill("a.b");
    await page.getByLabel("Why").fill("A call from the ward");
    await page.getByLabel("Code of your authenticator").fill("000000");
    await page.getByRole("button", { name: "Find it" }).click();
    await page.getByText(/4 letters or digits at least/).waitFor();
    await page.getByLabel("The text").fill("Quiet Orchard");
    await page.getByRole("button", { name: "Find it" }).click();
    await page.getByText("The code does not fit").waitFor();
    /* Each code works once: the one of the setup is used. */
    await until("the next code", () => Math.floor(Date.now() / 30_000) > setUpStep, { ms: 40_000 });
    await page.getByLabel("Code of your authenticator").fill(totp(seed));
    await page.getByRole("button", { name: "Find it" }).click();
    await page.getByText("1 text on 1 day").waitFor();
    await assertAccessible(page, "a spill that was found");
    await page.getByRole("button", { name: "Take it out …" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Take it out" }).click();
    await page.getByRole("heading", { name: "Receipt" }).waitFor();
    await assertAccessible(page, "a spill that is done");
    assert.ok(!(await page.content()).toLowerCase().includes("orchard"), "the text is in the page");
    await page.getByRole("button", { name: /^Close: incident/ }).click();
    await page.getByLabel("Reason").fill("Nobody else saw it");
    await page.getByRole("alertdialog").getByRole("button", { name: "Close it" }).click();
    await page.getByText(/^closed /).waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await page.getByLabel("The text").waitFor();
    assert.equal(await page.getByLabel("The text").inputValue(), "");
  });

  await t.test("the audit log holds", async () => {
    await go(page, "Audit log");
    await page.getByRole("button", { name: "Verify now" }).click();
    await page.getByText("The log holds").waitFor();
  });

  await t.test("the page of users says what somebody would see, and gives them another class", async () => {
    ward.cliJson("user", "add", "dora", "--display-name", "Dora Lind");
    await page.reload();
    await go(page, "Users");
    const asked = page.getByLabel("What would this user see?");
    await asked.selectOption("Dora Lind");
    await page.getByText("sees the activity of").waitFor();
    await page.getByRole("table", { name: "What Dora Lind may do" }).waitFor();
    await assertAccessible(page, "effective access");
    await page.getByLabel("User", { exact: true }).selectOption("Dora Lind");
    await page.locator("section", { has: page.getByRole("heading", { name: "Change what somebody sees" }) }).getByRole("combobox", { name: "Class", exact: true }).selectOption("employee");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByText("sees nobody's activity until it is said which person they are").waitFor();
    await page.getByLabel("Number of the person they are").fill("4000000");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByText("the number of somebody who is there, or 0").waitFor();
    await page.getByLabel("Number of the person they are").fill("1");
    await assertAccessible(page, "a change of class");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByRole("cell", { name: "Employee (person 1)" }).waitFor();
    await page.getByText("sees the activity of 1 person.").waitFor();
  });

  await t.test("a second person signs in by a link, with a narrower menu, and is denied the audit log", async () => {
    await go(page, "Users");
    await page.getByLabel("Name to sign in with").fill("celine");
    await page.getByLabel("Shown as").fill("Céline Moreau");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    const given = await page.locator("code").filter({ hasText: "/setup#" }).textContent();
    const { page: hers, assertQuiet: assertHersQuiet } = await openBrowser(t, { timezoneId: AFTERNOON });
    await hers.goto(given);
    await heading(hers, "Set your password");
    await hers.getByLabel("Password").fill(PASSWORD);
    await hers.keyboard.press("Enter");
    const herSeed = (await hers.locator("ol code").textContent()) ?? "";
    await assertAccessible(hers, "the second factor");
    await hers.getByLabel("Code").fill(totp(herSeed));
    await hers.keyboard.press("Enter");
    await heading(hers, "Recovery codes");
    await hers.getByRole("button", { name: "Not now" }).click();
    await heading(hers, "Today");
    assert.deepEqual(await hers.getByRole("navigation").getByRole("link").allTextContents(), ["Today"]);
    await hers.getByRole("link", { name: "robin" }).waitFor();
    await hers.goto(new URL("/audit", hers.url()).href);
    await hers.getByRole("heading", { name: "You may not see the audit log" }).waitFor();
    await assertAccessible(hers, "a denied page");
    assertHersQuiet();

    /* Her session ends while her page is open. */
    await hers.goto(new URL("/", hers.url()).href);
    await heading(hers, "Today");
    await page.reload();
    await page.getByRole("button", { name: "Disable: Céline Moreau" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Disable" }).click();
    await page.getByText(/^Disabled /).waitFor();
    await hers.bringToFront();
    await device.batch(minutes(1, { application: "xterm", before: 30 * 60_000 }));
    await heading(hers, "Sign in");
    await hers.getByText("Your session has ended").waitFor();
    assert.equal(await hers.getByText("robin").count(), 0);
  });

  await t.test("nothing is hard to reach or to read, in both themes, wide and narrow", async () => {
    await assertPlacesAccessible(page, PLACES, async (what) => {
      await go(page, "Today");
      await page.getByRole("link", { name: "robin" }).click();
      await heading(page, "robin");
      await assertAccessible(page, `a person, ${what}`);
    });
  });

  await t.test("a device is revoked by keyboard, and Escape leads back first", async () => {
    await go(page, "Devices");
    await page.getByRole("button", { name: "Revoke: ws-er-01" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("alertdialog").waitFor();
    await until("the focus in the dialog", () => focused(page, () => document.activeElement.tagName === "INPUT"));
    await assertAccessible(page, "a dialog");
    await page.keyboard.press("Escape");
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    await until("the focus back", () => focused(page, () => document.activeElement.textContent === "Revoke"));
    await page.keyboard.press("Enter");
    await until("the focus in the dialog", () => focused(page, () => document.activeElement.tagName === "INPUT"));
    await page.keyboard.type("It was lost");
    await page.keyboard.press("Enter");
    await page.getByText(/^Revoked /).waitFor();
    assert.notEqual((await device.batch(minutes(1))).status, 200, "its next batch is refused");
  });

  await t.test("sign-out and sign-in work by keyboard alone", async () => {
    await page.getByRole("button", { name: "Sign out" }).focus();
    await page.keyboard.press("Enter");
    await heading(page, "Sign in");
    await assertAccessible(page, "the sign-in");
    await signInByKeyboard(page, "morgan", seed, 1);
    await heading(page, "Devices");
    await page.reload();
    await heading(page, "Devices");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page, () => document.activeElement.textContent), "Skip to content");
    await page.keyboard.press("Enter");
    assert.equal(await focused(page, () => document.activeElement.id), "main");
  });

  assertQuiet();
});
