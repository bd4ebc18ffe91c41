#!/bin/sh
# In the container: sets up, and tries.
set -eu
cd /src
ip link set lo up

# The block of commands after the heading; the first is for postgres. The pages are there already: there is no network to get
# them.
awk '/^## Setting up/ { wanted = 1 } wanted && /^```sh/ { inside = 1; next } inside && /^```/ { exit } inside' deploy/README.md |
    grep -v install_web >setting_up.sh
[ "$(wc -l <setting_up.sh)" -gt 10 ] || { echo "deploy/README.md has no such block" >&2; exit 1; }
sed -n 1p setting_up.sh >as_postgres.sh
sed 1d setting_up.sh >as_root.sh
echo 'printf %s "$TOKEN" >/tmp/token' >>as_root.sh
{ runuser -u postgres -- sh -e as_postgres.sh && sh -e as_root.sh; } >/tmp/log 2>&1 || { cat /tmp/log >&2; exit 1; }

url=http://127.0.0.1:8080
failed=0
said() {
    if [ "$2" = "$3" ]; then
        echo "ok - $1"
    else
        echo "not ok - $1: $2 instead of $3"
        failed=1
    fi
}
# What is answered to a request: WHAT STATUS CURL_ARGUMENT ...  Waits while the service starts.
answers() {
    what=$1 wanted=$2
    shift 2
    tries=0
    while status=$(curl -s -o /tmp/answer -w '%{http_code}' "$@" || true) &&
        { [ "$status" = 503 ] || [ "$status" = 502 ]; } && [ "$tries" -lt 20 ]; do
        tries=$((tries + 1))
        sleep 1
    done
    said "$what" "$status" "$wanted"
}
bearer="Authorization: Bearer $(cat /tmp/token)"
json='Content-Type: application/json'

answers 'a policy is created' 201 -H "$bearer" -H "$json" -d '{"name": "Clean desk", "body": "# Desk"}' $url/api/v1/policies
answers 'and listed' 200 -H "$bearer" "$url/api/v1/policies?select=name,tenant_id,created_by"
said 'as its tenant and person' "$(cat /tmp/answer)" '[{"name":"Clean desk","tenant_id":"acme","created_by":"per_ann"}]'
answers 'nothing without a token' 401 $url/api/v1/policies
answers 'the register page is there' 200 $url/
answers 'and the explorer' 200 $url/explorer/
answers 'and the document of the API' 200 $url/api/v1/openapi.json

pid=$(systemctl show --property MainPID --value policies-postgrest)
said 'PostgREST has no capability' "$(awk '/^CapEff/ { print $2 }' "/proc/$pid/status")" 0000000000000000
said 'nor gets one' "$(awk '/^NoNewPrivs/ { print $2 }' "/proc/$pid/status")" 1
said 'and is bound by a filter of system calls' "$(awk '/^Seccomp:/ { print $2 }' "/proc/$pid/status")" 2
said 'its socket is for nginx alone' "$(stat -c '%U:%G %a' /run/policies-postgrest/postgrest.sock)" \
    'authenticator:authenticator 660'
said 'PostgreSQL has its limit of memory' \
    "$(awk '/^Max data size/ { print $4 }' "/proc/$(head -n 1 /var/lib/postgresql/15/main/postmaster.pid)/limits")" 536870912

systemctl kill --signal=KILL policies-postgrest
sleep 2
answers 'killed, it is started again' 200 -H "$bearer" $url/api/v1/policies
(umask 077; openssl rand -base64 48 | tr -d '\n' >/etc/policies/jwt-secret)
systemctl reload policies-postgrest
sleep 1
answers 'after a new secret an old token is refused' 401 -H "$bearer" $url/api/v1/policies
bearer="Authorization: Bearer $(deploy/token.sh /etc/policies/jwt-secret acme per_ann)"
answers 'and a new one taken' 200 -H "$bearer" $url/api/v1/policies
systemctl restart postgresql
answers 'it finds PostgreSQL again' 200 -H "$bearer" $url/api/v1/policies
exit $failed
