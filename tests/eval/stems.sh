#!/bin/bash
# Delays and polarities that are known: the drum stems of multitracks against themselves, later or
# earlier, louder or softer, inverted or not; a drum bleeding into another; and the songs as they
# are, whose stems were rendered one by one.
#
#   tests/eval/stems.sh CORPUS [OUT]
#
# CORPUS/multitracks holds a folder a song; sox puts pairs of them into OUT. Exit status 1: a delay
# is wrong by half a sample or more, a polarity is wrong, less than 95 % of the delays or 70 % of
# the bleeds are found, or more than 1 in 200 pairs of a song is said to hear the same source.
set -u
corpus=${1:?usage: tests/eval/stems.sh CORPUS [OUT]}
build=${BUILD:-build}
python=${PYTHON:-python3}
out=${2:-$build/eval/stems}

command -v sox >/dev/null || { echo "sox: not installed" && exit 2; }
mkdir -p "$out" || exit 2
"$python" "$(dirname "$0")/stems.py" "$build/qanalyze" "$corpus" "$out"
