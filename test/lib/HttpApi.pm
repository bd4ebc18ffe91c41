package HttpApi;

# The register over HTTP, through nginx and PostgREST as deploy/ has them: a private stack, tokens of every kind, and requests.

use strict;
use warnings;
use Digest::SHA qw(hmac_sha256);
use File::Copy qw(copy);
use HTTP::Tiny;
use JSON::PP;
use MIME::Base64 qw(encode_base64url);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $json = JSON::PP->new->canonical->utf8->allow_nonref;
my $number = 0;
# A copy, for the scratch folder may be gone before an interrupted test is.
my $script = PostgreSQL::Test::Utils::tempdir_short() . '/http_stack.sh';
copy("$ENV{SCRATCH}/tools/http_stack.sh", $script) or die "no copy of http_stack.sh: $!";
my %running;
# An interrupted test ends like any other.
$SIG{$_} = sub { exit 1 } for qw(HUP INT TERM);

# Starts a stack. Options: rate (requests a second and address, of no concern by default), settings (lines of postgrest.conf).
sub new {
	my ($class, %options) = @_;
	# A short path: a socket's has 107 characters at most.
	my $folder = PostgreSQL::Test::Utils::tempdir_short() . '/' . ++$number;
	my $port = PostgreSQL::Test::Cluster::get_free_port();
	my $self = bless { folder => $folder, port => $port, url => "http://127.0.0.1:$port/api/v1",
		http => HTTP::Tiny->new(timeout => 120, max_redirect => 0) }, $class;
	local $ENV{HTTP_RATE} = $options{rate} // 1_000_000;
	$running{$folder} = 1;
	system("$ENV{SCRATCH}/tools/http_stack.sh", 'start', $folder, $port, @{ $options{settings} // [] }) == 0
		or die 'the stack does not start';
	$self->{secret} = PostgreSQL::Test::Utils::slurp_file("$folder/jwt-secret");
	return $self;
}

sub DESTROY {
	my ($self) = @_;
	stop($self->{folder});
	return;
}

# What a function of the test still names is destroyed only after the temporary folders were removed.
END {
	stop($_) for keys %running;
}

sub stop {
	my ($folder) = @_;
	local $?;
	delete $running{$folder} and system('sh', $script, 'stop', $folder);
	return;
}

# Runs SQL as the superuser; returns its output.
sub sql {
	my ($self, $sql) = @_;
	my ($output, $error) = ('', '');
	IPC::Run::run([ "$ENV{PGBIN}/psql", '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', $self->{folder}, '-U', 'postgres', 'policies' ],
		\$sql, \$output, \$error) or die $error;
	chomp $output;
	return $output;
}

# The payload of a person's token: tenant, person, more claims.
sub claims {
	my ($self, $tenant, $person, %more) = @_;
	return { role => 'policies_caller', aud => 'policies', exp => time + 3600, tenant_id => $tenant, sub => $person, %more };
}

# Signs a payload with the stack's secret, or with options: header (fields that replace the usual ones), secret, signature (a
# function of what is signed).
sub sign {
	my ($self, $claims, %options) = @_;
	my $header = { alg => 'HS256', typ => 'JWT', %{ $options{header} // {} } };
	my $signed = join '.', map { encode_base64url($json->encode($_)) } $header, $claims;
	my $sign = $options{signature} // sub { hmac_sha256($_[0], $options{secret} // $self->{secret}) };
	return "$signed." . encode_base64url($sign->($signed));
}

sub token {
	my ($self, @claims) = @_;
	return $self->sign($self->claims(@claims));
}

# One request. Options: token, body (sent as JSON) or content (as it is), headers, url (before the path). Returns a hash: status,
# headers, content, body (what is JSON in it).
sub request {
	my ($self, $method, $path, %options) = @_;
	my %headers = ('Content-Type' => 'application/json', %{ $options{headers} // {} });
	$headers{Authorization} = "Bearer $options{token}" if defined $options{token};
	my $content = exists $options{body} ? $json->encode($options{body}) : $options{content};
	my $answer = $self->{http}->request($method, ($options{url} // $self->{url}) . "/$path",
		{ headers => \%headers, defined $content ? (content => $content) : () });
	$answer->{body} = eval { $json->decode($answer->{content}) } if ($answer->{headers}{'content-type'} // '') =~ /json/;
	return $answer;
}

# Sends a request and checks its status; of an error also that it is PostgREST's JSON, and its message. Returns the answer.
sub answers {
	my ($self, $status, $message, $method, $path, %options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $answer = $self->request($method, $path, %options);
	my $what = ($options{what} // '') . " $method $path";
	is($answer->{status}, $status, "$status:$what") or diag($answer->{content});
	if ($status >= 400 && $method ne 'HEAD') {
		is(join(' ', sort keys %{ ref $answer->{body} eq 'HASH' ? $answer->{body} : {} }), 'code details hint message',
			"an error in JSON:$what") or diag($answer->{content});
		like($answer->{body}{message}, $message, "its message:$what") if $message;
	}
	return $answer;
}

1;
