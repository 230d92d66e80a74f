/* Classes of the organisation's own, by the form of the page Users. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, inEveryLook, openBrowser, setUpAdministrator } from "../harness/browser.mjs";
import { startWard } from "../harness/ward.mjs";

test("a class is copied, given conditions and a difference with owner and day, and removed", async (t) => {
  const ward = await startWard(t);
  const { page, assertQuiet } = await openBrowser(t);
  await setUpAdministrator(page, await ward.setupLink());
  await page.goto(new URL("/users", page.url()).href);
  await page.getByLabel("Copy a built-in class").selectOption("viewer");
  await page.getByLabel("Title", { exact: true }).fill("Night desk");
  await page.getByLabel("Word for commands").fill("night_desk");
  await page.getByLabel("Sees the last … days").fill("30");
  await page.getByLabel("From networks").fill("10.0.0.0/8, 10.1.2.3/8");
  await page.getByLabel("Monday").fill("22:00-06:00");
  await page.getByLabel("Time zone").fill("America/Chicago");
  await page.getByLabel("Devices", { exact: true }).selectOption("see");
  const make = page.getByRole("button", { name: "Make", exact: true });
  await make.click();
  await page.getByText("a network as 10.4.0.0/16 or 2001:db8::/32, with nothing beyond its prefix").waitFor();
  await page.getByLabel("From networks").fill("10.0.0.0/8");
  await make.click();
  await page.getByText("who answers for what differs from the built-in class").waitFor();
  await page.getByLabel("Who answers for it").selectOption({ label: "Morgan Hale" });
  await page.getByLabel("Until").fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
  await inEveryLook(page, "class-form", (what) => assertAccessible(page, what));
  await make.click();
  const row = page.getByRole("row", { name: /Night desk.*Viewer/ });
  await row.getByText("the last 30 days; mon 22:00–06:00 (America/Chicago); from 10.0.0.0/8").waitFor();
  await row.getByText(/devices: see \(was none\)\. .*Morgan Hale/).waitFor();
  await inEveryLook(page, "classes", (what) => assertAccessible(page, what));
  assert.equal(ward.cliJson("class", "list").classes.find((one) => one.class === "night_desk").conditions.window_days, 30);

  await row.getByRole("button", { name: "Change" }).click();
  await page.getByLabel("Sees the last … days").fill("7");
  await page.getByRole("button", { name: "Change", exact: true }).last().click();
  await page.getByText("the last 7 days").waitFor();

  await page.getByRole("row", { name: /Night desk/ }).getByRole("button", { name: "Remove: Night desk" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("None yet.").waitFor();
  assertQuiet();
});
