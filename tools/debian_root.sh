#!/bin/sh
# A root of Debian below /var/tmp/policies-roots: made the first time, and its packages brought up to date once a week.
#   tools/debian_root.sh NAME VARIANT PACKAGES SUITE [FURTHER_SUITE ...]
# VARIANT and PACKAGES, with commas between them, are mmdebstrap's; of the further suites comes only what SUITE has not. Needs
# root. Prints the root's path; NAME.log beside it says what was done last.
set -eu
name=$1 variant=$2 packages=$3
shift 3
[ "$(id -u)" = 0 ] || { echo "debian_root.sh needs root, to make one" >&2; exit 2; }
cd "$(dirname "$0")/.."
root=/var/tmp/policies-roots/$name
log=$root.log
mkdir -p "${root%/*}"

sources() {
    for suite in "$@"; do
        echo "deb http://deb.debian.org/debian $suite main"
        case $suite in
            unstable | experimental) continue ;;
        esac
        echo "deb http://deb.debian.org/debian $suite-updates main"
        echo "deb http://security.debian.org/debian-security $suite-security main"
    done
}
# A mirror may lag behind what a suite promises; a root that a power cut damages is made anew; no server starts by itself in
# there.
make_root() {
    echo "making a root of Debian $*" >&2
    rm -rf "$root" &&
        tools/install_packages.sh mmdebstrap >"$log" 2>&1 &&
        sources "$@" | mmdebstrap --variant="$variant" --include="$packages" --aptopt='Acquire::Check-Valid-Until "false"' \
            --aptopt='Acquire::Retries "3"' --aptopt="APT::Default-Release \"/^$1(|-updates|-security)\$/\"" \
            --dpkgopt=force-unsafe-io --skip=check/qemu,cleanup/apt/lists "$1" "$root" - >>"$log" 2>&1 &&
        printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" &&
        chmod +x "$root/usr/sbin/policy-rc.d"
}
update_root() {
    echo "updating the root of Debian $*" >&2
    # shellcheck disable=SC2016
    unshare --mount sh -c 'mount -t proc proc "$0/proc" && chroot "$0" apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive chroot "$0" apt-get dist-upgrade -y -qq' "$root" >"$log" 2>&1
}

if [ -z "$(find "$root/ready" -mtime -7 2>/dev/null)" ]; then
    # Whatever interrupts an update leaves a root that has to be made anew.
    if rm "$root/ready" 2>/dev/null; then
        update_root "$@" || make_root "$@"
    else
        make_root "$@" || { sleep 30 && make_root "$@"; }
    fi || { tail -n 20 "$log" >&2; exit 1; }
    touch "$root/ready"
fi
echo "$root"
