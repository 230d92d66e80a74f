/*
 * The leak search: the plain inside of everything sealed, every file as it is, and whatever a test puts beside them, searched for words
 *
 * day.test.mjs finds nothing with it; control.test.mjs shows that it finds what is there.
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { TOP } from "../harness/ward.mjs";

/** What the desktops' own programs print: they know the patients, of course, and are not ours. */
const OTHERS = /(xterm|mousepad|chromium|openbox|xvfb)\.log$/;

/** One of "records", "spans", "keyring" (of a server's data) or "spool" (of an agent's state), opened with the keys beside it. */
export function reveal(what, directory) {
  return execFileSync(join(TOP, "build/release/tests/reveal/reveal"), [what, directory], { maxBuffer: 1 << 28, encoding: "latin1" });
}

/** Place → text. homes: folders of the people on the desktops, whose browsers and editors know the patients. */
export function everything(ward, agent, homes) {
  const places = new Map();
  for (const what of ["records", "spans", "keyring"]) places.set(`${what}, decrypted`, reveal(what, ward.data));
  places.set("spool, decrypted", reveal("spool", agent.state));
  const walk = (directory) => {
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory() && ![...homes, "programs"].includes(name)) walk(path);
      else if (stat?.isFile() && !OTHERS.test(name)) places.set(path, readFileSync(path, "latin1"));
    }
  };
  walk(ward.directory);
  return places;
}

/** Which of the words, in lower case, stand where. */
export function findings(places, words) {
  const found = [];
  for (const [place, text] of places) {
    const lower = text.toLowerCase();
    for (const word of words) if (lower.includes(word)) found.push(`${word} in ${place}`);
  }
  return found;
}
