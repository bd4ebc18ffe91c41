// The register page, section by section.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { assertAccessible, assertQuiet, isStoppedInText, newPage, openRegister, startBrowser } from "./browser.js";
import { acknowledgement, emptyRegister, ordinaryRegister, policyId, policyInForce, review, slaPolicy, token, tokenOf } from "./register_data.js";
import { startSite } from "./site.js";

let site, browser;
before(async () => { [site, browser] = await Promise.all([startSite(), startBrowser()]); });
after(async () => { await browser?.close(); await site?.stop(); });
beforeEach(() => site.stub.reset(ordinaryRegister()));

/** A page with the register open. */
async function registerPage(options = {}, usedToken = token, address = "/") {
    const page = await newPage(browser, site.url, options);
    await openRegister(page, usedToken, address);
    return page;
}
const rowsOf = async (page, name) => (await page.getByRole("table", { name }).getByRole("row").allInnerTexts())
    .map((row) => row.split(/\s*[\t\n]\s*/));
const figure = (page, name) => page.locator(`[data-figure="${name}"]`).innerText();

test("what is in force", async () => {
    const page = await registerPage();
    const rows = await rowsOf(page, "Policies in force");
    assert.deepEqual(rows[0], ["Policy", "Version", "Category", "Owner", "Published", "Next review"]);
    assert.deepEqual(rows[1], ["Acceptable use", "2.1.0", "security", "per_ann", "1 Mar 2026", "30 Oct 2026 overdue"]);
    assert.deepEqual(rows[4], ["Leave of absence", "1.0.0", "hr", "none", "1 Mar 2026", "none"]);
    assert.equal(rows.length, 6);
    assert.equal(await figure(page, "in-force"), "5");
    assert.equal(await page.getByRole("button", { name: "Next" }).count(), 0, "five rows need no pages");
    assertQuiet(page);
});

test("the token goes to the API alone, in its header, and stays in the tab", async () => {
    const page = await registerPage({}, `  Bearer ${token}\n`);
    assert.ok(site.stub.requests.length >= 6);
    assert.deepEqual([...new Set(site.stub.requests.map(({ headers }) => headers.authorization))], [`Bearer ${token}`]);
    assert.ok(site.stub.requests.every(({ method, headers }) => method === "GET" && headers.cookie === undefined));
    assert.ok(!page.url().includes(token));
    assert.deepEqual(await page.evaluate(() => [Object.values(sessionStorage), localStorage.length, document.cookie]), [[token], 0, ""]);
    assert.equal(await page.getByLabel("Access token").inputValue(), "", "nothing is left in the field");
    await page.reload();
    await page.getByText("The register is loaded.").waitFor();
    assert.match(await page.locator("#reader").innerText(), /acme\s*per_ann\s*until/);
    const other = await newPage(browser, site.url);
    await other.goto("/");
    assert.ok(await other.getByLabel("Access token").isVisible(), "another tab asks for one");
});

test("the token is forgotten, and all that was read with it", async () => {
    const page = await registerPage();
    await page.getByRole("button", { name: "Forget the token" }).click();
    await page.getByText("The token is forgotten.").waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    assert.ok(!(await page.content()).includes("Acceptable use"));
    assert.ok(!(await page.content()).includes("per_ann"));
    assert.equal(await page.evaluate(() => document.activeElement.id), "token");
    await page.reload();
    assert.ok(await page.getByLabel("Access token").isVisible());
});

test("a late answer does not appear after the token is forgotten", async () => {
    const page = await newPage(browser, site.url);
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    site.stub.answer = async () => { await held; return null; };
    await page.goto("/");
    await page.getByLabel("Access token").fill(token);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("Loading the register…").waitFor();
    await page.getByRole("button", { name: "Forget the token" }).click();
    release();
    await page.waitForTimeout(500);
    assert.ok(!(await page.content()).includes("Acceptable use"));
    assert.equal(await page.locator("#problems").innerText(), "", "and nobody complains");
    assert.ok(await page.getByLabel("Access token").isVisible());
    assertQuiet(page);
});

