CREATE OR REPLACE VIEW policies_api.policy_settings WITH (security_invoker = true) AS
    SELECT * FROM policies.policy_settings WHERE NOT is_deleted;
COMMENT ON VIEW policies_api.policy_settings IS
'Policy settings
How the tenant handles its policies: approvals, default review cadence, search language.';
GRANT SELECT ON policies_api.policy_settings TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies.check_policy_settings() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT NEW.required_approvals BETWEEN 0 AND 100 THEN
        RAISE EXCEPTION 'required_approvals must be 0 to 100, not %', NEW.required_approvals
            USING ERRCODE = 'check_violation', COLUMN = 'required_approvals';
    END IF;
    IF NOT policies.is_valid_cadence(NEW.review_cadence) THEN
        RAISE EXCEPTION 'invalid review_cadence: "%"', NEW.review_cadence
            USING ERRCODE = 'check_violation', COLUMN = 'review_cadence',
                  DETAIL = 'No part of it may be negative, and it must move time forward.';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_ts_config c
        WHERE c.cfgname = NEW.search_language AND c.cfgnamespace = 'pg_catalog'::regnamespace
    ) THEN
        RAISE EXCEPTION 'unknown search language: "%"', NEW.search_language
            USING ERRCODE = 'check_violation', COLUMN = 'search_language',
                  HINT = 'Give the name of a text search configuration, for example english; pg_ts_config lists them.';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION policies.check_policy_settings() IS 'Trigger: checks what is given, and names the value at fault.';

CREATE OR REPLACE TRIGGER policies_check BEFORE INSERT OR UPDATE ON policies.policy_settings
    FOR EACH ROW EXECUTE FUNCTION policies.check_policy_settings();
COMMENT ON TRIGGER policies_check ON policies.policy_settings IS 'Checks what is given, and names the value at fault.';
