/*
 * A text that redaction missed, taken out of everything: what the operator's command, the API and two agents see of it
 *
 * The stand-in for a miss is an application's name: names of programs pass redaction, so a rare one gets everywhere.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createConnection } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { findings, reveal } from "../e2e/search.mjs";
import { Device, encodeReport, frame } from "../harness/device.mjs";
import { totp } from "../harness/totp.mjs";
import { fetchFrom, PROGRAMS, startAgent, startWard, temporaryDirectory, until } from "../harness/ward.mjs";

const MISS = "zyllowska-viewer";
const WORD = "zyllowska";
const PASSWORD = "quiet orchard lantern seven";
const DAY = 86_400_000;

const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;
let device;

/** The command with the string on its standard input. */
function spill(string, ...words) {
  const { status, stdout, stderr } = spawnSync(join(PROGRAMS, "ward"), ["spill", "--data", ward.data, "--purpose", "reported by the privacy officer", ...words], { encoding: "utf8", input: string });
  return { code: status, stdout, stderr, get json() { return JSON.parse(stdout); } };
}

/** The API as the operator has it. */
function operator(method, path, body) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((done, fail) => {
    const outgoing = httpRequest({ socketPath: join(ward.data, "ward.sock"), method, path: `/api/v1${path}`, headers: text === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) } }, (answer) => {
      let heard = "";
      answer.on("data", (chunk) => (heard += chunk));
      answer.on("end", () => done({ status: answer.statusCode, text: heard, get json() { return JSON.parse(heard); } }));
    });
    outgoing.on("error", fail);
    outgoing.end(text);
  });
}

const span = (before, application, more = {}) => ({ start: Date.now() - before, duration: 1000, application, ...more });
const applications = async (date) => (await operator("GET", `/days/${date}`)).json.applications.map((row) => row.name);
const dateOf = (before) => new Date(Date.now() - before).toISOString().slice(0, 10);

/** Every file of the server as it is, and the plain inside of what is sealed. */
function places(data) {
  const found = new Map([["spans, decrypted", reveal("spans", data)], ["records, decrypted", reveal("records", data)]]);
  for (const name of ["spans.db", "spans.db-wal", "records.db", "keyring"]) found.set(name, readFileSync(join(data, name), "latin1"));
  found.set("log", ward.program.log());
  return found;
}

