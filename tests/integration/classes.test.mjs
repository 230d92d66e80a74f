/* Classes of an organisation's own: who may make and give them, under which conditions they hold, and what differs from the built-in ones. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Device } from "../harness/device.mjs";
import { openStream, Visitor } from "../harness/visitor.mjs";
import { startWard, until } from "../harness/ward.mjs";

const DAY = 86_400_000;
const CATEGORIES = ["aggregates", "activity", "titles", "identity", "devices", "policy", "settings", "access", "audit", "programme", "system", "directory"];
const NONE = { window_days: 0, zone: "", hours: [], networks: [], factor_minutes: 0, idle_minutes: 0, absolute_minutes: 0 };
const day = (back) => new Date(Date.now() - back * DAY).toISOString().slice(0, 10);
const soon = day(-30);
const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;
let admin;
let self;
let count = 0;

const VIEWER = Object.fromEntries(CATEGORIES.map((category) => [category, ["activity", "titles", "identity"].includes(category) ? "see" : "none"]));
const form = (word, more = {}, conditions = {}) => ({ class: word, title: word, base: "viewer", reach: "everyone", levels: VIEWER, owner: 0, ...more, conditions: { ...NONE, ...conditions } });
const withoutWord = ({ class: _, ...rest }) => rest;
const refused = (answer, status, word) => assert.deepEqual([answer.status, answer.json?.type], [status, `/problems/${word}`], answer.text);
const wrongField = (answer, pointer) => assert.deepEqual([answer.status, answer.json?.errors?.[0]?.pointer], [422, pointer], answer.text);

async function addUser(word, by = admin) {
  const name = `user${++count}`;
  const { link } = await by.ok("POST", "/users", { name, display_name: name, class: word });
  const visitor = new Visitor(ward);
  await visitor.useLink(link);
  await visitor.confirm();
  visitor.user = (await visitor.ok("GET", "/session")).user;
  return visitor;
}

const classOf = async (word) => (await admin.ok("GET", "/classes")).classes.find((row) => row.class === word);
const entries = (action) => ward.cliJson("audit", "list").entries.filter((entry) => entry.action === action);

before(async () => {
  ward = await startWard(suite);
  admin = new Visitor(ward);
  await admin.useLink(await ward.setupLink(), { name: "morgan", display_name: "Morgan" });
  await admin.confirm();
  self = (await admin.ok("GET", "/session")).user.id;
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

test("a copy is made, told as it was given, changed, and removed when nobody is of it; each is in the log", async () => {
  const conditions = { window_days: 30, zone: "America/Chicago", hours: [{ day: "mon", from: "07:00", to: "19:00" }, { day: "sat", from: "22:00", to: "06:00" }], networks: ["10.0.0.0/8", "2001:db8::/32"], factor_minutes: 60, idle_minutes: 10, absolute_minutes: 480 };
  const levels = { ...VIEWER, devices: "see", titles: "none" };
  assert.equal((await admin.send("POST", "/classes", form("clerk", { levels, owner: self, until: soon }, conditions))).status, 204);
  const row = await classOf("clerk");
  assert.deepEqual(row.conditions, conditions);
  assert.deepEqual(row.levels, levels);
  assert.deepEqual(row.copied, { from: "viewer", deviations: [{ what: "titles", base: "see", now: "none", wider: false }, { what: "devices", base: "none", now: "see", wider: true }], owner: self, until: soon, overdue: false });
  wrongField(await admin.send("POST", "/classes", form("clerk")), "/class");
  assert.equal((await admin.send("PUT", "/classes/clerk", withoutWord(form("clerk", { title: "Clerk" })))).status, 204);
  const changed = await classOf("clerk");
  assert.deepEqual([changed.title, changed.levels, changed.conditions, changed.copied.deviations], ["Clerk", VIEWER, NONE, []]);
  const clerk = await addUser("clerk");
  refused(await admin.send("DELETE", "/classes/clerk"), 409, "class-in-use");
  assert.equal((await classOf("clerk")).users, 1);
  await admin.ok("PATCH", `/users/${clerk.user.id}`, { class: "viewer" });
  assert.equal((await admin.send("DELETE", "/classes/clerk")).status, 204);
  assert.equal(await classOf("clerk"), undefined);
  refused(await admin.send("DELETE", "/classes/clerk"), 404, "absent");
  for (const action of ["class.add", "class.change", "class.remove"]) assert.equal(entries(action).filter((entry) => entry.target === "class:clerk").length, 1, action);
  const { networks, levels: kept } = JSON.parse(entries("class.add").find((entry) => entry.target === "class:clerk").detail);
  assert.deepEqual([networks, kept], ["10.0.0.0/8 2001:db8::/32", "activity:see identity:see devices:see"]);
});

test("built-in classes are neither changed, removed nor made again", async () => {
  refused(await admin.send("PUT", "/classes/viewer", withoutWord(form("viewer"))), 404, "absent");
  refused(await admin.send("DELETE", "/classes/employee"), 404, "absent");
  wrongField(await admin.send("POST", "/classes", form("auditor")), "/class");
});

test("what does not do is told by field, and nothing is made", async () => {
  const wider = { levels: { ...VIEWER, audit: "see" } };
  const cases = [
    [form("bad", { base: "clerk" }), "/base"],
    [form("bad", { reach: "nearly" }), "/reach"],
    [form("bad", { title: "" }), "/title"],
    /* They would tie themselves to anybody. */
    [form("bad", { reach: "self", levels: { ...VIEWER, access: "change" }, owner: self, until: soon }), "/reach"],
    [form("bad", { reach: "self", levels: { ...VIEWER, directory: "change" }, owner: self, until: soon }), "/reach"],
    [form("Bad Word"), "/class"],
    [form("bad", { levels: { ...VIEWER, audit: "all" } }), "/levels/audit"],
    [form("bad", { levels: { ...VIEWER, identity: "none" }, owner: self, until: soon }), "/levels/identity"],
    [form("bad", wider), "/owner"],
    [form("bad", { ...wider, owner: self }), "/until"],
    [form("bad", { ...wider, owner: self, until: day(1) }), "/until"],
    [form("bad", { ...wider, owner: self, until: "tomorrow" }), "/until"],
    [form("bad", { ...wider, owner: 4_000_000, until: soon }), "/owner"],
    [form("bad", {}, { zone: "Nowhere/Town" }), "/conditions/zone"],
    [form("bad", {}, { zone: "../../etc/passwd" }), "/conditions/zone"],
    [form("bad", {}, { networks: ["10.0.0.0/8", "10.1.0.0/8"] }), "/conditions/networks/1"],
    [form("bad", {}, { networks: ["everywhere"] }), "/conditions/networks/0"],
    [form("bad", {}, { networks: Array(13).fill("10.0.0.0/8") }), "/conditions/networks"],
    [form("bad", {}, { hours: [{ day: "mon", from: "7:00", to: "19:00" }] }), "/conditions/hours/0/from"],
    [form("bad", {}, { hours: [{ day: "mon", from: "07:00", to: "24:01" }] }), "/conditions/hours/0/to"],
    [form("bad", {}, { hours: [{ day: "tue", from: "07:00", to: "07:00" }] }), "/conditions/hours/0"],
    [form("bad", {}, { hours: [{ day: "mon", from: "07:00", to: "12:00" }, { day: "mon", from: "13:00", to: "19:00" }] }), "/conditions/hours/1"],
    [form("bad", {}, { window_days: -1 }), "/conditions/window_days"],
    [form("bad", {}, { idle_minutes: 61 }), "/conditions/idle_minutes"],
  ];
  for (const [body, pointer] of cases) wrongField(await admin.send("POST", "/classes", body), pointer);
  assert.equal(await classOf("bad"), undefined);
});

