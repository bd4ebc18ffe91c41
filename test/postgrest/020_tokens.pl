# Tokens that are none: forged, expired, for another audience, of a confused algorithm. None reaches a row.
use strict;
use warnings;
use IPC::Run;
use MIME::Base64 qw(decode_base64url encode_base64url);
use PostgreSQL::Test::Utils;
use Test::More;
use HttpApi;

my $api = HttpApi->new;
$api->sql(q(INSERT INTO policies.policies (tenant_id, name) VALUES ('acme', 'secret of acme'), ('globex', 'secret of globex')));
my $sound = $api->claims('acme', 'per_ann');
is($api->answers(200, undef, GET => 'policies', token => $api->sign($sound))->{body}[0]{name}, 'secret of acme',
	'a sound token shows its tenant\'s rows');

# Each with every kind of request: what lets a forged one read must not let it write, either.
sub refused {
	my ($what, $token, $status, %options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my @requests = ([ GET => 'policies' ], [ POST => 'policies', body => { name => 'forged' } ],
		[ GET => 'policies/search?query=secret' ]);
	# The document of the API is everybody's who has a token.
	push @requests, [ GET => '' ] if $status == 401;
	for my $request (@requests) {
		my ($method, $path, @body) = @$request;
		my $answer = $api->answers($status, undef, $method => $path, token => $token, what => " $what:", @body, %options);
		unlike($answer->{content}, qr/secret of/, "$what: nothing is shown");
	}
	return;
}

my ($header, $payload, $signature) = split /\./, $api->sign($sound);
my $other_payload = encode_base64url(decode_base64url($payload) =~ s/acme/globex/r);
refused('no token', undef, 401);
refused('another secret', $api->sign($sound, secret => 'x' x 64), 401);
refused('an empty secret', $api->sign($sound, secret => ''), 401);
refused('a payload of another token', "$header.$other_payload.$signature", 401);
refused('no signature', "$header.$payload.", 401);
refused('no signature and no dot', "$header.$payload", 401);
refused('half a signature', "$header.$payload." . substr($signature, 0, 20), 401);
refused("alg $_", $api->sign($sound, header => { alg => $_ }, signature => sub { '' }), 401) for qw(none None NONE nOnE), '';
refused('alg none with the right signature', $api->sign($sound, header => { alg => 'none' }), 401);
refused('another algorithm than its signature', $api->sign($sound, header => { alg => 'HS512' }), 401);
refused('a key of its own in the header',
	$api->sign($sound, header => { jwk => { kty => 'oct', k => encode_base64url('x' x 64), alg => 'HS256' } }, secret => 'x' x 64),
	401);
refused('a key id that is a path', $api->sign($sound, header => { kid => '../../../../dev/null' }, secret => ''), 401);
refused('an address of keys', $api->sign($sound, header => { jku => "$api->{url}/keys", x5u => 'http://127.0.0.1/' },
	secret => 'x' x 64), 401);
refused('a critical header that nobody knows', $api->sign($sound, header => { crit => ['exp'], exp => 1 }, secret => 'x' x 64),
	401);
refused('expired', $api->sign({ %$sound, exp => time - 60 }), 401);
refused('expired long ago', $api->sign({ %$sound, exp => 1 }), 401);
refused('not valid yet', $api->sign({ %$sound, nbf => time + 3600 }), 401);
refused('issued in the future', $api->sign({ %$sound, iat => time + 3600 }), 401);
refused('for another audience', $api->sign({ %$sound, aud => 'billing' }), 401);
refused('for other audiences', $api->sign({ %$sound, aud => [ 'billing', 'mail' ] }), 401);
refused('rubbish', 'rubbish', 401);
refused('three dots', '...', 401);
refused('no payload', "$header..$signature", 401);
{
	my $same_twice = $api->request(GET => 'policies',
		headers => { Authorization => [ 'Bearer ' . $api->sign($sound), 'Bearer ' . $api->token('globex', 'per_gus') ] });
	unlike($same_twice->{content}, qr/secret of globex/, 'of two tokens the second does not count');
	my $basic = $api->answers(401, undef, GET => 'policies', headers => { Authorization => 'Basic YWNtZTpwZXJfYW5u' });
	like($basic->{headers}{'www-authenticate'}, qr/^Bearer/, 'what is asked for instead');
	$api->answers(401, undef, GET => 'policies?apikey=' . $api->sign($sound));
	$api->answers(401, undef, GET => 'policies', headers => { Cookie => 'token=' . $api->sign($sound) });
}
{
	my $many = $api->sign({ %$sound, aud => [ 'billing', 'policies' ] });
	$api->answers(200, undef, GET => 'policies', token => $many, what => ' one of several audiences:');
	# deploy/README.md warns of them.
	for my $left_out (qw(aud exp)) {
		$api->answers(200, undef, GET => 'policies', token => $api->sign({ %{$sound}{ grep { $_ ne $left_out } keys %$sound } }),
			what => " no $left_out:");
	}
}

# A token that is sound, and names no tenant, or names it badly.
refused('no tenant', $api->sign({ %$sound, tenant_id => undef }), 403);
refused("a tenant of the wrong type", $api->sign({ %$sound, tenant_id => $_ }), 403) for 1, ['acme'], { acme => 1 }, \1;
refused('an empty tenant', $api->sign({ %$sound, tenant_id => '' }), 403);
refused('an application of the wrong type', $api->sign({ %$sound, app_id => 1 }), 403);

$api->answers(200, undef, GET => '', token => $api->sign({ %$sound, tenant_id => undef }),
	what => ' the document without a tenant:');

# A role that is none of a token's. PostgREST without an anonymous role has no other for a token without one.
refused("the role $_", $api->sign({ %$sound, role => $_ }), $_ eq '' ? 401 : 403) for qw(policies_admin postgres policies_gateway
	authenticator pg_read_all_data);
is($api->request(GET => 'policies', token => $api->sign({ %$sound, role => $_ }))->{status} =~ /^40[013]$/ ? 'refused' : 'let in',
	'refused', "the role '$_'") for '', 'none', 'nobody_at_all', 'policies_caller; reset role', "policies_caller'";
{
	my $without = { %$sound };
	delete $without->{role};
	refused('no role', $api->sign($without), 401);
}
is($api->sql(q(SELECT count(*) FROM policies.policies)), 2, 'nothing was written by any of them');

# With the issuer's public key: nobody who knows it can sign.
{
	my $folder = PostgreSQL::Test::Utils::tempdir();
	run_command([ 'openssl', 'genrsa', '-out', "$folder/private.pem", '2048' ]);
	my ($modulus) = (run_command([ 'openssl', 'rsa', '-in', "$folder/private.pem", '-noout',
		'-modulus' ]))[0] =~ /Modulus=([0-9A-F]+)/;
	run_command([ 'openssl', 'rsa', '-in', "$folder/private.pem", '-pubout', '-out', "$folder/public.pem" ]);
	my $keys = qq({"keys":[{"kty":"RSA","alg":"RS256","kid":"1","use":"sig","e":"AQAB","n":") . encode_base64url(pack 'H*', $modulus)
		. '"}]}';
	append_to_file("$folder/keys.json", $keys);
	my $by_key = HttpApi->new(settings => [ qq(jwt-secret = "\@$folder/keys.json") ]);
	$by_key->sql(q(INSERT INTO policies.policies (tenant_id, name) VALUES ('acme', 'secret of acme')));
	my $sign = sub {
		my ($signed, $output) = (@_, '');
		IPC::Run::run([ 'openssl', 'dgst', '-sha256', '-sign', "$folder/private.pem" ], \$signed, \$output)
			or die 'openssl does not sign';
		return $output;
	};
	my %rsa = (header => { alg => 'RS256', kid => '1' }, signature => $sign);
	is($by_key->answers(200, undef, GET => 'policies', token => $by_key->sign($sound, %rsa))->{body}[0]{name}, 'secret of acme',
		'the issuer\'s signature counts');
	$by_key->answers(401, undef, GET => 'policies', token => $by_key->sign({ %$sound, exp => time - 60 }, %rsa));
	my $public = slurp_file("$folder/public.pem");
	my @secrets = ($public, $public =~ s/\n\z//r, $keys, pack('H*', $modulus), encode_base64url(pack 'H*', $modulus), '');
	$by_key->answers(401, undef, GET => 'policies', what => ' HS256 with what is public:',
		token => $by_key->sign($sound, header => { kid => '1' }, secret => $_)) for @secrets;
	$by_key->answers(401, undef, GET => 'policies', what => ' RS256 with the signature of HS256:',
		token => $by_key->sign($sound, header => { alg => 'RS256', kid => '1' }, secret => $_)) for @secrets;
	$by_key->answers(401, undef, GET => 'policies', token => $by_key->sign($sound, header => { alg => 'none', kid => '1' },
		signature => sub { '' }));
}

done_testing();
