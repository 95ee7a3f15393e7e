#!/bin/bash
# The signals of EBU Tech 3341 and 3342, and more of their kind, at half of the tolerance that is
# allowed: loudness +-0.05 LU, range +-0.5 LU, true peak -0.3 to +0.2 dB.
#
#   tests/eval/conformance.sh DIR
#
# DIR holds the signals and expected.json: what each should read, with the whole tolerance.
# Exit status 1: a signal is out of it.
set -u
dir=${1:?usage: tests/eval/conformance.sh DIR}
build=${BUILD:-build}
python=${PYTHON:-python3}

"$python" "$(dirname "$0")/conformance.py" "$build/qanalyze" "$dir"