test("nobody makes, gives or touches more than their own class has, nor changes their own", async () => {
  const all = Object.fromEntries(CATEGORIES.map((category) => [category, "change"]));
  const helper = { ...VIEWER, access: "change" };
  await admin.ok("POST", "/classes", form("helpdesk", { levels: helper, owner: self, until: soon }, { window_days: 30, networks: ["127.0.0.0/8"] }));
  const desk = await addUser("helpdesk");
  const narrow = { window_days: 7, networks: ["127.0.0.0/16"] };
  const more = (changes) => ({ levels: helper, owner: desk.user.id, until: soon, ...changes });
  for (const body of [form("more", more({ base: "admin", levels: all }), narrow), form("more", more({ levels: { ...helper, audit: "see" } }), narrow), form("more", more(), { ...narrow, window_days: 31 }), form("more", more(), { ...narrow, window_days: 0 }), form("more", more(), { ...narrow, networks: [] }), form("more", more(), { ...narrow, networks: ["0.0.0.0/0"] })])
    refused(await desk.send("POST", "/classes", body), 403, "above-own-class");
  assert.equal((await desk.send("POST", "/classes", form("less", more(), narrow))).status, 204);
  refused(await desk.send("PUT", "/classes/helpdesk", withoutWord(form("helpdesk", more(), narrow))), 403, "own-class");
  refused(await desk.send("POST", "/users", { name: "mole", display_name: "Mole", class: "admin" }), 403, "above-own-class");
  refused(await desk.send("POST", "/users", { name: "mole", display_name: "Mole", class: "viewer" }), 403, "above-own-class");
  assert.equal((await desk.send("POST", "/users", { name: "mole", display_name: "Mole", class: "less" })).status, 201);
  for (const body of [{ disabled: true }, { class: "less" }, { display_name: "Not Morgan" }]) refused(await desk.send("PATCH", `/users/${self}`, body), 403, "above-own-class");
  refused(await desk.send("POST", `/users/${self}/link`), 403, "above-own-class");
  /* Whoever may take more in an emergency is not theirs to let in, nor to decide about. */
  const { users } = await admin.ok("GET", "/users");
  const mole = users.find((user) => user.name === "mole").id;
  await admin.ok("PATCH", `/users/${mole}`, { emergency: "privacy_officer" });
  refused(await desk.send("POST", `/users/${mole}/link`), 403, "above-own-class");
  refused(await desk.send("PATCH", `/users/${mole}`, { display_name: "Mine" }), 403, "above-own-class");
  for (const word of ["less", "admin"]) refused(await desk.send("PATCH", `/users/${desk.user.id}`, { class: word }), 403, "own-class");
  refused(await admin.send("PATCH", `/users/${self}`, { class: "viewer" }), 403, "own-class");
  assert.equal((await admin.ok("GET", "/session")).user.class, "admin");
  assert.ok(entries("access.denied").some((entry) => JSON.parse(entry.detail || "{}").reason === "above-own-class"));
});

