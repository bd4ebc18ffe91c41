// The pages of a live server: POLICIES_URL (its origin, or any address of its) and POLICIES_TOKEN name it and a token that reads.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertAccessible, assertQuiet, authorize, isStoppedInText, newPage, openRegister, startBrowser } from "./browser.js";

const { POLICIES_URL: address, POLICIES_TOKEN: token } = process.env;
const isNamed = Boolean(address && token);
if (!isNamed) {
    console.error("NOT RUN: the pages of a live server: POLICIES_URL and POLICIES_TOKEN are not set");
}
const skip = isNamed ? false : "POLICIES_URL and POLICIES_TOKEN are not set";
const url = isNamed ? new URL(address).origin : "";

let browser;
before(async () => { browser = isNamed ? await startBrowser() : null; });
after(() => browser?.close());

test("the register loads, whole and quiet", { skip }, async () => {
    const page = await newPage(browser, url, { instant: null });
    await openRegister(page, token);
    assert.equal(await page.locator("#problems").innerText(), "");
    assert.equal(await page.locator("#progress").innerText(), "The register is loaded.");
    for (const name of ["in-force", "overdue", "soon", "late", "sla-policies"]) {
        assert.match(await page.locator(`[data-figure="${name}"]`).innerText(), /^[0-9.,\s]+\+?$/, name);
    }
    assert.equal(await page.locator(".month").count(), 12);
    await assertAccessible(page);
    assertQuiet(page);
});

test("what is in force can be read", { skip }, async (context) => {
    const page = await newPage(browser, url, { instant: null });
    await openRegister(page, token);
    const first = page.locator("#in-force tbody a").first();
    if (await first.count() === 0) {
        context.skip("NOT RUN: nothing is in force on this server");
        return;
    }
    const name = await first.innerText();
    await first.click();
    await page.locator("dialog[open]").waitFor();
    assert.ok((await page.locator("#reading-title").innerText()).startsWith(name));
    assert.equal(await page.locator("#problems").innerText(), "");
    assertQuiet(page, isStoppedInText);
});

test("a forged token is refused", { skip }, async () => {
    const page = await newPage(browser, url, { instant: null });
    await page.goto("/");
    await page.getByLabel("Access token").fill(`${token.slice(0, -6)}AAAAAA`);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText(/^The token was not accepted/).waitFor();
});

test("the explorer lists policies", { skip }, async () => {
    const page = await newPage(browser, url, { instant: null });
    await page.goto("/explorer");
    await authorize(page, token);
    const operation = page.locator(".opblock").filter({ has: page.locator("[data-path='/policies']") }).filter({ hasText: /^GET/ });
    await operation.getByRole("button").first().click();
    await operation.getByRole("button", { name: "Execute" }).click();
    const status = operation.locator(".live-responses-table .response-col_status").last();
    await status.waitFor();
    assert.match(await status.innerText(), /^20[06]/);
    assertQuiet(page);
});
