#!/bin/bash
# Job 2, side by side with the peers that are installed: integrated loudness, range and true peak
# of one stereo file of an hour (48 kHz, 24 bit) and of 100 files of ten seconds. Rounds are
# interleaved, the first is not counted, medians are shown.
#
#   tests/bench/job2.sh      SECONDS_LONG=3600  FILES=100  RUNS=3  WORK=$BUILD/bench
#
# The hour takes 1 GB in WORK. A ratio below 1 says how much of the peer's CPU time our single
# thread takes; ours-all measures every feature. With QMIX_BENCH_JOB2 set, that script is run
# instead.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
seconds=${SECONDS_LONG:-3600} files=${FILES:-100} RUNS=${RUNS:-3} work=${WORK:-$build/bench}
build=$(cd "$build" && pwd) || exit 1

if [ -n "${QMIX_BENCH_JOB2:-}" ]; then
    export QANALYZE_CMD="$build/qanalyze -q --json --features loudness,peak --threads {threads} {in}"
    export RUNS
    exec "$QMIX_BENCH_JOB2"
fi

long=long-$seconds shorts=shorts-$files
mkdir -p "$work/$long" "$work/$shorts" || exit 1
work=$(cd "$work" && pwd)
have() { command -v "$1" >/dev/null 2>&1; }

# One file after the other, for tools that take one.
cat >"$work/each" <<'EACH'
#!/bin/bash
for file in "${@:2}"; do
    ffmpeg -nostdin -hide_banner -nostats -i "$file" -af "ebur128=peak=$1:framelog=verbose" -f null - ||
        exit 1
done
EACH
chmod +x "$work/each"

race() { # TITLE SECONDS FILE...
    local -a names=() inputs=("${@:3}")
    local results=$work/job2.tsv name round
    local -A command
    add() { names+=("$1") command[$1]="${*:2}"; } # NAME WORDS...; files come behind them
    add ours-1 "$build/qanalyze" -q --json --features loudness,peak --threads 1
    add ours-2 "$build/qanalyze" -q --json --features loudness,peak --threads 2
    add ours-all "$build/qanalyze" -q --json --threads 1
    if have ffmpeg; then
        add ffmpeg "$work/each" true
        add ffmpeg-no-tp "$work/each" none
    fi
    if have loudgain; then add loudgain loudgain -q; fi
    if have bs1770gain; then add bs1770gain bs1770gain --quiet -irt; fi
    for name in ffmpeg loudgain bs1770gain; do
        have "$name" || echo "$name: not installed"
    done
    rm -f "$results"
    for round in $(seq 0 "$RUNS"); do
        for name in "${names[@]}"; do
            local to=$results
            [ "$round" -gt 0 ] || to=$work/warm-up.tsv
            # shellcheck disable=SC2086 # words
            timeout 1800 "$build/tests/bench/timed" "$to" "$name" ${command[$name]} "${inputs[@]}" \
                >"$work/job2-$name.log" 2>&1 </dev/null
        done
    done
    echo "-- $1, median of $RUNS"
    awk -F '\t' -v seconds="$2" -f tests/bench/medians.awk "$results"
    cmp -s "$work/job2-ours-1.log" "$work/job2-ours-2.log" ||
        { echo "one and two threads DIFFER" && exit 1; }
}

# The sound, in files that say where their channels are: bs1770gain reads no others.
have sox || { echo "sox: not installed" && exit 1; }
make_files() { # FOLDER COUNT SECONDS
    local stem named
    "$build/tests/bench/job1_stems" "$1" "$2" "$3" || exit 1
    for stem in "$1"/stem*.wav; do
        named=$1/${stem##*/stem}
        [ -s "$named" ] || sox "$stem" -b 24 "$named" || exit 1
        : >"$stem" # it is there, and takes no room
    done
}
make_files "$work/$long" 1 "$seconds"
make_files "$work/$shorts" "$files" 10
race "one file of $seconds s" "$seconds" "$work/$long/000.wav"
race "$files files of 10 s" $((files * 10)) "$work/$shorts"/[0-9]*.wav
