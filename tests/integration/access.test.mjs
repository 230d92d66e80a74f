/* Who may sign in, and what happens when two things happen at once. */

import assert from "node:assert/strict";
import { Agent } from "node:https";
import { after, before, test } from "node:test";

import { Device, minutes } from "../harness/device.mjs";
import { totp } from "../harness/totp.mjs";
import { openStream, PASSWORD, Visitor as AnyVisitor } from "../harness/visitor.mjs";
import { startWard, until } from "../harness/ward.mjs";

const OTHER = "seven lanterns in an orchard";
const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;
let admin;
let count = 0;

/** A visitor of this file's server. */
class Visitor extends AnyVisitor {
  constructor(source) {
    super(ward, source);
  }
}

const actions = () => ward.cliJson("audit", "list").entries.map((entry) => entry.action);

/** A user of a role who has set both factors; { id, name, seed } and the visitor who did. */
async function addUser(word = "viewer") {
  const name = `user${++count}`;
  const { link } = await admin.ok("POST", "/users", { name, display_name: name, class: word });
  const visitor = new Visitor();
  await visitor.useLink(link);
  await visitor.confirm();
  const { user } = await visitor.ok("GET", "/session");
  return { id: user.id, name, seed: visitor.seed, visitor };
}

const userOf = async (id) => (await admin.ok("GET", "/users")).users.find((user) => user.id === id);

before(async () => {
  ward = await startWard(suite);
  admin = new Visitor();
  await admin.useLink(await ward.setupLink(), { name: "morgan", display_name: "Morgan" });
  await admin.confirm();
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

test("of 100 submissions of one right code at once, exactly one signs in", async () => {
  const { name, seed } = await addUser();
  const visitor = new Visitor();
  assert.equal((await visitor.password(name)).json.stage, "totp");
  const body = { code: totp(seed) };
  const agent = new Agent({ keepAlive: true, maxSockets: 100 });
  await Promise.all(Array.from({ length: 100 }, () => visitor.send("GET", "/session", undefined, { agent })));
  const answers = await Promise.all(Array.from({ length: 100 }, () => visitor.send("POST", "/session/totp", body, { agent, keep: false })));
  agent.destroy();
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1, answers.map((answer) => answer.status).join(" "));
  for (const { status } of answers) assert.ok([200, 401, 409, 429].includes(status), String(status));
});

test("one code signs in one of two half-finished sign-ins", async () => {
  const { name, seed } = await addUser();
  const two = [new Visitor(), new Visitor()];
  for (const visitor of two) await visitor.password(name);
  const body = { code: totp(seed) };
  const answers = await Promise.all(two.map((visitor) => visitor.send("POST", "/session/totp", body)));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 401]);
});

test("a sign-in under way does not undo that its user is disabled meanwhile", async () => {
  for (let turn = 0; turn < 3; turn++) {
    const { id, name } = await addUser();
    const visitor = new Visitor();
    const signIn = visitor.password(name);
    await new Promise((done) => setTimeout(done, 40 * turn));
    await admin.ok("PATCH", `/users/${id}`, { disabled: true });
    const { status } = await signIn;
    assert.ok([200, 401].includes(status), String(status));
    assert.notEqual((await userOf(id)).disabled_at, null, "the sign-in made it undone");
    assert.equal((await visitor.send("GET", "/session")).status, 401);
  }
});

test("a link being used does not undo a change of class or a disabling meanwhile", async () => {
  for (const change of [{ class: "power_user" }, { disabled: true }]) {
    for (let turn = 0; turn < 3; turn++) {
      const name = `user${++count}`;
      const { link } = await admin.ok("POST", "/users", { name, display_name: name, class: "configurator" });
      const { id } = (await admin.ok("GET", "/users")).users.find((user) => user.name === name);
      const visitor = new Visitor();
      const use = visitor.send("POST", "/links/use", { token: link.split("#")[1], name, display_name: name, password: PASSWORD });
      await new Promise((done) => setTimeout(done, 40 * turn));
      await admin.ok("PATCH", `/users/${id}`, change);
      const { status } = await use;
      assert.ok([200, 404].includes(status), String(status));
      const user = await userOf(id);
      if (change.class) assert.equal(user.class, change.class);
      else assert.notEqual(user.disabled_at, null);
      if (change.disabled) assert.equal((await visitor.send("GET", "/session")).status, 401);
    }
  }
});

