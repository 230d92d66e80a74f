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
