// The API explorer.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { assertAccessible, assertQuiet, authorize, newPage, startBrowser } from "./browser.js";
import { ordinaryRegister, token } from "./register_data.js";
import { startSite } from "./site.js";

let site, browser;
before(async () => { [site, browser] = await Promise.all([startSite(), startBrowser()]); });
after(async () => { await browser?.close(); await site?.stop(); });
beforeEach(() => site.stub.reset(ordinaryRegister()));

// Of WCAG: how Swagger UI nests its headings and landmarks is its own affair.
const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
const operation = (page) => page.locator(".opblock").filter({ has: page.locator("[data-path='/policies']") }).filter({ hasText: /^GET/ });

async function openExplorer(address = "/explorer") {
    // Swagger UI waits for its clock to go on.
    const page = await newPage(browser, site.url, { instant: null });
    await page.goto(address);
    await operation(page).waitFor();
    return page;
}

test("an operation is tried with a pasted token, and nothing is kept", async () => {
    const page = await openExplorer();
    assert.equal(new URL(page.url()).pathname, "/explorer/");
    await authorize(page, token);
    await operation(page).getByRole("button").first().click();
    await operation(page).getByRole("button", { name: "Execute" }).click();
    await operation(page).locator(".live-responses-table .response").getByText("SLA low").first().waitFor();
    assert.equal(site.stub.requests.length, 1);
    assert.equal(site.stub.requests[0].path, "/policies");
    assert.equal(site.stub.requests[0].headers.authorization, `Bearer ${token}`);
    const asked = [...site.stub.requests[0].parameters.keys()];
    assert.ok(!asked.includes("category") && !asked.includes("or"), `no filter that nobody wrote: ${asked}`);
    assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, ""]);
    await page.reload();
    await operation(page).waitFor();
    assert.ok(!(await page.content()).includes(token));
    assert.equal(await page.locator(".authorization__btn.locked").count(), 0, "after a reload the token is gone");
    assertQuiet(page);
});

test("every operation of the document is there, and nothing else", async () => {
    const page = await openExplorer();
    const described = await (await fetch(`${site.url}/api/v1/openapi.json`)).json();
    const operations = Object.values(described.paths).flatMap((path) => Object.keys(path).filter((key) => ["get", "post", "patch", "delete", "put"].includes(key)));
    assert.equal(await page.locator(".opblock").count(), operations.length);
    assert.equal(await page.locator(".topbar, .validator-wrapper, img[src*=validator]").count(), 0);
    for (let number = 0; number < operations.length; number += 9) {
        await page.locator(".opblock-summary-control").nth(number).click();
        await page.locator(".opblock").nth(number).locator(".responses-inner").waitFor();
    }
    assertQuiet(page);
});

test("no other document and no other server", async () => {
    const page = await openExplorer("/explorer/?url=https://evil.example/openapi.json&configUrl=https://evil.example/c.json&urls.primaryName=x");
    assertQuiet(page);
    const told = await page.evaluate(async () => {
        const answers = [];
        for (const address of ["https://evil.example/a", `//${location.hostname}:1/a`, "/api/v1/openapi.json"]) {
            answers.push(await fetch(address).then((answer) => answer.status, (error) => error.name));
        }
        return answers;
    });
    assert.deepEqual(told, ["TypeError", "TypeError", 200], "the policy of the page lets nothing out");
    assert.ok(page.troubles.some((trouble) => trouble.includes("violation of connect-src: https://evil.example/a")));
});

test("a document that cannot be shown is told of", async () => {
    for (const [answer, sentence] of [[{ status: 404, body: "{}" }, "the server answered with 404."], [{ status: 200, body: "no JSON" }, "is not valid JSON."]]) {
        const page = await newPage(browser, site.url);
        await page.route("**/openapi.json", (route) => route.fulfill(answer));
        await page.goto("/explorer/");
        const problem = page.getByRole("alert").filter({ hasText: "/api/v1/openapi.json, could not be shown" });
        assert.ok((await problem.innerText()).endsWith(sentence));
    }
});

test("axe-core has nothing to say, with an operation opened and tried", async () => {
    const page = await openExplorer();
    await assertAccessible(page, rules);
    await authorize(page, token);
    await operation(page).getByRole("button").first().click();
    await operation(page).getByRole("button", { name: "Execute" }).click();
    await operation(page).locator(".live-responses-table .response").getByText("SLA low").first().waitFor();
    await assertAccessible(page, rules);
});