test("what is due when: overdue apart, the calendar, and the same in words", async () => {
    const page = await registerPage();
    assert.deepEqual((await rowsOf(page, "Overdue reviews")).slice(1).map((row) => row.slice(0, 2)),
        [["Travel expenses", "1 Sept 2026"], ["Acceptable use", "30 Oct 2026"]]);
    const picture = page.getByRole("img", { name: /^Calendar of twelve months: 7 reviews on 4 days/ });
    const marked = picture.locator(".marked");
    assert.deepEqual(await marked.evaluateAll((days) => days.map((day) => [day.textContent, day.dataset.reviews, day.title])), [
        ["10", "1", "10 December 2026: Clean desk"],
        ["1", "2", "1 March 2027: Data handling and Supplier due diligence"],
        ["15", "3", "15 June 2027: Policy 7, Policy 8 and Policy 9"],
        ["1", "1", "1 September 2027: Backups"],
    ]);
    assert.deepEqual(await picture.locator(".month-name").allInnerTexts(), ["November 2026", "December 2026", "January 2027", "February 2027",
        "March 2027", "April 2027", "May 2027", "June 2027", "July 2027", "August 2027", "September 2027", "October 2027"]);
    assert.equal(await picture.locator(".today").innerText(), "24");
    const words = await rowsOf(page, "Reviews due until 31 October 2027");
    assert.equal(words.length, 8);
    assert.deepEqual(words.at(-1).slice(0, 2), ["Backups", "1 Sept 2027"], "by the reader's clock");
    assert.deepEqual(await Promise.all(["overdue", "soon", "late", "sla-policies"].map((name) => figure(page, name))), ["2", "1", "1", "4"]);
    assert.match(await page.locator("#clock").innerText(), /Europe\/Berlin/);
});

test("the calendar is that of where the reader lives", async () => {
    const day = (page) => page.locator(".month").nth(1).locator(".days > span").evaluateAll((cells) => cells.map((cell) => cell.textContent));
    const german = await registerPage({ locale: "de-DE" });
    assert.deepEqual((await day(german)).slice(0, 9), ["M", "D", "M", "D", "F", "S", "S", "", "1"], "1 December 2026 is a Tuesday");
    assert.equal(await german.locator(".month-name").nth(4).innerText(), "März 2027");
    const american = await registerPage({ locale: "en-US", timezoneId: "America/New_York" });
    assert.deepEqual((await day(american)).slice(0, 10), ["S", "M", "T", "W", "T", "F", "S", "", "", "1"]);
    assert.equal(await american.locator(".days .marked").last().getAttribute("title"), "August 31, 2027: Backups");
});

test("who has not acknowledged", async () => {
    const page = await registerPage();
    assert.deepEqual(await rowsOf(page, "Outstanding acknowledgements"), [
        ["Person", "Policy", "Version", "Due", "State"],
        ["per_cem", "Acceptable use", "2.1.0", "1 Nov 2026", "late"],
        ["per_dora", "Data handling", "1.4.0", "15 Dec 2026", "not late"],
        ["per_emil", "Acceptable use", "2.1.0", "none", "not late"],
    ]);
});

test("the SLA targets, the strictest priority first", async () => {
    const page = await registerPage();
    const [titles, ...rows] = await rowsOf(page, /^Targets of 4 active SLA policies/);
    assert.deepEqual(titles, ["Priority", "incident", "problem", "request"]);
    assert.deepEqual(rows.map((row) => row.join(" ")), [
        "urgent First response 15 mins Resolution 4 hrs around the clock First response 15 mins Resolution 4 hrs around the clock no target",
        "high First response 1 hr Resolution 2 days around the clock no target First response 1 hr 30 mins business hours",
        "low no target no target First response 8 hrs Resolution 80 hrs business hours",
    ]);
});

