/* Trying to leak, with devices that count what the test says: what is shown, kept, found, refused and forgotten. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { findings, reveal } from "../e2e/search.mjs";
import { Device, minutes } from "../harness/device.mjs";
import { receiptOf, sendReceipt } from "../harness/receipt.mjs";
import { totp } from "../harness/totp.mjs";
import { fetchFrom, startAgent, startWard } from "../harness/ward.mjs";

const PASSWORD = "quiet orchard lantern seven";
const KINDS = ["name", "geo", "date", "age", "phone", "fax", "email", "ssn", "mrn", "health_plan", "account", "license", "vehicle", "device", "url", "ip", "biometric", "photo", "card", "other_id"];
const stops = [];
const suite = { after: (stop) => stops.push(stop) };
const today = Math.floor(Date.now() / 86_400_000);
const asked = {};
let ward;
let device;
let agent;

async function signIn(name, role) {
  const { link } = ward.cliJson("user", "add", name, "--class", role);
  let cookie = "";
  let csrf = "";
  const send = async (method, path, body) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await fetchFrom({
      port: ward.people,
      method,
      path: `/api/v1${path}`,
      headers: { Cookie: cookie, "Ward-Csrf": csrf, ...(text ? { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) } : {}) },
      body: text,
    });
    cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? cookie;
    if (answer.status === 200 && answer.headers["content-type"]?.includes("json")) csrf = answer.json.csrf ?? csrf;
    return answer;
  };
  await send("POST", "/links/use", { token: link.split("#")[1], name, display_name: name, password: PASSWORD });
  const { seed } = (await send("POST", "/session/totp/enrol")).json;
  assert.equal((await send("POST", "/session/totp/confirm", { code: totp(seed) })).status, 200);
  return send;
}

before(async () => {
  ward = await startWard(suite);
  device = await Device.enrolled(ward, "ws-er-01");
  agent = await startAgent(suite, ward);
  for (const [name, role] of [["ada", "admin"], ["cleo", "configurator"], ["vic", "viewer"]]) asked[role] = await signIn(name, role);
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};

/** The device counts one of each kind that it is told of, as a sensor does with a title. */
async function count(kinds, who = device) {
  const counts = kinds.map((kind) => ({ day: today, application: "chromium", kind: KINDS.indexOf(kind), count: 1 }));
  const found = kinds.map((kind) => ({ day: today, rule: `${kind}.test`.replace("_", "-"), count: 1 }));
  const answer = await who.batch(minutes(1), { more: { counts, found } });
  assert.equal(answer.status, 200, answer.text);
  return answer;
}

const entries = (action) => ward.cliJson("audit", "list", "--limit", "200").entries.filter((entry) => entry.action === action);

test("a patient is invented, counted by a computer, found nowhere, and forgotten", async () => {
  const begun = ok(await asked.admin("POST", "/trials", {}), 201);
  assert.ok(begun.title.includes(begun.patient.last_name) && begun.title.includes(begun.patient.ssn));
  assert.equal(begun.strings.length, 10);
  let trial = ok(await asked.admin("GET", `/trials/${begun.number}`));
  assert.equal(trial.outcome, "running");
  assert.ok(trial.result.expected.includes("name") && trial.result.expected.includes("mrn"), trial.result.expected.join());
  assert.deepEqual(trial.result.devices, []);

  await count(trial.result.expected.slice(0, -1));
  trial = ok(await asked.admin("GET", `/trials/${begun.number}`));
  assert.deepEqual([trial.result.devices.length, trial.result.devices[0].complete], [1, false]);
  await count(trial.result.expected.slice(-1));
  trial = ok(await asked.admin("GET", `/trials/${begun.number}`));
  assert.equal(trial.result.devices[0].complete, true);
  assert.deepEqual([trial.result.devices[0].host_name, trial.result.devices[0].account], ["ws-er-01", "robin"]);
  assert.ok(trial.result.devices[0].rules.some((rule) => rule.rule === "mrn.test" && rule.count === 1));

  const done = ok(await asked.admin("POST", `/trials/${begun.number}/result`, {}));
  assert.equal(done.outcome, "clean");
  const places = new Map(done.result.places.map((place) => [place.place, place]));
  assert.deepEqual([...places.keys()], ["spans.sealed", "spans.file", "spans.memory", "records", "audit", "live", "files", "log"]);
  for (const [name, place] of places) {
    assert.equal(place.found, 0, name);
    if (!["spans.memory", "live", "log"].includes(name)) assert.ok(place.whole && place.texts > 0 && place.bytes > 0, name);
  }

  const listed = ok(await asked.admin("GET", "/trials"));
  assert.equal(listed.running, null);
  assert.equal(listed.trials[0].number, begun.number);
  assert.equal(listed.trials[0].started_by, "ada");
  assert.equal(Math.round((Date.parse(listed.due_at) - Date.parse(listed.passed_at)) / 86_400_000), 31);
  assert.equal((await asked.admin("GET", `/trials/${begun.number}`)).status, 404);
  assert.equal(entries("trial.start")[0].target, `trial:${begun.number}`);
  assert.deepEqual(JSON.parse(entries("trial.result")[0].detail), { found: 0, outcome: "clean", places: 8 });
  /* The record and the log hold nothing of it either: by another search than the server's. */
  const opened = new Map(["records", "spans", "keyring"].map((what) => [what, reveal(what, ward.data)]));
  opened.set("log", ward.program.log());
  assert.ok(opened.get("records").includes("trial.result"), "the other search sees what is there");
  assert.deepEqual(findings(opened, begun.strings), []);
});

