-- The trigger functions. Only administrators may attach them, so nobody can point them at a table of another's.

CREATE FUNCTION policies.stamp_write() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_stamp_write';
COMMENT ON FUNCTION policies.stamp_write() IS
'BEFORE INSERT OR UPDATE trigger that stamps id, tenant, app, times and persons. Attached by stamp_writes().';

CREATE FUNCTION policies.record_history() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_record_history';
COMMENT ON FUNCTION policies.record_history() IS
'AFTER UPDATE OR DELETE trigger that keeps the superseded row in <table>_history, with the rights of that table''s owner. Attached by keep_history().';

CREATE FUNCTION policies.soft_delete() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_soft_delete';
COMMENT ON FUNCTION policies.soft_delete() IS
'INSTEAD OF DELETE trigger of a live view that marks the row as deleted. Attached by create_soft_delete_views().';

CREATE FUNCTION policies.check_policy() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_check_policy';
COMMENT ON FUNCTION policies.check_policy() IS
'BEFORE INSERT OR UPDATE trigger of the register that checks a policy''s fields. Raises 23514 naming the value.';

CREATE FUNCTION policies.cover_ticket_types() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_cover_ticket_types';
COMMENT ON FUNCTION policies.cover_ticket_types() IS
'AFTER INSERT OR UPDATE trigger of the register that lets one active SLA policy govern each priority and ticket type. Raises 23505 naming both policies.';

CREATE FUNCTION policies.skip_known_coverage() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_skip_known_coverage';
COMMENT ON FUNCTION policies.skip_known_coverage() IS
'BEFORE INSERT trigger of sla_coverage that passes over rows it already has, so that data can be restored under live triggers.';
