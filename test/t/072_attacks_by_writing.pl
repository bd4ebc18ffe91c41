# What a tenant, an application, an owner and an administrator can do to rows that are not theirs, by every command that writes.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use AttackTest qw(attacked_server victim_id calendar_id ask attack as_superuser checks_conflicts_late
  $acme $acme_app $globex $victim);

my $node = attacked_server('written');
as_superuser('GRANT USAGE ON SCHEMA helpdesk TO policies_caller');
my $id = victim_id(q(name = 'classified 1'));
my $deleted_id = victim_id(q(name = 'classified deleted'));
my $nobodys_id = as_superuser(q(SELECT policies.new_id('pol')));
my $calendar = calendar_id('victim');
my $hours = q('[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]');
my @by_acme = (claims => $acme, mine => 'acme');

# Rows given to another tenant, and taken from it.
my $all_stamps = "(id, tenant_id, app_id, created_at, created_by, updated_by, is_deleted, deleted_at, schema_version, name)";
my $forged = "('$id', 'victim', 'app_two', '2001-01-01', 'per_vic', 'per_vic', true, '2001-01-01', 99, 'forged')";
my $stamped = "acme||per_mal|per_mal|f||1|t";
my $shown = "tenant_id, app_id, created_by, updated_by, is_deleted, deleted_at, schema_version, id <> '$id'";
attack('rows inserted for the victim become the writer\'s own', <<"SQL", @by_acme, output => join("\n", ($stamped) x 4));
INSERT INTO policies_api.policies $all_stamps VALUES $forged RETURNING $shown;
INSERT INTO policies.policies $all_stamps VALUES $forged RETURNING $shown;
WITH new AS (INSERT INTO policies.policies $all_stamps VALUES $forged RETURNING *) SELECT $shown FROM new;
INSERT INTO policies.policies $all_stamps OVERRIDING SYSTEM VALUE VALUES $forged RETURNING $shown;
SQL
attack('rows updated into the victim stay', <<"SQL", @by_acme, output => join("\n", ('acme') x 3, 0, 0));
UPDATE policies_api.policies SET tenant_id = 'victim' WHERE name = 'ordinary 1' AND app_id IS NULL RETURNING tenant_id;
UPDATE policies.policies SET (tenant_id, id, created_by) = ('victim', '$id', 'per_vic') WHERE name = 'ordinary 1'
    AND app_id IS NULL RETURNING tenant_id;
UPDATE helpdesk.tickets SET tenant_id = 'victim' WHERE weight = 9 AND app_id IS NULL RETURNING tenant_id;
SELECT count(*) FROM policies.policies WHERE tenant_id <> 'acme' OR id = '$id';
SELECT count(*) FROM helpdesk.tickets WHERE tenant_id <> 'acme';
SQL
attack('a partitioned table: rows moved, routed and reached in the victim\'s partition',
	<<"SQL", @by_acme, output => join("\n", ('acme') x 6), errors => '0A000 42501 42501 42501 42501 42501');
UPDATE helpdesk.notes SET note = 'mine' WHERE app_id IS NULL RETURNING tenant_id;
INSERT INTO helpdesk.notes (note) VALUES ('mine') RETURNING tenant_id;
UPDATE helpdesk.notes SET tenant_id = 'victim' WHERE app_id IS NULL RETURNING tenant_id;
INSERT INTO helpdesk.notes (tenant_id, note) VALUES ('victim', 'forged');
INSERT INTO helpdesk.notes_victim (tenant_id, note) VALUES ('victim', 'forged');
UPDATE helpdesk.notes_victim SET note = 'taken';
SELECT * FROM helpdesk.notes_victim;
SELECT * FROM ONLY helpdesk.notes_victim FOR UPDATE;
TRUNCATE helpdesk.notes_victim;
SQL
my $rows_that_match = "tenant_id = 'victim' OR id IN ('$id', '$deleted_id')";
attack('the victim\'s rows updated, deleted, restored, merged, locked', <<"SQL", claims => $acme);
UPDATE policies_api.policies SET name = 'taken' WHERE $rows_that_match RETURNING name;
UPDATE policies.policies SET name = 'taken' FROM policies.policies_history h WHERE h.tenant_id = 'victim' AND h.id = policies.id
    RETURNING policies.name;
