/* Emergency access, as its rules say: who may open it, what it gives, who is told, how it ends, and who reviews it. */

import assert from "node:assert/strict";
import { request as httpsRequest } from "node:https";
import { after, before, test } from "node:test";

import { Device, minutes } from "../harness/device.mjs";
import { PASSWORD, Visitor } from "../harness/visitor.mjs";
import { startWard, until } from "../harness/ward.mjs";

const REASON = "ward 3 cannot reach its supervisor";
const day = () => new Date().toISOString().slice(0, 10);
const stops = [];
let ward;
const users = {};

const refused = (answer, status, problem) => assert.deepEqual([answer.status, /"\/problems\/([a-z-]+)"/.exec(answer.text)?.[1]], [status, problem], answer.text);

/** Takes a one-time link and sets both factors, as its holder would. */
async function useLink(who, link) {
  await who.useLink(link, { name: who.name, display_name: who.name });
  await who.confirm();
  who.id = (await who.ok("GET", "/session")).user.id;
  return who;
}

async function addUser(name, word) {
  const who = new Visitor(ward);
  who.name = name;
  return useLink(who, ward.cliJson("user", "add", name, "--class", word).link);
}

/** Names a user for emergency access, which ends their sessions: a new link lets them in again. */
async function nameFor(who, word) {
  ward.cli("user", "change", who.name, "--emergency", word);
  await useLink(who, ward.cliJson("user", "link", who.name).link);
}

const entries = (action) => ward.cliJson("audit", "list", "--limit", "500").entries.filter((entry) => entry.action === action);
const open = (who, more = {}) => who.send("POST", "/session/emergency", { reason: REASON, minutes: 30, ...more });
const latest = async (who) => (await who.ok("GET", "/emergencies")).emergencies[0];
const permissions = async (who) => (await who.ok("GET", "/session")).permissions;

