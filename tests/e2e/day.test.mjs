/*
 * The main road, on real desktops: two people work on one machine with programs whose titles, files and addresses carry invented patients. The dashboard shows the
 * right minutes, and nowhere is anything of the patients.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";

import { openBrowser, setUpAdministrator } from "../harness/browser.mjs";
import { sleep, startAgent, startWard, TOP, until } from "../harness/ward.mjs";
import { addAccount, CANARIES, PATIENTS, startBrowser, startDesktop, startEditor, startTerminal, visit } from "./people.mjs";
import { everything, findings } from "./search.mjs";

const TOLERANCE_MS = 3_500;
const root = process.getuid() === 0;

async function site(t) {
  const server = createServer((request, response) => {
    const title = request.url.startsWith("/patients") ? PATIENTS.page : "Inbox - Results for Vandermolen";
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><title>${title}</title><body tabindex="0">page</body>`);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => server.close());
  return server.address().port;
}

/** Everything in the browser that an administrator can see of that day, through the page's own session. */
function ask(page, path) {
  return page.evaluate(async (address) => (await fetch(address, { credentials: "same-origin" })).json(), path);
}

const near = (actual, expected, what) => assert.ok(Math.abs(actual - expected) <= TOLERANCE_MS, `${what}: ${actual} ms, expected ${expected} ms`);
const spent = (rows, name) => {
  const row = rows.find((one) => one.name === name);
  return row ? row.totals.active_ms + row.totals.passive_ms : 0;
};

test("two people's day reaches the dashboard, and no patient does", { skip: !root && "needs root to run desktops as two users" }, async (t) => {
  const ward = await startWard(t);
  const { page, assertQuiet } = await openBrowser(t);
  await setUpAdministrator(page, await ward.setupLink());

  /* Thirty seconds without input are passive, so that the test need not wait for minutes. */
  const policy = ward.cliJson("policy", "show");
  writeFileSync(join(ward.directory, "policy.json"), JSON.stringify({ ...policy, passive_after_seconds: 30, idle_after_seconds: 600 }));
  ward.cli("policy", "set", join(ward.directory, "policy.json"));

  const agent = await startAgent(t, ward);
  const amelia = await startDesktop(t, addAccount(t, "amelia"), 131, ward, agent);
  const bruno = await startDesktop(t, addAccount(t, "bruno"), 132, ward, agent);

  const port = await site(t);
  const terminal = await startTerminal(amelia, PATIENTS.terminal);
  const other = await startTerminal(bruno, PATIENTS.terminal);
  let untouched = 0;
  const work = bruno.work("xterm", other, 15).then(() => {
    untouched = Date.now();
  });
  await amelia.work("xterm", terminal, 15);
  const editor = await startEditor(amelia, PATIENTS.file);
  await amelia.work("mousepad", editor, 12);
  const browser = await startBrowser(amelia, port, `http://portal.lakeside-clinic.org${PATIENTS.path}`);
  await sleep(3000);
  await amelia.work("lakeside-clinic.org", browser, 14, "Down Up");
  await visit(amelia, browser, `http://mail.example.net${PATIENTS.mail}`);
  await amelia.work("example.net", browser, 10, "Down Up");
  await amelia.work("xterm", terminal, 5);
  await work;
  await sleep(Math.max(3000, untouched + 34_000 - Date.now()));
  await bruno.sensor.stop();
  untouched = Date.now() - untouched;
  await sleep(2000);

  /* What the person at the computer is told. */
  const status = JSON.parse(execFileSync(join(TOP, "build/ward-agent"), ["status", "--socket", agent.socket, "--output", "json"], { encoding: "utf8" }));
  assert.ok(JSON.stringify(status).includes("mrn") || JSON.stringify(status).includes("name"), "the agent says what it removed");

  /* The minutes, as the dashboard has them. */
  await page.getByRole("navigation").getByRole("link", { name: "Today" }).click();
  await page.getByRole("heading", { name: "Applications" }).waitFor();
  const date = await page.evaluate(() => {
    const now = new Date();
    return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
  });
  const offset = await page.evaluate(() => -new Date().getTimezoneOffset());
  const day = await until("both people's spans", async () => {
    const answer = await ask(page, `/api/v1/days/${date}?offset_minutes=${offset}`);
    return answer.people?.length === 2 && answer;
  });
  const personDay = async (name) => {
    const person = day.people.find((one) => one.name.startsWith(name));
    assert.ok(person, `${name} is in ${day.people.map((one) => one.name)}`);
    return (await ask(page, `/api/v1/people/${person.id}/days/${date}?offset_minutes=${offset}`)).person;
  };
  const ofAmelia = await personDay("amelia");
  const ofBruno = await personDay("bruno");
  const noted = (desktop, name) => desktop.moments.filter((one) => one.name === name).reduce((sum, one) => sum + one.ms, 0);

  near(spent(ofAmelia.domains, "lakeside-clinic.org"), noted(amelia, "lakeside-clinic.org") + 3000, "the first site");
  near(spent(ofAmelia.domains, "example.net"), noted(amelia, "example.net"), "the second site");
  near(spent(ofAmelia.applications, "mousepad"), noted(amelia, "mousepad"), "the editor");
  near(ofBruno.totals.active_ms, noted(bruno, "xterm"), "bruno's typing");
  near(ofBruno.totals.passive_ms, untouched, "bruno's terminal, untouched");
  assert.deepEqual(ofBruno.domains, []);
  assert.ok(ofAmelia.segments.every((segment) => segment.title === null), "no title is kept by default");
  const ordered = [...ofAmelia.segments].sort((a, b) => a.start_ms - b.start_ms);
  for (let i = 1; i < ordered.length; i++) assert.ok(ordered[i].start_ms >= ordered[i - 1].start_ms + ordered[i - 1].duration_ms - 1, "spans overlap");

  /* What was removed, by kind. */
  const removed = await ask(page, `/api/v1/flows?bucket=day&k=1&from=${date}&to=${date}`);
  const kinds = new Set(removed.rows.flatMap((row) => row.cells.map((cell) => cell.kind)));
  assert.ok(kinds.has("name") && kinds.has("mrn"), `removed kinds: ${[...kinds]}`);

  /* Nowhere. */
  const pages = [];
  for (const name of ["Today", "Removed", "Devices", "Audit log"]) {
    await page.getByRole("navigation").getByRole("link", { name }).click();
    await page.getByRole("heading", { name, level: 1 }).waitFor();
    await sleep(700);
    pages.push(await page.content());
  }
  assertQuiet();
  await page.context().close();
  for (const program of [amelia.sensor, bruno.sensor, agent.program, ward.program]) await program.stop();
  const places = everything(ward, agent, ["amelia", "bruno"]);
  places.set("pages", pages.join("\n"));
  places.set("answers", JSON.stringify([day, ofAmelia, ofBruno, removed, status]));
  assert.deepEqual(findings(places, CANARIES), []);

  /* That the search sees into each place: what must be there is found. */
  assert.deepEqual(findings(new Map([["spans", places.get("spans, decrypted")]]), ["lakeside-clinic.org"]).length, 1);
  assert.deepEqual(findings(new Map([["records", places.get("records, decrypted")]]), ["morgan hale"]).length, 1);

  const cores = execFileSync("find", [ward.directory, "-name", "core*", "-type", "f", "-not", "-path", "*/chromium/*"], { encoding: "utf8" });
  assert.equal(cores, "", "a process left a core file");
  assert.ok(!existsSync(join(process.cwd(), "core")));
});
