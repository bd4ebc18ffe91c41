package NginxSite;

# The nginx site of deploy/ in front of a stub that tells what arrived, and requests to it.

use strict;
use warnings;
use Exporter 'import';
use File::Basename qw(dirname);
use File::Path qw(make_path);
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

our @EXPORT_OK = qw(start_site stop_stub request connect_from arrived error_log);

my $nginx = '/usr/sbin/nginx';
unless (-x $nginx) {
	diag("NOT RUN: $nginx is not installed, so nothing tells whether deploy/nginx.conf works: run tools/install_packages.sh site");
	plan skip_all => 'nginx is not installed';
}

my ($folder, $port, $socket, $stub, @children);

# The site as it is, with another socket, port and folder of the pages.
sub write_configuration {
	my $site = join '', map { slurp_file("$ENV{SCRATCH}/deploy/$_") } qw(nginx-maps.conf nginx.conf);
	is($site =~ s{unix:/run/policies-postgrest/postgrest\.sock}{unix:$socket}g, 1, 'the upstream is a socket');
	is($site =~ s{listen 127\.0\.0\.1:8080;}{listen 127.0.0.1:$port;}g, 1, 'the site listens on the loopback');
	is($site =~ s{(proxy_set_header Host \$host;)}{$1 proxy_set_header X-Stub-Status \$http_x_stub_status;}g, 1,
		'the stub is told what to answer');
	ok($site =~ s{/usr/share/policies/www}{$folder/www}g, 'the pages have a folder');
	append_to_file("$folder/site.conf", $site);
	append_to_file("$folder/nginx.conf", <<"CONF");
pid $folder/pid;
daemon off;
worker_processes 1;
events { }
http {
	access_log $folder/access.log;
@{[ join "\n", map { "	${_}_temp_path $folder/$_;" } qw(client_body proxy fastcgi uwsgi scgi) ]}
	include $folder/site.conf;
}
CONF
	return;
}

# Answers each connection's one request with what arrived, as JSON, or with the status that x-stub-status asks for.
# Content-Location
# repeats the query, as PostgREST's does.
sub serve_stub {
	my $server = IO::Socket::UNIX->new(Local => $socket, Listen => 64) or die "no stub: $!";
	chmod 0666, $socket;
	while (my $client = $server->accept) {
		my ($request, %header) = (scalar <$client> // next);
		my ($method, $target) = split / /, $request;
		while ((my $line = <$client>) =~ /^([^:]+):\s*(.*?)\r?\n$/) {
			my ($name, $value) = (lc $1, $2);
			$header{$name} = exists $header{$name} ? "$header{$name}, $value" : $value;
		}
		my $body = '';
		read $client, $body, $header{'content-length'} if $header{'content-length'};
		my $answer = encode_json({ method => $method, target => $target, headers => \%header, length => length $body,
			body => length $body > 100000 ? 'long' : $body });
		my $status = $header{'x-stub-status'} // 200;
		print $client "HTTP/1.1 $status Stub\r\nServer: postgrest/x\r\nContent-Location: $target\r\nContent-Range: 0-0/1\r\n"
			. "Content-Type: application/json\r\n",
			"Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\nAccess-Control-Expose-Headers: Content-Range\r\n",
			$method eq 'POST' ? "Location: /policies?id=eq.pol_01J9Z3NDEKTSV4RRFFQ69G5FAV&tenant_id=eq.acme\r\n" : '',
			'Content-Length: ' . length($answer) . "\r\nConnection: close\r\n\r\n", $method eq 'HEAD' ? '' : $answer;
		close $client;
	}
	return;
}

# Runs a function in a process of its own.
sub start {
	my ($run) = @_;
	my $pid = fork // die "cannot fork: $!";
	if (!$pid) {
		# Without this process's END blocks.
		eval { $run->(); 1 } or print {*STDERR} $@;
		POSIX::_exit(1);
	}
	push @children, $pid;
	return $pid;
}
END {
	my $status = $?;
	kill 'TERM', @children if @children;
	waitpid $_, 0 for @children;
	$? = $status;
}

# Starts nginx and the stub. Returns the folder of both; the pages' is www below it, of which these are the files: path =>
# content.
sub start_site {
	my (%files) = @_;
	# A short path: a socket's has 107 characters at most.
	$folder = PostgreSQL::Test::Utils::tempdir_short();
	$socket = "$folder/postgrest.sock";
	$port = PostgreSQL::Test::Cluster::get_free_port();
	# nginx's workers may be of another user.
	chmod 0755, $folder;
	for my $path (sort keys %files) {
		my $file = "$folder/www/$path";
		make_path(dirname($file));
		append_to_file($file, $files{$path});
	}
	write_configuration();
	my @nginx = ($nginx, '-e', "$folder/error.log", '-p', $folder, '-c', "$folder/nginx.conf");
	command_ok([ @nginx, '-t' ], 'nginx takes the configuration');
	$stub = start(\&serve_stub);
	start(sub { exec @nginx });
	for (1 .. 200) {
		last if -S $socket && IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port");
		usleep(50_000);
	}
	return $folder;
}

sub stop_stub {
	kill 'TERM', $stub;
	waitpid $stub, 0;
	@children = grep { $_ != $stub } @children;
	return;
}

sub error_log {
	return slurp_file("$folder/error.log");
}

sub connect_from {
	my ($address) = @_;
	return IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", LocalAddr => $address, Timeout => 20) || die "cannot connect: $!";
}

# One request, each from an address of its own unless one is given, so that no rate limit is met. Returns (status, headers, body).
my $addresses = 0;
sub request {
	my ($method, $path, %options) = @_;
	$addresses++;
	my $from = $options{from} // '127.1.' . int($addresses / 250) . '.' . ($addresses % 250 + 1);
	my $connection = connect_from($from);
	my $body = $options{body};
	local $SIG{PIPE} = 'IGNORE';
	print $connection "$method $path HTTP/1.1\r\nHost: api.example.org\r\n",
		$options{anonymous} ? '' : "Authorization: Bearer x.y.z\r\n", map({ "$_\r\n" } @{ $options{headers} // [] }),
		defined $body ? 'Content-Length: ' . ($options{length} // length $body) . "\r\n" : '', "Connection: close\r\n\r\n",
		$body // $options{unframed} // '';
	my $answer = do { local $/; <$connection> } // '';
	my ($head, $content) = split /\r\n\r\n/, $answer, 2;
	my ($status, @lines) = split /\r\n/, $head // '';
	my %header = map { /^([^:]+):\s*(.*)$/ ? (lc $1 => $2) : () } @lines;
	$content = join '', map { /^[0-9a-f]+\r\n(.*)/s ? $1 : '' } $content if ($header{'transfer-encoding'} // '') eq 'chunked';
	return ($status =~ m{^HTTP/1\.1 (\d+)} ? $1 : "none: $answer", \%header, $content // '');
}

# What arrives at PostgREST of a request.
sub arrived {
	my ($status, $headers, $content) = request(@_);
	return { status => $status, headers => {}, target => '', method => '', body => $content } if $status != 200;
	return decode_json($content);
}

1;
