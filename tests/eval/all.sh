#!/bin/bash
# Every evaluation of qanalyze, one after the other; the last line counts them.
#
#   tests/eval/all.sh CORPUS CONFORMANCE        (make eval CORPUS=DIR CONFORMANCE=DIR)
#
# What each needs and when it fails is said at its beginning. Peers that are not installed are
# named, and are no failure. Exit status 1: something failed, or a folder is missing.
set -u
corpus=${1:-} conformance=${2:-}

passed=0 failed=
for name in conformance loudness tempo onsets key stems; do
    echo "== $name"
    folder=$corpus
    [ "$name" != conformance ] || folder=$conformance
    if [ ! -d "$folder" ]; then
        echo "no folder '$folder' (CORPUS=DIR CONFORMANCE=DIR)"
        failed+=" $name"
    elif "$(dirname "$0")/$name.sh" "$folder"; then
        passed=$((passed + 1))
    else
        failed+=" $name"
    fi
done
# shellcheck disable=SC2086 # words
set -- $failed
echo "eval: $passed passed, $# failed${failed:+:$failed}"
[ $# -eq 0 ]
