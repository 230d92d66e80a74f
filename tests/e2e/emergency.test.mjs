/* Emergency access on the page: named, opened, told to everybody, ended, reviewed. SHOTS=DIR keeps pictures. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { openBrowser, PASSWORD, setUpAdministrator } from "../harness/browser.mjs";
import { totp } from "../harness/totp.mjs";
import { startWard } from "../harness/ward.mjs";

const shoot = async (page, name) => {
  if (process.env["SHOTS"]) await page.screenshot({ path: join(process.env["SHOTS"], `${name}.png`), fullPage: true });
};

async function narrow(page) {
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, "nothing is wider than the window");
}

/** Uses a one-time link in a browser of its own, as the nurse would. */
async function useLink(page, link, name) {
  await page.goto(link);
  await page.getByLabel("Name to sign in with").waitFor();
  await page.getByLabel("Your name, as others see it").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  const seed = (await page.locator("ol code").textContent()) ?? "";
  await page.getByRole("textbox", { name: "Code" }).fill(totp(seed));
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByRole("button", { name: "Not now" }).click();
}

test("emergency access is named, opened, seen by everybody, ended and reviewed", async (t) => {
  const ward = await startWard(t);
  const { page, assertQuiet } = await openBrowser(t);
  await setUpAdministrator(page, await ward.setupLink());
  const origin = new URL(page.url()).origin;
  const { link } = ward.cliJson("user", "add", "nurse", "--class", "configurator");

  await page.goto(`${origin}/emergency`);
  await page.getByText("There was none yet.").waitFor();
  await shoot(page, "emergency-empty");
  await page.goto(`${origin}/users`);
  await page.getByLabel("User", { exact: true }).selectOption({ label: "nurse" });
  await page.getByLabel("In an emergency").selectOption("power_user");
  await shoot(page, "emergency-users");
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByText("Changed.").waitFor();

  const nurse = await openBrowser(t, { width: 390, colorScheme: "dark" });
  await useLink(nurse.page, link.replace(/^https:\/\/[^/]+/, origin), "Nina Nurse");
  await nurse.page.getByRole("button", { name: "Menu" }).click();
  await nurse.page.getByRole("link", { name: "Emergency access" }).click();
  await nurse.page.getByLabel("Reason").fill("short");
  await nurse.page.getByRole("button", { name: "Open it" }).click();
  assert.equal(await nurse.page.getByText("Your emergency access").count(), 0, "a reason of ten characters is asked for");
  await nurse.page.getByLabel("Reason").fill("Ward 3 cannot reach its supervisor");
  await shoot(nurse.page, "emergency-open-dark-390");
  await narrow(nurse.page);
  await nurse.page.getByRole("button", { name: "Open it" }).click();
  await nurse.page.getByText("Your emergency access").waitFor();
  await shoot(nurse.page, "emergency-own-dark-390");
  await narrow(nurse.page);
  await nurse.page.getByRole("button", { name: "Menu" }).click();
  await nurse.page.getByRole("link", { name: "Today" }).waitFor();

  /* The administrator's page says so without being asked again. */
  const banner = page.getByRole("complementary", { name: "Emergency access" });
  await banner.getByText(/Nina Nurse has emergency access until .*Ward 3 cannot reach/).waitFor({ timeout: 5000 });
  await shoot(page, "emergency-banner");
  await nurse.page.getByRole("button", { name: "End it now" }).click();
  await nurse.page.getByRole("heading", { name: "Open emergency access" }).waitFor();
  await banner.getByText(/has ended and waits for a review/).waitFor({ timeout: 5000 });

  await banner.getByRole("link", { name: "Review it" }).click();
  await page.getByRole("button", { name: "Show emergency access 1" }).click();
  await page.getByText("Emergency access opened").waitFor();
  await page.getByLabel("Was it justified?").selectOption("justified");
  await page.getByLabel("Note").fill("The supervisor confirms it");
  await shoot(page, "emergency-review");
  for (const [colorScheme, width] of [["light", 390], ["dark", 1280]]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await narrow(page);
    await shoot(page, `emergency-review-${colorScheme}-${width}`);
  }
  await page.getByRole("button", { name: "Sign the review" }).click();
  await page.getByText(/Justified: The supervisor confirms it \(morgan/).waitFor();
  await banner.waitFor({ state: "detached" });
  assertQuiet();
  nurse.assertQuiet();
});
