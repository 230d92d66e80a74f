/* Sessions: seen and ended by those whose they are, and by whoever manages users; what is open by them closes within a second. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openStream, Visitor } from "../harness/visitor.mjs";
import { startWard, until } from "../harness/ward.mjs";

const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;
let admin;
let count = 0;

/** Somebody with as many sessions as asked for; codes of one step work once, so each session takes the next. */
async function addUser(sessions) {
  const name = `user${++count}`;
  const first = new Visitor(ward);
  await first.useLink(ward.cliJson("user", "add", name, "--class", "viewer").link);
  await first.confirm();
  const visitors = [first];
  for (let at = 1; at < sessions; at++) {
    const visitor = new Visitor(ward, `127.0.0.${10 + at}`);
    visitor.seed = first.seed;
    assert.equal((await visitor.password(name)).status, 200);
    await visitor.ok("POST", "/session/totp", { code: visitor.code({ steps: at - 1 }) });
    visitors.push(visitor);
  }
  const { user } = await first.ok("GET", "/session");
  return { id: user.id, name, visitors };
}

const rows = async (visitor) => (await visitor.ok("GET", "/sessions")).sessions;
const alive = async (visitor) => (await visitor.send("GET", "/session")).status === 200;
const lastEntry = () => ward.cliJson("audit", "list").entries.find((entry) => entry.action === "session.end");

async function endsWithinASecond(stream, end) {
  assert.equal(stream.status, 200);
  await end();
  const began = Date.now();
  await until("the end of the stream", () => stream.ended, { ms: 1000, every: 10 });
  return Date.now() - began;
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

test("one's own sessions are listed with where they came from, and this one is marked", async () => {
  const { visitors, name } = await addUser(2);
  const half = new Visitor(ward, "127.0.0.40");
  await half.password(name);
  const list = await rows(visitors[1]);
  assert.deepEqual(list.map((row) => [row.source, row.signed_in, row.current]).sort(), [
    ["127.0.0.1", true, false],
    ["127.0.0.11", true, true],
    ["127.0.0.40", false, false],
  ]);
  assert.equal(list.find((row) => !row.signed_in).factor_at, null);
  assert.ok(list.every((row) => !("token" in row) && !JSON.stringify(row).includes("hash")));
});

test("ending one of one's own closes what it has open within a second, and leaves the others", async (t) => {
  const { visitors } = await addUser(2);
  const [mine, other] = visitors;
  const ends = await openStream(t, other);
  const stays = await openStream(t, mine);
  const { number } = (await rows(mine)).find((row) => !row.current);
  await endsWithinASecond(ends, () => mine.ok("DELETE", `/sessions/${number}`));
  assert.deepEqual([await alive(other), await alive(mine), stays.ended], [false, true, false]);
  assert.deepEqual([lastEntry().target, JSON.parse(lastEntry().detail)], [`session:${number}`, { sessions: 1 }]);
  assert.equal((await mine.send("DELETE", `/sessions/${number}`)).status, 404, "a second time");
});

test("nobody ends or sees another's", async () => {
  const { visitors } = await addUser(1);
  const foreign = (await rows(admin)).find((row) => row.current);
  assert.equal((await visitors[0].send("DELETE", `/sessions/${foreign.number}`)).status, 404);
  assert.ok(await alive(admin));
  assert.ok((await rows(visitors[0])).every((row) => row.number !== foreign.number));
  assert.equal((await visitors[0].send("DELETE", "/users/1/sessions")).status, 403);
  assert.equal((await visitors[0].send("GET", "/users/1/sessions")).status, 403);
});

test("all others end at once, and streams with them", async (t) => {
  const { visitors } = await addUser(3);
  const streams = await Promise.all(visitors.slice(1).map((visitor) => openStream(t, visitor)));
  await visitors[0].ok("DELETE", "/sessions");
  await until("the end of both streams", () => streams.every((stream) => stream.ended), { ms: 1000, every: 10 });
  assert.deepEqual(await Promise.all(visitors.map(alive)), [true, false, false]);
  assert.equal((await rows(visitors[0])).length, 1);
});

test("an administrator ends all of a user's, from the page and from the command", async (t) => {
  const { id, name, visitors } = await addUser(2);
  const stream = await openStream(t, visitors[1]);
  assert.equal((await admin.ok("GET", `/users/${id}/sessions`)).sessions.length, 2);
  await endsWithinASecond(stream, () => admin.ok("DELETE", `/users/${id}/sessions`));
  assert.deepEqual(await Promise.all(visitors.map(alive)), [false, false]);
  assert.deepEqual([lastEntry().target, JSON.parse(lastEntry().detail)], [`user:${id}`, { sessions: 2 }]);

  const again = new Visitor(ward);
  again.seed = visitors[0].seed;
  await again.password(name);
  await again.ok("POST", "/session/totp", { code: again.code({ steps: 1 }) });
  assert.match(ward.cli("user", "sessions", name), /127\.0\.0\.1/);
  for (const session of ward.cliJson("user", "sessions", name).sessions)
    assert.equal(Date.parse(session.expires_at) - Date.parse(session.created_at), 12 * 3_600_000, "the limits of their class, not of whoever asks");
  assert.match(ward.cli("user", "end-sessions", name), /sessions ended/);
  assert.equal(await alive(again), false);
  assert.deepEqual(ward.cliJson("user", "sessions", name).sessions, []);
  for (const words of [["sessions"], ["sessions", "nobody"], ["end-sessions", "nobody"]]) assert.throws(() => ward.cli("user", ...words), words.join(" "));
  assert.equal((await admin.send("DELETE", "/users/999999/sessions")).status, 404);
});

test("an administrator who ends their own keeps the one that asks", async () => {
  const { id } = (await admin.ok("GET", "/session")).user;
  await admin.ok("DELETE", `/users/${id}/sessions`);
  assert.ok(await alive(admin));
});

test("a session whose time is over is not listed", async () => {
  await ward.goAhead(16);
  assert.equal(await alive(admin), false);
  assert.deepEqual(ward.cliJson("user", "sessions", "morgan").sessions, []);
});