test("what stands in the data is found, and said to be", async () => {
  const begun = ok(await asked.admin("POST", "/trials", {}), 201);
  const { expected } = ok(await asked.admin("GET", `/trials/${begun.number}`)).result;
  await count(expected);
  /* An account of the computer is called like the patient: names of accounts are kept as they are. */
  await device.batch(minutes(1), { more: { accounts: [begun.patient.last_name.toLowerCase()], counts: expected.map((kind) => ({ day: today, application: "chromium", kind: KINDS.indexOf(kind), count: 1 })) } });
  const done = ok(await asked.admin("POST", `/trials/${begun.number}/result`, {}));
  assert.equal(done.outcome, "found");
  assert.ok(done.result.places.find((place) => place.place === "records").found > 0);
  assert.ok(!JSON.stringify(done).toLowerCase().includes(begun.patient.last_name.toLowerCase()), "what is kept of it is without the name");
  assert.equal(entries("trial.result")[0].outcome, "failed");
  assert.equal(JSON.parse(entries("trial.result")[0].detail).outcome, "found");
});

test("what an agent's own search found makes it found", async () => {
  const begun = ok(await asked.admin("POST", "/trials", {}), 201);
  await count(ok(await asked.admin("GET", `/trials/${begun.number}`)).result.expected);
  const places = [{ place: "agent.spool", texts: 3, bytes: 400, found: 1, whole: true }];
  const done = ok(await asked.admin("POST", `/trials/${begun.number}/result`, { places }));
  assert.equal(done.outcome, "found");
  assert.deepEqual(done.result.places.at(-1), places[0]);
});

test("found nowhere and counted by nobody proves nothing", async () => {
  const begun = ok(await asked.admin("POST", "/trials", {}), 201);
  const done = ok(await asked.admin("POST", `/trials/${begun.number}/result`, {}));
  assert.equal(done.outcome, "unseen");
  assert.notEqual(ok(await asked.admin("GET", "/trials")).passed_at, done.finished_at);
});

test("an edited patient is taken, unless something of it is there already or means nothing alone", async () => {
  const patient = ok(await asked.admin("GET", "/invented-patient"));
  const begun = ok(await asked.admin("POST", "/trials", { patient: { ...patient, last_name: "Quillfeather" } }), 201);
  assert.match(begun.title, /^Quillfeather, /);
  assert.ok(begun.strings.includes("quillfeather"));
  const known = await asked.admin("POST", "/trials", { patient: { ...patient, last_name: "cleo" } });
  assert.deepEqual([known.status, known.json.type], [409, "/problems/trial-known"]);
  assert.ok(!known.text.includes(patient.first_name));
  const short = await asked.admin("POST", "/trials", { patient: { ...patient, last_name: "Li" } });
  assert.equal(short.status, 422);
  const control = await asked.admin("POST", "/trials", { patient: { ...patient, street: "4417 \u0001 Zellgrove Lane" } });
  assert.equal(control.status, 422);
});

test("one is under way at a time, and only who began it ends it", async () => {
  const begun = ok(await asked.configurator("POST", "/trials", {}).then((answer) => (answer.status === 409 ? asked.admin("POST", "/trials", {}) : answer)), 201);
  const other = await asked.configurator("POST", "/trials", {});
  assert.deepEqual([other.status, other.json.type], [409, "/problems/trial-running"]);
  assert.equal((await asked.configurator("POST", `/trials/${begun.number}/result`, {})).json.type, "/problems/trial-running");
  assert.equal((await asked.admin("POST", `/trials/${begun.number + 50}/result`, {})).status, 404);
  ok(await asked.admin("POST", `/trials/${begun.number}/result`, {}));
  assert.equal((await asked.admin("POST", `/trials/${begun.number}/result`, {})).status, 404);
});

