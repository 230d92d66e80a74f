/* The organisation's own patterns on the page: written, tried by the engine, saved, and there again. SHOTS=DIR keeps pictures. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { openBrowser, setUpAdministrator } from "../harness/browser.mjs";
import { startWard } from "../harness/ward.mjs";

const shoot = async (page, name) => {
  if (process.env["SHOTS"]) await page.screenshot({ path: join(process.env["SHOTS"], `${name}.png`), fullPage: true });
};

async function write(page) {
  await page.getByRole("button", { name: "Add a list" }).click();
  const list = page.getByRole("group", { name: "List 1" });
  await list.getByLabel("Name").fill("facility");
  await list.getByLabel("Entries").fill("NC\nSt. Mary\n");
  for (const [name, template] of [["mrn-north", "{facility}-{8 digits}"], ["study", "####-##-##"]]) {
    await page.getByRole("button", { name: "Add a pattern" }).click();
    const row = page.getByRole("group", { name: /^Pattern \d/ }).last();
    await row.getByLabel("Name").fill(name);
    await row.getByLabel("Template").fill(template);
    assert.ok(await row.getByLabel("Within").isDisabled(), "without words to stand before it there is nothing to be near to");
  }
  await page.getByLabel("Words that strict keeps").fill("zorbium\n");
}

test("patterns are written, tried, saved and there again, wide and narrow, light and dark", async (t) => {
  const ward = await startWard(t);
  const first = await openBrowser(t);
  await setUpAdministrator(first.page, await ward.setupLink());
  const place = `${new URL(first.page.url()).origin}/policy`;
  const cookies = (await first.context.storageState()).cookies;
  for (const colorScheme of ["light", "dark"])
    for (const width of [1280, 390]) {
      const { context, page, assertQuiet } = await openBrowser(t, { width, colorScheme });
      await context.addCookies(cookies);
      await page.goto(place);
      await page.getByText(/^No pattern/).waitFor();
      await shoot(page, `patterns-empty-${colorScheme}-${width}`);
      await write(page);
      await page.getByLabel("Samples").fill("zorbium list of St. Mary-12345678\nminutes of the meeting\n");
      await page.getByRole("button", { name: "Try the samples" }).click();
      const results = page.getByRole("list", { name: /strict profile/ });
      await results.waitFor();
      assert.match(await results.innerText(), /zorbium list of \[mrn\] removed by org\.mrn-north/);
      assert.match(await page.getByRole("status").last().innerText(), /study takes dates or times, such as 2026-11-27/);
      await shoot(page, `patterns-${colorScheme}-${width}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0, "nothing is wider than the window");
      /* What is wrong is said at its row, and not saved. */
      await page.getByRole("group", { name: "Pattern 2" }).getByLabel("Template").fill("{nowhere}");
      await page.getByRole("button", { name: "Try the samples" }).click();
      await page.getByRole("group", { name: "Pattern 2" }).getByText(/Expected the name of a list/).waitFor();
      assert.match(await page.getByRole("status").last().innerText(), /Nothing was tried\. Pattern 2, template/);
      await page.getByLabel("Samples").fill("x\n".repeat(51));
      await page.getByText("51 lines: at most 50 are tried at once.").waitFor();
      assert.ok(await page.getByRole("button", { name: "Try the samples" }).isDisabled());
      await shoot(page, `patterns-wrong-${colorScheme}-${width}`);
      assertQuiet();
      await context.close();
    }
  const { page } = first;
  await page.goto(place);
  await write(page);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved as version 2").waitFor();
  assert.equal(ward.cli("patterns", "show"), "list\tfacility\n\tNC\n\tSt. Mary\nmrn-north\tmrn\t{facility}-{8 digits}\nstudy\tmrn\t####-##-##\n");
  await page.reload();
  assert.equal(await page.getByRole("group", { name: "Pattern 1" }).getByLabel("Template").inputValue(), "{facility}-{8 digits}");
  await page.getByRole("group", { name: "Pattern 2" }).getByLabel("Name").fill("mrn-north");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("group", { name: "Pattern 2" }).getByText(/Expected a name that no other pattern has/).waitFor();
  assert.equal(await page.getByRole("group", { name: "Pattern 2" }).getByLabel("Name").getAttribute("aria-invalid"), "true");
  await shoot(page, "patterns-refused");
  /* What is not changed is not sent: a list that a browser could not send stays, and patterns are still tried with it. */
  const many = join(ward.directory, "many.txt");
  writeFileSync(many, `list\tall\n${Array.from({ length: 100_000 }, (_, at) => `\tN${at}\n`).join("")}large\tmrn\t{all}/#\n`);
  ward.cli("patterns", "set", many);
  await page.reload();
  await page.getByText(/100,000 entries/).waitFor();
  await page.getByLabel("Samples").fill("N99999/7 zorbium\n");
  await page.getByRole("button", { name: "Try the samples" }).click();
  await page.getByText("[mrn] zorbium").waitFor();
  await page.getByLabel("People may pause").click();
  const sent = page.waitForRequest((request) => request.method() === "PUT");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  assert.ok(!("patterns" in (await sent).postDataJSON()));
  await page.getByText("Saved as version 4").waitFor();
  assert.match(ward.cli("patterns", "show"), /large\tmrn/);
});