test("a class's window cuts the range that is asked, and the answer says that it did", async () => {
  await admin.ok("POST", "/classes", form("recent", {}, { window_days: 2, zone: "UTC" }));
  const recent = await addUser("recent");
  const device = await Device.enrolled(ward, "window");
  const at = Date.now() - 3 * DAY;
  assert.equal((await device.batch([{ start: at, duration: 60_000, application: "xterm" }], { more: { accounts: ["robin"] } })).status, 200);
  const { people } = await admin.ok("GET", `/days/${day(3)}?offset_minutes=0`);
  const id = people.find((person) => person.totals.active_ms + person.totals.passive_ms > 0).id;
  const seen = await admin.ok("GET", `/people/${id}/days/${day(3)}?offset_minutes=0`);
  assert.ok(seen.person.segments.length > 0 && seen.cut_at === null);
  const cut = await recent.ok("GET", `/people/${id}/days/${day(3)}?offset_minutes=0`);
  assert.deepEqual([cut.person.segments, cut.cut_at], [[], `${day(1)}T00:00:00.000Z`]);
  assert.equal((await recent.ok("GET", `/people/${id}/days/${day(0)}?offset_minutes=0`)).cut_at, null);
  assert.equal((await recent.ok("GET", `/people/${id}/removed?days=7`)).cut_at, `${day(1)}T00:00:00.000Z`);
  const overview = await recent.ok("GET", `/days/${day(3)}?offset_minutes=0`);
  assert.ok(overview.cut_at && overview.people.every((person) => person.totals.active_ms === 0));
});

test("a class without titles gets none", async () => {
  await admin.ok("POST", "/classes", form("untitled", { levels: { ...VIEWER, titles: "none" }, owner: self, until: soon }));
  const untitled = await addUser("untitled");
  const device = await Device.enrolled(ward, "titles");
  assert.equal((await device.batch([{ start: Date.now() - 120_000, duration: 60_000, application: "editor", title: "Quarterly plan" }], { more: { accounts: ["kim"] } })).status, 200);
  const { people } = await admin.ok("GET", `/days/${day(0)}`);
  for (const person of people) assert.doesNotMatch((await untitled.send("GET", `/people/${person.id}/days/${day(0)}`)).text, /Quarterly plan/);
});

