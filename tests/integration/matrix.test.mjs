/*
 * Who may do what: every route of openapi.json, asked by everyone
 *
 * What passes a gate may still fail after it: bodies and parameters here do not fit on purpose, so that nothing is changed. What matters is who is let through.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Device, minutes } from "../harness/device.mjs";
import { totp } from "../harness/totp.mjs";
import { startWard, TOP, until } from "../harness/ward.mjs";

const PASSWORD = "quiet orchard lantern seven";
const document = JSON.parse(readFileSync(join(TOP, "server/serve/api/openapi.json"), "utf8"));

/*
 * The reference model: written down beside lib/access, not made from it. A class is a level for each category, and of whom it sees activity; a permission
 * needs a level of a category. docs/permissions.md is made from the other side.
 */
const CATEGORIES = ["aggregates", "activity", "titles", "identity", "devices", "policy", "settings", "access", "audit", "programme", "system", "directory"];
const LEVELS = { "-": 0, s: 1, c: 2 };
const CLASSES = {
  viewer: "-sss--------",
  power_user: "sssss-------",
  configurator: "s---ccc---s-",
  admin: "cccccccccccc",
  privacy_officer: "ssssssssscss",
  security_officer: "s---ssssscs-",
  auditor: "----sssssss-",
  employee: "-sss--------",
};
const OWN_ONLY = ["employee"];
const NEEDS = {
  "people.view": "activity s",
  "devices.view": "devices s",
  "devices.manage": "devices c",
  "packages.manage": "devices c",
  "removed.view": "aggregates s",
  "policy.view": "policy s",
  "policy.change": "policy c",
  "settings.view": "settings s",
  "settings.change": "settings c",
  "users.view": "access s",
  "users.manage": "access c",
  "audit.view": "audit s",
  "audit.export": "audit s",
  "spills.manage": "programme c",
  "incidents.view": "programme s",
  "incidents.manage": "programme c",
  "emergencies.view": "programme s",
  "emergencies.review": "programme c",
  "system.view": "system s",
  "tls.change": "system c",
  "directory.view": "directory s",
  "directory.manage": "directory c",
};

function mayDo(word, permission) {
  const [category, level] = NEEDS[permission].split(" ");
  return LEVELS[CLASSES[word][CATEGORIES.indexOf(category)]] >= LEVELS[level];
}

/** Of a look at one person: what is answered to somebody of a class who is the person `self` (0: not said). */
function lookStatus(word, self, person, exists) {
  if (!mayDo(word, "people.view")) return [403, "not-permitted"];
  if (OWN_ONLY.includes(word) && self === 0) return [403, "untied"];
  if (OWN_ONLY.includes(word) && self !== person) return [403, "out-of-scope"];
  return exists ? [200, undefined] : [404, "absent"];
}

const GATES = ["public", "foreign", "session", "self", "tag", "device"];
const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    template: path,
    /* Dates that are none, numbers that are none: no handler runs. */
    path: path.replaceAll(/\{\w+\}/g, "~"),
    name: `${method.toUpperCase()} ${path}`,
    permission: operation["x-permission"],
    stepUp: operation["x-step-up"] === true,
    listener: operation["x-listener"],
    body: operation.requestBody ? Object.keys(operation.requestBody.content)[0] : undefined,
  })),
);
/* Where nobody is asked who they are; foreign: nor from whose page they come, as an identity provider sends browsers back. */
const open = (route) => ["public", "foreign"].includes(route.permission);
const people = routes.filter((route) => route.listener === "people");

/* What exports, changes who sees what, or cannot be undone asks for a second factor that was proven in the last ten minutes. */
const STEP_UP = [
  "POST /api/v1/groups",
  "PUT /api/v1/groups/{group}",
  "DELETE /api/v1/groups/{group}",
  "POST /api/v1/people/{person}/assign",
  "POST /api/v1/people/{person}/merge",
  "POST /api/v1/people/{person}/split",
  "POST /api/v1/recovery-codes",
  "GET /api/v1/flows/export",
  "PUT /api/v1/policy",
  "PUT /api/v1/settings",
  "DELETE /api/v1/spills/{spill}",
  "POST /api/v1/spills/{spill}/confirm",
  "POST /api/v1/passkeys",
  "POST /api/v1/passkeys/begin",
  "DELETE /api/v1/passkeys/{passkey}",
  "POST /api/v1/classes",
  "PUT /api/v1/classes/{class}",
  "DELETE /api/v1/classes/{class}",
  "POST /api/v1/users",
  "PATCH /api/v1/users/{user}",
  "POST /api/v1/users/{user}/link",
  "POST /api/v1/session/emergency",
  "POST /api/v1/emergencies/{emergency}/review",
  "PUT /api/v1/sso",
  "PATCH /api/v1/sso",
  "DELETE /api/v1/sso",
  "GET /api/v1/access/export",
  "GET /api/v1/audit/export",
  "PUT /api/v1/tls",
];

