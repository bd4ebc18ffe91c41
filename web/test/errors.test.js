// What the page says when there is no answer.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { assertAccessible, assertQuiet, newPage, openRegister, startBrowser } from "./browser.js";
import { ordinaryRegister, policyInForce, token } from "./register_data.js";
import { startSite } from "./site.js";

let site, browser;
before(async () => { [site, browser] = await Promise.all([startSite(), startBrowser()]); });
after(async () => { await browser?.close(); await site?.stop(); });
beforeEach(() => site.stub.reset(ordinaryRegister()));

const isReportOfStatus = (trouble) => /^error: Failed to load resource/.test(trouble);
const refusal = (status, message, headers = {}) => ({ status, headers, body: JSON.stringify({ code: "X", message, details: null, hint: null }) });
const alerts = (page) => page.getByRole("alert").locator("p").allInnerTexts();

for (const [status, answer, sentence] of [
    [403, refusal(403, "permission denied for view policies_in_force"), "The token does not permit this (permission denied for view policies_in_force)."],
    [429, refusal(429, "too many requests", { "Retry-After": "7" }), "There were too many requests. Wait a second, then reload."],
    [503, refusal(503, "the service is not available"), "The register is not available now. Try again later."],
    [500, refusal(500, "<b>broken</b>"), "The register answered with an error, 500 (<b>broken</b>)."],
    [400, { status: 400, body: "no JSON" }, "The register answered with an error, 400."],
    ["no answer", "hang up", "The register is not available now. Try again later."],
]) {
    test(`${status} is told once, in a live region, and no section looks empty`, async () => {
        site.stub.answer = () => answer;
        const page = await newPage(browser, site.url);
        await openRegister(page, token);
        assert.deepEqual(await alerts(page), [sentence]);
        assert.equal(await page.getByText("Not loaded.").count(), 4);
        assert.equal(await page.getByText("Not everything could be loaded.").count(), 1);
        assert.equal(await page.getByText("No policy is in force.").count(), 0);
        await assertAccessible(page);
        site.stub.answer = null;
        await page.getByRole("button", { name: "Reload" }).click();
        await page.getByText("The register is loaded.").waitFor();
        assert.deepEqual(await alerts(page), [], "and is forgotten when all is well");
        assert.ok(await page.getByRole("link", { name: "Acceptable use" }).isVisible());
        assertQuiet(page, isReportOfStatus);
    });
}

test("401 asks for another token, and keeps nothing of this one", async () => {
    site.stub.answer = () => refusal(401, "JWT expired");
    const page = await newPage(browser, site.url);
    await page.goto("/");
    await page.getByLabel("Access token").fill(token);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("The token was not accepted (JWT expired). Paste a new one.").waitFor();
    assert.equal((await alerts(page)).length, 1);
    assert.equal(await page.evaluate(() => document.activeElement.id), "token");
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    site.stub.answer = null;
    await page.getByLabel("Access token").fill(token);
    await page.getByLabel("Access token").press("Enter");
    await page.getByText("The register is loaded.").waitFor();
    assert.deepEqual(await alerts(page), []);
});

test("one section that fails leaves the others", async () => {
    site.stub.answer = (path) => path === "/policy_acknowledgements" ? refusal(403, "not yours") : null;
    const page = await newPage(browser, site.url);
    await openRegister(page, token);
    assert.equal(await page.getByText("Not loaded.").count(), 1);
    assert.ok(await page.getByRole("link", { name: "Acceptable use" }).isVisible());
    assert.equal(await page.locator("[data-figure=late]").innerText(), "–", "no figure is made up");
});

test("without a network", async () => {
    const page = await newPage(browser, site.url);
    await openRegister(page, token);
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Reload" }).click();
    await page.getByText("The register cannot be reached. Check the connection, then reload.").waitFor();
    assert.equal((await alerts(page)).length, 1);
    await page.context().setOffline(false);
});

test("a page that cannot be turned stays, and says why", async () => {
    site.stub.data.inForce = Array.from({ length: 60 }, (_, index) => policyInForce(index + 1));
    const page = await newPage(browser, site.url);
    await openRegister(page, token);
    site.stub.answer = () => refusal(503, "away");
    await page.locator("#in-force").getByRole("button", { name: "Next" }).click();
    await page.getByText("The register is not available now. Try again later.").waitFor();
    assert.ok(await page.getByRole("link", { name: "Policy 50", exact: true }).isVisible());
    site.stub.answer = null;
    await page.locator("#in-force").getByRole("button", { name: "Next" }).click();
    await page.getByRole("link", { name: "Policy 60", exact: true }).waitFor();
});

test("a text that is not there any more, and one that is empty", async () => {
    site.stub.answer = (path) => path === "/rpc/policy_html" ? refusal(404, "policy is not in force") : null;
    const page = await newPage(browser, site.url);
    await openRegister(page, token);
    await page.getByRole("link", { name: "Clean desk" }).click();
    await page.getByText("That is not there (policy is not in force).").waitFor();
    assert.equal(await page.locator("dialog[open]").count(), 0);
    assert.equal(new URL(page.url()).hash, "");
    site.stub.reset({ ...ordinaryRegister(), html: "" });
    await page.getByRole("link", { name: "Clean desk" }).click();
    await page.getByText("This policy has no text.").waitFor();
});
