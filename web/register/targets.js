import { element, foreignText } from "./elements.js";
import { compareTexts, formatNumber, span } from "./formats.js";

/** How many priorities and ticket types the matrix shows at most. */
const mostOfEach = 50;

function target(label, minutes, isBusinessTime) {
    return minutes === null ? [] : [element("dt", {}, label), element("dd", {}, span(minutes, isBusinessTime))];
}

/** A policy's targets; with its app and tenant, where one is named, since several scopes may govern the same tickets. */
function targets(policy, showTenant) {
    const { first_response_minutes: response, resolution_minutes: resolution, business_hours_only: isBusinessTime } = policy;
    const scope = [showTenant ? policy.tenant_id : null, policy.app_id].filter((name) => name !== null);
    return element("div", { class: "targets" },
        ...scope.length > 0 ? [element("p", { class: "scope" }, foreignText(scope.join(" · ")))] : [],
        element("dl", {}, ...target("First response", response, isBusinessTime), ...target("Resolution", resolution, isBusinessTime)),
        element("p", { class: isBusinessTime ? "hours business" : "hours" }, isBusinessTime ? "business hours" : "around the clock"));
}

const strictest = (policies) => Math.min(...policies.map((policy) =>
    policy.first_response_minutes ?? policy.resolution_minutes ?? Infinity));

/** The priorities, the strictest first. */
function prioritiesOf(policies) {
    const found = new Map();
    for (const policy of policies) {
        found.set(policy.priority, [...(found.get(policy.priority) ?? []), policy]);
    }
    return [...found.entries()]
        .sort(([one, ofOne], [other, ofOther]) => strictest(ofOne) - strictest(ofOther) || compareTexts(one, other));
}

const ticketTypesOf = (policies) => [...new Set(policies.flatMap((policy) => policy.applies_to))].sort(compareTexts);

function matrixRow(priority, policies, ticketTypes, showTenant) {
    return element("tr", {}, element("th", { scope: "row" }, foreignText(priority)), ...ticketTypes.map((ticketType) => {
        const governing = policies.filter((policy) => policy.applies_to.includes(ticketType));
        return governing.length > 0 ? element("td", {}, ...governing.map((policy) => targets(policy, showTenant)))
            : element("td", { class: "none" }, "no target");
    }));
}

/** The targets of the active SLA policies, priority by ticket type: {content, isCutOff}. */
export function targetMatrix(policies, showTenant) {
    const governing = policies.filter(({ priority, applies_to: types }) =>
        priority !== null && Array.isArray(types) && types.length > 0);
    if (governing.length === 0) {
        return { content: element("p", { class: "empty" }, "No active SLA policy governs any ticket."), isCutOff: false };
    }
    const priorities = prioritiesOf(governing);
    const ticketTypes = ticketTypesOf(governing);
    const shown = ticketTypes.slice(0, mostOfEach);
    const titles = shown.map((ticketType) => element("th", { scope: "col" }, foreignText(ticketType)));
    const matrix = element("table", { class: "matrix" },
        element("caption", {}, `Targets of ${formatNumber(governing.length)} active SLA policies`),
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Priority"), ...titles)),
        element("tbody", {}, ...priorities.slice(0, mostOfEach).map(([priority, ofIt]) => matrixRow(priority, ofIt, shown, showTenant))));
    return {
        // Wide matrices are scrolled, by keyboard as well.
        content: element("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Matrix of SLA targets" }, matrix),
        isCutOff: priorities.length > mostOfEach || ticketTypes.length > mostOfEach,
    };
}
