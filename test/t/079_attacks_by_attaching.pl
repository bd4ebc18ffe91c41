# Code that administrators, who own the register and are no superusers, attach to it or plant beside it, so that it runs while
# create_register() makes objects in schemas that are closed to them, or with the rights of the superuser who calls.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use AttackTest qw(attacked_server ask attack as_superuser $acme);
use PoliciesTest qw(open_session close_session);

my $node = attacked_server('attached');
as_superuser(<<'SQL');
CREATE SCHEMA lab AUTHORIZATION policies_admin;
GRANT USAGE ON SCHEMA lab TO PUBLIC;
SET ROLE policies_admin;
-- Each of them plants a function that fits better than the extension's own, and tries to make its author a superuser.
CREATE FUNCTION lab.strike() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        ALTER ROLE administrator SUPERUSER;
        RAISE WARNING 'hijacked as %', current_user;
    END IF;
    EXECUTE $f$CREATE FUNCTION policies.protect_table(table_name text, id_prefix text) RETURNS void LANGUAGE plpgsql
        AS $p$ BEGIN ALTER ROLE administrator SUPERUSER; END $p$ $f$;
    RAISE WARNING 'hijacked: planted';
    RETURN true;
EXCEPTION WHEN insufficient_privilege OR duplicate_function THEN RETURN true; END $$;
CREATE FUNCTION lab.strike_always(anyelement) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN lab.strike(); END $$;
CREATE FUNCTION lab.equal(text, text) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN lab.strike(); END $$;
CREATE OPERATOR lab.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = lab.equal);
CREATE FUNCTION lab.strike_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM lab.strike(); RETURN coalesce(NEW, OLD); END $$;
CREATE DOMAIN lab.with_check AS text CHECK (lab.strike_always(VALUE));
CREATE DOMAIN lab.with_default AS boolean DEFAULT lab.strike();
CREATE TYPE lab.kind AS ENUM ('a');
CREATE TABLE lab.parent (name text PRIMARY KEY);
SQL

# create_register() has something to do.
my $make_due = q(UPDATE policies.register_steps SET digest = 'stale' WHERE name = 'api';);
my $number = 0;