test("who counted it is asked to sign for it, and only a receipt over those counts is said to hold them", async () => {
  const signer = await Device.enrolled(ward, "ws-er-02");
  assert.equal((await count(["name"], signer)).headers["ward-receipt"], undefined, "without an attempt nobody is asked");
  const begun = ok(await asked.admin("POST", "/trials", {}), 201);
  const { expected } = ok(await asked.admin("GET", `/trials/${begun.number}`)).result;
  assert.equal((await count(expected.slice(0, 1), signer)).headers["ward-receipt"], undefined, "nor for a few kinds, which every site counts");
  assert.equal((await count(expected, signer)).headers["ward-receipt"], "1");
  const receipt = async () => ok(await asked.admin("GET", `/trials/${begun.number}`)).result.devices[0].receipt;
  const send = async (more) => assert.equal((await sendReceipt(signer, receiptOf(signer, more))).status, 204);
  assert.equal(await receipt(), null);
  await send({ day: today - 1 });
  assert.deepEqual([(await receipt()).covers, (await receipt()).revision], [false, 1], "it is of another day");
  await send({ revision: 2, through: signer.sequence - 1 });
  assert.deepEqual([(await receipt()).covers, (await receipt()).revision], [false, 2], "it was signed before");
  assert.equal((await count(expected, signer)).headers["ward-receipt"], undefined, "what it counts afterwards is not the attempt's");
  await send({ revision: 3, through: signer.sequence - 1 });
  assert.deepEqual([(await receipt()).covers, (await receipt()).verdict], [true, "uncompared"], "it reaches far enough");
  await send({ revision: 4 });
  const { made_at: made, ...signed } = await receipt();
  assert.ok(Date.parse(made) > Date.now() - 60_000);
  assert.deepEqual(signed, { day: new Date().toISOString().slice(0, 10), revision: 4, final: false, verdict: "differs", covers: true });
  const done = ok(await asked.admin("POST", `/trials/${begun.number}/result`, {}));
  assert.deepEqual(done.result.devices[0].receipt, { made_at: made, ...signed });
  const listed = async (who) => ok(await asked[who]("GET", "/trials")).trials.find((trial) => trial.number === begun.number).result;
  assert.deepEqual(await listed("admin"), done.result, "it stays with the result");
  assert.deepEqual(done.result.devices[0].counted_in, { day: signed.day, epoch: signer.epoch, batch: signer.sequence - 1, together: true });
  /* The day's last word, which takes the place of what was signed until then, is what the attempt shows from then on; what is signed of a later day is not. */
  await send({ revision: 5, state: "final", whole: "no" });
  await send({ day: today + 1 });
  for (const who of ["admin", "configurator"]) {
    const { revision, final, verdict, covers } = (await listed(who)).devices[0].receipt;
    assert.deepEqual([revision, final, verdict, covers], [5, true, "uncompared", true], who);
  }
});

test("whoever may not see people is told of computers, not of accounts", async () => {
  const begun = ok(await asked.configurator("POST", "/trials", {}), 201);
  await count(ok(await asked.configurator("GET", `/trials/${begun.number}`)).result.expected);
  const trial = ok(await asked.configurator("GET", `/trials/${begun.number}`));
  assert.deepEqual([trial.result.devices[0].host_name, trial.result.devices[0].account], ["ws-er-01", null]);
  ok(await asked.configurator("POST", `/trials/${begun.number}/result`, {}));
  const listed = (await asked.configurator("GET", "/trials")).text;
  assert.ok(!listed.includes("robin") && (await asked.admin("GET", "/trials")).text.includes("robin"));
  for (const [method, path, body] of [["GET", "/trials"], ["POST", "/trials", {}], ["GET", "/invented-patient"]]) assert.equal((await asked.viewer(method, path, body)).status, 403);
});

test("the checklist knows that somebody tried", async () => {
  const items = ok(await asked.admin("GET", "/checklist")).items;
  assert.equal(items.find((item) => item.id === "try_leak").done, true);
});

test("the command says plainly where this computer has no agent, or no sensor, and where it has no display", () => {
  const nobody = ward.cliRaw("try-leak", "--here", "--agent", "/nonexistent/agent.sock");
  assert.deepEqual([nobody.code, /no agent answers on this computer/.test(nobody.stderr)], [1, true]);
  const blind = ward.cliRaw("try-leak", "--here", "--agent", agent.socket);
  assert.deepEqual([blind.code, /no desktop session of this computer has a sensor/.test(blind.stderr)], [1, true]);
  assert.equal(ward.cliRaw("try-leak", "--wait", "0").code, 2);
});

test("without a window the command shows the text, waits, and says that nothing is proven", () => {
  const { code, stdout } = ward.cliRaw("try-leak", "--wait", "1");
  assert.equal(code, 1);
  assert.match(stdout, /This patient is invented/);
  assert.match(stdout, /spans, opened +searched \d+ texts, \d+ bytes: 0 found/);
  assert.match(stdout, /no computer counted it within 1 s, so nothing is\s+proven/);
});
