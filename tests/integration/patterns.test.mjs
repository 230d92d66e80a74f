/* The organisation's own patterns: tried, put in force, audited, and heeded by what comes in. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Device, minutes } from "../harness/device.mjs";
import { startWard } from "../harness/ward.mjs";

const stops = [];
let ward;

before(async () => {
  ward = await startWard({ after: (stop) => stops.push(stop) });
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** A request as the operator. */
function ask(method, path, body, headers = {}) {
  return new Promise((done, failed) => {
    const call = request({ socketPath: join(ward.data, "ward.sock"), method, path, headers: { "Content-Type": "application/json", ...headers } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => (text += part));
      answer.on("end", () => done({ status: answer.statusCode, text, json: text ? JSON.parse(text) : undefined }));
    });
    call.on("error", failed);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const attempt = (patterns, samples, more = {}) => ask("POST", "/api/v1/patterns/try", { patterns, words: "", profile: "balanced", samples, ...more });
const file = (name, text) => {
  const path = join(ward.directory, name);
  writeFileSync(path, text);
  return path;
};
const NORTH = "north\tmrn\tZQ-{6 digits}\n";

test("samples are judged by the engine before anything is saved", async () => {
  const { status, json } = await attempt(NORTH, ["see ZQ-123456 today", "see ZQ-12345 today"]);
  assert.equal(status, 200);
  assert.equal(json.error, undefined);
  assert.deepEqual(json.warnings, []);
  assert.equal(json.samples[0].clean, "see [mrn] today");
  assert.deepEqual(json.samples[0].found, [{ kind: "mrn", rule: "org.north", start: 4, end: 13 }]);
  assert.ok(!json.samples[1].found.some(({ rule }) => rule.startsWith("org.")));
  assert.equal((await ask("GET", "/api/v1/policy")).json.patterns, "");
});

test("strict keeps safe words in samples, and a sample that cannot be redacted is removed whole", async () => {
  const strict = { profile: "strict" };
  assert.equal((await attempt("", ["zorbium quuxi"], strict)).json.samples[0].clean, "[unknown]");
  assert.equal((await attempt("", ["zorbium quuxi"], { ...strict, words: "zorbium\n" })).json.samples[0].clean, "zorbium [unknown]");
  assert.equal((await attempt("", ["a@b.co ".repeat(300)])).json.samples[0].clean, null);
});

test("what does not parse is named by line, column, field and what was expected", async () => {
  const { json } = await attempt(`${NORTH}south\tmrn\t/NC-\\d+/\n`, ["x"]);
  assert.deepEqual(json.samples, []);
  const { document, line, column, field, expected } = json.error;
  assert.deepEqual({ document, line, column, field }, { document: "patterns", line: 2, column: 17, field: "template" });
  assert.match(expected, /\{1,16\}/);
  assert.equal((await attempt("", [], { words: "zorbium\nsmith\n" })).json.error.document, "words");
});

test("a pattern that takes ordinary words or dates is warned of", async () => {
  const { json } = await attempt("broad\tmrn\t{4-8 letters}\ndate\tmrn\t####-##-##\nfew\tmrn\t(the|with)\n", []);
  assert.deepEqual(
    json.warnings.map(({ rule, what }) => [rule, what]),
    [
      ["org.broad", "broad"],
      ["org.date", "moments"],
      ["org.few", "words"],
    ],
  );
});

test("too many samples and too long ones are refused", async () => {
  assert.equal((await attempt("", Array(51).fill("x"))).status, 422);
  assert.equal((await attempt("", ["x".repeat(4097)])).status, 422);
});

test("a policy with patterns that do not compile is refused with the place, and nothing changes", async () => {
  const { version, created_at: _at, created_by: _by, ...policy } = (await ask("GET", "/api/v1/policy")).json;
  const put = (change) => ask("PUT", "/api/v1/policy", { ...policy, ...change }, { "If-Match": `"${version}"` });
  const wrong = await put({ patterns: "north\tmrn\tZQ-{6 things}\n" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /"\/patterns"/);
  assert.match(wrong.text, /line 1, column 17, template/);
  assert.match((await put({ words: "smith\n" })).text, /"\/words"/);
  assert.equal((await ask("GET", "/api/v1/policy")).json.version, version);
});

test("check reads a document with lists from files, and says what is wrong in the file that holds it", () => {
  file("facilities.txt", "NC\nSC\n");
  const good = file("good.txt", "list\tfacility\tfacilities.txt\nnorth\tmrn\t{facility}-{6 digits}\n");
  assert.equal(ward.cliRaw("patterns", "check", good).code, 0);
  const late = file("late.txt", "list\tfacility\tfacilities.txt\nnorth\tmrn\t{nowhere}\n");
  const wrong = ward.cliRaw("patterns", "check", late);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /late\.txt:2:12: template: expected the name of a list/);
  file("facilities.txt", "NC\n\u0418\n");
  assert.match(ward.cliRaw("patterns", "check", good).stderr, /facilities\.txt:2:2: entry/);
  file("facilities.txt", "NC\nSC\n");
  const broad = ward.cliRaw("patterns", "check", file("broad.txt", "broad\tmrn\t{4-8 letters}\n"));
  assert.equal(broad.code, 1);
  assert.match(broad.stdout, /too broad/);
});

test("set puts a document in force, show gives it back, and the audit log has each change", async () => {
  const good = join(ward.directory, "good.txt");
  ward.cli("patterns", "set", good, "--words", file("words.txt", "zorbium\nsmith!\n"));
  assert.equal(ward.cli("patterns", "show"), "list\tfacility\n\tNC\n\tSC\nnorth\tmrn\t{facility}-{6 digits}\n");
  assert.equal(ward.cli("patterns", "show", "--words"), "zorbium\nsmith!\n");
  ward.cli("patterns", "set", file("second.txt", "list\tfacility\n\tNC\nnorth\tmrn\t{facility}-{8 digits}\n"));
  assert.equal(ward.cli("patterns", "show", "--words"), "zorbium\nsmith!\n", "words that are not given stay");
  const entries = ward.cliJson("audit", "list").entries.filter(({ action }) => /^policy\.(patterns|words)$/.test(action));
  const details = entries.map(({ target, detail }) => [target, JSON.parse(detail)]);
  const [, changed] = details.find(([target, { before }]) => target === "pattern:north" && before);
  assert.deepEqual(changed, { before: "north\tmrn\t{facility}-{6 digits}", after: "north\tmrn\t{facility}-{8 digits}" });
  const [, list] = details.find(([target, { before }]) => target === "list:facility" && before);
  assert.deepEqual([list.before.entries, list.after.entries], [2, 1]);
  assert.match(list.after.sha256, /^[0-9a-f]{64}$/);
  const [, words] = details.find(([target]) => target === "words");
  assert.equal(words.after.entries, 2);
  assert.ok(!JSON.stringify(details).includes("zorbium"), "of words there are counts and a hash only");
});

test("what is left out of a trial is what is in force, and trying is neither audited nor logged", async () => {
  ward.cli("patterns", "set", file("held.txt", NORTH), "--words", file("held-words.txt", "zorbium\n"));
  const entries = () => ward.cliJson("audit", "list").entries.length;
  const count = entries();
  const left = (more) => ask("POST", "/api/v1/patterns/try", { profile: "strict", samples: ["zorbium ZQ-123456"], ...more });
  assert.equal((await left({})).json.samples[0].clean, "zorbium [mrn]");
  assert.equal((await left({ words: "" })).json.samples[0].clean, "[unknown] [mrn]");
  assert.ok(!(await left({ patterns: "" })).json.samples[0].found.some(({ rule }) => rule.startsWith("org.")));
  assert.equal((await left({ samples: ["a secret qzxvkalpha 4711"] })).status, 200);
  assert.equal(entries(), count, "trying is no act");
  assert.ok(!ward.program.log().includes("qzxvkalpha"));
});

test("a document of a hundred thousand entries is put in force by the command", () => {
  const entries = Array.from({ length: 100_000 }, (_, i) => `N${i}`).join("\n");
  file("many.txt", `${entries}\n`);
  ward.cli("patterns", "set", file("large.txt", "list\tall\tmany.txt\nlarge\tmrn\t{all}/#\n"));
  assert.equal(ward.cli("patterns", "show").length, 5 + 4 + entries.length + 100_000 + 1 + "large\tmrn\t{all}/#\n".length);
});

test("what a device sends is judged again with the organisation's patterns, as soon as they are in force", async () => {
  const device = await Device.enrolled(ward, "judged");
  const applications = async () => {
    const { json } = await ask("GET", `/api/v1/days/${new Date().toISOString().slice(0, 10)}`);
    return json.applications.map(({ name }) => name).sort();
  };
  const send = async (application, before) => assert.equal((await device.batch(minutes(1, { application, before }))).status, 200);
  ward.cli("patterns", "set", file("none.txt", ""));
  await send("desk-zq-12", 120_000);
  assert.deepEqual(await applications(), ["desk-zq-12"]);
  ward.cli("patterns", "set", file("north.txt", "north\tmrn\tZQ-##\n"));
  await send("bench-zq-12", 0);
  assert.deepEqual(await applications(), ["bench-[mrn]", "desk-zq-12"]);
});
