#!/bin/bash
# What a reader sees: sizes, widths, format, promises.
. tests/tap.sh

mapfile -t sources < <(scripts/sources.sh)

verdict "no file is longer than 800 lines" "$(wc -l "${sources[@]}" | awk '$1 > 800 && $2 != "total"')"

# A body begins with a brace in the first column and ends with one.
verdict "no function is longer than 70 lines" "$(
    awk '/^\{/ { start = FNR } /^\}/ && start {
             if (FNR - start - 1 > 70) print FILENAME ":" start ": " FNR - start - 1 " lines"
             start = 0 }' "${sources[@]}")"

verdict "no line is wider than 90 columns" "$(
    LC_ALL=C.UTF-8 grep -nE '^.{91,}' "${sources[@]}")"
verdict "no tabs, no trailing space, no carriage return" "$(
    grep -nP '\t|[ \r]$' "${sources[@]}")"

formatter=$(command -v clang-format-14)
if [ -n "$formatter" ]; then
    verdict "clang-format is the law (make format)" "$(
        "$formatter" --dry-run -Werror "${sources[@]}" 2>&1 | grep 'error:' | head -n 30)"
else
    skip "clang-format is the law" "clang-format-14 is not installed"
fi

verdict "every .c begins with what it is about" "$(
    for f in "${sources[@]}"; do
        case $f in *.c) head -n 2 "$f" | grep -q '/\*' || echo "$f" ;; esac
    done)"

# A promise in the code is kept by a test that is skipped until it holds.
verdict "no unkept promises" "$(grep -nwE 'TO''DO|FIX''ME|XX''X|HA''CK' "${sources[@]}" Makefile scripts/*)"

verdict "every .h is guarded by the name of its file" "$(
    for f in "${sources[@]}"; do
        case $f in *.h) ;; *) continue ;; esac
        grep -q '^#ifndef QM_' "$f" || echo "$f"
    done)"

verdict "no float in a printf format (base/units.h prints numbers)" "$(
    grep -nE '%[-+#0]*[0-9*]*(\.[0-9*]+)?(l|L)?[aefgAEFG][^a-zA-Z0-9_]' "${sources[@]}" |
        grep -E '^(libqmix|render|formats|cmd)/' | grep -E '"[^"]*%[-+#0]*[0-9*]*(\.[0-9*]+)?(l|L)?[aefgAEFG]')"

for script in tests/run .ci/run scripts/* $(find tests -name '*.sh' -o -name '*.t'); do
    case $(head -n 1 "$script" 2>/dev/null) in
    *sh) bash -n "$script" 2>>"$tmp/syntax" ;;
    esac
done
verdict "scripts parse" "$(cat "$tmp/syntax" 2>/dev/null)"

finish
