# Transaction pooling through a real PgBouncer: one server connection, many callers, and none sees what another's claims show.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(server_with_register as_caller caller_settings open_session ask close_session);

my $pgbouncer = '/usr/sbin/pgbouncer';
die "pgbouncer is not installed: run tools/install_packages.sh server" unless -x $pgbouncer;

my $node = server_with_register('pooled');
for my $tenant (qw(acme globex)) {
	as_caller($node, 'postgres', qq({"tenant_id": "$tenant", "sub": "per_1"}),
		"INSERT INTO policies_api.policies (name) VALUES ('of $tenant')");
}

my $folder = "$ENV{SCRATCH}/pgbouncer";
mkdir $folder;
my $port = PostgreSQL::Test::Cluster::get_free_port();
append_to_file("$folder/users.txt", qq("gateway" ""\n"stranger" ""\n));
append_to_file("$folder/pgbouncer.ini", <<"INI");
[databases]
postgres = host=@{[ $node->host ]} port=@{[ $node->port ]}
[pgbouncer]
listen_addr =
listen_port = $port
unix_socket_dir = $folder
auth_type = trust
auth_file = $folder/users.txt
pool_mode = transaction
default_pool_size = 1
min_pool_size = 1
logfile = $folder/log
pidfile = $folder/pid
INI
system_or_bail($pgbouncer, '-d', "$folder/pgbouncer.ini");
END { kill 'TERM', slurp_file("$folder/pid") if $folder && -e "$folder/pid"; }

sub pooled_session {
	my ($login) = @_;
	return open_session("host=$folder port=$port dbname=postgres user=$login");
}

my %session = map { $_ => pooled_session('gateway') } qw(acme globex);
my %claims = map { $_ => caller_settings(qq({"tenant_id": "$_", "sub": "per_1"})) } keys %session;
my $list = 'SELECT name FROM policies_api.policies';

my %pid = map { $_ => ask($session{$_}, 'SELECT pg_backend_pid();') } keys %session;
is($pid{acme}, $pid{globex}, 'both callers share one server connection');

for my $round (1 .. 5) {
	for my $tenant (qw(acme globex)) {
		is(ask($session{$tenant}, "BEGIN;\n$claims{$tenant} $list; COMMIT;"), "of $tenant", "round $round: $tenant sees its own");
		is(ask($session{$tenant}, "BEGIN; SET LOCAL ROLE policies_caller; $list; COMMIT;"), '',
			'and after the transaction nothing, without claims');
	}
}

