-- One row for each priority and ticket type that an active SLA policy governs: its unique key is what keeps a second
-- policy out, whoever writes at the same time.
CREATE TABLE policies.sla_coverage (
    tenant_id text COLLATE "C" NOT NULL,
    app_scope text COLLATE "C" NOT NULL,
    priority text COLLATE "C" NOT NULL,
    ticket_type text COLLATE "C" NOT NULL,
    policy_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, app_scope, priority, ticket_type),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE policies.sla_coverage IS
'Which active SLA policy governs each priority and ticket type. Kept by the trigger policies_coverage.';
COMMENT ON COLUMN policies.sla_coverage.tenant_id IS 'The policy''s tenant.';
COMMENT ON COLUMN policies.sla_coverage.app_scope IS 'The policy''s app_id, or an empty text when it has none.';
COMMENT ON COLUMN policies.sla_coverage.priority IS 'The policy''s priority.';
COMMENT ON COLUMN policies.sla_coverage.ticket_type IS 'One of the ticket types that the policy applies to.';
COMMENT ON COLUMN policies.sla_coverage.policy_id IS 'The policy that governs them.';

CREATE INDEX sla_coverage_policy ON policies.sla_coverage (tenant_id, policy_id);
COMMENT ON INDEX policies.sla_coverage_policy IS 'The coverage of one policy.';

-- Callers never touch it: the trigger writes it with the rights of the table's owner.
ALTER TABLE policies.sla_coverage ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sla_coverage_auditor_read ON policies.sla_coverage FOR SELECT TO policies_auditor USING (true);
CREATE POLICY sla_coverage_admin_all ON policies.sla_coverage FOR ALL TO policies_admin USING (true) WITH CHECK (true);
COMMENT ON POLICY sla_coverage_auditor_read ON policies.sla_coverage IS 'Auditors read every tenant.';
COMMENT ON POLICY sla_coverage_admin_all ON policies.sla_coverage IS 'Administrators, and the trigger.';
GRANT SELECT ON policies.sla_coverage TO policies_auditor;
