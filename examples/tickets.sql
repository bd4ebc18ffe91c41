-- A help desk's tickets under the guard rails, with due times that a trigger keeps by the SLA policies.
-- Run once, as a member of policies_admin who may create schemas (or a superuser).
CREATE SCHEMA helpdesk AUTHORIZATION policies_admin;
CREATE TABLE helpdesk.tickets (
    subject text NOT NULL,
    ticket_type text NOT NULL,
    priority text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    first_responded_at timestamptz,
    resolved_at timestamptz,
    pauses tstzmultirange NOT NULL DEFAULT '{}',
    sla_policy_id text,
    first_response_due_at timestamptz,
    resolution_due_at timestamptz
);
ALTER TABLE helpdesk.tickets OWNER TO policies_admin;
COMMENT ON TABLE helpdesk.tickets IS 'Ticket';
COMMENT ON COLUMN helpdesk.tickets.pauses IS 'When the ticket waited, or waits, for its requester: the SLA clock stands still.';
COMMENT ON COLUMN helpdesk.tickets.first_response_due_at IS 'Kept by the trigger keep_due_times.';
COMMENT ON COLUMN helpdesk.tickets.resolution_due_at IS 'Kept by the trigger keep_due_times.';

-- A ticket runs by the policy that was in force when it was opened: no later edit of it moves a running clock. An import by an
-- administrator has no tenant of its own, and brings its due times along.
CREATE FUNCTION helpdesk.keep_due_times() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF policies.current_tenant_id() IS NOT NULL AND (
        TG_OP = 'INSERT'
        OR (NEW.ticket_type, NEW.priority, NEW.opened_at, NEW.pauses)
            IS DISTINCT FROM (OLD.ticket_type, OLD.priority, OLD.opened_at, OLD.pauses)
    ) THEN
        SELECT d.policy_id, d.first_response_due_at, d.resolution_due_at
            INTO NEW.sla_policy_id, NEW.first_response_due_at, NEW.resolution_due_at
            FROM policies_api.sla_deadlines(NEW.ticket_type, NEW.priority, NEW.opened_at, NEW.pauses,
                as_of => CASE TG_OP WHEN 'UPDATE' THEN NEW.opened_at END) AS d;
    END IF;
    RETURN NEW;
END
$$;
ALTER FUNCTION helpdesk.keep_due_times() OWNER TO policies_admin;
CREATE TRIGGER keep_due_times BEFORE INSERT OR UPDATE ON helpdesk.tickets
    FOR EACH ROW EXECUTE FUNCTION helpdesk.keep_due_times();

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
--   UPDATE policies_api.tickets t SET (sla_policy_id, first_response_due_at, resolution_due_at) =
--       (SELECT d.policy_id, d.first_response_due_at, d.resolution_due_at
--        FROM policies_api.sla_deadlines(t.ticket_type, t.priority, t.opened_at, t.pauses) AS d)
--   WHERE resolved_at IS NULL;
