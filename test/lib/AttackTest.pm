package AttackTest;

# What the attack suites share: a server with a victim in it, and a call that runs one attack as one login and finds out
# whether anything gave way.

use strict;
use warnings;
use DBI;
use Exporter 'import';
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(server_from create_register as_caller);

our @EXPORT_OK = qw(attacked_server victim_id calendar_id ask attack as_superuser checks_conflicts_late
  $acme $acme_app $globex $victim);

our $acme = '{"tenant_id": "acme", "sub": "per_mal"}';
our $acme_app = '{"tenant_id": "acme", "app_id": "app_one", "sub": "svc_1"}';
our $globex = '{"tenant_id": "globex", "sub": "per_gus"}';
our $victim = '{"tenant_id": "victim", "sub": "per_vic"}';

# "classified" stands in every text that the victim's rows hold, "restricted" in those of acme's other application: no
# attack may make the server say the first to anyone, nor the second to app_one. "hijacked" is what planted code says.
my $secret = qr/classified|hijacked/;

my $node;
# A session that looks at all rows and rights, and what it saw last, while nobody can have changed it since.
my ($watching, $seen);

# A server where acme and globex are tenants like others, and victim is the one that nobody attacks for.
sub attacked_server {
	my ($name, @settings) = @_;
	$node = server_from('attacked', \&fill, $name, @settings);
	$watching = DBI->connect('dbi:Pg:' . $node->connstr('postgres'), undef, undef,
		{ RaiseError => 1, PrintError => 0, pg_enable_utf8 => 0 });
	return $node;
}

sub fill {
	my ($server) = @_;
	create_register($server, 'postgres');
	$server->safe_psql('postgres', <<'SQL');
CREATE ROLE operator LOGIN BYPASSRLS;
CREATE ROLE table_owner LOGIN;
CREATE ROLE mallory LOGIN;
GRANT policies_caller TO mallory, table_owner;
-- Where everybody may create what they like.
CREATE SCHEMA probe;
GRANT ALL ON SCHEMA probe TO PUBLIC;
CREATE SCHEMA helpdesk AUTHORIZATION table_owner;
CREATE TABLE helpdesk.tickets (subject text, weight integer CHECK (weight > 0));
-- Its key spans tenants, as audit() would tell.
CREATE TABLE helpdesk.labels (code text UNIQUE, meaning text);
ALTER TABLE helpdesk.tickets OWNER TO table_owner;
ALTER TABLE helpdesk.labels OWNER TO table_owner;
CREATE TABLE helpdesk.notes (id text COLLATE "C", tenant_id text COLLATE "C", note text) PARTITION BY LIST (tenant_id);
CREATE TABLE helpdesk.notes_victim PARTITION OF helpdesk.notes FOR VALUES IN ('victim');
CREATE TABLE helpdesk.notes_other PARTITION OF helpdesk.notes DEFAULT;
SELECT policies.protect_table(t, 'row') FROM unnest('{helpdesk.tickets,helpdesk.labels,helpdesk.notes}'::regclass[]) t;

-- The rows of each table and tenant, and all that says who may do what.
CREATE SCHEMA digests;
CREATE FUNCTION digests.rows() RETURNS TABLE (kind text, tenant_id text, digest text) LANGUAGE plpgsql AS $$
DECLARE
    name regclass;
    tenant text;
BEGIN
    FOR name, tenant IN
        SELECT c.oid, CASE WHEN a.attnum IS NULL THEN $q$''$q$ ELSE $q$coalesce(t.tenant_id, '')$q$ END
        FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
        WHERE c.relkind = 'r' AND c.relnamespace IN (to_regnamespace('policies'), to_regnamespace('helpdesk'))
    LOOP
        RETURN QUERY EXECUTE format(
            $q$SELECT $1, %s, md5(string_agg(t::text, ',' ORDER BY t::text COLLATE "C")) FROM %s t GROUP BY 2$q$, tenant, name)
                USING name::text;
    END LOOP;
END $$;
CREATE VIEW digests.rights AS
    SELECT 'role' AS kind, md5(string_agg(r::text, ',' ORDER BY rolname)) AS digest FROM pg_authid r
    UNION ALL SELECT 'membership', md5(string_agg(concat_ws(' ', roleid, member, admin_option), ',' ORDER BY roleid, member))
        FROM pg_auth_members
    UNION ALL SELECT 'setting', md5(string_agg(s::text, ',' ORDER BY s::text)) FROM pg_db_role_setting s
    UNION ALL SELECT 'relation',
        md5(string_agg(concat_ws(' ', c.oid, relname, relowner, relacl, relrowsecurity, relforcerowsecurity, reloptions), ','
            ORDER BY c.oid))
        FROM pg_class c WHERE relnamespace IN (to_regnamespace('policies'), to_regnamespace('policies_api'),
            to_regnamespace('helpdesk'))
    UNION ALL SELECT 'policy',
        md5(string_agg(concat_ws(' ', oid, polrelid, polcmd, polroles, polqual, polwithcheck), ',' ORDER BY oid)) FROM pg_policy
    UNION ALL SELECT 'trigger', md5(string_agg(concat_ws(' ', oid, tgrelid, tgfoid, tgenabled), ',' ORDER BY oid)) FROM pg_trigger
        WHERE NOT tgisinternal
    UNION ALL SELECT 'function', md5(string_agg(concat_ws(' ', oid, proowner, proacl, prosrc), ',' ORDER BY oid)) FROM pg_proc
        WHERE pronamespace IN (to_regnamespace('policies'), to_regnamespace('policies_api'));
SQL
	for my $claims ($victim, $globex, $acme, $acme_app, $acme_app =~ s/app_one/app_two/r) {
		my $word = $claims eq $victim ? 'classified' : $claims =~ /app_two/ ? 'restricted' : 'ordinary';
		# Whose calendar it is stands in its name: "ordinary calendar acme", "ordinary calendar acme app_one".
		my $owner = join ' ', $claims =~ /"(?:tenant|app)_id": "(\w+)"/g;
		my ($status, undef, $stderr) = as_caller($server, 'postgres', $claims, <<"SQL");
INSERT INTO policies_api.policies (name, description, body, version, tags, owner_id, review_cadence, next_review_at)
    SELECT '$word ' || n, '$word', '$word', n || '.0-$word', '["$word"]', '$word', '1 year', '2026-01-31'
        FROM generate_series(1, 3) n;
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, business_hours_only)
    VALUES ('$word sla', 'high', '["incident", "$word"]', @{[ 30 + length $owner ]}, true);
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, holidays) VALUES ('$word calendar', 'Europe/Berlin',
    '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]', '[{"name": "$word day", "date": "2026-12-25"}]');
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, is_default) VALUES
    ('$word spare $owner', 'UTC', '[{"weekdays": [6], "opens": "10:00", "closes": "12:00"}]', false),
    ('$word deleted', 'UTC', '[{"weekdays": [7], "opens": "10:00", "closes": "12:00"}]', false);
