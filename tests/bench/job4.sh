#!/bin/bash
# Job 4: qmix from stems to a mix. N stereo stems of SECONDS are analysed, decided about and
# rendered: cold (nothing is kept), cold without writing, with a warm cache, and with a warm cache
# after one override. Rounds are interleaved, the first is not counted, medians are shown.
#
#   tests/bench/job4.sh      N=16  SECONDS_LONG=180  RUNS=3  WORK=$BUILD/bench  STEMS="FILES"
#
# STEMS are mixed instead of generated ones. 16 stems of 180 s want 5 GB in WORK: the cache.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
n=${N:-16} seconds=${SECONDS_LONG:-180} RUNS=${RUNS:-3} work=${WORK:-$build/bench}
export QMIX_TEMPLATES=${QMIX_TEMPLATES:-$PWD/templates}

dir=$work/job4
rm -rf "$dir" && mkdir -p "$dir/mixes" || exit 1
export TMPDIR=$dir
if [ -n "${STEMS:-}" ]; then
    read -ra stems <<<"$STEMS"
else
    "$build/tests/bench/job1_stems" "$dir" "$n" "$seconds" || exit 1
    stems=("$dir"/*.wav)
fi
name=$(basename "${stems[0]}" .wav)

mix=("$build/qmix" -q "${stems[@]}" --template pop --threads 2)
for round in $(seq 0 "$RUNS"); do
    results=$dir/results.tsv
    [ "$round" -gt 0 ] || results=$dir/warm-up.tsv
    timed() { # NAME ARGUMENTS...
        "$build/tests/bench/timed" "$results" "$1" "${mix[@]}" "${@:2}" \
            >"$dir/$1.log" 2>&1 </dev/null || { cat "$dir/$1.log" && exit 1; }
    }
    timed cold --no-cache -o "$dir/mixes/cold.wav"
    timed dry-run --no-cache --dry-run
    [ "$round" -gt 0 ] || "${mix[@]}" --cache "$dir/cache" --dry-run >/dev/null 2>&1
    timed warm --cache "$dir/cache" -o "$dir/mixes/warm.wav"
    timed override --cache "$dir/cache" --set "$name.fader.gain=-$((round + 3)) dB" \
        -o "$dir/mixes/one.wav"
    cmp -s "$dir/mixes/cold.wav" "$dir/mixes/warm.wav" ||
        { echo "with and without a cache DIFFER" && exit 1; }
done
echo "-- qmix, ${#stems[@]} stems, $seconds s, median of $RUNS"
awk -F '\t' -v seconds="$seconds" -f tests/bench/medians.awk "$dir/results.tsv"
rm -rf "$dir/cache"
