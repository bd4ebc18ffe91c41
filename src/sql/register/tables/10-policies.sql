-- The base columns first, as the resource lists them, then what makes a policy.
CREATE TABLE policies.policies ();
SELECT policies.add_base_columns('policies.policies');

-- Texts with CHECK instead of enums, and no numeric: under row security an index serves leakproof comparisons only.
ALTER TABLE policies.policies
    ADD COLUMN name text,
    ADD COLUMN description text,
    ADD COLUMN applies_to jsonb CHECK (policies.is_valid_ticket_types(applies_to)),
    ADD COLUMN priority text CHECK (priority COLLATE "C" ~ '[^[:space:]]' AND octet_length(priority) <= 255),
    ADD COLUMN first_response_minutes integer CHECK (first_response_minutes > 0),
    ADD COLUMN resolution_minutes integer CHECK (resolution_minutes > 0),
    ADD COLUMN business_hours_only boolean,
    ADD COLUMN status text NOT NULL CHECK (status IN ('active', 'inactive', 'draft')),
    ADD COLUMN body text,
    ADD COLUMN version text CHECK (policies.is_valid_version(version)),
    ADD COLUMN category text
        CHECK (category IN ('security', 'privacy', 'hr', 'compliance', 'finance', 'operations', 'other')),
    ADD COLUMN owner_id text COLLATE "C",
    ADD COLUMN published_at timestamptz CHECK (isfinite(published_at)),
    ADD COLUMN next_review_at timestamptz CHECK (isfinite(next_review_at)),
    ADD COLUMN tags jsonb CHECK (jsonb_typeof(tags) IN ('array', 'object')),
    ADD COLUMN review_cadence interval CHECK (policies.is_valid_cadence(review_cadence)),
    ADD CONSTRAINT policies_resolution_not_before_response CHECK (resolution_minutes >= first_response_minutes);
-- Apart from ADD COLUMN, which would have every later scan reckon with rows older than the column.
ALTER TABLE policies.policies ALTER COLUMN status SET DEFAULT 'active';

COMMENT ON TABLE policies.policies IS
'Policy
A versioned policy document with an owner and review cadence, or an SLA policy with response and resolution targets.';
COMMENT ON COLUMN policies.policies.name IS 'Human-readable name for this policy.';
COMMENT ON COLUMN policies.policies.description IS 'Optional description of when and why this policy applies.';
COMMENT ON COLUMN policies.policies.applies_to IS
'The ticket types this SLA policy governs: an array of distinct strings. A policy may apply to multiple ticket types.';
COMMENT ON COLUMN policies.policies.priority IS
'The ticket priority tier this policy applies to. Each priority has at most one active SLA policy per ticket type.';
COMMENT ON COLUMN policies.policies.first_response_minutes IS
'Target number of minutes from ticket creation to first agent response. The SLA clock starts at ticket creation.';
COMMENT ON COLUMN policies.policies.resolution_minutes IS
'Target number of minutes from ticket creation to full resolution.';
COMMENT ON COLUMN policies.policies.business_hours_only IS
'When true, the SLA clock pauses outside of the tenant''s configured business hours and on public holidays.';
COMMENT ON COLUMN policies.policies.status IS
'Whether this policy is currently enforced: active, inactive or draft. Inactive policies are retained for historical reference.';
COMMENT ON COLUMN policies.policies.body IS 'Full policy text (markdown).';
COMMENT ON COLUMN policies.policies.version IS
'Policy version identifier (e.g. 1.2.0): dotted numbers with an optional pre-release.';
COMMENT ON COLUMN policies.policies.category IS
'Policy domain / category: security, privacy, hr, compliance, finance, operations or other.';
COMMENT ON COLUMN policies.policies.owner_id IS 'Policy owner (user id).';
COMMENT ON COLUMN policies.policies.published_at IS 'Timestamp the policy was published.';
COMMENT ON COLUMN policies.policies.next_review_at IS
'Timestamp the policy is next due for review. Only a write that names it moves it, publish_policy() and complete_policy().';
COMMENT ON COLUMN policies.policies.tags IS 'Free-form tags for categorizing the policy: an array or an object.';
COMMENT ON COLUMN policies.policies.review_cadence IS
'How long after a publication or a completed review the next one is due (e.g. 1 year).';

SELECT policies.protect_table('policies.policies', 'pol', schema_version => 1);

-- With app_id, which row security reads, so that counting needs the index alone.
CREATE INDEX policies_status_category ON policies.policies (tenant_id, status, category, app_id) WHERE NOT is_deleted;
COMMENT ON INDEX policies.policies_status_category IS 'Lists by status and category, and counts.';
CREATE INDEX policies_review ON policies.policies (tenant_id, next_review_at) WHERE NOT is_deleted;
COMMENT ON INDEX policies.policies_review IS 'review_due() of one tenant.';
CREATE INDEX policies_review_all_tenants ON policies.policies (next_review_at, tenant_id) WHERE NOT is_deleted;
COMMENT ON INDEX policies.policies_review_all_tenants IS 'Cross-tenant: review_due() of an auditor.';
CREATE INDEX policies_deleted ON policies.policies (tenant_id, deleted_at) WHERE is_deleted;
COMMENT ON INDEX policies.policies_deleted IS 'Deleted policies, and purge_deleted().';
-- What the SLA clock reads of policies, now and at an instant of the past.
CREATE INDEX policies_sla ON policies.policies (tenant_id, priority)
    WHERE applies_to IS NOT NULL AND priority IS NOT NULL AND status = 'active' AND NOT is_deleted;
COMMENT ON INDEX policies.policies_sla IS 'The active SLA policies of one tenant.';
CREATE INDEX policies_history_sla ON policies.policies_history (tenant_id, valid_from)
    WHERE applies_to IS NOT NULL AND priority IS NOT NULL AND status = 'active' AND NOT is_deleted;
COMMENT ON INDEX policies.policies_history_sla IS 'The SLA policies in force at an instant.';
