/* Evidence that redaction ran: rules in every batch, and what is made of them. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Device, minutes } from "../harness/device.mjs";
import { receiptOf, sendReceipt } from "../harness/receipt.mjs";
import { totp } from "../harness/totp.mjs";
import { PROGRAMS, startAgent, startWard, until } from "../harness/ward.mjs";

const DAY = 86_400_000;
const today = Math.floor(Date.now() / DAY);
const OLD = { version: "0.9", hash: "ab".repeat(32) };
const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;

before(async () => {
  ward = await startWard(suite);
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

const ownRules = () => ward.cliJson("device", "list").rules;
const shown = (device) => ward.cliJson("device", "list").devices.find((one) => one.id === device.id);

test("a batch without evidence is taken, and the device says nothing of its rules", async () => {
  const device = await Device.enrolled(ward, "silent");
  assert.equal((await device.batch(minutes(3))).status, 200);
  assert.equal(shown(device).rules, null);
});

test("the rules of a device are shown with their times, and whether they are the server's", async () => {
  const device = await Device.enrolled(ward, "ruled");
  const own = ownRules();
  assert.match(own.hash, /^[0-9a-f]{64}$/);
  const found = [{ day: today, rule: "mrn.label", count: 2 }];
  const judged = [{ day: today, count: 40 }];
  assert.equal((await device.batch(minutes(1), { more: { rules: [OLD], found, judged } })).status, 200);
  const first = shown(device).rules;
  assert.deepEqual([first.version, first.hash, first.server], ["0.9", OLD.hash, false]);
  assert.equal((await device.batch(minutes(1), { more: { rules: [own, OLD], found, judged } })).status, 200);
  const second = shown(device);
  assert.deepEqual([second.rules.hash, second.rules.server], [own.hash, true]);
  assert.ok(second.rules.since_at >= first.since_at);
  assert.deepEqual(second.sensor_rules.map((set) => set.hash), [OLD.hash]);
});

test("what lies about rules is refused whole", async () => {
  const device = await Device.enrolled(ward, "liar");
  for (const more of [
    { rules: [{ version: "1", hash: "ab" }] },
    { rules: [{ version: "Version One", hash: OLD.hash }] },
    { rules: Array.from({ length: 5 }, () => OLD) },
    { found: [{ day: today, rule: "Doe, John", count: 1 }] },
    { found: [{ day: 2 ** 31 - 1, rule: "mrn", count: 1 }] },
  ]) {
    const { status } = await device.batch(minutes(1), { more });
    assert.ok(status === 400 || status === 413, `${status} ${JSON.stringify(more)}`);
  }
});

test("the agent knows which rules it runs, since when, and that they are the server's", async (t) => {
  const agent = await startAgent(t, ward, { name: "ruled-agent" });
  const own = ownRules();
  const rules = await until("the server's rules", () => (agent.status().rules.server !== "unknown" ? agent.status().rules : undefined));
  assert.deepEqual([rules.hash, rules.version, rules.server, rules.sensors_with_others], [own.hash, own.version, "same", 0]);
  await agent.program.stop();
  await agent.start();
  assert.equal(agent.status().rules.since, rules.since, "a restart does not begin anew");
});

/** A sensor as docs/formats/wire.md has it, that says what no sensor of ours would. */
class Sensor {
  static async of(agent) {
    const sensor = new Sensor();
    sensor.heard = [];
    sensor.socket = connect(agent.socket);
    await new Promise((done, fail) => sensor.socket.once("connect", done).once("error", fail));
    let rest = Buffer.alloc(0);
    sensor.socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
        sensor.heard.push(rest[4]);
        rest = rest.subarray(4 + rest.readUInt32BE(0));
      }
    });
    sensor.socket.on("error", () => undefined);
    sensor.socket.on("close", () => (sensor.closed = true));
    sensor.say(1, Buffer.from("x11::99\n0.0.1"));
    return sensor;
  }

  say(kind, body) {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(1 + body.length, 0);
    head[4] = kind;
    this.socket.write(Buffer.concat([head, body]));
  }

  canaries(run, passed, failed) {
    const body = Buffer.alloc(9);
    body.writeUInt32BE(run, 0);
    body.writeUInt32BE(passed, 4);
    body[8] = failed;
    this.say(7, body);
  }
}

/** Its status, which ends with 1 where somebody should look. */
const statusOf = (agent) => JSON.parse(spawnSync(join(PROGRAMS, "ward-agent"), ["status", "--socket", agent.socket, "--output", "json"], { encoding: "utf8" }).stdout);

