-- A register as two organisations might have it, written by their people: for tools/serve.sh, as the login role of PostgREST.
\set ON_ERROR_STOP on
\o /dev/null
SET ROLE policies_caller;
SET request.jwt.claims = '{"tenant_id": "acme", "sub": "per_ann"}';

INSERT INTO policies_api.policies (name, description, category, status, owner_id, review_cadence, tags, body)
SELECT name, description, category, 'draft', owner_id, review_cadence, tags::jsonb, format(E'# %s\n\n%s\n\n%s', name,
    description, body)
FROM (VALUES
    ('Acceptable use', 'What may be done with the organisation''s devices and accounts.', 'security', 'per_ann',
        interval '1 year', '["devices", "accounts"]',
        E'## Devices\n\n- Lock the screen when you leave.\n- Report a lost device **within an hour**.\n\n## Accounts\n\nNobody shares a password.'),
    ('Access control', 'Who gets access to what, and who looks at it again.', 'security', 'per_ben', interval '6 months',
        '["accounts"]',
        E'| access | granted by | looked at again |\n|---|---|---|\n| ordinary | team lead | yearly |\n| administration | security | quarterly |'),
    ('Incident response', 'What happens when something has happened.', 'security', 'per_ben', interval '1 year', '["incidents"]',
        E'1. Contain it.\n2. Tell the on-call officer.\n3. Write down what was done and when.'),
    ('Data handling', 'How personal data is kept, sent and deleted.', 'privacy', 'per_cat', interval '1 year', '["gdpr"]',
        E'## Keeping\n\nOnly as long as it is needed.\n\n## Sending\n\nEncrypted, or not at all.'),
    ('Requests of data subjects', 'Answered within one month.', 'privacy', 'per_cat', interval '1 year', '["gdpr"]',
        'The month begins with the receipt of the request.'),
    ('Remote work', 'Where and when we work.', 'hr', 'per_dan', interval '2 years', '[]',
        'Agreed between each person and their team.'),
    ('Anti-harassment', 'How we treat each other, and whom to turn to.', 'hr', 'per_dan', interval '1 year', '["training"]',
        'Every report is heard, and nobody suffers for one.'),
    ('Gifts and hospitality', 'What may be accepted, and what is declared.', 'compliance', 'per_eva', interval '1 year',
        '["training"]',
        'Anything worth more than 50 euros is declared.'),
    ('Travel expenses', 'What is paid for, and how it is claimed.', 'finance', 'per_eva', interval '1 year', '[]',
        'Claims are made within 60 days, with receipts.'),
    ('Business continuity', 'How work goes on when the office does not.', 'operations', 'per_ben', interval '6 months',
        '["incidents"]',
        E'## Contacts\n\nThe list hangs beside the door, printed.'),
    ('Change management', 'How systems are changed without surprise.', 'operations', 'per_ann', interval '1 year', '[]',
        'Every change has a way back.'),
    ('Clean desk', 'Nothing confidential is left lying about.', 'security', 'per_ann', interval '1 year', '[]',
        'Paper goes into the locked bin.')
) AS p (name, description, category, owner_id, review_cadence, tags, body);
SELECT policies_api.publish_policy(id, '1.0.0', 'first version') FROM policies_api.policies
    WHERE name NOT IN ('Clean desk', 'Remote work');
UPDATE policies_api.policies SET body = body || E'\n\n## Printing\n\nCollect what you print.' WHERE name = 'Acceptable use';
SELECT policies_api.publish_policy(id, 'minor', 'printing') FROM policies_api.policies WHERE name = 'Acceptable use';
-- Publishing starts the cadence: what was published earlier is due earlier, or overdue.
UPDATE policies_api.policies p SET next_review_at = now() + due.days * interval '1 day'
FROM (VALUES ('Acceptable use', 75), ('Access control', 20), ('Incident response', -12), ('Data handling', 130),
    ('Requests of data subjects', 210), ('Remote work', 300),
    ('Anti-harassment', 95), ('Gifts and hospitality', 160), ('Travel expenses', -40), ('Business continuity', 48),
        ('Change management', 250), ('Clean desk', 330)) AS due (name, days)
WHERE p.name = due.name;

SELECT policies_api.request_acknowledgements(id, ARRAY['per_ann', 'per_ben', 'per_cat', 'per_dan', 'per_eva'],
    now() + interval '14 days')
    FROM policies_api.policies WHERE name IN ('Acceptable use', 'Anti-harassment');
SELECT policies_api.request_acknowledgements(id, ARRAY['per_ben', 'per_eva'], now() + interval '0.1 seconds')
    FROM policies_api.policies WHERE name = 'Data handling';
SELECT policies_api.acknowledge_policy(id) FROM policies_api.policies WHERE name IN ('Acceptable use', 'Anti-harassment');
SET request.jwt.claims = '{"tenant_id": "acme", "sub": "per_cat"}';
SELECT policies_api.acknowledge_policy(id) FROM policies_api.policies WHERE name = 'Acceptable use';

SET request.jwt.claims = '{"tenant_id": "acme", "sub": "per_ann"}';
INSERT INTO policies_api.business_calendars (name, time_zone, is_default, opening_hours)
VALUES ('Office in Berlin', 'Europe/Berlin', true, '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:30"}]');
INSERT INTO policies_api.policies (name, applies_to, priority, first_response_minutes, resolution_minutes, business_hours_only)
    VALUES
    ('Incidents, urgent', '["incident", "outage"]', 'urgent', 15, 240, false), ('Incidents, high', '["incident", "outage"]',
        'high', 60, 480, true),
    ('Incidents, normal', '["incident"]', 'normal', 240, 1440, true), ('Incidents, low', '["incident"]', 'low', 480, 4800, true),
    ('Requests, high', '["request", "question"]', 'high', 120, 960, true), ('Requests, normal', '["request", "question"]',
        'normal', 480, 2400, true);

SET request.jwt.claims = '{"tenant_id": "globex", "sub": "per_gus"}';
INSERT INTO policies_api.policies (name, category, body) VALUES ('Travel', 'finance', 'No trips to the moon.');
\o
