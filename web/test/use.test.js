// By keyboard, by assistive technology, in the dark, on a phone and on paper.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { assertAccessible, assertQuiet, isStoppedInText, newPage, openRegister, startBrowser } from "./browser.js";
import { ordinaryRegister, policyInForce, token } from "./register_data.js";
import { startSite } from "./site.js";

let site, browser;
before(async () => { [site, browser] = await Promise.all([startSite(), startBrowser()]); });
after(async () => { await browser?.close(); await site?.stop(); });
beforeEach(() => site.stub.reset(ordinaryRegister()));

/** Goes on with Tab until what has the keyboard is called so. */
async function tabTo(page, name) {
    for (let step = 0; step < 60; step++) {
        await page.keyboard.press("Tab");
        const focused = await page.evaluate(() => {
            const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
            return { name: document.activeElement.innerText || document.activeElement.id, isVisible: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
        });
        assert.ok(focused.isVisible, `one sees that ${focused.name} has the keyboard`);
        if (focused.name === name) {
            return;
        }
    }
    assert.fail(`the keyboard never comes to ${name}`);
}

test("everything by keyboard alone", async () => {
    site.stub.data.inForce.push(...Array.from({ length: 60 }, (_, index) => policyInForce(index + 30)));
    const page = await newPage(browser, site.url);
    await page.goto("/");
    await tabTo(page, "Skip to the content");
    await page.keyboard.press("Enter");
    await tabTo(page, "token");
    await page.keyboard.insertText(token);
    await page.keyboard.press("Enter");
    await page.getByText("The register is loaded.").waitFor();
    await tabTo(page, "Acceptable use");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "close-reading", "the dialog takes the keyboard");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement.innerText), "Acceptable use", "and gives it back");
    await tabTo(page, "Next");
    await page.keyboard.press("Enter");
    await page.getByText("Rows 51 to 65 of 65").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.innerText), "Next", "the button keeps the keyboard at the end of the list");
    for (;;) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(() => document.activeElement.matches(".scrolled"))) {
            break;
        }
        assert.ok(await page.evaluate(() => document.activeElement !== document.body), "the matrix can be scrolled by keyboard");
    }
    await page.reload();
    await page.getByText("The register is loaded.").waitFor();
    await tabTo(page, "Forget the token");
    await page.keyboard.press("Space");
    await page.getByText("The token is forgotten.").waitFor();
    assertQuiet(page, isStoppedInText);
});

for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 320]) {
        test(`axe-core has nothing to say: ${colorScheme}, ${width} pixels`, async () => {
            const page = await newPage(browser, site.url, { colorScheme, viewport: { width, height: 800 } });
            await page.goto("/");
            await assertAccessible(page);
            await openRegister(page, token);
            await assertAccessible(page);
            assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, "nothing is cut off at the side");
            await page.getByRole("link", { name: "Acceptable use" }).click();
            await page.getByRole("dialog").waitFor();
            await assertAccessible(page);
            assertQuiet(page, isStoppedInText);
        });
    }
}

/** The contrast of two colours such as rgb(1, 2, 3), by WCAG. */
function contrast(...colours) {
    const [darker, lighter] = colours.map((colour) => {
        const [red, green, blue] = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }).sort((one, other) => one - other);
    return (lighter + 0.05) / (darker + 0.05);
}

test("the picture of the calendar can be read, which axe-core leaves out", async () => {
    for (const colorScheme of ["light", "dark"]) {
        const page = await newPage(browser, site.url, { colorScheme });
        await openRegister(page, token);
        const colours = await page.locator(".days > .day, .days > .weekday, .legend li").evaluateAll((cells) => cells.map((cell) => {
            const own = getComputedStyle(cell).backgroundColor;
            return [getComputedStyle(cell).color, own === "rgba(0, 0, 0, 0)" ? getComputedStyle(document.querySelector("section")).backgroundColor : own];
        }));
        assert.ok(colours.length > 365);
        assert.ok(colours.every((pair) => contrast(...pair) >= 4.5), colorScheme);
    }
});

test("the dark is dark, in the reading view as well", async () => {
    const page = await newPage(browser, site.url, { colorScheme: "dark" });
    await openRegister(page, token);
    await page.getByRole("link", { name: "Acceptable use" }).click();
    const inFrame = await page.frameLocator("#reading iframe").locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
    assert.equal(inFrame, "rgb(27, 33, 40)");
    assert.equal(await page.locator("section").first().evaluate((section) => getComputedStyle(section).backgroundColor), inFrame);
});

test("on a phone each row names its columns", async () => {
    const page = await newPage(browser, site.url, { viewport: { width: 375, height: 800 }, hasTouch: true });
    await openRegister(page, token);
    const cell = page.locator("#in-force tbody tr").first().locator("td").nth(1);
    assert.deepEqual(await cell.evaluate((shown) => [getComputedStyle(shown, "::before").content, shown.innerText]), ["\"Category\"", "security"]);
    assert.equal(await page.getByRole("table", { name: "Policies in force" }).getByRole("cell").count(), 25, "and it is a table yet");
});

test("on paper there is nothing to press", async () => {
    const page = await newPage(browser, site.url);
    await openRegister(page, token);
    await page.emulateMedia({ media: "print" });
    for (const hidden of ["Reload", "Forget the token"]) {
        assert.ok(!await page.getByText(hidden, { exact: true }).isVisible());
    }
    assert.ok(await page.getByText("Acceptable use").first().isVisible());
    assert.ok((await page.pdf()).length > 10_000);
});
