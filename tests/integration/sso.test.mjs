/* Single sign-on: from metadata to a session, and everything that must not lead to one. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { Idp } from "../harness/idp.mjs";
import { totp } from "../harness/totp.mjs";
import { Visitor } from "../harness/visitor.mjs";
import { fetchFrom, startWard, until } from "../harness/ward.mjs";

const stops = [];
const suite = { after: (stop) => stops.push(stop) };
const FOREIGN = { Origin: "https://idp.example.org", "Sec-Fetch-Site": "cross-site", "Content-Type": "application/x-www-form-urlencoded" };
let ward;
let admin;
let idp;

const flowOf = (answer) => answer.headers["set-cookie"].find((one) => one.startsWith("__Host-ward-saml=")).split(";")[0];
const sessionOf = (answer) => answer.headers["set-cookie"]?.find((one) => one.startsWith("__Host-ward="))?.split(";")[0];
const failures = () => ward.cliJson("audit", "list").entries.filter((entry) => entry.action === "login.sso_failed");

async function start() {
  const answer = await fetchFrom({ port: ward.people, path: "/api/v1/session/saml/start" });
  assert.equal(answer.status, 303);
  return { cookie: flowOf(answer), location: answer.headers.location, request: Idp.read(answer.headers.location) };
}

function post(cookie, body) {
  return fetchFrom({ port: ward.people, method: "POST", path: "/api/v1/session/saml", headers: { ...FOREIGN, Cookie: cookie, "Content-Length": Buffer.byteLength(body) }, body });
}

/** A whole way: with the answer that says this. */
async function come(says) {
  const { cookie, request } = await start();
  return post(cookie, idp.answer(request, says));
}

async function refused(says, reason) {
  const before_ = failures().length;
  const answer = await come(says);
  assert.deepEqual([answer.status, answer.headers.location, sessionOf(answer)], [303, "/?sso=refused", undefined]);
  const now = failures();
  assert.equal(now.length, before_ + 1);
  assert.ok(JSON.stringify(now).includes(`\\"${reason}\\"`) || JSON.stringify(now).includes(`"${reason}"`), `${reason}: ${JSON.stringify(now.at(0))}`);
}

const settings = (more) => ({ enabled: true, make_users: true, second_factor: false, class_attribute: "groups", classes: [{ value: "nurses", class: "viewer" }, { value: "auditors", class: "auditor" }], ...more });

