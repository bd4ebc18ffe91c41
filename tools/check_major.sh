#!/bin/sh
# Runs make check for another major version of PostgreSQL, in a scratch root of the Debian suite that packages it.
#   tools/check_major.sh MAJOR [TARGET ...]
# The root stays in /var/tmp/policies-roots for the next run. Prints one line at the end.
set -eu
major=$1
shift
case $major in
    17) suite=trixie ;;
    18) suite=sid ;;
    *) echo "no Debian suite is known to package PostgreSQL $major" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")/.." && pwd)
root=/var/tmp/policies-roots/$major
if [ ! -e "$root/ready" ]; then
    rm -rf "$root"
    mkdir -p "$root"
    command -v debootstrap >/dev/null || "$here/tools/as_root.sh" apt-get install -y -qq debootstrap >/dev/null
    "$here/tools/as_root.sh" debootstrap --variant=minbase --include=make,ca-certificates "$suite" "$root" >"$root.log" 2>&1 ||
        { tail -n 20 "$root.log" >&2; exit 1; }
    # No server may start by itself in there.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    # A mirror may lag behind what the suite promises.
    echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/99-mirror"
    touch "$root/ready"
fi
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mountpoint -q "$root/dev/shm" || { mkdir -p "$root/dev/shm" && mount -t tmpfs tmpfs "$root/dev/shm"; }
rsync -a --delete --exclude .git --exclude '*.o' --exclude '*.d' --exclude '*.so' --exclude build --exclude node_modules \
    "$here/" "$root/policies/"
status=0
chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 PG_MAJOR="$major" \
    make -C /policies "${@:-check}" || status=$?
umount "$root/dev/shm" "$root/proc"
if [ "$status" = 0 ]; then
    echo "PostgreSQL $major: passed"
else
    echo "PostgreSQL $major: FAILED"
fi
exit "$status"
