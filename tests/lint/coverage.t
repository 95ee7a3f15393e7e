#!/bin/bash
# What must exist beside the code: a test for every module, a golden sum for every processor, a
# man page for every tool, a fuzzer for every parser.
. tests/tap.sh

# A module is tested by tests/*/test_<module>.c, or by a test that says so in its first lines:
# /* tests: graph/plan graph/latency */
tests=$(find tests -name 'test_*.c')
verdict "every module of libqmix, render and formats has a test" "$(
    for source in libqmix/*/*.c render/*.c formats/*.c; do
        [ -e "$source" ] || continue
        module=${source#libqmix/}
        module=${module%.c}
        name=${module#*/}
        case " $(basename -a $tests | xargs) " in *" test_$name.c "*) continue ;; esac
        # shellcheck disable=SC2086
        head -q -n 12 $tests | grep -qE "tests:.*\\b$module\\b" || echo "$source"
    done)"

# libqmix/proc/list.c names the processors, one a line.
goldens=$(cat tests/golden/*.txt tests/golden/*.sums testdata/golden/* 2>/dev/null)
if [ -n "$goldens" ]; then
    verdict "every processor has a golden sum" "$(
        for source in libqmix/proc/*.c; do
            name=$(sed -n 's/^ *\.name = "\([a-z_0-9]*\)".*/\1/p' "$source" | head -n 1)
            [ -z "$name" ] || grep -qw "$name" <<<"$goldens" || echo "$name ($source)"
        done)"
else
    skip "every processor has a golden sum" "no golden sums yet"
fi

verdict "every tool has a man page" "$(
    for source in cmd/q*.c; do
        [ -e "$source" ] || continue
        name=$(basename "$source" .c)
        [ -e "docs/man/$name.1" ] || echo "docs/man/$name.1"
    done)"

verdict "every fuzzer has a corpus" "$(
    for source in tests/fuzz/fuzz_*.c; do
        [ -e "$source" ] || continue
        name=$(basename "$source" .c)
        [ -n "$(ls "tests/fuzz/corpus/${name#fuzz_}" 2>/dev/null)" ] || echo "tests/fuzz/corpus/${name#fuzz_}/"
    done)"

verdict "every test is executable, or built" "$(
    find tests -name '*.t' ! -perm -u+x)"

finish
