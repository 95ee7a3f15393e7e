#!/bin/bash
# Job 1, side by side with the peers that are installed: N stereo stems of SECONDS, each 4-band
# equaliser, compressor, gain and pan, post-fader send; one reverb; master equaliser, compressor,
# limiter; a 24-bit WAV. Rounds are interleaved, the first is not counted, medians are shown.
#
#   tests/bench/job1.sh      N="8 32 128"  SECONDS_LONG=180  RUNS=3  WORK=$BUILD/bench
#
# 128 stems of 180 s want 9 GB in WORK and, with all peers, half an hour.
#
# A ratio below 1 says how much of the peer's CPU time our single thread takes. With QMIX_BENCH_JOB1
# set, that script is run instead (see qmix-cmd.sh for what it gets).
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
N=${N:-8 32 128} seconds=${SECONDS_LONG:-180} RUNS=${RUNS:-3} work=${WORK:-$build/bench}

if [ -n "${QMIX_BENCH_JOB1:-}" ]; then
    export QMIX_CMD="$PWD/tests/bench/qmix-cmd.sh {json} {out} {threads}"
    export QMIX_CONVERT=${QMIX_CONVERT:-"python3 $(dirname "$QMIX_BENCH_JOB1")/mix_to_session.py"}
    export RUNS BUILD=$build
    # shellcheck disable=SC2086 # a list of numbers
    exec "$QMIX_BENCH_JOB1" $N
fi

mkdir -p "$work/stems" || exit 1
work=$(cd "$work" && pwd)
stems=$work/stems
have() { command -v "$1" >/dev/null 2>&1; }

# The commands of one N: names and arrays of words.
names=()
contestant() { # NAME WORDS...
    names+=("$1")
    local -n words=cmd_${1//-/_}
    # shellcheck disable=SC2034 # a reference
    words=("${@:2}")
}

enlist() { # N FOLDER
    names=()
    contestant ours-1 "$build/qrender" -q "$2/ours.yaml" --threads 1 --to "$seconds s" -o "$2/ours-1.wav"
    contestant ours-2 "$build/qrender" -q "$2/ours.yaml" --threads 2 --to "$seconds s" -o "$2/ours-2.wav"
    if have scsynth && have sclang; then
        QT_QPA_PLATFORM=offscreen QTWEBENGINE_DISABLE_SANDBOX=1 timeout 120 \
            sclang "$2/mix.scd" >"$2/sclang.log" 2>&1
        [ -s "$2/mix.osc" ] || echo "scsynth: sclang made no score, see $2/sclang.log"
    fi
    if [ -s "$2/mix.osc" ]; then
        contestant scsynth scsynth -N "$2/mix.osc" _ "$2/scsynth.wav" 48000 WAV int24 -o 2 -i 0 \
            -b "$(($1 + 16))" -m 262144 -w 512
    elif ! have scsynth || ! have sclang; then
        echo "scsynth: scsynth and sclang are not both installed"
    fi
    if have ecasound; then
        # shellcheck disable=SC2046 # words
        contestant ecasound ecasound $(cat "$2/mix.ecs")
    else
        echo "ecasound: not installed"
    fi
    if have csound; then
        contestant csound csound -d -m0 -W -3 -K -o "$2/csound.wav" "$2/mix.csd"
    else
        echo "csound: not installed"
    fi
    if [ "$1" -gt 64 ]; then
        echo "ffmpeg: left out beyond 64 stems, it takes minutes a round"
    elif have ffmpeg; then
        # shellcheck disable=SC2046
        contestant ffmpeg ffmpeg -nostdin -hide_banner -loglevel error -y $(cat "$2/mix.inputs") \
            -filter_complex_script "$2/mix.graph" -map '[out]' -t "$seconds" -c:a pcm_s24le \
            -bitexact "$2/ffmpeg.wav"
    else
        echo "ffmpeg: not installed"
    fi
}

for n in $N; do
    dir=$work/n$n
    rm -rf "$dir" && mkdir -p "$dir" || exit 1
    "$build/tests/bench/job1_stems" "$stems" "$n" "$seconds" || exit 1
    awk -v n="$n" -v seconds="$seconds" -v stems="$stems" -v out="$dir" \
        -f tests/bench/job1_sessions.awk || exit 1
    enlist "$n" "$dir"
    for round in $(seq 0 "$RUNS"); do
        for name in "${names[@]}"; do
            declare -n words=cmd_${name//-/_}
            results=$dir/results.tsv
            [ "$round" -gt 0 ] || results=$dir/warm-up.tsv
            "$build/tests/bench/timed" "$results" "$name" "${words[@]}" >"$dir/$name.log" 2>&1 </dev/null
        done
    done
    echo "-- $n stems, $seconds s, median of $RUNS"
    awk -F '\t' -v seconds="$seconds" -f tests/bench/medians.awk "$dir/results.tsv"
    cmp -s "$dir/ours-1.wav" "$dir/ours-2.wav" || { echo "one and two threads DIFFER" && exit 1; }
done
