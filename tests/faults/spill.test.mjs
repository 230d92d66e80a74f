/* A spill is taken out while the server is killed again and again and batches keep coming: it is finished, nothing acknowledged is lost, and the text is nowhere. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { Agent } from "node:https";
import { join } from "node:path";
import { test } from "node:test";

import { findings, reveal } from "../e2e/search.mjs";
import { Device } from "../harness/device.mjs";
import { PROGRAMS, sleep, startWard, until } from "../harness/ward.mjs";

const TRIALS = Number(process.env["WARD_TRIALS"] ?? 6);
const DAYS = 60;
const DAY = 86_400_000;
const MISS = "zyllowska-viewer";

/* Letters only: digits in a name would be somebody's number, and be removed. */
const letters = (number) => [...String(number)].map((digit) => "bcdfghjklm"[digit]).join("");

function ask(ward, path) {
  return new Promise((done, fail) => {
    const outgoing = httpRequest({ socketPath: join(ward.data, "ward.sock"), path: `/api/v1${path}` }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => done(JSON.parse(text)));
      answer.on("error", fail);
    });
    outgoing.on("error", fail);
    outgoing.end();
  });
}

/* The day's names of programs. */
async function names(ward, before) {
  const answer = await ask(ward, `/days/${new Date(Date.now() - before).toISOString().slice(0, 10)}?offset_minutes=0`);
  return answer.applications.map((row) => row.name);
}

test("kill -9 at any moment of a spill loses nothing, and it is finished", async (t) => {
  const ward = await startWard(t);
  const device = await Device.enrolled(ward);
  for (let day = 0; day < DAYS; day++) {
    const spans = Array.from({ length: 60 }, (_, at) => ({ start: Date.now() - day * DAY - 60_000 + at * 1000, duration: 900, application: at === 30 ? MISS : `tool${letters(day * 60 + at)}` }));
    assert.equal((await device.batch(spans)).status, 200);
  }

  /* Batches of today and of the days that are rewritten. */
  const feeder = await Device.enrolled(ward, "feeder");
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  t.after(() => agent.destroy());
  const acknowledged = new Map();
  let stop = false;
  const feeding = (async () => {
    while (!stop) {
      const sequence = ++feeder.sequence;
      const before = (sequence % DAYS) * DAY;
      const spans = [{ start: Date.now() - before - 2000, duration: 1, application: `feed${letters(sequence)}` }, { start: Date.now() - before - 1000, duration: 1, application: MISS }];
      while (!stop) {
        const answer = await feeder.batch(spans, { sequence, options: { agent } }).catch(() => undefined);
        if (answer?.status === 200) {
          acknowledged.set(`feed${letters(sequence)}`, before);
          break;
        }
        await sleep(50);
      }
    }
  })();

  const found = spawnSync(join(PROGRAMS, "ward"), ["spill", "--data", ward.data, "--purpose", "a test of faults", "--dry-run", "--output", "json"], { encoding: "utf8", input: MISS });
  const { id, days } = JSON.parse(found.stdout);
  assert.equal(days.length, DAYS);
  const confirmed = new Promise((done, fail) => {
    const outgoing = httpRequest({ socketPath: join(ward.data, "ward.sock"), method: "POST", path: `/api/v1/spills/${id}/confirm` }, (answer) => done(answer.statusCode));
    outgoing.on("error", fail);
    outgoing.end();
  });
  assert.equal(await confirmed, 202);
  let kills = 0;
  for (; kills < TRIALS; kills++) {
    await sleep(30 + Math.random() * 250);
    const status = await until("the server", () => ward.cliJson("status"), { ms: 30_000 });
    const spill = await until("the spill", () => ask(ward, `/spills/${id}`), { ms: 30_000 });
    if (spill.state === "done") break;
    process.kill(status.processes.find((one) => one.name === "serve").pid, "SIGKILL");
  }
  assert.ok(kills > 1, `killed ${kills} times before it was done`);
  const spill = await until("the end of the spill", async () => ((one) => (one.state === "done" ? one : undefined))(await ask(ward, `/spills/${id}`)), { ms: 60_000, every: 200 });
  stop = true;
  await feeding;

  const receipt = JSON.parse(spill.receipt);
  assert.ok(receipt.days.length >= DAYS, `${receipt.days.length} days`);
  assert.equal(new Set(receipt.days.map((day) => day.date)).size, DAYS);
  assert.equal(new Set(receipt.days.map((day) => day.destroyed_key)).size, receipt.days.length);
  for (const day of receipt.days) assert.notEqual(day.new_key, day.destroyed_key);
  for (const [name, before] of acknowledged) assert.ok((await names(ward, before)).includes(name), `${name} was acknowledged and is gone`);
  for (let day = 0; day < DAYS; day += 7) {
    const there = await names(ward, day * DAY);
    assert.ok(there.includes("[unknown]") && there.includes(`tool${letters(day * 60 + 3)}`), `day ${day}: ${there.length}`);
  }
  assert.ok(acknowledged.size > TRIALS);
  assert.equal(ward.cliJson("audit", "verify").holds, true);
  assert.equal(ward.cliJson("audit", "list", "--limit", "1000").entries.filter((entry) => entry.action === "spill.done").length, 1);
  const places = new Map([["spans", reveal("spans", ward.data)], ["log", ward.program.log()]]);
  for (const name of ["spans.db", "spans.db-wal", "keyring"]) places.set(name, readFileSync(join(ward.data, name), "latin1"));
  assert.deepEqual(findings(places, ["zyllowska"]), []);
});
