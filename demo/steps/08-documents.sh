# shellcheck shell=bash disable=SC2154
caller ben policies_caller '{"role": "policies_caller", "tenant_id": "acme", "sub": "per_ben"}'

step "the manual is published: a version that nobody changes any more"
as ann "SELECT id, version, status, published_at = now() AS published_now, next_review_at = now() + interval '1 year' AS reviewed_in_a_year
FROM policies_api.publish_policy('$manual', '$manual_version', 'As Debian released it');"
answers "$manual | $manual_version | active | t | t"
tell "The draft goes on; what is in force stays."
as ann "UPDATE policies_api.policies
SET body = replace(body, 'This is Debian Policy version', E'At acme, fixes of security need no second signature.\\n\\nThis is Debian Policy version')
WHERE id = '$manual';"
answers 'UPDATE 1'
as ann "SELECT version, md5(body) = '$manual_digest' AS as_released, change_note FROM policies_api.policies_in_force WHERE id = '$manual';"
answers "$manual_version | t | As Debian released it"
as ann "SELECT regexp_split_to_table(policies_api.diff_policy('$manual', '$manual_version', context_lines => 1), E'\\n') AS difference;"
answers "--- $manual_version" '+++ draft' '@@ *' '' '+At acme, fixes of security need no second signature.' '+' \
    "This is Debian Policy version $manual_version*" '2 lines added, 0 lines removed'

step "four eyes: acme requires an approval, by somebody other than the author, of exactly this text"
login dba "INSERT INTO policies.policy_settings (tenant_id, required_approvals, search_language) VALUES ('acme', 1, 'english');"
answers 'INSERT 0 1'
as ann "SELECT FROM policies_api.publish_policy('$manual', 'minor', 'Fixes of security');"
refused PT409 '0 of 1 required approvals' 'HINT:'
as ben "SELECT policies_api.policy_content_hash('$manual') AS hash;"
answers '????????????????????????????????????????????????????????????????'
hash=$(cell 1)
as ann "SELECT policies_api.approve_policy('$manual', '$hash');"
refused 42501 "an author of policy \"$manual\" cannot approve it"
as ann "UPDATE policies_api.policies SET body = replace(body, 'fixes of security', 'security fixes') WHERE id = '$manual';"
answers 'UPDATE 1'
tell "Ben read another text than the one that there is by now."
as ben "SELECT policies_api.approve_policy('$manual', '$hash');"
refused PT409 'has not the content with the hash'
as ben "SELECT policies_api.approve_policy('$manual', policies_api.policy_content_hash('$manual'), 'Agreed') AS approvals;"
answers 1
as ann "SELECT version FROM policies_api.publish_policy('$manual', 'minor', 'Security fixes');"
answers '?*'
second=$(cell 1)
as ann "SELECT version, change, published_by, change_note, size FROM policies_api.policy_versions
WHERE policy_id = '$manual' ORDER BY version_sort_key;"
answers "$manual_version | major | per_ann | As Debian released it | ?*" "$second | minor | per_ann | Security fixes | ?*"

step "who has read it"
as ann "SELECT policies_api.request_acknowledgements('$manual', '{per_ann,per_ben}', now() + interval '14 days') AS to_answer;"
answers 2
as ben "SELECT person_id, version, state FROM policies_api.acknowledge_policy('$manual', '$second');"
answers "per_ben | $second | acknowledged"
as ann "SELECT person_id, version, state, due_at::date - current_date AS days_left FROM policies_api.policy_acknowledgements
WHERE policy_id = '$manual' ORDER BY person_id;"
answers "per_ann | $second | outstanding | 14" "per_ben | $second | acknowledged | 14"

step "a review with an outcome"
as ann "UPDATE policies_api.policies SET next_review_at = now() - interval '1 day' WHERE id = '$manual';
SELECT next_review_at > now() AS scheduled FROM policies_api.complete_policy('$manual', 'One rule added', outcome => 'changed');
SELECT policy_version, outcome, note FROM policies_api.policy_reviews WHERE policy_id = '$manual' ORDER BY reviewed_at DESC LIMIT 1;"
answers 'UPDATE 1' t "$second | changed | One rule added"

step "read as HTML, with a table of contents"
as ann "SELECT t ->> 'level' AS level, t ->> 'title' AS title, t ->> 'anchor' AS anchor
FROM jsonb_array_elements(policies_api.policy_table_of_contents('$manual')) AS t LIMIT 4;"
answers '1 | 1.1. Scope | ?*' '?*' '?*' '?*'
as ann "SELECT substring(policies_api.policy_html('$manual') FROM '<h1[^>]*>1\\.1\\. Scope.{100}') AS html;"
lines_of_html='<h1 id="11-scope">1.1. Scope</h1>*'
answers "$lines_of_html" '?*' '?*'

step "found by its words, in every form, with the place where they stand"
as ann "SELECT name, version, replace(snippet, E'\\n', ' ') AS snippet FROM policies_api.search_policies('\"essential package\" -tickets');"
answers "Debian Policy Manual | $second | *<mark>*ssential</mark> <mark>package*</mark>*"
tell "Gus of globex finds his own policy alone, Ann her own."
as gus "SELECT tenant_id, name FROM policies_api.search_policies('debian perl') JOIN policies_api.policies USING (id, name);"
answers 'globex | Debian Perl Policy'

step "the published versions are as they were published"
verify="SELECT version, is_intact, problem FROM policies_api.verify_policy_history('$manual'"
as ann "$verify);"
answers "$manual_version | t | NULL" "$second | t | NULL"
tell "Callers cannot touch them."
as ann "UPDATE policies.policy_versions SET change_note = 'Never said';"
refused 42501 'permission denied for table policy_versions'
tell "An administrator can, and it shows: a text altered, its hash altered along, and the last version taken away."
altered="content || jsonb_build_object('body', replace(content ->> 'body', 'no second signature', 'no signature'))"
login dba "BEGIN;
UPDATE policies.policy_versions SET content = $altered WHERE policy_id = '$manual' AND version = '$second';
$verify, 'acme');
UPDATE policies.policy_versions SET content_hash = policies.content_hash(content) WHERE policy_id = '$manual' AND version = '$second';
$verify, 'acme');
DELETE FROM policies.policy_versions WHERE policy_id = '$manual' AND version = '$second';
$verify, 'acme');
ROLLBACK;"
answers BEGIN 'UPDATE 1' "$manual_version | t | NULL" "$second | f | the content was altered" 'UPDATE 1' \
    "$manual_version | t | NULL" "$second | f | the version was altered" 'DELETE 1' \
    "$manual_version | f | later versions are missing" ROLLBACK
tell "What a chain of hashes cannot show, and what to do about it, is in docs/documents.md."