UPDATE ONLY policies.policies SET status = DEFAULT WHERE $rows_that_match RETURNING name;
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE $rows_that_match RETURNING name;
UPDATE policies_api.tickets SET subject = 'taken' WHERE tenant_id = 'victim' RETURNING subject;
DELETE FROM policies_api.policies WHERE $rows_that_match RETURNING name;
DELETE FROM policies_api.tickets USING policies.policies p WHERE tickets.tenant_id = 'victim' RETURNING subject;
WITH gone AS (DELETE FROM policies_api.policies WHERE $rows_that_match RETURNING *) SELECT name FROM gone;
MERGE INTO policies.policies p USING (VALUES ('$id')) v (id) ON p.id = v.id WHEN MATCHED THEN UPDATE SET name = 'taken';
MERGE INTO helpdesk.tickets t USING (VALUES ('victim')) v (tenant) ON t.tenant_id = v.tenant WHEN MATCHED THEN DO NOTHING;
SELECT name FROM policies.policies WHERE $rows_that_match FOR UPDATE;
SELECT name FROM policies_api.policies WHERE $rows_that_match FOR NO KEY UPDATE;
SELECT name FROM policies.policies WHERE $rows_that_match FOR KEY SHARE;
SQL
attack('what callers have no privilege for', <<"SQL", claims => $acme, errors => join(' ', ('42501') x 14));
DELETE FROM policies.policies WHERE tenant_id = 'acme';
DELETE FROM helpdesk.tickets;
TRUNCATE policies.policies, policies.sla_coverage, policies.policy_reviews;
TRUNCATE helpdesk.tickets;
MERGE INTO policies.policies p USING (VALUES ('acme')) v (t) ON p.tenant_id = v.t WHEN MATCHED THEN DELETE;
INSERT INTO policies.policies_history SELECT * FROM policies.policies_history;
UPDATE policies_api.policies_history SET name = 'forged';
DELETE FROM policies.policies_history;
INSERT INTO policies.policy_reviews (id, tenant_id, policy_id, reviewed_at)
    VALUES (policies.new_id('rev'), 'victim', '$id', now());
UPDATE policies_api.policy_reviews SET note = 'forged';
SELECT * FROM policies.sla_coverage;
INSERT INTO policies.sla_coverage VALUES ('victim', '', 'low', 'incident', '$id');
DELETE FROM policies.sla_coverage;
DELETE FROM policies_api.deleted_policies;
SQL
attack('COPY in and out',
	<<"SQL", claims => $acme, errors => '0A000 0A000 42809' . ' 42501' x 5, output => qr/\A(?:acme\n)+0\z/);
COPY (SELECT tenant_id FROM policies.policies) TO STDOUT;
COPY policies.policies (tenant_id) TO STDOUT;
\\copy policies.policies (name) FROM '/dev/null'
\\copy helpdesk.tickets (subject, tenant_id) FROM '/dev/null'
\\copy policies_api.policies (name) FROM '/dev/null'
COPY policies.sla_coverage TO STDOUT;
COPY helpdesk.notes_victim TO STDOUT;
COPY policies.policies TO '/tmp/policies.copy';
COPY policies.policies TO PROGRAM 'cat';
COPY policies.policies FROM '/etc/passwd';
SELECT count(*) FROM policies.policies WHERE tenant_id <> 'acme';
SQL

# Business calendars.
my $calendar_shown = $shown =~ s/\Q$id\E/$calendar/r;
attack('calendars inserted for the victim become the writer\'s own',
	<<"SQL", @by_acme, output => join("\n", ("acme||per_mal|per_mal|f||1|t") x 2));
INSERT INTO policies_api.business_calendars (id, tenant_id, app_id, created_by, updated_by, is_deleted, deleted_at,
    schema_version, time_zone, opening_hours, is_default)
    VALUES ('$calendar', 'victim', 'app_two', 'per_vic', 'per_vic', true, '2001-01-01', 99, 'UTC', $hours, false)
        RETURNING $calendar_shown;
INSERT INTO policies.business_calendars (id, tenant_id, app_id, created_by, updated_by, is_deleted, deleted_at, schema_version,
    time_zone, opening_hours, is_default)
    VALUES ('$calendar', 'victim', 'app_two', 'per_vic', 'per_vic', true, '2001-01-01', 99, 'UTC', $hours, false)
        RETURNING $calendar_shown;
SQL
attack('the victim\'s calendars updated, deleted, restored, merged, locked, imported into',
	<<"SQL", claims => $acme, errors => 'PT404 PT404');
UPDATE policies_api.business_calendars SET name = 'taken', holidays = '[]' WHERE tenant_id = 'victim' OR id = '$calendar'
    RETURNING name;
