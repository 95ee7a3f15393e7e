#!/bin/bash
# Modulators from the command line: the same samples in every way, told, listed, overruled.
. tests/tap.sh

qrender=$(cd "$BUILD" && pwd)/qrender
"$BUILD/tests/determinism/sounds" "$tmp" || exit 1
cp testdata/sessions/modulators.yaml "$tmp"
session=$tmp/modulators.yaml

ok "renders" "$qrender" -q "$session" --sum "$tmp/sum" --threads 1
for way in "--threads 2 --chunk 1" "--threads 3 --chunk 7" "--isa base --chunk 16" "--pull 1000" "--pull 37"; do
    # shellcheck disable=SC2086
    ok "the same samples: $way" "$qrender" -q "$session" --verify "$tmp/sum" $way
done

"$qrender" "$session" --explain >"$tmp/plan"
for line in "  pump: envelope of kick" "    moves bass.fader.gain by -0.1 of -120 dB to 24 dB" \
    "    moves bass.eq.1.freq by 0.3 of 10 Hz to 40000 Hz (log)" \
    "    moves hall.delay.high-cut from 9000 Hz to 900 Hz (exp)" "        heard kick, pre, by pump"; do
    ok "--explain: $line" grep -qF -- "$line" "$tmp/plan"
done

ok "five are listed" test "$("$qrender" --list-processors | grep -c ' modulator ')" = 5
for name in $("$qrender" --list-processors | awk '$2 == "modulator" { print $1 }'); do
    ok "--describe $name" "$qrender" --describe "$name"
done

least() { # MODULATORS
    printf 'qmix: 1\nsources: {a: {tone: {}}}\nmodulators: {%s}\n' "$1" >"$tmp/least.yaml"
}
differs() { # WHAT OPTION...
    what=$1
    shift
    "$qrender" -q "$tmp/least.yaml" --to 0.1s --sum "$tmp/least.sum"
    "$qrender" -q "$tmp/least.yaml" --to 0.1s --verify "$tmp/least.sum" "$@" >"$tmp/out" 2>&1
    ok "$what" test $? = 1
}
least 'm: {macro: {value: 0.2}, to: [{param: a.fader.gain, from: -20, to: 0}]}'
differs "--set moves a macro" --set m.macro.value=0.7
differs "--set moves an end" --set m.1.from=-10
least 'm: {lfo: {shape: random, rate: 30}, to: [{param: a.fader.pan, amount: 0.5}]}'
differs "--set moves a rate" --set m.lfo.rate=20
differs "--set moves an amount" --set m.1.amount=-0.5
differs "another seed, another random" --seed 5

refused() { # MESSAGE OPTION...
    message=$1
    shift
    "$qrender" -q "$tmp/least.yaml" --to 0.1s --sum "$tmp/none" "$@" 2>"$tmp/err"
    ok "refused: $message" test $? = 3
    ok "told: $message" grep -qF -- "$message" "$tmp/err"
}
refused "m.1.amount: expected a number from -1 to 1, found '3'" --set m.1.amount=3
refused "unknown slot 'macro'" --set m.macro.value=1
refused "unknown strip or modulator 'n'" --set n.lfo.rate=1
least 'm: {envelope: {strip: a}, to: [{param: a.tone.level, amount: 0.1}]}'
refused "modulators.m.to.1: 'a' is heard behind what is to be moved"
least 'm: {envelope: {strip: a}, to: [{param: a.fader.gain, amount: 0.1}]}'
refused "modulators.m.to.1: 'a' is heard behind what is to be moved" --set m.envelope.tap=post
finish
