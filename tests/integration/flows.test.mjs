/* Where identifiers flow: what each role is told of groups of few people, and what an export leaves in the audit log. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Device } from "../harness/device.mjs";
import { totp } from "../harness/totp.mjs";
import { fetchFrom, startWard } from "../harness/ward.mjs";

const PASSWORD = "quiet orchard lantern seven";
const [NAME, MRN] = [0, 8];
const DAY_MS = 86_400_000;
const stops = [];
const suite = { after: (stop) => stops.push(stop) };
const accounts = Array.from({ length: 7 }, (_, at) => `nurse${String.fromCharCode(97 + at)}`);
const today = Math.floor(Date.now() / DAY_MS);
const monday = today - ((today + 3) % 7);
const dateOf = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10);
const sessions = {};
let ward;

/* What was done: each of so many people so often, on a day of the last whole week. */
const deeds = (people, count, more) => accounts.slice(0, people).map((_, account) => ({ account, day: monday - 5, application: "chromium", kind: MRN, count, ...more }));

async function signIn(role) {
  const { link } = ward.cliJson("user", "add", role.replace("_", "-"), "--class", role);
  let cookie = "";
  let csrf = "";
  const send = async (method, path, body) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await fetchFrom({
      port: ward.people,
      method,
      path: `/api/v1${path}`,
      headers: { Cookie: cookie, "Ward-Csrf": csrf, ...(text ? { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) } : {}) },
      body: text,
    });
    cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? cookie;
    if (answer.status === 200 && answer.headers["content-type"]?.includes("json")) csrf = answer.json.csrf ?? csrf;
    return answer;
  };
  await send("POST", "/links/use", { token: link.split("#")[1], name: role.replace("_", "-"), display_name: role, password: PASSWORD });
  const { seed } = (await send("POST", "/session/totp/enrol")).json;
  assert.equal((await send("POST", "/session/totp/confirm", { code: totp(seed) })).status, 200);
  return (path) => send("GET", path);
}

