/* Builds the extension into ../build/extension, ready for --load-extension or for packing. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";

const out = new URL("../build/extension/", import.meta.url).pathname;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
execFileSync("tsc", ["--outDir", out, "--noEmit", "false"], { stdio: "inherit" });
rmSync(`${out}focus.test.js`, { force: true });
cpSync(new URL("manifest.json", import.meta.url).pathname, `${out}manifest.json`);