before(async () => {
  ward = await startWard({ after: (stop) => stops.push(stop) });
  const device = await Device.enrolled(ward);
  assert.equal((await device.batch(minutes(2), { more: { accounts: ["robin"] } })).status, 200);
  for (const [name, word] of [["nurse", "configurator"], ["other", "viewer"], ["officer", "security_officer"], ["boss", "admin"]]) users[name] = await addUser(name, word);
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

test("nobody opens it who was not named, and nobody names themselves or a class that manages users", async () => {
  refused(await open(users.nurse), 403, "not-permitted");
  assert.equal(entries("access.denied")[0].target, "openEmergency");
  for (const [word, who] of [["admin", users.nurse], ["emperor", users.nurse], ["viewer", users.boss]]) {
    const answer = await users.boss.send("PATCH", `/users/${who.id}`, { emergency: word });
    refused(answer, 422, "invalid");
    assert.deepEqual(answer.json.errors.map((error) => error.pointer), ["/emergency"]);
  }
  assert.match(ward.cli("user", "change", "nurse", "--emergency", "power_user"), /nurse: class configurator, person 0, in an emergency power_user/);
  refused(await users.nurse.send("GET", "/notices"), 401, "signed-out");
});

test("a reason and a time are asked for", async () => {
  await users.nurse.useLink(ward.cliJson("user", "link", "nurse").link, { name: "nurse", display_name: "nurse" });
  for (const [method, path] of [["POST", "/session/emergency"], ["DELETE", "/session/emergency"], ["GET", "/notices"]])
    refused(await users.nurse.send(method, path, method === "POST" ? { reason: REASON, minutes: 30 } : undefined), 403, "second-factor-setup");
  await users.nurse.confirm();
  for (const [more, pointer] of [[{ reason: "short" }, "/reason"], [{ minutes: 1 }, "/minutes"], [{ minutes: 241 }, "/minutes"]]) {
    const answer = await open(users.nurse, more);
    refused(answer, 422, "invalid");
    assert.deepEqual(answer.json.errors.map((error) => error.pointer), [pointer]);
  }
  const notices = await users.nurse.ok("GET", "/notices");
  assert.deepEqual(notices, { emergencies: [], may_open: "power_user", minutes: 240 });
});

/** An open event stream; heard: the names of its events. */
function listen(who) {
  const heard = [];
  let ended = false;
  const outgoing = httpsRequest({ host: "127.0.0.1", port: ward.people, rejectUnauthorized: false, path: "/api/v1/events", agent: false, headers: { Cookie: who.cookie } });
  const opened = new Promise((done, fail) => {
    outgoing.on("error", fail);
    outgoing.on("response", (answer) => {
      answer.on("error", () => (ended = true));
      answer.on("end", () => (ended = true));
      answer.on("data", (chunk) => heard.push(...[...chunk.toString().matchAll(/event: (\w+)/g)].map((match) => match[1])));
      done(answer.statusCode);
    });
  });
  outgoing.end();
  return { heard, opened, ended: () => ended, close: () => outgoing.destroy() };
}

test("it gives the class and no more, tells everybody at once, and marks what is done", async (t) => {
  refused(await users.nurse.send("GET", `/days/${day()}`), 403, "not-permitted");
  const own = listen(users.nurse);
  const others = listen(users.other);
  t.after(() => [own, others].forEach((stream) => stream.close()));
  assert.deepEqual([await own.opened, await others.opened], [200, 200]);
  const old = { cookie: users.nurse.cookie, csrf: users.nurse.csrf };
  const elsewhere = new Visitor(ward);
  await elsewhere.password("nurse", PASSWORD);
  await elsewhere.ok("POST", "/session/totp", { code: users.nurse.code() });
  const answer = await open(users.nurse);
  assert.equal(answer.status, 200, answer.text);
  refused(await Object.assign(new Visitor(ward), old).send("GET", "/session"), 401, "signed-out");
  refused(await elsewhere.send("GET", "/session"), 401, "signed-out");
  const emergency = await latest(users.officer);
  assert.deepEqual([emergency.state, emergency.class, emergency.reason], ["open", "power_user", REASON]);
  await until("the other page is told", () => others.heard.includes("notices"), { ms: 3000 });
  await until("the stream of the own class ends", () => own.ended(), { ms: 3000 });

  assert.ok((await permissions(users.nurse)).includes("people.view"));
  assert.ok(!(await permissions(users.nurse)).includes("packages.manage"), "the other class in place of one's own, not beside it");
  const { people } = await users.nurse.ok("GET", `/days/${day()}`);
  assert.equal(people.length, 1);
  await users.nurse.ok("GET", `/people/${people[0].id}/days/${day()}`);
  refused(await open(users.nurse), 409, "emergency-open");

  const [seen] = (await users.other.ok("GET", "/notices")).emergencies;
  assert.deepEqual([seen.who, seen.state, seen.own, seen.reason], ["nurse", "open", false, null], "everybody sees that it is open, but not why");
  const [known] = (await users.officer.ok("GET", "/notices")).emergencies;
  assert.equal(known.reason, REASON);
  refused(await users.other.send("GET", "/emergencies"), 403, "not-permitted");

  const { id } = seen;
  const shown = await users.officer.ok("GET", `/emergencies/${id}`);
  assert.deepEqual(shown.acts.map((act) => act.action), ["person.view", "people.view", "emergency.open"]);
  const marked = ward.cliJson("audit", "list", "--limit", "500").entries.filter((entry) => entry.emergency === id);
  assert.deepEqual(marked.map((entry) => entry.action), ["person.view", "people.view", "emergency.open"]);
  assert.equal(ward.cliRaw("audit", "verify").code, 0);
  assert.match(ward.cli("emergency", "show", String(id)), /reason {6}ward 3 cannot reach[\s\S]*person:1/);
});

test("it is reviewed once, after its end, and by somebody else", async () => {
  const [{ id }] = (await users.officer.ok("GET", "/emergencies")).emergencies;
  const verdict = { justified: true, note: "called back, the supervisor confirms" };
  refused(await users.officer.send("POST", `/emergencies/${id}/review`, verdict), 409, "emergency-open");
  refused(await users.other.send("POST", `/emergencies/${id}/end`), 403, "not-permitted");
  refused(await users.other.send("DELETE", "/session/emergency"), 409, "emergency-ended");
  const ended = await users.nurse.ok("DELETE", "/session/emergency");
  assert.deepEqual([ended.state, ended.ended_by], ["review", "nurse"]);
  refused(await users.nurse.send("GET", `/days/${day()}`), 403, "not-permitted");
  refused(await users.nurse.send("POST", `/emergencies/${id}/review`, verdict), 403, "not-permitted");
  assert.deepEqual((await users.other.ok("GET", "/notices")).emergencies, [], "while there is time it concerns who may review it");
  assert.equal((await users.officer.ok("GET", "/notices")).emergencies[0].state, "review");
  const reviewed = await users.officer.ok("POST", `/emergencies/${id}/review`, verdict);
  assert.deepEqual([reviewed.state, reviewed.justified, reviewed.reviewed_by], ["reviewed", true, "officer"]);
  refused(await users.boss.send("POST", `/emergencies/${id}/review`, verdict), 409, "emergency-reviewed");
  refused(await users.boss.send("POST", "/emergencies/99/review", verdict), 404, "absent");
  assert.deepEqual((await users.officer.ok("GET", "/notices")).emergencies, []);
});

test("nobody reviews their own, nor with a class that they took in an emergency", async () => {
  await nameFor(users.officer, "power_user");
  assert.equal((await open(users.officer)).status, 200);
  const { id } = await latest(users.boss);
  await users.officer.ok("DELETE", "/session/emergency");
  refused(await users.officer.send("POST", `/emergencies/${id}/review`, { justified: true, note: "I say so" }), 403, "second-person");
  assert.match(ward.cli("emergency", "review", String(id), "--verdict", "unjustified", "--note", "no reason seen"), /is reviewed/);
  assert.equal(ward.cliRaw("emergency", "review", String(id), "--verdict", "maybe", "--note", "x").code, 2);
});

test("whoever loses the right loses it at once", async () => {
  assert.equal((await open(users.nurse)).status, 200);
  const { id } = await latest(users.boss);
  ward.cli("user", "change", "nurse", "--emergency", "none");
  refused(await users.nurse.send("GET", "/session"), 401, "signed-out");
  assert.equal((await latest(users.boss)).ended_by, "operator");
  assert.equal(ward.cliRaw("emergency", "end", String(id)).code, 1);
  /* It does not come back with the name. */
  await nameFor(users.nurse, "power_user");
  refused(await users.nurse.send("GET", `/days/${day()}`), 403, "not-permitted");
});

test("it ends by itself, and a review that nobody makes is told of on everybody's page", async () => {
  await nameFor(users.nurse, "power_user");
  assert.equal((await open(users.nurse, { minutes: 5 })).status, 200);
  assert.equal((await users.nurse.send("GET", `/days/${day()}`)).status, 200);
  await ward.goAhead(6);
  refused(await users.nurse.send("GET", `/days/${day()}`), 403, "not-permitted");
  await until("its end is written down", () => entries("emergency.end").filter((entry) => entry.actor === "system").length === 1);
  assert.deepEqual((await users.other.ok("GET", "/notices")).emergencies, []);
  assert.equal((await latest(users.boss)).ended_by, "time");
  assert.equal((await open(users.nurse)).status, 200);
  await users.nurse.ok("DELETE", "/session/emergency");
  await ward.goAhead(72 * 60 + 40);
  await until("all reviews are overdue", () => entries("emergency.overdue").length === 3);
  const late = new Visitor(ward);
  await late.password("other", PASSWORD);
  await late.ok("POST", "/session/totp", { code: users.other.code({ ahead: 72 * 60 + 40 }) });
  assert.deepEqual((await late.ok("GET", "/notices")).emergencies.map((one) => [one.state, one.reason]), Array(3).fill(["overdue", null]));
  assert.match(ward.program.log(), /alarm\.review_overdue/);
});

test("the log keeps each step, and holds", () => {
  for (const [action, count] of [["emergency.open", 5], ["emergency.end", 5], ["emergency.review", 2]]) assert.equal(entries(action).filter((entry) => entry.outcome === "ok").length, count, action);
  assert.equal(ward.cliRaw("audit", "verify").code, 0);
});
