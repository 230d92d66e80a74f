/* Passkeys: adding them, the second factor by one, signing in by one alone, and every way in which one is refused. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { SoftKey } from "../harness/soft-key.mjs";
import { Visitor } from "../harness/visitor.mjs";
import { startWard } from "../harness/ward.mjs";

const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;
let origin;
let admin;
let other;
let key;

const refused = (answer, status, word) => assert.deepEqual([answer.status, answer.json.type], [status, `/problems/${word}`], answer.text);
const entries = (action) => ward.cliJson("audit", "list", "--limit", "200").entries.filter((entry) => entry.action === action);
const reason = () => JSON.parse(entries("login.passkey_failed")[0].detail).reason;

async function makeUser(name) {
  const { link } = ward.cliJson("user", "add", name, "--display-name", name, "--class", "viewer");
  const visitor = new Visitor(ward);
  await visitor.useLink(link);
  await visitor.confirm();
  visitor.name = name;
  return visitor;
}

async function add(visitor, more = {}) {
  const made = new SoftKey(origin);
  made.passkey = await visitor.ok("POST", "/passkeys", made.make(await visitor.ok("POST", "/passkeys/begin"), more));
  return made;
}

/** Somebody who has given the password and nothing else. */
async function half(name) {
  const visitor = new Visitor(ward);
  assert.equal((await visitor.password(name)).status, 200);
  return visitor;
}

