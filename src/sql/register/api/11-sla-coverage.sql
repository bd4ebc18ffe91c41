CREATE OR REPLACE TRIGGER policies_coverage AFTER INSERT OR UPDATE ON policies.policies
    FOR EACH ROW EXECUTE FUNCTION policies.cover_ticket_types();
COMMENT ON TRIGGER policies_coverage ON policies.policies IS
'Lets one active SLA policy govern each priority and ticket type.';

CREATE OR REPLACE TRIGGER policies_restore BEFORE INSERT ON policies.sla_coverage
    FOR EACH ROW EXECUTE FUNCTION policies.skip_known_coverage();
COMMENT ON TRIGGER policies_restore ON policies.sla_coverage IS
'Passes over rows that a restore of data alone brings a second time.';
