CREATE OR REPLACE TRIGGER policies_coverage AFTER INSERT OR UPDATE ON policies.policies
    FOR EACH ROW EXECUTE FUNCTION policies.cover_ticket_types();
COMMENT ON TRIGGER policies_coverage ON policies.policies IS
'Lets one active SLA policy govern each priority and ticket type: gives up what a policy governs no more.';
CREATE OR REPLACE TRIGGER policies_coverage_taken AFTER INSERT OR UPDATE ON policies.policies
    FOR EACH STATEMENT EXECUTE FUNCTION policies.take_ticket_types();
COMMENT ON TRIGGER policies_coverage_taken ON policies.policies IS
'Behind the last row of a statement, takes what its policies govern now, unless another one does.';

CREATE OR REPLACE TRIGGER policies_restore BEFORE INSERT ON policies.sla_coverage
    FOR EACH ROW EXECUTE FUNCTION policies.skip_known_coverage();
COMMENT ON TRIGGER policies_restore ON policies.sla_coverage IS
'Passes over rows that a restore of data alone brings a second time.';
