package DocumentsTest;

# What the suites of documents share: tenants that publish, approve, acknowledge and search in their own ways, and what must
# hold of all documents after whatever happened.

use strict;
use warnings;
use Exporter 'import';
use PoliciesTest qw(as_caller);

our @EXPORT_OK = qw(fill_documents document_violations unverified_versions @document_tenants);

# English with approvals, German with a cadence, and a tenant whose id is all that a query or a document could take for more
# than a word.
our @document_tenants = ('docs_en', 'docs_de', q(docs \\ ' " & !x:* | <->));

sub claims_of {
	my ($tenant, $person, $app) = @_;
	my $name = $tenant =~ s/(["\\])/\\$1/gr;
	return qq({"tenant_id": "$name", "sub": "$person") . ($app ? qq(, "app_id": "$app"}) : '}');
}

# Published, approved, acknowledged, reviewed, noticed, edited after all that, deleted and restored.
sub fill_documents {
	my ($node, $database) = @_;
	$node->safe_psql($database, <<'SQL');
INSERT INTO policies.policy_settings (tenant_id, app_id, required_approvals, review_cadence, search_language) VALUES
    ('docs_en', NULL, 1, '1 year', 'english'), ('docs_de', NULL, 0, '6 months', 'german'),
        ('docs_de', 'app_1', 0, NULL, 'english');
SQL
	for my $tenant (@document_tenants) {
		for my $app ('', 'app_1') {
			my @steps = (
				per_1 => <<'SQL',
INSERT INTO policies_api.policies (name, description, body, tags, category, owner_id, status, next_review_at)
    SELECT 'running document ' || n, 'Häuser and houses ' || n,
        E'# Title ' || n || E'\n\nWe are running häufig.\n' || repeat(md5(n::text) || E' line\n', 50),
        jsonb_build_array('tag', 'tag' || n), 'security', 'per_1', 'draft', '2026-01-31' FROM generate_series(1, 6) n
SQL
				per_2 => q(SELECT count(policies_api.approve_policy(id, policies_api.policy_content_hash(id), 'read'))
					FROM policies_api.policies WHERE name LIKE 'running%'),
				per_1 => q(SELECT count(policies_api.publish_policy(id, '1.0', 'first')) FROM policies_api.policies
					WHERE name LIKE 'running%'),
				per_1 => <<'SQL',
SELECT count(policies_api.request_acknowledgements(id, ARRAY['per_2', 'per_3', 'per_4'], '2999-01-01')) FROM policies_api.policies
    WHERE name LIKE 'running%' AND name < 'running document 5';
UPDATE policies_api.policies SET body = body || 'changed' WHERE name < 'running document 4' AND name LIKE 'running%'
SQL
				per_2 => <<'SQL',
SELECT count(policies_api.approve_policy(id, policies_api.policy_content_hash(id))) FROM policies_api.policies
    WHERE name LIKE 'running%' AND name < 'running document 4';
SELECT count(*) FROM policies_api.policies p, policies_api.acknowledge_policy(p.id) WHERE name LIKE 'running%'
SQL
				per_3 => q(SELECT count(policies_api.publish_policy(id, CASE name WHEN 'running document 1' THEN 'major' ELSE 'minor' END))
					FROM policies_api.policies WHERE name LIKE 'running%' AND name < 'running document 4'),
				per_4 => <<'SQL',
SELECT count(policies_api.complete_policy(id, 'reviewed', outcome => CASE name WHEN 'running document 5' THEN 'retired'
    ELSE 'changed' END, next_review_at => CASE name WHEN 'running document 5' THEN NULL ELSE '2999-01-01'::timestamptz END))
    FROM policies_api.policies WHERE name IN ('running document 4', 'running document 5');
UPDATE policies_api.policies SET next_review_at = '2026-02-01', name = name || ' again' WHERE name < 'running document 3'
    AND name LIKE 'running%';
DELETE FROM policies_api.policies WHERE name IN ('running document 3', 'running document 6');
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name = 'running document 6';
SELECT policies_api.hand_over_policies('per_1', 'per_5')
SQL
				per_5 => q(UPDATE policies_api.policies SET description = 'by a second author' WHERE name = 'running document 1 again'),
			);
			while (my ($person, $sql) = splice @steps, 0, 2) {
				my ($status, undef, $stderr) = as_caller($node, $database, claims_of($tenant, $person, $app), $sql);
				die "cannot fill the register with documents: $stderr" if $status;
			}
		}
	}
	$node->safe_psql($database, q(SELECT policies.notify_reviews_due(); SELECT count(*) FROM policies.take_review_notices(2)));
	return;
}

# Each row is a violation: words that are missing, stale or nobody's; a version, an approval or an acknowledgement that is
# not as its function writes it.
sub document_violations {
	my ($node, $database) = @_;
	return $node->safe_psql($database, <<'SQL');
WITH chained AS (
    SELECT v.*, lag(v.version_hash) OVER chain AS hash_before, lag(v.published_at) OVER chain AS time_before
    FROM policies.policy_versions v WINDOW chain AS (PARTITION BY v.tenant_id, v.policy_id ORDER BY v.version_sort_key)
)
SELECT 'a live policy without words, or a deleted one with', p.tenant_id, p.id FROM policies.policies p
    WHERE (SELECT count(*) FROM policies.policy_search s WHERE s.tenant_id = p.tenant_id
        AND s.policy_id = p.id) <> (NOT p.is_deleted)::int
UNION ALL
SELECT 'words without a policy', s.tenant_id, s.policy_id FROM policies.policy_search s
    WHERE NOT EXISTS (SELECT FROM policies.policies p WHERE p.tenant_id = s.tenant_id AND p.id = s.policy_id)
UNION ALL
SELECT 'stale words', s.tenant_id, s.policy_id FROM policies.policy_search s JOIN policies.policies p ON p.tenant_id = s.tenant_id
    AND p.id = s.policy_id
    WHERE (s.app_id, s.category, s.status, s.owner_id, s.tags) IS DISTINCT
        FROM (p.app_id, p.category, p.status, p.owner_id, p.tags)
    OR s.document IS DISTINCT FROM policies.search_document(policies.search_labels(p.tenant_id, p.category, p.status, p.owner_id),
        p.name, p.description, p.tags, p.body, policies.search_language(p.tenant_id))
UNION ALL
SELECT 'an altered version', c.tenant_id, c.id FROM chained c
    WHERE c.content_hash <> policies.content_hash(c.content) OR c.previous_hash IS DISTINCT
        FROM c.hash_before OR c.published_at <= c.time_before
    OR c.version_hash <> policies.version_hash(c.previous_hash, c.policy_id, c.version, c.change, c.change_note, c.published_at,
        c.published_by, c.content_hash)
UNION ALL
SELECT 'a policy that was never published as it says', p.tenant_id, p.id FROM policies.policies p
    JOIN LATERAL (SELECT * FROM policies.policy_versions v WHERE v.tenant_id = p.tenant_id AND v.policy_id = p.id
        ORDER BY v.version_sort_key DESC LIMIT 1) v ON true
    WHERE (p.version, p.published_at) IS DISTINCT FROM (v.version, v.published_at)
UNION ALL
SELECT 'a policy published without its version', p.tenant_id, p.id FROM policies.policies p
    WHERE p.published_at IS NOT NULL AND NOT EXISTS (SELECT FROM policies.policy_versions v WHERE v.tenant_id = p.tenant_id
        AND v.policy_id = p.id)
UNION ALL
SELECT 'an acknowledgement of no version', k.tenant_id, k.id FROM policies.policy_acknowledgements k
    WHERE NOT EXISTS (SELECT FROM policies.policy_versions v WHERE v.tenant_id = k.tenant_id AND v.policy_id = k.policy_id
        AND v.version = k.version)
    OR k.acknowledged_at IS NOT NULL AND NOT EXISTS (SELECT FROM policies.policy_versions v WHERE v.tenant_id = k.tenant_id
        AND v.policy_id = k.policy_id AND v.version = k.acknowledged_version)
UNION ALL
SELECT 'asked twice', k.tenant_id, min(k.policy_id) FROM policies.policy_acknowledgements k
    WHERE k.acknowledged_at IS NULL AND k.superseded_at IS NULL GROUP BY k.tenant_id, k.policy_id, k.person_id HAVING count(*) > 1
UNION ALL
SELECT 'still to be read, though retired or deleted', k.tenant_id, k.id FROM policies.policy_acknowledgements k
    JOIN policies.policies p ON p.tenant_id = k.tenant_id AND p.id = k.policy_id
    WHERE (p.is_deleted OR p.status = 'inactive') AND k.acknowledged_at IS NULL AND k.superseded_at IS NULL
UNION ALL
SELECT 'not one draft', p.tenant_id, p.id FROM policies.policies p
    WHERE (SELECT count(*) FROM policies.policy_drafts d WHERE d.tenant_id = p.tenant_id AND d.id = p.id
        AND d.app_id IS NOT DISTINCT FROM p.app_id) <> 1
UNION ALL
SELECT 'a draft without a policy', d.tenant_id, d.id FROM policies.policy_drafts d
    WHERE NOT EXISTS (SELECT FROM policies.policies p WHERE p.tenant_id = d.tenant_id AND p.id = d.id)
UNION ALL
SELECT 'a draft that was edited after its policy was written', d.tenant_id, d.id FROM policies.policy_drafts d
    JOIN policies.policies p ON p.tenant_id = d.tenant_id AND p.id = d.id
    WHERE d.content_since > p.updated_at
UNION ALL
SELECT 'a draft that follows another version than the last', d.tenant_id, d.id FROM policies.policy_drafts d
    WHERE d.published_hash IS DISTINCT
        FROM (SELECT c.version_hash FROM chained c WHERE c.tenant_id = d.tenant_id AND c.policy_id = d.id
            ORDER BY c.version_sort_key DESC LIMIT 1)
UNION ALL
SELECT 'an approval of a draft to come, or by its author', a.tenant_id, a.id FROM policies.policy_approvals a
    JOIN policies.policy_drafts d ON d.tenant_id = a.tenant_id AND d.id = a.policy_id
    WHERE a.content_since > d.content_since OR a.content_since = d.content_since AND a.approved_by = ANY (d.author_ids)
UNION ALL
SELECT 'two notices', n.tenant_id, n.policy_id FROM policies.review_notices n GROUP BY n.tenant_id, n.policy_id,
    n.due_at HAVING count(*) > 1
SQL
}

# The versions that verify_policy_history() does not call intact, by tenant; and how many it looked at.
sub unverified_versions {
	my ($node, $database, @tenants) = @_;
	my ($broken, $verified) = ('', 0);
	for my $tenant (@tenants) {
		my ($status, $stdout, $stderr) = as_caller($node, $database, claims_of($tenant, 'per_9'), <<'SQL');
SELECT p.id, v.version, v.problem FROM policies_api.policies p, policies_api.verify_policy_history(p.id) v
    WHERE v.is_intact IS NOT TRUE;
SELECT 'verified', count(*) FROM policies_api.policies p, policies_api.verify_policy_history(p.id) v
SQL
		$stdout =~ s/^verified\|(\d+)\n?//m and $verified += $1;
		$broken .= "$tenant: $stdout$stderr\n" if "$stdout$stderr" ne '';
	}
	return ($broken, $verified);
}

1;
