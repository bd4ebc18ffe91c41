#!/bin/sh
# Runs make check-server for another major version of PostgreSQL, in a root of the Debian suite that packages it, with an earlier
# major beside it for the upgrade tests.
#   tools/check_major.sh MAJOR [TARGET ...]
# The root stays in /var/tmp/policies-roots for the next run, and so does what the compiler made. Prints one line at the end.
set -eu
major=$1
shift
[ $# -gt 0 ] || set -- check-server
began=$(date +%s)
case $major in
    17) suite=trixie newest= ;;
    18) suite=forky newest= ;;
    # Wherever it stands by now, on its way to the next stable release.
    19) suite=forky newest="unstable experimental" ;;
    *) echo "no Debian suite is known to package PostgreSQL $major" >&2; exit 2 ;;
esac
previous=15 previous_suite=bookworm
cd "$(dirname "$0")/.."
tools/install_packages.sh rsync
# shellcheck disable=SC2086
root=$(tools/debian_root.sh "$major" minbase ca-certificates,ccache,make,rsync $suite $previous_suite $newest)
# One run at a time has the root.
exec 9>"$root.lock"
flock 9

# In a mount namespace of its own: however it ends, nothing stays mounted.
in_root() {
    # shellcheck disable=SC2016
    unshare --mount sh -c 'cd "$0" && mkdir -p ccache ../ccache && mount --bind ../ccache ccache &&
        mount -t proc proc proc && mount -t tmpfs tmpfs dev/shm &&
        exec chroot . env -i "$@"' \
        "$root" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 CCACHE_DIR=/ccache "$@"
}
# What an earlier run built may be newer than a source that was checked out since; the compiler's cache knows.
copy_tree() {
    rsync -a --delete --delete-excluded --exclude .git --exclude '*.o' --exclude '*.d' --exclude '*.so' --exclude /build \
        --exclude node_modules ./ "$root/policies/"
}
make_in_root() {
    in_root COPT=-g0 UNITY=yes PG_MAJOR="$major" PREVIOUS_PG="/usr/lib/postgresql/$previous" TAP_FLAGS="${TAP_FLAGS:-}" \
        TAP_TESTS="${TAP_TESTS:-}" make -C /policies PG_CONFIG="/usr/lib/postgresql/$major/bin/pg_config" "$@"
}
# The same extension for the earlier major, which pg_upgrade needs: this machine's, with the libraries that the root has not.
install_previous() {
    PG_MAJOR=$previous make --silent PG_CONFIG="/usr/lib/postgresql/$previous/bin/pg_config" installed
    flock Makefile make --silent PG_CONFIG="/usr/lib/postgresql/$previous/bin/pg_config" install DESTDIR="$root"
    in_root PG_MAJOR="$previous" /policies/tools/install_packages.sh "postgresql-$previous"
    rm -f "$root"/usr/local/lib/*.so*
    for library in $(ldd policies.so | sed -n 's/.* => \(.*\) (.*/\1/p'); do
        [ -e "$root$library" ] || cp -L "$library" "$root/usr/local/lib/"
    done
    in_root ldconfig
}
prepare() {
    # What the server is packaged with, such as libpq5, comes from where it is.
    for from in $newest; do
        printf 'Package: src:postgresql-%s\nPin: release a=%s\nPin-Priority: 995\n\n' "$major" "$from"
    done >"$root/etc/apt/preferences.d/newest"
    mkdir -p "$root/etc/postgresql-common"
    echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"
    # The server's headers depend on clang and LLVM, which make bitcode: 140 MB that nothing here needs.
    if ! in_root dpkg --status no-bitcode >/dev/null 2>&1; then
        mkdir -p "$root/no-bitcode/DEBIAN"
        cat >"$root/no-bitcode/DEBIAN/control" <<EOF
Package: no-bitcode
Version: 1
Architecture: all
Maintainer: nobody <nobody@localhost>
Provides: $(in_root apt-cache depends "postgresql-server-dev-$major" |
            sed -nE 's/.*Depends: ((clang|llvm)-.*)/\1/p' | sort -u | paste -sd,)
Description: in the place of what makes bitcode
EOF
        in_root sh -c 'dpkg-deb --build --root-owner-group no-bitcode /tmp/no-bitcode.deb && dpkg --install /tmp/no-bitcode.deb'
    fi
    copy_tree
    in_root PG_MAJOR="$major" /policies/tools/install_packages.sh build server
    install_previous
}

trap 'tail -n 20 "$root.log" >&2' EXIT
prepare >"$root.log" 2>&1
trap - EXIT
printf '%5d s  %-16s %s\n' $(($(date +%s) - began)) 'the root' 'is ready'
status=0
make_in_root "$@" || status=$?
if [ "$status" = 0 ]; then
    echo "PostgreSQL $major: passed"
else
    echo "PostgreSQL $major: FAILED"
fi
exit "$status"
