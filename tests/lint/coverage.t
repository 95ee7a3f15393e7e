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

# The name of the processor or source that a file describes.
name_in() { sed -n 's/^ *\.name = "\([a-z_0-9-]*\)".*/\1/p' "$1" | head -n 1; }

# libqmix/proc/list.c names the processors, one a line.
goldens=$(cat tests/golden/*.txt tests/golden/*.sums testdata/golden/* 2>/dev/null)
if [ -n "$goldens" ]; then
    verdict "every processor has a golden sum" "$(
        for source in libqmix/proc/*.c; do
            name=$(name_in "$source")
            [ -z "$name" ] || grep -qw "$name" <<<"$goldens" || echo "$name ($source)"
        done)"
else
    skip "every processor has a golden sum" "no golden sums yet"
fi

verdict "every processor has a page" "$(
    sed -n 's/^ *QM_PROC(\([a-z_0-9]*\)).*/\1/p' libqmix/proc/list.c | while read -r file; do
        page=docs/processors/$(name_in "libqmix/proc/$file.c").md
        [ -e "$page" ] || echo "$page"
    done)"

verdict "every diagram is drawn, and shown" "$(
    diff <(grep -oh 'plots/[a-z0-9-]*\.svg' docs/processors/*.md | sort -u) \
         <(cd docs/processors && ls plots/*.svg) | grep '^[<>]'
    diff <(sed -n 's/^    {"\([a-z0-9-]*\)",$/plots\/\1.svg/p' tests/plots/table.h | sort -u) \
         <(cd docs/processors && ls plots/*.svg) | grep '^[<>]')"

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
