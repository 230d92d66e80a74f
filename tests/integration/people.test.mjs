/* People: whose the accounts are, and that a person's time is counted once. */

import assert from "node:assert/strict";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Device } from "../harness/device.mjs";
import { startWard } from "../harness/ward.mjs";

const MINUTE = 60_000;
const DAY = 86_400_000;
const stops = [];
const suite = { after: (stop) => stops.push(stop) };
/* Noon of yesterday, UTC: a day that is over, and far from midnight. */
const noon = Math.floor(Date.now() / DAY) * DAY - DAY / 2;
const date = new Date(noon).toISOString().slice(0, 10);
let ward;

before(async () => {
  ward = await startWard(suite);
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** The operator's request over the local socket. */
function ask(method, path, body) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((done, fail) => {
    const outgoing = request(
      {
        socketPath: join(ward.data, "ward.sock"),
        method,
        path: `/api/v1${path}`,
        headers: text === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) },
      },
      (answer) => {
        const chunks = [];
        answer.on("data", (chunk) => chunks.push(chunk));
        answer.on("end", () => {
          const all = Buffer.concat(chunks).toString();
          done({ status: answer.statusCode, text: all, json: all ? JSON.parse(all) : undefined });
        });
      },
    );
    outgoing.on("error", fail);
    outgoing.end(text);
  });
}

async function ok(method, path, body) {
  const answer = await ask(method, path, body);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json;
}

/** Minutes from noon on: [from, to, state, application] each. */
const spans = (...rows) => rows.map(([from, to, state, application]) => ({ start: noon + from * MINUTE, duration: (to - from) * MINUTE, state, application }));

const dayOf = async (name) => {
  const { people } = await ok("GET", `/days/${date}?offset_minutes=0`);
  return people.find((person) => person.name === name);
};

test("two sessions of one account at once are one person's time, not two", async () => {
  const device = await Device.enrolled(ward, "twice");
  const more = { accounts: ["twice"] };
  assert.equal((await device.batch(spans([0, 60, 0, "editor"]), { more })).status, 200);
  assert.equal((await device.batch(spans([30, 90, 0, "browser"], [90, 120, 3, "locked"]), { more })).status, 200);
  assert.equal((await device.batch(spans([60, 150, 2, "idler"]), { more })).status, 200);

  const person = await dayOf("twice");
  assert.deepEqual(person.totals, { active_ms: 90 * MINUTE, passive_ms: 0, idle_ms: 60 * MINUTE, locked_ms: 0 });
  assert.deepEqual(
    person.segments.map((segment) => [segment.start_ms - DAY / 2, segment.duration_ms, segment.state]),
    [[0, 90 * MINUTE, "active"], [90 * MINUTE, 60 * MINUTE, "idle"]],
  );

  const one = (await ok("GET", `/people/${person.id}/days/${date}?offset_minutes=0`)).person;
  assert.deepEqual(one.totals, person.totals);
  assert.deepEqual(
    one.segments.map((segment) => [(segment.start_ms - DAY / 2) / MINUTE, segment.duration_ms / MINUTE, segment.application]),
    [[0, 30, "editor"], [30, 60, "browser"], [90, 60, "idler"]],
  );
  assert.deepEqual(
    one.applications.map((use) => [use.name, use.totals.active_ms / MINUTE, use.totals.idle_ms / MINUTE]),
    [["browser", 60, 0], ["idler", 0, 60], ["editor", 30, 0]],
  );
});

const audited = async (action) => (await ok("GET", "/audit")).entries.filter((entry) => entry.action === action);

test("an account of a domain finds its person on a second computer, and that is written down", async () => {
  const [ward1, ward2] = [await Device.enrolled(ward, "known-1"), await Device.enrolled(ward, "known-2")];
  assert.equal((await ward1.batch(spans([0, 30, 0, "editor"]), { more: { accounts: ["STMARY\\Casey"] } })).status, 200);
  assert.equal((await audited("account.known")).length, 0);
  assert.equal((await ward2.batch(spans([20, 60, 0, "browser"]), { more: { accounts: ["stmary\\casey"] } })).status, 200);

  const person = await dayOf("STMARY\\Casey");
  assert.equal(await dayOf("stmary\\casey"), undefined);
  assert.equal(person.totals.active_ms, 60 * MINUTE);
  assert.deepEqual(person.devices.sort(), ["known-1", "known-2"]);
  const [entry, ...rest] = await audited("account.known");
  assert.deepEqual([entry.target, rest.length], [`person:${person.id}`, 0]);
  assert.deepEqual([entry.actor, entry.actor_id], ["device", ward2.id]);
});

test("a local name is another person on every computer", async () => {
  const devices = [await Device.enrolled(ward, "local-1"), await Device.enrolled(ward, "local-2")];
  for (const device of devices) assert.equal((await device.batch(spans([0, 30, 0, "editor"]), { more: { accounts: ["jo"] } })).status, 200);
  const { people } = await ok("GET", `/days/${date}?offset_minutes=0`);
  assert.equal(people.filter((person) => person.name === "jo").length, 2);
});

