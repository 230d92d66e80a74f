/* What an agent, or whoever stole half of one, can try. Nothing of it stops the server or another agent. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { zstdCompressSync } from "node:zlib";

import { compress, Device, encodeBatch, minutes } from "../harness/device.mjs";
import { sleep, startWard } from "../harness/ward.mjs";

const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;
let good;
let other;

before(async () => {
  ward = await startWard(suite);
  good = await Device.enrolled(ward, "good");
  other = await Device.enrolled(ward, "other");
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

const problem = (answer) => {
  assert.match(answer.headers["content-type"], /^application\/problem\+json/);
  assert.ok(answer.json.detail.length > 10, "a problem says what to do");
  return answer.json;
};

const stillServes = async () => assert.equal((await good.batch(minutes(1))).status, 200);

test("a batch is acknowledged by its sequence, and a repeat has no second effect", async () => {
  const first = await good.batch(minutes(3));
  assert.equal(first.status, 200);
  assert.equal(first.json.sequence, good.sequence);
  const spans = () => ward.cliJson("status").spans.spans;
  const count = spans();
  assert.equal((await good.batch(minutes(3), { sequence: good.sequence })).status, 200);
  assert.equal(spans(), count);
});

test("a skipped sequence is taken, and what is missing is counted", async () => {
  good.sequence += 4;
  assert.equal((await good.batch(minutes(1))).status, 200);
  const device = ward.cliJson("device", "list").devices.find((one) => one.id === good.id);
  assert.equal(device.missing, 4);
});

test("no certificate, or one of another CA, gets no answer at all", async () => {
  await assert.rejects(good.send("/agent/v1/live", "", { sequence: 1, cert: null, key: null }));
  const stranger = new Device(ward, good.package, "stranger");
  stranger.makeRequest();
  const cert = execFileSync("openssl", ["req", "-x509", "-new", "-key", stranger.keyFile, "-subj", `/CN=device:${good.id}`, "-days", "2"], { encoding: "utf8" });
  await assert.rejects(good.send("/agent/v1/live", "", { sequence: 1, cert, key: stranger.keyPem }));
  await stillServes();
});

test("a certificate without the instance key is refused", async () => {
  const answer = await good.batch(minutes(1), { options: { tag: randomBytes(32).toString("hex") } });
  assert.equal(answer.status, 403);
  problem(answer);
  good.sequence -= 1;
  const missing = await good.send("/agent/v1/batches", "x", { sequence: 9, tag: "" });
  assert.equal(missing.status, 403);
  await stillServes();
});

test("the instance key with another device's certificate is refused", async () => {
  const answer = await good.batch(minutes(1), { options: { cert: other.certificatePem, key: other.keyPem } });
  assert.equal(answer.status, 403);
  good.sequence -= 1;
  await stillServes();
});

test("a batch that names another device or sequence inside is refused", async () => {
  const forged = encodeBatch({ device: Buffer.from(other.id, "hex"), epoch: good.epoch, sequence: good.sequence + 1, spans: minutes(1) });
  assert.equal((await good.send("/agent/v1/batches", compress(forged), { sequence: good.sequence + 1 })).status, 400);
  const shifted = encodeBatch({ device: Buffer.from(good.id, "hex"), epoch: good.epoch, sequence: 4_000_000, spans: minutes(1) });
  assert.equal((await good.send("/agent/v1/batches", compress(shifted), { sequence: good.sequence + 1 })).status, 400);
  await stillServes();
});

test("an epoch that is over, or not yet, is refused", async () => {
  const answer = await good.batch(minutes(1), { options: { epoch: good.epoch + 1 } });
  assert.ok([403, 409].includes(answer.status), String(answer.status));
  good.sequence -= 1;
  await stillServes();
});

test("truncated, scrambled and empty batches are refused, at every length", async () => {
  const plain = encodeBatch({ device: Buffer.from(good.id, "hex"), epoch: good.epoch, sequence: good.sequence + 1, spans: minutes(5) });
  const whole = compress(plain);
  for (let len = 0; len < whole.length; len += 7) {
    const answer = await good.send("/agent/v1/batches", whole.subarray(0, len), { sequence: good.sequence + 1 });
    assert.equal(answer.status, 400, `${len} of ${whole.length} bytes`);
  }
  for (let at = 0; at < plain.length; at += 11) {
    const bad = Buffer.from(plain);
    bad[at] ^= 0xff;
    const answer = await good.send("/agent/v1/batches", compress(bad), { sequence: good.sequence + 1 });
    assert.ok([200, 400, 413].includes(answer.status), `${at}: ${answer.status}`);
    if (answer.status === 200) good.sequence += 1;
  }
  await stillServes();
});

test("a bomb is refused before it is unpacked", async () => {
  for (const size of [9 << 20, 200 << 20]) {
    const answer = await good.send("/agent/v1/batches", zstdCompressSync(Buffer.alloc(size), { pledgedSrcSize: size }), { sequence: good.sequence + 1 });
    assert.equal(answer.status, 413);
    problem(answer);
  }
  await stillServes();
});

test("a body over the ceiling is refused, whatever length it claims", async () => {
  const answer = await good.send("/agent/v1/batches", randomBytes(3 << 20), { sequence: good.sequence + 1 }).catch((error) => error);
  assert.ok(answer instanceof Error || answer.status === 413);
  await stillServes();
});

test("columns of different lengths, indices outside the table and unknown states are refused", async () => {
  const wrong = [
    { spans: [{ start: Date.now(), duration: 5, application: "x", account: 7 }] },
    { spans: [], counts: [{ day: 20_000, application: "x", kind: 200, count: 1 }] },
    { accounts: [], spans: minutes(1) },
    { format: 99, spans: minutes(1) },
  ];
  for (const more of wrong) {
    const plain = encodeBatch({ device: Buffer.from(good.id, "hex"), epoch: good.epoch, sequence: good.sequence + 1, ...more });
    assert.equal((await good.send("/agent/v1/batches", compress(plain), { sequence: good.sequence + 1 })).status, 400, JSON.stringify(more));
  }
  await stillServes();
});

test("spans of a clock that is a year off, and absurd ones, are kept and cannot be seen as today's", async () => {
  const year = 365 * 86_400_000;
  assert.equal((await good.batch(minutes(2, { application: "lastyear", before: year }))).status, 200);
  assert.equal((await good.batch(minutes(2, { application: "nextyear", before: -year }))).status, 200);
  assert.equal((await good.batch([{ start: Date.now() - 1000, duration: 4_000_000_000, application: "absurd" }])).status, 200);
  await stillServes();
});

test("names of patients that an agent did not remove are removed here", async () => {
  assert.equal((await good.batch([{ start: Date.now() - 5000, duration: 4000, application: "xterm", title: "Patient: KOWALCZYK, IRENA MRN 66120934" }])).status, 200);
  for (const name of readdirSync(ward.data)) {
    if (!/\.(db|db-wal)$|keyring/.test(name)) continue;
    assert.ok(!readFileSync(`${ward.data}/${name}`).includes("KOWALCZYK"), name);
  }
});

test("a peer that sends a byte now and then is cut off while others are served", async () => {
  const slow = connect(ward.agents, "127.0.0.1");
  slow.on("error", () => {});
  const ended = new Promise((done) => slow.on("close", done));
  const drip = setInterval(() => slow.write("\x16"), 500);
  const began = Date.now();
  await stillServes();
  await Promise.race([ended, sleep(60_000)]);
  clearInterval(drip);
  slow.destroy();
  assert.ok(Date.now() - began < 59_000, "it was not cut off");
});

test("a revoked device is refused with its next request, and the other is not", async () => {
  assert.equal((await other.batch(minutes(1))).status, 200);
  ward.cli("device", "revoke", other.id, "--reason", "stolen");
  const answer = await other.batch(minutes(1));
  assert.equal(answer.status, 403);
  assert.match(problem(answer).type, /revoked/);
  await stillServes();
});

test("a used, foreign or missing token, and a request without the instance key, do not enrol", async () => {
  const again = new Device(ward, good.package, "again");
  const used = await again.enrol();
  assert.equal(used.status, 403);
  assert.match(problem(used).detail, /package/i);
  assert.equal((await again.enrol({ token: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })).status, 403);
  assert.equal((await again.enrol({ instanceKey: randomBytes(32) })).status, 403);
  assert.equal((await again.enrol({ tagged: false })).status, 403);
});

test("every refusal to enrol is in the audit log", () => {
  const entries = ward.cliJson("audit", "list", "--limit", "1000").entries;
  assert.ok(entries.filter((entry) => entry.action === "device.enrol_failed").length >= 3);
  assert.equal(ward.cliJson("audit", "verify").holds, true);
});
