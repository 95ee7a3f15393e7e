#!/bin/sh
# analysis.sh BUILD FILE THREADS base|best [EMULATOR...]: the sums of what this build's analysis
# finds in FILE: all measures with all their bits, and what qanalyze prints of them
# (but for the name of the file).
build=$1 file=$(basename "$2") threads=$3 isa=$4
cd "$(dirname "$2")" || exit 1
shift 4
sum() { sha256sum | cut -d ' ' -f 1; }
echo "measures $("$@" "$build/tests/determinism/measures" "$file" "$threads" "$isa" | sum)"
echo "json $("$@" "$build/qanalyze" "$file" --json --series --threads "$threads" |
    sed 's/"file":"[^"]*"//' | sum)"