test("a session lasts as its class says, when that is less than the settings allow", async () => {
  await admin.ok("POST", "/classes", form("short", {}, { idle_minutes: 2, absolute_minutes: 30 }));
  const short = await addUser("short");
  const session = await short.ok("GET", "/session");
  const minutes = (moment) => Math.round((Date.parse(moment) - Date.now()) / 60_000);
  assert.ok(minutes(session.expires_at) <= 30 && minutes(session.expires_at) >= 28, session.expires_at);
});

test("a change of a class ends the sessions and streams of whoever is of it, and of nobody else", async (t) => {
  await admin.ok("POST", "/classes", form("moving"));
  const [moved, other] = [await addUser("moving"), await addUser("viewer")];
  const [ends, stays] = [await openStream(t, moved), await openStream(t, other)];
  await admin.ok("PUT", "/classes/moving", withoutWord(form("moving", {}, { window_days: 5 })));
  await until("the end of the stream", () => ends.ended, { ms: 3000 });
  refused(await moved.send("GET", "/session"), 401, "signed-out");
  assert.equal((await other.send("GET", "/session")).status, 200);
  assert.equal(stays.ended, false);
});

test("an event stream ends when the hours of its class do", async (t) => {
  const now = new Date();
  const to = new Date(now.getTime() + 61_000);
  const clock = (date) => date.toISOString().slice(11, 16);
  /* Around midnight the hours would go on into the next day: they may. */
  const hours = [{ day: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][now.getUTCDay()], from: clock(now) > clock(to) ? "12:00" : "00:00", to: clock(to) }];
  await admin.ok("POST", "/classes", form("evening", {}, { zone: "UTC", hours }));
  const visitor = await addUser("evening");
  const stream = await openStream(t, visitor);
  assert.equal(stream.status, 200);
  await until("the end of the hours", () => stream.ended, { ms: 75_000 });
  refused(await visitor.send("GET", `/days/${day(0)}`), 403, "outside-hours");
  assert.equal((await visitor.send("GET", "/session")).status, 200, "whoever is outside their hours may still sign out");
  for (let at = 0; at < 3; at++) refused(await visitor.send("GET", "/events"), 403, "outside-hours");
  const denied = entries("access.denied").filter((entry) => entry.actor_id === String(visitor.user.id) && JSON.parse(entry.detail).reason === "hours");
  assert.equal(denied.length, 1, "a page that asks on and on does not fill the log");
});

test("the commands make, show, replace and remove a class", async () => {
  const file = join(ward.data, "..", "class.json");
  const copy = JSON.parse(ward.cli("class", "show", "power_user"));
  assert.equal(copy.base, "power_user");
  writeFileSync(file, JSON.stringify({ ...copy, class: "floor", title: "Floor", conditions: { ...copy.conditions, window_days: 14, networks: ["10.2.0.0/16"] } }));
  assert.match(ward.cli("class", "set", file), /Made/);
  assert.deepEqual(JSON.parse(ward.cli("class", "show", "floor")), JSON.parse(readFileSync(file, "utf8")));
  assert.match(ward.cli("class", "list"), /floor\n {2}of whom: everyone[\s\S]*sees back: 14 days\n {2}networks: 10\.2\.0\.0\/16\n {2}copied from: power_user/);
  assert.match(ward.cli("class", "set", file), /Replaced/);
  ward.cliJson("user", "add", "flo", "--class", "floor");
  assert.match(ward.cli("access", "show", "flo"), /class floor[\s\S]*networks: 10\.2\.0\.0\/16/);
  assert.throws(() => ward.cli("class", "remove", "floor"));
  ward.cli("user", "change", "flo", "--class", "viewer");
  ward.cli("class", "remove", "floor");
  for (const wrong of [["class", "show", "floor"], ["class", "set", join(ward.data, "nothing.json")], ["class", "remove", "viewer"], ["class", "remove", "floor"]]) assert.throws(() => ward.cli(...wrong), wrong.join(" "));
});

test("what differs past its day is told as overdue", async () => {
  await admin.ok("POST", "/classes", form("trial_run", { levels: { ...VIEWER, devices: "see" }, owner: self, until: day(0) }));
  assert.equal((await classOf("trial_run")).copied.overdue, false);
  await ward.goAhead(60 * 26);
  const row = ward.cliJson("class", "list").classes.find((one) => one.class === "trial_run");
  assert.equal(row.copied.overdue, true);
  assert.match(ward.cli("class", "list"), /owner: user \d+, until [0-9-]+ \(overdue\)/);
});
