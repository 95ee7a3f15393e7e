#!/bin/bash
# scripts/new-proc.sh in a copy of the tree: what it makes compiles, is in the list, and
# passes the generic tests and its own at once.
. tests/tap.sh

style=$PWD/.clang-format
mkdir -p "$tmp/tree/build"
cp -a Makefile VERSION scripts libqmix render formats cmd tests "$tmp/tree/" 2>/dev/null
# What is built already need not be built again.
cp -a "$BUILD/obj" "$tmp/tree/build/" 2>/dev/null
cd "$tmp/tree" || exit

is "a bad name is refused" "$(scripts/new-proc.sh 'No-Good' 2>&1)" \
    "new-proc: expected a name of small letters, digits and '_', found 'No-Good'"
is "a name in use is refused" "$(scripts/new-proc.sh gain 2>&1)" \
    "new-proc: 'libqmix/proc/gain.c' exists"
ok "a processor is made" scripts/new-proc.sh fresh_one
ok "it builds" make BUILD=build \
    build/tests/unit/test_proc_generic build/tests/unit/test_fresh_one
ok "it is in the list" grep -q 'qm_proc_fresh_one' <(nm build/libqmix.a 2>/dev/null)
if command -v clang-format-14 >/dev/null; then
    ok "it is formatted" clang-format-14 --style=file:"$style" --dry-run -Werror \
        libqmix/proc/fresh_one.c libqmix/proc/list.c tests/unit/test_fresh_one.c
else
    skip "it is formatted" "clang-format-14 is not installed"
fi
ok "sessions write it with a dash" grep -q '"fresh-one"' libqmix/proc/fresh_one.c
ok "it passes the generic tests" build/tests/unit/test_proc_generic
ok "it passes its own" build/tests/unit/test_fresh_one
finish
