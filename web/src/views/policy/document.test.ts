import assert from "node:assert/strict";
import { test } from "node:test";

import { cutDocument, joinParts, placeOf, spotOf, withPart } from "./document.ts";

const DOCUMENT = "# ours\n\nlist\tfacility\n\tNC\n\tSt. Mary\nnorth\tmrn\t{facility}-{8 digits}\tmrn chart\t2\nsouth\tmrn\t#######\n";

test("a document that is cut and joined is the same", () => {
  assert.equal(joinParts(cutDocument(DOCUMENT)), DOCUMENT);
  assert.equal(joinParts(cutDocument("")), "");
  assert.equal(joinParts(cutDocument("a\tmrn\tb\tc\t1\textra\r\n")), "a\tmrn\tb\tc\t1\textra\n");
});

test("a line is found in its part, entries of a list in the list", () => {
  const parts = cutDocument(DOCUMENT);
  const kinds = [1, 2, 3, 5, 6, 7].map((line) => parts[spotOf(parts, line)?.at ?? -1]?.kind);
  assert.deepEqual(kinds, ["other", "other", "list", "list", "pattern", "pattern"]);
  assert.deepEqual(spotOf(parts, 3), { at: 2, entry: 0 });
  assert.deepEqual(spotOf(parts, 5), { at: 2, entry: 2 });
  assert.equal(spotOf(parts, 8), undefined);
});

test("a place is read from what the server says, and from nothing else", () => {
  assert.deepEqual(placeOf("line 12, column 3, template: expected a digit: 1 to 9"), { line: 12, field: "template", expected: "a digit: 1 to 9" });
  assert.equal(placeOf("at most 1048576 characters"), undefined);
  assert.equal(placeOf(undefined), undefined);
});

test("a new list stands above every pattern, a new pattern below", () => {
  const list = { kind: "list", name: "wards", entries: "A\n\n B\n" } as const;
  const row = { kind: "pattern", name: "x", identifier: "mrn", template: "#", context: "", within: "" } as const;
  assert.equal(joinParts(withPart(cutDocument(DOCUMENT), list)).indexOf("list\twards\n\tA\n\t B\n"), DOCUMENT.indexOf("north"));
  assert.equal(joinParts(withPart(cutDocument("# a\nx\tmrn\t#\n"), list)), "# a\nlist\twards\n\tA\n\t B\nx\tmrn\t#\n");
  assert.equal(joinParts(withPart([], row)), "x\tmrn\t#\n");
});
