# The pages of deploy/nginx.conf: which files it gives, with which headers, and that no path leads to any other.
use strict;
use warnings;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;
use NginxSite qw(start_site request);

# With files that are none of the pages', in their folder and beside it.
my $folder = start_site(map { $_ => "file $_ " . 'x' x 2000 }
	  qw(index.html register.js register.css icon.svg explorer/index.html explorer/explorer.js explorer/swagger-ui.css
	  	explorer/NOTICE notes.txt .git/config more/more.js .hidden.js));
append_to_file("$folder/secret.js", 'secret');
my $policies = '/api/v1/policies';

my %types = (html => 'text/html; charset=utf-8', js => 'text/javascript; charset=utf-8', css => 'text/css; charset=utf-8',
	svg => 'image/svg+xml');
my @pages = map { [ $_ => $_ ] } qw(index.html register.js register.css icon.svg explorer/index.html explorer/explorer.js
	explorer/swagger-ui.css);
for my $page (@pages, [ '' => 'index.html' ], [ 'explorer/' => 'explorer/index.html' ], [ '?token=x' => 'index.html' ]) {
	my ($path, $file) = ("/$page->[0]", $page->[1]);
	my ($status, $headers, $content) = request('GET', $path);
	is($status, 200, "GET $path");
	like($content, qr/^file \Q$file\E /, 'is that file');
	is($headers->{'content-type'}, $types{ $file =~ s/.*\.//r }, 'of its type');
	is_deeply([ @{$headers}{qw(x-content-type-options x-frame-options referrer-policy cache-control cross-origin-resource-policy)} ],
		[ 'nosniff', 'DENY', 'no-referrer', 'no-cache', 'same-origin' ], 'with the headers for security');
	my %directives = map { /^(\S+) (.*)/ ? ($1 => $2) : () } split /; /, $headers->{'content-security-policy'};
	my $is_explorer = $file =~ /^explorer/;
	is_deeply(\%directives, {
		'default-src' => "'none'", 'script-src' => "'self'", 'style-src' => $is_explorer ? "'self' 'unsafe-inline'" : "'self'",
			'img-src' => "'self' data:",
		'connect-src' => "'self'", 'frame-ancestors' => "'none'", 'base-uri' => "'none'", 'form-action' => "'none'",
		$is_explorer ? () : ('require-trusted-types-for' => "'script'", 'trusted-types' => 'reading'),
	}, 'and a strict policy');
	my ($head_status, $head_headers, $head_content) = request('HEAD', $path);
	is_deeply([ $head_status, $head_content, $head_headers->{'content-length'} ], [ 200, '', length $content ], 'HEAD as well');
	ok($headers->{etag}, 'it has a tag');
	is((request('GET', $path, headers => [ "If-None-Match: $headers->{etag}" ]))[0], 304,
		'and is not sent again while it is the same');
	my (undef, $packed) = request('GET', $path, headers => [ 'Accept-Encoding: gzip' ]);
	is_deeply([ @{$packed}{qw(content-encoding vary)} ], [ 'gzip', 'Accept-Encoding' ], 'compressed for who can read that');
	for my $method (qw(POST PUT PATCH DELETE OPTIONS PROPFIND)) {
		my ($status, undef, $content) = request($method, $path, $method =~ /^P/ ? (body => '{}') : ());
		is($status, 405, "$method $path is refused");
		is(decode_json($content)->{code}, '405', 'in JSON');
	}
}
{
	my ($status, $headers) = request('GET', '/explorer');
	is_deeply([ $status, $headers->{location} ], [ 301, '/explorer/' ], '/explorer leads to its page');
	is((request('POST', '/explorer', body => '{}'))[0], 405, 'for reading only');
	is((request('GET', $policies, headers => [ 'Accept-Encoding: gzip' ]))[1]->{'content-encoding'}, undef,
		'answers of the API are not compressed');
	append_to_file("$folder/www/reading.css", 'body {}');
	is((request('GET', '/reading.css'))[1]->{'cross-origin-resource-policy'}, 'cross-origin',
		'a frame without an origin may load its style sheet');
}
for my $path ('/notes.txt', '/.git/config', '/.hidden.js', '/more/more.js', '/more/', '/more', '/missing.js',
	'/explorer/missing.js', '/explorer/NOTICE', '/explorer/register.js', '/register.js/', '/register.js%20',
	'/register.js%0a', '/register.js.bak', '/index.html/x', '/explorer/more/', '/secret.js', '/../secret.js',
	'/explorer/../../secret.js', '/%2e%2e/secret.js', '/..%2fsecret.js', '/explorer/..%2f..%2fsecret.js',
	'/explorer/%2e%2e/%2e%2e/secret.js', '/..%5csecret.js', '/%252e%252e/secret.js', '/..;/secret.js', '/...//secret.js',
	'//../secret.js', '/./../secret.js', '/etc/passwd', '//etc/passwd', '/register.js%00', '/%00', '/api/../secret.js',
	'/api/v1/register.js', '/api/register.js', '/explorer%2f..%2f..%2fsecret.js', '/explorer/..')
{
	my ($status, $headers, $content) = request('GET', $path);
	# What is above the root or no text is no request at all. /explorer/.. is the root.
	my $above = qr{%00|^/(?:\.\.|%2e%2e|/?\.\./|\./\.\.|\.\.%2f|explorer/(?:\.\./\.\.|%2e%2e/%2e%2e|\.\.%2f)|explorer%2f)};
	my $expected = $path eq '/explorer/..' ? qr/^200$/ : $path =~ $above ? qr/^40[04]$/ : qr/^404$/;
	like($status, $expected, "GET $path gives nothing away");
	unlike($content, qr/secret|file (?!index)|root:/, 'and no other file');
	is(decode_json($content)->{message}, 'there is no such path', 'says JSON') if $status == 404;
}
{
	my %count;
	$count{ (request('GET', '/register.js', from => '127.8.8.7'))[0] }++ for 1 .. 80;
	is_deeply(\%count, { 200 => 80 }, 'the files of a page come together, whatever the limit of the API');
}

{
	my ($status, $headers, $content) = request('GET', '/api/v1/nowhere');
	is($status, 404, 'what is not there below /api/');
	is(decode_json($content)->{code}, '404', 'is told in JSON');
	is($headers->{'cache-control'}, 'private, no-store', 'that nobody keeps');
}
done_testing();
