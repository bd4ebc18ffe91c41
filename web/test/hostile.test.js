// What a register may hold that was written by somebody who means harm.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { assertAccessible, assertQuiet, newPage, openRegister, startBrowser } from "./browser.js";
import { acknowledgement, ordinaryRegister, policyId, policyInForce, review, slaPolicy, token, tokenOf } from "./register_data.js";
import { startSite } from "./site.js";

let site, browser;
before(async () => { [site, browser] = await Promise.all([startSite(), startBrowser()]); });
after(async () => { await browser?.close(); await site?.stop(); });
beforeEach(() => site.stub.reset(ordinaryRegister()));

const script = "<script>alert(1)</script><img src=x onerror=alert(2)><iframe srcdoc='<script>alert(3)</script>'></iframe>";
const rightToLeft = "\u202Eevil\u202C مرحبا";
const long = `${"x".repeat(3000)} ${"word ".repeat(300)}`;

/** A register in which every text is the given one. */
function registerOf(text) {
    return {
        inForce: [policyInForce(1, { name: text, version: text, category: text, owner_id: text, published_at: text, next_review_at: text })],
        reviews: [review(1, "2026-01-01T00:00:00Z", { name: text, owner_id: text, category: text, version: text }),
            review(1, "2026-12-24T09:00:00Z", { name: text, owner_id: text, category: text, version: text })],
        acknowledgements: [acknowledgement(1, { person_id: text, version: text, due_at: text })],
        policies: [slaPolicy(1, text, [text, `${text} too`], 1, 2, { app_id: text })],
        html: "",
    };
}

for (const [kind, text] of [["markup", script], ["a javascript: address", "javascript:alert(1)"], ["text from right to left", rightToLeft], ["a very long text", long]]) {
    test(`${kind} is shown as text, everywhere`, async () => {
        site.stub.reset(registerOf(text));
        const page = await newPage(browser, site.url);
        // A header of nginx's has 8 kB.
        await openRegister(page, tokenOf({ tenant_id: text.slice(0, 1000), sub: text.slice(0, 1000) }));
        const shown = await page.evaluate((wanted) => [...document.querySelectorAll("main td, main th, #reader, .scope")]
            .filter((cell) => cell.textContent.includes(wanted)).length, text);
        assert.ok(shown >= 20, `in ${shown} places`);
        assert.equal(await page.locator("main script, main img, main iframe").count(), 0);
        assert.ok(await page.evaluate(() => [...document.links].every((link) => link.origin === location.origin)));
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page keeps its width");
        await assertAccessible(page);
        assertQuiet(page);
    });
}

test("a name from right to left leaves its neighbours alone", async () => {
    site.stub.data.inForce = [policyInForce(1, { name: rightToLeft })];
    const page = await newPage(browser, site.url);
    await openRegister(page, token);
    const cells = await page.locator("#in-force tbody tr > *").evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect().left));
    assert.deepEqual(cells, [...cells].sort((one, other) => one - other));
    assert.equal(await page.locator("#in-force tbody tr > td").nth(0).innerText(), "1.0.0");
});

const attacks = (evil) => [
    "<p>Text</p>", script, "<svg onload=alert(1)></svg>", `<link rel=stylesheet href=${evil}/style.css>`, `<style>body { background: url(${evil}/b) }</style>`,
    `<meta http-equiv=refresh content='0;url=${evil}/refresh'>`, `<base href=${evil}/>`, `<img src=${evil}/pixel>`,
    `<form action=${evil}/form><input name=a autofocus><button id=send>Send</button></form>`, `<object data=${evil}/object></object>`, `<embed src=${evil}/embed>`,
    "<a id=script href=javascript:alert(4)>script</a>", "<a id=spaced href=' java\tscript:alert(5)'>spaced</a>", "<a id=data href=data:text/html,x>data</a>", "<a id=top href=/explorer/ target=_top>top</a>",
    `<iframe src=${evil}/frame></iframe>`, `<video src=${evil}/video autoplay></video>`, "</body></html><script>alert(6)</script>",
];

