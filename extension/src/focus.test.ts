import assert from "node:assert/strict";
import { test } from "node:test";

import { focusOf, hostOf, NOTHING, sameFocus } from "./focus.ts";

test("only the host of a web page leaves the browser", () => {
  const focus = focusOf(
    { url: "https://jane:doe@chart.example.org:8443/patients/4711?name=Doe#mrn", incognito: false, audible: true },
    true,
  );
  assert.deepEqual(focus, { host: "chart.example.org", focused: true, incognito: false, audible: true });
  assert.doesNotMatch(JSON.stringify(focus), /jane|doe|4711|mrn|8443/i);
});

test("files, the browser's own pages and broken addresses have no host", () => {
  for (const url of ["file:///home/x/doe_john.pdf", "chrome://history", "about:blank", "data:text/html,x", "", undefined, "::"])
    assert.equal(hostOf(url), "");
});

test("a window that is not in front is nothing", () => {
  assert.equal(focusOf({ url: "https://a.example", incognito: false }, false), NOTHING);
  assert.equal(focusOf(undefined, true), NOTHING);
});

test("a private window is told as one", () => {
  assert.equal(focusOf({ url: "https://a.example", incognito: true }, true).incognito, true);
});

test("equal focuses are told once", () => {
  const a = focusOf({ url: "https://a.example/1", incognito: false }, true);
  assert.ok(sameFocus(a, focusOf({ url: "https://a.example/2?q", incognito: false }, true)));
  assert.ok(!sameFocus(a, NOTHING));
});