before(async () => {
  ward = await startWard(suite);
  idp = new Idp(ward.directory);
  admin = new Visitor(ward);
  await admin.useLink(await ward.setupLink(), { name: "morgan", display_name: "Morgan" });
  await admin.confirm();
  admin.csrf = (await admin.ok("GET", "/session")).csrf;
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

test("without a provider nobody is sent anywhere, and there is no button", async () => {
  const answer = await fetchFrom({ port: ward.people, path: "/api/v1/session/saml/start" });
  assert.deepEqual([answer.status, answer.headers.location], [303, "/?sso=refused"]);
  assert.deepEqual(await new Visitor(ward).ok("GET", "/session/saml"), { enabled: false, title: "" });
  assert.equal((await admin.ok("GET", "/sso")).provider, null);
});

test("metadata is looked at without a change, and bad metadata is refused with a reason in words", async () => {
  const preview = await admin.ok("POST", "/sso/preview", { title: "Hospital", metadata: idp.metadata() });
  assert.deepEqual([preview.entity_id, preview.sign_in_url, preview.certificates.length], [idp.entity, idp.url, 1]);
  assert.equal((await admin.ok("GET", "/sso")).provider, null);
  const plain = await admin.send("PUT", "/sso", { title: "Hospital", metadata: idp.metadata({ url: "http://idp.example.org/sso" }) });
  assert.deepEqual([plain.status, plain.json.type], [422, "/problems/metadata-insecure"]);
  const entity = await admin.send("PUT", "/sso", { title: "Hospital", metadata: `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${idp.metadata()}` });
  assert.deepEqual([entity.status, entity.json.type], [422, "/problems/declaration"]);
  assert.equal((await admin.ok("GET", "/sso")).provider, null);
});

test("what was imported is off until a test sign-in came through", async () => {
  await admin.ok("PUT", "/sso", { title: "Hospital", metadata: idp.metadata() });
  const untried = await admin.send("PATCH", "/sso", settings());
  assert.deepEqual([untried.status, untried.json.type], [409, "/problems/sso-untried"]);
  const first = await admin.send("POST", "/sso/test", undefined, { keep: false });
  assert.equal(first.status, 200);
  const cut = await post(flowOf(first), idp.answer(Idp.read(first.json.location), { audience: "https://other.example.org" }));
  assert.equal(cut.headers.location, "/settings?sso=tested");
  assert.deepEqual([(await admin.ok("GET", "/sso")).provider.test.reason, (await admin.ok("GET", "/sso")).provider.tested_at], ["audience", null]);
  const second = await admin.send("POST", "/sso/test", undefined, { keep: false });
  const through = await post(flowOf(second), idp.answer(Idp.read(second.json.location)));
  assert.deepEqual([through.headers.location, sessionOf(through)], ["/settings?sso=tested", undefined], "nobody is signed in by a test");
  const { provider } = await admin.ok("GET", "/sso");
  assert.deepEqual([provider.test.through, provider.test.name_id, provider.test.attributes], [true, "alice@example.org", [{ name: "groups", values: ["nurses"] }]]);
  assert.equal((await fetchFrom({ port: ward.people, path: "/api/v1/session/saml/start" })).headers.location, "/?sso=refused", "still off");
  assert.equal((await admin.ok("PATCH", "/sso", settings())).provider.enabled, true);
  assert.deepEqual(await new Visitor(ward).ok("GET", "/session/saml"), { enabled: true, title: "Hospital" });
});

test("no class that changes anything can be given by a provider", async () => {
  for (const word of ["admin", "configurator", "privacy_officer", "security_officer", "no-such"]) {
    const answer = await admin.send("PATCH", "/sso", settings({ classes: [{ value: "nurses", class: word }] }));
    assert.deepEqual([answer.status, answer.json.errors[0].pointer], [422, "/classes"], word);
  }
});

test("the request is signed by the key of our metadata, and says where to answer", async () => {
  const { request } = await start();
  const metadata = await fetchFrom({ port: ward.people, path: "/api/v1/session/saml/metadata" });
  const [signing] = [...metadata.text.matchAll(/X509Certificate>([^<]*)</g)].map((found) => found[1]);
  const key = new X509Certificate(Buffer.from(signing, "base64")).publicKey;
  assert.ok(verify("sha256", Buffer.from(request.signed), key, request.signature));
  assert.ok(metadata.text.includes(`entityID="${request.audience}"`) && metadata.text.includes(`Location="${request.acs}"`));
});

test("whom the provider names gets an account, a class by their groups, and a session", async () => {
  const answer = await come();
  assert.deepEqual([answer.status, answer.headers.location], [303, "/"]);
  const alice = new Visitor(ward);
  alice.cookie = sessionOf(answer);
  const session = await alice.ok("GET", "/session");
  assert.deepEqual([session.stage, session.user.name, session.user.class], ["signed_in", "alice@example.org", "viewer"]);
  const again = await come({ groups: ["auditors"] });
  alice.cookie = sessionOf(again);
  assert.equal((await alice.ok("GET", "/session")).user.class, "auditor", "the class follows the provider");
  assert.equal((await admin.ok("GET", "/users")).users.filter((user) => user.name === "alice@example.org").length, 1);
});

test("one answer counts once: neither again, nor in another browser, nor with another request", async () => {
  const { cookie, request } = await start();
  const body = idp.answer(request);
  assert.ok(sessionOf(await post(cookie, body)));
  assert.equal((await post(cookie, body)).headers.location, "/?sso=refused");
  assert.equal((await post(cookie, idp.answer(request))).headers.location, "/?sso=refused", "the request was answered");
  const mine = await start();
  const theirs = await start();
  assert.equal((await post(mine.cookie, idp.answer(theirs.request))).headers.location, "/?sso=refused", "another browser's request");
  assert.equal((await post("", idp.answer(mine.request))).headers.location, "/?sso=again", "no browser of ours");
  assert.equal((await post(`${mine.cookie.slice(0, -4)}AAAA`, idp.answer(mine.request))).headers.location, "/?sso=again", "a cookie that we did not make");
  const parallel = await start();
  const same = idp.answer(parallel.request);
  const answers = await Promise.all(Array.from({ length: 3 }, () => post(parallel.cookie, same)));
  assert.equal(answers.filter((answer) => sessionOf(answer)).length, 1);
});

test("what the provider did not sign lets nobody in, and the audit log says why", async () => {
  const other = new Idp(ward.directory, "other");
  await refused({ key: other.key }, "signature-wrong");
  await refused({ change: (xml) => xml.replace("alice@", "morgan@") }, "signature-wrong");
  await refused({ change: (xml) => xml.replace(/<ds:Signature .*<\/ds:Signature>/, "") }, "signature-absent");
  await refused({ change: (xml) => xml.replace("alice@example", "alice@<!-- -->example") }, "declaration");
  await refused({ audience: "https://other.example.org" }, "audience");
  await refused({ recipient: "https://other.example.org" }, "recipient");
  await refused({ issuer: other.entity }, "issuer");
  await refused({ at: Date.now() - 60 * 60_000 }, "issued");
  await refused({ groups: ["cooks"] }, "no-class");
  await refused({ name: "morgan" }, "name-taken");
  await refused({ name: "bad name" }, "name-unfit");
  for (const body of ["", "SAMLResponse=", "SAMLResponse=%", "SAMLResponse=AAAA&SAMLResponse=AAAA", "x".repeat(700_000)]) {
    const { cookie } = await start();
    assert.equal((await post(cookie, body)).headers.location, "/?sso=refused");
  }
});

test("where Ward asks for its own second factor, the provider alone signs nobody in", async () => {
  await admin.ok("PATCH", "/sso", settings({ second_factor: true }));
  const bob = new Visitor(ward);
  bob.cookie = sessionOf(await come({ name: "bob@example.org" }));
  const half = await bob.ok("GET", "/session");
  assert.equal(half.stage, "totp_enrol");
  assert.equal((await bob.send("GET", "/sso")).status, 403);
  bob.csrf = half.csrf;
  const { seed } = await bob.ok("POST", "/session/totp/enrol");
  const done = await bob.ok("POST", "/session/totp/confirm", { code: totp(seed) });
  assert.equal(done.stage, "signed_in");
  await admin.ok("PATCH", "/sso", settings());
});

test("a disabled user stays out, whatever the provider says", async () => {
  const { users } = await admin.ok("GET", "/users");
  await admin.ok("PATCH", `/users/${users.find((user) => user.name === "bob@example.org").id}`, { disabled: true });
  await refused({ name: "bob@example.org" }, "disabled");
});

test("a provider may change its key by way of both; another key alone is off until it was tried", async () => {
  const next = new Idp(ward.directory, "idp-next");
  const both = await admin.ok("PUT", "/sso", { title: "Hospital", metadata: idp.metadata({ certificates: [idp.certificate, next.certificate] }) });
  assert.deepEqual([both.provider.enabled, both.provider.certificates.length], [true, 2]);
  assert.ok(sessionOf(await come()));
  assert.ok(sessionOf(await come({ key: next.key })));
  const only = await admin.ok("PUT", "/sso", { title: "Hospital", metadata: idp.metadata({ certificates: [next.certificate] }) });
  assert.equal(only.provider.enabled, true, "it was believed before");
  await refused({}, "signature-wrong");
  const fresh = await admin.ok("PUT", "/sso", { title: "Hospital", metadata: idp.metadata() });
  assert.deepEqual([fresh.provider.enabled, fresh.provider.tested_at], [false, null]);
});

test("the process that reads SAML is ended: another takes its place, and all else goes on", async () => {
  const pids = () => execFileSync("pgrep", ["-f", "wardd --role saml"], { encoding: "utf8" }).trim().split("\n").map(Number);
  const own = pids().find((pid) => ancestors(pid).includes(ward.program.pid));
  assert.ok(own, "a process of its own");
  process.kill(own, "SIGKILL");
  assert.equal((await admin.send("GET", "/users")).status, 200);
  await until("another one", async () => (await admin.send("POST", "/sso/preview", { title: "Hospital", metadata: idp.metadata() })).status === 200);
});

test("whoever removes the provider leaves the local administrator, and nobody comes by it any more", async () => {
  await admin.ok("DELETE", "/sso");
  assert.equal((await admin.ok("GET", "/sso")).provider, null);
  assert.equal((await new Visitor(ward).password("morgan")).status, 200);
  assert.equal((await fetchFrom({ port: ward.people, path: "/api/v1/session/saml/start" })).headers.location, "/?sso=refused");
});

function ancestors(pid) {
  const found = [];
  for (let at = pid; at > 1; found.push(at)) at = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${at}/status`, "utf8"))[1]);
  return found;
}
