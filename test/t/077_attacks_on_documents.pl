# Documents: others' policies in every function that publishes, approves, acknowledges, reviews, reads and searches; what those
# functions write, written directly; and code of users' where they work with the rights of the register's owner.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(as_caller);
use AttackTest qw(attacked_server victim_id ask attack as_superuser $acme $acme_app $globex $victim);
use DocumentsTest qw(document_violations);

my $node = attacked_server('documents');
as_superuser(q(INSERT INTO policies.policy_settings (tenant_id, search_language) VALUES ('acme', 'english'),
	('victim', 'english')));

# Each tenant's documents as published, approved, acknowledged and due, with its word in each text.
my $acme_other = $acme_app =~ s/app_one/app_two/r;
for my $claims ($victim, $globex, $acme, $acme_app, $acme_other) {
	my $word = $claims eq $victim ? 'classified' : $claims =~ /app_two/ ? 'restricted' : 'ordinary';
	my $approver = $claims =~ s/"sub": "\w+"/"sub": "per_$word"/r;
	for my $turn ([ $claims, <<"SQL" ], [ $approver, <<"SQL" ]) {
SELECT count(policies_api.publish_policy(id, '1.0.0+@{[ substr $word, 0, 1 ]}', '$word')) FROM policies_api.policies
    WHERE name LIKE '$word _' AND app_id IS NOT DISTINCT FROM policies.current_app_id();
SELECT count(policies_api.request_acknowledgements(id, ARRAY['$word', 'per_mal', 'per_gus'], '2999-01-01'))
    FROM policies_api.policies WHERE name LIKE '$word _' AND app_id IS NOT DISTINCT FROM policies.current_app_id();
UPDATE policies_api.policies SET body = '$word heading', description = 'marker of ' || policies.current_tenant_id()
    WHERE name LIKE '$word 1' AND app_id IS NOT DISTINCT FROM policies.current_app_id()
SQL
SELECT count(policies_api.approve_policy(id, policies_api.policy_content_hash(id), '$word')) FROM policies_api.policies
    WHERE name = '$word 2' AND app_id IS NOT DISTINCT FROM policies.current_app_id();
SELECT count(*) FROM policies_api.policies p, policies_api.acknowledge_policy(p.id)
    WHERE name = '$word 2' AND p.app_id IS NOT DISTINCT FROM policies.current_app_id()
SQL
		my ($status, undef, $stderr) = as_caller($node, 'postgres', @$turn);
		die "cannot fill the documents: $stderr" if $status;
	}
}
as_superuser('SELECT policies.notify_reviews_due(); ANALYZE');
is(as_superuser(q(SELECT count(*) FROM policies.policy_versions WHERE tenant_id = 'victim')), 3, 'the victim has published');
is(as_superuser(q(SELECT count(*) > 0 FROM policies.policy_approvals WHERE tenant_id = 'victim')), 't', 'and approved');

my $id = victim_id(q(name = 'classified 1'));
my $restricted_id = victim_id(q(name = 'restricted 1'));
my $hash = as_superuser(qq(SELECT policies.content_hash(policies.policy_content(to_jsonb(p))) FROM policies.policies p
	WHERE id = '$id'));

# Every function that takes a policy, with somebody else's.
sub calls_on {
	my ($policy, $content_hash) = @_;
	return map { "SELECT $_;" } "policies_api.publish_policy('$policy', 'major', 'taken')",
		"policies_api.publish_policy('$policy', '9.0')",
		"policies_api.approve_policy('$policy', '$content_hash')", "policies_api.request_acknowledgements('$policy', '{per_mal}')",
		"policies_api.acknowledge_policy('$policy')", "policies_api.acknowledge_policy('$policy', '1.0.0+c')",
		"policies_api.complete_policy('$policy', 'taken', outcome => 'retired')",
		"policies_api.policy_version('$policy', '1.0.0+c')", "policies_api.policy_version('$policy', '1.0.0+r')",
		"policies_api.policy_as_of('$policy')",
		"policies_api.policy_content_hash('$policy')", "policies_api.verify_policy_history('$policy')",
		"policies_api.diff_policy('$policy', '1.0.0+c')", "policies_api.diff_policy('$policy', '1.0.0+r', '1.0.0+r')",
		"policies_api.policy_markdown('$policy')", "policies_api.policy_html('$policy')",
		"policies_api.policy_html('$policy', '1.0.0+c')", "policies_api.policy_table_of_contents('$policy')",
		"policies.body_of('$policy', NULL, NULL)",
		"policies.publish_policy('$policy', 'major', NULL)", "policies.approve_policy('$policy', '$content_hash', NULL)",
		"policies.request_acknowledgements('$policy', '{per_mal}', NULL)", "policies.acknowledge_policy('$policy', NULL)",
		"policies.complete_policy('$policy', NULL, NULL, 'retired')",
		"policies.policy_version('$policy', '1.0.0+c', 'victim')", "policies.policy_as_of('$policy', now(), 'victim')",
		"policies.policy_content_hash('$policy', 'victim')", "policies.verify_policy_history('$policy', 'victim')",
		# Naming the tenant helps auditors only, who see it.
		map { my $tenant = $_;
			map { "$_, tenant_id => '$tenant')" } "policies_api.policy_version('$policy', '1.0.0+c'",
				"policies_api.policy_version('$policy', '1.0.0+r'", "policies_api.policy_as_of('$policy'",
			"policies_api.policy_content_hash('$policy'", "policies_api.verify_policy_history('$policy'",
			"policies_api.diff_policy('$policy', '1.0.0+c'", "policies_api.diff_policy('$policy', 'draft'",
			"policies_api.policy_markdown('$policy'", "policies_api.policy_markdown('$policy', 'draft'",
			"policies_api.policy_html('$policy', 'draft'", "policies_api.policy_table_of_contents('$policy', 'draft'",
			"policies.body_of('$policy', version => 'draft'", "policies.body_of('$policy', version => NULL" } qw(victim acme);
}
# Everything that reads without one: each line prints nothing of others, or a zero.
my $reads = <<"SQL";
SELECT count(*) FROM policies_api.policy_versions WHERE change_note ~ 'classified|restricted';
SELECT count(*) FROM policies.policy_versions WHERE content::text ~ 'classified|restricted';
SELECT count(*) FROM policies_api.policies_in_force WHERE name ~ 'classified|restricted';
SELECT count(*) FROM policies_api.policy_approvals WHERE note ~ 'classified|restricted';
SELECT count(*) FROM policies_api.policy_acknowledgements WHERE person_id ~ 'classified|restricted';
SELECT count(*) FROM policies.review_notices WHERE policy_id IN ('$id', '$restricted_id');
SELECT count(*) FROM policies_api.policy_settings WHERE tenant_id = 'victim';
SELECT count(*) FROM policies_api.review_calendar('2000-01-01', '3000-01-01') WHERE name ~ 'classified|restricted';
SELECT count(*) FROM policies_api.overdue_reviews('3000-01-01') WHERE owner_id ~ 'classified|restricted';
SELECT count(*) FROM (SELECT policies_api.review_calendar_icalendar('2000-01-01', '3000-01-01') AS calendar) s
    WHERE calendar ~ 'classified|restricted';
