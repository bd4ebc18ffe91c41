#!/usr/bin/perl
# Checks of the product's SQL that make it replaceable: one definition of each object, updates that do only what replacing
# cannot, and released updates that stay as they are. Prints every finding; fails when there is one.
use strict;
use warnings;
use Digest::SHA;
use FindBin;

chdir "$FindBin::Bin/.." or die $!;
my $failed = 0;

sub finding {
	print "check-source: @_\n";
	$failed = 1;
	return;
}

sub text_of {
	my ($file) = @_;
	open my $handle, '<', $file or die "$file: $!";
	local $/;
	my $text = <$handle>;
	return $text // '';
}

# The types of a function's arguments, of the text between its parentheses: two functions may differ in nothing but these.
my %alias = (int4 => 'integer', int8 => 'bigint', int2 => 'smallint', bool => 'boolean',
	timestamptz => 'timestamp with time zone',
	float8 => 'double precision', varchar => 'character varying');

sub argument_types {
	my ($arguments) = @_;
	my @types;
	$arguments =~ s/'(?:[^']|'')*'/''/g;
	1 while $arguments =~ s/\([^()]*\)//g;
	for my $argument (split /,/, $arguments) {
		$argument =~ s/\s+/ /g;
		$argument =~ s/ DEFAULT .*| ?= .*//i;
		$argument =~ s/^ //;
		$argument =~ s/ $//;
		next if $argument =~ /^OUT /;
		$argument =~ s/^(?:IN|INOUT|VARIADIC) //;
		$argument =~ s/^(?:"[^"]*"|\w+) (?=\S)// unless $argument =~ /^(?:double precision|timestamp with|character varying)/;
		$argument =~ s/pg_catalog\.//;
		$argument =~ s/^(\w+)/$alias{$1} \/\/ $1/e;
		push @types, $argument;
	}
	return join ', ', @types;
}

# The objects that a file creates, as "kind name", with their line.
sub objects_of {
	my ($text) = @_;
	my $name = qr/(?:"[^"]+"|[\w]+)(?:\.(?:"[^"]+"|\w+))?/;
	my @objects;
	my $kinds = qr/FUNCTION|PROCEDURE|AGGREGATE|(?:MATERIALIZED )?VIEW|TABLE|INDEX|TYPE|DOMAIN|SEQUENCE|SCHEMA|TRIGGER|POLICY/;
	while ($text =~ /^CREATE (?:OR REPLACE )?(?:UNIQUE )?($kinds) ($name)/mg) {
		my ($kind, $object, $line) = ($1, $2, 1 + (substr($text, 0, $-[0]) =~ tr/\n//));
		my $rest = substr $text, $+[0];
		if ($kind =~ /FUNCTION|PROCEDURE|AGGREGATE/ && $rest =~ /^(\((?:[^()']|'(?:[^']|'')*'|(?1))*\))/) {
			$object .= '(' . argument_types(substr $1, 1, -1) . ')';
		} elsif ($kind =~ /TRIGGER|POLICY/ && $rest =~ /^[^;]*?\bON ($name)/) {
			$object .= " on $1";
		} elsif ($kind eq 'INDEX' && $rest =~ /^[^;]*?\bON ($name)/) {
			$object = ($1 =~ s/\.[^.]*$/./r) . $object;
		}
		# Relations and types share their names.
		$kind = 'RELATION' if $kind =~ /VIEW|TABLE|INDEX|SEQUENCE|TYPE|DOMAIN/;
		push @objects, [ lc($kind) . " $object", $line ];
	}
	return @objects;
}

my %defined;
for my $file (glob 'src/sql/extension/*.sql src/sql/register/*/*.sql') {
	for (objects_of(text_of($file))) {
		my ($object, $line) = @$_;
		finding("$file:$line: a second definition of $object: the first is in $defined{$object}") if $defined{$object};
		$defined{$object} //= "$file:$line";
	}
}

# An update of the extension takes over the files from 1N- on, and no other.
for my $file (glob 'src/sql/extension/*.sql') {
	my $is_made_once = $file =~ m{/0\d-};
	for (objects_of(text_of($file))) {
		my ($object, $line) = @$_;
		finding("$file:$line: what is replaced stands in the files 1N- to 9N-") if $is_made_once && $object =~ /^function/;
		finding("$file:$line: what is made once stands in the files 0N-") if !$is_made_once && $object !~ /^function/;
	}
}

my ($version) = text_of('policies.control') =~ /^default_version = '(.*)'/m;
my @released = reverse text_of('CHANGELOG.md') =~ /^## (\d\S*) - \d{4}-\d\d-\d\d$/mg;
my $is_released = grep { $_ eq $version } @released;
my @versions = ((grep { $_ ne $version } @released), $version);
my %step = map { ("$versions[$_ - 1]--$versions[$_]" => $versions[$_]) } 1 .. $#versions;

for my $file (glob 'src/sql/updates/*/*') {
	my ($folder, $name) = $file =~ m{([^/]+)/([^/]+)$};
	if ($folder eq 'extension') {
		my ($step) = $name =~ /^(.+)\.sql$/;
		finding("$file: updates of the extension are named FROM--TO.sql, from each released version to the next")
			unless $step && $step{$step};
	} elsif ($folder eq 'register') {
		finding("$file: updates of the register are named NNN-name.sql") unless $name =~ /^\d{3}-[a-z0-9-]+\.sql$/;
	} else {
		finding("$file: updates are of the extension or of the register");
	}
	my $text = text_of($file);
	while ($text =~ /^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?(FUNCTION|PROCEDURE|VIEW|TRIGGER)\b/mig) {
		finding("$file: CREATE $1: what can be replaced has its one definition in src/sql/extension or src/sql/register");
	}
}

# The updates of a released version never change: somebody has applied them. Those that are not released yet are behind them.
my %frozen;
for (split /\n/, text_of('src/sql/updates/released.sha256')) {
	my ($digest, $file) = /^([0-9a-f]{64})  (\S+)$/ or finding("src/sql/updates/released.sha256: not of sha256sum: $_"), next;
	$frozen{$file} = 1;
	if (!-f $file) {
		finding("$file: a released update is missing");
	} elsif (Digest::SHA->new(256)->addfile($file)->hexdigest ne $digest) {
		finding("$file: a released update has changed");
	}
}
my ($last_frozen) = reverse sort grep { m{/register/} } keys %frozen;
for my $file (grep { !$frozen{$_} } glob 'src/sql/updates/*/*.sql') {
	my ($to) = $file =~ m{/extension/.*--(.*)\.sql$};
	if ($is_released || $to && $to ne $version) {
		finding("$file: an update of a released version: sha256sum $file >>src/sql/updates/released.sha256");
	} elsif ($file =~ m{/register/} && $last_frozen && $file lt $last_frozen) {
		finding("$file: stands before $last_frozen, which is released");
	}
}
exit $failed;