const KINDS = 21;
const SSN = 7;
/** A request over the local socket. */
const operator = (method, path, body) =>
  new Promise((done, fail) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = httpRequest({ socketPath: join(ward.data, "ward.sock"), method, path, headers: text === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) } }, (answer) => {
      let heard = "";
      answer.on("data", (chunk) => (heard += chunk));
      answer.on("end", () => done({ status: answer.statusCode, text: heard }));
    });
    outgoing.on("error", fail);
    outgoing.end(text);
  });
const audited = (action) => ward.cliJson("audit", "list").entries.filter((entry) => entry.action === action);

test("an agent's own redaction is tried before anything is sent, and the server knows", async (t) => {
  const agent = await startAgent(t, ward, { name: "tried" });
  const { canaries } = await until("canaries", () => (agent.status().canaries.state === "clean" ? agent.status() : undefined));
  assert.ok(canaries.run > 15 && canaries.run === canaries.passed && canaries.failed === null, JSON.stringify(canaries));
  const host = () => ward.cliJson("device", "list").devices.filter((one) => one.canaries.state === "clean");
  await until("the server", () => host().length >= 1);
});

test("a sensor whose redaction fails is taken no word from, its person and the server are told, until it works again", async (t) => {
  const agent = await startAgent(t, ward, { name: "unclean" });
  const sensor = await Sensor.of(agent);
  t.after(() => sensor.socket.destroy());
  sensor.canaries(22, 21, SSN);
  const { canaries } = await until("the failure", () => (statusOf(agent).canaries.state === "sensor" ? statusOf(agent) : undefined));
  assert.equal(canaries.failed, "social security number");
  const status = spawnSync(join(PROGRAMS, "ward-agent"), ["status", "--socket", agent.socket], { encoding: "utf8" });
  assert.equal(status.status, 1);
  assert.match(status.stdout, /^STOPPED .*social security number[^]*Install ward-agent again/m);

  const stopped = () => ward.cliJson("device", "list").devices.filter((one) => one.canaries.state === "sensor");
  await until("the server", () => stopped().length === 1);
  const [entry] = audited("redaction.canary");
  assert.equal(entry.outcome, "failed");
  assert.match(entry.detail, /"state":"sensor","run":\d+,"passed":\d+/);
  const doctor = ward.cliRaw("doctor", "--output", "json");
  assert.equal(JSON.parse(doctor.stdout).findings.find((one) => one.id === "redaction.canaries").level, "error");

  /* What it reports all the same is not taken: the connection ends. */
  sensor.say(2, Buffer.alloc(0));
  await until("the end of the connection", () => sensor.closed);
  const again = await Sensor.of(agent);
  t.after(() => again.socket.destroy());
  again.canaries(22, 22, KINDS);
  await until("redaction works", () => statusOf(agent).canaries.state === "clean");
  await until("the server knows", () => stopped().length === 0);
});

test("a verdict that cannot be ends the connection", async (t) => {
  const agent = await startAgent(t, ward, { name: "lied-to" });
  for (const verdict of [[0, 0, KINDS], [5, 6, KINDS], [5, 4, KINDS], [5, 5, SSN], [5, 4, KINDS + 1]]) {
    const sensor = await Sensor.of(agent);
    sensor.canaries(...verdict);
    await until(`the end after ${verdict}`, () => sensor.closed);
  }
});

/* ---- receipts ---- */

const dayText = (day) => new Date(day * DAY).toISOString().slice(0, 10);

const receiptsOf = (device) => ward.cliJson("receipts", "--device", device.id).receipts;

test("a receipt is compared with what is stored, and says when they differ", async () => {
  const device = await Device.enrolled(ward, "receipted");
  assert.deepEqual(receiptsOf(device), []);
  const found = [{ day: today, rule: "mrn.label", count: 2 }];
  const counts = [{ day: today, application: "xterm", kind: 8, count: 2 }];
  assert.equal((await device.batch(minutes(1), { more: { rules: [ownRules()], found, counts, judged: [{ day: today, count: 40 }] } })).status, 200);
  const lines = ["kind mrn 2", "rule mrn.label 2"];
  assert.equal((await sendReceipt(device, receiptOf(device, { judged: 40, counts: lines }))).status, 204);
  const [same] = receiptsOf(device);
  assert.deepEqual([same.verdict, same.difference, same.final, same.judged, same.kinds, same.found], ["same", null, false, 40, [{ word: "mrn", count: 2 }], [{ word: "mrn.label", count: 2 }]]);
  assert.equal(audited("redaction.receipt").length, 0, "a provisional one that agrees is not written down");

  assert.equal((await sendReceipt(device, receiptOf(device, { revision: 2, state: "final", judged: 41, counts: ["kind mrn 3", "rule mrn.label 2", "rule ssn 1"] }))).status, 204);
  const [differs] = receiptsOf(device);
  assert.equal(differs.verdict, "differs");
  assert.equal(differs.difference, "kind mrn: receipt 3, stored 2; judged: receipt 41, stored 40; rule ssn: receipt 1, stored 0");
  const [entry] = audited("redaction.receipt");
  assert.deepEqual([entry.outcome, JSON.parse(entry.detail).verdict], ["failed", "differs"]);
  assert.ok(ward.program.log().includes('"alarm.receipt"'));

  /* An older revision does not take its place; one that is not whole is not compared. */
  assert.equal((await sendReceipt(device, receiptOf(device, { revision: 1, judged: 40, counts: lines }))).status, 204);
  assert.equal(receiptsOf(device)[0].revision, 2);
  assert.equal((await sendReceipt(device, receiptOf(device, { revision: 3, whole: "no" }))).status, 204);
  assert.equal(receiptsOf(device)[0].verdict, "uncompared");
});

