# What the README and the guides show in SQL is run as it stands there, and answers as it says there.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server create_register);

my $node = new_server('guides');
my $folder = "$ENV{SCRATCH}/guides";
mkdir $folder;

# Without what a guide leaves out, and what differs from run to run.
sub normalized {
	my ($text) = @_;
	$text =~ s/\b(pol|cal)_[0-9A-Z]{26}\b/$1_…/g;
	$text =~ s/\b20\d\d-\d\d-\d\d$/<date>/mg;
	$text =~ s/^\(\d+ rows?\)$//mg;
	$text =~ s/^(?:psql:\S+ )?(?=ERROR:)//mg;
	$text =~ s/ +$//mg;
	$text =~ s/\n{2,}/\n/g;
	return $text =~ s/^\n//r;
}

# Runs a file's blocks of SQL in one session, up to one that matches. What comes back must be what the block of text behind it
# shows,
# or no error where there is none.
sub check_guide {
	my ($file, $database, $until) = @_;
	my $text = slurp_file("$ENV{SCRATCH}/$file");
	my @examples = $text =~ /^```sql\n(.*?)^```\n(?:```text\n(.*?)^```\n)?/msg;
	my $script = "\\pset footer off\n\\set SHOW_CONTEXT never\n";
	my @expected;
	while (my ($sql, $shown) = splice @examples, 0, 2) {
		last if defined $until && $sql =~ $until;
		push @expected, [ $sql, $shown ];
		$script .= "$sql\\echo <<mark>>\n";
	}
	cmp_ok(@expected, '>', 3, "$file has examples");
	my $output;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	create_register($node, $database) unless $text =~ /^CREATE EXTENSION policies;$/m;
	chdir $folder;
	ok(IPC::Run::run([ 'psql', '-Xq', '-d', $node->connstr($database) ], '<', \$script, '>&', \$output),
		"$file: psql came to the end");
	chdir $ENV{SCRATCH};
	my @answers = split /^<<mark>>\n/m, $output;
	for my $number (0 .. $#expected) {
		my ($sql, $shown) = @{ $expected[$number] };
		my ($first) = $sql =~ /\A(.*)$/m;
		my $answer = normalized($answers[$number] // 'none at all');
		if (defined $shown) {
			is($answer, normalized($shown), "$file: $first");
		} else {
			unlike($answer, qr/none at all|^ERROR/m, "$file: $first");
		}
	}
	return;
}

check_guide('README.md', 'readme', qr/CREATE ROLE authenticator/);
check_guide('docs/documents.md', 'documents');
check_guide('docs/sla-clock.md', 'sla_clock');
check_guide('docs/orms.md', 'orms');

done_testing();