UPDATE policies.business_calendars SET is_default = false FROM policies.business_calendars_history h WHERE h.tenant_id = 'victim'
    RETURNING business_calendars.name;
UPDATE policies_api.deleted_business_calendars SET is_deleted = false WHERE tenant_id = 'victim' RETURNING name;
DELETE FROM policies_api.business_calendars WHERE tenant_id = 'victim' OR id = '$calendar' RETURNING name;
MERGE INTO policies.business_calendars c USING (VALUES ('$calendar')) v (id) ON c.id = v.id WHEN MATCHED THEN UPDATE
    SET name = 'taken';
SELECT name FROM policies.business_calendars WHERE id = '$calendar' FOR UPDATE;
SELECT policies_api.import_holidays('$calendar', 'BEGIN:VCALENDAR');
SELECT policies_api.import_holidays(lower('$calendar'), 'BEGIN:VCALENDAR');
SQL
attack('calendars given to the victim stay', <<"SQL", @by_acme, output => "acme|t\n0");
UPDATE policies_api.business_calendars SET tenant_id = 'victim', id = '$calendar', app_id = 'app_two'
    WHERE name = 'ordinary spare acme' RETURNING tenant_id, app_id IS NULL;
SELECT count(*) FROM policies.business_calendars WHERE tenant_id <> 'acme' OR id = '$calendar';
SQL
attack('what callers have no privilege for, of calendars', <<"SQL", claims => $acme, errors => join(' ', ('42501') x 7));
DELETE FROM policies.business_calendars;
TRUNCATE policies.business_calendars;
INSERT INTO policies.business_calendars_history SELECT * FROM policies.business_calendars_history;
UPDATE policies_api.business_calendars_history SET name = 'forged';
DELETE FROM policies.business_calendars_history;
DELETE FROM policies_api.deleted_business_calendars;
COPY policies.business_calendars TO '/tmp/calendars.copy';
SQL
attack('calendars by COPY', <<"SQL", claims => $acme, errors => '0A000', output => qr/\A(?:acme\n?)+\z/);
COPY (SELECT tenant_id FROM policies.business_calendars) TO STDOUT;
\\copy policies.business_calendars (name) FROM '/dev/null'
SQL
# A default each: nobody's in the way of another's, and only one's own is named.
my @by_globex = (claims => $globex, mine => 'globex');
attack('another default calendar: who is in the way',
	<<"SQL", @by_globex, never => 'acme|DETAIL', errors => '23505 23505 23505', output => "globex\nglobex|t");
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours) VALUES ('second', 'UTC', $hours);
UPDATE policies_api.business_calendars SET is_default = true WHERE name LIKE '%spare%';
INSERT INTO policies_api.business_calendars (tenant_id, id, name, time_zone, opening_hours)
    VALUES ('victim', '$calendar', 'second', 'UTC', $hours);
UPDATE policies_api.business_calendars SET is_default = false WHERE name = 'ordinary calendar globex';
DELETE FROM policies_api.business_calendars WHERE name = 'ordinary calendar globex' RETURNING tenant_id;
INSERT INTO policies_api.business_calendars (tenant_id, name, time_zone, opening_hours)
    VALUES ('victim', 'instead', 'UTC', $hours) RETURNING tenant_id, is_default;
SQL
attack('a default calendar beside the victim\'s, of a tenant without',
	<<"SQL", claims => '{"tenant_id": "umbrella"}', mine => 'umbrella', output => 'umbrella|t');
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours) VALUES ('mine', 'UTC', $hours)
    RETURNING tenant_id, is_default;
SQL
attack('an application is told of its own default calendar alone',
	<<"SQL", claims => $acme_app, mine => 'acme', never => 'restricted|calendar acme"|calendar acme \\(', errors => '23505 23505');
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours) VALUES ('second', 'UTC', $hours);
UPDATE policies.business_calendars SET is_default = true;
SQL
attack('errors of one\'s own calendars',
	<<"SQL", @by_acme, never => 'Failing row', errors => '23514 23514 23514 23502 23502 23514 22P02');