test("a receipt of another key, device, enrolment or day, or in another spelling, is refused", async () => {
  const device = await Device.enrolled(ward, "forged");
  const other = await Device.enrolled(ward, "other");
  for (const text of [
    receiptOf(device, { key: other.keyPem }),
    receiptOf(device, { id: other.id }),
    receiptOf(device, { epoch: device.epoch + 1 }),
    receiptOf(device, { day: today - 41 }),
    receiptOf(device, { day: today + 2 }),
    receiptOf(device, { counts: ["kind Doe 1"] }),
    receiptOf(device).replace("judged 0", "judged 1"),
    "",
  ])
    assert.equal((await sendReceipt(device, text)).status, 422, text.slice(0, 200));
  assert.deepEqual(receiptsOf(device), []);
});

test("an agent signs what it did, as soon as somebody asks, and anybody can verify it", async (t) => {
  const agent = await startAgent(t, ward, { name: "signing" });
  const device = await until("the device", () => ward.cliJson("device", "list").devices.sort((a, b) => (a.enrolled_at < b.enrolled_at ? 1 : -1))[0]);
  const receipt = await until("a receipt", () => receiptsOf(device)[0], { ms: 40_000 });
  assert.ok(receipt.whole && !receipt.final && receipt.canaries_run >= 22 && receipt.canaries_run === receipt.canaries_passed, JSON.stringify(receipt));
  assert.equal(receipt.verdict, "same");

  const file = join(ward.directory, "receipt.txt");
  ward.cli("receipts", "--device", device.id, "--out", file);
  assert.match(ward.cli("receipts", "verify", file, "--certificate", `${file}.pem`), /^The receipt holds/);
  writeFileSync(file, readFileSync(file, "utf8").replace("whole yes", "whole no"));
  const changed = ward.cliRaw("receipts", "verify", file, "--certificate", `${file}.pem`);
  assert.equal(changed.code, 1);
  assert.match(changed.stdout, /DOES NOT HOLD/);

  /* Asked for again: another revision comes with its next words, also after a restart. */
  await agent.program.stop();
  await agent.start();
  const asked = await operator("POST", `/api/v1/devices/${device.id}/receipts`);
  assert.equal(asked.status, 204);
  await until("a newer one", () => receiptsOf(device)[0].revision > receipt.revision, { ms: 40_000 });
  assert.equal(receiptsOf(device)[0].verdict, "same");
});

/* ---- what devices should have removed ---- */

const PATIENT = "Chart - ZYLLOWSKA, MARIBETH SSN 219-09-9142";
const titled = (device, title, more) => device.batch(minutes(1).map((span) => ({ ...span, title })), { more });
const missedOf = async (device) => JSON.parse((await operator("GET", "/api/v1/missed")).text).missed.filter((row) => row.device === device.id);

test("a title that a device should have cleaned is not kept, but counted, audited and alarmed about", async () => {
  const device = await Device.enrolled(ward, "leaking");
  assert.equal((await titled(device, PATIENT, { rules: [OLD] })).status, 200);
  const old = await missedOf(device);
  assert.ok(old.length > 0 && old.every((row) => !row.same && row.rules === OLD.hash && row.count === 1 && row.acknowledged_at === null), JSON.stringify(old));
  assert.ok(old.some((row) => row.kind === "ssn"));
  assert.ok(ward.program.log().includes('"alarm.missed_old"'));
  assert.equal(audited("redaction.missed").length, 1);

  assert.equal((await titled(device, PATIENT, { rules: [ownRules()] })).status, 200);
  assert.ok((await missedOf(device)).some((row) => row.same && row.rules === ownRules().hash));
  assert.ok(ward.program.log().includes('"alarm.missed"'));
  const findings = JSON.parse(ward.cliRaw("doctor", "--output", "json").stdout).findings;
  assert.equal(findings.find((one) => one.id === "redaction.missed").level, "error");

  /* The same batch again counts nothing twice; many in a quarter of an hour are one entry. */
  const count = async () => (await missedOf(device)).reduce((sum, row) => sum + row.count, 0);
  const before = await count();
  assert.equal((await titled({ ...device, batch: (spans, options) => device.batch(spans, { ...options, sequence: device.sequence }) }, PATIENT, { rules: [ownRules()] })).status, 200);
  assert.equal(await count(), before);
  assert.equal((await titled(device, PATIENT, { rules: [ownRules()] })).status, 200);
  assert.ok((await count()) > before);
  assert.equal(audited("redaction.missed").length, 2);

  /* No text of it anywhere: not in the answer, the log, nor the day. */
  const date = dayText(today);
  const day = (await operator("GET", `/api/v1/days/${date}`)).text;
  for (const text of [day, JSON.stringify(await missedOf(device)), ward.program.log(), JSON.stringify(audited("redaction.missed"))])
    for (const word of ["zyllowska", "maribeth", "9142"]) assert.ok(!text.toLowerCase().includes(word), word);
});

