# policies.audit() knows the whole surface: of weaknesses planted one after the other, most of them made of the catalog, each
# gives a row that names its object. A plant that gives none has its reason here.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server create_register fill_register open_session ask close_session);

my $node = new_server('planted', 'allow_system_table_mods = on', "session_preload_libraries = 'plpgsql, policies'");
create_register($node, 'postgres');
fill_register($node, 'postgres');
# Protected tables belong to a role that nobody logs in as.
$node->safe_psql('postgres', <<'SQL');
GRANT USAGE, CREATE ON SCHEMA helpdesk TO policies_admin;
ALTER TABLE helpdesk.tickets OWNER TO policies_admin;
ALTER TABLE helpdesk.notes OWNER TO policies_admin;
ALTER TABLE helpdesk.notes_acme OWNER TO policies_admin;
ALTER TABLE helpdesk.notes_other OWNER TO policies_admin;
SQL
is($node->safe_psql('postgres', 'SELECT name, detail FROM policies.audit()'), '', 'nothing is found where nothing was planted');

# What the library has is what a new register is.
my $scratch = $ENV{SCRATCH};
SKIP: {
	skip 'the surface is made by PostgreSQL 15', 1 unless $node->pg_version =~ /^15/;
	my ($fresh) = run_command([ 'psql', '-X', '-d', $node->connstr('postgres'), '-f', "$scratch/tools/openapi/surface.sql" ]);
	ok("$fresh\n" eq slurp_file("$scratch/src/functions/audit/surface.json"),
		'src/functions/audit/surface.json is up to date: make surface');
}

# A batch of statements is run and undone. Each must give a row whose text has all words, separated by "|", that stand with it.
$node->safe_psql('postgres', <<'SQL');
CREATE SCHEMA planted;
CREATE FUNCTION planted.plant(statements text[], words text[]) RETURNS TABLE (statement text, problem text)
LANGUAGE plpgsql AS $$
DECLARE
    found text[];
    failed text;
    planted text;
BEGIN
    BEGIN
        FOREACH planted IN ARRAY statements LOOP
            failed := planted;
            EXECUTE planted;
        END LOOP;
        failed := NULL;
        SELECT array_agg(concat_ws(' ', a.name, a.detail, a.metadata::text)) INTO found FROM policies.audit() a;
        RAISE SQLSTATE 'UNDO1';
    EXCEPTION
        WHEN SQLSTATE 'UNDO1' THEN
        WHEN OTHERS THEN
            RETURN QUERY SELECT coalesce(failed, 'audit()'), SQLERRM;
            RETURN;
    END;
    RETURN QUERY SELECT p.statement, 'not found'
    FROM unnest(statements, words) AS p (statement, words)
    WHERE NOT EXISTS (
        SELECT FROM unnest(found) AS f (line)
        WHERE (SELECT bool_and(strpos(f.line, w.word) > 0) FROM unnest(string_to_array(p.words, '|')) AS w (word))
    );
END
$$;
CREATE FUNCTION planted.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE ROLE person LOGIN;
CREATE ROLE team;
GRANT team TO person;
CREATE VIEW planted.relation AS
    SELECT c.oid, c.relname, c.relkind, c.oid::regclass::text AS name, n.nspname = 'helpdesk' AS is_users, c.relowner,
        c.relispartition
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('policies', 'policies_api', 'helpdesk') AND c.relkind IN ('r', 'p', 'v');
CREATE VIEW planted.function AS
    SELECT p.*, p.oid::regprocedure::text AS name, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind
    FROM pg_proc p WHERE p.pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace);
SQL

my ($planted, $found) = (0, 0);

# All in one session: it has the plans and the catalog at hand.
my $session = open_session($node->connstr('postgres'));
ask($session, 'SET client_min_messages = error;');

# Plants what a query makes, as rows of a statement and its words.
sub plant_all {
	my ($what, $query) = @_;
	my ($count, @missed) = split /\n/, ask($session, <<"SQL");
SELECT count(*) FROM ($query) AS p (statement, words);
SELECT r.problem || ': ' || r.statement
FROM (SELECT array_agg(statement) AS statements, array_agg(words) AS words FROM ($query) AS p (statement, words)) p,
	LATERAL planted.plant(p.statements, p.words) r;
SQL
	$count = 0 if $count !~ /^\d+$/;
	$planted += $count;
	$found += $count - @missed;
	ok($count > 0 && !@missed, "$what: $count") or diag(join "\n", @missed > 20 ? @missed[ 0 .. 19 ] : @missed);
	return;
}

