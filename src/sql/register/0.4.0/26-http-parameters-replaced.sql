-- Any version that can be published can be read: with a build part, and as long as versions may be.
CREATE OR REPLACE VIEW policies.http_shared_parameters WITH (security_invoker = true) AS
SELECT v.* FROM (VALUES
    ('PolicyId', 'id', 'path', '{"type": "string", "pattern": "^pol_[0-9A-Za-z]{26}$"}'::json, 'pol_01J9Z3NDEKTSV4RRFFQ69G5FAV',
     'The id of the policy.'),
    ('BusinessCalendarId', 'id', 'path', '{"type": "string", "pattern": "^cal_[0-9A-Za-z]{26}$"}', 'cal_01J9Z3NDEKTSV4RRFFQ69G5FAV',
     'The id of the business calendar.'),
    ('Version', 'version', 'path', '{"type": "string", "pattern": "^[0-9][0-9A-Za-z.+-]{0,254}$"}', '1.2.0', 'The version.'),
    ('Select', 'select', 'query', '{"type": "string"}', 'id,name',
     'The fields to answer, with commas: the others are absent then, required or not.'),
    ('Columns', 'columns', 'query', '{"type": "string"}', 'name,category',
     'The fields that the objects of an array have, where not all have the same.'),
    ('Order', 'order', 'query', '{"type": "string"}', 'name.asc.nullslast,id',
     'The fields to sort by, with commas: FIELD.asc or FIELD.desc, then .nullsfirst or .nullslast.'),
    ('Limit', 'limit', 'query', '{"type": "integer", "minimum": 0}', NULL,
     'How many rows to answer at most. There are never more than 1,000.'),
    ('Offset', 'offset', 'query', '{"type": "integer", "minimum": 0, "default": 0}', NULL,
     'How many rows to pass over. Sort by something unique.'),
    ('Or', 'or', 'query', '{"type": "string"}', '(status.eq.draft,owner_id.is.null)',
     'Filters of which one must fit, in parentheses: FIELD.OPERATOR.VALUE.'),
    ('IfUpdatedAt', 'updated_at', 'query', '{"type": "string"}', 'eq.2026-11-24T10:00:00.123456+00:00',
     'Only if it is as it was read: eq. and the updated_at that was read. Otherwise the answer is 409.'),
    ('Range', 'Range', 'header', '{"type": "string"}', '0-49', 'The rows to answer, from 0 on, instead of limit and offset.'),
    ('PreferOfReading', 'Prefer', 'header', '{"type": "string"}', 'count=exact',
     'count=exact has Content-Range tell the total; timezone=Europe/Berlin writes times in a zone. Several with commas.'),
    ('PreferOfWriting', 'Prefer', 'header', '{"type": "string"}', 'return=representation',
     'return=representation answers what is there then, return=headers-only its Location; missing=default takes the defaults for keys '
     'that an object of an array lacks; handling=strict, max-affected=1 refuses to touch more rows. Several with commas.')
) AS v (component, name, place, schema, example, description);
