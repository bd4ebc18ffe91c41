CREATE OR REPLACE TRIGGER policies_check BEFORE INSERT OR UPDATE ON policies.business_calendars
    FOR EACH ROW EXECUTE FUNCTION policies.check_business_calendar();
COMMENT ON TRIGGER policies_check ON policies.business_calendars IS 'Checks what is given, and names the value at fault.';

CREATE OR REPLACE VIEW policies_api.business_calendars_history WITH (security_invoker = true) AS
    SELECT * FROM policies.business_calendars_history;
COMMENT ON VIEW policies_api.business_calendars_history IS
'Business calendar history
The superseded versions of business calendars, each with the time it was valid.';
GRANT SELECT ON policies_api.business_calendars_history TO policies_caller, policies_auditor;

-- Also where rows arrive by replication: the backends' clocks must follow. They do so by the calendars' table, whose own
-- TRUNCATE tells them already.
CREATE OR REPLACE TRIGGER policies_clock AFTER INSERT OR UPDATE OR DELETE ON policies.business_calendars
    FOR EACH ROW EXECUTE FUNCTION policies.reset_sla_clocks();
ALTER TABLE policies.business_calendars ENABLE ALWAYS TRIGGER policies_clock;
COMMENT ON TRIGGER policies_clock ON policies.business_calendars IS 'Has every backend read the calendars anew.';

CREATE OR REPLACE TRIGGER policies_clock AFTER UPDATE ON policies.policies
    FOR EACH ROW
    -- Column by column: PostgreSQL spells the comparison of rows otherwise once it was restored.
    WHEN ((OLD.applies_to IS NOT NULL OR NEW.applies_to IS NOT NULL)
        AND (OLD.tenant_id IS DISTINCT FROM NEW.tenant_id
            OR OLD.app_id IS DISTINCT FROM NEW.app_id
            OR OLD.name IS DISTINCT FROM NEW.name
            OR OLD.status IS DISTINCT FROM NEW.status
            OR OLD.is_deleted IS DISTINCT FROM NEW.is_deleted
            OR OLD.priority IS DISTINCT FROM NEW.priority
            OR OLD.applies_to IS DISTINCT FROM NEW.applies_to
            OR OLD.first_response_minutes IS DISTINCT FROM NEW.first_response_minutes
            OR OLD.resolution_minutes IS DISTINCT FROM NEW.resolution_minutes
            OR OLD.business_hours_only IS DISTINCT FROM NEW.business_hours_only))
    EXECUTE FUNCTION policies.reset_sla_clocks();
ALTER TABLE policies.policies ENABLE ALWAYS TRIGGER policies_clock;
COMMENT ON TRIGGER policies_clock ON policies.policies IS 'Has every backend read the SLA policies anew.';

CREATE OR REPLACE TRIGGER policies_clock_insert AFTER INSERT ON policies.policies
    FOR EACH ROW WHEN (NEW.applies_to IS NOT NULL) EXECUTE FUNCTION policies.reset_sla_clocks();
ALTER TABLE policies.policies ENABLE ALWAYS TRIGGER policies_clock_insert;
COMMENT ON TRIGGER policies_clock_insert ON policies.policies IS 'Has every backend read the SLA policies anew.';

CREATE OR REPLACE TRIGGER policies_clock_delete AFTER DELETE ON policies.policies
    FOR EACH ROW WHEN (OLD.applies_to IS NOT NULL) EXECUTE FUNCTION policies.reset_sla_clocks();
ALTER TABLE policies.policies ENABLE ALWAYS TRIGGER policies_clock_delete;
COMMENT ON TRIGGER policies_clock_delete ON policies.policies IS 'Has every backend read the SLA policies anew.';

CREATE OR REPLACE TRIGGER policies_clock_truncate AFTER TRUNCATE ON policies.policies
    FOR EACH STATEMENT EXECUTE FUNCTION policies.reset_sla_clocks();
ALTER TABLE policies.policies ENABLE ALWAYS TRIGGER policies_clock_truncate;
COMMENT ON TRIGGER policies_clock_truncate ON policies.policies IS 'Has every backend read the SLA policies anew.';
