#!/bin/bash
# Delays and polarities that are known: the drum stems of multitracks against themselves, later or
# earlier, louder or softer, inverted or not; a drum bleeding into another; and the songs as they
# are, whose stems were rendered one by one.
#
#   tests/eval/stems.sh CORPUS
#
# Needs sox. Exit status 1: a delay is wrong by half a sample or more, a polarity is wrong, less
# than 95 % of the delays or 70 % of the bleeds are found, or more than 1 in 200 pairs of a song is
# said to hear the same source.
set -u
corpus=${1:?usage: stems.sh CORPUS}
build=${BUILD:-build}
python=${PYTHON:-python3}
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT

"$python" "$(dirname "$0")/stems.py" "$build/qanalyze" "$corpus" "$out"
