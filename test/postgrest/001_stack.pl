# tools/http_stack.sh, by which all of this runs, leaves no server behind, however a test ends, and fails loudly.
use strict;
use warnings;
use IO::Socket::INET;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);
use HttpApi;

my $script = "$ENV{SCRATCH}/tools/http_stack.sh";

# The servers of a stack that run: what has its folder in its command line. A dead one without a parent to note it has none.
sub servers {
	my ($folder) = @_;
	my @running = grep { -r $_ && index(eval { slurp_file($_) } // '', "$folder/") >= 0 } glob '/proc/[0-9]*/cmdline';
	return scalar @running;
}

# Whether they are gone, or will be in a moment.
sub gone {
	my ($folder) = @_;
	for (1 .. 100) {
		return 1 unless servers($folder);
		sleep 0.1;
	}
	return 0;
}

# A test that keeps its stack in a function, as most do; what ends it is $end.
for my $case ([ 'ends', '' ], [ 'dies', 'die "on purpose"' ], [ 'is interrupted', 'kill INT => $$; sleep 60' ],
	[ 'is terminated', 'kill TERM => $$; sleep 60' ]) {
	my ($how, $end) = @$case;
	my $told = PostgreSQL::Test::Utils::tempdir() . '/folder';
	my $program = "use HttpApi; my \$api = HttpApi->new; sub folder { return \$api->{folder} } "
		. "PostgreSQL::Test::Utils::append_to_file('$told', folder()); $end";
	my $error = '';
	my $succeeded = IPC::Run::run([ $^X, map({ "-I$_" } @INC), '-e', $program ], '>', \my $output, '2>', \$error);
	is($succeeded ? 'succeeds' : 'fails', $end ? 'fails' : 'succeeds', "a test that $how") or diag($error);
	my $folder = eval { slurp_file($told) } // '';
	like($folder, qr{^/}, 'its stack was there');
	ok(gone($folder), 'and no server of it is left');
}

# Interrupted while it starts, at any time.
for my $delay (map { $_ / 4 } 1 .. 8) {
	my $folder = PostgreSQL::Test::Utils::tempdir_short() . '/s';
	my ($output, $error) = ('', '');
	my $start = IPC::Run::start([ $script, 'start', $folder, PostgreSQL::Test::Cluster::get_free_port() ], '>', \$output, '2>',
		\$error);
	sleep $delay;
	$start->signal('TERM');
	$start->finish;
	# What had started by then is stopped as ever.
	system($script, 'stop', $folder);
	ok(gone($folder), "no server is left after $delay seconds");
}

# What is wrong is said.
sub refused {
	my ($what, $message, @arguments) = @_;
	my $folder = PostgreSQL::Test::Utils::tempdir_short() . '/s';
	my ($output, $error) = ('', '');
	ok(!IPC::Run::run([ $script, 'start', $folder, @arguments ], '>', \$output, '2>', \$error), "$what: refused");
	like($error, $message, 'with the reason');
	ok(gone($folder), 'and no server is left');
	return;
}
my $taken = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "cannot listen: $!";
refused('a port that is taken', qr/bind\(\).*in use/, $taken->sockport);
refused('a setting that is none', qr/role-claim-key/, PostgreSQL::Test::Cluster::get_free_port(), 'jwt-role-claim-key = "role"');
{
	local $ENV{POSTGREST} = '/nonexistent/postgrest';
	refused('no postgrest', qr{POSTGREST=/path}, PostgreSQL::Test::Cluster::get_free_port());
}

done_testing();
