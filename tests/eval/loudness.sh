#!/bin/bash
# Loudness, range and true peak of masters: what qanalyze measures, and by how much ffmpeg's ebur128
# filter and loudgain differ, where they are installed.
#
#   tests/eval/loudness.sh CORPUS
#
# CORPUS/masters_wav holds the files. ffmpeg prints one decimal; loudgain's range has a hop of a
# second, and its peaks are of samples that were cut at full scale. Exit status 1: integrated
# loudness differs from another meter's by more than 0.1 LU.
set -u
corpus=${1:?usage: tests/eval/loudness.sh CORPUS}
build=${BUILD:-build}
python=${PYTHON:-python3}

"$python" "$(dirname "$0")/loudness.py" "$build/qanalyze" "$corpus"/masters_wav/*.wav
