/* The page of people, in a real browser: two names that are one person are merged, and an account is split off again. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, inEveryLook, openBrowser, setUpAdministrator } from "../harness/browser.mjs";
import { Device, minutes } from "../harness/device.mjs";
import { startWard } from "../harness/ward.mjs";

const WHY = "the payroll says so";

test("people are found, confirmed, merged, split and added", async (t) => {
  const ward = await startWard(t);
  for (const name of ["north", "south"]) await (await Device.enrolled(ward, name)).batch(minutes(2), { more: { accounts: ["robin"] } });
  const { page, assertQuiet } = await openBrowser(t);
  await setUpAdministrator(page, await ward.setupLink());
  await page.getByRole("navigation").getByRole("link", { name: "People", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "People" }).waitFor();
  const people = page.getByRole("table", { name: "People" });
  const shown = () => people.getByRole("button", { name: /^Open: robin/ }).count();
  await people.getByRole("button", { name: /^Open: robin/ }).first().waitFor();
  assert.equal(await shown(), 2);
  const confirm = async (trigger, action) => {
    await page.getByRole("button", { name: trigger }).click();
    const dialog = page.getByRole("alertdialog");
    await dialog.getByRole("textbox").fill(WHY);
    await dialog.getByRole("button", { name: action, exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  };

  await t.test("a person is confirmed", async () => {
    await people.getByRole("button", { name: /^Open: robin/ }).first().click();
    await page.getByRole("table", { name: "Accounts" }).waitFor();
    await confirm(/^Confirm/, "Confirm");
    await page.getByText(/Number \d+ · Confirmed/).waitFor();
  });

  await t.test("another is merged into them", async () => {
    const number = Number((await page.getByText(/Number \d+ · Confirmed/).textContent()).match(/\d+/)[0]);
    const other = (await people.getByRole("button", { name: /^Open: robin/ }).evaluateAll((all) => all.map((one) => Number(one.getAttribute("aria-label").match(/\d+$/)[0])))).find((one) => one !== number);
    await page.getByLabel("Another person's number").fill(String(other));
    await confirm(/^Merge number/, "Merge");
    await page.getByRole("cell", { name: `Number ${other} was merged into number ${number}` }).waitFor();
    assert.equal(await page.getByRole("table", { name: "Accounts" }).getByRole("row").count(), 3);
    await page.getByRole("table", { name: "History" }).getByText(WHY).first().waitFor();
    assert.equal(await shown(), 1);
    await inEveryLook(page, "people", (what) => assertAccessible(page, what));
  });

  await t.test("an account is split off as somebody else", async () => {
    const account = await page.getByRole("table", { name: "Accounts" }).getByRole("row").last().getByRole("cell").first().textContent();
    await page.getByLabel("Number of an account").fill(account);
    await confirm(/^Split off account/, "Split");
    await page.getByRole("cell", { name: /Accounts of number \d+ became number \d+/ }).waitFor();
    assert.equal(await page.getByRole("table", { name: "Accounts" }).getByRole("row").count(), 2);
  });

  await t.test("somebody is added, and an address that another has is refused by its field", async () => {
    const add = async (name, email) => {
      await page.getByLabel("Name", { exact: true }).fill(name);
      await page.getByLabel("E-mail", { exact: true }).fill(email);
      await page.getByRole("button", { name: "Add", exact: true }).click();
    };
    await add("Casey Reed", "casey@stmary.example");
    await page.getByRole("heading", { name: "Casey Reed" }).waitFor();
    await add("Other", "casey@stmary.example");
    await page.getByText("an address that nobody else has").waitFor();
    await page.getByLabel("Look for").fill("reed");
    await page.getByRole("button", { name: "Search" }).click();
    await people.getByRole("button", { name: /^Open: Casey Reed/ }).waitFor();
  });
  assertQuiet();
});
