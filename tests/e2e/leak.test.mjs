/*
 * Trying to leak, on a real desktop: by the command, whose window a real sensor sees; and by the page, which opens a window of a real browser on that desktop
 */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { openBrowser, setUpAdministrator } from "../harness/browser.mjs";
import { PROGRAMS, startAgent, startWard, until } from "../harness/ward.mjs";
import { addAccount, startDesktop } from "./people.mjs";
import { everything, findings } from "./search.mjs";

const root = process.getuid() === 0;

/** The operator's command on a desktop; it takes as long as the sensor and the agent need. */
function command(ward, display, ...words) {
  return new Promise((done) => {
    const child = spawn(join(PROGRAMS, "ward"), [...words, "--data", ward.data], { env: { ...process.env, DISPLAY: `:${display}` }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("exit", (code) => done({ code, stdout, stderr }));
  });
}

test("a patient in a window's title is counted and found nowhere", { skip: !root && "needs root to run a desktop as another user" }, async (t) => {
  const ward = await startWard(t);
  const agent = await startAgent(t, ward);
  const desktop = await startDesktop(t, addAccount(t, "noor"), 141, ward, agent);
  await until("the sensor", () => agent.status().accounts.some((account) => account.account === "noor" && account.sensors === 1));
  const strings = [];

  await t.test("the command opens a window, and says who counted what and where nothing was", async () => {
    const began = Date.now();
    const { code, stdout, stderr } = await command(ward, 141, "try-leak", "--here", "--agent", agent.socket);
    t.diagnostic(`try-leak --here took ${Date.now() - began} ms`);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /counted by \S+, account noor: .*name 1.*mrn 1/);
    for (const place of ["spans, opened", "audit log", "spool of this computer, opened", "files of the agent as they are", "log of the agent"])
      assert.match(stdout, new RegExp(`${place} +searched [1-9]\\d* texts, \\d+ bytes: 0 found`), place);
    assert.match(stdout, /Nothing of it was found/);
    assert.match(stdout, /signed in its receipt of \d{4}-\d\d-\d\d, revision \d+: as stored/);
  });

  await t.test("the agent's search finds what is there, for root only, and says nothing of it", async () => {
    const search = (input, as = {}) => spawnSync(join(desktop.programs, "ward-agent"), ["search", "--socket", agent.socket, "--output", "json"], { input, encoding: "utf8", ...as });
    copyFileSync(join(PROGRAMS, "ward-agent"), join(desktop.programs, "ward-agent"));
    const there = search("noor\n");
    assert.equal(there.status, 1, there.stderr);
    assert.ok(JSON.parse(there.stdout).places.some((place) => place.found > 0) && !there.stdout.includes("noor"));
    assert.equal(search("nobody-of-that-name\n").status, 0);
    const refused = search("noor\n", { uid: desktop.account.uid, gid: desktop.account.gid });
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /Only root/);
    assert.match(search("abc\n").stderr, /4 to 120 bytes/);
    assert.ok(!agent.program.log().includes("nobody-of-that-name"));
  });

  await t.test("a display that is not there is told at once", async () => {
    const { code, stderr } = await command(ward, 199, "try-leak", "--here", "--agent", agent.socket);
    assert.equal(code, 1);
    assert.match(stderr, /no X display/);
  });

  await t.test("the page opens a window of the browser, and shows the outcome by itself", async () => {
    const { page, context, assertQuiet } = await openBrowser(t, { display: ":141" });
    await setUpAdministrator(page, await ward.setupLink());
    await page.getByRole("navigation").getByRole("link", { name: "Try to leak" }).click();
    await page.getByRole("heading", { level: 1, name: "Try to leak" }).waitFor();
    const begun = page.waitForResponse((response) => response.url().endsWith("/api/v1/trials") && response.request().method() === "POST");
    await page.getByRole("button", { name: "See and change the patient first" }).click();
    await page.getByText("Invented: nobody is this.").waitFor();
    await page.getByLabel("Last name").fill("Quillfeather");
    await page.getByRole("button", { name: "Begin with this patient" }).click();
    const trial = await (await begun).json();
    strings.push(...trial.strings);
    assert.ok(strings.includes("quillfeather"));

    const opened = context.waitForEvent("page");
    const began = Date.now();
    await page.getByRole("button", { name: "Open a window with this title" }).click();
    const small = await opened;
    assert.equal(await small.title(), trial.title);
    await page.getByRole("heading", { name: "Nothing got through" }).waitFor({ timeout: 60_000 });
    t.diagnostic(`the page had the outcome after ${Date.now() - began} ms`);
    await page.getByRole("cell", { name: "noor" }).first().waitFor();
    await page.getByRole("cell", { name: /^searched [1-9].*: 0 found$/ }).first().waitFor();
    await page.getByRole("cell", { name: /^signed .*, revision \d+ of .*: the same as stored/ }).first().waitFor();
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: /^Save the receipt of / }).click();
    const saved = join(ward.directory, "saved-receipt.txt");
    await (await saving).saveAs(saved);
    assert.match(readFileSync(saved, "utf8"), /^ward-redaction-receipt-v1\n[^]*^signature /m);
    if (process.env["SHOTS"]) await page.screenshot({ path: join(process.env["SHOTS"], "leak-receipt.png"), fullPage: true });
    await page.getByText(/Last done today, next due in 31 days/).waitFor();
    await page.getByRole("cell", { name: trial.number, exact: true }).waitFor();
    await small.close();
    await page.getByRole("navigation").getByRole("link", { name: "First hour" }).click();
    await page.getByRole("listitem").filter({ hasText: "Prove it: try to leak done" }).waitFor();
    await page.context().browser().close();
    assertQuiet();
  });

  await t.test("an attempt whose text nobody shows proves nothing", async () => {
    const { code, stdout } = await command(ward, 141, "try-leak", "--wait", "3");
    assert.equal(code, 1);
    assert.match(stdout, /no computer counted it within 3 s/);
  });

  await desktop.sensor.stop();
  await agent.program.stop();
  const found = findings(everything(ward, agent, ["noor"]), strings);
  assert.deepEqual(found, []);
  assert.ok(strings.length >= 10);
});