# Plants statements together, each with its words.
sub plant_together {
	my ($what, @plants) = @_;
	plant_all($what, 'VALUES ' . join ', ', map { "(\$plant\$$_->[0]\$plant\$, \$words\$$_->[1]\$words\$)" } @plants);
	return;
}

# Plants a statement of its own.
sub plant {
	my ($statement, $words) = @_;
	plant_together($statement =~ s/\s+/ /gr, [ $statement, $words ]);
	return;
}

# A statement that does no harm: it gives no row, for a reason.
sub harmless {
	my ($statement, $reason) = @_;
	is(ask($session, "SELECT r.problem FROM planted.plant(ARRAY[\$plant\$$statement\$plant\$], ARRAY['']) r;"), 'not found',
		"harmless: $statement: $reason");
	return;
}

# Triggers
plant_all('each trigger is disabled', q(
	SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', r.name, t.tgname), format('%I|%s', t.tgname, r.name)
	FROM planted.relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal WHERE r.relkind <> 'v'));
plant_all('each trigger fires in another role of replication', q(
	SELECT format('ALTER TABLE %s ENABLE %s TRIGGER %I', r.name, CASE t.tgenabled WHEN 'A' THEN '' ELSE 'REPLICA' END, t.tgname),
		format('%I|%s', t.tgname, r.name)
	FROM planted.relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal WHERE r.relkind <> 'v'));
plant_all('each trigger is dropped', q(
	SELECT format('DROP TRIGGER %I ON %s', t.tgname, r.name), r.name
	FROM planted.relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal AND t.tgparentid = 0
	WHERE r.name !~ 'tickets|notes' OR t.tgname = 'policies_stamp'));
plant_all('each trigger gets a condition', q(
	SELECT format('DROP TRIGGER %I ON %s; %s', t.tgname, r.name,
			regexp_replace(pg_get_triggerdef(t.oid), 'FOR EACH (ROW|STATEMENT)', '\& WHEN (1 < 0)')), format('%I|%s', t.tgname, r.name)
	FROM planted.relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal AND t.tgparentid = 0
	WHERE t.tgqual IS NULL AND r.relkind <> 'v'));
plant_all('each table has a trigger of others', q(
	SELECT format('CREATE TRIGGER aa BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION planted.touch()', r.name), 'aa|' || r.name
	FROM planted.relation r WHERE r.relkind <> 'v' AND NOT r.relispartition));
plant_all('and one behind the stamps', q(
	SELECT format('CREATE TRIGGER zz AFTER UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION planted.touch()', r.name), 'zz|' || r.name
	FROM planted.relation r WHERE r.relkind <> 'v' AND NOT r.relispartition));
plant_all('each view has a trigger of others', q(
	SELECT format('CREATE TRIGGER aa INSTEAD OF INSERT ON %s FOR EACH ROW EXECUTE FUNCTION planted.touch()', r.name), 'aa|' || r.name
	FROM planted.relation r WHERE r.relkind = 'v'));
plant_all('the triggers of each foreign key are disabled', q(
	SELECT format('ALTER TABLE %s DISABLE TRIGGER ALL', r.name), k.conname || '|' || r.name
	FROM planted.relation r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype = 'f'));
plant(q(DROP TRIGGER policies_stamp ON policies.policies; CREATE TRIGGER policies_stamp BEFORE
	INSERT OR UPDATE ON policies.policies
	FOR EACH ROW EXECUTE FUNCTION policies.stamp_write('pxx', '1')), 'policies_stamp|policies.policies|arguments');
harmless('CREATE OR REPLACE TRIGGER policies_stamp BEFORE INSERT OR UPDATE ON helpdesk.tickets FOR EACH ROW
	EXECUTE FUNCTION policies.stamp_write($$xyz$$, $$1$$)',
	'which prefix a table of somebody\'s has is somebody\'s choice, by stamp_writes()');

# Row security
plant_all('each policy is dropped', q(
	SELECT format('DROP POLICY %I ON %s', p.polname, r.name), format('%I|%s', p.polname, r.name)
	FROM planted.relation r JOIN pg_policy p ON p.polrelid = r.oid
	-- Without any of them, a table is not protected, and not audited.
	WHERE NOT r.is_users OR p.polname <> 'policies_auditor_read'));
plant_all('each policy has another condition', q(
	SELECT format('ALTER POLICY %I ON %s USING (%s)', p.polname, r.name, CASE p.polqual::text WHEN NULL THEN 'true'
		ELSE '1 < 2' END),
		format('%I|%s', p.polname, r.name)
	FROM planted.relation r JOIN pg_policy p ON p.polrelid = r.oid));