const stops = [];
const suite = { after: (stop) => stops.push(stop) };
const sessions = {};
let ward;
let device;

/** Status and problem of one request; a stream is left once its head is there. */
function ask(route, { port = ward.people, socketPath, headers = {}, body, ...tls } = {}) {
  const text = body ?? (route.body ? '{"not-a-member":true}' : undefined);
  const send = socketPath ? httpRequest : httpsRequest;
  return new Promise((done, fail) => {
    const outgoing = send(
      {
        ...(socketPath ? { socketPath } : { host: "127.0.0.1", port, rejectUnauthorized: false }),
        method: route.method,
        path: route.path,
        agent: false,
        headers: { ...(text === undefined ? {} : { "Content-Type": route.body, "Content-Length": Buffer.byteLength(text) }), ...headers },
        ...tls,
      },
      (answer) => {
        const stream = answer.headers["content-type"]?.startsWith("text/event-stream");
        let heard = "";
        const finish = () => done({ status: answer.statusCode, headers: answer.headers, text: heard, problem: /"\/problems\/([a-z-]+)"/.exec(heard)?.[1] });
        if (stream) {
          outgoing.destroy();
          finish();
          return;
        }
        answer.on("data", (chunk) => (heard += chunk));
        answer.on("end", finish);
        answer.on("error", fail);
      },
    );
    outgoing.on("error", (error) => (outgoing.destroyed ? undefined : fail(error)));
    outgoing.end(text);
  });
}

const post = (path, body, options = {}) => ask({ method: "POST", path: `/api/v1${path}`, body: "application/json" }, { body: JSON.stringify(body), ...options });

const kept = (answer) => {
  assert.equal(answer.status, 200, answer.text);
  return { Cookie: answer.headers["set-cookie"][0].split(";")[0], "Ward-Csrf": JSON.parse(answer.text).csrf };
};

async function makeUser(name, word, more = {}) {
  const made = await post("/users", { name, display_name: name, class: word, ...more }, { socketPath: join(ward.data, "ward.sock") });
  assert.equal(made.status, 201, made.text);
  const token = JSON.parse(made.text).link.split("#")[1];
  return kept(await post("/links/use", { token, name, display_name: name, password: PASSWORD }));
}

async function finish(headers) {
  const begun = await ask({ method: "POST", path: "/api/v1/session/totp/enrol" }, { headers });
  assert.equal(begun.status, 200, begun.text);
  return kept(await post("/session/totp/confirm", { code: totp(JSON.parse(begun.text).seed) }, { headers }));
}

/* Copies of admin that differ from it in one condition: what each is refused with, everywhere. */
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const CONDITIONS = {
  closed: { zone: "UTC", hours: [{ day: DAYS[(new Date().getUTCDay() + 3) % 7], from: "09:00", to: "17:00" }] },
  elsewhere: { networks: ["192.0.2.0/24", "2001:db8::/32"] },
  wary: { factor_minutes: 10, networks: ["127.0.0.0/8"], hours: DAYS.map((day) => ({ day, from: "00:00", to: "24:00" })) },
};
const REFUSED = { closed: "outside-hours", elsewhere: "outside-network" };
const conditional = {};

async function makeClass(word, conditions) {
  const levels = Object.fromEntries(CATEGORIES.map((category) => [category, "change"]));
  const none = { window_days: 0, zone: "", hours: [], networks: [], factor_minutes: 0, idle_minutes: 0, absolute_minutes: 0 };
  const body = { class: word, title: word, base: "admin", reach: "everyone", levels, conditions: { ...none, ...conditions }, owner: 0 };
  const made = await post("/classes", body, { socketPath: join(ward.data, "ward.sock") });
  assert.equal(made.status, 204, made.text);
}

