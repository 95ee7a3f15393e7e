#!/bin/bash
# Drum parts with known onsets: what qanalyze finds, and aubioonset, where it is installed.
#
#   tests/eval/onsets.sh CORPUS [OUT]
#
# CORPUS/hits holds one-shots; the parts are rendered from them into OUT. Exit status 1: F is
# below 0.92.
set -u
corpus=${1:?usage: tests/eval/onsets.sh CORPUS [OUT]}
build=${BUILD:-build}
python=${PYTHON:-python3}
out=${2:-$build/eval/onsets}
eval=$(dirname "$0")/onsets.py

mkdir -p "$out" || exit 2
parts=$("$python" "$eval" make "$corpus/hits" "$out" "$build/qrender") || exit 2

ours() {
    "$build/qanalyze" -q --json --features onset "$1" | "$python" -c '
import json, sys
print(*(o["time"] for o in json.load(sys.stdin)["onset"]["onsets"]))'
}
aubio() { aubioonset -i "$1"; }

scores() { # DETECTOR
    for part in $parts; do
        "$1" "$out/$part.wav" | "$python" "$eval" score "$out" "$part"
    done | "$python" "$eval" total
}

echo "-- qanalyze, +-25 ms"
table=$(scores ours)
printf '%s\n' "$table"
if command -v aubioonset >/dev/null; then
    echo "-- aubioonset, as it comes"
    scores aubio
else
    echo "aubioonset: not installed"
fi
printf '%s\n' "$table" | awk '$1 == "all" && $6 >= 0.92 { good = 1 } END { exit !good }'
