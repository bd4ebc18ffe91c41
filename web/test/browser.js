import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { now } from "./register_data.js";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A browser that resolves no name: a request that leaves this machine cannot even begin. */
export function startBrowser() {
    return chromium.launch({
        executablePath: "/usr/bin/chromium",
        args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
    });
}

/** Has a page remember what it must never do: see assertQuiet(). */
function watch(page, origin) {
    page.troubles = [];
    const isForeign = (request) => !/^(data|about):/.test(request.url()) && new URL(request.url()).origin !== origin;
    const told = (request) => `a request to ${request.url()}`;
    page.on("request", (request) => isForeign(request) && page.troubles.push(told(request)));
    // What the page's policy stops is told here first, too, but never sent.
    page.on("requestfailed", (request) => {
        if (isForeign(request) && request.failure().errorText === "csp") {
            page.troubles.splice(page.troubles.indexOf(told(request)), 1);
        }
    });
    page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) {
            page.troubles.push(`${message.type()}: ${message.text()}`);
        }
    });
    page.on("pageerror", (error) => page.troubles.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
        page.troubles.push(`a dialog: ${dialog.message()}`);
        dialog.dismiss();
    });
}

/** A page in a session of its own, at a fixed instant or at its own time, where that is null. */
export async function newPage(browser, url, { instant = now, ...options } = {}) {
    const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin", colorScheme: "light", baseURL: url,
        viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    watch(page, new URL(url).origin);
    await page.exposeBinding("tellViolation", (_, violation) => page.troubles.push(violation));
    await page.addInitScript(() => document.addEventListener("securitypolicyviolation", (event) =>
        globalThis.tellViolation(`a violation of ${event.effectiveDirective}: ${event.blockedURI}`)));
    if (instant !== null) {
        await page.clock.setFixedTime(instant);
    }
    return page;
}

/** Opens the register with a token, and waits until it is loaded. */
export async function openRegister(page, token, address = "/") {
    await page.goto(address);
    await page.getByLabel("Access token").fill(token);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText(/^(The register is loaded|Not everything could be loaded)\.$/).waitFor();
}

/** Has Swagger UI send a token. */
export async function authorize(page, token) {
    await page.getByRole("button", { name: "Authorize" }).first().click();
    await page.locator(".auth-container input").fill(token);
    await page.locator(".auth-btn-wrapper").getByRole("button", { name: /authorize|apply/i }).click();
    await page.locator(".auth-btn-wrapper").getByRole("button", { name: "Close" }).click();
}

/** The browser's refusal to run these tests' own scripts within the frame of a policy's text, wherever in the text it stands. */
export function isStoppedInText(trouble) {
    return /^error: Blocked script execution in 'about:srcdoc[#']/.test(trouble);
}

/** That nothing was asked of another server, no policy violated, no script failed, and nothing said in the console. */
export function assertQuiet(page, expected = () => false) {
    assert.deepEqual(page.troubles.filter((trouble) => !expected(trouble)), []);
}

/** That axe-core finds nothing to complain of. */
export async function assertAccessible(page, options = {}) {
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate((settings) => globalThis.axe.run(document, settings), { iframes: false, ...options });
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`), []);
}
