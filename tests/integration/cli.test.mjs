/* The operator's command, as an administrator and as a script would use it. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Device, minutes } from "../harness/device.mjs";
import { PROGRAMS, startWard, TOP } from "../harness/ward.mjs";

const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;

before(async () => {
  ward = await startWard(suite);
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

const run = (...words) => spawnSync(join(PROGRAMS, "ward"), words, { encoding: "utf8" });

test("usage errors end with 2 and name what is wrong", () => {
  assert.equal(run().status, 2);
  assert.match(run("frobnicate").stderr, /frobnicate/);
  assert.equal(run("frobnicate").status, 2);
  const wrong = run("enrol", "package", "--data", ward.data, "--out", "/tmp/x", "--usess", "3");
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /--usess/);
  assert.equal(run("enrol", "package", "--data", ward.data).status, 2);
  assert.match(run("enrol", "package", "--data", ward.data, "--out", "/tmp/x", "--uses", "many").stderr, /1 to 10000/);
  assert.equal(run("status", "--data", ward.data, "--output", "yaml").status, 2);
});

test("no server is 3, and says where it was looked for", () => {
  const { status, stderr } = run("status", "--data", "/nonexistent");
  assert.equal(status, 3);
  assert.match(stderr, /\/nonexistent\/ward\.sock/);
});

test("help lists every command, and the man page has each of them", () => {
  const help = run("--help").stdout;
  const page = readFileSync(join(TOP, "docs/man/ward.1.scd"), "utf8");
  const commands = [...help.matchAll(/^ {2}([a-z]+(?: [a-z]+)?)(?= [A-Z]|$)/gm)].map((found) => found[1]);
  assert.ok(commands.length >= 15, commands.join(", "));
  for (const command of commands) assert.ok(page.includes(`*${command}*`), `${command} is not in the man page`);
  for (const option of help.match(/--[a-z-]+/g)) assert.ok(page.includes(option), `${option} is not in the man page`);
});

test("a package is a secret file, and enrols as often as it says", async () => {
  const file = join(ward.directory, "package.json");
  ward.cli("enrol", "package", "--out", file, "--uses", "2", "--server", "127.0.0.1");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  for (const [name, status] of [["one", 201], ["two", 201], ["three", 403]]) assert.equal((await new Device(ward, file, name).enrol()).status, status);
});

test("doctor ends with 1 where something should be mended, and each finding has a remedy", () => {
  const { code, stdout } = ward.cliRaw("doctor", "--output", "json");
  const { findings } = JSON.parse(stdout);
  assert.equal(code, 1, "the root key lies beside the data here");
  for (const finding of findings) if (finding.level !== "ok") assert.ok(finding.remedy.length > 10, finding.id);
});

test("a policy that was made from an older version is refused, and so is one that is none", () => {
  const file = join(ward.directory, "policy.json");
  const policy = ward.cliJson("policy", "show");
  const write = (value) => writeFileSync(file, JSON.stringify(value));
  write({ ...policy, incognito: true });
  ward.cli("policy", "set", file);
  assert.equal(ward.cliJson("policy", "show").incognito, true);
  const stale = ward.cliRaw("policy", "set", file);
  assert.equal(stale.code, 1);
  assert.match(stale.stderr, /version|changed/i);
  write({ ...ward.cliJson("policy", "show"), passive_after_seconds: 1 });
  const wrong = ward.cliRaw("policy", "set", file);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /passive_after_seconds/);
  write([]);
  assert.equal(ward.cliRaw("policy", "set", file).code, 2);
});

test("a certificate of the organisation's own CA is shown to people, and agents keep Ward's", async () => {
  const at = (name) => join(ward.directory, name);
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", at("key.pem"), "-out", at("chain.pem"), "-subj", "/CN=ward.hospital.example", "-days", "30"], { stdio: "ignore" });
  execFileSync("openssl", ["genpkey", "-algorithm", "RSA", "-out", at("other.pem")], { stdio: "ignore" });
  const mismatch = ward.cliRaw("tls", "import", "--chain", at("chain.pem"), "--key", at("other.pem"));
  assert.equal(mismatch.code, 1);
  assert.match(mismatch.stderr, /key/);
  ward.cli("tls", "import", "--chain", at("chain.pem"), "--key", at("key.pem"));
  const subject = (name) => execFileSync("sh", ["-c", `openssl s_client -connect 127.0.0.1:${ward.people} -servername ${name} </dev/null 2>/dev/null | openssl x509 -noout -subject`], { encoding: "utf8" });
  assert.match(subject("ward.hospital.example"), /ward\.hospital\.example/);
  assert.doesNotMatch(subject("ward-agents"), /ward\.hospital\.example/);
  const device = await Device.enrolled(ward, "after-import");
  assert.equal((await device.batch(minutes(1))).status, 200);
});

test("an exported log holds by its key alone, and no bit of it can be changed", () => {
  const file = join(ward.directory, "audit.ndjson");
  const { key } = ward.cliJson("status").audit;
  const verify = (...more) => run("audit", "verify", "--export", file, "--key", key, ...more);
  ward.cli("audit", "export", "--out", file);
  const whole = readFileSync(file);
  const held = verify("--output", "json");
  assert.equal(held.status, 0, held.stderr);
  assert.equal(JSON.parse(held.stdout).holds, true);
  for (let at = 0; at < whole.length; at += 97) {
    const bad = Buffer.from(whole);
    bad[at] ^= 1 << at % 8;
    writeFileSync(file, bad);
    assert.equal(verify().status, 1, `bit at byte ${at}`);
  }
  const lines = whole.toString().split("\n");
  for (const wrong of [lines.slice(1), [lines[1], lines[0], ...lines.slice(2)], [lines[0], ...lines], lines.slice(0, -2)]) {
    writeFileSync(file, wrong.join("\n"));
    assert.equal(verify().status, 1);
  }
  writeFileSync(file, whole);
  assert.equal(run("audit", "verify", "--export", file, "--key", "A".repeat(43)).status, 1);
});

test("whatever a server would send, no control character reaches the terminal", () => {
  const name = "evil";
  ward.cli("user", "add", name, "--display-name", "Eve \u202e\u009b31m Red");
  const shown = ward.cli("user", "list");
  assert.match(shown, /Eve/);
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(shown, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});