plant_all('each policy is for another role', q(
	SELECT format('ALTER POLICY %I ON %s TO team', p.polname, r.name), format('%I|%s', p.polname, r.name)
	FROM planted.relation r JOIN pg_policy p ON p.polrelid = r.oid));
plant_all('each policy is for everybody', q(
	SELECT format('ALTER POLICY %I ON %s TO PUBLIC', p.polname, r.name), format('%I|%s', p.polname, r.name)
	FROM planted.relation r JOIN pg_policy p ON p.polrelid = r.oid));
plant_all('each table has a further policy', q(
	SELECT format('CREATE POLICY wide ON %s FOR SELECT TO policies_caller USING (true)', r.name), 'wide|' || r.name
	FROM planted.relation r WHERE r.relkind <> 'v' AND NOT r.relispartition));
plant_all('row security is off', q(
	SELECT format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', r.name), r.name
	FROM planted.relation r JOIN pg_class c ON c.oid = r.oid AND c.relrowsecurity));
plant_all('row security is not forced', q(
	SELECT format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', r.name), r.name
	FROM planted.relation r JOIN pg_class c ON c.oid = r.oid AND c.relforcerowsecurity));

# Privileges
for my $privilege (qw(SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER)) {
	plant_all("everybody has $privilege on each relation", qq(
		SELECT format('GRANT $privilege ON %s TO PUBLIC', r.name), 'PUBLIC|' || r.name FROM planted.relation r));
	plant_all("callers have $privilege on each relation", qq(
		SELECT format('GRANT $privilege ON %s TO policies_caller', r.name), r.name FROM planted.relation r
		WHERE NOT has_table_privilege('policies_caller', r.oid, '$privilege')));
}
plant_all('callers may grant on', q(
	SELECT format('GRANT SELECT ON %s TO policies_caller WITH GRANT OPTION', r.name), 'policies_caller|' || r.name
		FROM planted.relation r
	WHERE NOT r.relispartition
		AND r.name NOT IN ('policies_api.tickets', 'policies_api.deleted_tickets', 'policies_api.notes',
		'policies_api.deleted_notes')));
plant_all('each column of the register is granted to everybody', q(
	SELECT format('GRANT SELECT (%I) ON %s TO PUBLIC', a.attname, r.name), 'PUBLIC|' || r.name
	FROM planted.relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE r.name ~ '^policies(_api)?\\.' AND r.name !~ 'tickets|notes'));
plant_all('each privilege of the register is revoked', q(
	SELECT DISTINCT format('REVOKE ALL ON %s FROM %I', r.name, g.grantee::regrole), format('%s|%s', r.name, g.grantee::regrole)
	FROM planted.relation r JOIN pg_class c ON c.oid = r.oid CROSS JOIN aclexplode(c.relacl) g
	WHERE g.grantee <> c.relowner AND r.name !~ 'tickets|notes'));
plant_all('an owner lacks its own privileges', q(
	SELECT format('REVOKE INSERT ON %s FROM policies_admin', r.name), r.name FROM planted.relation r
	WHERE r.relkind <> 'v' AND NOT r.is_users));

# Owners
plant_all('each relation belongs to a login', q(
	SELECT format('ALTER TABLE %s OWNER TO person', r.name), r.name FROM planted.relation r));
plant_all('each relation belongs to a group with a login', q(
	SELECT format('ALTER TABLE %s OWNER TO team', r.name), r.name FROM planted.relation r));
plant_all('each function belongs to a login', q(
	SELECT format('ALTER %s %s OWNER TO person', f.kind, f.name), f.proname FROM planted.function f));
plant('ALTER SCHEMA policies OWNER TO person', 'policies|person');
plant('ALTER SCHEMA policies_api OWNER TO person', 'policies_api|person');
plant('ALTER DOMAIN policies_api."text/html" OWNER TO person', 'text/html|person');

# Functions
plant_all('each function runs under other settings', q(
	SELECT format('ALTER %s %s SET request.jwt.claims = $${}$$', f.kind, f.name), f.proname || '|settings' FROM planted.function f
	WHERE f.proname <> 'create_register'));
plant_all('each function is of another volatility', q(
	SELECT format('ALTER FUNCTION %s %s', f.name, CASE f.provolatile WHEN 'i' THEN 'VOLATILE'
		ELSE 'IMMUTABLE' END), f.proname || '|volatility'
	FROM planted.function f WHERE f.prokind = 'f'));
plant_all('each function runs with the rights of its owner', q(
	SELECT format('ALTER %s %s SECURITY DEFINER', f.kind, f.name), f.proname FROM planted.function f));
plant_all('each function is leakproof', q(
	SELECT format('ALTER FUNCTION %s LEAKPROOF', f.name), f.proname || '|leakproof' FROM planted.function f WHERE f.prokind = 'f'
		AND NOT f.proleakproof));