test("hostile HTML in the reading view does nothing, and asks nothing of anybody else", async (context) => {
    const reached = [];
    const evil = createServer((request, response) => { reached.push(request.url); response.end(); });
    await new Promise((resolve) => evil.listen(0, "127.0.0.1", resolve));
    context.after(() => evil.close());
    site.stub.data.html = attacks(`http://127.0.0.1:${evil.address().port}`).join("\n");
    const page = await newPage(browser, site.url);
    await openRegister(page, token);
    await page.getByRole("link", { name: "Acceptable use" }).click();
    await page.getByRole("dialog").waitFor();
    const text = page.frameLocator("#reading iframe");
    await text.getByText("Text", { exact: true }).waitFor();
    for (const id of ["script", "spaced", "data", "top"]) {
        assert.equal(await text.locator(`#${id}`).getAttribute("href"), null, `${id} is no link`);
        await text.locator(`#${id}`).click();
    }
    await text.locator("#send").click();
    await page.waitForTimeout(500);
    assert.match(page.url(), /#read=/, "the page is where it was");
    assert.equal(await text.getByText("Text", { exact: true }).count(), 1, "and the frame as well");
    assert.deepEqual(await page.locator("#reading iframe").evaluate((frame) => [...frame.sandbox]), ["allow-popups", "allow-popups-to-escape-sandbox"]);
    // What the page refuses appears in the console; what it did not refuse would be a request, a dialog, or another page.
    assertQuiet(page, (trouble) => /^(a violation of|error: (Blocked |Refused |.*violates the following Content Security Policy directive|.*ERR_BLOCKED_BY_))/
        .test(trouble));
    assert.ok(page.troubles.some((trouble) => /\/pixel.*violates/.test(trouble)), "an image from elsewhere is refused");
    assert.deepEqual(reached, []);
});

test("the reading view of a hostile address", async () => {
    for (const [id, sentence] of [["..%2F..%2Frpc%2Fx", /There is no policy “\.\.\/\.\.\/rpc\/x”/], ["<img src=x onerror=alert(1)>", /There is no policy “<img/], ["pol_x?y=1", /There is no policy “pol_x\?y=1”/]]) {
        const page = await newPage(browser, site.url);
        await openRegister(page, token, `/#read=${id}/acme`);
        await page.locator("#problems").getByText(sentence).waitFor();
        assert.ok(!site.stub.requests.some(({ path }) => path.includes("html")), "nothing is asked for");
        assert.equal(await page.locator("dialog[open]").count(), 0);
        assertQuiet(page);
    }
    const page = await newPage(browser, site.url);
    await openRegister(page, token, "/#read=%E0%A4%A/acme");
    assertQuiet(page);
});

test("the browser itself refuses markup from anywhere else", async () => {
    const page = await newPage(browser, site.url);
    await openRegister(page, token);
    const refused = await page.evaluate(() => {
        try {
            document.querySelector("main").innerHTML = "<b>markup</b>";
            return "nothing";
        } catch (error) {
            return error.name;
        }
    });
    assert.equal(refused, "TypeError");
    assert.equal(await page.evaluate(() => { try { trustedTypes.createPolicy("other", {}); return "made"; } catch { return "refused"; } }), "refused");
});

test("a token that none can be is refused, without being told again", async () => {
    const page = await newPage(browser, site.url);
    await page.goto("/");
    for (const [pasted, sentence] of [["", "Paste a token first."], ["   ", "Paste a token first."], ["abcä", "That is no token: it holds “ä”, at character 4."],
        ["a b", "That is no token: it holds “ ”, at character 2."], ["x<script>", "That is no token: it holds “<”, at character 2."]]) {
        await page.getByLabel("Access token").fill(pasted);
        await page.getByRole("button", { name: "Open" }).click();
        assert.equal(await page.getByRole("alert").innerText(), sentence);
        assert.equal(await page.evaluate(() => document.activeElement.id), "token");
    }
    assert.equal(site.stub.requests.length, 0, "and goes nowhere");
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    assertQuiet(page);
});

test("claims that are no claims", async () => {
    for (const odd of ["opaque", "a.b.c", `a.${Buffer.from("null").toString("base64url")}.c`, tokenOf({ tenant_id: { a: 1 }, sub: 7, exp: "soon" }), tokenOf({ exp: 1e300 })]) {
        const page = await newPage(browser, site.url);
        await openRegister(page, odd);
        assert.ok(await page.getByRole("link", { name: "Acceptable use" }).isVisible(), odd);
        assertQuiet(page);
    }
});

test("answers that are no lists", async () => {
    for (const body of ["{}", "null", "[", "<html>", ""]) {
        site.stub.answer = () => ({ status: 200, body });
        const page = await newPage(browser, site.url);
        await openRegister(page, token);
        assert.equal(await page.getByRole("alert").innerText(), "The register's answer cannot be read.", body);
        assert.equal(await page.getByText("Not loaded.").count(), 4);
    }
});

test("an address that looks like a list's id stays a parameter", async () => {
    site.stub.data.acknowledgements = [acknowledgement(1, { policy_id: `${policyId(1)})&select=body#` })];
    const page = await newPage(browser, site.url);
    await openRegister(page, token);
    const asked = site.stub.requests.find(({ parameters }) => parameters.get("id")?.startsWith("in."));
    assert.equal(asked.parameters.get("id"), `in.(${policyId(1)})&select=body#)`);
    assert.equal(asked.parameters.get("select"), "id,tenant_id,name");
});
