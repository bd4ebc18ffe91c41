-- PostgreSQL has no comments for arguments and result columns: what they mean, and the shape of what the catalog knows as a mere
-- jsonb or text.
CREATE OR REPLACE VIEW policies.http_fields WITH (security_invoker = true) AS
SELECT v.* FROM (VALUES
    (NULL, 'id', 'Server-assigned ULID with type prefix.', NULL::jsonb),
    (NULL, 'policy_id', 'The policy; null where none applies.', NULL),
    (NULL, 'calendar_id', 'The business calendar; null where the clock runs around the clock.', NULL),
    (NULL, 'calendar_name', 'The name of the calendar, or that the clock runs around the clock.', NULL),
    (NULL, 'tenant_id', 'The tenant: the caller''s own, or for an auditor the one to read.', NULL),
    (NULL, 'version', 'A version such as 1.2.0.', NULL),
    (NULL, 'category', 'Only policies of this category.', NULL),
    (NULL, 'status', 'Only policies of this status.', NULL),
    (NULL, 'ticket_type', 'The type of the ticket, as in applies_to of the SLA policies.', NULL),
    (NULL, 'priority', 'The priority of the ticket, as in priority of the SLA policies.', NULL),
    (NULL, 'opened_at', 'When the ticket was opened: the SLA clock starts then.', NULL),
    (NULL, 'pauses',
     'When the clock was stopped, as ranges of times: {[2026-11-24T10:00Z,2026-11-24T11:00Z)}; or {[2026-11-24T10:00Z,)}.', NULL),
    (NULL, 'from_time', 'Reviews due from then on; now where it is not given.', NULL),
    (NULL, 'until_time', 'Reviews due before then; a year after from_time where it is not given.', NULL),
    ('publish_policy', 'version', 'major, minor or patch for the next such version, or a version of your own, higher than the last.', NULL),
    ('publish_policy', 'change_note', 'What changed.', NULL),
    ('policy_content_hash', 'returns', 'The SHA-256, in hexadecimal.', NULL),
    ('approve_policy', 'content_hash', 'The hash of the content that was read, of GET /policies/{id}/content-hash.', NULL),
    ('approve_policy', 'note', 'What the approver notes.', NULL),
    ('approve_policy', 'returns', 'How many approvals the content has.', NULL),
    ('diff_policy', 'from_version', 'The version to compare from, or draft.', NULL),
    ('diff_policy', 'to_version', 'The version to compare to, or draft.', NULL),
    ('diff_policy', 'context_lines', 'How many unchanged lines are shown around a change.', NULL),
    ('diff_policy', 'returns', 'A text in the unified format.', NULL),
    ('policy_markdown', 'version', 'A published version, or draft; what is in force where it is not given.', NULL),
    ('policy_markdown', 'returns', 'The text in Markdown.', NULL),
    ('policy_html', 'version', 'A published version, or draft; what is in force where it is not given.', NULL),
    ('policy_html', 'returns', 'A fragment of HTML.', NULL),
    ('policy_table_of_contents', 'version', 'A published version, or draft; what is in force where it is not given.', NULL),
    ('policy_table_of_contents', 'returns', 'The headings in order.',
     '{"type": "array", "items": {"$ref": "#/components/schemas/Heading"}}'),
    ('request_acknowledgements', 'person_ids', 'The persons to ask, by their ids.', NULL),
    ('request_acknowledgements', 'due_at', 'By when they are to have read it; no time where it is not given.', NULL),
    ('request_acknowledgements', 'returns', 'How many of them have yet to answer.', NULL),
    ('acknowledge_policy', 'version', 'The version that was read: another one published meanwhile is a conflict then.', NULL),
    ('review_due', 'within', 'Reviews due within this time as well, such as 30 days; only overdue ones where it is not given.', NULL),
    ('review_due', 'as_of', 'The instant to reckon from; now where it is not given.', NULL),
    ('review_calendar_icalendar', 'returns', 'An iCalendar text.', NULL),
    ('complete_policy', 'note', 'What the reviewer notes.', NULL),
    ('complete_policy', 'next_review_at', 'When the next review is due; one review_cadence after now where it is not given.', NULL),
    ('complete_policy', 'outcome', 'What the review led to; a retired policy becomes inactive, and is reviewed no more.', NULL),
    ('search_policies', 'query', 'The words, in web-search syntax: words, "phrases", or, -without.', NULL),
    ('search_policies', 'tag', 'Only policies with this tag.', NULL),
    ('search_policies', 'owner_id', 'Only policies of this owner.', NULL),
    ('search_policies', 'after_rank', 'The rank of the last result of the page before.', NULL),
    ('search_policies', 'after_id', 'The id of the last result of the page before.', NULL),
    ('search_policies', 'max_results', 'How many results a page has at most.', NULL),
    ('SearchResult', 'rank', 'How well it fits: the order of results.', '{"type": "number"}'),
    ('SearchResult', 'name_snippet', 'The name, escaped for HTML, with matches in <mark>.', '{"type": "string"}'),
    ('SearchResult', 'snippet', 'The fragments around matches, escaped for HTML, with matches in <mark>.', '{"type": "string"}'),
    ('ReviewCalendarEntry', 'due_at', 'When the review is due.', '{"type": "string"}'),
    ('ReviewCalendarEntry', 'policy_id', 'The policy to review.', '{"type": "string"}'),
    ('ReviewCalendarEntry', 'is_overdue', 'Whether that time has passed.', '{"type": "boolean"}'),
    ('sla_deadlines', 'as_of', 'By the policy and calendar that were in force then; by those of now where it is not given.', NULL),
    ('SlaDeadline', 'first_response_due_at',
     'By when the first response is due; null without such a target, or while a pause stops the clock.', NULL),
    ('SlaDeadline', 'resolution_due_at',
     'By when the resolution is due; null without such a target, or while a pause stops the clock.', NULL),
    ('sla_status', 'first_responded_at', 'When the ticket got its first response.', NULL),
    ('sla_status', 'resolved_at', 'When the ticket was resolved.', NULL),
    ('sla_status', 'at_instant', 'The instant to look at; now where it is not given.', NULL),
    ('sla_status', 'at_risk_minutes', 'A target is at risk with no more minutes left than these.', NULL),
    ('sla_status', 'as_of', 'By the policy and calendar that were in force then; by those of now where it is not given.', NULL),
    ('SlaStatus', 'target', 'Which target of the policy.', '{"enum": ["first_response", "resolution"]}'),
    ('SlaStatus', 'state', 'How the ticket stands against it.', '{"enum": ["running", "paused", "met", "breached"]}'),
    ('SlaStatus', 'due_at', 'When the target is due.', NULL),
    ('SlaStatus', 'minutes_left', 'The business minutes left until then, or when it was reached; negative when over.', NULL),
    ('SlaStatus', 'is_at_risk', 'Whether it is still open, with no more than at_risk_minutes left.', '{"type": "boolean"}'),
    ('import_holidays', 'icalendar', 'An iCalendar text (RFC 5545).', NULL),
    ('import_holidays', 'endless_until', 'The day until which a rule without an end is followed.', NULL),
    ('import_holidays', 'returns', 'How many holidays were added.', NULL),
    ('openapi', 'returns', 'An OpenAPI 3.1 document.', '{"type": "object", "additionalProperties": true}'),
    ('PolicyApproval', 'is_current', NULL, '{"type": "boolean"}'),
    ('PolicyVersionWithContent', 'content', 'The content of the policy as it was published.',
     '{"$ref": "#/components/schemas/PolicyContent"}')
) AS v (source, field, description, shape);
COMMENT ON VIEW policies.http_fields IS
'HTTP field
What arguments and results mean that have no comment of their own, and what is in them.';
COMMENT ON COLUMN policies.http_fields.source IS 'The function of policies_api, or the schema; NULL for all others.';
COMMENT ON COLUMN policies.http_fields.field IS 'The argument, or the field; returns for what a function returns.';
COMMENT ON COLUMN policies.http_fields.description IS 'What it means.';
COMMENT ON COLUMN policies.http_fields.shape IS 'What the JSON Schema of its type lacks: a field that has this is never null.';

