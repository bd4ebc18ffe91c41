#!/bin/sh
# Installs Debian packages, those that are missing only: what is named, by package or by what needs it: build, core (unit
# tests and fuzzers), source and tidy (its checks), server (suites on a server of any major), site (nginx and the stack
# behind it), client, web, orms, sqlsmith, valgrind, demo. PG_MAJOR: 15 by default.
set -eu
major=${PG_MAJOR:-15}
packages=
for name; do
    case $name in
        build) name="make g++ ccache nlohmann-json3-dev libical-dev libcmark-gfm-dev libcmark-gfm-extensions-dev
            libutf8proc-dev postgresql-$major postgresql-server-dev-$major" ;;
        core) name="cmake ccache libgtest-dev nlohmann-json3-dev libical-dev libcmark-gfm-dev libcmark-gfm-extensions-dev
            libutf8proc-dev clang libclang-rt-dev tzdata" ;;
        source) name=clang-format ;;
        # The distribution's own, 14, cannot read the ranges of its C++ library.
        tidy) name=clang-tidy-16 ;;
        server) name="libipc-run-perl libdbd-pg-perl libbusiness-hours-perl postgresql-$major-cron pgbouncer rsync procps
            tzdata" ;;
        site) name="nginx curl openssl" ;;
        client) name="nodejs npm" ;;
        web) name="nodejs npm chromium" ;;
        orms) name="nodejs npm python3-sqlalchemy python3-django python3-psycopg2 ruby-activerecord ruby-pg" ;;
        demo) name=debian-policy ;;
    esac
    packages="$packages $name"
done
# Any Node.js from 18 on does, wherever it is from.
if node --version 2>/dev/null | grep -qE '^v(1[89]|[2-9][0-9])\.' && command -v npm >/dev/null; then
    packages=$(echo "$packages" | sed 's/\bnodejs\b//g; s/\bnpm\b//g')
fi
missing=
for package in $packages; do
    if ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
        missing="$missing $package"
    fi
done
[ -n "$missing" ] || exit 0
# One at a time.
exec 9<"$0"
flock 9
echo "installing:$missing"
as_root=$(dirname "$0")/as_root.sh
# A mirror that stumbles is asked again.
retry() {
    for pause in 5 20 60; do
        "$@" && return
        echo "failed, again in $pause s: $*" >&2
        sleep "$pause"
    done
    "$@"
}
retry "$as_root" apt-get update -qq
# Debian has no pg_cron for the newest majors yet; the test that wants it says so.
apt-cache show "postgresql-$major-cron" >/dev/null 2>&1 || missing=$(echo "$missing" | sed "s/ postgresql-$major-cron//")
[ -n "$missing" ] || exit 0
# The programs alone are wanted: no service starts by being installed.
if [ ! -e /usr/sbin/policy-rc.d ]; then
    "$as_root" sh -c 'printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d'
    trap '"$as_root" rm /usr/sbin/policy-rc.d' EXIT
    trap 'exit 130' HUP INT TERM
fi
# shellcheck disable=SC2086
retry "$as_root" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 \
    $missing >/dev/null
