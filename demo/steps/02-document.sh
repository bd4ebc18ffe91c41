# shellcheck shell=bash disable=SC2154
manual_file=/usr/share/doc/debian-policy/policy.txt.gz
manual_version=$(dpkg-query --show --showformat '${Version}' debian-policy)
if [ ! -r "$manual_file" ]; then
    # Slim container images leave out the documentation of the packages that they install.
    (cd "$server" && apt-get download -qq "debian-policy=$manual_version" && dpkg-deb --extract debian-policy_*.deb manual)
    manual_file=$server/manual$manual_file
fi
manual_released=$(zcat "$manual_file" | sed -n "s/^This is Debian Policy version $manual_version, released on \(.*\)\.$/\1/p")
manual_bytes=$(zcat "$manual_file" | wc --bytes)
manual_digest=$(zcat "$manual_file" | head --bytes=-1 | md5sum | cut --delimiter ' ' --fields 1)

step "a real document is created: the Debian Policy Manual $manual_version, from the package debian-policy"
tell "$manual_file: $manual_bytes bytes of text, released on $manual_released."
as ann "\\set manual \`zcat $manual_file\`
INSERT INTO policies_api.policies (name, version, category, body, published_at, review_cadence, next_review_at, tags)
VALUES ('Debian Policy Manual', '$manual_version', 'compliance', :'manual', '$manual_released', '1 year',
        '$manual_released'::timestamptz + '1 year', '[\"debian\"]')
RETURNING id, tenant_id, created_by, status, version, length(body) AS characters;"
answers "pol_?????????????????????????? | acme | per_ann | active | $manual_version | ?*" 'INSERT 0 1'
manual=$(cell 1)

step "listed, and fetched by its id, every byte of it"
as ann "SELECT id, name, version, category, published_at::date AS published, next_review_at::date AS next_review
FROM policies_api.policies ORDER BY name;"
answers "$manual | Debian Policy Manual | $manual_version | compliance | $manual_released | ????-??-??"
as ann "SELECT split_part(body, E'\\n', 1) AS first_line, md5(body) AS digest, policies.id_time(id) <= now() AS id_holds_its_time
FROM policies_api.policies WHERE id = '$manual';"
answers "Debian Policy Manual | $manual_digest | t"

step "updated"
tell "What the server manages stays the server's: the tenant and the creator in this update are ignored."
as ann "UPDATE policies_api.policies
SET owner_id = 'per_ann', description = 'What every package we ship must satisfy', tenant_id = 'globex', created_by = 'nobody'
WHERE id = '$manual'
RETURNING id, tenant_id, owner_id, created_by, updated_by, updated_at > created_at AS later, description;"
answers "$manual | acme | per_ann | per_ann | per_ann | t | What every package we ship must satisfy" 'UPDATE 1'

step "its review is overdue, and is completed"
as ann "SELECT id, name, next_review_at::date AS was_due, review_cadence FROM policies_api.review_due();"
answers "$manual | Debian Policy Manual | ????-??-?? | 1 year"
was_due=$(cell 3)
as ann "SELECT id, next_review_at FROM policies_api.complete_policy('$manual', 'Read in whole; still what we ship by.');"
answers "$manual | 20*"
as ann "SELECT policy_version, due_at::date AS due, reviewed_by, note,
       next_review_at AT TIME ZONE 'UTC' = (reviewed_at AT TIME ZONE 'UTC') + interval '1 year' AS next_a_cadence_later,
       next_review_at = (SELECT next_review_at FROM policies_api.policies WHERE id = policy_id) AS same_in_policy
FROM policies_api.policy_reviews WHERE policy_id = '$manual';"
answers "$manual_version | $was_due | per_ann | Read in whole; still what we ship by. | t | t"
as ann "SELECT id, next_review_at::date AS due FROM policies_api.review_due();"
answers
as ann "SELECT FROM policies_api.complete_policy('$manual', 'A second click on the button.');"
refused PT409 "completed"
