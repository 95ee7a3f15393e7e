#!/bin/bash
# `make install` puts a whole qmix somewhere, with which a program can be compiled and linked, shared
# and static; `make uninstall` takes all of it away.
. tests/tap.sh

if [ -n "${QMIX_SANITIZE:-}" ]; then
    echo "1..0 # SKIP not for sanitized builds"
    exit 0
fi
root=$tmp/root
version=$(cat VERSION)
lib=$root/usr/lib

# Whoever runs `make check` told it the flags; this make inherits them.
ok "make install" make BUILD="$BUILD" install DESTDIR="$root" PREFIX=/usr

for tool in cmd/q*.c; do
    [ -e "$tool" ] || continue
    tool=$(basename "$tool" .c)
    is "$tool --version" "$("$root/usr/bin/$tool" --version 2>&1 | head -n 1)" "$tool $version"
done
is "the shared library is found by its links" \
    "$(readlink "$lib/libqmix.so") $(readlink "$lib/libqmix.so.0")" \
    "libqmix.so.$version libqmix.so.$version"
is "it calls itself by its major version" \
    "$(objdump -p "$lib/libqmix.so" 2>&1 | awk '$1 == "SONAME" { print $2 }')" libqmix.so.0
is "it needs nothing but the C library" \
    "$(objdump -p "$lib/libqmix.so" 2>&1 | awk '$1 == "NEEDED" { print $2 }' | xargs)" libc.so.6
for page in docs/man/*.1; do
    [ -e "$page" ] && ok "man page ${page##*/}" cmp "$page" "$root/usr/share/man/man1/${page##*/}"
done

export PKG_CONFIG_PATH=$lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
is "pkg-config knows the version" "$(pkg-config --modversion qmix)" "$version"
cat >"$tmp/user.c" <<'C'
#include <base/hash.h>
#include <proc/proc.h>
int main(void)
{
    return qm_proc_count() > 0 && qm_proc_find("gain") ? 0 : 1;
}
C
# Every header can be included by itself.
[ -d "$root/usr/include/qmix/base" ] || echo "no headers" >"$tmp/headers"
for header in $(cd "$root/usr/include/qmix" && find . -name '*.h' 2>/dev/null); do
    case $header in ./render/* | ./formats/*) continue ;; esac
    echo "#include <$header>" >"$tmp/header.c"
    # shellcheck disable=SC2046
    ${CC:-cc} -std=c11 -Wall -Wno-psabi -Werror -fsyntax-only $(pkg-config --cflags qmix) \
        "$tmp/header.c" >>"$tmp/headers" 2>&1 || echo "$header" >>"$tmp/headers"
done
verdict "every header of the library stands by itself" "$(cat "$tmp/headers" 2>/dev/null)"
# shellcheck disable=SC2046
ok "a program links the shared library" \
    ${CC:-cc} -std=c11 -o "$tmp/shared" "$tmp/user.c" $(pkg-config --cflags --libs qmix)
ok "and runs" env LD_LIBRARY_PATH="$lib" "$tmp/shared"
# shellcheck disable=SC2046
ok "a program links the static library" \
    ${CC:-cc} -std=c11 -o "$tmp/static" "$tmp/user.c" $(pkg-config --cflags qmix) "$lib/libqmix.a"
ok "and runs" "$tmp/static"

ok "make uninstall" make BUILD="$BUILD" uninstall DESTDIR="$root" PREFIX=/usr
is "nothing is left" "$(find "$root" ! -type d)" ""

finish
