/* Whoever uses Ward's API as a browser does. */

import assert from "node:assert/strict";
import { request as httpsRequest } from "node:https";

import { totp } from "./totp.mjs";
import { fetchFrom } from "./ward.mjs";

export const PASSWORD = "quiet orchard lantern seven";

/** A browser without a page: it keeps the cookie and the CSRF token. source: another address of this computer to come from. */
export class Visitor {
  constructor(ward, source = "127.0.0.1") {
    this.ward = ward;
    this.source = source;
    this.cookie = "";
    this.csrf = "";
  }

  async send(method, path, body, more = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await fetchFrom({
      port: this.ward.people,
      method,
      path: `/api/v1${path}`,
      localAddress: this.source,
      headers: { Cookie: this.cookie, "Ward-Csrf": this.csrf, ...(text === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }) },
      body: text,
      ...more,
    });
    const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0];
    if (cookie !== undefined && more.keep !== false) {
      this.cookie = cookie;
      this.csrf = answer.status === 200 ? answer.json.csrf : "";
    }
    return answer;
  }

  async ok(method, path, body) {
    const answer = await this.send(method, path, body);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text ? answer.json : undefined;
  }

  async useLink(link, more = {}) {
    await this.ok("POST", "/links/use", { token: link.split("#")[1], name: "as-given", display_name: "As given", password: PASSWORD, ...more });
    this.seed = (await this.ok("POST", "/session/totp/enrol")).seed;
  }

  /** Codes of one step work once: each sign-in of a user takes the next, as far as they are taken. */
  async confirm() {
    await this.ok("POST", "/session/totp/confirm", { code: totp(this.seed, { steps: -1 }) });
  }

  /** A code of so many steps from now; ahead: minutes that the server's clock is ahead. */
  code({ steps = 0, ahead = 0 } = {}) {
    return totp(this.seed, { at: Date.now() + ahead * 60_000, steps });
  }

  password(name, password = PASSWORD) {
    return this.send("POST", "/session", { name, password });
  }
}

/** Opens the visitor's event stream; ended is set when the server ends it. */
export function openStream(t, visitor) {
  return new Promise((done, fail) => {
    const stream = { ended: false };
    const outgoing = httpsRequest({ host: "127.0.0.1", port: visitor.ward.people, path: "/api/v1/events", headers: { Cookie: visitor.cookie }, rejectUnauthorized: false }, (answer) => {
      stream.status = answer.statusCode;
      answer.resume();
      answer.on("close", () => (stream.ended = true));
      done(stream);
    });
    outgoing.on("error", fail);
    outgoing.end();
    t.after(() => outgoing.destroy());
  });
}