before(async () => {
  ward = await startWard(suite);
  device = await Device.enrolled(ward);
  for (const before of [0, DAY, 3 * DAY]) {
    assert.equal((await device.batch([span(before + 9000, "xterm"), span(before + 5000, MISS), span(before + 1000, "writer")], { more: { counts: [{ day: Math.floor((Date.now() - before) / DAY), application: MISS, kind: 0, count: 2 }] } })).status, 200);
  }
  assert.equal((await device.batch([span(2 * DAY, "xterm")])).status, 200);
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

test("what would be found in everything, or is no text, is refused and told why", () => {
  for (const [string, why] of [["a.b", /4 letters or digits/], ["x".repeat(65), /64/], ["[name] was here", /redaction/]]) {
    const { code, stderr } = spill(string, "--dry-run");
    assert.equal(code, 1, string);
    assert.match(stderr, why);
    assert.ok(!stderr.includes(string));
  }
  for (const words of [[], ["--dry-run", "--confirm"]]) {
    const { code, stderr } = spill(MISS, ...words);
    assert.equal(code, 2);
    assert.match(stderr, /--dry-run.*--confirm/);
  }
  assert.equal(spill("", "--dry-run").code, 1);
});

test("the leak search sees what is there before", () => {
  assert.ok(findings(places(ward.data), [WORD]).includes(`${WORD} in spans, decrypted`));
});

test("a dry run says on which days it is, ends with 1, and changes nothing", async () => {
  const { code, json } = (() => { const ran = spill("Zyllowska Viewer\n", "--dry-run", "--output", "json"); return { code: ran.code, json: ran.json }; })();
  assert.equal(code, 1);
  assert.equal(json.state, "found");
  assert.equal(json.texts, 3);
  assert.deepEqual(json.days.map((day) => day.date).sort(), [dateOf(0), dateOf(DAY), dateOf(3 * DAY)].sort());
  assert.deepEqual([json.days_done, json.days_total], [4, 4]);
  assert.ok((await applications(dateOf(DAY))).includes(MISS));
  assert.equal(spill("viewer zyllowska", "--dry-run", "--output", "json").json.texts, 0, "the order of words matters");
  assert.equal(spill("viewer zyllowska", "--dry-run").code, 0);
  assert.equal((await operator("GET", `/spills/${json.id}`)).json.state, "found");
  assert.equal((await operator("DELETE", `/spills/${json.id}`)).status, 204);
  assert.equal((await operator("GET", `/spills/${json.id}`)).status, 404);
  assert.equal((await operator("POST", `/spills/${json.id}/confirm`)).status, 404);
});

test("confirmed, it is gone from everything, old copies do not open, and a receipt says so", async () => {
  const backup = join(temporaryDirectory({ after: suite.after }), "data");
  cpSync(ward.data, backup, { recursive: true, filter: (path) => !path.endsWith(".sock") });
  const { code, json } = (() => { const ran = spill(`${MISS}\n`, "--confirm", "--output", "json"); return { code: ran.code, json: ran.json }; })();
  assert.equal(code, 0, JSON.stringify(json));
  assert.equal(json.state, "done");
  assert.equal(json.texts, 3);
  assert.equal(json.days.length, 3);
  for (const day of json.days) assert.ok(day.rewritten_at && /^[0-9a-f]{32}$/.test(day.destroyed_key));
  assert.deepEqual(findings(places(ward.data), [WORD]), []);
  for (const before of [0, DAY, 3 * DAY]) {
    const names = await applications(dateOf(before));
    assert.ok(names.includes("[unknown]") && names.includes("xterm") && names.includes("writer"), names.join());
  }

  const receipt = JSON.parse(json.receipt);
  assert.equal(createHash("sha256").update(json.receipt).digest("hex"), json.receipt_hash);
  assert.equal(receipt.purpose, "reported by the privacy officer");
  assert.deepEqual(receipt.days.map((day) => day.destroyed_key).sort(), json.days.map((day) => day.destroyed_key).sort());
  const entries = ward.cliJson("audit", "list").entries;
  const done = entries.find((entry) => entry.action === "spill.done");
  assert.ok(JSON.stringify(done).includes(json.receipt_hash), "the audit log vouches for the receipt");
  for (const action of ["spill.search", "spill.intend"]) assert.ok(entries.some((entry) => entry.action === action), action);
  assert.equal(ward.cliJson("audit", "verify").holds, true);

  /* The days' old boxes with the keyring of today. */
  cpSync(join(ward.data, "keyring"), join(backup, "keyring"));
  assert.throws(() => reveal("spans", backup), /seal/);
});

test("what comes afterwards is refused its text, and everything else of it is kept", async () => {
  assert.equal((await device.batch([span(2000, "ZYLLOWSKA Viewer"), span(1000, MISS), span(500, "reader")])).status, 200);
  assert.equal((await device.live([{ account: "robin", start: Date.now() - 1000, duration: 1000, application: MISS }])).status, 204);
  const names = await applications(dateOf(0));
  assert.ok(names.includes("reader"));
  assert.ok(!names.some((name) => name.toLowerCase().includes(WORD)), names.join());
  assert.deepEqual(findings(places(ward.data), [WORD]), []);
  assert.equal(spill(MISS, "--dry-run").code, 0);
});

test("an incident is open until somebody closes it with a note", () => {
  const open = ward.cliJson("incidents").incidents;
  assert.equal(open.length, 1);
  assert.equal(open[0].kind, "spill");
  assert.equal(open[0].state, "open");
  assert.ok(!JSON.stringify(open).toLowerCase().includes(WORD));
  ward.cli("incident", "close", String(open[0].id), "--note", "one person saw it; told on the phone");
  assert.equal(ward.cliJson("incidents").incidents[0].state, "closed");
  const again = ward.cliRaw("incident", "close", String(open[0].id), "--note", "again");
  assert.equal(again.code, 1);
  assert.match(again.stderr, /closed already/);
  assert.match(ward.cliRaw("incident", "close", "99", "--note", "none").stderr, /no such/);
  assert.match(ward.cli("spill", "list"), /done/);
});

/** Tells the agent's service of spans, as a sensor does, until they are in its spool. */
function tell(agent, spans) {
  return new Promise((done, fail) => {
    const socket = createConnection(agent.socket);
    let heard = Buffer.alloc(0);
    socket.on("error", fail);
    socket.on("data", (chunk) => {
      heard = Buffer.concat([heard, chunk]);
      while (heard.length >= 5 && heard.length >= 4 + heard.readUInt32BE(0)) {
        const kind = heard[4];
        heard = heard.subarray(4 + heard.readUInt32BE(0));
        if (kind === 23) {
          socket.end(frame(6));
          done();
        }
      }
    });
    socket.write(Buffer.concat([frame(1, "seat\n0.1.0"), frame(2, encodeReport(spans))]));
  });
}

test("agents take it out of what waits, and refuse it from then on, and say so", async (t) => {
  const agent = await startAgent(t, ward, { name: "spooling" });
  const miss = "orchard-lantern";
  await until("the agent online", () => /agent\.uplink\.online/.test(agent.program.log()));
  const { id } = ward.cliJson("device", "list").devices.find((one) => one.id !== device.id);

  /* With nobody to send it to, the spool keeps it. */
  await ward.program.stop();
  await tell(agent, [span(9000, "writing-tool"), span(7000, miss), span(5000, "reading-tool")]);
  await agent.program.stop();
  assert.ok(findings(new Map([["spool", reveal("spool", agent.state)]]), [miss]).length > 0);

  await ward.start();
  const { json } = spill(miss, "--confirm", "--output", "json");
  assert.equal(json.state, "done");
  assert.equal(json.texts, 0, "no day has it");
  assert.ok(json.devices.some((one) => one.id === id && one.clean_at === null));
  assert.ok(JSON.parse(json.receipt).policy > 1);

  await agent.start();
  await until("the rule at the agent", () => /"agent.denied","batches":1/.test(agent.program.log()));
  await until("the batch at the server", async () => (await applications(dateOf(0))).includes("reading-tool"));
  await tell(agent, [span(3000, miss), span(2000, "drawing-tool")]);
  await until("the next batch", async () => (await applications(dateOf(0))).includes("drawing-tool"));
  const places = new Map([["spans", reveal("spans", ward.data)], ["agent's log", agent.program.log()], ["server's log", ward.program.log()]]);
  const shown = await until("that it is clean", async () => ((one) => (one.devices.find((each) => each.id === id)?.clean_at ? one : undefined))((await operator("GET", `/spills/${json.id}`)).json), { ms: 60_000, every: 500 });
  assert.equal(shown.devices.find((one) => one.id === device.id).clean_at, null, "the simulated device has said nothing");
  await agent.program.stop();
  places.set("spool", reveal("spool", agent.state));
  assert.deepEqual(findings(places, [miss, "orchardlantern"]), []);

  /* People's changes of the policy do not take the rule out. */
  const file = join(ward.directory, "policy.json");
  writeFileSync(file, JSON.stringify({ ...ward.cliJson("policy", "show"), incognito: true }));
  ward.cli("policy", "set", file);
  await agent.start();
  await until("the newer policy", () => /"agent.policy","version":\d+/.test(agent.program.log()) && (agent.program.log().match(/"agent.denied"/g) ?? []).length >= 2);
});

const post = (path, body, headers = {}) => fetchFrom({ port: ward.people, method: "POST", path: `/api/v1${path}`, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
const kept = (answer) => {
  assert.equal(answer.status, 200, answer.text);
  return { Cookie: answer.headers["set-cookie"][0].split(";")[0], "Ward-Csrf": answer.json.csrf };
};

test("from a browser it takes a code that was not used, and the session that searched", async () => {
  const made = await operator("POST", "/users", { name: "sasha", display_name: "Sasha", class: "admin" });
  const half = kept(await post("/links/use", { token: made.json.link.split("#")[1], name: "sasha", display_name: "Sasha", password: PASSWORD }));
  const { seed } = (await post("/session/totp/enrol", undefined, half)).json;
  const used = totp(seed);
  const session = kept(await post("/session/totp/confirm", { code: used }, half));
  const search = { string: "writer", purpose: "an audit of the control" };
  for (const code of [undefined, "000000", used]) {
    const refused = await post("/spills", { ...search, ...(code ? { code } : {}) }, session);
    assert.equal(refused.status, 403, refused.text);
    assert.match(refused.text, /problems\/fresh-code/);
  }
  const fresh = await until("the next code", () => (totp(seed) === used ? undefined : totp(seed)), { ms: 40_000, every: 500 });
  const begun = await post("/spills", { ...search, code: fresh }, session);
  assert.equal(begun.status, 202, begun.text);
  await until("the search", async () => (await operator("GET", `/spills/${begun.json.id}`)).json.state === "found");
  assert.equal((await operator("POST", `/spills/${begun.json.id}/confirm`)).status, 403, "the operator did not search for it");
  const confirmed = await fetchFrom({ port: ward.people, method: "POST", path: `/api/v1/spills/${begun.json.id}/confirm`, headers: session });
  assert.equal(confirmed.status, 202, confirmed.text);
  await until("the end", async () => (await operator("GET", `/spills/${begun.json.id}`)).json.state === "done");
  assert.ok(!(await applications(dateOf(DAY))).includes("writer"));
});
