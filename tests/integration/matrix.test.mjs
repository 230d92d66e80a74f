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

import { Device } from "../harness/device.mjs";
import { totp } from "../harness/totp.mjs";
import { startWard, TOP } from "../harness/ward.mjs";

const PASSWORD = "quiet orchard lantern seven";
const document = JSON.parse(readFileSync(join(TOP, "server/serve/api/openapi.json"), "utf8"));

/* As the contract has them; lib/access/permission.c must agree. */
const ROLES = {
  viewer: ["people.view"],
  power_user: ["people.view", "devices.view", "removed.view"],
  configurator: ["devices.view", "devices.manage", "packages.manage", "removed.view", "policy.view", "policy.change", "settings.view", "settings.change", "system.view"],
  admin: document.components.schemas.Permission.enum,
};
const GATES = ["public", "session", "tag", "device"];
const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    template: path,
    /* Dates that are none, numbers that are none: no handler runs. */
    path: path.replaceAll(/\{\w+\}/g, "~"),
    name: `${method.toUpperCase()} ${path}`,
    permission: operation["x-permission"],
    listener: operation["x-listener"],
    body: operation.requestBody ? Object.keys(operation.requestBody.content)[0] : undefined,
  })),
);
const people = routes.filter((route) => route.listener === "people");

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

async function makeUser(name, role) {
  const made = await post("/users", { name, display_name: name, role }, { socketPath: join(ward.data, "ward.sock") });
  assert.equal(made.status, 201, made.text);
  const token = JSON.parse(made.text).link.split("#")[1];
  return kept(await post("/links/use", { token, name, display_name: name, password: PASSWORD }));
}

async function finish(headers) {
  const begun = await ask({ method: "POST", path: "/api/v1/session/totp/enrol" }, { headers });
  assert.equal(begun.status, 200, begun.text);
  return kept(await post("/session/totp/confirm", { code: totp(JSON.parse(begun.text).seed) }, { headers }));
}

before(async () => {
  ward = await startWard(suite);
  device = await Device.enrolled(ward);
  for (const role of Object.keys(ROLES)) sessions[role] = await finish(await makeUser(role, role));
  sessions.totp_enrol = await makeUser("half", "admin");
  sessions.totp = kept(await post("/session", { name: "admin", password: PASSWORD }));
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

const refused = (answer, status, problem, what) => assert.deepEqual([answer.status, answer.problem], [status, problem], what);
const passes = (answer, what) => assert.ok(![401, 403, 500].includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
const ends = (route) => route.name === "DELETE /api/v1/session";

test("every route has a gate that is known", () => {
  for (const route of routes) assert.ok(GATES.includes(route.permission) || ROLES.admin.includes(route.permission), route.name);
  assert.equal(routes.length, new Set(routes.map((route) => route.name)).size);
});

test("nobody gets through but where nobody is asked", async () => {
  for (const route of people) {
    const answer = await ask(route);
    if (route.permission === "public") passes(answer, route.name);
    else if (route.permission === "tag") refused(answer, 403, "tag", route.name);
    else refused(answer, 401, "signed-out", route.name);
  }
});

test("a cookie that nobody was given is nobody's", async () => {
  for (const route of people.filter((one) => one.permission !== "public" && one.permission !== "tag")) {
    const answer = await ask(route, { headers: { Cookie: `__Host-ward=${"A".repeat(43)}`, "Ward-Csrf": "A".repeat(43) } });
    refused(answer, 401, "signed-out", route.name);
  }
});

for (const [role, permissions] of Object.entries(ROLES)) {
  test(`a ${role} may do what the table says, and nothing else`, async () => {
    for (const route of people.filter((one) => !ends(one) && one.permission !== "tag")) {
      const answer = await ask(route, { headers: sessions[role] });
      if (GATES.includes(route.permission) || permissions.includes(route.permission)) {
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
    for (const route of people.filter((one) => !GATES.includes(one.permission))) {
      const answer = await ask(route, { headers: sessions[stage] });
      refused(answer, 403, problem, route.name);
    }
    assert.equal((await ask({ method: "GET", path: "/api/v1/session" }, { headers: sessions[stage] })).status, 200);
    assert.equal((await ask({ method: "GET", path: "/api/v1/events" }, { headers: sessions[stage] })).status, 403);
  });
}

test("whatever changes something needs the session's own token", async () => {
  for (const route of people.filter((one) => one.method !== "GET" && one.permission !== "public" && one.permission !== "tag")) {
    for (const csrf of [undefined, sessions.viewer["Ward-Csrf"], "x"]) {
      const answer = await ask(route, { headers: { Cookie: sessions.admin.Cookie, ...(csrf ? { "Ward-Csrf": csrf } : {}) } });
      refused(answer, 403, "csrf", `${route.name} with ${csrf}`);
    }
  }
});

test("another site's page changes nothing, signed in or not", async () => {
  for (const route of people.filter((one) => one.method !== "GET" && one.permission !== "tag")) {
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
    if (route.permission === "session") refused(answer, 401, "signed-out", route.name);
    else passes(answer, route.name);
  }
});

test("bodies and parameters that do not fit are told by field, and never repeated", async () => {
  const answer = await post("/users", { name: "Has Blanks!", role: "emperor", surplus: "SECRET-VALUE" }, { headers: sessions.admin });
  assert.equal(answer.status, 422);
  assert.deepEqual(JSON.parse(answer.text).errors.map((error) => error.pointer).sort(), ["", "/display_name", "/name", "/role"]);
  assert.ok(!answer.text.includes("SECRET-VALUE") && !answer.text.includes("emperor"));
  for (const path of ["/api/v1/days/2026-13-01", "/api/v1/people/0/days/2026-01-01", "/api/v1/people/1x/days/2026-01-01", "/api/v1/audit?limit=1001"])
    assert.equal((await ask({ method: "GET", path }, { headers: sessions.admin })).status, 422, path);
});

test("whoever signs out is out", async () => {
  const gone = kept(await post("/session", { name: "viewer", password: PASSWORD }));
  assert.equal((await ask({ method: "DELETE", path: "/api/v1/session" }, { headers: gone })).status, 204);
  refused(await ask({ method: "GET", path: "/api/v1/session" }, { headers: gone }), 401, "signed-out", "after signing out");
});
