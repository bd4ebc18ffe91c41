CREATE TABLE policies.policy_settings ();
SELECT policies.add_base_columns('policies.policy_settings');

ALTER TABLE policies.policy_settings
    ADD COLUMN required_approvals integer NOT NULL CHECK (required_approvals BETWEEN 0 AND 100),
    ADD COLUMN review_cadence interval CHECK (policies.is_valid_cadence(review_cadence)),
    ADD COLUMN time_zone text NOT NULL CHECK (time_zone <> ''),
    ADD COLUMN search_language text NOT NULL CHECK (search_language ~ '^[a-z_]+$');
ALTER TABLE policies.policy_settings ALTER COLUMN required_approvals SET DEFAULT 0;
ALTER TABLE policies.policy_settings ALTER COLUMN time_zone SET DEFAULT 'UTC';
ALTER TABLE policies.policy_settings ALTER COLUMN search_language SET DEFAULT 'simple';

COMMENT ON TABLE policies.policy_settings IS
'Policy settings
How a tenant handles its policies: one row for the tenant, and one for each application that is to differ. Callers read their own, administrators write all.';
COMMENT ON COLUMN policies.policy_settings.required_approvals IS
'How many persons other than its authors must approve a draft before it can be published.';
COMMENT ON COLUMN policies.policy_settings.review_cadence IS
'How long after a publication or review the next review is due, for policies without a review_cadence of their own.';
COMMENT ON COLUMN policies.policy_settings.time_zone IS
'The IANA time zone (e.g. Europe/Berlin) on whose clock and calendar a review cadence is added. UTC by default.';
COMMENT ON COLUMN policies.policy_settings.search_language IS
'The text search configuration by which the tenant''s policies are searched (e.g. english, german): one that pg_ts_config lists in pg_catalog. The tenant''s own row decides, not those of applications.';

SELECT policies.scope_by_tenant('policies.policy_settings', callers_may_write => false);
SELECT policies.stamp_writes('policies.policy_settings', 'set');
SELECT policies.keep_history('policies.policy_settings');

CREATE UNIQUE INDEX policy_settings_one ON policies.policy_settings (tenant_id, app_id) NULLS NOT DISTINCT
    WHERE NOT is_deleted;
COMMENT ON INDEX policies.policy_settings_one IS 'One row of settings per tenant and app.';
