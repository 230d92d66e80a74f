/* A real browser on Ward's dashboard: Debian's Chromium, driven by Playwright. Anything the content policy blocks, and any error, fails the test. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

import { totp } from "./totp.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const ARGUMENTS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export async function openBrowser(t, { width = 1280, height = 900, colorScheme = "light", timezoneId, display } = {}) {
  /* With a display it is a window there, which a sensor sees. */
  const shown = display ? { headless: false, env: { ...process.env, DISPLAY: display } } : {};
  const browser = await chromium.launch({ ...shown, executablePath: "/usr/bin/chromium", args: [...ARGUMENTS, ...(process.getuid() === 0 ? ["--no-sandbox"] : [])] });
  t.after(() => browser.close());
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width, height }, colorScheme, ...(timezoneId ? { timezoneId } : {}) });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of (4|5)\d\d/.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { browser, context, page, complaints, assertQuiet: () => assert.deepEqual(complaints, []) };
}

export const PASSWORD = "quiet orchard lantern seven";

/** Walks the first administrator through the one-time link to the checklist; gives the seed of the second factor. */
export async function setUpAdministrator(page, link, name = "morgan") {
  await page.goto(link);
  await page.getByLabel("Name to sign in with").fill(name);
  await page.getByLabel("Your name, as others see it").fill("Morgan Hale");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  const seed = (await page.locator("ol code").textContent()) ?? "";
  await page.getByRole("textbox", { name: "Code" }).fill(totp(seed));
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByRole("button", { name: "Show ten codes" }).click();
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("heading", { name: "First hour" }).waitFor();
  return seed;
}

/** No finding of axe's on the page as it is, and nothing wider than the window. */
export async function assertAccessible(page, what) {
  /* Through the debugger, since the page's own policy lets nobody put a script into it. The session stays: its end would take a virtual authenticator away. */
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: `window.axe ?? (() => { ${AXE} })(); 0` });
  const found = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: values }), RULES);
  assert.deepEqual(
    found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`),
    [],
    what,
  );
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, `${what} is wider than the window`);
}

const picture = (page, name) => (process.env["WARD_PICTURES"] ? page.screenshot({ path: `${process.env["WARD_PICTURES"]}/${name}.png` }) : undefined);

/** The page in light and dark, wide and narrow: look() judges each; kept as pictures where WARD_PICTURES names a directory. */
export async function inEveryLook(page, name, look) {
  for (const scheme of ["light", "dark"])
    for (const width of [1280, 390]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      await look(`${name}, ${scheme}, ${width}`);
      await picture(page, `${name}-${scheme}-${width}`);
    }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 900 });
}
