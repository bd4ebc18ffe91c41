# Names that stand before ours and before PostgreSQL's own: a hostile search_path, temporary tables, and what is there before
# the extension. What is planted says as whom it ran.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use AttackTest qw(attacked_server ask attack as_superuser $acme $acme_app);

my $node = attacked_server('names');
my $version = qr/[0-9.]+\+[0-9a-f]{12}/;
my $body = 'LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING \'hijacked as %\', current_user; RETURN';
my @types = qw(text name oid timestamptz bigint integer jsonb "char");
my @functions = ([ 'current_tenant_id()', 'text', q('victim') ], [ 'current_app_id()', 'text', 'NULL' ],
	[ 'new_id(text)', 'text', q('x') ],
	[ 'is_valid_id(text)', 'boolean', 'true' ], [ 'canonical_id(text)', 'text', q('x') ],
	[ 'complete_policy(text, text, timestamptz, text)', 'integer', '1' ],
	[ 'now()', 'timestamptz', q('2001-01-01') ], [ 'isfinite(timestamptz)', 'boolean', 'true' ],
	[ 'quote_ident(text)', 'text', q('x') ],
	[ 'format(text, text)', 'text', q('x') ], [ 'concat_ws(text, text)', 'text', q('x') ],
	[ 'to_regclass(text)', 'regclass', 'NULL' ],
	[ 'pg_has_role(oid, text)', 'boolean', 'true' ], [ 'obj_description(oid, name)', 'text', q('x') ],
	[ 'format_type(oid, integer)', 'text', q('text') ],
	[ 'has_schema_privilege(text, text, text)', 'boolean', 'true' ], [ 'is_valid_opening_hours(jsonb)', 'boolean', 'true' ],
	[ 'is_valid_holidays(jsonb)', 'boolean', 'true' ], [ 'add_business_minutes(timestamptz, integer)', 'timestamptz',
		q('2001-01-01') ]);
my @tables = qw(policies policies_history sla_coverage policy_reviews register_steps deleted_policies tickets tickets_history
	business_calendars
	business_calendars_history deleted_business_calendars pg_timezone_names);