CREATE OR REPLACE VIEW policies.http_shapes WITH (security_invoker = true) AS
SELECT v.* FROM (VALUES
    (NULL, 'is_valid_id', '{"pattern": "^[a-z_]+_[0-7][0-9A-HJKMNP-TV-Z]{25}$"}'::jsonb),
    (NULL, 'is_valid_version', '{"pattern": "^[0-9]+(\\.[0-9]+)*([-+][0-9A-Za-z.+-]+)?$"}'),
    (NULL, 'is_valid_cadence', '{"examples": ["1 year"]}'),
    (NULL, 'is_valid_ticket_types', '{"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": true}'),
    (NULL, 'is_valid_opening_hours', '{"type": "array", "items": {"$ref": "#/components/schemas/OpeningInterval"}, "minItems": 1}'),
    (NULL, 'is_valid_holidays', '{"type": "array", "items": {"$ref": "#/components/schemas/Holiday"}}'),
    ('OpeningInterval', NULL, '{"type": "object", "description": "When a business is open on some days of the week.",
        "required": ["weekdays", "opens", "closes"], "additionalProperties": false, "properties": {
        "weekdays": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 7}, "minItems": 1,
            "description": "The days, from 1 (Monday) to 7 (Sunday)."},
        "opens": {"type": "string", "examples": ["09:00"], "description": "The time of the day at which it opens."},
        "closes": {"type": "string", "examples": ["17:00"],
            "description": "The time of the day at which it closes; 24:00 at the end of the day."},
        "closes_next_day": {"type": "boolean", "default": false, "description": "Whether it closes on the day after."}}}'),
    ('Holiday', NULL, '{"type": "object", "description": "A day, or several, on which nothing is open: date, or first_date and last_date.",
        "required": ["name"], "additionalProperties": false, "properties": {
        "name": {"type": "string", "description": "What it is."},
        "date": {"type": "string", "format": "date", "description": "The day."},
        "first_date": {"type": "string", "format": "date", "description": "The first of several days."},
        "last_date": {"type": "string", "format": "date", "description": "The last of several days."},
        "yearly": {"type": "boolean", "default": false, "description": "Whether it comes every year."},
        "except": {"type": "array", "items": {"type": "string", "format": "date"},
            "description": "The days on which a yearly one does not come."}}}'),
    ('Heading', NULL, '{"type": "object", "description": "A heading of a policy.", "required": ["level", "title", "anchor"], "properties": {
        "level": {"type": "integer", "minimum": 1, "maximum": 6, "description": "How deep it is."},
        "title": {"type": "string", "description": "Its text."},
        "anchor": {"type": "string", "description": "The id of the heading in the HTML."}}}'),
    ('PolicyContent', NULL, '{"type": "object", "description": "What a version of a policy freezes.",
        "required": ["name", "description", "body", "category", "tags"], "properties": {
        "name": {"$ref": "#/components/schemas/Policy/properties/name"},
        "description": {"$ref": "#/components/schemas/Policy/properties/description"},
        "body": {"$ref": "#/components/schemas/Policy/properties/body"},
        "category": {"$ref": "#/components/schemas/Policy/properties/category"},
        "tags": {"$ref": "#/components/schemas/Policy/properties/tags"}}}'),
    ('Error', NULL, '{"type": "object", "description": "What went wrong.",
        "required": ["code", "message", "details", "hint"], "properties": {
        "code": {"type": "string", "description": "The SQLSTATE, PostgREST''s own code, or the status."},
        "message": {"type": "string", "description": "What went wrong; of a bad value it names the value."},
        "details": {"type": ["string", "null"], "description": "More of it."},
        "hint": {"type": ["string", "null"], "description": "What to do."}}}')
) AS v (name, check_function, shape);
COMMENT ON VIEW policies.http_shapes IS
'HTTP shape
JSON Schemas that no catalog knows: of what a function in a CHECK accepts, and of what is inside a jsonb.';
COMMENT ON COLUMN policies.http_shapes.name IS 'The name in the document; NULL for what is part of others.';
COMMENT ON COLUMN policies.http_shapes.check_function IS 'The function that checks it.';
COMMENT ON COLUMN policies.http_shapes.shape IS 'The JSON Schema.';

GRANT SELECT ON policies.http_fields, policies.http_shapes TO policies_caller, policies_auditor;
