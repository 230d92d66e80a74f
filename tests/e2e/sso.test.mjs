/* Single sign-on in a real browser: the cookie that only it has, another site's page that sends it back, and the page where it is set up. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { assertAccessible, inEveryLook, openBrowser, setUpAdministrator } from "../harness/browser.mjs";
import { Idp } from "../harness/idp.mjs";
import { startWard } from "../harness/ward.mjs";

/** The provider's page: whoever comes is sent back at once by a form of its own. */
async function serveProvider(context, idp, says = {}) {
  await context.unroute("https://idp.example.org/**");
  await context.route("https://idp.example.org/**", (route) => {
    const request = Idp.read(route.request().url());
    const value = new URLSearchParams(idp.answer(request, says)).get("SAMLResponse");
    return route.fulfill({ contentType: "text/html", body: `<form method="post" action="${request.acs}"><input type="hidden" name="SAMLResponse" value="${value}"></form><script>document.forms[0].submit()</script>` });
  });
}

test("metadata is looked at, imported, tried out and switched on; then people sign in by it", async (t) => {
  const ward = await startWard(t);
  const { browser, context, page, complaints } = await openBrowser(t);
  const idp = new Idp(ward.directory);
  const file = join(ward.directory, "metadata.xml");
  writeFileSync(file, idp.metadata());
  await setUpAdministrator(page, await ward.setupLink());
  const home = new URL("/", page.url()).href;
  await serveProvider(context, idp);

  await page.goto(new URL("/settings", home).href);
  await page.getByLabel("Name on the sign-in page").fill("Mercy ID");
  await page.getByLabel("Metadata of the identity provider (XML)").setInputFiles(file);
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByText("Signing certificates (SHA-256)").waitFor();
  await page.getByRole("button", { name: "Import this" }).click();
  await page.getByText("Nobody has tried it out yet").waitFor();
  assert.ok(await page.getByLabel("People may sign in by it").isDisabled());

  await page.getByRole("button", { name: "Test sign-in" }).click();
  await page.getByText("A test sign-in came through").waitFor();
  await page.getByLabel("People may sign in by it").check();
  await page.getByLabel("Ward asks for its own second factor as well").uncheck();
  await page.getByLabel("Whom it names first gets an account").check();
  await page.getByLabel("Attribute that decides about the class").fill("groups");
  await page.getByLabel("Its values, and the class of each").fill("nurses = viewer");
  await page.getByRole("button", { name: "Save" }).last().click();
  await page.getByText("is switched on").waitFor();
  await inEveryLook(page, "single-sign-on", (what) => assertAccessible(page, what));

  const other = await browser.newContext({ ignoreHTTPSErrors: true });
  await serveProvider(other, idp, { key: new Idp(ward.directory, "stranger").key });
  const visitor = await other.newPage();
  await visitor.goto(home);
  await visitor.getByRole("button", { name: "Sign in by Mercy ID" }).click();
  await visitor.getByText("The identity provider's answer was not accepted").waitFor();
  await inEveryLook(visitor, "sign-in-sso", (what) => assertAccessible(visitor, what));
  await serveProvider(other, idp);
  await visitor.getByRole("button", { name: "Sign in by Mercy ID" }).click();
  await visitor.getByRole("button", { name: "Sign out" }).waitFor();
  assert.equal(await visitor.evaluate(async () => (await (await fetch("/api/v1/session")).json()).user.class), "viewer");
  assert.deepEqual(complaints, []);
});
