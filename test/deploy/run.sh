#!/bin/sh
# Follows "Setting up" of deploy/README.md, command by command, on a Debian 12 that systemd boots in a container, and tries what
# stands there then. As root, with the binary that POSTGREST names; NSPAWN_FLAGS: what else it needs, such as --bind-ro=/folder.
# The container's root stays in /var/tmp/policies-roots/deploy for the next run, without what a run changes in it.
set -eu
cd "$(dirname "$0")/../.."
postgrest=${POSTGREST:-$(command -v postgrest || true)}
if [ -z "$postgrest" ]; then
    echo "NOT RUN: test/deploy, since no postgrest was found: name its binary, version 12 or newer, by POSTGREST=/path"
    exit
fi
[ "$(id -u)" = 0 ] || { echo "test/deploy needs root, for systemd-nspawn" >&2; exit 2; }
packages=ca-certificates,systemd-sysv,dbus,adduser,iproute2,nginx-light,openssl,curl,libical3
packages=$packages,libcmark-gfm0.29.0.gfm.6,libcmark-gfm-extensions0.29.0.gfm.6
root=$(tools/debian_root.sh deploy important "$packages" bookworm)
cp -L /etc/resolv.conf "$root/etc/"
# The module runs on the server's minor version that it was built for, or a later one.
{ chroot "$root" apt-get update -qq &&
    chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql-15; } >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log" >&2; exit 1; }
make --silent install DESTDIR="$root"
tools/install_web.sh "$root/usr/share/policies/www" >"$root.log"
rsync -a --delete deploy test/deploy/inside.sh "$root/src/"
: >"$root/usr/local/bin/postgrest"

# Where no systemd is running, there is no unit to make, and maybe the older kind of control groups.
[ -S /run/dbus/system_bus_socket ] || NSPAWN_FLAGS="--keep-unit ${NSPAWN_FLAGS:-}"
[ -e /sys/fs/cgroup/cgroup.controllers ] || export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=0
# shellcheck disable=SC2086
systemd-nspawn --quiet --directory="$root" --volatile=overlay --boot --private-network --register=no --console=pipe \
    --bind-ro="$postgrest:/usr/local/bin/postgrest" ${NSPAWN_FLAGS:-} </dev/null >"$root.log" 2>&1 &
container=$!
trap 'kill -s KILL $(pgrep -P $container) 2>/dev/null; wait $container 2>/dev/null || true' EXIT
trap 'exit 130' HUP INT TERM
inside() {
    nsenter --target "$(pgrep -P $container)" --mount --uts --ipc --net --pid "$@"
}
tries=0
until inside systemctl is-system-running >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] && kill -0 $container 2>/dev/null ||
        { echo "the container does not boot" >&2; inside systemctl --failed >&2 || cat "$root.log" >&2; exit 1; }
    sleep 1
done
inside sh /src/inside.sh
