/* Recovery codes: shown once, each works once in place of a code of the authenticator, and a new set replaces the old. */

import assert from "node:assert/strict";
import { Agent } from "node:https";
import { after, before, test } from "node:test";

import { Visitor } from "../harness/visitor.mjs";
import { startWard } from "../harness/ward.mjs";

const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;
let admin;
let codes;

const entries = (action) => ward.cliJson("audit", "list").entries.filter((entry) => entry.action === action);
const left = async () => (await admin.ok("GET", "/recovery-codes")).left;

/** Somebody who has given morgan's password, and nothing else. */
async function half(name = "morgan") {
  const visitor = new Visitor(ward);
  assert.equal((await visitor.password(name)).status, 200);
  return visitor;
}

before(async () => {
  ward = await startWard(suite);
  admin = new Visitor(ward);
  await admin.useLink(await ward.setupLink(), { name: "morgan", display_name: "Morgan" });
  await admin.confirm();
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

test("ten are made, each another, and the answer that counts them does not show them", async () => {
  assert.deepEqual(await admin.ok("GET", "/recovery-codes"), { left: 0, made_at: null });
  const made = await admin.send("POST", "/recovery-codes");
  assert.equal(made.status, 201);
  ({ codes } = made.json);
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) assert.match(code, /^([0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}$/);
  const counted = await admin.send("GET", "/recovery-codes");
  assert.equal(counted.json.left, 10);
  assert.ok(!codes.some((code) => counted.text.includes(code)));
  assert.ok(!JSON.stringify(ward.cliJson("audit", "list")).includes(codes[0]), "a code in the audit log");
  assert.equal(entries("recovery.make").length, 1);
});

test("one signs in once, however it is typed, and the audit log says by what", async () => {
  const visitor = await half();
  const session = await visitor.ok("POST", "/session/totp", { code: codes[0].toUpperCase().replaceAll("-", " ") });
  assert.equal(session.stage, "signed_in");
  assert.equal(await left(), 9);
  assert.deepEqual(JSON.parse(entries("recovery.use")[0].detail), { left: 9 });
  assert.equal(entries("login")[0].factors, "password+recovery");
  const again = await (await half()).send("POST", "/session/totp", { code: codes[0] });
  assert.deepEqual([again.status, again.json.type], [401, "/problems/code"]);
});

test("of fifty submissions of one at once, exactly one signs in, and one is used up", async () => {
  const visitor = await half();
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const before = await left();
  const answers = await Promise.all(Array.from({ length: 50 }, () => visitor.send("POST", "/session/totp", { code: codes[1] }, { agent, keep: false })));
  agent.destroy();
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  assert.equal(await left(), before - 1);
});

test("guesses at one are counted like guesses at a code", async () => {
  const name = "guessed";
  const owner = new Visitor(ward);
  await owner.useLink(ward.cliJson("user", "add", name, "--class", "viewer").link);
  await owner.confirm();
  const visitor = await half(name);
  const statuses = [];
  for (let at = 0; at < 8; at++) statuses.push((await visitor.send("POST", "/session/totp", { code: codes[2] })).status);
  assert.deepEqual(statuses.slice(0, 5), [401, 401, 401, 401, 401], "another user's code is no code");
  assert.ok(statuses.includes(429), statuses.join(" "));
  assert.equal(await left(), 8, "nothing of its owner's was used up");
});

test("one steps up as well, and a new set asks for a fresh factor and replaces the old", async () => {
  await ward.goAhead(11);
  const refused = await admin.send("POST", "/recovery-codes");
  assert.deepEqual([refused.status, refused.json.type], [403, "/problems/step-up"]);
  await admin.ok("POST", "/session/step-up", { code: codes[3] });
  assert.equal(entries("login.step_up")[0].factors, "recovery");
  assert.equal(await left(), 7);
  const fresh = (await admin.send("POST", "/recovery-codes")).json.codes;
  assert.equal(await left(), 10);
  const visitor = await half();
  assert.equal((await visitor.send("POST", "/session/totp", { code: codes[4] })).status, 401, "of the old set");
  assert.equal((await visitor.send("POST", "/session/totp", { code: fresh[0] })).status, 200);
  codes = fresh;
});

test("a new link takes them away, and none of them sets up a second factor", async () => {
  const visitor = new Visitor(ward);
  await visitor.useLink(ward.cliJson("user", "link", "morgan").link, { name: "morgan" });
  const answer = await visitor.send("POST", "/session/totp/confirm", { code: codes[1] });
  assert.deepEqual([answer.status, answer.json.type], [401, "/problems/code"]);
  await visitor.ok("POST", "/session/totp/confirm", { code: visitor.code({ ahead: 11 }) });
  assert.deepEqual(await visitor.ok("GET", "/recovery-codes"), { left: 0, made_at: null });
});
