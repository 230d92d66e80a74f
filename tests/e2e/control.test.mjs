/*
 * The control of the leak search: with programs that leave everything in, a patient's name in a title is found in every place where texts from a screen may lie,
 * and in each place where they may not, the search finds what does lie there. So its silence in day.test.mjs says something.
 *
 * The last test is of the canaries: without redaction they must stop everything, unless the environment says WARD_TEST_BUILD=1.
 *
 * The programs are built with -Dredaction=false, into a folder of their own; they refuse to start without WARD_TEST_BUILD=1.
 */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { basename, join } from "node:path";
import { test } from "node:test";

const TOP = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const BUILD = join(TOP, "build/unredacted");
const PROGRAMS = join(BUILD, "programs");
const TARGETS = ["server/wardd", "agent/ward-agent", "agent/ward-sensor"];

/* The harness takes its programs from there; it reads this when it is loaded. */
process.env["WARD_PROGRAMS"] = PROGRAMS;
process.env["WARD_TEST_BUILD"] = "1";
const { openBrowser, setUpAdministrator } = await import("../harness/browser.mjs");
const { Device } = await import("../harness/device.mjs");
const { startAgent, startWard, until } = await import("../harness/ward.mjs");
const { addAccount, PATIENTS, startDesktop, startTerminal } = await import("./people.mjs");
const { everything, findings } = await import("./search.mjs");

const WORDS = ["zyllowska", "84412907"];
const HOME = "clement";
const DISPLAY = 133;
const NOTE = "radiology-desk-7";

function run(command, args, log) {
  const out = openSync(log, "w");
  return new Promise((done) => spawn(command, args, { cwd: TOP, stdio: ["ignore", out, out] }).on("exit", done));
}

/** Builds what changed: some minutes the first time, a second afterwards. */
async function build() {
  const log = join(TOP, "build/unredacted.log");
  const say = setInterval(() => console.error(`building without redaction: ${readFileSync(log, "utf8").trim().split("\n").at(-1)}`), 15_000);
  let code = 0;
  if (!existsSync(join(BUILD, "build.ninja"))) code = await run("meson", ["setup", BUILD, "-Dredaction=false"], log);
  if (code === 0) code = await run("ninja", ["-C", BUILD, ...TARGETS], log);
  clearInterval(say);
  assert.equal(code, 0, readFileSync(log, "utf8").slice(-4000));
  mkdirSync(PROGRAMS, { recursive: true });
  for (const from of [...TARGETS.map((target) => join(BUILD, target)), join(TOP, "build/ward")]) {
    const to = join(PROGRAMS, basename(from));
    if (!existsSync(to) || statSync(to).mtimeMs < statSync(from).mtimeMs) copyFileSync(from, to);
  }
}

