/* Evidence that redaction ran: rules in every batch, and what is made of them. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Device, minutes } from "../harness/device.mjs";
import { startAgent, startWard, until } from "../harness/ward.mjs";

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
