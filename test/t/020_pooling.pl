# Transaction pooling through a real PgBouncer: one server connection, many callers, and none sees what another's claims show.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server create_register as_caller caller_settings open_session ask close_session);

my $pgbouncer = '/usr/sbin/pgbouncer';
die "pgbouncer is not installed: run tools/install_packages.sh" unless -x $pgbouncer;

my $node = new_server('pooled');
create_register($node, 'postgres');
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
	ask($session{acme}, "BEGIN;\n$claims{acme} SET LOCAL plan_cache_mode = $mode; PREPARE list_$mode AS $list; EXECUTE list_$mode; COMMIT;");
	for my $tenant (qw(globex acme globex)) {
		is(ask($session{$tenant}, "BEGIN;\n$claims{$tenant} SET LOCAL plan_cache_mode = $mode; EXECUTE list_$mode; COMMIT;"),
			"of $tenant", "$mode: a statement prepared for acme gives $tenant its own");
	}
	is(ask($session{acme}, "BEGIN; SET LOCAL ROLE policies_caller; SET LOCAL plan_cache_mode = $mode; EXECUTE list_$mode; COMMIT;"), '',
		"$mode: and nobody anything without claims");
}

# A failed transaction leaves no claims behind either.
like(ask($session{acme}, "BEGIN;\n$claims{acme} SELECT 1/0; COMMIT;"), qr/division by zero/, 'a transaction fails');
is(ask($session{globex}, "BEGIN; SET LOCAL ROLE policies_caller; $list; COMMIT;"), '', 'and leaves no claims for the next caller');

# A cursor that is held over the commit keeps the rows of the caller who opened it, and no others.
is(ask($session{acme}, "BEGIN;\n$claims{acme} DECLARE held CURSOR WITH HOLD FOR $list; COMMIT; BEGIN;\n$claims{globex} FETCH ALL FROM held; CLOSE held; COMMIT;"),
	'of acme', 'a held cursor has the rows of its opening');

# A login without trust.
my $stranger = pooled_session('stranger');
is(ask($stranger, "BEGIN;\nSELECT set_config('request.jwt.claims', '{\"tenant_id\": \"acme\"}', true) \\g /dev/null\n $list; COMMIT;"), '',
	'an untrusted login sees nothing through the pool either');

close_session($_) for values %session, $stranger;
done_testing();
