#!/bin/bash
# Tempo, beats and bars of loops, accompaniments and mixes that are known: what qanalyze finds,
# and aubiotrack, where it is installed.
#
#   tests/eval/tempo.sh CORPUS [-v]
#
# CORPUS/tempo_truth.json says what is right (-v: and what was found, file by file). Exit status 1:
# Acc1 is below 0.80, Acc2 below 0.93, or F of beats below 0.75.
set -u
corpus=${1:?usage: tests/eval/tempo.sh CORPUS [-v]}
build=${BUILD:-build}
python=${PYTHON:-python3}
eval=$(dirname "$0")/tempo.py

echo "-- qanalyze, no range given"
"$python" "$eval" "$corpus" ours "$build/qanalyze" "${@:2}"
status=$?
if command -v aubiotrack >/dev/null && command -v ffmpeg >/dev/null; then
    echo "-- aubiotrack, as it comes"
    "$python" "$eval" "$corpus" aubio aubiotrack "${@:2}"
else
    echo "aubiotrack, ffmpeg: not installed"
fi
exit $status