SELECT count(*) FROM policies.policy_drafts WHERE tenant_id = 'victim' OR id = '$id';
SELECT count(*) FROM policies.policy_drafts WHERE id = '$restricted_id';
SELECT policies_api.hand_over_policies('classified', 'per_mal') + policies_api.hand_over_policies('restricted', 'per_mal')
    + policies.hand_over_policies('classified', 'per_mal') + policies.hand_over_policies('restricted', 'per_mal');
SQL
my $zeros = join("\n", ('0') x 13);
my @victims = calls_on($id, $hash);
attack("another tenant's policy in every function, for $_->[0]", join("\n", @victims) . "\n", claims => $_->[1],
	errors => join(' ', ('PT404') x @victims))
	for [ acme => $acme ], [ globex => $globex ],
	[ "an application's key" => '{"tenant_id": "acme", "app_id": "app_one", "sub": "per_mal"}' ];
attack('another tenant\'s policy by its id in small letters', join("\n", calls_on(lc $id, $hash)), claims => $acme,
	errors => join(' ', ('PT404') x @victims));
attack('the policy of another application of the tenant', join("\n", calls_on($restricted_id, $hash)),
	claims => '{"tenant_id": "acme", "app_id": "app_one", "sub": "per_mal"}',
	never => 'restricted(?! required)', errors => join(' ', ('PT404') x @victims));
my $tenant_wide = victim_id(q(name = 'ordinary 1' AND tenant_id = 'acme' AND app_id IS NULL));
attack('an application\'s key and the tenant\'s own policy', join("\n", calls_on($tenant_wide, $hash)),
	claims => $acme_app =~ s/svc_1/per_mal/r, errors => join(' ', ('PT404') x @victims));
attack('reads by an application\'s key', $reads, claims => $acme_app, never => 'restricted', mine => 'acme', output => $zeros);
attack('reads by another tenant', $reads, claims => $globex, never => 'restricted', output => $zeros);
# acme's own person sees its applications' policies, here the notice and the draft of one, and only those.
attack('reads by a person of the tenant', $reads =~ s/\|restricted//gr =~ s/'restricted'/'nobody'/gr, claims => $acme,
	output => "0\n0\n0\n0\n0\n1\n0\n0\n0\n0\n0\n1\n0");
attack('a key without a person approves and acknowledges nothing',
	<<"SQL", claims => '{"tenant_id": "acme"}', errors => '42501 42501');
SELECT policies_api.approve_policy('$tenant_wide', policies_api.policy_content_hash('$tenant_wide'));
SELECT policies_api.acknowledge_policy('$tenant_wide');
SQL