my @catalogs = qw(pg_class pg_namespace pg_attribute pg_trigger pg_proc pg_policy);
as_superuser(join "\n", 'CREATE SCHEMA evil; GRANT ALL ON SCHEMA evil TO PUBLIC; SET ROLE mallory;',
	map({ "CREATE FUNCTION evil.hijack($_, $_) RETURNS boolean $body true; END \$\$;" } @types),
	map({ my $type = $_; map { "CREATE OPERATOR evil.$_ (LEFTARG = $type, RIGHTARG = $type, FUNCTION = evil.hijack);" } qw(= <> < >
		<= >= ~ ||) } @types),
	map({ "CREATE FUNCTION evil.$_->[0] RETURNS $_->[1] $body $_->[2]; END \$\$;" } @functions),
	"CREATE FUNCTION evil.unnest(text[]) RETURNS SETOF text $body QUERY SELECT 'hijacked'; END \$\$;",
	map({ "CREATE DOMAIN evil.$_ AS integer;" } qw(text timestamptz boolean typed_id)),
	map({ "CREATE TABLE evil.$_ (tenant_id pg_catalog.text, id pg_catalog.text, name pg_catalog.text,
		oid pg_catalog.oid);" } @tables, @catalogs),
	'GRANT ALL ON ALL TABLES IN SCHEMA evil TO PUBLIC;');
like((ask('gateway', "SET search_path = evil, pg_catalog; SELECT 'a'::pg_catalog.text = 'b'::pg_catalog.text, now(),
	current_tenant_id();"))[1],
	qr/(?:hijacked as gateway.*){3}/s, 'planted names do stand before others');
my $hostile = join "\n", 'SET search_path = evil, pg_catalog, policies, policies_api;',
	map({ "CREATE TEMP TABLE $_ (tenant_id pg_catalog.text, id pg_catalog.text, name pg_catalog.text);" } @tables, @catalogs), '';

for my $claims ($acme, $acme_app) {
	attack('every write of a caller under a hostile search_path', $hostile . <<'SQL',
INSERT INTO policies_api.policies (name, priority, applies_to, review_cadence) VALUES ('mine', 'urgent', '["x", "y"]', '1 year')
    RETURNING tenant_id;
UPDATE policies_api.policies SET name = 'mine again', applies_to = '["y", "z"]' WHERE name OPERATOR(pg_catalog.=) 'mine'
    RETURNING tenant_id;
SELECT pg_catalog.count(policies_api.complete_policy(id)) FROM policies_api.policies
    WHERE name OPERATOR(pg_catalog.=) 'mine again';
DELETE FROM policies_api.policies WHERE name OPERATOR(pg_catalog.=) 'mine again';
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name OPERATOR(pg_catalog.=) 'mine again';
INSERT INTO policies_api.tickets (subject) VALUES ('mine');
UPDATE policies_api.tickets SET subject = 'mine again' WHERE subject OPERATOR(pg_catalog.=) 'mine';
DELETE FROM policies_api.tickets WHERE subject OPERATOR(pg_catalog.=) 'mine again';
SELECT pg_catalog.count(*) FROM policies_api.policy_reviews r
    JOIN policies_api.policies p ON p.id OPERATOR(pg_catalog.=) r.policy_id
    WHERE p.name OPERATOR(pg_catalog.=) 'mine again';
SELECT name FROM policies_api.review_due('5 years') WHERE name OPERATOR(pg_catalog.=) 'mine again';
UPDATE policies_api.policies SET status = 'draft', name = 'done' WHERE name OPERATOR(pg_catalog.=) 'mine again';
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, is_default)
    VALUES ('mine', 'Asia/Kolkata', '[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]', false) RETURNING is_default;
SELECT policies_api.import_holidays(id,
    E'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n'
    'DTSTART;VALUE=DATE:20261225\r\nSUMMARY:mine\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n')
    FROM policies_api.business_calendars WHERE name OPERATOR(pg_catalog.=) 'mine';
UPDATE policies_api.business_calendars SET is_default = false, name = 'first again'
    WHERE is_default AND coalesce(app_id, '') OPERATOR(pg_catalog.=) coalesce(policies.current_app_id(), '');
UPDATE policies_api.business_calendars SET is_default = true WHERE name OPERATOR(pg_catalog.=) 'mine'
    AND coalesce(app_id, '') OPERATOR(pg_catalog.=) coalesce(policies.current_app_id(), '');
SELECT calendar_name, policies_api.is_business_time('2026-11-30 12:00+05:30') FROM policies_api.current_business_calendar();
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, business_hours_only)
    VALUES ('clocked', 'clocked', '["x"]', 1, true);
SELECT pg_catalog.count(*) FROM policies_api.sla_status('x', 'clocked', '2026-11-30', as_of => pg_catalog.clock_timestamp());
UPDATE policies_api.business_calendars SET name = 'mine again' WHERE name OPERATOR(pg_catalog.=) 'mine';
SELECT (policies_api.current_business_calendar('2999-01-01')).calendar_name,
    (policies_api.current_business_calendar()).calendar_name;
UPDATE policies_api.policies SET business_hours_only = false;
DELETE FROM policies_api.business_calendars WHERE name OPERATOR(pg_catalog.=) 'mine again';
UPDATE policies_api.deleted_business_calendars SET is_deleted = false WHERE name OPERATOR(pg_catalog.=) 'mine again';
DELETE FROM policies_api.business_calendars WHERE name OPERATOR(pg_catalog.=) 'mine again';
UPDATE policies_api.policies SET status = 'draft', name = 'done' WHERE name OPERATOR(pg_catalog.=) 'clocked';
SELECT pg_catalog.count(*) FROM policies_api.deleted_business_calendars
    WHERE coalesce(app_id, '') OPERATOR(pg_catalog.=) coalesce(policies.current_app_id(), '');
SQL
		claims => $claims, mine => 'acme', output => "acme\nacme\n1\n1\nmine again\nf\n1\nmine|t\n1\nmine again|mine again\n2");
}
is(as_superuser('SELECT ' . join ' + ', map { "(SELECT count(*) FROM evil.$_)" } @tables), 0,
	'nothing was written into the planted tables');
for my $login (qw(administrator postgres)) {
	attack("what administrators call, by $login under a hostile search_path",
		$hostile . <<'SQL', login => $login, rights => 1, output => qr/\A$version\n1\n\d+\n0\n$version\z/);
SELECT policies.create_register();
CREATE TABLE probe.guarded (note pg_catalog.text, length pg_catalog.int4);
INSERT INTO probe.guarded VALUES ('there before', 1);
SELECT policies.protect_table('probe.guarded', 'grd', existing_rows_tenant_id => 'acme') \g /dev/null
UPDATE probe.guarded SET note = 'changed' WHERE length OPERATOR(pg_catalog.<>) 0;
SELECT pg_catalog.count(*) FROM probe.guarded_history;
ALTER TABLE probe.guarded ADD COLUMN more pg_catalog.text;
SELECT policies.protect_table('probe.guarded', 'grd') \g /dev/null
SELECT policies.unprotect_table('probe.guarded') \g /dev/null
DROP TABLE probe.guarded, probe.guarded_history;
SELECT pg_catalog.count(*) FROM policies.audit();
SELECT policies.purge_deleted('1 day');
SELECT policies.register_version();
SQL
}

# What is there before the extension (CVE-2022-2625): nothing of it is adopted, and the register is built from its own names.
for my $schema (qw(policies policies_api)) {
	as_superuser("CREATE DATABASE before_$schema");
	$node->safe_psql("before_$schema", <<"SQL");
CREATE SCHEMA $schema AUTHORIZATION mallory;
CREATE FUNCTION $schema.current_tenant_id() RETURNS text LANGUAGE sql AS \$\$ SELECT 'hijacked' \$\$;
SQL
	attack("a schema $schema that is there before the extension", 'CREATE EXTENSION policies; SELECT count(*) FROM pg_extension
		WHERE extname = \'policies\';',
		login => 'postgres', database => "before_$schema", errors => '42P06', output => '0');
}
as_superuser('CREATE DATABASE before_all');
$node->safe_psql('before_all', <<"SQL");
CREATE SCHEMA evil; GRANT ALL ON SCHEMA evil TO PUBLIC; GRANT ALL ON SCHEMA public TO PUBLIC; SET ROLE mallory;
CREATE FUNCTION evil.hijack(text, text) RETURNS boolean $body true; END \$\$;
CREATE OPERATOR evil.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.hijack);
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.hijack);
CREATE FUNCTION evil.to_regrole(text) RETURNS regrole $body NULL; END \$\$;
CREATE FUNCTION evil.getdatabaseencoding() RETURNS name $body 'x'; END \$\$;
CREATE DOMAIN evil.text AS integer;
CREATE TABLE public.policies (x int);
SQL
attack('the extension created under a hostile search_path',
	<<'SQL', login => 'postgres', database => 'before_all', rights => 1, output => qr/\A$version\n$version\n0\n0\z/);