before(async () => {
  ward = await startWard(suite);
  device = await Device.enrolled(ward);
  for (const word of Object.keys(CLASSES)) sessions[word] = await finish(await makeUser(word.replace("_", "-"), word));
  for (const [word, conditions] of Object.entries(CONDITIONS)) {
    await makeClass(word, conditions);
    conditional[word] = await finish(await makeUser(word, word));
  }
  sessions.totp_enrol = await makeUser("half", "admin");
  sessions.totp = kept(await post("/session", { name: "admin", password: PASSWORD }));
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

const refused = (answer, status, problem, what) => assert.deepEqual([answer.status, answer.problem], [status, problem], what);
const passes = (answer, what) => assert.ok(![401, 403, 500].includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
/* Of the sessions that the rest of the rows ask with. */
const ends = (route) => ["DELETE /api/v1/session", "DELETE /api/v1/sessions"].includes(route.name);

test("every route has a gate that is known", () => {
  for (const route of routes) assert.ok(GATES.includes(route.permission) || NEEDS[route.permission] !== undefined, route.name);
  assert.deepEqual(Object.keys(NEEDS).sort(), [...document.components.schemas.Permission.enum].sort(), "the model and openapi.json name other permissions");
  assert.equal(routes.length, new Set(routes.map((route) => route.name)).size);
});

test("the routes that ask for a fresh second factor are those of the model, and every export", () => {
  const marked = routes.filter((route) => route.stepUp).map((route) => route.name);
  assert.deepEqual(marked.sort(), [...STEP_UP].sort());
  for (const route of routes.filter((one) => one.name.endsWith("/export"))) assert.ok(route.stepUp, route.name);
});

test("nobody gets through but where nobody is asked", async () => {
  for (const route of people) {
    const answer = await ask(route);
    if (open(route)) passes(answer, route.name);
    else if (route.permission === "tag") refused(answer, 403, "tag", route.name);
    else refused(answer, 401, "signed-out", route.name);
  }
});

test("a cookie that nobody was given is nobody's", async () => {
  for (const route of people.filter((one) => !open(one) && one.permission !== "tag")) {
    const answer = await ask(route, { headers: { Cookie: `__Host-ward=${"A".repeat(43)}`, "Ward-Csrf": "A".repeat(43) } });
    refused(answer, 401, "signed-out", route.name);
  }
});

for (const word of Object.keys(CLASSES)) {
  test(`a ${word} may do what the table says, and nothing else`, async () => {
    for (const route of people.filter((one) => !ends(one) && one.permission !== "tag")) {
      const answer = await ask(route, { headers: sessions[word] });
      if (GATES.includes(route.permission) || mayDo(word, route.permission)) {
        /* The steps of signing in are over for them, which the steps say themselves. */
        passes(answer, route.name);
      } else refused(answer, 403, "not-permitted", route.name);
    }
  });
}

for (const [stage, problem] of [
  ["totp", "second-factor"],
  ["totp_enrol", "second-factor-setup"],
]) {
  test(`a session at stage ${stage} may only finish signing in`, async () => {
    for (const route of people.filter((one) => one.permission === "self" || !GATES.includes(one.permission))) {
      const answer = await ask(route, { headers: sessions[stage] });
      refused(answer, 403, problem, route.name);
    }
    assert.equal((await ask({ method: "GET", path: "/api/v1/session" }, { headers: sessions[stage] })).status, 200);
    assert.equal((await ask({ method: "GET", path: "/api/v1/events" }, { headers: sessions[stage] })).status, 403);
  });
}

for (const [word, problem] of Object.entries(REFUSED))
  test(`outside its conditions (${problem}) a class may do nothing of what it may, and only be a session`, async () => {
    for (const route of people.filter((one) => !ends(one) && !["tag", "self"].includes(one.permission))) {
      const answer = await ask(route, { headers: conditional[word] });
      if (GATES.includes(route.permission) && route.path !== "/api/v1/events") passes(answer, route.name);
      else refused(answer, 403, problem, route.name);
    }
  });

test("within its conditions a class may do what its row of the matrix says", async () => {
  for (const route of people.filter((one) => !ends(one) && one.permission !== "tag")) passes(await ask(route, { headers: conditional.wary }), route.name);
});

test("whatever changes something needs the session's own token", async () => {
  for (const route of people.filter((one) => one.method !== "GET" && !open(one) && one.permission !== "tag")) {
    for (const csrf of [undefined, sessions.viewer["Ward-Csrf"], "x"]) {
      const answer = await ask(route, { headers: { Cookie: sessions.admin.Cookie, ...(csrf ? { "Ward-Csrf": csrf } : {}) } });
      refused(answer, 403, "csrf", `${route.name} with ${csrf}`);
    }
  }
});

test("another site's page changes nothing, signed in or not", async () => {
  const foreign = people.filter((one) => one.permission === "foreign");
  assert.deepEqual(foreign.map((one) => one.name), ["POST /api/v1/session/saml"]);
  for (const route of foreign) {
    const answer = await ask(route, { headers: { ...sessions.admin, Origin: "https://elsewhere.example", "Sec-Fetch-Site": "cross-site" } });
    assert.equal(answer.status, 303, `${route.name}: without a cookie of its own flow it leads nowhere`);
  }
  for (const route of people.filter((one) => one.method !== "GET" && one.permission !== "tag" && one.permission !== "foreign")) {
    for (const headers of [{ Origin: "https://elsewhere.example" }, { "Sec-Fetch-Site": "cross-site" }, { "Sec-Fetch-Site": "same-site" }, { Origin: "null" }]) {
      const answer = await ask(route, { headers: { ...sessions.admin, ...headers } });
      refused(answer, 403, "cross-site", `${route.name} with ${JSON.stringify(headers)}`);
    }
  }
});

test("agents' routes are not on people's listener, nor people's on the agents'", async () => {
  for (const route of routes.filter((one) => one.listener === "agents")) refused(await ask(route, { headers: sessions.admin }), 404, "absent", route.name);
  for (const route of people) {
    const answer = await ask(route, { port: ward.agents, cert: device.certificatePem, key: device.keyPem, headers: sessions.admin });
    refused(answer, 404, "absent", route.name);
  }
});

test("a device's certificate without headers and tag opens nothing", async () => {
  for (const route of routes.filter((one) => one.listener === "agents")) {
    const answer = await ask(route, { port: ward.agents, cert: device.certificatePem, key: device.keyPem });
    refused(answer, 400, "headers", route.name);
  }
});

test("the operator may do everything but be a session", async () => {
  for (const route of people.filter((one) => one.permission !== "tag")) {
    const answer = await ask(route, { socketPath: join(ward.data, "ward.sock") });
    if (["session", "self"].includes(route.permission)) refused(answer, 401, "signed-out", route.name);
    else passes(answer, route.name);
  }
});

test("bodies and parameters that do not fit are told by field, and never repeated", async () => {
  const answer = await post("/users", { name: "Has Blanks!", class: "Emperor", surplus: "SECRET-VALUE" }, { headers: sessions.admin });
  assert.equal(answer.status, 422);
  assert.deepEqual(JSON.parse(answer.text).errors.map((error) => error.pointer).sort(), ["", "/class", "/display_name", "/name"]);
  assert.ok(!answer.text.includes("SECRET-VALUE") && !answer.text.includes("Emperor"));
  for (const path of ["/api/v1/days/2026-13-01", "/api/v1/people/0/days/2026-01-01", "/api/v1/people/1x/days/2026-01-01", "/api/v1/audit?limit=1001"])
    assert.equal((await ask({ method: "GET", path }, { headers: sessions.admin })).status, 422, path);
});

test("whoever signs out is out", async () => {
  const gone = kept(await post("/session", { name: "viewer", password: PASSWORD }));
  assert.equal((await ask({ method: "DELETE", path: "/api/v1/session" }, { headers: gone })).status, 204);
  refused(await ask({ method: "GET", path: "/api/v1/session" }, { headers: gone }), 401, "signed-out", "after signing out");
});

test("a person is seen by whose class sees them, and nobody else learns whether they are there", async () => {
  const day = new Date().toISOString().slice(0, 10);
  assert.equal((await device.batch(minutes(2), { more: { accounts: ["robin", "kim"] } })).status, 200);
  const socketPath = join(ward.data, "ward.sock");
  const everyone = JSON.parse((await ask({ method: "GET", path: `/api/v1/days/${day}` }, { socketPath })).text).people.map((person) => person.id);
  assert.equal(everyone.length, 2, "two people, whom the agent has told of");
  const [mine, other] = everyone;
  const absent = 4_000_000;
  const asked = { ...sessions, tied: await finish(await makeUser("tied", "employee", { person: mine })) };
  for (const [who, headers] of Object.entries(asked).filter(([name]) => CLASSES[name] || name === "tied")) {
    const word = who === "tied" ? "employee" : who;
    const self = who === "tied" ? mine : 0;
    for (const person of [mine, other, absent])
      for (const path of [`/api/v1/people/${person}/days/${day}`, `/api/v1/people/${person}/removed`]) {
        const answer = await ask({ method: "GET", path }, { headers });
        refused(answer, ...lookStatus(word, self, person, person !== absent), `${who} ${path}`);
      }
    const list = await ask({ method: "GET", path: `/api/v1/days/${day}` }, { headers });
    if (!mayDo(word, "people.view")) refused(list, 403, "not-permitted", who);
    else if (OWN_ONLY.includes(word) && self === 0) refused(list, 403, "untied", who);
    else assert.deepEqual(JSON.parse(list.text).people.map((person) => person.id), OWN_ONLY.includes(word) ? [mine] : everyone, who);
  }
});

/** An open event stream, and the people that it has told of so far. */
function listen(headers) {
  const heard = [];
  const outgoing = httpsRequest({ host: "127.0.0.1", port: ward.people, rejectUnauthorized: false, path: "/api/v1/events", agent: false, headers });
  const opened = new Promise((done, fail) => {
    outgoing.on("error", fail);
    outgoing.on("response", (answer) => {
      let text = "";
      answer.on("error", () => undefined);
      answer.on("data", (chunk) => {
        text += chunk;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const people = /event: people\ndata: (.*)/.exec(text.slice(0, end))?.[1];
          if (people) heard.push(JSON.parse(people).people);
          text = text.slice(end + 2);
        }
      });
      done(answer.statusCode);
    });
  });
  outgoing.end();
  return { heard, opened, close: () => outgoing.destroy() };
}

test("an event stream tells of the activity of those whom the class sees, and of no others", async (t) => {
  const [mine, other] = JSON.parse((await ask({ method: "GET", path: `/api/v1/days/${new Date().toISOString().slice(0, 10)}` }, { headers: sessions.viewer })).text).people.map((person) => person.id);
  const streams = { viewer: listen(sessions.viewer), tied: listen(await finish(await makeUser("tied2", "employee", { person: mine }))), untied: listen(sessions.employee), auditor: listen(sessions.auditor) };
  t.after(() => Object.values(streams).forEach((stream) => stream.close()));
  for (const [who, stream] of Object.entries(streams)) assert.equal(await stream.opened, 200, who);
  assert.equal((await device.batch(minutes(1), { more: { accounts: ["kim"] } })).status, 200);
  await until("the viewer is told of the other", () => streams.viewer.heard.some((people) => people.includes(other)));
  assert.equal((await device.batch(minutes(1), { more: { accounts: ["robin"] } })).status, 200);
  await until("the employee is told of themselves", () => streams.tied.heard.length > 0);
  await until("the viewer is told of them", () => streams.viewer.heard.some((people) => people.includes(mine)));
  assert.ok(streams.tied.heard.every((people) => people.length === 1 && people[0] === mine), JSON.stringify(streams.tied.heard));
  assert.deepEqual([streams.untied.heard, streams.auditor.heard], [[], []]);
});

test("a change of class or person ends the sessions that saw by it, and holds from the next on", async () => {
  const socketPath = join(ward.data, "ward.sock");
  const headers = await finish(await makeUser("moved", "admin"));
  const { id } = JSON.parse((await ask({ method: "GET", path: "/api/v1/users" }, { headers })).text).users.find((user) => user.name === "moved");
  const change = (body) => ask({ method: "PATCH", path: `/api/v1/users/${id}`, body: "application/json" }, { socketPath, body: JSON.stringify(body) });
  for (const [body, pointer] of [[{ class: "emperor" }, "/class"], [{ person: 4_000_000 }, "/person"], [{ person: -1 }, "/person"], [{ class: 3 }, "/class"]]) {
    const answer = await change(body);
    assert.deepEqual([answer.status, JSON.parse(answer.text).errors[0].pointer], [422, pointer], JSON.stringify(body));
  }
  assert.equal((await ask({ method: "GET", path: "/api/v1/session" }, { headers })).status, 200, "what was refused changed nothing");
  assert.equal((await change({ class: "auditor" })).status, 200);
  refused(await ask({ method: "GET", path: "/api/v1/session" }, { headers }), 401, "signed-out", "after the change");
});

test("the matrix that is answered is the model's", async () => {
  const { classes } = JSON.parse((await ask({ method: "GET", path: "/api/v1/classes" }, { headers: sessions.auditor })).text);
  const words = { none: "-", see: "s", change: "c" };
  assert.deepEqual(classes.filter((row) => row.copied).map((row) => row.class), Object.keys(CONDITIONS).sort());
  assert.deepEqual(Object.fromEntries(classes.filter((row) => !row.copied).map((row) => [row.class, CATEGORIES.map((category) => words[row.levels[category]]).join("")])), CLASSES);
  for (const row of classes.filter((one) => !one.copied)) {
    assert.deepEqual(row.permissions, document.components.schemas.Permission.enum.filter((permission) => mayDo(row.class, permission)), row.class);
    assert.equal(row.reach === "self", OWN_ONLY.includes(row.class));
  }
});

test("effective access says of each what their own requests are let through to, and names no person", async () => {
  const day = new Date().toISOString().slice(0, 10);
  const { users } = JSON.parse((await ask({ method: "GET", path: "/api/v1/users" }, { headers: sessions.auditor })).text);
  const seen = JSON.parse((await ask({ method: "GET", path: `/api/v1/days/${day}` }, { headers: sessions.viewer })).text).people;
  for (const [word, headers] of [...Object.entries(sessions).filter(([name]) => CLASSES[name])]) {
    const user = users.find((one) => one.name === word.replace("_", "-"));
    const answer = await ask({ method: "GET", path: `/api/v1/users/${user.id}/access` }, { headers: sessions.auditor });
    assert.equal(answer.status, 200, answer.text);
    const access = JSON.parse(answer.text);
    const own = JSON.parse((await ask({ method: "GET", path: "/api/v1/session" }, { headers })).text);
    assert.deepEqual(access.permissions, own.permissions, word);
    const expected = routes.filter((route) => !GATES.includes(route.permission) && mayDo(word, route.permission)).map((route) => `${route.method} ${route.template}`);
    assert.deepEqual(access.routes.map((route) => `${route.method} ${route.path}`).sort(), expected.sort(), word);
    const reason = !mayDo(word, "people.view") ? "permission" : OWN_ONLY.includes(word) ? "untied" : "allowed";
    assert.deepEqual(access.activity, { reason, people: reason === "allowed" ? seen.length : 0 }, word);
    for (const person of seen) assert.ok(!answer.text.includes(person.name), "an auditor sees nothing about people");
  }
  const tied = users.find((one) => one.name === "tied");
  const access = JSON.parse((await ask({ method: "GET", path: `/api/v1/users/${tied.id}/access` }, { headers: sessions.auditor })).text);
  assert.deepEqual(access.activity, { reason: "allowed", people: 1 });
  refused(await ask({ method: "GET", path: "/api/v1/users/999999/access" }, { headers: sessions.auditor }), 404, "absent", "nobody");
});

test("whoever is disabled has no access, in the page and in the file", async () => {
  const socketPath = join(ward.data, "ward.sock");
  await makeUser("gone", "admin");
  const { users } = JSON.parse((await ask({ method: "GET", path: "/api/v1/users" }, { socketPath })).text);
  const { id } = users.find((user) => user.name === "gone");
  assert.equal((await ask({ method: "PATCH", path: `/api/v1/users/${id}`, body: "application/json" }, { socketPath, body: '{"disabled":true}' })).status, 200);
  const access = JSON.parse((await ask({ method: "GET", path: `/api/v1/users/${id}/access` }, { socketPath })).text);
  assert.deepEqual([access.permissions, access.routes, access.activity], [[], [], { reason: "permission", people: 0 }]);
  const before = ward.cliJson("audit", "list").entries.filter((entry) => entry.action === "access.export").length;
  const file = await ask({ method: "GET", path: "/api/v1/access/export" }, { headers: sessions.security_officer });
  const [head, ...rows] = file.text.trimEnd().split("\r\n");
  assert.equal(head, `name,class,state,sees,${CATEGORIES.join(",")},window_days,hours,networks,factor_minutes`);
  assert.equal(rows.length, users.length);
  const row = (name) => rows.find((one) => one.startsWith(`${name},`));
  assert.equal(row("gone"), `gone,admin,disabled,nobody${",none".repeat(CATEGORIES.length)},0,always,anywhere,0`);
  assert.match(row("closed"), /^closed,closed,may sign in,everyone,.*,0,by hours,anywhere,0$/);
  assert.match(row("elsewhere"), /,0,always,192\.0\.2\.0\/24 2001:db8::\/32,0$/);
  assert.equal(row("auditor"), "auditor,auditor,may sign in,nobody,none,none,none,none,see,see,see,see,see,see,see,none,0,always,anywhere,0");
  assert.equal(row("employee"), "employee,employee,may sign in,nobody,none,see,see,see,none,none,none,none,none,none,none,none,0,always,anywhere,0");
  assert.match(row("tied"), /^tied,employee,may sign in,person \d+,none,see,/);
  assert.match(row("viewer"), /^viewer,viewer,may sign in,everyone,none,see,/);
  const entries = ward.cliJson("audit", "list").entries.filter((entry) => entry.action === "access.export");
  assert.equal(entries.length, before + 1);
  assert.deepEqual(JSON.parse(entries[0].detail), { bytes: Buffer.byteLength(file.text), rows: rows.length });
});

test("the commands say the same: classes, a change, effective access, and the file", async () => {
  assert.deepEqual(ward.cliJson("class", "list").classes.map((row) => row.class), [...Object.keys(CLASSES), ...Object.keys(CONDITIONS).sort()]);
  ward.cliJson("user", "add", "dana", "--class", "employee");
  assert.match(ward.cli("access", "show", "dana"), /dana, class employee\n {2}sees nobody's activity until it is said who they are/);
  assert.match(ward.cli("user", "change", "dana", "--person", "1"), /dana: class employee, person 1/);
  assert.match(ward.cli("access", "show", "dana"), /sees the activity of 1 people[\s\S]*\/api\/v1\/people\/\{person\}\/days/);
  assert.equal(ward.cliJson("user", "change", "dana", "--class", "auditor").class, "auditor");
  const path = join(ward.data, "..", "access.csv");
  ward.cli("access", "export", "--out", path);
  assert.match(readFileSync(path, "utf8"), /^dana,auditor,may sign in,nobody,/m);
  for (const wrong of [["user", "change", "dana"], ["user", "change", "dana", "--person", "x"], ["user", "change", "dana", "--person", "-1"], ["user", "change", "nobody", "--person", "1"], ["user", "change", "dana", "--class", "emperor"], ["access", "show", "nobody"]])
    assert.throws(() => ward.cli(...wrong), wrong.join(" "));
});

/* The last: the server goes on eleven minutes later, and every session's second factor is as old. */
test("a second factor that was given too long ago opens everything but what asks for a fresh one", async () => {
  await ward.goAhead(11);
  for (const word of Object.keys(CLASSES))
    for (const route of people.filter((one) => !ends(one) && one.permission !== "tag")) {
      const answer = await ask(route, { headers: sessions[word] });
      if (!GATES.includes(route.permission) && !mayDo(word, route.permission)) refused(answer, 403, "not-permitted", route.name);
      else if (route.stepUp) refused(answer, 403, "step-up", `${word} ${route.name}`);
      else passes(answer, route.name);
    }
  for (const route of people.filter((one) => !GATES.includes(one.permission))) refused(await ask(route, { headers: conditional.wary }), 403, "step-up", `wary ${route.name}`);
  for (const route of people.filter((one) => one.stepUp && !GATES.includes(one.permission))) passes(await ask(route, { socketPath: join(ward.data, "ward.sock") }), `the operator: ${route.name}`);
});
