CREATE OR REPLACE VIEW policies_api.policy_settings WITH (security_invoker = true) AS
    SELECT * FROM policies.policy_settings WHERE NOT is_deleted;
COMMENT ON VIEW policies_api.policy_settings IS
'Policy settings
How the tenant handles its policies: approvals, default review cadence and its time zone, search language.';
GRANT SELECT ON policies_api.policy_settings TO policies_caller, policies_auditor;

CREATE OR REPLACE TRIGGER policies_check BEFORE INSERT OR UPDATE ON policies.policy_settings
    FOR EACH ROW EXECUTE FUNCTION policies.check_policy_settings();
COMMENT ON TRIGGER policies_check ON policies.policy_settings IS 'Checks what is given, and names the value at fault.';
