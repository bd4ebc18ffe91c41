-- A help desk's tickets under the guard rails, with due times that a trigger keeps by the SLA policies.
-- Run once, as a member of policies_admin who may create schemas (or a superuser): psql -1 -v ON_ERROR_STOP=1 -f tickets.sql
CREATE SCHEMA helpdesk AUTHORIZATION policies_admin;
CREATE TABLE helpdesk.tickets (
    subject text NOT NULL,
    ticket_type text NOT NULL,
    priority text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    first_responded_at timestamptz,
    resolved_at timestamptz,
    pauses tstzmultirange NOT NULL DEFAULT '{}',
    sla_rules text,
    sla_policy_id text,
    first_response_due_at timestamptz,
    resolution_due_at timestamptz
);
ALTER TABLE helpdesk.tickets OWNER TO policies_admin;
COMMENT ON TABLE helpdesk.tickets IS 'Ticket';
COMMENT ON COLUMN helpdesk.tickets.pauses IS 'When the ticket waited, or waits, for its requester: the SLA clock stands still.';
COMMENT ON COLUMN helpdesk.tickets.sla_rules IS 'By what the ticket runs: the version of the policy, and of the calendar.';
COMMENT ON COLUMN helpdesk.tickets.first_response_due_at IS 'Kept by the trigger set_due_times.';
COMMENT ON COLUMN helpdesk.tickets.resolution_due_at IS 'Kept by the trigger set_due_times.';

-- A ticket keeps the version of the policy and the calendar by which it was recorded: no later edit of them moves a running
-- clock, not even one that was under way meanwhile. Another type or priority is another promise, by the rules of then. An
-- import by an administrator has no tenant of its own, and brings its due times along.
CREATE FUNCTION helpdesk.keep_due_times() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF policies.current_tenant_id() IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' OR (NEW.ticket_type, NEW.priority) IS DISTINCT FROM (OLD.ticket_type, OLD.priority) THEN
        NEW.sla_rules := NULL;
    ELSIF (NEW.opened_at, NEW.pauses, NEW.sla_rules) IS NOT DISTINCT FROM (OLD.opened_at, OLD.pauses, OLD.sla_rules) THEN
        RETURN NEW;
    END IF;
    -- Without a version, by what is in force now.
    SELECT d.rules_version, d.policy_id, d.first_response_due_at, d.resolution_due_at
        INTO NEW.sla_rules, NEW.sla_policy_id, NEW.first_response_due_at, NEW.resolution_due_at
        FROM policies_api.sla_deadlines(NEW.ticket_type, NEW.priority, NEW.opened_at, NEW.pauses, rules => NEW.sla_rules) AS d;
    RETURN NEW;
END
$$;
ALTER FUNCTION helpdesk.keep_due_times() OWNER TO policies_admin;
-- After policies_stamp, in the order of the names: it sees the row with its tenant.
CREATE TRIGGER set_due_times BEFORE INSERT OR UPDATE ON helpdesk.tickets
    FOR EACH ROW EXECUTE FUNCTION helpdesk.keep_due_times();
COMMENT ON TRIGGER set_due_times ON helpdesk.tickets IS 'Cross-tenant: reads the policies of the row''s tenant alone.';

SELECT policies.protect_table('helpdesk.tickets', 'tkt');
CREATE INDEX tickets_resolution_due ON helpdesk.tickets (tenant_id, resolution_due_at)
    WHERE resolved_at IS NULL AND NOT is_deleted;

-- What breaches in the next hour, for a caller:
--   SELECT id, subject, resolution_due_at FROM policies_api.tickets
--   WHERE resolved_at IS NULL AND resolution_due_at BETWEEN now() AND now() + interval '1 hour' ORDER BY resolution_due_at;
-- A ticket starts to wait for its requester, and goes on:
--   UPDATE policies_api.tickets SET pauses = pauses + tstzmultirange(tstzrange(now(), NULL)) WHERE id = ...;
--   UPDATE policies_api.tickets SET pauses = pauses - tstzmultirange(tstzrange(now(), NULL)) WHERE id = ...;
-- After a change of policy or calendar, where the open tickets are to follow it:
--   UPDATE policies_api.tickets SET sla_rules = NULL WHERE resolved_at IS NULL;