INSERT INTO policies_api.business_calendars (time_zone, opening_hours, is_default) VALUES ('Mars/Olympus', $hours, false);
UPDATE policies_api.business_calendars SET opening_hours = '[]';
UPDATE policies.business_calendars SET holidays = '[1]';
INSERT INTO policies_api.business_calendars (opening_hours) VALUES ($hours);
UPDATE policies_api.business_calendars SET opening_hours = NULL;
UPDATE policies.business_calendars SET time_zone = name;
SELECT policies_api.is_business_time(now(), name) FROM policies.business_calendars;
SQL
my ($nobodys_calendar) = as_superuser(q(SELECT policies.new_id('cal')));
for my $call ("policies_api.import_holidays('ID', 'BEGIN:VCALENDAR')", "policies_api.is_business_time(now(), 'ID')",
	"policies_api.add_business_minutes(now(), 1, 'ID')",
	"policies_api.business_minutes_between(now(), now(), 'ID')", "policies_api.next_business_opening(now(), 'ID')") {
	my ($foreign_refusal, $unknown_refusal) = map { my $asked = $_; (ask('gateway',
		"SET ROLE policies_caller; SET request.jwt.claims = '$acme'; SELECT "
		. $call =~ s/ID/$asked/r))[1] =~ s/$asked/ID/gr } $calendar, $nobodys_calendar;
	like($foreign_refusal, qr/PT404/, "$call: the victim's calendar is refused");
	is($foreign_refusal, $unknown_refusal, 'as one that nobody has');
}

# Conflicts: ids are the server's, so no conflict is looked for with a caller's; and CVE-2017-15099, CVE-2026-120154 where
# a key spans tenants.
attack('upserts by the victim\'s id create rows of one\'s own', <<"SQL", @by_acme, output => join("\n", ('acme') x 4));
INSERT INTO policies.policies (tenant_id, id, name) VALUES ('victim', '$id', 'x') ON CONFLICT DO NOTHING RETURNING tenant_id;
INSERT INTO policies.policies (tenant_id, id, name) VALUES ('victim', '$id', 'x') ON CONFLICT (tenant_id, id) DO UPDATE
    SET name = 'taken' RETURNING tenant_id;
INSERT INTO policies_api.policies (tenant_id, id, name) VALUES ('victim', '$id', 'x') ON CONFLICT (tenant_id, id) DO UPDATE
    SET tenant_id = 'victim', name = policies.name RETURNING tenant_id;
INSERT INTO policies.policies (tenant_id, id, name) VALUES ('victim', '$id', 'x') ON CONFLICT ON CONSTRAINT policies_pkey
    DO UPDATE SET name = 'taken' WHERE policies.tenant_id = 'victim' RETURNING tenant_id;
