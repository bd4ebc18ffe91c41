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

SELECT policies.protect_table('policies.business_calendars', 'cal');

CREATE UNIQUE INDEX business_calendars_one_default ON policies.business_calendars (tenant_id, app_id) NULLS NOT DISTINCT
    WHERE is_default AND NOT is_deleted;
COMMENT ON INDEX policies.business_calendars_one_default IS 'One default calendar per tenant and app.';
CREATE INDEX business_calendars_history_period ON policies.business_calendars_history (tenant_id, valid_from);
COMMENT ON INDEX policies.business_calendars_history_period IS 'The calendars in force at an instant.';
