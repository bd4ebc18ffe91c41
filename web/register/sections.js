import { calendar, endOfCalendar } from "./calendar.js";
import { mostRows } from "./api.js";
import { element, foreignText } from "./elements.js";
import { day, formatDay, formatNumber } from "./formats.js";
import { readingAddress } from "./reading.js";
import { pagedTable, pagesOf } from "./tables.js";
import { targetMatrix } from "./targets.js";

const soon = 30 * 24 * 60 * 60 * 1000;

function note(isCutOff, text) {
    return isCutOff ? [element("p", { class: "cut-off" }, text)] : [];
}

const tenantColumns = (showTenant) => showTenant ? [{ title: "Tenant", cell: (row) => foreignText(row.tenant_id) }] : [];
const badge = (kind, text) => element("span", { class: `badge ${kind}` }, text);
const words = (text) => text === null || text === "" ? element("span", { class: "none" }, "none") : foreignText(text);

function readingLink(row) {
    return element("a", { href: readingAddress(row.id, row.tenant_id) }, foreignText(row.name ?? row.id));
}

function nextReview(row) {
    return new Date(row.next_review_at ?? NaN) < new Date()
        ? element("span", {}, day(row.next_review_at), " ", badge("late", "overdue")) : day(row.next_review_at);
}

/** The policies in force. Each section gives its content, and the figures for the top of the page. */
export async function inForce({ api, showTenant, onProblem }) {
    const parameters = {
        select: "id,tenant_id,name,version,category,owner_id,published_at,next_review_at", order: "name,tenant_id,id",
    };
    let total = null;
    const list = await pagedTable({
        caption: "Policies in force", emptyText: "No policy is in force.", onProblem,
        loadPage: async (offset, limit) => {
            const page = await api.page("policies/in-force", parameters, offset, limit);
            total ??= page.total;
            return page;
        },
        columns: [
            { title: "Policy", cell: readingLink, isRowHeader: true }, ...tenantColumns(showTenant),
            { title: "Version", cell: (row) => words(row.version) }, { title: "Category", cell: (row) => words(row.category) },
            { title: "Owner", cell: (row) => words(row.owner_id) }, { title: "Published", cell: (row) => day(row.published_at) },
            { title: "Next review", cell: nextReview },
        ],
    });
    return { content: [list], figures: { "in-force": total } };
}

function reviewTable(reviews, caption, emptyText, showTenant, onProblem) {
    return pagedTable({
        caption, emptyText, onProblem, loadPage: pagesOf(reviews),
        columns: [
            { title: "Policy", cell: (row) => foreignText(row.name ?? row.policy_id), isRowHeader: true }, ...tenantColumns(showTenant),
            { title: "Due", cell: (row) => day(row.due_at) }, { title: "Category", cell: (row) => words(row.category) },
            { title: "Owner", cell: (row) => words(row.owner_id) }, { title: "Version", cell: (row) => words(row.version) },
        ],
    });
}

/** What is due when: overdue reviews, the calendar of the twelve months, and the same as a table. */
export async function reviews({ api, now, showTenant, onProblem }) {
    const order = { order: "due_at,tenant_id,policy_id" };
    const end = endOfCalendar(now);
    const [earlier, coming] = await Promise.all([
        api.all("policies/review-calendar", { from_time: "-infinity", until_time: now.toISOString(), ...order }),
        api.all("policies/review-calendar", { from_time: now.toISOString(), until_time: end.toISOString(), ...order }),
    ]);
    const lastDay = new Date(end - 1);
    const content = [
        ...note(earlier.isCutOff, `Only the ${formatNumber(mostRows)} oldest overdue reviews are shown.`),
        await reviewTable(earlier.rows, "Overdue reviews", "No review is overdue.", showTenant, onProblem),
        ...note(coming.isCutOff, `Only the next ${formatNumber(mostRows)} reviews are shown.`),
        calendar(coming.rows, now),
        await reviewTable(coming.rows, `Reviews due until ${formatDay(lastDay)}`, "No review is due in these months.", showTenant,
            onProblem),
    ];
    content[earlier.isCutOff ? 1 : 0].classList.add(earlier.rows.length > 0 ? "overdue" : "nothing-overdue");
    const next = coming.rows.filter((row) => new Date(row.due_at) - now < soon).length;
    return { content, figures: { overdue: atLeast(earlier), soon: coming.isCutOff && next === coming.rows.length ? `${next}+` : next } };
}

const atLeast = ({ rows, isCutOff }) => isCutOff ? `${formatNumber(rows.length)}+` : rows.length;

const scopedId = (tenantId, id) => JSON.stringify([tenantId, id]);

/** Gives requests the names of their policies. */
async function withNames(api, rows) {
    const ids = [...new Set(rows.map((row) => row.policy_id))];
    const named = ids.length === 0 ? { rows: [] }
        : await api.page("policies/in-force", { select: "id,tenant_id,name", id: `in.(${ids.join(",")})` }, 0, 1000);
    const names = new Map(named.rows.map((policy) => [scopedId(policy.tenant_id, policy.id), policy.name]));
    return rows.map((row) => ({ ...row, name: names.get(scopedId(row.tenant_id, row.policy_id)) ?? row.policy_id }));
}

/** Who has not confirmed having read what, the longest due first. */
export async function acknowledgements({ api, showTenant, onProblem }) {
    const path = "policies/acknowledgements";
    const parameters = {
        select: "id,tenant_id,policy_id,version,person_id,due_at,state", state: "in.(late,outstanding)",
        order: "due_at.asc.nullslast,tenant_id,id",
    };
    const list = await pagedTable({
        caption: "Outstanding acknowledgements", emptyText: "Everybody who was asked has acknowledged.", onProblem,
        loadPage: async (offset, limit) => {
            const page = await api.page(path, parameters, offset, limit);
            return { ...page, rows: await withNames(api, page.rows) };
        },
        columns: [
            { title: "Person", cell: (row) => foreignText(row.person_id), isRowHeader: true }, ...tenantColumns(showTenant),
            { title: "Policy", cell: (row) => foreignText(row.name) }, { title: "Version", cell: (row) => words(row.version) },
            { title: "Due", cell: (row) => day(row.due_at) },
            { title: "State", cell: (row) => row.state === "late" ? badge("late", "late") : badge("open", "not late") },
        ],
    });
    const late = await api.page(path, { select: "id", state: "eq.late" }, 0, 1);
    return { content: [list], figures: { late: late.total } };
}

/** The targets of the SLA policies. */
export async function slaTargets({ api, showTenant }) {
    const { rows, isCutOff } = await api.all("policies", {
        select: "id,tenant_id,app_id,applies_to,priority,first_response_minutes,resolution_minutes,business_hours_only",
        status: "eq.active", priority: "not.is.null", applies_to: "not.is.null", order: "priority,tenant_id,id",
    });
    const matrix = targetMatrix(rows, showTenant);
    return {
        content: [...note(isCutOff || matrix.isCutOff, "There are more SLA policies than this matrix shows."), matrix.content],
        figures: { "sla-policies": atLeast({ rows, isCutOff }) },
    };
}
