import { element, foreignText } from "./elements.js";

// The one way by which text of the API becomes markup: into a frame without scripts. nginx-maps.conf permits no other policy.
const markup = globalThis.trustedTypes?.createPolicy("reading", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

/** The address of the reading view of a policy, within this page. */
export function readingAddress(policyId, tenantId) {
    return `#read=${encodeURIComponent(policyId)}/${encodeURIComponent(tenantId ?? "")}`;
}

/** What an address is the reading view of: {policyId, tenantId}; null where it is none. */
export function readingOf(hash) {
    const parts = /^#read=([^/]+)\/([^/]*)$/.exec(hash);
    try {
        return parts === null ? null : { policyId: decodeURIComponent(parts[1]), tenantId: decodeURIComponent(parts[2]) };
    } catch {
        return null;
    }
}

/** Links within the text stay in the frame, links to the web open a tab of their own, and any other is no link. */
function settle(link) {
    const address = link.getAttribute("href");
    if (address.startsWith("#")) {
        link.setAttribute("href", `about:srcdoc${address}`);
    } else if (/^(https?|mailto):/i.test(address)) {
        link.setAttribute("target", "_blank");
        link.setAttribute("rel", "noopener noreferrer");
    } else {
        link.removeAttribute("href");
    }
}

/** The document for the frame. Scripts, forms and foreign addresses in it are stopped by the sandbox and this page's policy. */
function frameDocument(html, title) {
    const page = new DOMParser().parseFromString(markup.createHTML(html), "text/html");
    page.querySelectorAll("a[href], area[href]").forEach(settle);
    page.documentElement.dir = "auto";
    page.head.append(element("meta", { name: "color-scheme", content: "light dark" }),
        element("link", { rel: "stylesheet", href: "/reading.css" }), element("title", {}, title));
    return `<!DOCTYPE html>${page.documentElement.outerHTML}`;
}

/** Shows a policy's HTML in the dialog. */
export function showReading(dialog, title, html) {
    const frame = element("iframe", { sandbox: "allow-popups allow-popups-to-escape-sandbox", title: `Text of ${title}` });
    frame.srcdoc = markup.createHTML(frameDocument(html, title));
    dialog.querySelector("h2").replaceChildren(foreignText(title));
    const empty = element("p", { class: "empty" }, "This policy has no text.");
    dialog.querySelector(".text").replaceChildren(html.trim() === "" ? empty : frame);
    if (!dialog.open) {
        dialog.showModal();
    }
}