before(async () => {
  ward = await startWard(suite);
  origin = `https://localhost:${ward.people}`;
  admin = new Visitor(ward);
  await admin.useLink(await ward.setupLink(), { name: "morgan", display_name: "Morgan" });
  await admin.confirm();
  other = await makeUser("robin");
  key = await add(admin, { name: "Blue key" });
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

test("a passkey is listed with its name, and with nothing that only the server needs", async () => {
  const list = await admin.ok("GET", "/passkeys");
  assert.deepEqual([list.available, list.address], [true, origin]);
  const [row] = list.passkeys;
  assert.deepEqual([list.passkeys.length, row.name, row.party, row.usable, row.used_at], [1, "Blue key", "localhost", true, null]);
  assert.deepEqual(Object.keys(row).sort(), ["created_at", "name", "number", "party", "usable", "used_at"]);
  assert.deepEqual((await admin.ok("GET", "/session")).factors, ["totp", "passkey"]);
  assert.equal(entries("passkey.add").length, 1);
  assert.equal((await other.ok("GET", "/passkeys")).passkeys.length, 0);
});

test("after the password a passkey is the second factor, and the session gets another token", async () => {
  const visitor = await half("morgan");
  const before = visitor.cookie;
  const question = await visitor.ok("POST", "/session/passkey/ask");
  assert.deepEqual([question.party, question.allow, question.verified], ["localhost", [{ id: key.id.toString("base64url"), transports: "usb,nfc" }], false]);
  /* A touch is enough here: no PIN, and no word of whom it takes its user for. */
  const proof = key.prove(question, { verified: false, handle: null });
  const session = await visitor.ok("POST", "/session/passkey", proof);
  assert.equal(session.stage, "signed_in");
  assert.ok(session.factor_at);
  assert.notEqual(visitor.cookie, before);
  const login = entries("login")[0];
  assert.equal(login.factors, "password+passkey");
  assert.ok((await admin.ok("GET", "/passkeys")).passkeys[0].used_at);
  /* The challenge was of the session that ended. */
  refused(await visitor.send("POST", "/session/passkey", proof), 403, "passkey");
});

test("a passkey alone signs in when its authenticator verified the user", async () => {
  const visitor = new Visitor(ward);
  const question = await visitor.ok("POST", "/passkeys/ask");
  assert.deepEqual([question.allow, question.verified], [[], true], "whoever asks learns of nobody");
  const proof = key.prove(question);
  const session = await visitor.ok("POST", "/passkeys/sign-in", proof);
  assert.deepEqual([session.stage, session.user.name], ["signed_in", "morgan"]);
  assert.equal(entries("login")[0].factors, "passkey");
  refused(await new Visitor(ward).send("POST", "/passkeys/sign-in", proof), 401, "passkey");
  assert.equal(reason(), "challenge-used");
});

test("of one proof submitted twenty times at once one signs in", async () => {
  const fresh = await add(admin, { name: "Many" });
  const proof = fresh.prove(await new Visitor(ward).ok("POST", "/passkeys/ask"));
  const answers = await Promise.all(Array.from({ length: 20 }, () => new Visitor(ward).send("POST", "/passkeys/sign-in", proof)));
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  await admin.ok("DELETE", `/passkeys/${fresh.passkey.number}`);
});

test("what does not verify signs nobody in, and the audit log says why", async () => {
  const stranger = new SoftKey(origin);
  const elsewhere = new SoftKey("https://elsewhere.example", { party: "localhost" });
  const wrong = [
    ["user-unverified", (question) => key.prove(question, { verified: false })],
    ["signature", (question) => key.prove(question, { signer: stranger })],
    ["unknown", (question) => stranger.prove(question, { handle: key.handle })],
    ["user-handle", (question) => key.prove(question, { handle: "AAAA" })],
    ["user-handle", (question) => key.prove(question, { handle: null })],
    ["origin", (question) => ({ ...key.prove(question, { client: { origin: elsewhere.origin } }) })],
    ["cross-origin", (question) => key.prove(question, { client: { crossOrigin: true } })],
    ["type", (question) => key.prove(question, { client: { type: "webauthn.create" } })],
    ["challenge", (question) => key.prove(question, { client: { challenge: "A".repeat(43) } })],
    ["challenge", (question) => key.prove(question, { challenge: "A".repeat(43) })],
    ["malformed", (question) => ({ ...key.prove(question), client: "AAAAA" })],
    ["malformed", (question) => key.prove(question, { challenge: "AAAA" })],
    ["malformed", (question) => ({ ...key.prove(question), authenticator: "AAAA" })],
  ];
  const texts = new Set();
  for (const [word, proof] of wrong) {
    const visitor = new Visitor(ward, "127.0.0.2");
    const answer = await visitor.send("POST", "/passkeys/sign-in", proof(await visitor.ok("POST", "/passkeys/ask")));
    refused(answer, 401, "passkey");
    assert.equal(reason(), word);
    assert.equal(visitor.cookie, "", "no session");
    texts.add(answer.json.title + answer.json.detail);
  }
  assert.equal(texts.size, 1, "the refusal does not say which it was");
});

test("a challenge is of one session and one purpose", async () => {
  const visitor = await half("morgan");
  const alone = await visitor.ok("POST", "/passkeys/ask");
  refused(await visitor.send("POST", "/session/passkey", key.prove(alone)), 401, "passkey");
  const second = await half("morgan");
  refused(await second.send("POST", "/session/passkey", key.prove(await visitor.ok("POST", "/session/passkey/ask"))), 401, "passkey");
  refused(await new Visitor(ward).send("POST", "/passkeys/sign-in", key.prove(await second.ok("POST", "/session/passkey/ask"))), 401, "passkey");
  const offer = await admin.ok("POST", "/passkeys/begin");
  refused(await admin.send("POST", "/session/passkey", key.prove(offer)), 403, "passkey");
  assert.equal(reason(), "challenge");
  assert.equal((await visitor.ok("GET", "/session")).stage, "totp", "and what failed changed nothing");
});

test("somebody else's passkey is no second factor", async () => {
  const visitor = await half("robin");
  refused(await visitor.send("POST", "/session/passkey/ask"), 409, "no-passkey");
  const own = await add(other);
  const question = await visitor.ok("POST", "/session/passkey/ask");
  refused(await visitor.send("POST", "/session/passkey", key.prove(question)), 401, "passkey");
  assert.equal(reason(), "unknown");
  assert.equal((await visitor.ok("POST", "/session/passkey", own.prove(question))).stage, "signed_in");
});

test("a counter that went back is said to be a copy's", async () => {
  const visitor = await half("morgan");
  const newest = key.counter;
  key.counter = 2;
  const answer = await visitor.send("POST", "/session/passkey", key.prove(await visitor.ok("POST", "/session/passkey/ask"), { step: 0 }));
  refused(answer, 401, "passkey-counter");
  const entry = entries("login.passkey_failed")[0];
  assert.deepEqual(JSON.parse(entry.detail), { reason: "counter", passkey: key.passkey.number });
  key.counter = newest;
});

test("adding is refused where it does not fit, and adds nothing", async () => {
  const before = (await admin.ok("GET", "/passkeys")).passkeys.length;
  for (const [word, change] of [["origin", { client: { origin: "https://elsewhere.example" } }], ["type", { client: { type: "webauthn.get" } }], ["cross-origin", { client: { crossOrigin: true } }], ["challenge", { client: { challenge: "A".repeat(43) } }], ["challenge", { challenge: "A".repeat(43) }]]) {
    refused(await admin.send("POST", "/passkeys", new SoftKey(origin).make(await admin.ok("POST", "/passkeys/begin"), change)), 403, "passkey");
    assert.equal(reason(), word);
  }
  const offer = await admin.ok("POST", "/passkeys/begin");
  assert.deepEqual(offer.exclude.map((one) => one.id), [key.id.toString("base64url")]);
  refused(await admin.send("POST", "/passkeys", key.make(offer)), 403, "passkey");
  assert.equal(reason(), "taken");
  const made = new SoftKey(origin).make(offer);
  refused(await other.send("POST", "/passkeys", made), 403, "passkey");
  refused(await admin.send("POST", "/passkeys", { ...made, attestation: "AAAA" }), 403, "passkey");
  for (const body of [{ ...made, name: "" }, { ...made, name: "a\nb" }, { ...made, transports: ["USB"] }, { ...made, client: "+/" }])
    assert.equal((await admin.send("POST", "/passkeys", body)).status, 422);
  assert.equal((await admin.ok("GET", "/passkeys")).passkeys.length, before);
  assert.equal((await admin.ok("GET", "/passkeys")).passkeys[0].name, "Blue key");
  key.handle = offer.user_handle;
});

test("one has sixteen passkeys at most", async () => {
  const visitor = await makeUser("collector");
  const keys = [];
  for (let i = 0; i < 16; i++) keys.push(await add(visitor, { name: `Key ${i}` }));
  refused(await visitor.send("POST", "/passkeys/begin"), 409, "passkeys-many");
  await visitor.ok("DELETE", `/passkeys/${keys[3].passkey.number}`);
  const [first, second] = [await visitor.ok("POST", "/passkeys/begin"), await visitor.ok("POST", "/passkeys/begin")];
  await visitor.ok("POST", "/passkeys", new SoftKey(origin).make(first));
  refused(await visitor.send("POST", "/passkeys", new SoftKey(origin).make(second)), 409, "passkeys-many");
});

test("one renames and removes one's own only, and a removed one opens nothing", async () => {
  const mine = await add(admin, { name: "Old" });
  for (const [method, body] of [["PATCH", { name: "Theirs" }], ["DELETE", undefined]]) refused(await other.send(method, `/passkeys/${mine.passkey.number}`, body), 404, "absent");
  await admin.ok("PATCH", `/passkeys/${mine.passkey.number}`, { name: "Ward 3, drawer" });
  assert.deepEqual((await admin.ok("GET", "/passkeys")).passkeys.map((row) => row.name), ["Blue key", "Ward 3, drawer"]);
  await admin.ok("DELETE", `/passkeys/${mine.passkey.number}`);
  const visitor = new Visitor(ward);
  refused(await visitor.send("POST", "/passkeys/sign-in", mine.prove(await visitor.ok("POST", "/passkeys/ask"))), 401, "passkey");
  assert.deepEqual(["passkey.rename", "passkey.remove"].map((action) => entries(action)[0].target), [`passkey:${mine.passkey.number}`, `passkey:${mine.passkey.number}`]);
});

test("whoever has removed the last one still needs a second factor", async () => {
  const visitor = await makeUser("last");
  const only = await add(visitor);
  await visitor.ok("DELETE", `/passkeys/${only.passkey.number}`);
  const again = await half("last");
  assert.deepEqual([(await again.ok("GET", "/session")).stage, (await again.ok("GET", "/session")).factors], ["totp", ["totp"]]);
});

test("whoever is disabled is not let in by a passkey, and a new link takes all passkeys away", async () => {
  const visitor = await makeUser("leaver");
  const theirs = await add(visitor);
  const { id } = (await admin.ok("GET", "/users")).users.find((user) => user.name === "leaver");
  await admin.ok("PATCH", `/users/${id}`, { disabled: true });
  const tries = async () => {
    const one = new Visitor(ward);
    return one.send("POST", "/passkeys/sign-in", theirs.prove(await one.ok("POST", "/passkeys/ask")));
  };
  refused(await tries(), 401, "passkey");
  assert.equal(reason(), "user");
  await admin.ok("PATCH", `/users/${id}`, { disabled: false });
  assert.equal((await tries()).status, 200);
  const { link } = await admin.ok("POST", `/users/${id}/link`);
  const renewed = new Visitor(ward);
  await renewed.useLink(link);
  refused(await tries(), 401, "passkey");
  assert.equal(reason(), "unknown");
  refused(await renewed.send("POST", "/session/passkey/ask"), 409, "stage");
});

test("an address of its own moves the party: passkeys of the old one stay listed and open nothing", async () => {
  const settings = await admin.ok("GET", "/settings");
  for (const public_address of ["https://10.0.0.7", "http://ward.example", "https://Ward.example", "https://ward.example/", "ward.example", "https://ward.example:443"]) {
    const answer = await admin.send("PUT", "/settings", { ...settings, public_address });
    assert.deepEqual([answer.status, answer.json.errors[0].pointer], [422, "/public_address"], public_address);
  }
  await admin.ok("PUT", "/settings", { ...settings, public_address: "https://ward.example" });
  const list = await admin.ok("GET", "/passkeys");
  assert.deepEqual([list.available, list.address, list.passkeys[0].usable], [true, "https://ward.example", false]);
  const visitor = await half("morgan");
  refused(await visitor.send("POST", "/session/passkey/ask"), 409, "no-passkey");
  const question = await visitor.ok("POST", "/passkeys/ask");
  assert.equal(question.party, "ward.example");
  refused(await visitor.send("POST", "/passkeys/sign-in", key.prove(question)), 401, "passkey");
  assert.equal(reason(), "party");
  await admin.ok("PUT", "/settings", { ...settings, public_address: "" });
  assert.equal((await admin.ok("GET", "/passkeys")).passkeys[0].usable, true);
});

test("another port is another origin of the same party: passkeys go on working there, and there only", async () => {
  const settings = await admin.ok("GET", "/settings");
  await admin.ok("PUT", "/settings", { ...settings, public_address: "https://localhost" });
  const visitor = new Visitor(ward);
  refused(await visitor.send("POST", "/passkeys/sign-in", key.prove(await visitor.ok("POST", "/passkeys/ask"))), 401, "passkey");
  assert.equal(reason(), "origin");
  key.origin = "https://localhost";
  assert.equal((await visitor.ok("POST", "/passkeys/sign-in", key.prove(await visitor.ok("POST", "/passkeys/ask")))).user.name, "morgan");
  key.origin = origin;
  await admin.ok("PUT", "/settings", settings);
});

test("many wrong proofs are slowed down", async () => {
  const visitor = await half("morgan");
  const stranger = new SoftKey(origin);
  let answer;
  for (let i = 0; i < 8; i++) {
    answer = await visitor.send("POST", "/session/passkey", stranger.prove(await visitor.ok("POST", "/session/passkey/ask")));
    if (answer.status === 429) break;
  }
  refused(answer, 429, "too-many-tries");
});

test("eleven minutes later a passkey steps up, under another token", async () => {
  await ward.goAhead(11);
  refused(await admin.send("POST", "/passkeys/begin"), 403, "step-up");
  refused(await admin.send("DELETE", `/passkeys/${key.passkey.number}`), 403, "step-up");
  const before = [admin.cookie, await admin.ok("GET", "/session")];
  const session = await admin.ok("POST", "/session/passkey", key.prove(await admin.ok("POST", "/session/passkey/ask")));
  assert.notEqual(admin.cookie, before[0]);
  assert.equal(session.expires_at, before[1].expires_at);
  assert.ok(Date.parse(session.factor_at) > Date.parse(before[1].factor_at) + 10 * 60_000);
  await admin.ok("POST", "/passkeys/begin");
  assert.equal(entries("login.step_up")[0].factors, "passkey");
});

test("a challenge of a server that ran before is nobody's", async () => {
  const question = await admin.ok("POST", "/session/passkey/ask");
  await ward.goAhead(12);
  refused(await admin.send("POST", "/session/passkey", key.prove(question)), 403, "passkey");
  assert.equal(reason(), "challenge");
});
