#!/bin/bash
# Random sessions, computed in different ways: equal sums, and a range is a span of the whole.
#
#   SEEDS="7 8" bash tests/cli/random.t      those only; a failing one is kept in $BUILD/random/
. tests/tap.sh

qrender=$BUILD/qrender
span=$BUILD/tests/determinism/span
seeds=${SEEDS:-$(seq 1 $([ -n "${QMIX_SANITIZE:-}" ] && echo 6 || echo 30))}
to="--to 0.8s"
kept=$BUILD/random

"$BUILD/tests/determinism/sounds" "$tmp" || exit 1
for rate in 96000 48000 22050; do # short ones, to be streamed and converted
    printf 'qmix: 1\nrate: %d\nsources: {a: {clip: {sound: bass.wav}}, b: {clip: {sound: room.wav}}}\n' $rate >"$tmp/s.yaml"
    "$qrender" -q "$tmp/s.yaml" --to 0.7s --bits 32f -o "$tmp/r$rate.wav" 2>/dev/null || exit 1
done
for name in $("$qrender" --list-processors | awk '/^[a-z]/ {print $1}'); do
    "$qrender" --describe "$name"
    echo
done >"$tmp/tables"

modulators=$("$qrender" --list-processors | awk '$2 == "modulator" { printf "%s ", $1 }')

session() { # SEED
    awk -v seed="$1" -v modulators="$modulators" -v rates="48000 48000 48000 44100 96000 8000" -v sounds="kick snare hat r96 r48 r22" \
        -v pool="kick: kick.wav, snare: snare.wav, hat: hat.flac, r48: r48000.wav, r96: r96000.wav, r22: r22050.wav" \
        -f tests/determinism/random.awk "$tmp/tables" >"$tmp/$1.yaml"
}
failed() { # SEED WHAT
    mkdir -p "$kept"
    cp "$tmp/$1.yaml" "$kept"
    printf 'seed %s: %s: %s\n' "$1" "$2" "$(tail -n 1 "$tmp/err")" >>"$tmp/failures"
}
# Frames from an odd place on, cut out of the whole.
range() { # SEED
    "$qrender" -q "$tmp/$1.yaml" --to 0.6s --bits 32f -o "$tmp/whole.wav" 2>"$tmp/err" &&
        "$qrender" -q "$tmp/$1.yaml" --from "$(($1 * 61 % 20000)) samples" --to 0.6s --threads 3 --chunk 2 --bits 32f \
            -o "$tmp/part.wav" 2>"$tmp/err" &&
        "$span" "$tmp/whole.wav" "$tmp/part.wav" $(($1 * 61 % 20000)) >"$tmp/err"
}

count=0
for seed in $seeds; do
    count=$((count + 1))
    session "$seed"
    # shellcheck disable=SC2086
    timeout 60 "$qrender" -q "$tmp/$seed.yaml" $to --threads 1 --sum "$tmp/sum" 2>"$tmp/err" || {
        failed "$seed" "renders"
        continue
    }
    for way in "--threads 2 --chunk 1 --isa base" "--threads 3 --chunk 5 --verbose" "--pull $((seed * 37 % 3000 + 1))"; do
        # shellcheck disable=SC2086
        timeout 60 "$qrender" -q "$tmp/$seed.yaml" $to --verify "$tmp/sum" $way >"$tmp/out" 2>"$tmp/err" ||
            failed "$seed" "$way"
    done
    range "$seed" || failed "$seed" "a range"
done
verdict "$count random sessions have the same samples in every way" "$(cat "$tmp/failures" 2>/dev/null)"
finish