# A statement prepared by one caller and executed by the other, with a generic plan as with a custom one.
for my $mode (qw(force_generic_plan force_custom_plan)) {
	ask($session{acme}, "BEGIN;\n"
		. "$claims{acme} SET LOCAL plan_cache_mode = $mode; PREPARE list_$mode AS $list; EXECUTE list_$mode; COMMIT;");
	for my $tenant (qw(globex acme globex)) {
		is(ask($session{$tenant}, "BEGIN;\n$claims{$tenant} SET LOCAL plan_cache_mode = $mode; EXECUTE list_$mode; COMMIT;"),
			"of $tenant", "$mode: a statement prepared for acme gives $tenant its own");
	}
	is(ask($session{acme}, "BEGIN; SET LOCAL ROLE policies_caller; SET LOCAL plan_cache_mode = $mode; EXECUTE list_$mode;
		COMMIT;"), '',
		"$mode: and nobody anything without claims");
}

# The clocks of two tenants and an application on one connection, whose rules the backend keeps: Berlin, New York, Kolkata.
my %scope = (%claims, app => caller_settings('{"tenant_id": "acme", "app_id": "app_1", "sub": "svc_1"}'));
my %zone = (acme => 'Europe/Berlin', globex => 'America/New_York', app => 'Asia/Kolkata');
$session{app} = $session{globex};
for my $who (sort keys %zone) {
	is(ask($session{$who}, "BEGIN;\n$scope{$who} INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours)
		VALUES ('$who', '$zone{$who}',
	'[{\"weekdays\": [1, 2, 3, 4, 5], \"opens\": \"09:00\", \"closes\": \"17:00\"}]');
	INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, business_hours_only)
		VALUES ('sla of $who', 'high', '[\"incident\"]', 30, true); COMMIT;"),
		'', "$who gets a calendar and an SLA policy");
}
my $clock = q(SELECT calendar_name, policies_api.add_business_minutes('2026-11-28 12:00+00',
	30) = '2026-11-30 09:30 ZONE'::timestamptz AND first_response_due_at = '2026-11-30 09:30 ZONE'::timestamptz,
	policies_api.next_business_opening('2026-11-28 12:00+00') = '2026-11-30 09:00 ZONE'::timestamptz,
		(policies_api.sla_policy_for('incident', 'high')).policy_name
	FROM policies_api.sla_deadlines('incident', 'high', '2026-11-28 12:00+00'));
for my $round (1 .. 3) {
	for my $who (qw(acme globex app acme app globex)) {
		is(ask($session{$who}, "BEGIN;\n$scope{$who} " . ($clock =~ s/ZONE/$zone{$who}/gr) . '; COMMIT;'), "$who|t|t|sla of $who",
			"round $round: $who has its own clock");
	}
	like(ask($session{acme}, "BEGIN; SET LOCAL ROLE policies_caller; $clock; COMMIT;"), qr/ERROR:/,
		'and without claims there is none');
}
# Prepared once, executed for all.
my $due = q(SELECT policies_api.add_business_minutes('2026-11-28 12:00+00', 30) AT TIME ZONE 'UTC');
my %due = (acme => '2026-11-30 08:30:00', globex => '2026-11-30 14:30:00', app => '2026-11-30 04:00:00');
ask($session{acme}, "BEGIN;\n"
	. "$claims{acme} SET LOCAL plan_cache_mode = force_generic_plan; PREPARE due AS $due; EXECUTE due; COMMIT;");
for my $who (qw(globex app acme globex)) {
	is(ask($session{$who}, "BEGIN;\n$scope{$who} EXECUTE due; COMMIT;"), $due{$who}, "a prepared deadline is ${who}'s");
}
# A change by one moves its own clock, and no other.
ask($session{acme}, "BEGIN;\n"
	. "$claims{acme} UPDATE policies_api.business_calendars SET time_zone = 'Asia/Tokyo' WHERE name = 'acme'; COMMIT;");
is(ask($session{$_}, "BEGIN;\n$scope{$_} $due; COMMIT;"), $_ eq 'acme' ? '2026-11-30 00:30:00' : $due{$_},
	"after acme's change: $_") for qw(acme globex app);
ask($session{$_}, "BEGIN;\n$scope{$_} DELETE FROM policies_api.policies WHERE priority IS NOT NULL; COMMIT;")
	for qw(acme globex app);
delete $session{app};

# A failed transaction leaves no claims behind either.
like(ask($session{acme}, "BEGIN;\n$claims{acme} SELECT 1/0; COMMIT;"), qr/division by zero/, 'a transaction fails');
is(ask($session{globex}, "BEGIN; SET LOCAL ROLE policies_caller; $list; COMMIT;"), '',
	'and leaves no claims for the next caller');

# A cursor that is held over the commit keeps the rows of the caller who opened it, and no others.
is(ask($session{acme}, "BEGIN;\n$claims{acme} DECLARE held CURSOR WITH HOLD FOR $list; COMMIT; BEGIN;\n"
	. "$claims{globex} FETCH ALL FROM held; CLOSE held; COMMIT;"),
	'of acme', 'a held cursor has the rows of its opening');

# A login without trust.
my $stranger = pooled_session('stranger');
is(ask($stranger, "BEGIN;\nSELECT set_config('request.jwt.claims', '{\"tenant_id\": \"acme\"}', true) \\g /dev/null\n"
	. " $list; COMMIT;"), '',
	'an untrusted login sees nothing through the pool either');

close_session($_) for values %session, $stranger;
done_testing();
