# shellcheck shell=bash disable=SC2154
step "a deletion is soft"
as ann "DELETE FROM policies_api.policies WHERE id = '$manual';"
answers 'DELETE 1'
as ann "SELECT name FROM policies_api.policies WHERE id = '$manual';"
answers
as ann "SELECT id, name, is_deleted, deleted_by, deleted_at IS NOT NULL AS deleted_at_known FROM policies_api.deleted_policies;"
answers "$manual | Debian Policy Manual | t | per_ann | t"

step "and a restore brings all of it back"
as ann "UPDATE policies_api.deleted_policies SET is_deleted = false WHERE id = '$manual';"
answers 'UPDATE 1'
as ann "SELECT name, is_deleted, deleted_at, deleted_by, md5(body) = '$manual_digest' AS same_text
FROM policies_api.policies WHERE id = '$manual';"
answers 'Debian Policy Manual | f | NULL | NULL | t'
as ann "SELECT count(*) FROM policies_api.deleted_policies;"
answers 0

step "every superseded version is kept"
as ann "SELECT row_number() OVER (ORDER BY valid_from) AS version, description, next_review_at::date AS next_review, is_deleted,
       superseded_by, valid_from < valid_to AS has_period,
       valid_to IS NOT DISTINCT FROM coalesce(lead(valid_from) OVER (ORDER BY valid_from),
           (SELECT updated_at FROM policies_api.policies WHERE id = '$manual')) AS until_the_next
FROM policies_api.policies_history WHERE id = '$manual' ORDER BY valid_from;"
described='What every package we ship must satisfy'
answers "1 | NULL | $was_due | f | per_ann | t | t" "2 | $described | $was_due | f | per_ann | t | t" \
    "3 | $described | 20??-??-?? | f | per_ann | t | t" "4 | $described | 20??-??-?? | t | per_ann | t | t"
as ann "UPDATE policies.policies_history SET description = 'never said';"
refused 42501 'permission denied for table policies_history'
