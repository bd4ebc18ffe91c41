CREATE TABLE policies.business_calendars ();
SELECT policies.add_base_columns('policies.business_calendars');

ALTER TABLE policies.business_calendars
    ADD COLUMN name text,
    ADD COLUMN time_zone text NOT NULL CHECK (time_zone <> ''),
    ADD COLUMN opening_hours jsonb NOT NULL CHECK (policies.is_valid_opening_hours(opening_hours)),
    ADD COLUMN holidays jsonb NOT NULL CHECK (policies.is_valid_holidays(holidays)),
    ADD COLUMN is_default boolean NOT NULL;
ALTER TABLE policies.business_calendars ALTER COLUMN holidays SET DEFAULT '[]';
ALTER TABLE policies.business_calendars ALTER COLUMN is_default SET DEFAULT true;

COMMENT ON TABLE policies.business_calendars IS
'Business calendar
When a tenant is open: weekly opening hours on the wall clock of a time zone, and holidays. The SLA clock of policies with business_hours_only runs on it.';
COMMENT ON COLUMN policies.business_calendars.name IS 'Human-readable name for this calendar.';
COMMENT ON COLUMN policies.business_calendars.time_zone IS
'The IANA time zone of the opening hours and holidays (e.g. Europe/Berlin).';
COMMENT ON COLUMN policies.business_calendars.opening_hours IS
'The weekly opening intervals: [{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}], weekdays from 1 (Monday) to 7 (Sunday). An interval may close at 24:00, or with "closes_next_day": true on the day after.';
COMMENT ON COLUMN policies.business_calendars.holidays IS
'The days on which nothing is open: [{"name": "New Year", "date": "2027-01-01", "yearly": true}, {"name": "Shutdown", "first_date": "2026-12-24", "last_date": "2026-12-31"}].';
COMMENT ON COLUMN policies.business_calendars.is_default IS
'Whether the SLA clock uses this calendar where none is named. One calendar per tenant and app can be the default.';

CREATE TRIGGER policies_check BEFORE INSERT OR UPDATE ON policies.business_calendars
    FOR EACH ROW EXECUTE FUNCTION policies.check_business_calendar();
COMMENT ON TRIGGER policies_check ON policies.business_calendars IS 'Checks what is given, and names the value at fault.';

SELECT policies.protect_table('policies.business_calendars', 'cal');

CREATE UNIQUE INDEX business_calendars_one_default ON policies.business_calendars (tenant_id, app_id) NULLS NOT DISTINCT
    WHERE is_default AND NOT is_deleted;
COMMENT ON INDEX policies.business_calendars_one_default IS 'One default calendar per tenant and app.';
CREATE INDEX business_calendars_history_period ON policies.business_calendars_history (tenant_id, valid_from);
COMMENT ON INDEX policies.business_calendars_history_period IS 'The calendars in force at an instant.';

CREATE VIEW policies_api.business_calendars_history WITH (security_invoker = true) AS
    SELECT * FROM policies.business_calendars_history;
COMMENT ON VIEW policies_api.business_calendars_history IS
'Business calendar history
The superseded versions of business calendars, each with the time it was valid.';
GRANT SELECT ON policies_api.business_calendars_history TO policies_caller, policies_auditor;
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT a.attname, col_description(a.attrelid, a.attnum) AS comment
             FROM pg_attribute a
             WHERE a.attrelid = 'policies.business_calendars_history'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    LOOP
        EXECUTE format('COMMENT ON COLUMN policies_api.business_calendars_history.%I IS %L', c.attname, c.comment);
    END LOOP;
END
$$;

-- Also where rows arrive by replication: the backends' clocks must follow. They do so by the calendars' table, whose own
-- TRUNCATE tells them already.
CREATE TRIGGER policies_clock AFTER INSERT OR UPDATE OR DELETE ON policies.business_calendars
    FOR EACH ROW EXECUTE FUNCTION policies.reset_sla_clocks();
CREATE TRIGGER policies_clock AFTER UPDATE ON policies.policies
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
CREATE TRIGGER policies_clock_insert AFTER INSERT ON policies.policies
    FOR EACH ROW WHEN (NEW.applies_to IS NOT NULL) EXECUTE FUNCTION policies.reset_sla_clocks();
CREATE TRIGGER policies_clock_delete AFTER DELETE ON policies.policies
    FOR EACH ROW WHEN (OLD.applies_to IS NOT NULL) EXECUTE FUNCTION policies.reset_sla_clocks();
CREATE TRIGGER policies_clock_truncate AFTER TRUNCATE ON policies.policies
    FOR EACH STATEMENT EXECUTE FUNCTION policies.reset_sla_clocks();
ALTER TABLE policies.business_calendars ENABLE ALWAYS TRIGGER policies_clock;
ALTER TABLE policies.policies ENABLE ALWAYS TRIGGER policies_clock;
ALTER TABLE policies.policies ENABLE ALWAYS TRIGGER policies_clock_insert;
ALTER TABLE policies.policies ENABLE ALWAYS TRIGGER policies_clock_delete;
ALTER TABLE policies.policies ENABLE ALWAYS TRIGGER policies_clock_truncate;
COMMENT ON TRIGGER policies_clock ON policies.business_calendars IS 'Has every backend read the calendars anew.';
COMMENT ON TRIGGER policies_clock ON policies.policies IS 'Has every backend read the SLA policies anew.';
COMMENT ON TRIGGER policies_clock_insert ON policies.policies IS 'Has every backend read the SLA policies anew.';
COMMENT ON TRIGGER policies_clock_delete ON policies.policies IS 'Has every backend read the SLA policies anew.';
COMMENT ON TRIGGER policies_clock_truncate ON policies.policies IS 'Has every backend read the SLA policies anew.';

-- What the SLA clock reads of policies, now and at an instant of the past.
CREATE INDEX policies_sla ON policies.policies (tenant_id, priority)
    WHERE applies_to IS NOT NULL AND priority IS NOT NULL AND status = 'active' AND NOT is_deleted;
COMMENT ON INDEX policies.policies_sla IS 'The active SLA policies of one tenant.';
CREATE INDEX policies_history_sla ON policies.policies_history (tenant_id, valid_from)
    WHERE applies_to IS NOT NULL AND priority IS NOT NULL AND status = 'active' AND NOT is_deleted;
COMMENT ON INDEX policies.policies_history_sla IS 'The SLA policies in force at an instant.';