const why = "the payroll says so";
const refused = (answer, status, word) => assert.deepEqual([answer.status, answer.json.type], [status, `/problems/${word}`]);
const found = async (words) => (await ok("GET", `/people?words=${encodeURIComponent(words)}`)).people;

/** Two computers with a local account of one name each, half an hour of work at the same time: { people, accounts } in their order. */
async function twoOf(name) {
  for (const at of [1, 2]) {
    const device = await Device.enrolled(ward, `${name}-${at}`);
    assert.equal((await device.batch(spans([0, 30, 0, `editor${at}`]), { more: { accounts: [name] } })).status, 200);
  }
  const people = await found(name);
  assert.equal(people.length, 2);
  const accounts = [];
  for (const person of people) accounts.push((await ok("GET", `/people/${person.id}`)).accounts[0].id);
  return { people: people.map((person) => person.id), accounts };
}

const totalOf = async (id) => (await ok("GET", `/people/${id}/days/${date}?offset_minutes=0`)).person.totals.active_ms / MINUTE;
const removedOfDay = async () => (await ok("GET", `/days/${date}?offset_minutes=0`)).people.map((person) => person.id);

test("a person is added, found, changed, and leaves", async () => {
  const made = await ok("POST", "/people", { name: "Robin Reed", email: "Robin.Reed@StMary.example", employee_id: "RN-1", time_zone: "America/New_York", schedule: "09:00-17:00;;22:00-06:00;;;;" });
  const { id } = made.person;
  assert.equal(made.person.email, "robin.reed@stmary.example");
  assert.deepEqual((await found("RN-1")).map((person) => person.id), [id]);
  for (const [body, pointer] of [
    [{ name: "x", email: "robin.reed@stmary.example" }, "/email"],
    [{ name: "x", employee_id: "RN-1" }, "/employee_id"],
    [{ name: "x", email: "no address" }, "/email"],
    [{ name: "x", manager: 999999 }, "/manager"],
    [{ name: "x", time_zone: "../etc" }, "/time_zone"],
    [{ name: "x", schedule: "25:00-26:00;;;;;;" }, "/schedule"],
    [{ name: "x\u0007" }, "/name"],
  ]) {
    const answer = await ask("POST", "/people", body);
    assert.deepEqual([answer.status, answer.json.errors?.[0].pointer], [422, pointer], answer.text);
  }
  const below = (await ok("POST", "/people", { name: "Nurse", manager: id })).person.id;
  assert.deepEqual((await ok("GET", `/people/${id}`)).reports, [below]);
  assert.equal((await ask("PATCH", `/people/${id}`, { manager: below })).status, 422);
  const gone = await ok("PATCH", `/people/${id}`, { ended: true, email: "" });
  assert.ok(gone.person.ended_at && gone.person.email === null);
  assert.equal((await found("RN-1")).length, 0);
  assert.equal((await ok("GET", "/people?words=RN-1&state=all")).total, 1);
  refused(await ask("GET", "/people/999999"), 404, "absent");
  assert.equal((await audited("person.change")).length, 1);
});

test("two accounts of one person are merged, count once, and are split again", async () => {
  const { people, accounts } = await twoOf("mergee");
  assert.deepEqual([await totalOf(people[0]), await totalOf(people[1])], [30, 30]);
  assert.equal((await ok("GET", "/people?words=mergee&state=unconfirmed")).total, 2);

  const merged = await ok("POST", `/people/${people[0]}/merge`, { from: people[1], why });
  assert.equal(merged.person.confirmed, true);
  assert.deepEqual(merged.accounts.map((account) => account.id).sort(), [...accounts].sort());
  assert.equal(await totalOf(people[0]), 30);
  refused(await ask("GET", `/people/${people[1]}/days/${date}`), 404, "absent");
  assert.equal((await ok("GET", `/people/${people[1]}`)).person.merged_into, people[0]);
  refused(await ask("POST", `/people/${people[0]}/merge`, { from: people[1], why }), 404, "absent");
  refused(await ask("POST", `/people/${people[0]}/merge`, { from: people[0], why }), 409, "person-same");
  const [entry] = await audited("person.merge");
  assert.deepEqual([entry.target, entry.purpose], [`person:${people[0]}`, why]);

  const split = await ok("POST", `/people/${people[0]}/split`, { accounts: [accounts[1]], name: "Mergee II", why });
  assert.ok(split.person.id > people[1]);
  assert.deepEqual([await totalOf(people[0]), await totalOf(split.person.id)], [30, 30]);
  assert.deepEqual((await ok("GET", `/people/${people[0]}`)).moves.map((move) => [move.kind, move.why]), [["split", why], ["merge", why]]);
  refused(await ask("POST", `/people/${people[0]}/split`, { accounts: [accounts[1]], name: "x", why }), 409, "person-others");
});

