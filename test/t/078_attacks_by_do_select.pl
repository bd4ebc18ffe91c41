# INSERT ... ON CONFLICT DO SELECT, new in PostgreSQL 19, returns the row that is in the way, and can lock it: never another's.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use AttackTest qw(attacked_server victim_id ask attack as_superuser checks_conflicts_late $acme $acme_app $globex $victim);

my ($major) = `pg_config --version` =~ /(\d+)/;
plan skip_all => "NOT RUN: PostgreSQL $major has no ON CONFLICT DO SELECT, which came with 19" if $major < 19;

my $node = attacked_server('selected');
my $checks_late = checks_conflicts_late();
# A table whose key is the tenant's own, beside helpdesk.labels, whose key spans tenants. Each row of assets has the code "same"
# or
# "app_two", and says whose it is.
as_superuser(<<'SQL');
GRANT USAGE ON SCHEMA helpdesk TO policies_caller;
CREATE TABLE helpdesk.assets (code text COLLATE "C", label text);
ALTER TABLE helpdesk.assets OWNER TO table_owner;
SELECT policies.protect_table('helpdesk.assets', 'ast');
CREATE UNIQUE INDEX ON helpdesk.assets (tenant_id, code);
CREATE FUNCTION probe.leak(text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'leaked %',
    $1; RETURN true; END $$;
-- How often a row was refused: each refusal ends a subtransaction, the transaction goes on.
CREATE FUNCTION probe.refusals(code text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    strength text;
    refusals integer := 0;
    found text;
BEGIN
    FOREACH strength IN ARRAY '{"", FOR UPDATE, FOR NO KEY UPDATE, FOR SHARE, FOR KEY SHARE}'::text[] LOOP
        BEGIN
            EXECUTE format('INSERT INTO helpdesk.labels (code) VALUES (%L) ON CONFLICT (code) DO SELECT %s RETURNING meaning',
                code, strength) INTO found;
        EXCEPTION WHEN insufficient_privilege THEN
            refusals := refusals + 1;
        END;
    END LOOP;
    RETURN refusals;
END $$;
SQL
my $acme_app_two = $acme_app =~ s/app_one/app_two/r;
for my $claims ($victim, $globex, $acme, $acme_app_two) {
	my ($word, $code) = $claims eq $victim ? ('classified', 'same') : $claims eq $acme_app_two ? ('restricted', 'app_two')
		: ('ordinary', 'same');
	my (undef, $stderr) = ask('gateway',
		"SET ROLE policies_caller; SET request.jwt.claims = '$claims';
		INSERT INTO policies_api.assets (code, label) VALUES ('$code', '$word');");
	die $stderr if $stderr;
}
my $id = victim_id(q(name = 'classified 1'));
my $hours = q('[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]');
my $default = "ON CONFLICT (tenant_id, app_id) WHERE is_default AND NOT is_deleted";

for my $lock ('', 'FOR UPDATE', 'FOR NO KEY UPDATE', 'FOR SHARE', 'FOR KEY SHARE') {
	my $select = "DO SELECT $lock";
	my $how = $lock || 'unlocked';

	# Ids are the server's: whoever names the victim's makes a row of their own.
	attack("the register, $how: by the victim's id",
		<<"SQL", claims => $acme, mine => 'acme', output => join("\n", ('acme|x|t') x 4));
INSERT INTO policies.policies (tenant_id, id, name) VALUES ('victim', '$id', 'x') ON CONFLICT (tenant_id, id) $select
    RETURNING tenant_id, name, id <> '$id';
INSERT INTO policies_api.policies (tenant_id, id, name) VALUES ('victim', '$id', 'x') ON CONFLICT (tenant_id, id) $select
    RETURNING tenant_id, name, id <> '$id';
INSERT INTO policies.policies (tenant_id, id, name) VALUES ('victim', '$id', 'x') ON CONFLICT ON CONSTRAINT policies_pkey $select
    WHERE policies.tenant_id = 'victim' RETURNING tenant_id, name, id <> '$id';
WITH selected AS (INSERT INTO policies_api.policies (tenant_id, id, name) VALUES ('victim', '$id', 'x')
    ON CONFLICT (tenant_id, id) $select RETURNING *)
    SELECT tenant_id, name, id <> '$id' FROM selected;
SQL
	# Their trigger speaks first, and names one's own.
	for ([ 'a person', $acme, 'restricted|app_one' ], [ 'an application', $acme_app, 'restricted|calendar acme"' ]) {
		my ($who, $claims, $never) = @$_;
		attack("the register, $how: $who with a second default calendar",
			<<"SQL", claims => $claims, never => $never, errors => '23505 23505 23505');
INSERT INTO policies.business_calendars (tenant_id, app_id, name, time_zone, opening_hours)
    VALUES ('victim', 'app_two', 'x', 'UTC', $hours) $default $select RETURNING tenant_id, name;
INSERT INTO policies_api.business_calendars (tenant_id, app_id, name, time_zone, opening_hours)
    VALUES ('victim', 'app_two', 'x', 'UTC', $hours) $default $select RETURNING tenant_id, name;
INSERT INTO policies_api.business_calendars (tenant_id, name, time_zone, opening_hours)
    VALUES ('victim', 'x', 'UTC', $hours) $default $select WHERE business_calendars.tenant_id = 'victim' RETURNING name;
SQL
	}

	attack("a protected table, $how: the row of one's own tenant is given",
		<<"SQL", claims => $acme, output => join("\n", ('acme|ordinary') x 3));
INSERT INTO helpdesk.assets (tenant_id, code) VALUES ('victim', 'same') ON CONFLICT (tenant_id, code) $select
    RETURNING tenant_id, label;
INSERT INTO policies_api.assets (tenant_id, code) VALUES ('victim', 'same') ON CONFLICT (tenant_id, code) $select
    RETURNING tenant_id, label;
INSERT INTO policies_api.assets AS a (tenant_id, code) VALUES ('victim', 'same') ON CONFLICT (tenant_id, code) $select
    WHERE probe.leak(a.label) RETURNING tenant_id, label;
INSERT INTO helpdesk.assets AS a (tenant_id, code) VALUES ('victim', 'same') ON CONFLICT (tenant_id, code) $select
    WHERE a.tenant_id = 'victim' RETURNING tenant_id, label;
SQL
	attack("a protected table, $how: an application is refused the tenant's rows and another application's",
		<<"SQL", claims => $acme_app, never => 'ordinary|DETAIL', errors => '42501 42501 42501 42501');
INSERT INTO helpdesk.assets (code) VALUES ('same') ON CONFLICT (tenant_id, code) $select RETURNING label;
INSERT INTO policies_api.assets (code) VALUES ('same') ON CONFLICT (tenant_id, code) $select RETURNING label;
INSERT INTO helpdesk.assets (app_id, code) VALUES ('app_two', 'app_two') ON CONFLICT (tenant_id, code) $select RETURNING label;
INSERT INTO policies_api.assets AS a (app_id, code) VALUES ('app_two', 'app_two') ON CONFLICT (tenant_id, code) $select
    WHERE a.app_id = 'app_two' RETURNING label;
SQL
	attack("a key that spans tenants, $how: the victim's row is refused",
		<<"SQL", claims => $acme, never => 'DETAIL', errors => join(' ', ('42501') x 6));
INSERT INTO helpdesk.labels (code) VALUES ('cla') ON CONFLICT (code) $select RETURNING meaning;
INSERT INTO policies_api.labels (code) VALUES ('cla') ON CONFLICT (code) $select RETURNING meaning;
INSERT INTO helpdesk.labels AS l (code) VALUES ('cla') ON CONFLICT (code) $select WHERE l.tenant_id = 'victim' RETURNING 1;
INSERT INTO helpdesk.labels (code) SELECT c FROM unnest('{new, cla, newer}'::text[]) c ON CONFLICT (code) $select
    RETURNING meaning;
WITH selected AS (INSERT INTO helpdesk.labels (code) VALUES ('cla') ON CONFLICT ON CONSTRAINT labels_code_key $select RETURNING *)
    SELECT count(*) FROM selected;
INSERT INTO policies_api.labels (code) VALUES ('cla') ON CONFLICT (code) $select RETURNING (SELECT meaning);
SQL
	$AttackTest::TODO = 'it takes a later version of the server' if $checks_late;
	attack("$how: a condition is not asked of rows that are refused",
		<<"SQL", claims => $acme_app, never => 'ordinary|leaked', errors => join(' ', ('42501') x 4));
INSERT INTO policies_api.assets AS a (code) VALUES ('same') ON CONFLICT (tenant_id, code) $select WHERE probe.leak(a.label)
    RETURNING 1;
INSERT INTO helpdesk.assets AS a (code) VALUES ('app_two') ON CONFLICT (tenant_id, code) $select WHERE probe.leak(a.label)
    RETURNING 1;
INSERT INTO helpdesk.labels AS l (code) VALUES ('cla') ON CONFLICT (code) $select WHERE probe.leak(l.meaning) RETURNING 1;
INSERT INTO helpdesk.labels AS l (code) VALUES ('cla') ON CONFLICT (code) $select WHERE false RETURNING 1;
SQL
	$AttackTest::TODO = undef;
	attack("a plan made for the victim's claims, $how, is of no use to another's",
		<<"SQL", never => 'DETAIL', role => 'policies_caller', errors => '42501', output => '1');
PREPARE selected AS INSERT INTO helpdesk.labels (code) VALUES ('cla') ON CONFLICT (code) $select
    RETURNING (meaning IS NOT NULL)::int;
SET plan_cache_mode = force_generic_plan;
SET request.jwt.claims = '$victim';
EXECUTE selected;
SET request.jwt.claims = '$acme';
EXECUTE selected;
SQL
	like((ask('gateway', "SET ROLE policies_caller; SET request.jwt.claims = '$victim';
		INSERT INTO policies_api.labels (code) VALUES ('cla') ON CONFLICT (code) $select RETURNING meaning"))[0],
		qr/^classified$/, "$how: its own tenant is given it, so the statements were sound");
}

# A transaction that went on after its refusals holds no lock.
my $session = $node->background_psql('postgres', extra_params => [ '-U', 'gateway' ]);
sub lock_as {
	my ($claims, $sql) = @_;
	return $session->query("ROLLBACK; BEGIN; SET LOCAL ROLE policies_caller; SET LOCAL request.jwt.claims = '$claims'; $sql");
}
sub locked_by_the_victim {
	return (ask('gateway', "SET ROLE policies_caller; SET request.jwt.claims = '$victim';
		SELECT meaning FROM helpdesk.labels WHERE code = 'cla' FOR UPDATE NOWAIT"))[1];
}
is(lock_as($acme, q(SELECT probe.refusals('cla'))), 5, 'the victim\'s row is refused in every strength');
is(locked_by_the_victim(), '', 'and is not locked');
lock_as($victim, q(INSERT INTO helpdesk.labels (code) VALUES ('cla') ON CONFLICT (code) DO SELECT FOR KEY SHARE RETURNING code));
like(locked_by_the_victim(), qr/55P03/, 'the victim itself can lock it, so the test can tell');
$session->quit;
done_testing();
