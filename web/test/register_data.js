/** The instant at which the tests' browsers live. */
export const now = new Date("2026-11-24T10:00:00Z");

export const policyId = (number) => `pol_01J9Z3NDEKTSV4RRFFQ69G${String(number).padStart(4, "0")}`;
const acknowledgementId = (number) => `ack_01J9Z3NDEKTSV4RRFFQ69G${String(number).padStart(4, "0")}`;

/** A token with claims, whose signature nothing here looks at. */
export function tokenOf(claims) {
    const encoded = [{ alg: "HS256", typ: "JWT" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    return `${encoded.join(".")}.c2lnbmF0dXJl`;
}
export const token = tokenOf({ role: "policies_caller", aud: "policies", tenant_id: "acme", sub: "per_ann", exp: 1795615200 });

export function policyInForce(number, fields = {}) {
    return {
        id: policyId(number), tenant_id: "acme", app_id: null, version: "1.0.0", name: `Policy ${number}`, description: null, body: "",
        category: "security", tags: null, owner_id: "per_ann", next_review_at: "2027-03-01T09:00:00+00:00",
        published_at: "2026-03-01T09:00:00.123456+00:00", published_by: "per_bob", change_note: null, content_hash: "00", ...fields,
    };
}

export function review(number, dueAt, fields = {}) {
    return {
        due_at: dueAt, policy_id: policyId(number), tenant_id: "acme", name: `Policy ${number}`, category: "security", owner_id: "per_ann",
        version: "1.0.0", is_overdue: Date.parse(dueAt) < now, ...fields,
    };
}

export function acknowledgement(number, fields = {}) {
    return {
        id: acknowledgementId(number), tenant_id: "acme", app_id: null, policy_id: policyId(1), version: "2.1.0", person_id: `per_${number}`,
        requested_at: "2026-10-01T08:00:00+00:00", requested_by: "per_ann", due_at: "2026-12-15T17:00:00+00:00", acknowledged_at: null,
        acknowledged_version: null, superseded_at: null, state: "outstanding", ...fields,
    };
}

export function slaPolicy(number, priority, appliesTo, firstResponse, resolution, fields = {}) {
    return {
        id: policyId(number), tenant_id: "acme", app_id: null, name: `SLA ${priority}`, applies_to: appliesTo, priority, status: "active",
        first_response_minutes: firstResponse, resolution_minutes: resolution, business_hours_only: true, ...fields,
    };
}

/** A register as any organisation has one. */
export function ordinaryRegister() {
    return {
        inForce: [
            policyInForce(1, { name: "Acceptable use", version: "2.1.0", next_review_at: "2026-10-30T09:00:00+00:00" }),
            policyInForce(2, { name: "Clean desk", category: "operations", owner_id: "per_bob", next_review_at: "2026-12-10T09:00:00+00:00" }),
            policyInForce(3, { name: "Data handling", category: "privacy", version: "1.4.2", next_review_at: "2027-03-01T09:00:00+00:00" }),
            policyInForce(4, { name: "Leave of absence", category: "hr", owner_id: null, next_review_at: null }),
            policyInForce(5, { name: "Supplier due diligence", category: "compliance", version: "3.0.0-rc.1" }),
        ],
        reviews: [
            review(6, "2026-09-01T09:00:00+00:00", { name: "Travel expenses", category: "finance" }),
            review(1, "2026-10-30T09:00:00+00:00", { name: "Acceptable use", version: "2.1.0" }),
            review(2, "2026-12-10T09:00:00+00:00", { name: "Clean desk", category: "operations", owner_id: "per_bob" }),
            review(3, "2027-03-01T09:00:00+00:00", { name: "Data handling", category: "privacy" }),
            review(5, "2027-03-01T09:00:00+00:00", { name: "Supplier due diligence", category: "compliance" }),
            ...[7, 8, 9].map((number) => review(number, "2027-06-15T09:00:00+00:00")),
            // Eleven at night in Greenwich is the next day in Berlin.
            review(10, "2027-08-31T23:00:00+00:00", { name: "Backups" }),
            review(11, "2027-11-01T09:00:00+00:00", { name: "Beyond the calendar" }),
        ],
        acknowledgements: [
            acknowledgement(1, { person_id: "per_cem", due_at: "2026-11-01T17:00:00+00:00", state: "late" }),
            acknowledgement(2, { person_id: "per_dora", policy_id: policyId(3), version: "1.4.0" }),
            acknowledgement(3, { person_id: "per_emil", due_at: null }),
            acknowledgement(4, { person_id: "per_done", acknowledged_at: "2026-10-02T08:00:00+00:00", state: "acknowledged" }),
        ],
        policies: [
            slaPolicy(20, "low", ["request"], 480, 4800),
            slaPolicy(21, "urgent", ["incident", "problem"], 15, 240, { business_hours_only: false }),
            slaPolicy(22, "high", ["incident"], 60, 2880, { business_hours_only: false }),
            slaPolicy(23, "high", ["request"], 90, null),
            slaPolicy(24, "retired", ["incident"], 1, 1, { status: "inactive" }),
        ],
        html: "<h1 id=\"acceptable-use\">Acceptable use</h1>\n<p>For <a href=\"#scope\">everybody</a>. See <a href=\"https://example.org/iso\">ISO</a>.</p>\n"
            + "<p>Keep it.</p>\n".repeat(60) + "<h2 id=\"scope\">Scope</h2>\n<p>All of it.</p>\n",
    };
}

export const emptyRegister = () => ({ inForce: [], reviews: [], acknowledgements: [], policies: [], html: "" });
