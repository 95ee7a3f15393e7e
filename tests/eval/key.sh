#!/bin/bash
# Keys that are known: accompaniments in all of them, and drums, which have none.
#
#   tests/eval/key.sh CORPUS [OUT]
#
# Scored are CORPUS/tempo/mma_* (a turnaround in C major), CORPUS/loops/dr_* (drums), and, where
# mma and fluidsynth are installed, four progressions a key that are rendered into OUT with the
# sound font SOUNDFONT. Errors count as MIREX counts them: a fifth 0.5, the relative key 0.3, the
# parallel one 0.2. Exit status 1: fewer than 85 % are right, or drums have a key.
set -u
corpus=${1:?usage: tests/eval/key.sh CORPUS [OUT]}
build=${BUILD:-build}
python=${PYTHON:-python3}
out=${2:-$build/eval/key}
font=${SOUNDFONT:-/usr/share/sounds/sf2/default-GM.sf2}

mkdir -p "$out" || exit 2
"$python" "$(dirname "$0")/key.py" "$build/qanalyze" "$corpus" "$out" "$font"