UPDATE policies_api.business_calendars SET name = '$word calendar $owner' WHERE is_default;
DELETE FROM policies_api.business_calendars WHERE name = '$word deleted';
INSERT INTO policies_api.policies (name, body) VALUES ('$word deleted', '$word');
UPDATE policies_api.policies SET body = '$word again' WHERE name LIKE '% 1';
DELETE FROM policies_api.policies WHERE name LIKE '%deleted';
SELECT policies_api.complete_policy(id, '$word', '2999-01-01') FROM policies_api.policies WHERE name LIKE '% 2';
INSERT INTO policies_api.tickets (subject, weight) VALUES ('$word ticket', 7), ('$word ticket', 7), ('$word other', 8);
UPDATE policies_api.tickets SET weight = 9 WHERE weight = 8;
INSERT INTO policies_api.labels (code, meaning)
    VALUES (CASE '$word' WHEN 'classified' THEN 'cla' ELSE md5(current_setting('request.jwt.claims')) END, '$word');
INSERT INTO policies_api.notes (note) VALUES ('$word note'), ('$word note');
SQL
		die "cannot fill the register: $stderr" if $status;
	}
	$server->safe_psql('postgres', 'ANALYZE');
	return;
}

sub as_superuser {
	my ($sql) = @_;
	$seen = undef;
	return $node->safe_psql('postgres', $sql);
}

# An id that the attacker has come to know.
sub victim_id {
	my ($condition) = @_;
	return $watching->selectrow_array("SELECT id FROM policies.policies WHERE $condition ORDER BY id LIMIT 1");
}

# The default calendar's id, of a tenant and perhaps its application.
sub calendar_id {
	my ($owner) = @_;
	return $watching->selectrow_array("SELECT id FROM policies.business_calendars WHERE name LIKE '% calendar $owner'");
}

# What is there: "table" or "table tenant", or the kind of right => [ digest, table or right, tenant ].
sub look {
	my $rows = $watching->selectall_arrayref(q(SELECT digest, kind, tenant_id FROM digests.rows() UNION ALL SELECT digest, kind, ''
		FROM digests.rights));
	return { map { (join(' ', $_->[1], $_->[2] || ()) => $_) } @$rows };
}

