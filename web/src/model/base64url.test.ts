import assert from "node:assert/strict";
import { test } from "node:test";

import { base64url, unbase64url } from "./base64url.ts";

test("bytes of every length and value come back, in the letters of base64url only", () => {
  for (let length = 0; length < 20; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 53 + 251) % 256);
    const text = base64url(bytes);
    assert.equal(text, Buffer.from(bytes).toString("base64url"));
    assert.deepEqual([...unbase64url(text)], [...bytes]);
  }
  assert.equal(base64url(Uint8Array.of(0xfb, 0xff, 0xfe).buffer), "-__-");
});
