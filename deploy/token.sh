#!/bin/sh
# Prints a token for trying out, signed with HS256: deploy/token.sh SECRET_FILE TENANT PERSON [SECONDS]. An issuer does this in
# earnest.
set -eu
base64url() {
    openssl base64 -A | tr '+/' '-_' | tr -d '='
}
secret_file=$1 tenant=$2 person=$3 seconds=${4:-3600}
case $tenant$person in *[\"\\]*) echo "no quotes and no backslashes in $tenant and $person" >&2; exit 2 ;; esac
case $seconds in '' | *[!0-9]*) echo "a number of seconds, not $seconds" >&2; exit 2 ;; esac
header=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url)
payload=$(printf '{"role":"policies_caller","aud":"policies","tenant_id":"%s","sub":"%s","exp":%s}' \
    "$tenant" "$person" $(($(date +%s) + seconds)) | base64url)
key=$(tr -d '\n' <"$secret_file" | od -An -v -tx1 | tr -d ' \n')
# The key is an argument of openssl: other users of the machine could see it.
signature=$(printf '%s.%s' "$header" "$payload" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64url)
printf '%s.%s.%s\n' "$header" "$payload" "$signature"
