# Code planted where somebody stronger runs it: by the owner of a table before and after a superuser protects it, and by an
# administrator. Triggers of a table run with the rights of whoever writes it, as ever; but nothing that an owner plants may
# run with the rights of policies_admin or of the superuser who protects the table.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use AttackTest qw(attacked_server ask attack as_superuser $acme);

my $node = attacked_server('planted');
# In each of these forms the code tells whom it found that may do more than mallory, takes what it can see, and makes mallory
# an administrator.
as_superuser(<<'SQL');
GRANT CREATE ON DATABASE postgres TO mallory;
GRANT USAGE ON SCHEMA helpdesk TO policies_caller;
SET ROLE mallory;
CREATE SCHEMA mallory;
CREATE SCHEMA mallory_api;
GRANT ALL ON SCHEMA mallory, mallory_api TO PUBLIC;
CREATE TABLE mallory.loot (taken_as text, what text);
GRANT INSERT ON mallory.loot TO PUBLIC;
CREATE FUNCTION mallory.strike() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
    IF pg_has_role(current_user, 'policies_admin', 'USAGE') THEN
        RAISE WARNING 'hijacked as %', current_user;
        INSERT INTO mallory.loot SELECT current_user, string_agg(name, ' ') FROM policies.policies;
        GRANT policies_admin TO mallory;
    END IF;
    RETURN 1;
EXCEPTION WHEN insufficient_privilege THEN RETURN 1; END $$;
CREATE FUNCTION mallory.strike_always(anyelement) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN mallory.strike();
END $$;
CREATE FUNCTION mallory.strike_trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.strike();
RETURN coalesce(NEW, OLD); END $$;
CREATE DOMAIN mallory.with_default AS integer DEFAULT mallory.strike();
CREATE DOMAIN mallory.with_check AS integer CHECK (mallory.strike_always(coalesce(VALUE, 0)) = 1);
SQL

# What mallory prepares, what a superuser then does, and what mallory does with it.
my $take_off = 'ALTER TABLE %1$s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
	ALTER TABLE %1$s DISABLE TRIGGER policies_stamp;';
my $use = "$take_off INSERT INTO %1\$s (id, tenant_id, note) VALUES ('row_01ARYZ6S41TSV4RRFFQ69G5FAV', 'acme', 'x');
	UPDATE %1\$s SET note = 'y', updated_at = now() + interval '1 s';";
my $number = 0;
sub planted {
	my ($name, $prepare, $protect, $after) = @_;
	my $table = 'mallory.t' . ++$number;
	my ($first, $second, $third) = map { s/%1\$s/$table/gr } $prepare, $protect, $after // $use;
	my (undef, $errors) = ask('mallory', $first);
	is($errors =~ /ERROR/ ? $errors : '', '', "$name: prepared");
	# Refusing to protect the table is as good as protecting it soundly.
	my $refusal = attack("$name: a superuser protects it", $second, login => 'postgres', rights => 1,
		errors => qr/\A(?:42710|42501|42809|42804)?\z/, output => qr/\A\n*\z/);
	return if $refusal;
	attack("$name: a caller uses it", "INSERT INTO $table (note) VALUES ('z'); UPDATE $table SET note = 'zz';", claims => $acme);
	attack("$name: its owner uses it", $third, login => 'mallory', rights => 1);
	return;
}
my $protect = q(SELECT policies.protect_table('%1$s', 'row', 'mallory_api'););
my $plain = 'CREATE TABLE %1$s (note text);';

