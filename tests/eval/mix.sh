#!/bin/bash
# Mixes every song of a corpus by qmix and asks what a mixing engineer would be asked: is every
# stem as loud as the template wants it, do stems hide each other less than before, does the mix
# hold in mono, are its lows in the middle, is its spectrum closer to the target than the plain
# sum's, is it as loud as it should be; and what becomes of bad stems.
#
#   tests/eval/mix.sh CORPUS [OUT]              (make eval-mix CORPUS=DIR)
#
# CORPUS/multitracks holds a folder a song: stems, and a truth.json with its genre. The plain sum
# at the same loudness is the baseline. Prints the tables of docs/MIX-QUALITY.md. Exit status 1:
# something is not as promised there.
set -u
corpus=${1:?usage: tests/eval/mix.sh CORPUS [OUT]}
build=${BUILD:-build}
python=${PYTHON:-python3}
out=${2:-$build/eval/mix}

command -v sox >/dev/null || { echo "sox: not installed" && exit 2; }
mkdir -p "$out" || exit 2
"$python" "$(dirname "$0")/mix.py" "$build" "$corpus" "$out"
