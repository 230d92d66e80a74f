// Writes the word lists of @faker-js/faker (MIT) that the generators draw from, as JSON on standard output.
// usage: node names.mjs >words.json, in a folder where @faker-js/faker is installed (see ../generate)
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.cwd() + "/");
const { allLocales } = await import(pathToFileURL(require.resolve("@faker-js/faker")).href);
const flat = (x) => (Array.isArray(x) ? x : x ? Object.values(x).filter(Array.isArray).flat() : []);
const plain = (x) => [...new Set(flat(x))].filter((w) => typeof w === "string" && (w.length > 1 || w > "\u2e80") && !/[\d.{}/()]/.test(w)).slice(0, 1500);
const out = {};
for (const [code, locale] of Object.entries(allLocales).sort()) {
    const { person = {}, location = {} } = locale;
    const words = { first: plain(person.first_name), last: plain(person.last_name), city: plain(location.city_name), street: plain(location.street_name) };
    if (words.first.length || words.last.length || words.city.length || words.street.length) {
        out[code] = words;
    }
}
process.stdout.write(JSON.stringify(out));
