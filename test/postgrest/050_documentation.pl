# What docs/http.md shows is run as it stands there.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use HttpApi;

my $api = HttpApi->new;
my $text = slurp_file("$ENV{SCRATCH}/docs/http.md");
my $commands = join "\n", $text =~ /^```sh\n(.*?)^```$/msg;
is($commands =~ s{^API=\S+}{API=$api->{url}}mg, 1, 'the address is set once');
is($commands =~ s{/etc/policies/jwt-secret}{$api->{folder}/jwt-secret}g, 1, 'and the secret named once');
my ($output, $error) = ('', '');
ok(IPC::Run::run([ 'bash', '-eu', '-o', 'pipefail' ], '<', \"cd $ENV{SCRATCH}\n$commands", '>', \$output, '2>', \$error),
	'every command succeeds') or diag("$output\n$error");
is($api->sql(q(SELECT string_agg(name, ', ' ORDER BY name) FROM policies.policies WHERE tenant_id = 'acme')),
	'Acceptable use, Clean desk, Data handling', 'and has done what it says');
is($api->sql(q(SELECT string_agg(v.version, ', ' ORDER BY v.published_at) FROM policies.policy_versions v)), '1.0.0, 1.1.0',
	'the versions too');

# The filters of the table, and the searches.
my ($table) = $text =~ /^## Filters.*?\n(\|.*?)\n\n/ms;
my @queries = $table =~ /\| `\?(\S.*?)`/g;
cmp_ok(@queries, '>', 10, 'filters are shown');
my %ann = (token => $api->token('acme', 'per_ann'));
for my $query (@queries) {
	my $encoded = $query =~ s/([ "\[\]])/sprintf '%%%02X', ord $1/ger;
	$api->answers(200, undef, GET => "policies?$encoded", %ann);
}

# The routes of the table are all there; a method that a route lacks is refused.
for my $route ($text =~ /^\| (`(?:GET|POST|PATCH|DELETE)\b.*?) \| /mg) {
	my ($path) = $route =~ m{ /([^`?]+)};
	$path =~ s/\{id\}/($path =~ m{^policies} ? 'pol' : 'cal') . '_01J9Z3NDEKTSV4RRFFQ69G5FAV'/e;
	$path =~ s/\{version\}/1.0.0/;
	my $answer = $api->request(PUT => $path, %ann, content => '');
	is($answer->{status}, 405, "$path is a route");
}

done_testing();