SET search_path = evil, pg_catalog, public;
CREATE EXTENSION policies;
SELECT policies.create_register();
UPDATE policies.register_steps SET digest = '' WHERE name OPERATOR(pg_catalog.=) 'api';
SELECT policies.create_register();
SELECT pg_catalog.count(*) FROM policies.policies;
SELECT pg_catalog.count(*) FROM pg_catalog.pg_depend d
    WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass
    AND d.refobjid OPERATOR(pg_catalog.=) 'evil'::pg_catalog.regnamespace AND d.deptype OPERATOR(pg_catalog.=) 'e';
SQL
attack('who may create the extension', 'CREATE EXTENSION policies;', login => $_, database => 'template1', errors => '42501')
	for qw(administrator mallory);

# CVE-2023-2454.
as_superuser('GRANT CREATE ON DATABASE postgres TO mallory');
attack('a schema created with elements in ours, or for another', <<'SQL', login => 'mallory', errors => '42P15 42P15 42501');
CREATE SCHEMA elements CREATE VIEW policies_api.mine AS SELECT 1;
CREATE SCHEMA elements CREATE TRIGGER mine BEFORE INSERT ON policies.policies FOR EACH ROW EXECUTE FUNCTION evil.now();
CREATE SCHEMA elements AUTHORIZATION policies_admin CREATE TABLE mine (x int);
CREATE SCHEMA elements CREATE TABLE mine (x int) GRANT ALL ON policies.policies TO mallory;
SQL

done_testing();
