-- Two tenants with rows of every kind; every text of one of them holds a mark that the other must never see.
CREATE EXTENSION policies;
SELECT policies.create_register();
CREATE SCHEMA helpdesk;
CREATE TABLE helpdesk.tickets (subject text);
SELECT policies.protect_table('helpdesk.tickets', 'tkt');
GRANT USAGE ON SCHEMA helpdesk TO policies_caller;
CREATE ROLE gateway LOGIN NOINHERIT;
GRANT policies_gateway, policies_caller TO gateway;
CREATE PROCEDURE fill(tenant text, mark text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('request.jwt.claims', json_build_object('tenant_id', tenant, 'sub', mark || '-person')::text, false);
    INSERT INTO policies_api.policies (name, description, body, priority, applies_to, tags, owner_id, version, next_review_at,
        review_cadence)
        SELECT mark || n, mark, mark, mark || n, jsonb_build_array(mark), jsonb_build_array(mark), mark, '1.' || n,
            now(), '1 month'
        FROM generate_series(1, 30) n;
    -- A superuser sees all tenants: name the one that is meant.
    UPDATE policies_api.policies SET description = mark || ' again' WHERE tenant_id = tenant;
    PERFORM policies_api.complete_policy(id, mark) FROM policies_api.policies WHERE tenant_id = tenant LIMIT 5;
    DELETE FROM policies_api.policies WHERE name LIKE '%7' AND tenant_id = tenant;
    INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, holidays, is_default)
        SELECT mark || n, 'Europe/Berlin', '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]',
               jsonb_build_array(jsonb_build_object('name', mark || n, 'date', date '2027-01-01' + n)), n = 1
        FROM generate_series(1, 10) n;
    UPDATE policies_api.business_calendars SET name = name || ' again', time_zone = 'Asia/Kolkata' WHERE tenant_id = tenant
        AND name LIKE '%1';
    DELETE FROM policies_api.business_calendars WHERE name LIKE '%7' AND tenant_id = tenant;
    UPDATE policies_api.policies SET first_response_minutes = 30, resolution_minutes = 480, business_hours_only = true
        WHERE tenant_id = tenant AND name LIKE '%2';
    INSERT INTO policies_api.tickets (subject) SELECT mark || n FROM generate_series(1, 30) n;
    UPDATE policies_api.tickets SET subject = subject || '!' WHERE tenant_id = tenant;
END
$$;
CALL fill('globex', 'SECRET-OF-GLOBEX');
CALL fill('acme', 'OWN-OF-ACME');
DROP PROCEDURE fill;
ANALYZE;