test("what is clean is never missed", async () => {
  const device = await Device.enrolled(ward, "clean");
  for (const title of ["Schedule - Calendar", "Chart - [name] [mrn]", "Zqxvwk settings"]) assert.equal((await titled(device, title, { rules: [ownRules()] })).status, 200);
  assert.deepEqual(await missedOf(device), []);
});

test("only a person acknowledges what was missed, once, with a note", async () => {
  const [row] = JSON.parse((await operator("GET", "/api/v1/missed")).text).missed;
  const path = `/api/v1/missed/${row.id}/acknowledge`;
  const asOperator = await operator("POST", path, { note: "looked at it" });
  assert.deepEqual([asOperator.status, JSON.parse(asOperator.text).type], [403, "/problems/person"]);
  assert.equal((await operator("POST", path, { note: "" })).status, 422);

  const made = JSON.parse((await operator("POST", "/api/v1/users", { name: "privacy", display_name: "P", class: "admin" })).text);
  const headers = { "Content-Type": "application/json" };
  const send = async (method, where, body) => {
    const text = JSON.stringify(body ?? {});
    const answer = await ward.request({ method, path: where, headers: { ...headers, "Content-Length": Buffer.byteLength(text) }, body: text });
    const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0];
    if (cookie) Object.assign(headers, { Cookie: cookie, "Ward-Csrf": answer.json.csrf });
    return answer;
  };
  await send("POST", "/api/v1/links/use", { token: made.link.split("#")[1], name: "privacy", display_name: "P", password: "quiet orchard lantern seven" });
  const { seed } = (await send("POST", "/api/v1/session/totp/enrol")).json;
  await send("POST", "/api/v1/session/totp/confirm", { code: totp(seed) });
  assert.equal((await send("POST", path, { note: "agent was not installed right" })).status, 204);
  assert.equal((await send("POST", path, { note: "again" })).status, 409);
  assert.equal((await send("POST", "/api/v1/missed/4000000000/acknowledge", { note: "none" })).status, 404);
  const after = JSON.parse((await operator("GET", "/api/v1/missed")).text).missed.find((one) => one.id === row.id);
  assert.deepEqual([after.acknowledged_by, after.note], ["privacy", "agent was not installed right"]);
  assert.equal(audited("redaction.acknowledge")[0].purpose, "agent was not installed right");
});

test("a person's counts are of that person, of so many days, and looking at them is written down", async () => {
  const device = await Device.enrolled(ward, "counted");
  const old = today - 20;
  const counts = [{ day: today, application: "xterm", kind: 8, count: 5 }, { day: old, application: "xterm", kind: SSN, count: 3 }];
  assert.equal((await device.batch(minutes(1), { more: { accounts: ["counted"], counts } })).status, 200);
  const day = JSON.parse((await operator("GET", `/api/v1/days/${dayText(today)}`)).text);
  const person = day.people.find((one) => one.devices.includes("counted")).id;
  const week = JSON.parse((await operator("GET", `/api/v1/people/${person}/removed`)).text);
  assert.deepEqual(week.kinds.map((row) => [row.kind, row.count]), [["mrn", 5]]);
  const month = JSON.parse((await operator("GET", `/api/v1/people/${person}/removed?days=30`)).text);
  assert.deepEqual(month.kinds.map((row) => [row.kind, row.count]), [["ssn", 3], ["mrn", 5]]);
  assert.equal((await operator("GET", "/api/v1/people/4000000000/removed")).status, 404);
  assert.equal((await operator("GET", `/api/v1/people/${person}/removed?days=32`)).status, 422);
  assert.ok(audited("person.view").some((entry) => entry.target === `person:${person}`));
});
