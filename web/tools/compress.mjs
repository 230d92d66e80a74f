/* Writes a .gz beside every text file of build/web, at the highest level: the server sends these as they are. */

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const root = new URL("../../build/web/", import.meta.url).pathname;

for (const name of readdirSync(root, { recursive: true })) {
  const path = join(root, name);
  if (!statSync(path).isFile() || !/\.(js|css|html|svg|json)$/.test(name)) continue;
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
}