test("a password made of the user's and the organisation's names is refused, and one of unrelated words is not", async () => {
  const settings = await admin.ok("GET", "/settings");
  await admin.ok("PUT", "/settings", { ...settings, organisation: "Blixembosch Kwelderzorg" });
  const name = `user${++count}`;
  const { link } = await admin.ok("POST", "/users", { name, display_name: "Wilhelmina Sprangers", class: "viewer" });
  const use = (password) => new Visitor().send("POST", "/links/use", { token: link.split("#")[1], name, display_name: "Wilhelmina Sprangers", password });
  for (const password of ["Blixembosch-Kwelderzorg-1", "sprangers-blixembosch", "wilhelmina.sprangers"]) {
    const answer = await use(password);
    assert.deepEqual([answer.status, answer.json.errors?.[0].pointer], [422, "/password"], password);
  }
  assert.equal((await use(PASSWORD)).status, 200);
  await admin.ok("PUT", "/settings", settings);
});

test("two uses of one link at once: one sets the password, the other is refused", async () => {
  const name = `user${++count}`;
  const { link } = await admin.ok("POST", "/users", { name, display_name: name, class: "viewer" });
  const token = link.split("#")[1];
  const answers = await Promise.all([PASSWORD, OTHER].map((password) => new Visitor().send("POST", "/links/use", { token, name, display_name: name, password })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 404]);
});

test("a new link ends a sign-in that has only the old factors", async () => {
  const { id, name, seed } = await addUser();
  const visitor = new Visitor();
  await visitor.password(name);
  await admin.ok("POST", `/users/${id}/link`);
  assert.equal((await visitor.send("POST", "/session/totp", { code: totp(seed) })).status, 401);
});

test("a new seed of the second factor is in the audit log", async () => {
  const name = `user${++count}`;
  const { link } = await admin.ok("POST", "/users", { name, display_name: name, class: "viewer" });
  await new Visitor().useLink(link);
  const done = actions().filter((action) => action !== "audit.view");
  assert.deepEqual(done.slice(0, 2), ["totp.enrol", "setup.done"]);
});

test("the event stream of a user ends with a disabling, a change of class and a new link", async (t) => {
  const bystander = await addUser();
  const stays = await openStream(t, bystander.visitor);
  const ends = {
    disabled: (id) => admin.ok("PATCH", `/users/${id}`, { disabled: true }),
    class: (id) => admin.ok("PATCH", `/users/${id}`, { class: "power_user" }),
    link: (id) => admin.ok("POST", `/users/${id}/link`),
  };
  for (const [what, end] of Object.entries(ends)) {
    const { id, visitor } = await addUser();
    const stream = await openStream(t, visitor);
    assert.equal(stream.status, 200);
    await end(id);
    await until(`${what}: the end of the stream`, () => stream.ended, { ms: 3000 });
  }
  assert.equal(stays.ended, false);
});

test("many sign-ins at once are refused with Retry-After beyond a few, and nothing else waits for them", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 40 });
  const tries = Array.from({ length: 40 }, (_, at) => new Visitor(`127.0.1.${at + 1}`).password(`nobody${at}`, OTHER));
  const answers = await Promise.all(tries);
  agent.destroy();
  const busy = answers.filter((answer) => answer.status === 503);
  assert.ok(busy.length > 0, answers.map((answer) => answer.status).join(" "));
  for (const answer of busy) assert.ok(Number(answer.headers["retry-after"]) > 0);
  assert.ok(answers.some((answer) => answer.status === 401));
  assert.equal((await admin.send("GET", "/session")).status, 200);
});