# A history and views that are there before.
my $history = "$plain CREATE TABLE %1\$s_history (LIKE helpdesk.notes_history); ALTER TABLE %1\$s_history OWNER TO mallory;";
planted("a history with a $_->[0]", "$history $_->[1]", $protect) for (
	[ 'trigger' => 'CREATE TRIGGER t BEFORE INSERT ON %1$s_history FOR EACH ROW EXECUTE FUNCTION mallory.strike_trigger();' ],
	[ 'statement trigger' => 'CREATE TRIGGER t AFTER INSERT ON %1$s_history EXECUTE FUNCTION mallory.strike_trigger();' ],
	[ 'rule' => 'CREATE RULE r AS ON INSERT TO %1$s_history DO ALSO INSERT INTO mallory.loot SELECT \'rule\', string_agg(name, \' \')
		FROM policies.policies;' ],
	[ 'default' => 'ALTER TABLE %1$s_history ADD COLUMN more integer DEFAULT mallory.strike();' ],
	[ 'domain' => 'ALTER TABLE %1$s_history ADD COLUMN more mallory.with_check;' ],
	[ 'check' => 'ALTER TABLE %1$s_history ADD CHECK (mallory.strike_always(id) = 1);' ],
	[ 'generated column' => 'ALTER TABLE %1$s_history ADD COLUMN more integer GENERATED ALWAYS
		AS (mallory.strike_always(note)) STORED;' ],
	[ 'index' => 'CREATE INDEX ON %1$s_history (mallory.strike_always(note));' ],
	[ 'child' => 'DROP TABLE %1$s_history; CREATE TABLE %1$s_history (LIKE helpdesk.notes_history) PARTITION BY LIST (id);
		CREATE TABLE %1$s_child PARTITION OF %1$s_history DEFAULT;
		CREATE TRIGGER t BEFORE INSERT ON %1$s_child FOR EACH ROW EXECUTE FUNCTION mallory.strike_trigger();' ],
);
my $view = 'CREATE TABLE %1$s (note text, id text COLLATE "C", tenant_id text COLLATE "C",
	is_deleted boolean NOT NULL DEFAULT false);
	CREATE VIEW mallory_api.deleted_%2$s AS SELECT * FROM %1$s WHERE is_deleted;';
for my $action ('INSERT INTO mallory.loot SELECT \'rule\', string_agg(name, \' \') FROM policies.policies',
	'DELETE FROM policies.policies_history', 'UPDATE policies.policies SET name = \'taken\'') {
	my $table = 't' . ($number + 1);
	planted("a view with the rule: $action", ($view =~ s/%2\$s/$table/r)
		. " CREATE RULE r AS ON UPDATE TO mallory_api.deleted_$table DO ALSO $action;", $protect,
		"UPDATE mallory_api.deleted_$table SET note = 'x';");
}

# Code in a table and its types that the protection rewrites, checks or copies.
planted('a table full of code', <<'SQL', "$protect SELECT policies.unprotect_table('%1\$s'); $protect");
CREATE TABLE %1$s (note text, more mallory.with_default, checked mallory.with_check CHECK (mallory.strike_always(checked) = 1),
    made integer GENERATED ALWAYS AS (mallory.strike_always(note)) STORED, tenant_id text DEFAULT mallory.strike()::text);
CREATE INDEX ON %1$s (mallory.strike_always(more)) WHERE mallory.strike_always(note) = 1;
CREATE STATISTICS mallory.s ON (mallory.strike_always(note)), (more + 1) FROM %1$s;
INSERT INTO %1$s (note, tenant_id) VALUES ('there before', 'acme');
CREATE TRIGGER a BEFORE INSERT OR UPDATE OR DELETE ON %1$s FOR EACH ROW EXECUTE FUNCTION mallory.strike_trigger();
COMMENT ON TRIGGER a ON %1$s IS 'Cross-tenant: or so it says.';
CREATE TRIGGER b BEFORE TRUNCATE ON %1$s EXECUTE FUNCTION mallory.strike_trigger();
CREATE RULE r AS ON DELETE TO %1$s DO ALSO INSERT INTO mallory.loot SELECT 'rule', string_agg(name, ' ') FROM policies.policies;
SQL
for my $domain (qw(with_default with_check)) {
	planted("a column $domain that the table loses", "$plain ALTER TABLE %1\$s ADD COLUMN more mallory.$domain;", $protect,
		"ALTER TABLE %1\$s DROP COLUMN more CASCADE; $use");
	planted("a column $domain that the table gains", $plain, $protect, $use);
	my $table = "mallory.t$number";
	ask('mallory', "ALTER TABLE $table ADD COLUMN more mallory.$domain;");
	attack("a column $domain that the table gains: protected again", $protect =~ s/%1\$s/$table/r, login => 'postgres', rights => 1,
		errors => qr/.*/);
}
ask('mallory', <<'SQL');
CREATE TABLE mallory."'; SELECT mallory.strike(); --" ("""; SELECT mallory.strike(); --" text,
    "$$; SELECT mallory.strike(); $$" text);
COMMENT ON TABLE mallory."'; SELECT mallory.strike(); --" IS E'\\''; SELECT mallory.strike(); --';
COMMENT ON COLUMN mallory."'; SELECT mallory.strike(); --"."$$; SELECT mallory.strike(); $$" IS E'\\''; SELECT mallory.strike();
--';
SQL
attack('names and comments that hold SQL', <<'SQL', login => 'postgres', rights => 1);
SELECT oid::regclass AS named FROM pg_class WHERE relname LIKE '''; SELECT%' \gset
SELECT policies.protect_table(:'named', 'row', 'mallory_api') \g /dev/null
SELECT policies.protect_table(:'named', 'row', 'mallory_api') \g /dev/null
SELECT policies.unprotect_table(:'named') \g /dev/null
SELECT count(*) FROM policies.audit() \g /dev/null
SQL
is(as_superuser(q(SELECT count(*) FROM pg_class WHERE relname = $n$'; SELECT mallory.strike(); --_history$n$)), 1,
	'were taken as names');

# The name of the history, taken over while a backend holds the plan of its insert.
my $stand_in = 'CREATE SCHEMA moved; GRANT ALL ON SCHEMA moved TO PUBLIC;
	CREATE TABLE moved.t_history AS TABLE moved_away.t_history WITH NO DATA; GRANT ALL ON moved.t_history TO PUBLIC;
	CREATE TRIGGER t BEFORE INSERT ON moved.t_history FOR EACH ROW EXECUTE FUNCTION mallory.strike_trigger();';
ask('mallory', 'CREATE SCHEMA moved; CREATE TABLE moved.t (note text); GRANT ALL ON SCHEMA moved TO policies_admin;');
attack('a table to be moved away', q(SELECT policies.protect_table('moved.t', 'row', 'mallory_api') \g /dev/null),
	login => 'postgres', rights => 1);
attack('a schema renamed under a plan', join("\n", $use =~ s/%1\$s/moved.t/gr, 'ALTER SCHEMA moved RENAME TO moved_away;',
	$stand_in,
	'UPDATE moved_away.t SET note = \'z\', updated_at = now() + interval \'1 h\'; SELECT count(*) FROM moved.t_history;
		RESET ROLE;'), login => 'mallory', rights => 1, output => 0);
# The history of another's table, whose table is gone, by renaming one's own.
as_superuser(<<'SQL');
CREATE TABLE probe.contracts (note text);
SELECT policies.protect_table('probe.contracts', 'row');
INSERT INTO probe.contracts (tenant_id, note) VALUES ('victim', 'signed');
UPDATE probe.contracts SET note = 'done';
DROP TABLE probe.contracts CASCADE;
GRANT USAGE, CREATE ON SCHEMA probe TO mallory;
SQL
ask('mallory', 'CREATE TABLE probe.mine (note text)');
as_superuser(q(SELECT policies.protect_table('probe.mine', 'row')));
attack('history forged for another\'s table',
	$use =~ s/%1\$s/probe.contracts/gr =~ s/^/ALTER TABLE probe.mine RENAME TO contracts; /r =~ s/'acme'/'victim'/r,
	login => 'mallory', rights => 1, errors => qr/.*/);
is(as_superuser('SELECT string_agg(note, \' \') FROM probe.contracts_history'), 'signed', 'the other\'s history is as it was');
is(as_superuser('SELECT count(*) FROM mallory.loot'), 0, 'nothing was taken by anything planted');
is(as_superuser('SELECT pg_has_role(\'mallory\', \'policies_admin\', \'MEMBER\')'), 'f', 'and mallory is no administrator');

# Administrators own the register, and are not superusers.
as_superuser(<<'SQL');
CREATE SCHEMA ledgers; GRANT ALL ON SCHEMA ledgers TO administrator;
CREATE TABLE ledgers.books_history (LIKE helpdesk.notes_history);
SQL
attack('an administrator writes the history of a superuser\'s table',
	<<'SQL', login => 'administrator', rights => 1, errors => qr/\A(?:\w{5}(?: |\z))+\z/);
CREATE TABLE ledgers.books (LIKE helpdesk.notes INCLUDING DEFAULTS);
CREATE TRIGGER t AFTER UPDATE ON ledgers.books FOR EACH ROW EXECUTE FUNCTION policies.record_history();
INSERT INTO ledgers.books (id, tenant_id, updated_at) VALUES ('row_01ARYZ6S41TSV4RRFFQ69G5FAV', 'victim', now());
UPDATE ledgers.books SET note = 'forged';
SQL
is(as_superuser('SELECT count(*) FROM ledgers.books_history'), 0, 'which stays empty');
my $strike = q(LANGUAGE plpgsql AS $$ BEGIN
	IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN RAISE WARNING 'hijacked as %', current_user; END IF;
	RETURN);
attack('an administrator plants overloads beside the extension\'s functions',
	<<"SQL", login => 'administrator', errors => join(' ', ('42501') x 6));
CREATE FUNCTION policies.is_valid_id(id varchar) RETURNS boolean $strike true; END \$\$;
CREATE FUNCTION policies.new_id(prefix varchar) RETURNS text $strike 'x'; END \$\$;
CREATE FUNCTION policies.current_tenant_id(x integer DEFAULT 1) RETURNS text $strike 'victim'; END \$\$;
CREATE FUNCTION policies.scope_by_tenant(oid) RETURNS void $strike; END \$\$;
CREATE FUNCTION policies.stamp_writes(regclass, name, integer) RETURNS void $strike; END \$\$;
CREATE FUNCTION policies.is_valid_version(version name) RETURNS boolean $strike true; END \$\$;
SQL
attack('an administrator\'s overloads, when a superuser protects a table', <<'SQL', login => 'postgres', rights => 1);
CREATE TABLE public.overloaded (note text);
INSERT INTO public.overloaded VALUES ('there before');
SELECT policies.protect_table('public.overloaded', 'row', existing_rows_tenant_id => 'acme') \g /dev/null
INSERT INTO public.overloaded (note, tenant_id) VALUES ('new', 'acme');
SELECT count(*) FROM policies.audit() \g /dev/null
SELECT policies.create_register() \g /dev/null
SQL
attack('an administrator puts a trigger on a history', <<"SQL", login => 'administrator', rights => 1);
CREATE FUNCTION probe.strike() RETURNS trigger $strike NEW; END \$\$;
SET ROLE policies_admin;
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON helpdesk.tickets_history DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION probe.strike();
SQL
attack('an administrator\'s trigger on a history waits for the end of a superuser\'s transaction',
	'UPDATE helpdesk.tickets SET weight = 1 WHERE tenant_id = \'acme\'',
	login => 'postgres', mine => 'acme', errors => qr/\A(?:42501)?\z/);

done_testing();