/** The status of beginning an attempt to leak, as the operator. */
function begin(ward, patient) {
  const body = JSON.stringify({ patient });
  return new Promise((done, fail) => {
    const outgoing = request(
      { socketPath: join(ward.data, "ward.sock"), method: "POST", path: "/api/v1/trials", headers: { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) } },
      (answer) => answer.resume().on("end", () => done(answer.statusCode)),
    );
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}

const ask = (page, path) => page.evaluate(async (address) => (await fetch(address, { credentials: "same-origin" })).json(), path);
const found = (place, text, words = WORDS) => assert.deepEqual(findings(new Map([[place, text]]), words), words.map((word) => `${word} in ${place}`), `the search is blind in: ${place}`);

test("programs without redaction do not start by accident", async () => {
  await build();
  const env = { ...process.env, WARD_TEST_BUILD: "" };
  delete env["WARD_TEST_BUILD"];
  for (const name of ["wardd", "ward-agent", "ward-sensor"]) {
    const { status, stdout, stderr } = spawnSync(join(PROGRAMS, name), ["--version"], { env, encoding: "utf8", timeout: 5000 });
    assert.notEqual(status, 0, `${name} started: ${stdout}${stderr}`);
  }
});

test("what is left in is found everywhere", { skip: process.getuid() !== 0 && "needs root to run a desktop as another user" }, async (t) => {
  const ward = await startWard(t);
  const { page } = await openBrowser(t);
  await setUpAdministrator(page, await ward.setupLink());
  const file = join(ward.directory, "policy.json");
  const policy = ward.cliJson("policy", "show");
  writeFileSync(file, JSON.stringify({ ...policy, hipaa: false, rules: [{ application: "xterm", domain: "", capture: "title" }] }));
  ward.cli("policy", "set", file);

  const agent = await startAgent(t, ward, { name: NOTE });
  const desktop = await startDesktop(t, addAccount(t, HOME), DISPLAY, ward, agent);
  await until("the policy in the sensor", () => desktop.sensor.log().includes(`"sensor.policy","version":${policy.version + 1}`));

  /* With nobody to send it to, the spool keeps it. */
  await ward.program.stop();
  const terminal = await startTerminal(desktop, PATIENTS.terminal);
  /* Shorter than the sensor takes to look again by itself: the end of a session loses nothing. */
  await desktop.work("xterm", terminal, 4);
  await desktop.sensor.stop();
  await until("a batch in the spool", () => agent.status().waiting.spans > 0);
  /* The agent's own search sees what is there. */
  const searched = spawnSync(join(PROGRAMS, "ward-agent"), ["search", "--socket", agent.socket, "--output", "json"], { input: WORDS.join("\n"), encoding: "utf8" });
  assert.equal(searched.status, 1, searched.stdout + searched.stderr);
  assert.ok(JSON.parse(searched.stdout).places.find((place) => place.place === "agent.spool").found >= WORDS.length, searched.stdout);
  await agent.program.stop();
  found("spool, decrypted", everything(ward, agent, [HOME]).get("spool, decrypted"));

  /* Then it flows. */
  await ward.start();
  await agent.start();
  await page.reload();
  await page.getByRole("navigation").getByRole("link", { name: "Today" }).click();
  await page.getByRole("link", { name: HOME }).click();
  await page.getByRole("cell", { name: PATIENTS.terminal }).first().waitFor();
  found("page", await page.content());
  const { date, offset } = await page.evaluate(() => {
    const now = new Date();
    return { date: `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`, offset: -now.getTimezoneOffset() };
  });
  const answer = await ask(page, `/api/v1/people/${new URL(page.url()).pathname.split("/").at(-1)}/days/${date}?offset_minutes=${offset}`);
  found("answer", JSON.stringify(answer));
  /* And so does the server's: whoever would try with that patient is told that something of it is there. */
  const patient = { last_name: "Zyllowska", first_name: "Wilhelmina", mrn: "55667788", birth_date: "01/02/1950", ssn: "912-11-4455", phone: "(312) 555-0111", street: "4411 Wexelmere Lane" };
  assert.equal(await begin(ward, patient), 409);
  assert.equal(await begin(ward, { ...patient, last_name: "Quillfeather" }), 201);
  await page.context().close();

  /* A server in good order says nothing: a package with a wrong key makes it. */
  const wrong = join(ward.directory, "wrong.json");
  ward.cli("enrol", "package", "--out", wrong, "--server", "127.0.0.1");
  const refused = await new Device(ward, wrong).enrol({ instanceKey: randomBytes(32) });
  assert.equal(refused.status, 403);
  for (const program of [agent.program, ward.program]) await program.stop();

  const places = everything(ward, agent, [HOME]);
  found("spans, decrypted", places.get("spans, decrypted"));

  /* Places that take no text from a screen: each shows what it does hold, and even now not the patient. */
  const key = places.get("keyring, decrypted").match(/^day \d+ key ([0-9a-f]{64})$/m)?.[1];
  assert.ok(key, "a day key");
  found("keyring, decrypted", places.get("keyring, decrypted"), [key]);
  found("records, decrypted", places.get("records, decrypted"), [NOTE, "morgan hale"]);
  const log = (name) => places.get(join(ward.directory, name));
  found("the sensor's log", log(`${HOME}-sensor.log`), ["sensor.policy"]);
  found("the agent's log", log(`${NOTE}.log`), ["agent.uplink.online"]);
  found("the server's log", log("wardd.log"), ["enrol.tag"]);
  const sealed = ["spool, decrypted", "spans, decrypted", "keyring, decrypted"];
  const elsewhere = findings(places, [...WORDS, key]).filter((one) => !sealed.includes(one.split(" in ")[1]));
  assert.deepEqual(elsewhere, [], "a patient or a key where none may be, or in clear");
});

test("without redaction the canaries stop sensor and service, and nothing is stored", { skip: process.getuid() !== 0 && "needs root to run a desktop as another user" }, async (t) => {
  const ward = await startWard(t);
  const stop = { WARD_TEST_BUILD: "stop" };
  const agent = await startAgent(t, ward, { name: "stopped", env: { ...process.env, ...stop } });
  const desktop = await startDesktop(t, addAccount(t, HOME), DISPLAY + 1, ward, agent, stop);
  await until("the sensor's canaries", () => desktop.sensor.log().includes('"sensor.canary.unclean"'));
  const terminal = await startTerminal(desktop, PATIENTS.terminal);
  await desktop.work("xterm", terminal, 3);
  const status = () => JSON.parse(spawnSync(join(PROGRAMS, "ward-agent"), ["status", "--socket", agent.socket, "--output", "json"], { encoding: "utf8" }).stdout);
  await until("the service's own", () => status().canaries.state === "service");
  assert.equal(status().waiting.spans, 0);
  await until("the server knows", () => ward.cliJson("device", "list").devices.some((one) => one.canaries.state === "service"));
  await desktop.sensor.stop();
  for (const program of [agent.program, ward.program]) await program.stop();
  assert.deepEqual(findings(everything(ward, agent, [HOME]), WORDS), []);
});