test("whoever guesses at a name does not keep its owner out, who comes from elsewhere", async () => {
  const { name } = await addUser();
  const guesser = new Visitor("127.0.2.1");
  let status;
  for (let at = 0; at < 8 && status !== 429; at++) ({ status } = await guesser.password(name, OTHER));
  assert.equal(status, 429);
  assert.equal((await new Visitor("127.0.2.2").password(name)).status, 200);
});

test("guesses sent at once are counted before they are judged", async () => {
  const { name } = await addUser();
  const { name: other, seed } = await addUser();
  const visitor = new Visitor("127.0.3.1");
  await visitor.password(other);
  const wrong = totp(seed, { steps: 50 });
  const codes = await Promise.all(Array.from({ length: 30 }, () => visitor.send("POST", "/session/totp", { code: wrong }, { keep: false })));
  assert.ok(codes.filter((answer) => answer.status === 401).length <= 5, codes.map((answer) => answer.status).join(" "));
  const tries = await Promise.all(Array.from({ length: 30 }, () => new Visitor("127.0.3.2").password(name, OTHER)));
  assert.ok(tries.filter((answer) => answer.status === 401).length <= 5, tries.map((answer) => answer.status).join(" "));
});

test("the right password over and over gives no new guesses at the code", async () => {
  const { name, seed } = await addUser();
  const visitor = new Visitor("127.0.4.1");
  const wrong = totp(seed, { steps: 50 });
  let judged = 0;
  for (let round = 0; round < 4; round++) {
    await visitor.password(name);
    for (let at = 0; at < 3; at++) judged += (await visitor.send("POST", "/session/totp", { code: wrong })).status === 401;
  }
  assert.ok(judged <= 7, `${judged} guesses`);
});

const deviceOf = (id) => ward.cliJson("device", "list").devices.find((one) => one.id === id);

test("what a device said of its spool is not forgotten when only batches come after a restart", async () => {
  const device = await Device.enrolled(ward, "waiting");
  assert.equal((await device.live([], { more: { waiting: 7 } })).status, 204);
  assert.equal(deviceOf(device.id).waiting, 7);
  for (let turn = 0; turn < 2; turn++) {
    await ward.program.stop();
    await ward.start();
    assert.equal((await device.batch(minutes(1))).status, 200);
    assert.equal(deviceOf(device.id).waiting, 7);
  }
});

test("a device that makes up names without end gets so many accounts, and all time beyond is its station's", async () => {
  const device = await Device.enrolled(ward, "names");
  const send = async (names) => {
    const spans = names.map((_, account) => ({ start: Date.now() - 60_000 + account, duration: 1000, application: "xterm", account }));
    return device.batch(spans, { more: { accounts: names } });
  };
  for (let from = 0; from < 1200; from += 200) assert.equal((await send(Array.from({ length: 200 }, (_, at) => `made-up-${from + at}`))).status, 200);
  assert.equal(deviceOf(device.id).accounts, 1001);
  assert.equal((await send(["made-up-3", "one-more", "made-up-1150"])).status, 200);
  assert.equal(deviceOf(device.id).accounts, 1001);
  const other = await Device.enrolled(ward, "names-not");
  assert.equal((await other.batch(minutes(1))).status, 200);
  assert.equal(deviceOf(other.id).accounts, 1);
});

test("what the store will never take is refused for good, so that an agent sets it aside", async () => {
  const device = await Device.enrolled(ward, "never");
  for (const wrong of [{ sequence: 0 }, { sequence: 1, more: { offset: 1_000_000 } }, { sequence: 1, more: { offset: -1_000_000 } }]) {
    const answer = await device.batch(minutes(1), wrong);
    assert.equal(answer.status, 400, JSON.stringify(wrong));
    assert.equal(answer.json.type, "/problems/batch-invalid");
  }
  assert.equal((await device.batch(minutes(1), { sequence: 1 })).status, 200);
});
