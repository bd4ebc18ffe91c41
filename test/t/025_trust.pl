# Trust in a login's claims ends with its membership, in sessions that are open, and also where the check itself fails.
use strict;
use warnings;
use Socket qw(PF_UNIX SOCK_STREAM pack_sockaddr_un);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(server_with_register open_session ask close_session);

my $node = server_with_register('trust');
my $claims = q(SET request.jwt.claims = '{"tenant_id": "acme"}';);
my $tenant = "SELECT coalesce(policies.current_tenant_id(), 'nobody');";

my $gateway = open_session($node->connstr('postgres') . ' user=gateway');
my $owner = open_session($node->connstr('postgres'));
is(ask($gateway, "SET ROLE policies_caller; $claims $tenant"), 'acme', 'a member of policies_gateway is believed');

ask($owner, 'REVOKE policies_gateway FROM gateway;');
is(ask($gateway, $tenant), 'nobody', 'and no longer once the membership is revoked, in the same session');
ask($owner, 'GRANT policies_gateway TO gateway;');
is(ask($gateway, $tenant), 'acme', 'and again when it is granted');

# The SLA clock keeps the rules that it has read, but not for one who is believed no more.
my $clock = 'SELECT calendar_name FROM policies_api.current_business_calendar();';
ask($gateway, q(INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours)
	VALUES ('of acme', 'UTC', '[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]');));
is(ask($gateway, $clock), 'of acme', 'the clock runs on the calendar of the claims');
ask($owner, 'REVOKE policies_gateway FROM gateway;');
like(ask($gateway, $clock), qr/ERROR: .*claims of login role "gateway" are not believed/s,
	'and for nobody once the membership is revoked');
ask($owner, 'GRANT policies_gateway TO gateway;');
is(ask($gateway, $clock), 'of acme', 'and again when it is granted');
# What the role may read counts, too: of the tables that the rules come from.
for my $table (qw(business_calendars policies)) {
	ask($owner, "REVOKE SELECT ON policies.$table FROM policies_caller;");
	like(ask($gateway, $clock), qr/ERROR:  permission denied for table $table/, "no clock without the right to read $table");
	ask($owner, "GRANT SELECT ON policies.$table TO policies_caller;");
	is(ask($gateway, $clock), 'of acme', 'and again with it');
}

# The catalog cannot be read while another session holds it: that check fails, and the next must not take the old for true.
ask($owner, 'REVOKE policies_gateway FROM gateway; BEGIN; LOCK TABLE pg_auth_members IN ACCESS EXCLUSIVE MODE;');
like(ask($gateway, "SET statement_timeout = '200ms'; $tenant"), qr/canceling statement due to statement timeout/,
	'the check is interrupted');
ask($owner, 'ROLLBACK;');
is(ask($gateway, "SET statement_timeout = 0; $tenant"), 'nobody', 'and afterwards made again');

# A role that may only grant the gateway role on is not of the gateway (memberships have options from PostgreSQL 16 on).
SKIP: {
	skip 'memberships have no options before PostgreSQL 16', 1 if $node->pg_version < 16;
	$node->safe_psql('postgres', 'CREATE ROLE grantor LOGIN; GRANT policies_caller TO grantor;
		GRANT policies_gateway TO grantor WITH ADMIN TRUE, INHERIT FALSE, SET FALSE');
	my $grantor = open_session($node->connstr('postgres') . ' user=grantor');
	is(ask($grantor, "SET ROLE policies_caller; $claims $tenant"), 'nobody', 'a grantor of the role alone is not believed');
	close_session($grantor);
}

# A value of earlier claims that is still in use outlives the transaction that used it first.
my $procedure = <<'SQL';
CREATE PROCEDURE switch_tenants(tenant text) LANGUAGE plpgsql AS $$
BEGIN
    FOR n IN 1..200 LOOP
        PERFORM set_config('request.jwt.claims',
            json_build_object('tenant_id', 'evil' || n || repeat('x', length(tenant) - 7))::text, false);
        PERFORM policies.current_tenant_id();
        COMMIT;
    END LOOP;
    RAISE INFO '%', tenant;
END
$$;
SET request.jwt.claims = '{"tenant_id": "acme-acme-acme-acme-acme-acme"}';
CALL switch_tenants(policies.current_tenant_id());
SQL
like(ask($owner, $procedure), qr/INFO:  acme-acme-acme-acme-acme-acme$/m, 'an argument keeps its value over commits');

close_session($_) for $gateway, $owner;

# The server reports none of our settings to its clients: a pooler that follows what is reported would carry one client's to the
# next. Read from the protocol itself.
my $socket;
socket($socket, PF_UNIX, SOCK_STREAM, 0) && connect($socket, pack_sockaddr_un($node->host
	. '/.s.PGSQL.' . $node->port)) or die "no connection: $!";
binmode $socket;
my $login = getpwuid($<);
syswrite $socket, pack('N', 8 + length("user\0$login\0database\0postgres\0\0")) . pack('N',
	196608) . "user\0$login\0database\0postgres\0\0";
my @reported;
sub read_until_ready {
	while (1) {
		my ($header, $body) = ('', '');
		read($socket, $header, 5) == 5 or die 'the server hung up';
		my ($type, $length) = unpack 'aN', $header;
		read($socket, $body, $length - 4) if $length > 4;
		push @reported, (split /\0/, $body)[0] if $type eq 'S';
		die "refused: $body" if $type eq 'E';
		return if $type eq 'Z';
	}
}
read_until_ready();
my $query = join '', map { "SET $_;" } q(request.jwt.claims = '{"tenant_id": "acme"}'),
	map { "policies.${_}_claim = 'x'" } qw(tenant app person);
$query = "SELECT policies.current_tenant_id(); $query SET application_name = 'x';\0";
syswrite $socket, 'Q' . pack('N', 4 + length $query) . $query;
read_until_ready();
is(grep({ $_ eq 'application_name' } @reported) > 0, 1, 'the server reports settings');
is(join(' ', grep { /^(?:policies|request)\./ } @reported), '', 'and none of ours');
close $socket;
# PostgreSQL lets a role keep settings for itself. They count for its logins, of which policies_caller has none; PostgREST would
# apply them to every request, and is told not to read them.
my $stranger = open_session($node->connstr('postgres') . ' user=stranger');
is(ask($stranger, "SET ROLE policies_caller;
	ALTER ROLE policies_caller SET statement_timeout = '1ms';"), '', 'who can be policies_caller keeps a setting with it');
close_session($stranger);
my $next = open_session($node->connstr('postgres') . ' user=gateway');
is(ask($next, 'SET ROLE policies_caller; SHOW statement_timeout;'), 0, 'which reaches no other session');
close_session($next);
like(slurp_file("$ENV{SCRATCH}/deploy/postgrest.conf"), qr/^db-config = false$/m, 'nor a request of PostgREST');

done_testing();