test("several scopes may govern the same tickets", async () => {
    site.stub.data.policies = [slaPolicy(1, "high", ["incident"], 10, 20), slaPolicy(2, "high", ["incident"], 30, 40, { app_id: "app_desk" })];
    const page = await registerPage();
    assert.match((await rowsOf(page, /^Targets/))[1].join(" "), /10 mins .*20 mins business hours app_desk .*30 mins .*40 mins/);
});

test("an auditor sees which tenant's each row is", async () => {
    site.stub.data.inForce = [policyInForce(1), policyInForce(1, { tenant_id: "globex", name: "Theirs" })];
    site.stub.data.acknowledgements = [acknowledgement(1, { tenant_id: "globex" })];
    site.stub.data.policies = [slaPolicy(2, "high", ["incident"], 10, 20, { tenant_id: "globex" })];
    const page = await registerPage({}, tokenOf({ role: "policies_auditor", sub: "per_eve" }));
    assert.deepEqual((await rowsOf(page, "Policies in force"))[2].slice(0, 3), ["Theirs", "globex", "1.0.0"]);
    assert.deepEqual((await rowsOf(page, "Outstanding acknowledgements"))[1].slice(1, 3), ["globex", "Theirs"], "by the name that it has there");
    assert.match((await rowsOf(page, /^Targets/))[1].join(" "), /globex/);
    await page.getByRole("link", { name: "Theirs" }).click();
    await page.getByRole("dialog", { name: "Theirs, version 1.0.0" }).waitFor();
    assert.equal(site.stub.requests.find(({ path }) => path === "/rpc/policy_html").parameters.get("tenant_id"), "globex");
});

test("an empty register says so", async () => {
    site.stub.reset(emptyRegister());
    const page = await registerPage();
    for (const sentence of ["No policy is in force.", "No review is overdue.", "No review is due in these months.",
        "Everybody who was asked has acknowledged.", "No active SLA policy governs any ticket."]) {
        assert.ok(await page.getByText(sentence).isVisible(), sentence);
    }
    assert.equal(await page.locator(".marked:not(.legend *)").count(), 0);
    assert.equal(await page.locator(".alarming").count(), 0);
    assert.equal(site.stub.requests.some(({ parameters }) => (parameters.get("id") ?? "").includes("()")), false, "no name is asked for");
    await assertAccessible(page);
    assertQuiet(page);
});

test("a large register is turned page by page, in bounds", async () => {
    site.stub.data.inForce = Array.from({ length: 120 }, (_, index) => policyInForce(index + 1));
    const page = await registerPage();
    const section = page.locator("#in-force");
    const [previous, next] = [section.getByRole("button", { name: "Previous" }), section.getByRole("button", { name: "Next" })];
    const where = section.locator(".position");
    assert.equal(await where.innerText(), "Rows 1 to 50 of 120");
    await next.click();
    await section.getByRole("link", { name: "Policy 51", exact: true }).waitFor();
    await next.click();
    await section.getByRole("link", { name: "Policy 120" }).waitFor();
    assert.equal(await where.innerText(), "Rows 101 to 120 of 120");
    assert.equal(await next.getAttribute("aria-disabled"), "true");
    const before = site.stub.requests.length;
    await next.press("Enter");
    await next.evaluate((control) => control.click());
    assert.equal(site.stub.requests.length, before, "there is nothing beyond the last page");
    site.stub.data.inForce.length = 60;
    await previous.click();
    await section.getByText("Rows 51 to 60 of 60").waitFor();
    site.stub.data.inForce.length = 50;
    await previous.click();
    await section.getByText("Rows 1 to 50 of 50").waitFor({ state: "attached" });
    assert.deepEqual(site.stub.requests.filter(({ path, parameters }) => path === "/policies_in_force" && !parameters.has("id"))
        .map(({ parameters }) => [parameters.get("limit"), parameters.get("offset")]), [["50", "0"], ["50", "50"], ["50", "100"], ["50", "50"], ["50", "0"]]);
});

