-- What policies.audit() takes, alone and with 200 protected tables beside the register.
\pset footer off
\echo

CREATE SCHEMA audited AUTHORIZATION policies_admin;
CREATE TEMPORARY TABLE audits (tables int, milliseconds float8);

CREATE PROCEDURE bench.measure_audit(tables int) LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz;
BEGIN
    FOR round IN 1..6 LOOP
        began := clock_timestamp();
        PERFORM FROM policies.audit();
        -- The first one plans.
        IF round > 1 THEN
            INSERT INTO audits VALUES (tables, extract(epoch FROM clock_timestamp() - began) * 1000);
        END IF;
    END LOOP;
END
$$;
CALL bench.measure_audit(0);
SET ROLE policies_admin;
DO $$
BEGIN
    FOR i IN 1..200 LOOP
        EXECUTE format('CREATE TABLE audited.tickets_%s (subject text, body text, priority int)', i);
        PERFORM policies.protect_table(format('audited.tickets_%s', i)::regclass, 'tkt');
    END LOOP;
END
$$;
RESET ROLE;
CALL bench.measure_audit(200);
DROP SCHEMA audited CASCADE;

\echo 'policies.audit(), by a superuser. Target: at most a second with 200 protected tables.'
SELECT tables AS "protected tables", bench.shown(percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds)) AS ms,
    CASE tables WHEN 200 THEN bench.verdict(percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds), 1000) END AS "<= 1000"
FROM audits GROUP BY tables ORDER BY tables;
