#!/bin/sh
# The committed sums: every processor and source over the same two seconds, and every session of
# testdata/sessions; what the analysis finds in one of them, and how qmix mixes another. A sum
# changes only with a sentence in the commit that says why it should; `make golden`
# (QM_GOLDEN=update) writes them anew.
. tests/tap.sh

qrender=$(cd "$BUILD" && pwd)/qrender
golden=testdata/golden
sounds=$tmp/sounds
mkdir "$sounds" && "$BUILD/tests/determinism/sounds" "$sounds" || exit 1

compare() { # FOUND COMMITTED
    [ "${QM_GOLDEN:-}" != update ] || cp "$1" "$2"
    ok "$(basename "$2")" cmp "$1" "$2"
}

# A sum of one line: `name sha256`.
sum_of() { # NAME SESSION
    "$qrender" -q "$2" --to 2s --sum "$tmp/one" || echo "$1 failed"
    sed -n "s/^sha256/$1/p" "$tmp/one"
}

insert_session() { # NAME PARAMS BEFORE: inserts in front of it, each with a comma
    cat <<YAML
qmix: 1
seed: 3
sounds: {vox: $sounds/vox.aiff, snare: $sounds/snare.wav}
sources:
  a: {clip: {sound: vox, at: 1}, inserts: [$3{$1: {$2}}]}
  b: {sampler: {sound: snare}, inserts: [$3{$1: {$2}}], fader: {pan: 0.3}}
patterns: {p: {steps: 4, step: 1/4, tracks: {b: "X.x."}}}
arrangement: [{at: 1, pattern: p}]
YAML
}

source_session() { # NAME
    case $1 in
    clip) with="{sound: vox, at: 1.2, length: 1 s, fade-out: 200 ms}" ;;
    sampler) with="{sound: snare, pitch: -3}" ;;
    *) with="{}" ;;
    esac
    cat <<YAML
qmix: 1
sounds: {vox: $sounds/vox.aiff, snare: $sounds/snare.wav}
sources:
  a: {$1: $with}
YAML
    [ "$1" = clip ] || [ "$1" = click ] || cat <<YAML
patterns: {p: {steps: 8, step: 1/8, swing: 60, tracks: {a: {notes: "C4 . Eb4 . G3 . . C5"}}}}
arrangement: [{at: 1, pattern: p}]
YAML
}

modulator_session() { # NAME
    case $1 in
    lfo) with="rate: 1/8, shape: random" ;;
    envelope | adsr) with="strip: b, attack: 3" ;;
    steps) with="values: [0, 1, 0.3, 0.8], smooth: 30" ;;
    macro) with="value: 0.4" ;;
    esac
    cat <<YAML
qmix: 1
seed: 3
sounds: {vox: $sounds/vox.aiff, snare: $sounds/snare.wav}
sources:
  a: {clip: {sound: vox, at: 1}, inserts: [{eq: {bands: [{freq: 900, gain: 9}]}}]}
  b: {sampler: {sound: snare}}
patterns: {p: {steps: 8, step: 1/8, tracks: {b: "X.x.xx.."}}}
modulators:
  m:
    $1: {$with}
    to:
      - {param: a.eq.1.freq, amount: 0.3}
      - {param: a.fader.pan, from: -0.5, to: 0.5}
      - {param: a.fader.gain, amount: -0.05}
arrangement: [{at: 1, pattern: p}]
YAML
}

"$qrender" --list-processors | while read -r name kind _; do
    # What works on the side needs one: the sounds are mono.
    case $name in
    width | mid-side | mono-bass | haas) before="{delay: {ping-pong: yes, time: 25}}, " ;;
    *) before="" ;;
    esac
    case $name in
    eq) params="bands: [{freq: 300, gain: 6}, {type: high-shelf, freq: 5000, gain: -4}]" ;;
    dynamic-eq) params="bands: [{freq: 300, threshold: -40}, {type: high-shelf, freq: 3000, threshold: -60, mode: boost-above}]" ;;
    filter) params="model: ladder, slope: 24, freq: 600, resonance: 80, drive: 12, sync: 1/8, depth: 3" ;;
    multiband) params="bands: [{threshold: -30}, {gain: 3, release: 50}, {ratio: 8, bypass: yes}, {threshold: -40}]" ;;
    width) params="low: 0, mid: 0.5, high: 1.2" ;;
    mid-side) params="mid-gain: -2, side-gain: 3, side-low-cut: 150" ;;
    gain) params="gain: -3.3" ;;
    limiter) params="ceiling: -15" ;;
    clipper) params="drive: 12, ceiling: -6" ;;
    dither) params="bits: 12, shape: yes" ;;
    transient) params="attack: 1.8, sustain: 0.6" ;;
    *) params="" ;;
    esac
    case $kind in
    insert) insert_session "$name" "$params" "$before" ;;
    source) source_session "$name" ;;
    modulator) modulator_session "$name" ;;
    esac >"$tmp/$name.yaml"
    sum_of "$name" "$tmp/$name.yaml"
done >"$tmp/processors.txt"
compare "$tmp/processors.txt" "$golden/processors.txt"

for session in testdata/sessions/*.yaml; do
    name=$(basename "$session" .yaml)
    cp "$session" "$sounds"
    "$qrender" -q "$sounds/$name.yaml" --sum "$tmp/$name.sum"
    compare "$tmp/$name.sum" "$golden/$name.sum"
done

"$qrender" -q "$sounds/everything.yaml" -o "$tmp/mix.wav" --bits 32f
tests/determinism/analysis.sh "$(dirname "$qrender")" "$tmp/mix.wav" 2 best >"$tmp/analysis.sum"
compare "$tmp/analysis.sum" "$golden/analysis.sum"

tests/determinism/mix.sh "$(dirname "$qrender")" "$sounds" "pop edm" --no-cache >"$tmp/mix.sum"
compare "$tmp/mix.sum" "$golden/mix.sum"
finish
