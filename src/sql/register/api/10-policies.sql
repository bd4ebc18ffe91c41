CREATE OR REPLACE TRIGGER policies_check BEFORE INSERT OR UPDATE ON policies.policies
    FOR EACH ROW EXECUTE FUNCTION policies.check_policy();
COMMENT ON TRIGGER policies_check ON policies.policies IS 'Checks what is given, and names the value at fault.';

CREATE OR REPLACE VIEW policies_api.policies_history WITH (security_invoker = true) AS SELECT * FROM policies.policies_history;
COMMENT ON VIEW policies_api.policies_history IS
'Policy history
The superseded versions of policies, each with the time it was valid.';
GRANT SELECT ON policies_api.policies_history TO policies_caller, policies_auditor;