# What an administrator attaches, what the refusal names, and what takes it away again. A superuser may prepare it.
sub attached {
	my ($name, $plant, $named, $remove, %options) = @_;
	++$number;
	my (undef, $errors) = ask($options{login} // 'administrator',
		"SET ROLE @{[ $options{login} // 'policies_admin' ]}; BEGIN; $make_due $plant COMMIT;");
	is($errors =~ /ERROR/ ? $errors : '', '', "$name: attached");
	for my $login (qw(administrator postgres)) {
		my (undef, $refusal) = ask($login, 'SELECT policies.create_register()');
		like($refusal, qr/\A(?:.*\n)?.*ERROR:  42501: .*$named.* is not the register's own\n/,
			"$name: $login is refused, and told of it");
		unlike($refusal, qr/hijacked/, 'and nothing ran');
	}
	(undef, $errors) = ask($options{login} // 'administrator', "SET ROLE @{[ $options{login} // 'policies_admin' ]}; $remove");
	is($errors =~ /ERROR/ ? $errors : '', '', "$name: taken away");
	return;
}

# A trigger on the steps plants an overload while a step is recorded, which a superuser then calls as README.md says.
my (undef, $refused) = ask('administrator', <<'SQL');
SET ROLE policies_admin;
CREATE FUNCTION lab.plant() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
 CREATE FUNCTION policies.protect_table(table_name text, id_prefix text) RETURNS void LANGUAGE plpgsql
  AS $f$BEGIN EXECUTE 'ALTER ROLE administrator SUPERUSER'; END$f$;
 REVOKE ALL ON FUNCTION policies.protect_table(text,text) FROM PUBLIC; RETURN NEW; END$$;
CREATE TRIGGER zz BEFORE INSERT ON policies.register_steps FOR EACH ROW EXECUTE FUNCTION lab.plant();
DELETE FROM policies.register_steps WHERE name = 'api';
SELECT policies.create_register();
SQL
like($refused, qr/ERROR:  42501: trigger zz on table policies.register_steps is not the register's own\n/,
	'an administrator plants an overload by a trigger');
attack('and a superuser protects a table', q(SELECT policies.protect_table('helpdesk.tickets', 'row') \g /dev/null),
	login => 'postgres', rights => 1);
is(as_superuser(q(SELECT rolsuper FROM pg_roles WHERE rolname = 'administrator')), 'f', 'which makes nobody a superuser');
as_superuser(q(SET ROLE policies_admin; DROP TRIGGER zz ON policies.register_steps));

# On every table and view of the register.
for my $table (split /\n/,
	as_superuser(q(SELECT c.oid::regclass FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner WHERE relkind = 'r'
	AND relnamespace = 'policies'::regnamespace ORDER BY 1))) {
	attached("a trigger on $table",
		"CREATE TRIGGER zz AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON $table EXECUTE FUNCTION lab.strike_trigger();",
		"trigger zz on table $table", "DROP TRIGGER zz ON $table;");
}
for my $view ('policies_api.policies', 'policies_api.deleted_policies', 'policies_api.policy_settings') {
	attached("a trigger on $view",
		"CREATE TRIGGER zz INSTEAD OF UPDATE ON $view FOR EACH ROW EXECUTE FUNCTION lab.strike_trigger();",
		"trigger zz on view $view", "DROP TRIGGER zz ON $view;");
}

# What else a table carries.
my $steps = 'policies.register_steps';
attached(@$_) for (
	[ 'a deferred constraint trigger',
		'CREATE CONSTRAINT TRIGGER zz AFTER INSERT ON policies.policies DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
			EXECUTE FUNCTION lab.strike_trigger();',
		'trigger zz on table policies.policies', 'DROP TRIGGER zz ON policies.policies;' ],
	[ 'a trigger of PostgreSQL',
		"CREATE TRIGGER zz BEFORE UPDATE ON $steps FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();",
		"trigger zz on table $steps", "DROP TRIGGER zz ON $steps;" ],
	[ 'a trigger of ours with a condition',
		'CREATE TRIGGER zz BEFORE INSERT ON policies.policies FOR EACH ROW WHEN (lab.strike_always(NEW.name))
			EXECUTE FUNCTION policies.check_policy();',
		'trigger zz on table policies.policies', 'DROP TRIGGER zz ON policies.policies;' ],
	[ 'a rule on the steps', "CREATE RULE zz AS ON INSERT TO $steps DO ALSO SELECT lab.strike();", "rule zz on table $steps",
		"DROP RULE zz ON $steps;" ],
	[ 'a rule on a view', 'CREATE RULE zz AS ON UPDATE TO policies_api.policies DO ALSO SELECT lab.strike();',
		'rule zz on view policies_api.policies',
		'DROP RULE zz ON policies_api.policies;' ],
	[ 'a default', "ALTER TABLE $steps ALTER COLUMN applied_by SET DEFAULT lab.strike()::text;",
		"default value for column applied_by of table $steps",
		"ALTER TABLE $steps ALTER COLUMN applied_by SET DEFAULT session_user;" ],
	[ 'a column with a default', "ALTER TABLE $steps ADD COLUMN more boolean DEFAULT lab.strike();",
		"default value for column more of table $steps",
		"ALTER TABLE $steps DROP COLUMN more;" ],
	[ 'a view\'s default', 'ALTER VIEW policies_api.policies ALTER COLUMN name SET DEFAULT lab.strike()::text;',
		'default value for column name of view policies_api.policies',
		'ALTER VIEW policies_api.policies ALTER COLUMN name DROP DEFAULT;' ],
	[ 'a domain with a check', "ALTER TABLE $steps ADD COLUMN more lab.with_check;", "table $steps",
		"ALTER TABLE $steps DROP COLUMN more;" ],
	[ 'a domain with a default', "ALTER TABLE $steps ADD COLUMN more lab.with_default;", "table $steps",
		"ALTER TABLE $steps DROP COLUMN more;" ],
	[ 'a column of another\'s type', "ALTER TABLE policies.policies ADD COLUMN more lab.kind;", 'table policies.policies',
		"ALTER TABLE policies.policies DROP COLUMN more;" ],
	[ 'a check', "ALTER TABLE $steps ADD CONSTRAINT zz CHECK (lab.strike_always(name)) NOT VALID;",
		"constraint zz on table $steps", "ALTER TABLE $steps DROP CONSTRAINT zz;" ],
	[ 'a check by an operator', "ALTER TABLE $steps ADD CONSTRAINT zz CHECK (name OPERATOR(lab.===) 'x') NOT VALID;",
		"constraint zz on table $steps",
		"ALTER TABLE $steps DROP CONSTRAINT zz;" ],
	[ 'a check that casts to a domain',
		"ALTER TABLE $steps ADD CONSTRAINT zz CHECK (name::lab.with_check IS NOT NULL) NOT VALID;",
		"constraint zz on table $steps",
		"ALTER TABLE $steps DROP CONSTRAINT zz;" ],
	[ 'a generated column',
		"ALTER TABLE policies.review_notices ADD COLUMN more boolean GENERATED ALWAYS AS (lab.strike_always(id)) STORED;",
		'default value for column more of table policies.review_notices', 'ALTER TABLE policies.review_notices DROP COLUMN more;' ],
	[ 'a foreign key', "ALTER TABLE $steps ADD CONSTRAINT zz FOREIGN KEY (name) REFERENCES lab.parent NOT VALID;",
		"constraint zz on table $steps",
		"ALTER TABLE $steps DROP CONSTRAINT zz;" ],
	[ 'a row security policy', "CREATE POLICY zz ON $steps USING (lab.strike());", "policy zz on table $steps",
		"DROP POLICY zz ON $steps;" ],
	[ 'statistics', "CREATE STATISTICS lab.zz ON (name || lab.strike_always(1)::text) FROM $steps;", 'statistics object lab.zz',
		'DROP STATISTICS lab.zz;' ],
	[ 'a child', "CREATE TABLE lab.child () INHERITS ($steps);", 'table lab.child', 'DROP TABLE lab.child;' ],
	[ 'a parent', "CREATE TABLE lab.above (name text COLLATE \"C\" NOT NULL); ALTER TABLE $steps INHERIT lab.above;", "table $steps",
		"ALTER TABLE $steps NO INHERIT lab.above; DROP TABLE lab.above;" ],
	[ 'a search_path for a function of ours', 'ALTER FUNCTION policies.rewrite_search(text) SET search_path = lab, pg_catalog;',
		'function policies.rewrite_search\(text\)',
		'ALTER FUNCTION policies.rewrite_search(text) SET search_path = pg_catalog, pg_temp;' ],
	[ 'rights for a function of ours', 'ALTER FUNCTION policies.rewrite_search(text) SECURITY DEFINER;',
		'function policies.rewrite_search\(text\)',
		'ALTER FUNCTION policies.rewrite_search(text) SECURITY INVOKER;' ],
	[ 'default privileges', 'ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO stranger;',
		'default privileges on new functions belonging to role policies_admin',
		'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM stranger;' ],
);

# What only a superuser's negligence makes possible: CREATE on the schema for a while, an event trigger whose function is
# another's.
sub planted {
	my ($name, $object, $named, $kind) = @_;
	as_superuser('GRANT CREATE ON SCHEMA policies, policies_api TO policies_admin');
	my (undef, $errors) = ask('administrator', "SET ROLE policies_admin; CREATE $object;");
	is($errors =~ /ERROR/ ? $errors : '', '', "$name: planted");
	as_superuser('REVOKE CREATE ON SCHEMA policies, policies_api FROM policies_admin');
	attached($name, '', $named, "DROP $kind;");
	return;
}
planted('an overload of an extension\'s function',
	'FUNCTION policies.protect_table(table_name text, id_prefix text) RETURNS void
		LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN END $$',
	'function policies.protect_table\(text,text\)', 'FUNCTION policies.protect_table(text, text)');
planted('an overload of a register\'s function',
	'FUNCTION policies.purge_deleted(older_than interval) RETURNS bigint
		LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN 0; END $$',
	'function policies.purge_deleted\(interval\)', 'FUNCTION policies.purge_deleted(interval)');
planted('an operator', 'OPERATOR policies.= (LEFTARG = text, RIGHTARG = text, FUNCTION = lab.equal)',
	'operator policies.=\(text,text\)', 'OPERATOR policies.= (text, text)');
planted('a domain', 'DOMAIN policies_api.text AS pg_catalog.text', 'type policies_api.text', 'DOMAIN policies_api.text');
planted('a sequence', 'SEQUENCE policies.zz', 'sequence policies.zz', 'SEQUENCE policies.zz');
as_superuser(q(CREATE FUNCTION lab.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$;
	CREATE EVENT TRIGGER zz ON ddl_command_end EXECUTE FUNCTION lab.on_ddl(); ALTER FUNCTION lab.on_ddl() OWNER TO administrator));
attached('an event trigger whose function is another\'s', '', 'event trigger zz', 'DROP FUNCTION lab.on_ddl() CASCADE;',
	login => 'postgres');

# One that is committed while create_register() looks: it has to wait for that.
my $other = open_session($node->connstr('postgres') . ' user=administrator');
PoliciesTest::ask($other,
	'SET ROLE policies_admin; BEGIN; CREATE TRIGGER zz BEFORE INSERT ON policies.policy_reviews FOR EACH ROW
		EXECUTE FUNCTION lab.strike_trigger();');
my (undef, $waits) = ask('administrator', "$make_due SET lock_timeout = '300ms'; SELECT policies.create_register();");
like($waits, qr/ERROR:  55P03: /, 'create_register() waits for who is attaching something');
PoliciesTest::ask($other, 'ROLLBACK;');
close_session($other);

# What a superuser is told to call for the administrators' work.
my @work = ("policies.purge_deleted('1 year')", 'policies.rebuild_search()', 'policies.notify_reviews_due()',
	'policies.take_review_notices()',
	q(policies.import_policy((SELECT policies.export_policy(tenant_id, id) FROM policies.policies WHERE tenant_id = 'acme'
		LIMIT 1), 'elsewhere')));
ask('administrator',
	"SET ROLE policies_admin; CREATE TRIGGER zz BEFORE INSERT OR UPDATE OR DELETE ON policies.$_
		EXECUTE FUNCTION lab.strike_trigger();")
	for qw(policies policy_search review_notices policy_drafts policies_history);
for my $login (qw(postgres administrator)) {
	attack("$login calls $_", "BEGIN; SELECT count(*) FROM $_ \\g /dev/null\nROLLBACK;", login => $login) for @work;
}
ask('administrator',
	"SET ROLE policies_admin;
		DROP TRIGGER zz ON policies.$_;") for qw(policies policy_search review_notices policy_drafts policies_history);

# What belongs to policies_admin its members can alter: the workers behind these functions, and the tables' row types.
my @workers = ('write_review_notices(interval)', 'hand_out_review_notices(integer)', 'rewrite_search(text)',
	'remove_deleted(interval, text)');
my (undef, $alterations) = ask('administrator', join ' ', 'SET ROLE policies_admin;',
	'CREATE FUNCTION lab.now() RETURNS timestamptz LANGUAGE plpgsql',
	'	AS $$ BEGIN PERFORM lab.strike(); RETURN pg_catalog.now(); END $$;',
	'ALTER TABLE policies.review_notices ADD COLUMN zz lab.with_check;',
	map { "ALTER FUNCTION policies.$_ SET search_path = lab, pg_catalog;" } @workers);
is($alterations =~ /ERROR/ ? $alterations : '', '', 'what belongs to policies_admin is altered');
for my $login (qw(postgres administrator)) {
	attack("$login calls $_, whose parts were altered", "BEGIN; SELECT count(*) FROM $_ \\g /dev/null\nROLLBACK;", login => $login)
		for @work;
}
like((ask('administrator', 'ALTER FUNCTION policies.purge_deleted(interval, text) SET search_path = lab'))[1],
	qr/must be owner of function/, 'the functions themselves are not theirs');
as_superuser(join ' ', 'SET ROLE policies_admin; ALTER TABLE policies.review_notices DROP COLUMN zz;',
	map { "ALTER FUNCTION policies.$_ SET search_path = pg_catalog, pg_temp;" } @workers);

# PostgreSQL computes the constants of statistics whenever it plans a reading of the table.
ask('administrator', 'SET ROLE policies_admin;
	CREATE STATISTICS lab.zz ON (name || lab.strike_always(1)::text) FROM policies.register_steps');
for my $call ('policies.register_version()', 'policies.audit()') {
	my (undef, $said) = ask('postgres', "SELECT count(*) FROM $call");
	is($said =~ /ERROR|hijacked/ ? $said : '', '', "a superuser calls $call, with statistics on what it reads");
}
ask('administrator', 'SET ROLE policies_admin; DROP STATISTICS lab.zz');

# A setting that planted code makes where records are written with the owner's rights.
as_superuser(q(SET ROLE policies_admin; CREATE FUNCTION lab.poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	PERFORM set_config('search_path', 'lab, pg_catalog', false); PERFORM set_config('policies_test.poison', 'x',
		false); RETURN NEW; END $$;
	CREATE TRIGGER zz BEFORE INSERT ON policies.sla_coverage FOR EACH ROW EXECUTE FUNCTION lab.poison()));
attack('planted code leaves settings behind', <<'SQL', claims => $acme, mine => 'acme', output => qr/\A"\$user", public\|\z/);
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes)
    VALUES ('poisoned', 'low', '["poison"]', 5);
SELECT current_setting('search_path'), current_setting('policies_test.poison', true);
SQL
as_superuser('DROP TRIGGER zz ON policies.sla_coverage');

# A table whose owner has attached expressions that PostgreSQL computes for whoever alters or reads it.
as_superuser('GRANT CREATE ON DATABASE postgres TO mallory');
ask('mallory', <<'SQL');
CREATE SCHEMA mallory;
CREATE FUNCTION mallory.strike() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN RAISE WARNING 'hijacked as %', current_user;
        END IF; RETURN true; END $$;
CREATE FUNCTION mallory.strike_always(anyelement) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN mallory.strike();
    END $$;
CREATE TABLE mallory.notes (note text, id text COLLATE "C", tenant_id text COLLATE "C",
    CHECK (note IS NOT NULL OR mallory.strike_always(1)));
CREATE INDEX ON mallory.notes ((note || mallory.strike_always(2)::text)) WHERE mallory.strike_always(3);
CREATE STATISTICS mallory.s ON (note || mallory.strike_always(4)::text) FROM mallory.notes;
SQL
attack('a superuser protects a table with constants of its owner\'s',
	q(SELECT policies.protect_table('mallory.notes', 'not', 'probe') \g /dev/null), login => 'postgres', rights => 1);

# Nothing of it all was left behind.
is(as_superuser($make_due . 'SELECT policies.create_register() = policies.latest_register_version()'), 't',
	'the register is brought up to date when all is taken away');
is(as_superuser(q(SELECT count(*) FROM pg_proc WHERE pronamespace = 'policies'::regnamespace AND proname = 'protect_table')), 1,
	'no function was planted');
is(as_superuser(q(SELECT rolsuper FROM pg_roles WHERE rolname = 'administrator')), 'f', 'and the administrator is no superuser');
is(as_superuser(q(SELECT count(*) FROM aclexplode((SELECT nspacl FROM pg_namespace WHERE nspname = 'policies'))
	WHERE privilege_type = 'CREATE' AND grantee <> 10)), 0,
	'nor may anybody create in the schema');
note("$number plants were attached");

done_testing();