plant_all('each function runs in parallel', q(
	SELECT format('ALTER FUNCTION %s PARALLEL %s', f.name, CASE f.proparallel WHEN 'r' THEN 'SAFE'
		ELSE 'RESTRICTED' END), f.proname || '|parallel'
	FROM planted.function f WHERE f.prokind = 'f'));
plant_all('each function takes NULL otherwise', q(
	SELECT format('ALTER FUNCTION %s %s', f.name, CASE WHEN f.proisstrict THEN 'CALLED ON NULL INPUT'
		ELSE 'STRICT' END), f.proname || '|strict'
	FROM planted.function f WHERE f.prokind = 'f'));
plant_all('each function has another body', q(
	SELECT format('UPDATE pg_proc SET prosrc = prosrc || $$ $$, prosqlbody = NULL WHERE oid = %s', f.oid), f.proname
		FROM planted.function f
	-- audit() itself would fail.
	WHERE f.prosqlbody IS NOT NULL OR f.prosrc !~ '^policies_(audit|register_version|latest|list_base)'));
plant_all('each function of C is in another library', q(
	SELECT format('UPDATE pg_proc SET probin = $$/tmp/policies$$ WHERE oid = %s', f.oid), f.proname || '|library'
		FROM planted.function f
	WHERE f.probin IS NOT NULL AND f.proname !~ 'audit|register_version|list_base_columns'));
plant_all('everybody may execute each function', q(
	SELECT format('GRANT EXECUTE ON %s %s TO PUBLIC', f.kind, f.name), f.proname FROM planted.function f));
plant_all('callers may execute what they may not', q(
	SELECT format('GRANT EXECUTE ON %s %s TO policies_caller', f.kind, f.name), f.proname || '|policies_caller'
		FROM planted.function f
	WHERE NOT has_function_privilege('policies_caller', f.oid, 'EXECUTE')));
plant_all('each EXECUTE is revoked', q(
	SELECT DISTINCT format('REVOKE EXECUTE ON %s %s
		FROM %I', f.kind, f.name, g.grantee::regrole), format('%s|%s', f.proname, g.grantee::regrole)
	FROM planted.function f CROSS JOIN aclexplode(f.proacl) g WHERE g.grantee <> f.proowner));
plant_all('each function is no member of the extension', q(
	SELECT format('ALTER EXTENSION policies DROP FUNCTION %s', f.name), f.proname || '|extension'
	FROM planted.function f JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e'));
plant_all('each default of an argument is another', q(
	SELECT format('UPDATE pg_proc SET proargdefaults = (SELECT proargdefaults FROM pg_proc WHERE proname = $$ts_debug$$ LIMIT 0)
		WHERE oid = %s', f.oid), f.proname
	FROM planted.function f WHERE f.pronargdefaults > 0 AND false
	UNION ALL SELECT 'CREATE OR REPLACE FUNCTION policies_api.review_due(within interval DEFAULT NULL,
		as_of timestamptz DEFAULT NULL) RETURNS SETOF policies_api.policies LANGUAGE sql AS $$SELECT *
		FROM policies_api.policies$$', 'review_due'
	WHERE to_regprocedure('policies_api.review_due(interval, timestamptz)') IS NULL
	UNION ALL SELECT 'ALTER FUNCTION policies.in_app_scope(text) COST 1', 'in_app_scope|cost'));

# Views
plant_all('each view reads with the rights of its owner', q(
	SELECT format('ALTER VIEW %s SET (security_invoker = false)', r.name), r.name FROM planted.relation r WHERE r.relkind = 'v'));
plant_all('each view has another option', q(
	SELECT format('ALTER VIEW %s SET (security_barrier)', r.name), r.name || '|options' FROM planted.relation r
		WHERE r.relkind = 'v'));
plant_all('each view shows other rows', q(
	SELECT format('CREATE OR REPLACE VIEW %s WITH (security_invoker = true) AS %s
		LIMIT 100', r.name, rtrim(pg_get_viewdef(r.oid), ';')), r.name
	FROM planted.relation r WHERE r.relkind = 'v'));
plant_all('each view is of a rule', q(
	SELECT format('CREATE RULE aside AS ON DELETE TO %s DO ALSO NOTHING', r.name), 'aside|' || r.name FROM planted.relation r));

# Tables
plant_all('each table of the register has a further column', q(
	SELECT format('ALTER TABLE %s ADD COLUMN planted text DEFAULT random()', r.name), r.name || '.planted'
	FROM planted.relation r WHERE r.relkind = 'r' AND NOT r.is_users));
plant_all('each default is another', q(
	SELECT format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT NULL', r.name, a.attname), format('%s.%I', r.name, a.attname)
	FROM planted.relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.atthasdef WHERE r.relkind = 'r' AND NOT r.is_users));
plant_all('each required column is not required', q(
	SELECT format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', r.name, a.attname), a.attname || '|' || r.name
	FROM planted.relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnotnull AND a.attnum > 0
	WHERE r.relkind = 'r' AND NOT r.is_users
		AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = r.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))));
plant_all('each column has another type', q(
	SELECT format('UPDATE pg_attribute SET atttypmod = 14 WHERE attrelid = %s AND attname = %L', r.oid, a.attname),
		a.attname || '|' || r.name
	FROM planted.relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.atttypid = 'timestamptz'::regtype
	WHERE r.relkind = 'r' AND NOT r.is_users));
plant_all('each CHECK is dropped', q(
	SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', r.name, k.conname), format('%I on %s', k.conname, r.name)
	FROM planted.relation r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype = 'c' WHERE NOT r.is_users));
plant_all('each foreign key is dropped', q(
	SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', r.name, k.conname), format('%I on %s', k.conname, r.name)
	FROM planted.relation r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype = 'f' WHERE NOT r.is_users));
plant_all('each key is dropped', q(
	SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', r.name, k.conname), r.name
	FROM planted.relation r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('p', 'u') WHERE NOT r.relispartition));
plant_all('each constraint is not valid', q(
	SELECT format('UPDATE pg_constraint SET convalidated = false WHERE oid = %s', k.oid), k.conname || '|' || r.name
	FROM planted.relation r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('c', 'f') WHERE NOT r.relispartition));
plant_all('each index is dropped', q(
	SELECT format('DROP INDEX policies.%I', x.relname), x.relname
	FROM planted.relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid
	WHERE NOT r.is_users AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid)));
plant_all('each index is not valid', q(
	SELECT format('UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s', x.oid), x.relname
	FROM planted.relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid
	WHERE NOT r.is_users AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid)));