test("an account is given from a day on, and each day is its owner's of that day", async () => {
  const { people, accounts } = await twoOf("given");
  const tomorrow = new Date(noon + DAY).toISOString().slice(0, 10);
  await ok("POST", `/people/${people[0]}/assign`, { account: accounts[1], since: tomorrow, why });
  assert.deepEqual([await totalOf(people[0]), await totalOf(people[1])], [30, 30]);
  refused(await ask("POST", `/people/${people[0]}/assign`, { account: accounts[1], since: tomorrow, why }), 409, "person-same");
  await ok("POST", `/people/${people[0]}/assign`, { account: accounts[1], since: date, why });
  assert.equal(await totalOf(people[0]), 30);
  assert.ok((await removedOfDay()).includes(people[1]), "who they were before that day is still somebody");
  await ok("POST", `/people/${people[0]}/assign`, { account: accounts[1], why });
  assert.equal((await ok("GET", `/people/${people[1]}`)).person.merged_into, people[0]);
  refused(await ask("POST", `/people/${people[0]}/assign`, { account: 999999, why }), 404, "absent");
});

test("the operator's command does the same", async () => {
  const { people, accounts } = await twoOf("commanded");
  assert.match(ward.cli("people", "list", "--search", "commanded", "--unconfirmed"), /commanded/);
  assert.match(ward.cli("people", "show", String(people[0])), /unconfirmed.*\n.*ACCOUNT/);
  ward.cli("people", "confirm", String(people[0]), "--why", why);
  assert.notEqual(ward.cliRaw("people", "confirm", String(people[0]), "--why", why).code, 0);
  ward.cli("people", "assign", String(accounts[1]), String(people[0]), "--since", date, "--why", why);
  ward.cli("people", "merge", String(people[1]), String(people[0]), "--why", why);
  const split = ward.cliJson("people", "split", String(people[0]), "--accounts", String(accounts[1]), "--name", "Other", "--why", why);
  assert.deepEqual(split.accounts.map((account) => account.id), [accounts[1]]);
  const added = ward.cliJson("people", "add", "Added By Hand", "--employee-id", "HAND-1", "--manager", String(people[0]));
  assert.deepEqual([added.person.manager, added.person.confirmed], [people[0], true]);
  for (const words of [["show", "x"], ["show", "0"], ["split", "1", "--accounts", "1,,2", "--name", "x", "--why", why], ["merge", "1", "2"]])
    assert.equal(ward.cliRaw("people", ...words).code, 2, words.join(" "));
});

test("a group is made by hand, by rule and of groups, and a ring is named", async () => {
  const boss = (await ok("POST", "/people", { name: "Group Boss", email: "boss@groups.example" })).person.id;
  const nurse = (await ok("POST", "/people", { name: "Group Nurse", manager: boss, employee_id: "GRP-1" })).person.id;
  const hand = await ok("POST", "/groups", { name: "hand", people: [boss] });
  assert.deepEqual(hand.members, [boss]);
  const rule = await ok("POST", "/groups", { name: "rule", groups: [hand.id], rules: [{ kind: "manager", person: boss }] });
  assert.deepEqual(rule.members, [boss, nurse].sort((a, b) => a - b));
  const answer = await ask("PUT", `/groups/${hand.id}`, { name: "hand", groups: [rule.id] });
  assert.deepEqual([answer.status, answer.json.errors[0]], [422, { pointer: "/groups", detail: "no ring: hand > rule > hand" }]);
  assert.deepEqual((await ok("GET", `/groups/${hand.id}`)).people, [boss], "nothing of it was done");
  for (const [body, pointer] of [
    [{ name: "rule" }, "/name"],
    [{ name: "x", people: [999999] }, "/people"],
    [{ name: "x", groups: [999999] }, "/groups"],
    [{ name: "x", rules: [{ kind: "below", person: 999999 }] }, "/people"],
    [{ name: "x", rules: [{ kind: "domain" }] }, "/rules"],
    [{ name: "x", rules: [{ kind: "manager" }] }, "/rules"],
  ]) {
    const refusal = await ask("POST", "/groups", body);
    assert.deepEqual([refusal.status, refusal.json.errors?.[0].pointer], [422, pointer], refusal.text);
  }
  const mail = ward.cliJson("groups", "add", "mail", "--domain", "Groups.Example", "--prefix", "GRP-");
  assert.deepEqual(mail.members, [boss, nurse].sort((a, b) => a - b));
  assert.match(ward.cli("groups", "list"), /mail/);
  assert.match(ward.cli("groups", "show", String(rule.id)), /everyone in it: \d+ \d+/);
  assert.deepEqual(ward.cliJson("groups", "set", String(mail.id), "mail", "--people", `${nurse}`).members, [nurse]);
  assert.equal(ward.cliRaw("groups", "add", "x", "--people", "1,,2").code, 2);
  ward.cli("groups", "remove", String(hand.id));
  assert.deepEqual((await ok("GET", `/groups/${rule.id}`)).groups, []);
  refused(await ask("GET", `/groups/${hand.id}`), 404, "absent");
  assert.equal((await audited("group.remove")).length, 1);
});
