# What one request can cost: it fails alone, and nobody else notices. And what a path says holds, whatever is asked beside it.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use HttpApi;

my $api = HttpApi->new;
my %ann = (token => $api->token('acme', 'per_ann'));
my %gus = (token => $api->token('globex', 'per_gus'));
my %represented = (headers => { Prefer => 'return=representation' });
my $started = $api->sql('SELECT pg_postmaster_start_time()');

# As one that is not acme's, and sees no more than its own.
sub others_are_served {
	my ($after) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$api->answers(200, undef, GET => 'policies?select=id', %gus, what => " after $after:");
	is($api->sql('SELECT pg_postmaster_start_time()'), $started, "the server runs on after $after");
	unlike(slurp_file("$api->{folder}/postgresql.log"), qr/terminated by signal/, 'no process was killed');
	return;
}

# Each condition copies the text until the row is done with: 300 copies of 5 MB, twice.
my $large = $api->answers(201, undef, POST => 'policies?select=id', %ann, %represented,
	body => { name => 'large', body => 'x' x 5_000_000 })->{body}[0]{id};
$api->answers(503, qr/out of memory/, GET => "policies?id=eq.$large&select=id&or=("
	. join(',', map { "body.ilike.*y$_*" } 1 .. 300) . ')', %ann);
others_are_served('conditions on a large text');

# Embedded tables: of 300 acknowledgements 27 million, of a request of 110 characters.
my ($one, $other) = map { $api->answers(201, undef, POST => 'policies?select=id', %ann, %represented,
	body => { name => $_, body => "# $_" })->{body}[0]{id} } qw(one other);
$api->answers(200, undef, POST => "policies/$_/publish", %ann, body => { version => '1.0.0' }) for $one, $other;
$api->answers(200, undef, POST => "policies/$one/acknowledgements", %ann,
	body => { person_ids => [ map { "per_$_" } 1 .. 300 ] });
my $nested = 'id';
$nested = "policy_acknowledgements(policies($nested))" for 1 .. 3;
$api->answers(400, qr/select/, GET => "policies?select=$nested", %ann);
$api->answers(400, qr/select/, GET => 'policies?select=' . join(',', map { "a$_:body" } 1 .. 100), %ann);
others_are_served('embedded tables and aliases');

# The path's id counts, not the query's.
for my $query ("policy_id=$other", "policy%5Fid=$other", "version=1.0.0&policy_id=$other") {
	is($api->request(GET => "policies/$one/markdown?$query", %ann)->{content}, '# one', "?$query: the Markdown is of the path");
	like($api->request(GET => "policies/$one/html?$query", %ann)->{content}, qr/one/, 'the HTML too');
}
my $hash = $api->answers(200, undef, GET => "policies/$one/content-hash", %ann)->{body};
is($api->answers(200, undef, GET => "policies/$one/content-hash?policy_id=$other", %ann)->{body}, $hash,
	'nobody approves another content than that of the path');
is($api->answers(200, undef, GET => "policies/$one/versions/1.0.0?version=2.0.0&policy_id=$other", %ann)->{body}{policy_id}, $one,
	'nor reads another version');

# As long as an address may be; what is no text; an update of nothing.
is($api->answers(200, undef, GET => 'policies?select=id&id=in.(' . join(',', ($one) x 230) . ')', %ann)->{body}[0]{id}, $one,
	'a long query is answered');
$api->answers(400, qr/UTF-8/, GET => "policies?name=eq.$_", %ann) for '%ff', '%ed%a0%80';
$api->answers(200, undef, GET => 'policies?name=eq.%c3%a4%e2%82%ac', %ann);
$api->answers(400, qr/no field/, PATCH => "policies/$one", %ann, body => $_) for {}, [], [ {}, {} ];

done_testing();
