/* The first route's budget: what index.html loads, gzipped, at most 200 KB of scripts and 30 KB of styles. */

import { existsSync, readFileSync, statSync } from "node:fs";

const root = new URL("../../build/web/", import.meta.url).pathname;
const LIMITS = { js: 200_000, css: 30_000 };

if (existsSync(`${root}index.html`)) {
  const html = readFileSync(`${root}index.html`, "utf8");
  for (const [kind, limit] of Object.entries(LIMITS)) {
    const names = [...html.matchAll(new RegExp(`(?:src|href)="/([^"]+\\.${kind})"`, "g"))].map((found) => found[1]);
    const bytes = names.reduce((sum, name) => sum + statSync(`${root}${name}.gz`).size, 0);
    console.log(`first route: ${bytes} bytes of ${kind}, gzipped (at most ${limit})`);
    if (bytes > limit) process.exitCode = 1;
  }
}
