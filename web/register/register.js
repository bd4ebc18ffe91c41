import { ApiError, createApi } from "./api.js";
import { element } from "./elements.js";
import { formatNumber, timeZone } from "./formats.js";
import { readingOf, showReading } from "./reading.js";
import { acknowledgements, inForce, reviews, slaTargets } from "./sections.js";
import { claimsOf, forgetToken, readToken, storedToken, storeToken } from "./token.js";

const part = (id) => document.getElementById(id);
const sections = { "in-force": inForce, reviews, acknowledgements, "sla-targets": slaTargets };

/** What is read with one token: aborted by the next, so that no late answer appears on the page of another. */
let current = null;

/** Tells what went wrong, once, in the live region. */
function tell(sentence) {
    const problems = part("problems");
    if (![...problems.children].some((problem) => problem.textContent === sentence)) {
        problems.append(element("p", { class: "problem" }, sentence));
    }
}

function tellProblem(error) {
    if (error.name === "AbortError") {
        return;
    }
    if (error.status === 401) {
        close();
    }
    tell(error instanceof ApiError ? error.message : `This page failed: ${error.message}`);
    if (!(error instanceof ApiError)) {
        console.error(error);
    }
}

function showFigures(figures) {
    for (const [name, figure] of Object.entries(figures)) {
        const place = document.querySelector(`[data-figure="${name}"]`);
        place.textContent = typeof figure === "number" ? formatNumber(figure) : figure ?? "–";
        place.classList.toggle("alarming", ["overdue", "late"].includes(name) && figure !== 0);
    }
}

async function fill(id, load, reader) {
    const place = part(id).querySelector(".content");
    place.replaceChildren(element("p", { class: "loading" }, "Loading…"));
    try {
        const { content, figures } = await load(reader);
        reader.signal.throwIfAborted();
        place.replaceChildren(...content);
        showFigures(figures);
        return true;
    } catch (error) {
        if (!reader.signal.aborted) {
            place.replaceChildren(element("p", { class: "failed" }, "Not loaded."));
            tellProblem(error);
        }
        return false;
    }
}

/** Forgets the page of a token: its rows, its figures, and what is still under way. */
function clear() {
    current?.stop.abort();
    current = null;
    part("problems").replaceChildren();
    part("reading").close();
    document.querySelectorAll("#register .content").forEach((place) => place.replaceChildren());
    document.querySelectorAll("[data-figure]").forEach((place) => {
        place.textContent = "–";
        place.classList.remove("alarming");
    });
}

function showReader({ sub, tenant_id: tenantId, app_id: appId, exp }) {
    const known = [tenantId, appId, sub].filter((name) => typeof name === "string" && name !== "");
    const style = { dateStyle: "short", timeStyle: "short" };
    const until = Number.isFinite(exp) ? [`until ${new Date(exp * 1000).toLocaleString(undefined, style)}`] : [];
    part("reader").replaceChildren(...[...known, ...until].map((text) => element("bdi", {}, text)));
}

function showEntry(isShown) {
    part("entry").hidden = !isShown;
    part("register").hidden = isShown;
    part("session").hidden = isShown;
}

/** Back to where a token is pasted. */
function close() {
    clear();
    forgetToken();
    part("reader").replaceChildren();
    showEntry(true);
    part("token").value = "";
    part("token").focus();
}

async function open(token) {
    clear();
    const claims = claimsOf(token);
    const stop = new AbortController();
    const reader = { stop, signal: stop.signal, api: createApi(token, stop.signal), now: new Date(),
        showTenant: typeof claims.tenant_id !== "string", onProblem: tellProblem };
    current = reader;
    showReader(claims);
    showEntry(false);
    part("clock").textContent = `Days are those of the time zone ${timeZone()}.`;
    part("progress").textContent = "Loading the register…";
    const loaded = await Promise.all(Object.entries(sections).map(([id, load]) => fill(id, load, reader)));
    if (current === reader) {
        part("progress").textContent = loaded.every(Boolean) ? "The register is loaded." : "Not everything could be loaded.";
        followAddress();
    }
}

/** Opens the reading view that the address names, or closes it. */
async function followAddress() {
    const dialog = part("reading");
    const reading = readingOf(location.hash);
    const reader = current;
    if (reading === null || reader === null) {
        dialog.close();
        return;
    }
    try {
        const { policyId, tenantId } = reading;
        const [html, named] = await Promise.all([
            reader.api.html(policyId, tenantId),
            reader.api.page("policies/in-force", { select: "name,version", id: `eq.${policyId}`,
                ...tenantId === "" ? {} : { tenant_id: `eq.${tenantId}` } }, 0, 1),
        ]);
        const { name, version } = named.rows[0] ?? {};
        if (readingOf(location.hash)?.policyId === policyId) {
            showReading(dialog, [name ?? policyId, version].filter(Boolean).join(", version "), html);
        }
    } catch (error) {
        leaveReading();
        tellProblem(error);
    }
}

function leaveReading() {
    if (readingOf(location.hash) !== null) {
        history.pushState(null, "", location.pathname);
    }
}

function submit(event) {
    event.preventDefault();
    part("problems").replaceChildren();
    try {
        const token = readToken(part("token").value);
        part("token").value = "";
        storeToken(token);
        part("main").focus();
        open(token);
    } catch (error) {
        tell(error.message);
        part("token").focus();
    }
}

part("entry").addEventListener("submit", submit);
part("reload").addEventListener("click", () => open(storedToken()));
part("forget").addEventListener("click", () => {
    leaveReading();
    close();
    part("progress").textContent = "The token is forgotten.";
});
part("close-reading").addEventListener("click", () => part("reading").close());
part("reading").addEventListener("close", leaveReading);
window.addEventListener("hashchange", followAddress);

storedToken() === null ? showEntry(true) : open(storedToken());