test("a list that became shorter than the offset", async () => {
    site.stub.data.inForce = Array.from({ length: 60 }, (_, index) => policyInForce(index + 1));
    const page = await registerPage();
    site.stub.data.inForce.length = 10;
    await page.locator("#in-force").getByRole("button", { name: "Next" }).click();
    await page.getByText("No rows any more").waitFor();
    await page.locator("#in-force").getByRole("button", { name: "Previous" }).click();
    await page.getByRole("link", { name: "Policy 10", exact: true }).waitFor();
    assert.equal(await page.locator("#problems").innerText(), "");
});

test("more than is read at all is said to be cut off", async () => {
    const many = (length, make) => Array.from({ length }, (_, index) => make(index + 1));
    site.stub.data.reviews = [...many(2001, (number) => review(number, "2026-01-01T00:00:00Z")), ...many(2500, (number) => review(number, "2027-01-01T00:00:00Z"))];
    site.stub.data.policies = many(60, (number) => slaPolicy(number, `priority ${number}`, [`type ${number}`], number, number));
    const page = await registerPage();
    assert.ok(await page.getByText("Only the 2,000 oldest overdue reviews are shown.").isVisible());
    assert.ok(await page.getByText("Only the next 2,000 reviews are shown.").isVisible());
    assert.ok(await page.getByText("There are more SLA policies than this matrix shows.").isVisible());
    assert.equal(await page.locator(".matrix tbody tr").count(), 50);
    assert.equal(await figure(page, "overdue"), "2,000+");
    assert.match(await page.locator(".marked").first().getAttribute("title"), /Policy 10 and 1,990 more$/);
    const offsets = site.stub.requests.filter(({ path }) => path === "/rpc/review_calendar").map(({ parameters }) => Number(parameters.get("offset")));
    assert.deepEqual(offsets.sort((one, other) => one - other), [0, 0, 500, 500, 1000, 1000, 1500, 1500]);
});

test("exactly as many as are read is not cut off", async () => {
    site.stub.data.reviews = Array.from({ length: 2000 }, (_, index) => review(index + 1, "2027-01-01T00:00:00Z"));
    const page = await registerPage();
    assert.equal(await page.locator(".cut-off").count(), 0);
    assert.equal(await page.locator("#reviews .position:visible").innerText(), "Rows 1 to 50 of 2,000");
});

test("a policy is read, with links that lead where they should", async () => {
    const page = await registerPage();
    await page.getByRole("link", { name: "Acceptable use" }).click();
    const dialog = page.getByRole("dialog", { name: "Acceptable use, version 2.1.0" });
    await dialog.waitFor();
    const text = page.frameLocator("#reading iframe");
    assert.equal(await text.getByRole("heading", { level: 1 }).innerText(), "Acceptable use");
    assert.equal(await text.locator("body").evaluate((body) => getComputedStyle(body).maxWidth), "672px", "reading.css is loaded");
    await text.getByRole("link", { name: "everybody" }).click();
    const scope = await text.getByRole("heading", { name: "Scope" }).boundingBox();
    const frame = await page.locator("#reading iframe").boundingBox();
    assert.ok(scope.y < frame.y + frame.height, "a link within the text leads there");
    assert.deepEqual(await text.getByRole("link", { name: "ISO" }).evaluate((link) => [link.target, link.rel]), ["_blank", "noopener noreferrer"]);
    assert.match(page.url(), new RegExp(`#read=${policyId(1)}/acme$`));
    // Back from within the text, and back to the register.
    await page.evaluate(() => history.go(-2));
    await dialog.waitFor({ state: "hidden" });
    await page.evaluate(() => history.go(1));
    await dialog.waitFor();
    await page.reload();
    await dialog.waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "hidden" });
    // Closing goes back, which takes the browser a moment.
    await page.waitForFunction(() => location.hash === "");
    assertQuiet(page, isStoppedInText);
});