# What differs between two looks, but for the rows of the tenants in "mine", and for rights where the attacker may change
# some of its own.
sub changes {
	my ($before, $after, %attack) = @_;
	my %mine = map { $_ => 1 } split ' ', $attack{mine} // '';
	my %ignored = $attack{rights} ? map { $_ => 1 } qw(role membership setting relation policy trigger function) : ();
	my @changed;
	for my $name (sort keys %{ { %$before, %$after } }) {
		my ($was, $is) = ($before->{$name}, $after->{$name});
		my (undef, $kind, $tenant) = @{ $was // $is };
		push @changed, $name unless $mine{$tenant} || $ignored{$kind} || ($was && $is && ($was->[0] // '') eq ($is->[0] // ''));
	}
	return join ', ', @changed;
}

# What a login gets for its statements.
sub ask {
	my @question = @_;
	$seen = undef;
	return run_psql(@question);
}

# Not by $node->psql, which dies when the server refuses a connection: so do some attacks end.
sub run_psql {
	my ($login, $sql, %attack) = @_;
	local $ENV{PGOPTIONS} = $attack{options} // '';
	my ($stdout, $stderr) = ('', '');
	IPC::Run::run([ 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-U', $login,
		'-d', $node->connstr($attack{database} // 'postgres') . ' ' . ($attack{connection} // '') ],
		'<', \"$sql\n", '>', \$stdout, '2>', \$stderr, IPC::Run::timeout(120));
	chomp $stdout;
	return ($stdout, $stderr);
}

# Runs an attack and passes when it failed: its statements raised what errors says, SQLSTATEs in their order; printed what
# output says (either may be a pattern); gave nothing away; and left every row but those of the tenants in "mine", and every
# right, as it was. Returns the SQLSTATEs.
#   login: the role that connects ("gateway"); claims, role: set for its session; options, connection: for connecting;
#   rights: true when the attacker may change rights of its own; never: what its output must not hold either.
sub attack {
	my ($name, $sql, %attack) = @_;
	my $before = $seen // look();
	my $script = '';
	$script .= "SET ROLE @{[ $attack{role} // 'policies_caller' ]};\n" if $attack{claims} || $attack{role};
	$script .= "SET request.jwt.claims = \$c\$$attack{claims}\$c\$;\n" if $attack{claims};
	my ($stdout, $stderr) = run_psql($attack{login} // 'gateway', "$script$sql", %attack);
	$seen = look();

	my $never = $attack{never} ? qr/$secret|$attack{never}/ : $secret;
	my %expected = (errors => '', output => '', %attack{ grep { exists $attack{$_} } qw(errors output) }, given_away => '',
		changed => '');
	my %got = (
		errors => join(' ', $stderr =~ /(?:ERROR|FATAL): +(\w{5}):/g),
		output => $stdout,
		given_away => join(' | ', map { split /\n/ } grep { defined } ("$stdout\n$stderr" =~ /^(.*(?:$never).*)$/gm)),
		changed => changes($before, $seen, %attack),
	);
	for my $pattern (qw(errors output)) {
		$expected{$pattern} = $got{$pattern} if ref $expected{$pattern} && $got{$pattern} =~ $expected{$pattern};
	}
	is_deeply(\%got, \%expected, $name)
		or diag(explain(\%got), join "\n", grep { /^psql.*(?:ERROR|FATAL|WARNING)|^DETAIL/ } split /\n/, $stderr);
	return $got{errors};
}

# Whether this server asks the WHERE of an ON CONFLICT of a row before row security refuses it, on a table that has nothing of
# ours:
# a hole that PostgreSQL closed in 15.20 and 17.12, and that is not ours to close. It is never passed over in silence.
sub checks_conflicts_late {
	as_superuser(<<'SQL');
CREATE TABLE probe.kept (code text UNIQUE, keeper text);
ALTER TABLE probe.kept ENABLE ROW LEVEL SECURITY;
CREATE POLICY keepers ON probe.kept USING (keeper = current_user);
INSERT INTO probe.kept VALUES ('a', 'operator');
GRANT ALL ON probe.kept TO mallory;
CREATE FUNCTION probe.show(text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'shown to mallory: %',
    $1; RETURN true; END $$;
SQL
	my (undef, $stderr) = ask('mallory',
		q(INSERT INTO probe.kept VALUES ('a', 'mallory') ON CONFLICT (code) DO UPDATE SET code = 'b' WHERE probe.show(kept.keeper)));
	as_superuser('DROP TABLE probe.kept; DROP FUNCTION probe.show');
	die "not the refusal that was expected: $stderr" unless $stderr =~ /ERROR: +42501/;
	return 0 unless $stderr =~ /shown to mallory: operator/;
	my ($version, $number) = split /\|/,
		as_superuser(q(SELECT current_setting('server_version'), current_setting('server_version_num')));
	diag("A HOLE OF THE SERVER, PostgreSQL $version: the WHERE of an ON CONFLICT reads rows that row security refuses. "
		. 'Take the minor version that closes it.');
	return $number >= 180000;
}

1;
