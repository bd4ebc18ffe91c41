-- As in the versions before: nothing to PUBLIC, and to each role what it needs.
REVOKE ALL ON FUNCTION
    policies.is_valid_opening_hours(pg_catalog.jsonb),
    policies.is_valid_holidays(pg_catalog.jsonb),
    policies.check_business_calendar(),
    policies.reset_sla_clocks(),
    policies_api.import_holidays(pg_catalog.text, pg_catalog.text, pg_catalog.date),
    policies_api.current_business_calendar(pg_catalog.timestamptz),
    policies_api.add_business_minutes(pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.text, pg_catalog.tstzmultirange),
    policies_api.business_minutes_between(pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.tstzmultirange),
    policies_api.is_business_time(pg_catalog.timestamptz, pg_catalog.text),
    policies_api.next_business_opening(pg_catalog.timestamptz, pg_catalog.text),
    policies_api.sla_policy_for(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz),
    policies_api.sla_deadlines(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.tstzmultirange, pg_catalog.timestamptz),
    policies_api.sla_status(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.tstzmultirange, pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.timestamptz)
FROM PUBLIC;

GRANT EXECUTE ON FUNCTION
    policies.is_valid_opening_hours(pg_catalog.jsonb),
    policies.is_valid_holidays(pg_catalog.jsonb),
    policies_api.current_business_calendar(pg_catalog.timestamptz),
    policies_api.add_business_minutes(pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.text, pg_catalog.tstzmultirange),
    policies_api.business_minutes_between(pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.tstzmultirange),
    policies_api.is_business_time(pg_catalog.timestamptz, pg_catalog.text),
    policies_api.next_business_opening(pg_catalog.timestamptz, pg_catalog.text),
    policies_api.sla_policy_for(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz),
    policies_api.sla_deadlines(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.tstzmultirange, pg_catalog.timestamptz),
    policies_api.sla_status(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.tstzmultirange, pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.timestamptz)
TO policies_caller, policies_auditor, policies_admin;

GRANT EXECUTE ON FUNCTION
    policies_api.import_holidays(pg_catalog.text, pg_catalog.text, pg_catalog.date)
TO policies_caller, policies_admin;

GRANT EXECUTE ON FUNCTION policies.check_business_calendar(), policies.reset_sla_clocks() TO policies_admin;