SQL
as_superuser(<<'SQL');
CREATE FUNCTION probe.leak(text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'leaked %',
    $1; RETURN true; END $$;
CREATE FUNCTION probe.iterate() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    code text;
    found text;
BEGIN
    FOR code IN SELECT 'cla' FROM generate_series(1, 20) LOOP
        BEGIN
            INSERT INTO helpdesk.labels AS l (code, meaning) VALUES (code, 'x')
                ON CONFLICT ON CONSTRAINT labels_code_key DO UPDATE SET meaning = l.meaning || excluded.meaning
                    RETURNING l.meaning INTO found;
            RETURN NEXT found;
        EXCEPTION WHEN insufficient_privilege THEN NULL; END;
    END LOOP;
END $$;
SQL
$AttackTest::TODO = 'it takes a later version of the server' if checks_conflicts_late();
attack('a key that spans tenants: what a conflict says and does',
	<<"SQL", @by_acme, never => 'DETAIL|leaked', errors => '23505 42501 42501 42501 42501 42501 42501 23505');
INSERT INTO helpdesk.labels (code) VALUES ('cla');
INSERT INTO helpdesk.labels (code, meaning) VALUES ('cla', 'mine') ON CONFLICT (code) DO NOTHING RETURNING meaning;
INSERT INTO helpdesk.labels AS l (code) VALUES ('cla') ON CONFLICT (code) DO UPDATE SET meaning = 'taken' RETURNING meaning;
INSERT INTO helpdesk.labels AS l (code) VALUES ('cla') ON CONFLICT (code) DO UPDATE SET meaning = l.meaning RETURNING meaning;
INSERT INTO helpdesk.labels AS l (code) VALUES ('cla') ON CONFLICT (code) DO UPDATE SET meaning = 'taken' WHERE false
    RETURNING meaning;
INSERT INTO helpdesk.labels AS l (code) VALUES ('cla') ON CONFLICT (code) DO UPDATE SET meaning = 'taken'
    WHERE probe.leak(l.meaning) RETURNING meaning;
INSERT INTO policies_api.labels AS l (code) VALUES ('cla') ON CONFLICT (code) DO UPDATE SET meaning = (SELECT l.meaning)
    RETURNING meaning;
INSERT INTO helpdesk.labels AS l (code) SELECT c FROM unnest('{new, cla, newer}'::text[]) c ON CONFLICT (code) DO UPDATE
    SET meaning = l.meaning RETURNING meaning;
UPDATE helpdesk.labels SET code = 'cla' WHERE app_id IS NULL;
SELECT probe.iterate();
SQL
$AttackTest::TODO = undef;
# CVE-2023-39418.
attack('MERGE over a key that spans tenants', <<"SQL", @by_acme, never => 'DETAIL|leaked', errors => '23505 23505');
MERGE INTO helpdesk.labels l USING (VALUES ('cla')) v (code) ON l.code = v.code
    WHEN MATCHED THEN UPDATE SET meaning = 'taken' WHEN NOT MATCHED THEN INSERT (code, meaning) VALUES (v.code, 'mine');
MERGE INTO helpdesk.labels l USING (VALUES ('cla')) v (code) ON l.code = v.code WHEN MATCHED
    AND probe.leak(l.meaning) THEN DO NOTHING;
MERGE INTO helpdesk.labels l USING (VALUES ('own'), ('cla')) v (code) ON true WHEN MATCHED AND l.tenant_id <> 'acme' THEN UPDATE
    SET meaning = 'taken'
    WHEN MATCHED THEN DO NOTHING;
MERGE INTO helpdesk.labels l USING (VALUES ('cla')) v (code) ON l.app_id IS NULL WHEN MATCHED THEN UPDATE SET code = v.code;
SQL
like((ask('gateway', "SET ROLE policies_caller; SET request.jwt.claims = '$victim'; "
		. q(INSERT INTO helpdesk.labels AS l (code) VALUES ('cla')
			ON CONFLICT (code) DO UPDATE SET meaning = l.meaning RETURNING meaning)))[0],
	qr/classified/, 'its own tenant can do all that: the statements were sound');

# Errors name the value at fault, and no other.
attack('errors of one\'s own rows',
	<<"SQL", @by_acme, never => 'Failing row', errors => '23514 23514 23514 23514 23514 22007 23514');
INSERT INTO policies_api.policies (name, status) VALUES ('x', 'retired');
UPDATE policies.policies SET first_response_minutes = 9, resolution_minutes = 1;
UPDATE helpdesk.tickets SET weight = -1;
INSERT INTO policies_api.tickets (weight) VALUES (0);
UPDATE policies_api.policies SET applies_to = '["a", "a"]';
UPDATE policies.policies SET review_cadence = name::interval;
UPDATE policies.policies SET source_type = name;
SQL
attack('the SLA rule tells tenants apart',
	<<"SQL", claims => $globex, mine => 'globex', never => 'DETAIL.*classified', errors => '23505', output => "globex\nglobex");
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('other', 'high', '["classified" , "restricted"]'::jsonb -
    0) RETURNING tenant_id;
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('same as the victim', 'low', '["incident"]')
    RETURNING tenant_id;
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('same as mine', 'high', '["incident"]')
    RETURNING tenant_id;
SQL
attack('the SLA rule tells applications apart',
	<<"SQL", claims => $acme_app, mine => 'acme', never => 'restricted', errors => '23505', output => 'app_one');
UPDATE policies_api.policies SET priority = 'low' WHERE name = 'ordinary sla';
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('first', 'high', '["incident"]') RETURNING app_id;
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('second', 'high', '["incident"]') RETURNING app_id;
SQL
my $lower = lc($id) =~ s/^pol_/pol_/r;
my (undef, $unknown) = ask('gateway',
	"SET ROLE policies_caller; SET request.jwt.claims = '$acme'; SELECT policies_api.complete_policy('$nobodys_id')");
my (undef, $foreign) = ask('gateway',
	"SET ROLE policies_caller; SET request.jwt.claims = '$acme'; SELECT policies_api.complete_policy('$id')");
is($foreign =~ s/$id/ID/gr, $unknown =~ s/$nobodys_id/ID/gr,
	'complete_policy() refuses the victim\'s id as it does one that nobody has');
attack('complete_policy() for the victim', <<"SQL", claims => $acme, errors => 'PT404 PT404 PT404 PT404 PT404');
SELECT policies_api.complete_policy('$id', 'taken', '2999-01-01');
SELECT policies_api.complete_policy('$lower');
SELECT policies_api.complete_policy('$deleted_id');
SELECT policies.complete_policy('$id', NULL, NULL, 'confirmed');
UPDATE policies_api.policies SET owner_id = (policies_api.complete_policy('$id')).owner_id;
SQL

# What only an owner can put on a table.
attack('callers alter nothing', <<"SQL", claims => $acme, errors => join(' ', ('42501') x 24));
CREATE TABLE probe.child (tenant_id text, policy_id text, FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies);
CREATE TABLE probe.ticket_child (tenant_id text, id text, FOREIGN KEY (tenant_id, id) REFERENCES helpdesk.tickets
    (tenant_id, id));
CREATE TRIGGER mine BEFORE INSERT ON policies.policies FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE TRIGGER mine INSTEAD OF INSERT ON policies_api.policies FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE RULE mine AS ON UPDATE TO policies_api.policies DO ALSO NOTHING;
CREATE INDEX mine ON policies.policies (name);
CREATE STATISTICS probe.mine ON tenant_id, name FROM policies.policies;
ALTER TABLE policies.policies ADD COLUMN mine text;
ALTER TABLE policies.policies ALTER COLUMN tenant_id SET DEFAULT 'victim';
ALTER TABLE policies.policies DISABLE TRIGGER policies_stamp;
ALTER TABLE policies.policies OWNER TO policies_caller;
ALTER TABLE policies.policies SET SCHEMA probe;
ALTER VIEW policies_api.policies RESET (security_invoker);
CREATE OR REPLACE VIEW policies_api.policies AS SELECT * FROM policies.policies;
DROP TRIGGER policies_stamp ON policies.policies;
DROP POLICY policies_tenant_scope ON policies.policies;
DROP VIEW policies_api.policies;
CREATE TABLE probe.heir () INHERITS (policies.policies);
CREATE TABLE probe.part PARTITION OF helpdesk.notes FOR VALUES IN ('acme');
ALTER TABLE helpdesk.notes DETACH PARTITION helpdesk.notes_victim;
COMMENT ON TABLE policies.policies IS 'mine';
CLUSTER policies.policies USING policies_pkey;
REINDEX TABLE policies.policies;
DROP EXTENSION policies CASCADE;
SQL
attack('callers alter nothing of calendars', <<"SQL", claims => $acme, errors => join(' ', ('42501') x 8));
ALTER TABLE policies.business_calendars DISABLE TRIGGER policies_check;
ALTER TABLE policies.business_calendars DISABLE TRIGGER policies_clock;
DROP INDEX policies.business_calendars_one_default;
DROP TRIGGER policies_check ON policies.business_calendars;
CREATE OR REPLACE VIEW policies_api.business_calendars_history AS SELECT * FROM policies.business_calendars_history;
ALTER VIEW policies_api.business_calendars_history RESET (security_invoker);
CREATE RULE mine AS ON INSERT TO policies_api.business_calendars_history DO INSTEAD NOTHING;
DROP FUNCTION policies_api.add_business_minutes;
SQL

# The owner of a protected table is under its row security as well, and does not own its history. That it can switch the
# guard rails off is said in SECURITY.md.
attack('a table\'s owner, its guard rails on', <<"SQL", login => 'table_owner', errors => '42501 42501 42501 42501');
SELECT * FROM helpdesk.tickets;
UPDATE helpdesk.tickets SET subject = 'taken';
DELETE FROM helpdesk.tickets;
INSERT INTO helpdesk.tickets (subject) VALUES ('forged');
UPDATE helpdesk.tickets_history SET subject = 'taken';
DELETE FROM helpdesk.tickets_history;
ALTER TABLE helpdesk.tickets_history DISABLE ROW LEVEL SECURITY;
SQL
attack('an administrator is no superuser', <<"SQL", login => 'administrator', errors => join(' ', ('42501') x 8));
ALTER ROLE administrator SUPERUSER;
ALTER TABLE policies.policies OWNER TO table_owner;
SET ROLE table_owner;
ALTER SYSTEM SET policies.tenant_claim = 'sub';
SET session_replication_role = replica;
COPY policies.policies FROM PROGRAM 'true';
CREATE FUNCTION probe.c() RETURNS int LANGUAGE c AS '\$libdir/policies', 'policies_new_id';
ALTER FUNCTION policies.current_tenant_id() IMMUTABLE;
SQL
is(as_superuser(slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql")), '', 'every invariant of the register holds');

done_testing();