plant_all('each table has a further unique index', q(
	SELECT format('CREATE UNIQUE INDEX planted_%s ON %s ((1)) WHERE false', r.relname, r.name), 'planted_' || r.relname
	FROM planted.relation r WHERE r.relkind = 'r' AND NOT r.is_users));
plant_all('each table has a child', q(
	SELECT format('CREATE TABLE planted.child_%s () INHERITS (%s)', r.relname, r.name), 'child_' || r.relname
	FROM planted.relation r WHERE r.relkind = 'r' AND NOT r.relispartition));
plant_all('each table is in a publication', q(
	SELECT format('CREATE PUBLICATION planted_%s FOR TABLE %s', r.relname, r.name), 'planted_' || r.relname
	FROM planted.relation r WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition));
plant_all('a view reads each table with the rights of its owner', q(
	SELECT format('CREATE VIEW planted.view_of_%s AS SELECT * FROM %s', r.relname, r.name), 'view_of_' || r.relname
	FROM planted.relation r WHERE r.relkind <> 'v'));
plant_all('a materialized view holds rows of each table', q(
	SELECT format('CREATE MATERIALIZED VIEW planted.rows_of_%s AS SELECT *
		FROM %s WITH NO DATA', r.relname, r.name), 'rows_of_' || r.relname
	FROM planted.relation r WHERE r.relkind <> 'v'));
plant_all('each table is referred to by one that is not protected', q(
	SELECT format('CREATE TABLE planted.to_%s (a text, b text, FOREIGN KEY (a, b) REFERENCES %s (tenant_id, id))', r.relname,
		r.name), 'to_' || r.relname
	FROM planted.relation r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype = 'p'
		AND pg_get_constraintdef(k.oid) = 'PRIMARY KEY (tenant_id, id)'
	WHERE NOT r.relispartition));

# The tables of somebody's
my $tickets = 'helpdesk.tickets';
# From PostgreSQL 17 on, no table with an identity column can be attached.
plant("ALTER TABLE $tickets ALTER number DROP IDENTITY IF EXISTS;
	CREATE TABLE planted.above (LIKE $tickets) PARTITION BY LIST (tenant_id);
	ALTER TABLE planted.above ATTACH PARTITION $tickets DEFAULT", "$tickets|planted.above");
plant("CREATE TABLE planted.above (LIKE $tickets); ALTER TABLE $tickets INHERIT planted.above", "$tickets|planted.above");
plant("ALTER TABLE helpdesk.notes_acme OWNER TO person", 'helpdesk.notes_acme|person');
plant('GRANT UPDATE ON helpdesk.tickets TO policies_caller', "table_update_granted|$tickets|policies_caller");
plant('ALTER TABLE helpdesk.tickets ADD COLUMN running serial', "sequence_not_granted|$tickets|running");
plant('GRANT TRIGGER ON policies_api.tickets TO policies_caller', 'policies_api.tickets|TRIGGER');
plant('ALTER TABLE helpdesk.tickets_history OWNER TO team', 'helpdesk.tickets_history|team');
plant('ALTER TABLE helpdesk.tickets_history DROP CONSTRAINT tickets_history_pkey', 'helpdesk.tickets_history');
plant(q(CREATE FUNCTION planted.yes(text) RETURNS bool LANGUAGE sql AS 'SELECT true';
	CREATE DOMAIN planted.word AS text CHECK (planted.yes(VALUE));
	ALTER TABLE helpdesk.tickets ADD COLUMN word planted.word), "helpdesk.tickets_history|word|text");
harmless(q(CREATE FUNCTION planted.yes(text) RETURNS bool LANGUAGE sql AS 'SELECT true';
	CREATE DOMAIN planted.word AS text CHECK (planted.yes(VALUE));
	ALTER TABLE helpdesk.tickets ADD COLUMN word planted.word; SELECT policies.keep_history('helpdesk.tickets')),
	'a history declares the type under a domain, and audit() asks for that one');
harmless('ALTER TABLE helpdesk.tickets
	ALTER COLUMN source SET DEFAULT $$mine$$', 'protect_table() keeps the defaults that a table has');
harmless('DROP VIEW policies_api.deleted_tickets', 'without the view, nothing is reached that was not reached before');
harmless('CREATE POLICY narrow ON helpdesk.tickets AS RESTRICTIVE
	USING (source <> $$secret$$)', 'a restrictive policy only narrows');
harmless('CREATE INDEX ON helpdesk.tickets (tenant_id, subject)',
	'an index that begins with the tenant tells nothing and serves callers');
harmless('ALTER TABLE policies.policies SET (autovacuum_vacuum_scale_factor = 0.01)',
	'how a table is vacuumed is the operator\'s choice');

# Added to the schemas
plant_together('objects of all kinds are added',
	[ 'CREATE TABLE policies.planted (a text)', 'policies.planted' ],
	[ 'CREATE VIEW policies_api.planted AS SELECT 1 AS a', 'policies_api.planted' ],
	[ 'CREATE SEQUENCE policies.planted_numbers', 'policies.planted_numbers' ],
	[ 'CREATE TYPE policies.planted_row AS (a text)', 'policies.planted_row' ],
	[ 'CREATE DOMAIN policies.planted_domain AS text', 'policies.planted_domain' ],
	[ 'CREATE FUNCTION policies.protect_table(table_name text, id_prefix text) RETURNS void
		LANGUAGE sql AS $$SELECT$$', 'policies.protect_table(text, text)' ],
	[ 'CREATE FUNCTION policies.in_app_scope(varchar) RETURNS bool
		LANGUAGE sql AS $$SELECT true$$', 'policies.in_app_scope(character varying)' ],
	[ 'CREATE PROCEDURE policies_api.planted() LANGUAGE sql AS $$SELECT$$', 'policies_api.planted()' ],
	[ 'CREATE AGGREGATE policies.planted(int) (SFUNC = int4pl, STYPE = int)', 'policies.planted' ],
	[ 'CREATE OPERATOR policies.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)', 'policies.=' ],
	[ 'CREATE CAST (policies.policies AS text) WITH INOUT', 'policies.policies AS' ],
	[ 'CREATE COLLATION policies.planted FROM "C"', 'policies.planted' ],
	[ 'CREATE STATISTICS policies.planted ON name, status FROM policies.policies', 'policies.planted' ],
	[ 'CREATE TEXT SEARCH CONFIGURATION policies.planted (COPY = simple)', 'policies.planted' ],
);
plant($_->[0], $_->[1]) for (
	[ 'ALTER DEFAULT PRIVILEGES IN SCHEMA policies_api GRANT EXECUTE ON FUNCTIONS TO team', 'policies_api' ],
	[ 'ALTER DOMAIN policies_api."text/html" ADD CHECK (VALUE <> $$$$)', 'text/html' ],
	[ 'REVOKE USAGE ON TYPE policies_api."text/html" FROM policies_caller', 'text/html|policies_caller' ],
	[ 'GRANT USAGE ON SCHEMA policies TO PUBLIC', 'policies|PUBLIC' ],
	[ 'GRANT CREATE ON SCHEMA policies TO policies_admin', 'policies|policies_admin' ],
	[ 'REVOKE USAGE ON SCHEMA policies_api FROM policies_caller', 'policies_api|policies_caller' ],
	[ 'DROP INDEX policies.business_calendars_one_default', 'business_calendars_one_default' ],
	[ 'ALTER EXTENSION policies DROP FUNCTION policies.add_base_columns(regclass, text, text);
		DROP FUNCTION policies.add_base_columns(regclass, text, text)', 'add_base_columns' ],
	[ 'DROP VIEW policies_api.policy_reviews CASCADE', 'policies_api.policy_reviews' ],
	[ 'DROP TABLE policies.policy_reviews CASCADE', 'policies.policy_reviews' ],
	[ q(SELECT policies.scope_by_tenant('policies.policy_settings')), 'policies_tenant_scope|policies.policy_settings' ],
	[ q(DELETE FROM policies.register_steps WHERE name = 'tables'), 'step tables' ],
	[ q(DELETE FROM policies.register_steps WHERE name = 'api'), 'register_outdated' ],
	[ q(CREATE VIEW planted.words AS SELECT * FROM policies.policy_search; GRANT
		SELECT ON planted.words TO policies_caller), 'planted.words' ],
	[ q(CREATE MATERIALIZED VIEW planted.words AS SELECT * FROM policies.policy_search; GRANT
		SELECT ON planted.words TO policies_caller), 'planted.words' ],
	[ q(CREATE OR REPLACE FUNCTION policies.is_valid_id(id text) RETURNS bool
		LANGUAGE sql IMMUTABLE AS 'SELECT true'), 'policies.is_valid_id|language' ],
	[ q(ALTER TABLE policies.register_steps SET UNLOGGED), 'policies.register_steps' ],
	[ 'ALTER EXTENSION policies ADD TABLE policies.register_steps', 'policies.register_steps|extension' ],
	# Functions, servers and event triggers
	[ q(CREATE FUNCTION planted.all_rows() RETURNS SETOF policies.policies LANGUAGE sql SECURITY DEFINER AS 'SELECT *
		FROM policies.policies';
		REVOKE ALL ON FUNCTION planted.all_rows() FROM PUBLIC; CREATE ROLE app;
			GRANT EXECUTE ON FUNCTION planted.all_rows() TO app), 'planted.all_rows()' ],
	[ 'CREATE EXTENSION postgres_fdw; CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw;
		GRANT USAGE ON FOREIGN SERVER back TO PUBLIC', 'back|PUBLIC' ],
	[ 'CREATE EXTENSION postgres_fdw; CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw;
		CREATE USER MAPPING FOR PUBLIC SERVER back', 'public_user_mapping|back' ],
	[ 'CREATE EXTENSION postgres_fdw;
		GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO policies_caller', 'postgres_fdw|policies_caller' ],
	[ 'CREATE EXTENSION postgres_fdw; CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw;
		CREATE FOREIGN TABLE planted.back (a text) SERVER back; GRANT
		SELECT ON planted.back TO policies_caller', 'planted.back|policies_caller' ],
	[ q(CREATE FUNCTION planted.on_command() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
		CREATE EVENT TRIGGER planted ON ddl_command_start EXECUTE FUNCTION planted.on_command()), 'event_trigger|planted' ],
	# Default privileges
	[ 'ALTER DEFAULT PRIVILEGES FOR ROLE policies_admin GRANT
		SELECT ON TABLES TO policies_caller', 'default_privileges_granted|policies_caller' ],
	[ 'ALTER DEFAULT PRIVILEGES FOR ROLE policies_admin
		GRANT EXECUTE ON FUNCTIONS TO policies_caller', 'default_privileges_granted|policies_caller' ],
	[ 'ALTER DEFAULT PRIVILEGES FOR ROLE policies_admin GRANT ALL ON SCHEMAS TO PUBLIC', 'default_privileges_granted|PUBLIC' ],
	# Roles
	[ 'GRANT policies_admin TO gateway', 'gateway|policies_admin' ],
	[ 'GRANT policies_admin TO stranger', 'stranger|policies_admin' ],
	[ 'GRANT policies_admin TO team; GRANT team TO gateway', 'gateway|policies_admin' ],
	[ 'GRANT policies_gateway TO person', 'person|policies_gateway' ],
	[ 'GRANT policies_gateway TO gateway WITH ADMIN OPTION', 'gateway|policies_gateway' ],
	[ 'GRANT policies_caller TO team WITH ADMIN OPTION', 'team|policies_caller' ],
	[ 'ALTER ROLE stranger BYPASSRLS', 'stranger|BYPASSRLS' ],
	[ 'CREATE ROLE passes BYPASSRLS; GRANT passes TO gateway', 'gateway|passes' ],
	[ 'CREATE ROLE passes BYPASSRLS; CREATE ROLE between NOINHERIT; GRANT passes TO between;
		GRANT between TO stranger', 'stranger|passes' ],
	[ 'GRANT pg_write_all_data TO stranger', 'stranger|pg_write_all_data' ],
	[ 'GRANT pg_read_all_data TO gateway', 'gateway|pg_read_all_data' ],
	[ 'GRANT pg_read_all_data TO policies_caller', 'policies_caller|pg_read_all_data' ],
	[ 'ALTER TABLE helpdesk.tickets OWNER TO team; GRANT team TO stranger', 'stranger|team' ],
	[ 'ALTER ROLE policies_admin LOGIN', 'policies_admin|LOGIN' ],
	[ 'ALTER ROLE policies_auditor CREATEROLE', 'policies_auditor|CREATEROLE' ],
	[ 'CREATE ROLE demoted; UPDATE pg_extension SET extowner = (SELECT oid FROM pg_roles WHERE rolname = $$demoted$$)
		WHERE extname = $$policies$$', 'extension_owner_wrong|demoted' ],
);
plant_together('settings are kept',
	[ q(ALTER ROLE stranger SET session_replication_role = 'REPLICA'), 'stranger|triggers_off_by_setting' ],
	[ q(ALTER DATABASE postgres SET session_replication_role = 'Replica'), 'postgres|triggers_off_by_setting' ],
	[ q(ALTER DATABASE postgres SET request.jwt.claims = '{}'), 'postgres|request.jwt.claims' ],
	[ q(ALTER ROLE gateway SET "Request.JWT.Claims" = '{}'), 'gateway|request.jwt.claims' ],
	[ q(ALTER DATABASE postgres SET policies.tenant_claim = 'org'), 'postgres|policies.tenant_claim' ],
	[ q(ALTER ROLE gateway SET policies.person_claim = 'name'), 'gateway|policies.person_claim' ],
	[ q(ALTER ROLE gateway SET role = 'policies_caller'), 'gateway|role' ],
	[ q(ALTER ROLE policies_caller SET statement_timeout = '1ms'), 'policies_caller|statement_timeout' ],
	[ q(ALTER ROLE policies_gateway SET search_path = 'planted'), 'policies_gateway|search_path' ],
	[ q(ALTER ROLE stranger SET row_security = off), 'stranger|row_security' ],
	[ q(ALTER ROLE policies_caller IN DATABASE postgres SET lock_timeout = 1), 'policies_caller|lock_timeout' ],
	[ q(GRANT SET ON PARAMETER session_replication_role TO policies_admin), 'session_replication_role|policies_admin' ],
);
close_session($session);

# The server's files: no transaction takes these back.
for my $setting ([ 'session_replication_role', 'REPLICA' ], [ 'row_security', 'off' ],
	[ 'session_preload_libraries', 'plpgsql', 'library_not_preloaded', '' ]) {
	my ($name, $value, $rule, $detail) = (@$setting, 'setting_of_server', $setting->[0]);
	$node->safe_psql('postgres', "ALTER SYSTEM SET $name = '$value'");
	$node->reload;
	$planted++;
	my $rows = $node->safe_psql('postgres', "SELECT count(*) FROM policies.audit() WHERE name = '$rule'
		AND detail LIKE '%$detail%'");
	$found++ if is($rows, 1, "ALTER SYSTEM SET $name = '$value'");
	$node->safe_psql('postgres', "ALTER SYSTEM RESET $name");
	$node->reload;
}

# A verdict does not depend on the settings of who asks, nor on whose rights. PostgreSQL 19 has no other string literals.
my $other_literals = $node->safe_psql('postgres', 'SHOW server_version_num') >= 190000 ? ''
	: 'SET standard_conforming_strings = off;';
is($node->safe_psql('postgres', <<"SQL"), '', 'nothing is found under settings that change texts');
SET quote_all_identifiers = on; SET intervalstyle = iso_8601; SET datestyle = 'SQL, DMY'; $other_literals
SET transform_null_equals = on; SET bytea_output = escape; SET search_path = planted, policies, pg_catalog;
SELECT name, detail FROM policies.audit();
SQL
is($node->safe_psql('postgres', 'SELECT name, detail
	FROM policies.audit()', extra_params => [ '-U', $_ ]), '', "$_ finds nothing, either")
	for qw(auditor administrator);
is($node->safe_psql('postgres', 'SELECT name, detail FROM policies.audit()'), '', 'every plant was undone');

cmp_ok($planted, '>=', 200, "$planted weaknesses were planted");
is($found, $planted, "$found of them were found");
note("planted: $planted, found: $found");
done_testing();
