/* Stepping up: a session whose second factor is old proves it again, and goes on under another token. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Visitor } from "../harness/visitor.mjs";
import { startWard } from "../harness/ward.mjs";

const AHEAD = 11;
const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;
let admin;
let began;

const actions = () => ward.cliJson("audit", "list").entries.map((entry) => entry.action);
const add = (visitor, name) => visitor.send("POST", "/users", { name, display_name: name, class: "viewer" });
const refused = (answer, status, word) => assert.deepEqual([answer.status, answer.json.type], [status, `/problems/${word}`], answer.text);

before(async () => {
  ward = await startWard(suite);
  admin = new Visitor(ward);
  await admin.useLink(await ward.setupLink(), { name: "morgan", display_name: "Morgan" });
  await admin.confirm();
  began = await admin.ok("GET", "/session");
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

test("right after signing in nothing is asked again", async () => {
  assert.equal((await add(admin, "early")).status, 201);
  assert.ok(Math.abs(Date.parse(began.factor_at) - Date.now()) < 60_000, began.factor_at);
});

test("eleven minutes later a change is refused until a code is given, and nothing is changed before", async () => {
  await ward.goAhead(AHEAD);
  refused(await add(admin, "late"), 403, "step-up");
  assert.equal((await admin.send("GET", "/audit/export")).status, 403);
  assert.equal((await admin.send("GET", "/users")).status, 200, "looking needs no more than before");
  assert.ok(!(await admin.ok("GET", "/users")).users.some((user) => user.name === "late"));
});

test("a wrong code, and one that is no code, step nobody up", async () => {
  for (const code of [admin.code({ ahead: AHEAD, steps: 40 }), "", "abcdef"]) {
    const answer = await admin.send("POST", "/session/step-up", { code });
    refused(answer, 403, "fresh-code");
    assert.equal(answer.headers["set-cookie"], undefined);
  }
  assert.equal(actions().filter((action) => action === "login.totp_failed").length, 3);
  refused(await add(admin, "late"), 403, "step-up");
});

test("the right code renews the token: whoever had the old one has nothing, and the session ends when it would have", async () => {
  const thief = new Visitor(ward);
  [thief.cookie, thief.csrf] = [admin.cookie, admin.csrf];
  assert.equal((await thief.send("GET", "/session")).status, 200);
  const code = admin.code({ ahead: AHEAD });
  const stepped = await admin.ok("POST", "/session/step-up", { code });
  assert.notEqual(admin.cookie, thief.cookie);
  refused(await thief.send("GET", "/session"), 401, "signed-out");
  assert.equal(stepped.expires_at, began.expires_at, "no longer than the first sign-in allowed");
  assert.ok(Date.parse(stepped.factor_at) > Date.parse(began.factor_at) + 10 * 60_000);
  assert.equal((await add(admin, "late")).status, 201);
  assert.equal(actions().filter((action) => action === "login.step_up").length, 1);
  refused(await admin.send("POST", "/session/step-up", { code }), 403, "fresh-code");
});

test("a sign-in that is half way cannot step up instead of finishing", async () => {
  const half = new Visitor(ward);
  assert.equal((await half.password("morgan")).status, 200);
  const answer = await half.send("POST", "/session/step-up", { code: admin.code({ ahead: AHEAD, steps: 1 }) });
  refused(answer, 409, "stage");
  assert.equal((await half.ok("GET", "/session")).stage, "totp");
});