# Who is nobody.
for my $nobody ([ 'a stranger with the victim\'s claims', login => 'stranger', claims => $victim ],
	[ 'the gateway without claims', role => 'policies_caller' ],
	[ 'the gateway with malformed claims', claims => '{"tenant_id": "victim", "app_id": 1}' ]) {
	my ($name, %as) = @$nobody;
	my ($stdout, $stderr) = ask($as{login} // 'gateway', 'SELECT 1');
	attack("$name: every function", join("\n", @victims), %as, errors => qr/\A(?:(?:PT404|42501) ?){@{[ scalar @victims ]}}\z/);
	attack("$name: every read", $reads, %as, output => $zeros);
	attack("$name: searches", q(SELECT count(*) FROM policies_api.search_policies('classified or ordinary'); SELECT count(*)
		FROM policies.search_policies('classified', NULL, NULL, NULL, NULL, NULL, NULL, 10);), %as,
		output => qr/\A(?:0\n0)?\z/, errors => qr/\A(?:42501 42501)?\z/);
}

# Auditors read, and administrators are trusted with the rest.
my @writes = ("policies_api.publish_policy('$id', 'major')", "policies_api.approve_policy('$id', '$hash')",
	"policies_api.request_acknowledgements('$id', '{per_mal}')",
	"policies_api.acknowledge_policy('$id')", "policies_api.complete_policy('$id', outcome => 'retired')",
		"policies_api.hand_over_policies('classified', 'per_mal')",
	"policies.hand_over_policies('classified', 'per_mal')",
	"policies.publish_policy('$id', 'major', NULL)", "policies.approve_policy('$id', '$hash', NULL)",
		"policies.request_acknowledgements('$id', '{per_mal}', NULL)",
	"policies.acknowledge_policy('$id', NULL)", "policies.complete_policy('$id', NULL, NULL, 'retired')",
		"count(*) FROM policies_api.search_policies('classified')",
	"count(*) FROM policies.search_policies('classified', NULL, NULL, NULL, NULL, NULL, NULL, 10)");
my @administration = ('policies.rebuild_search()', "policies.rebuild_search('victim')", "policies.search_language('victim')",
	"policies.search_labels('victim', 'hr', 'active', 'per_x')",
	"policies.search_document('victim', 'x', 'x', '[]', 'x', 'simple')", 'policies.notify_reviews_due()',
	"policies.notify_reviews_due('1000 years')", 'policies.take_review_notices()',
	"policies.export_policy('victim', '$id')", "policies.import_policy('{}')", 'policies.follow_content()',
	'policies.replace_known_row()', 'policies.check_policy_settings()',
	'policies.follow_search_language()', "policies.purge_deleted('0')");
attack("an auditor with the claims $_ writes", join("\n", map { "SELECT $_;" } @writes, @administration), login => 'auditor',
	role => 'policies_auditor', claims => $_, errors => join(' ', ('42501') x (@writes + @administration)))
	for $victim, $acme;
attack("the helpers, called by $_->[0]", join("\n", map { "SELECT $_;" } @administration), @{ $_->[1] },
	errors => join(' ', ('42501') x @administration))
	for [ 'a caller', [ claims => $acme ] ], [ 'a stranger', [ login => 'stranger', claims => $victim ] ],
	[ 'the gateway', [ login => 'gateway' ] ];
attack('the helpers that callers may call tell of their arguments only', <<"SQL", claims => $acme, output => "t");
SELECT policies.content_hash('{"name": "x"}') = policies.content_hash('{"name": "x"}');
SQL
attack('trigger functions attached', <<'SQL', login => 'mallory', errors => '42501 42501 42501 42501');
CREATE TABLE probe.mine (tenant_id text, id text, policy_id text, app_id text, name text, description text, tags jsonb, body text,
    search_language text, is_deleted boolean);
CREATE TRIGGER t AFTER INSERT ON probe.mine FOR EACH ROW EXECUTE FUNCTION policies.follow_content();
CREATE TRIGGER t BEFORE INSERT ON probe.mine FOR EACH ROW EXECUTE FUNCTION policies.replace_known_row();
CREATE TRIGGER t AFTER INSERT ON probe.mine FOR EACH ROW EXECUTE FUNCTION policies.follow_search_language();
CREATE TRIGGER t BEFORE INSERT ON probe.mine FOR EACH ROW EXECUTE FUNCTION policies.check_policy_settings();
DROP TABLE probe.mine;
SQL

# What only the functions write.
my %columns = (policy_versions => 'change_note', policy_approvals => 'note', policy_acknowledgements => 'acknowledged_at',
	review_notices => 'taken_at', policy_drafts => 'author_ids', policy_settings => 'required_approvals',
	policy_search => 'document');
for my $table (sort keys %columns) {
	my $column = $columns{$table};
	my @statements = ("INSERT INTO policies.$table SELECT * FROM policies.$table", "INSERT INTO policies.$table (tenant_id)
		VALUES ('acme')", "UPDATE policies.$table SET $column = NULL",
		"UPDATE policies.$table SET tenant_id = 'acme' WHERE tenant_id = 'victim'", "DELETE FROM policies.$table",
		"TRUNCATE policies.$table", "SELECT 1 FROM policies.$table FOR UPDATE", "SELECT 1 FROM policies.$table FOR KEY SHARE",
		"MERGE INTO policies.$table t USING (VALUES (1)) v (x) ON true WHEN MATCHED THEN DELETE",
		"BEGIN; LOCK TABLE policies.$table IN SHARE MODE; ROLLBACK",
		"CREATE TRIGGER mine AFTER INSERT ON policies.$table EXECUTE FUNCTION probe.strike_trigger()",
		"CREATE POLICY mine ON policies.$table USING (true)", "CREATE RULE mine AS ON INSERT TO policies.$table DO ALSO NOTHING",
		"ALTER TABLE policies.$table NO FORCE ROW LEVEL SECURITY", "CREATE INDEX ON policies.$table (tenant_id)");
	push @statements, "UPDATE policies_api.$table SET $column = NULL", "DELETE FROM policies_api.$table",
		"INSERT INTO policies_api.$table (tenant_id) VALUES ('acme')" if $table !~ /notices|search|drafts/;
	push @statements, "SELECT 1 FROM policies.$table" if $table eq 'policy_search';
	as_superuser(q(CREATE OR REPLACE FUNCTION probe.strike_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'));
	attack("$table written directly by $_->[0]", join(";\n", @statements) . ';', @{ $_->[1] },
		errors => qr/\A(?:(?:42501|42P17|55000) ?){@{[ scalar @statements ]}}\z/)
		for [ 'a caller', [ claims => $acme ] ], [ 'a stranger', [ login => 'stranger', claims => $victim ] ],
		[ 'an auditor', [ login => 'auditor', role => 'policies_auditor' ] ];
}

# One connection, many callers.
my $as_acme = "SET ROLE policies_caller; SET request.jwt.claims = '$acme';";
my $as_globex = "SET ROLE policies_caller; SET request.jwt.claims = '$globex';";
my $as_nobody = 'SET ROLE policies_caller; SET request.jwt.claims = \'\';';
my %own = map { my $tenant = $_; $tenant => victim_id(qq(name = 'ordinary 1' AND tenant_id = '$tenant' AND app_id IS NULL)) }
	qw(acme globex);
for my $mode (qw(force_generic_plan force_custom_plan)) {
	attack("searches that were prepared for another ($mode)",
		<<"SQL", output => "marker of globex\nmarker of acme, marker of acme, marker of acme\n\nmarker of globex");
SET plan_cache_mode = $mode;
$as_globex PREPARE find AS SELECT string_agg(p.description, ', ') FROM policies_api.search_policies('marker') s
    JOIN policies_api.policies p USING (id); EXECUTE find;
$as_acme EXECUTE find;
$as_nobody EXECUTE find;
$as_globex EXECUTE find;
SQL
	attack("publications that were prepared for another ($mode)",
		<<"SQL", mine => 'acme globex', output => qr/\Aglobex\|[\d.]+\nacme\|[\d.]+\nglobex\|[\d.]+\z/, errors => 'PT404 42501');
SET plan_cache_mode = $mode;
$as_globex PREPARE publish (text) AS SELECT p.tenant_id, p.version FROM policies_api.publish_policy(\$1, 'patch') p;
EXECUTE publish ('$own{globex}');
$as_acme EXECUTE publish ('$own{globex}');
EXECUTE publish ('$own{acme}');
$as_nobody EXECUTE publish ('$own{acme}');
$as_globex EXECUTE publish ('$own{globex}');
SQL
}
attack('claims that switch while policies are published and acknowledged',
	<<"SQL", mine => 'acme globex', errors => qr/\A(?:(?:42501|PT404|PT409|23514) ?)*\z/, output => qr/\A[\d\n]*\z/);
CREATE FUNCTION probe.other() RETURNS boolean VOLATILE LANGUAGE plpgsql AS \$\$ BEGIN
    PERFORM set_config('request.jwt.claims', CASE policies.current_tenant_id() WHEN 'acme' THEN '$globex' ELSE '$acme' END,
        false);
    RETURN policies.current_tenant_id() IS NOT NULL;
END \$\$;
$as_acme
SELECT count(policies_api.publish_policy(id, 'patch')) FROM policies_api.policies WHERE probe.other();
SELECT count(*) FROM (SELECT policies_api.acknowledge_policy(id) FROM policies_api.policies
    WHERE probe.other() AND policies.current_tenant_id() = 'acme') s;
SELECT count(*) FROM generate_series(1, 10), LATERAL (SELECT probe.other()) o, LATERAL policies_api.search_policies('classified');
SQL
is(as_superuser('SELECT count(*) FROM policies.policy_versions v JOIN policies.policies p ON p.id = v.policy_id
	WHERE p.tenant_id <> v.tenant_id OR p.app_id IS DISTINCT FROM v.app_id'), 0, 'each version is of its policy\'s tenant and app');

# What the search is asked: the word of a tenant is U+0001 and its id, which no query can name.
my %queries = (
	'the victim\'s words' => 'classified', 'its name' => 'victim', 'its word' => "\x01victim",
	'its word, quoted' => "\"\x01victim\"", 'its word, as a query has it' => "'\x01victim'",
	'everything but' => '-ordinary', 'everything but nothing' => '-zzzz', 'either' => "ordinary or \x01victim or classified",
	'not another' => "-\x01acme", 'two negations' => '-acme -ordinary',
	'operators' => q(' || 'victim' & !acme | classified:*), 'a prefix' => 'classi:*', 'a weight' => 'classified:ABCD',
	'a backslash' => q(\\'\x01victim\\'), 'a phrase' => '"classified heading"',
);
for my $name (sort keys %queries) {
	for my $caller ([ acme => $acme ], [ globex => $globex ], [ 'an application' => $acme_app ]) {
		attack("a search for $name by $caller->[0]",
			<<"SQL", claims => $caller->[1], never => $caller->[0] eq 'acme' ? undef : 'restricted', output => qr/\A(?:t\n)?0\n0\z/);
SELECT bool_and(name NOT LIKE '%classified%' AND name_snippet || coalesce(snippet, '') NOT LIKE '%classified%')
    FROM policies_api.search_policies(\$q\$$queries{$name}\$q\$, max_results => 1000) HAVING count(*) > 0;
SELECT count(*) FROM policies_api.search_policies(\$q\$$queries{$name}\$q\$, max_results => 1000) s
    WHERE NOT EXISTS (SELECT FROM policies_api.policies p WHERE p.id = s.id);
SELECT count(*) FROM policies.search_policies(\$q\$$queries{$name}\$q\$, NULL, NULL, NULL, NULL, NULL, NULL, 1000) f
    WHERE f.policy_id IN ('$id') OR NOT EXISTS (SELECT FROM policies_api.policies p WHERE p.id = f.policy_id);
SQL
	}
}
attack('filters and pages that name the victim\'s', <<"SQL", claims => $acme, output => "0\n0\n0\n0\n0");
SELECT count(*) FROM policies_api.search_policies('classified', owner_id => 'classified');
SELECT count(*) FROM policies_api.search_policies('classified', tag => 'classified');
SELECT count(*) FROM policies_api.search_policies('classified', category => 'classified', status => 'active');
SELECT count(*) FROM policies_api.search_policies('classified', after_rank => 1000, after_id => '$id');
SELECT count(*) FROM policies_api.search_policies('classified', after_rank => 'NaN', after_id => '');
SQL
attack('a search that fails tells of its arguments only', <<'SQL', claims => $acme, errors => '22004 22023 22023 22023 22023');
SELECT policies_api.search_policies(NULL);
SELECT policies_api.search_policies(' ');
SELECT policies_api.search_policies('x', max_results => 100000);
SELECT policies_api.search_policies('x', after_rank => 1);
SELECT policies_api.search_policies('x', max_results => NULL);
SQL
my $ranks = "SET request.jwt.claims = '$globex'; SET ROLE policies_caller; SELECT id, rank, snippet
	FROM policies_api.search_policies('ordinary or heading', max_results => 1000)";
my ($before) = ask('gateway', $ranks);
as_superuser(q(INSERT INTO policies.policies (tenant_id, name, body) SELECT 'victim', 'classified ordinary heading',
	repeat('ordinary heading ', 100) FROM generate_series(1, 200)));
cmp_ok(length $before, '>', 100, 'a tenant finds its own');
is((ask('gateway', $ranks))[0], $before, 'and ranks and snippets are the same whatever others have');

# Code of callers in front of everything, where the functions work with the rights of policies_admin: what it finds there is
# those who may do more than callers.
ask('gateway', <<'SQL');
SET ROLE policies_caller;
CREATE FUNCTION probe.strike() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    IF pg_catalog.pg_has_role(current_user, 'policies_admin', 'USAGE') THEN RAISE WARNING 'hijacked as %', current_user; END IF;
END $$;
CREATE TABLE probe.planted (what text);
DO $do$
DECLARE
    pair record;
BEGIN
    FOR pair IN
        SELECT t AS l, t AS r, 'boolean' AS result, o
            FROM unnest('{text,timestamptz,jsonb,bigint,integer,real,boolean,interval,oid,tsvector}'::text[]) t,
                unnest('{=,<>,<,<=,>,>=}'::text[]) o
        UNION ALL SELECT * FROM (VALUES ('text', 'text', 'text', '||'), ('tsvector', 'tsvector', 'tsvector', '||'),
            ('tsvector', 'tsquery', 'boolean', '@@'), ('tsquery', 'tsquery', 'tsquery', '&&'),
            ('timestamptz', 'interval', 'timestamptz', '+'), ('timestamptz', 'timestamptz', 'interval', '-'),
                ('jsonb', 'text', 'boolean', '?'), ('jsonb', 'text', 'text', '->>'), ('jsonb', 'text', 'jsonb', '->'),
            ('text', 'text', 'boolean', '~'), ('text', 'text', 'boolean', '~~'), ('jsonb', 'jsonb', 'jsonb', '||')) AS v
    LOOP
        EXECUTE format('CREATE OR REPLACE FUNCTION probe.op_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $f$
            BEGIN PERFORM probe.strike(); RETURN $1 OPERATOR(pg_catalog.%s) $2; END $f$',
            encode(convert_to(pair.o, 'UTF8'), 'hex'), pair.l, pair.r, pair.result, pair.o);
        EXECUTE format('CREATE OPERATOR probe.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = probe.op_%s)', pair.o, pair.l, pair.r,
            encode(convert_to(pair.o, 'UTF8'), 'hex'));
        INSERT INTO probe.planted VALUES (pair.o);
    END LOOP;
    -- Every function that could be called by its name alone, with the same arguments.
    FOR pair IN
        SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments, pg_get_function_result(p.oid) AS result
            FROM pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.provariadic = 0 AND NOT p.proretset
            AND p.prorettype <> 'internal'::regtype
          AND NOT ('internal'::regtype = ANY (p.proargtypes)) AND p.proname IN ('now', 'encode', 'sha256', 'convert_to',
              'replace', 'left', 'to_tsvector', 'setweight', 'array_to_tsvector', 'ts_rank_cd', 'numnode',
          'websearch_to_tsquery', 'ts_headline', 'jsonb_to_tsvector', 'to_jsonb', 'chr', 'repeat', 'octet_length', 'version',
              'lower', 'upper', 'timezone', 'date_part', 'jsonb_typeof', 'pg_notify', 'set_config', 'current_setting', 'isfinite')
    LOOP
        BEGIN
            EXECUTE format('CREATE FUNCTION probe.%I(%s) RETURNS %s LANGUAGE plpgsql AS $f$
                BEGIN PERFORM probe.strike(); RETURN NULL; END $f$', pair.proname, pair.arguments, pair.result);
            INSERT INTO probe.planted VALUES (pair.proname);
        EXCEPTION WHEN OTHERS THEN RAISE NOTICE '%: %', pair.proname, SQLERRM; END;
    END LOOP;
    FOREACH pair.proname IN ARRAY '{new_id,canonical_id,search_language,search_labels,version_sort_key,content_hash}'::text[] LOOP
        EXECUTE format('CREATE FUNCTION probe.%I(text) RETURNS text LANGUAGE plpgsql AS $f$
            BEGIN PERFORM probe.strike(); RETURN NULL; END $f$', pair.proname);
    END LOOP;
END
$do$;
CREATE DOMAIN probe.regclass AS text CHECK (probe.strike() IS NOT NULL OR true);
CREATE DOMAIN probe.jsonb_ AS jsonb CHECK (probe.strike() IS NOT NULL OR true);
CREATE DOMAIN probe.watched AS text CHECK (probe.strike() IS NOT NULL OR true);
CREATE TYPE probe.evil AS (x text);
CREATE FUNCTION probe.to_text(probe.evil) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM probe.strike(); RETURN $1.x; END $$;
CREATE CAST (probe.evil AS text) WITH FUNCTION probe.to_text(probe.evil) AS IMPLICIT;
CREATE TABLE probe.policies (LIKE policies.policies);
CREATE TABLE probe.policy_versions (LIKE policies.policy_versions);
CREATE TABLE probe.policy_search (x int);
SQL
cmp_ok(as_superuser('SELECT count(*) FROM probe.planted'), '>=', 90, 'much is planted');
# That it works: who may do more and calls it is told of.
like((ask('administrator', 'SET search_path = probe, pg_catalog; SELECT \'2026-01-01\'::timestamptz IS DISTINCT
	FROM \'2026-01-02\'::timestamptz, 1 = 1, now()'))[1], qr/hijacked as administrator/, 'planted code does strike');
my $work = <<"SQL";
INSERT INTO policies_api.policies (name, description, body, tags, review_cadence, next_review_at, status)
    VALUES ('planted', 'd', 'ordinary body', '["t"]', '1 year', '2020-01-01', 'draft') RETURNING id \\gset
UPDATE policies_api.policies SET body = body || 'again' WHERE name LIKE 'planted';
SELECT version FROM policies_api.publish_policy(:'id', '1.0');
SELECT policies_api.request_acknowledgements(:'id', ARRAY['per_mal', 'per_x']);
SELECT version FROM policies_api.acknowledge_policy(:'id');
SET request.jwt.claims = '{"tenant_id": "acme", "sub": "per_approver"}';
SELECT policies_api.approve_policy(:'id', policies_api.policy_content_hash(:'id')) \\g /dev/null
SELECT version FROM policies_api.acknowledge_policy(:'id');
SET request.jwt.claims = '$acme';
SELECT version FROM policies_api.publish_policy(:'id', 'major');
SELECT version FROM policies_api.publish_policy(:'id', 'minor', 'n'::probe.watched);
SELECT version FROM policies_api.publish_policy(:'id', ROW('patch')::probe.evil);
SELECT version FROM policies_api.complete_policy(:'id', 'fine', outcome => 'changed');
SELECT pg_catalog.count(*) FROM policies_api.search_policies(ROW('planted')::probe.evil, tag => 't');
SELECT pg_catalog.count(*) FROM policies_api.verify_policy_history(:'id') WHERE is_intact;
SELECT pg_catalog.octet_length(policies_api.diff_policy(:'id', '1.0')) IS NOT NULL;
SELECT policies_api.hand_over_policies('per_x', 'per_y');
DELETE FROM policies_api.policies WHERE name LIKE 'planted';
SQL
my $done = "1.0\n2\n1.0\n1.0\n2.0.0\n2.1.0\n2.1.1\n2.1.1\n1\n4\nt\n0";
attack('code planted in front of the search path', "SET search_path = probe, pg_catalog, policies, policies_api;\n$work",
	claims => $acme, mine => 'acme', output => $done);
attack('the same with a stranger\'s order of schemas', "SET search_path = probe, policies_api, policies, pg_temp, pg_catalog;\n"
	. "$work", claims => $acme, mine => 'acme', output => $done);
attack('code planted in temporary objects', <<"SQL" . $work, claims => $acme, mine => 'acme', output => $done);
CREATE TEMP TABLE policies (LIKE policies.policies);
CREATE TEMP TABLE policy_versions (LIKE policies.policy_versions);
CREATE TEMP TABLE policy_search (LIKE policies.policies);
CREATE TEMP TABLE policy_settings (required_approvals int, review_cadence interval, search_language text);
CREATE TEMP TABLE pg_class (oid oid, relowner oid);
INSERT INTO pg_class SELECT c.oid, 10 FROM pg_catalog.pg_class c;
CREATE TEMP TABLE pg_ts_config (cfgname name);
CREATE TEXT SEARCH CONFIGURATION pg_temp.english (COPY = pg_catalog.simple);
SET search_path = pg_temp, probe, pg_catalog;
SQL
attack('a text search configuration of a caller\'s', <<"SQL", claims => $acme, mine => 'acme', output => qr/\A\d+\n\d+\z/);
CREATE TEXT SEARCH CONFIGURATION probe.english (COPY = pg_catalog.simple);
SET search_path = probe, pg_catalog;
SET default_text_search_config = 'probe.english';
SELECT pg_catalog.count(*) FROM policies_api.search_policies('heading');
RESET search_path;
SELECT count(*) FROM policies_api.search_policies('headings');
SQL
# PostgreSQL 19 has no other string literals.
my $other_literals = as_superuser('SHOW server_version_num') < 190000 ? 'SET standard_conforming_strings = off;' : '';
attack('settings of a caller\'s session', <<"SQL" . $work, claims => $acme, mine => 'acme', output => $done);
SET default_text_search_config = 'pg_catalog.french';
SET transform_null_equals = on;
SET array_nulls = off;
$other_literals
SET backslash_quote = on;
SET timezone = 'Pacific/Apia';
SET datestyle = 'SQL, DMY';
SET intervalstyle = 'sql_standard';
SET extra_float_digits = -15;
SET bytea_output = 'escape';
SET client_encoding = 'UTF8';
SET check_function_bodies = off;
SET row_security = on;
SQL

# Functions with the rights of another.
for my $owner (qw(mallory administrator)) {
	ask($owner, <<"SQL");
CREATE FUNCTION probe.${owner}_publishes(text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS 'SELECT (policies_api.publish_policy(\$1, ''patch'')).tenant_id';
CREATE FUNCTION probe.${owner}_finds(text) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS 'SELECT count(*) FROM policies_api.search_policies(\$1)';
SQL
}
attack('a caller publishes and searches through another\'s function', "SELECT probe.mallory_publishes('$own{acme}');
	SELECT probe.mallory_finds('classified'); SELECT probe.mallory_publishes('$id');",
	claims => $acme, mine => 'acme', output => "acme\n0", errors => 'PT404');
attack('and through an administrator\'s', "SELECT probe.administrator_publishes('$own{acme}');
	SELECT probe.administrator_finds('classified'); SELECT probe.administrator_publishes('$id');",
	claims => $acme, mine => 'acme', output => "acme\n0", errors => 'PT404');
attack("a stranger publishes and searches through the function of $_", "SET request.jwt.claims = '$victim';
	SELECT probe.${_}_publishes('$id'); SELECT probe.${_}_finds('classified');", login => 'stranger',
	output => qr/\A0?\z/, errors => qr/\A(?:PT404|42501)(?: 42501)?\z/) for qw(mallory administrator);

# Operators in front of the search path of those who may do everything: nothing of the register runs them.
as_superuser(<<'SQL');
CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
DO $do$
DECLARE
    pair record;
BEGIN
    FOR pair IN SELECT * FROM (VALUES ('text', 'text', 'boolean', '='), ('text', 'text', 'boolean', '<>'),
        ('text', 'text', 'text', '||'), ('timestamptz', 'timestamptz', 'boolean', '='),
        ('timestamptz', 'timestamptz', 'boolean', '<>'), ('timestamptz', 'timestamptz', 'boolean', '<'),
            ('timestamptz', 'interval', 'timestamptz', '+'), ('timestamptz', 'timestamptz', 'interval', '-'),
        ('boolean', 'boolean', 'boolean', '='), ('jsonb', 'jsonb', 'boolean', '='), ('integer', 'integer', 'boolean', '='),
            ('tsvector', 'tsquery', 'boolean', '@@'), ('tsvector', 'tsvector', 'tsvector', '||')) AS v (l, r, result, o)
    LOOP
        EXECUTE format('CREATE OR REPLACE FUNCTION evil.op_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $f$
            BEGIN RAISE WARNING ''hijacked''; RETURN $1 OPERATOR(pg_catalog.%s) $2; END $f$',
            encode(convert_to(pair.o, 'UTF8'), 'hex'), pair.l, pair.r, pair.result, pair.o);
        EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.op_%s)', pair.o, pair.l, pair.r,
            encode(convert_to(pair.o, 'UTF8'), 'hex'));
    END LOOP;
END
$do$;
SQL
like((ask('gateway', "SET search_path = evil, pg_catalog; SELECT now() <> now(), 'a'::text = 'b', 'a'::text || 'b'"))[1],
	qr/(?:hijacked.*){3}/s, 'what is in front does run');
for my $login ('gateway', as_superuser('SELECT current_user')) {
	my ($found, $error) = ask($login, "SET search_path = evil, pg_catalog, policies, policies_api;\n"
		. ($login eq 'gateway' ? 'SET ROLE policies_caller;' : '') . "SET request.jwt.claims = '$acme';\n"
			. $work =~ s/'planted'/'planted too'/r =~ s/LIKE 'planted'/LIKE 'planted too'/gr
				=~ s/body \|\| /body OPERATOR(pg_catalog.||) /r =~ s/^.*probe\.(?:watched|evil).*\n//gmr);
	is_deeply([ $found, $error ], [ "1.0\n2\n1.0\n1.0\n2.0.0\n2.0.0\n2\nt\n0", '' ],
		"nothing of that runs while $login publishes, approves, acknowledges, completes and searches");
}
is_deeply([ reverse ask(as_superuser('SELECT current_user'),
	<<"SQL") ], [ '', "1\n\n1\n\n\n1\nt\nt" ], 'nor while an administrator does it by the functions behind them');
SET search_path = evil, pg_catalog, policies, policies_api; SET request.jwt.claims = '$acme'; SET ROLE policies_admin;
SELECT policies.approve_policy('$own{acme}', policies_api.policy_content_hash('$own{acme}'), NULL);
SELECT policies.publish_policy('$own{acme}', 'major', NULL);
SELECT policies.request_acknowledgements('$own{acme}', '{per_z}', NULL);
SELECT policies.acknowledge_policy('$own{acme}', NULL);
SELECT policies.complete_policy('$own{acme}', NULL, NULL, 'confirmed');
SELECT pg_catalog.count(*) FROM policies.search_policies('planted or marker', NULL, NULL, NULL, NULL, NULL, NULL, 1);
SELECT policies.rebuild_search('acme') OPERATOR(pg_catalog.>) 0;
SELECT policies.notify_reviews_due('1 day') OPERATOR(pg_catalog.>=) 0;
SQL

# Whose records are another's than policies_admin's: nothing is written, and nothing read, with the rights of that role.
my ($held) = ask('gateway', <<"SQL");
SET ROLE policies_caller; SET request.jwt.claims = '$acme';
INSERT INTO policies_api.policies (name, body, next_review_at) VALUES ('held', 'ordinary', '2020-01-01') RETURNING id;
SQL
as_caller($node, 'postgres', $acme, "SELECT policies_api.publish_policy('$held', '1.0')");
my %held = (
	policy_versions => [ "policies_api.publish_policy('$held', 'major')",
		"policies_api.request_acknowledgements('$held', '{per_z}')", "policies_api.acknowledge_policy('$held')" ],
	policy_settings => [ "policies_api.publish_policy('$held', 'major')", "policies_api.complete_policy('$held')" ],
	policy_drafts => [ "policies_api.publish_policy('$held', 'major')" ],
	policy_approvals => [ "policies_api.approve_policy('$held', policies_api.policy_content_hash('$held'))" ],
	policy_acknowledgements => [ "policies_api.publish_policy('$held', 'major')",
		"policies_api.request_acknowledgements('$held', '{per_z}')", "policies_api.acknowledge_policy('$held')" ],
	policy_reviews => [ "policies_api.complete_policy('$held', NULL, '2999-01-01')" ],
	policy_search => [ 'count(*) FROM policies_api.search_policies(\'ordinary\')' ],
);
my %held_edits = (
	policy_drafts => q(UPDATE policies_api.policies SET body = 'x' WHERE name = 'held';),
	policy_search => q(UPDATE policies_api.policies SET body = 'x' WHERE name = 'held';),
	policy_acknowledgements => q(DELETE FROM policies_api.policies WHERE name = 'held';),
	sla_coverage => q(INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes)
		VALUES ('held sla', 'low', '["held"]', 5);),
);
for my $table (sort keys %{ { %held, %held_edits } }) {
	as_superuser("ALTER TABLE policies.$table OWNER TO postgres");
	my $sql = join "\n", (map { "SELECT $_;" } @{ $held{$table} // [] }), $held_edits{$table} // ();
	my $count = () = $sql =~ /;$/mg;
	attack("policies.$table that belongs to postgres", $sql, claims => $acme, errors => join(' ', ('42501') x $count));
	my (undef, $error) = ask('gateway', "SET ROLE policies_caller; SET request.jwt.claims = '$acme';\n$sql");
	my $hints = () = $error =~ /HINT:  ALTER TABLE policies\.$table OWNER TO policies_admin$/mg;
	is($hints, $count, 'which says what to do');
	as_superuser("ALTER TABLE policies.$table OWNER TO policies_admin");
}
# Nor does the code of an owner run with the rights of policies_admin, who let it write.
for my $table (qw(policy_approvals policy_acknowledgements policy_drafts policy_search)) {
	as_superuser(<<"SQL");
CREATE OR REPLACE FUNCTION probe.steal() RETURNS trigger
    LANGUAGE plpgsql AS 'BEGIN RAISE WARNING ''hijacked as %'', current_user; RETURN NEW; END';
CREATE TRIGGER a_theft BEFORE INSERT OR UPDATE ON policies.$table FOR EACH ROW EXECUTE FUNCTION probe.steal();
ALTER TABLE policies.$table OWNER TO mallory;
GRANT ALL ON policies.$table TO policies_admin;
SQL
	my $sql = join "\n", (map { "SELECT $_;" } @{ $held{$table} // [] }), $held_edits{$table} // ();
	my $count = () = $sql =~ /;$/mg;
	attack("policies.$table that belongs to a caller who has a trigger on it", $sql, claims => $acme,
		errors => join(' ', ('42501') x $count));
	as_superuser("DROP TRIGGER a_theft ON policies.$table; ALTER TABLE policies.$table OWNER TO policies_admin");
}
attack('and once they are its own again', "SELECT version FROM policies_api.publish_policy('$held', 'major');\n"
	. "SELECT version FROM policies_api.complete_policy('$held', NULL, '2999-01-01');\n"
		. "SELECT outcome FROM policies_api.policy_reviews WHERE policy_id = '$held';\n$held_edits{sla_coverage}",
	claims => $acme, mine => 'acme', output => "2.0.0\n2.0.0\nconfirmed");

# An edit by nobody where approvals are required: whoever it was could approve it.
as_superuser(q(UPDATE policies.policy_settings SET required_approvals = 1 WHERE tenant_id = 'acme'));
attack('an edit by nobody where approvals are required', <<"SQL", claims => '{"tenant_id": "acme"}', errors => '42501 42501');
UPDATE policies_api.policies SET body = 'x' WHERE name = 'held';
INSERT INTO policies_api.policies (name) VALUES ('of nobody');
SQL
attack('edits, approvals and edits back', <<"SQL", claims => $acme, mine => 'acme', output => "1", errors => 'PT409 42501 PT409');
UPDATE policies_api.policies SET body = 'first' WHERE name = 'held';
SET request.jwt.claims = '{"tenant_id": "acme", "sub": "per_second"}';
SELECT policies_api.approve_policy('$held', policies_api.policy_content_hash('$held'));
SET request.jwt.claims = '$acme';
UPDATE policies_api.policies SET body = 'second' WHERE name = 'held';
UPDATE policies_api.policies SET body = 'first' WHERE name = 'held';
SELECT policies_api.publish_policy('$held', 'major');
SELECT policies_api.approve_policy('$held', policies_api.policy_content_hash('$held'));
SELECT policies_api.publish_policy('$held', 'major');
SQL
as_superuser(q(UPDATE policies.policy_settings SET required_approvals = 0 WHERE tenant_id = 'acme'));

# Notifications go to whoever listens: they tell that a review is due and when, and nothing of whose; SECURITY.md says so.
as_superuser('CREATE ROLE outsider LOGIN');
for my $login (qw(outsider stranger mallory)) {
	my $listener = PoliciesTest::open_session($node->connstr('postgres') . " user=$login");
	PoliciesTest::ask($listener, 'LISTEN policies_review_due;');
	as_superuser(q(UPDATE policies.policies SET next_review_at = next_review_at - interval '1 day' WHERE name = 'classified 3';
		SELECT policies.notify_reviews_due()));
	my @heard = PoliciesTest::ask($listener, 'SELECT 1;') =~ /with payload "(.*)" received/g;
	is(scalar @heard, 1, "$login hears that a review is due");
	like($heard[0], qr/\A\{"due_at": "20\d\d-\d\d-\d\d[^"]{6,30}", "notice_id": "ntc_\w{26}"\}\z/,
		'and when, and not of which policy or tenant');
	my ($notice) = $heard[0] =~ /(ntc_\w+)/;
	my $told = PoliciesTest::ask($listener, "SET request.jwt.claims = '$victim'; SELECT * FROM policies.review_notices
		WHERE id = '$notice';");
	unlike($told, qr/victim|classified|pol_/, 'which the notice\'s id does not tell either');
	PoliciesTest::close_session($listener);
}
attack('a stranger that listens', "LISTEN policies_review_due; SELECT 1;", login => 'stranger', output => '1');
like(slurp_file("$ENV{SCRATCH}/SECURITY.md"), qr/LISTEN/, 'SECURITY.md tells who hears notifications');

is(document_violations($node, 'postgres'), '', 'and every document is as it should be');
done_testing();