before(async () => {
  ward = await startWard(suite);
  const device = await Device.enrolled(ward, "ws-er-01");
  const counts = [
    ...deeds(7, 11, { domain: "portal.example" }),
    /* Three of the same seven also by name there: the place is told, the kind is not. */
    ...deeds(3, 17, { domain: "portal.example", kind: NAME }),
    ...deeds(2, 23, { domain: "rare-illness.example" }),
    /* This week, which goes on. */
    ...deeds(7, 4, { application: "ehr", day: today }),
    { account: 0, day: monday - 12, application: "ehr", kind: NAME, count: 3 },
  ];
  const answer = await device.batch([], { more: { accounts, counts } });
  assert.equal(answer.status, 200, answer.text);
  for (const role of ["viewer", "power_user", "configurator", "admin"]) sessions[role] = await signIn(role);
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

const cellOf = (flows, name, kind) => flows.rows.find((row) => row.name === name)?.cells.find((cell) => cell.kind === kind);

test("whoever may not see identities is told of five people or more, in whole weeks, rounded", async () => {
  const flows = (await sessions.configurator("/flows")).json;
  assert.equal(flows.k, 5);
  assert.ok(flows.rounded && flows.buckets.every((bucket) => bucket.whole));
  assert.deepEqual(
    flows.rows.map((row) => [row.name, row.site]),
    [["portal.example", true]],
  );
  assert.deepEqual(cellOf(flows, "portal.example", "mrn"), { day: dateOf(monday - 7), kind: "mrn", count: 75, people: null });
  assert.deepEqual(cellOf(flows, "portal.example", "name"), { day: dateOf(monday - 7), kind: "name", count: null, people: null });
  assert.deepEqual(flows.untold, [
    { day: dateOf(monday - 14), names: 1 },
    { day: dateOf(monday - 7), names: 1 },
  ]);
  const text = JSON.stringify(flows);
  for (const secret of ["rare-illness", "ehr", "46", "51"]) assert.ok(!text.includes(secret), `${secret} in ${text}`);
});

test("neither days nor fewer people are given to them, and that they asked is written down", async () => {
  for (const path of ["/flows?k=4", "/flows?k=1", "/flows?bucket=day", "/flows?bucket=day&k=500", "/flows/export?k=4", "/flows/export?bucket=day"]) {
    const answer = await sessions.configurator(path);
    assert.equal(answer.status, 403, path);
    assert.equal(answer.json.type, "/problems/few-people");
  }
  const denied = ward.cliJson("audit", "list").entries.filter((entry) => entry.action === "access.denied");
  assert.equal(denied.length, 6);
  assert.ok(denied.every((entry) => entry.outcome === "denied" && JSON.parse(entry.detail).reason === "few-people"));
});

test("no choice of days tells them anything but whole weeks that are over", async () => {
  for (const [from, to] of [[monday - 6, monday - 5], [monday - 5, monday - 5], [monday - 7, today], [monday - 1, today + 7]]) {
    const flows = (await sessions.configurator(`/flows?from=${dateOf(from)}&to=${dateOf(to)}`)).json;
    assert.equal(cellOf(flows, "portal.example", "mrn")?.count, 75, `${from} to ${to}`);
  }
  const flows = (await sessions.configurator(`/flows?from=${dateOf(monday)}&to=${dateOf(today)}`)).json;
  assert.deepEqual([flows.rows, flows.buckets, flows.untold], [[], [], []]);
});

test("a viewer is refused, whatever they ask for", async () => {
  for (const path of ["/flows", "/flows?k=100", "/flows/export"]) assert.equal((await sessions.viewer(path)).status, 403);
});

test("whoever sees identities is asked for five as well, and may ask for one, and for days", async () => {
  for (const role of ["power_user", "admin"]) {
    const flows = (await sessions[role]("/flows")).json;
    assert.equal(flows.k, 5);
    assert.ok(!flows.rounded);
    assert.equal(cellOf(flows, "portal.example", "mrn").count, 77);
    assert.equal(cellOf(flows, "portal.example", "mrn").people, 7);
    assert.equal(cellOf(flows, "portal.example", "name").count, null);
    assert.equal(cellOf(flows, "ehr", "mrn").count, 28);
    assert.ok(!JSON.stringify(flows).includes("rare-illness"));
    const all = (await sessions[role]("/flows?k=1")).json;
    assert.deepEqual(cellOf(all, "rare-illness.example", "mrn"), { day: dateOf(monday - 7), kind: "mrn", count: 46, people: 2 });
    const days = (await sessions[role]("/flows?k=1&bucket=day")).json;
    assert.equal(cellOf(days, "portal.example", "name").day, dateOf(monday - 5));
    assert.equal(days.buckets.length, 14);
  }
});

test("what cannot be asked is told by field", async () => {
  for (const path of ["/flows?k=0", "/flows?k=1001", "/flows?bucket=month", "/flows?from=2026-02-30", "/flows?from=2026-02-02&to=2026-02-01", "/flows?from=2020-01-01&to=2026-01-01", "/flows?bucket=day&from=2026-01-01&to=2026-06-01"])
    assert.equal((await sessions.admin(path)).status, 422, path);
});

test("an export is the same answer as a file, and is written down with what was in it", async () => {
  const answer = await sessions.configurator("/flows/export");
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers["content-type"], /^text\/csv/);
  assert.match(answer.headers["content-disposition"], /attachment/);
  assert.deepEqual(answer.text.split("\r\n"), [
    "week,name,type,kind,count,people",
    `${dateOf(monday - 7)},"portal.example",site,name,,"fewer than 5 people"`,
    `${dateOf(monday - 7)},"portal.example",site,mrn,75,"5 people or more"`,
    "",
  ]);
  const entry = ward.cliJson("audit", "list").entries.find((one) => one.action === "flows.export");
  const detail = JSON.parse(entry.detail);
  assert.deepEqual([detail.rows, detail.columns, detail.people, detail.bytes, detail.k], [2, 6, 7, Buffer.byteLength(answer.text), 5]);
  const all = await sessions.admin("/flows/export?k=1");
  assert.ok(all.text.includes(`"rare-illness.example",site,mrn,46,2\r\n`), all.text);
});

test("the operator's command says it by week and by day", () => {
  const weeks = ward.cli("removed", "--week");
  assert.match(weeks, /portal\.example +mrn +77 +7/);
  assert.match(weeks, /portal\.example +name +fewer than 5 people/);
  assert.match(weeks, /names are not told/);
  assert.ok(!weeks.includes("rare-illness"));
  assert.match(ward.cli("removed", "--k", "1"), /rare-illness\.example +mrn +46 +2/);
  assert.equal(ward.cliJson("removed", "--week").bucket, "week");
  assert.equal(ward.cliJson("removed").bucket, "day");
  assert.equal(ward.cliRaw("removed", "--k", "none").code, 2);
});
