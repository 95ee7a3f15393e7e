#!/bin/bash
# Plug-ins as a user meets them: those of tests/lv2, and Debian's where they are installed.
. tests/tap.sh

qrender=$BUILD/qrender
bundle=$(cd "$BUILD" && pwd)/tests/lv2
cat >"$tmp/test.yaml" <<'YAML'
qmix: 1
sources:
  vox:
    tone: {freq: 220}
    inserts: [lv2: {uri: "urn:qmix:test:gain", params: {gain: 0.5, delay: 37}}]
  bass: {lv2: {uri: "urn:qmix:test:notes"}}
patterns: {p: {tracks: {bass: {notes: "C2 . E2 ."}}}}
arrangement: [{at: 1, pattern: p}]
automation: {vox.lv2.gain: [{at: 1, value: 0.5}, {at: 1.2, value: 1}]}
YAML

status() { # EXPECTED COMMAND...
    expected=$1
    shift
    timeout 120 "$@" >"$tmp/out" 2>"$tmp/err"
    found=$?
    is "exit $expected: qrender $(echo "${*:2}" | sed "s|$tmp/||g")" "$found" "$expected"
}
has() { # FILE TEXT
    verdict "it says '$2'" "$(grep -qF -- "$2" "$tmp/$1" || head -n 40 "$tmp/$1")"
}

if [ ! -e "$bundle/qmix-test.lv2/qmix-test.so" ]; then
    status 3 "$qrender" "$tmp/test.yaml" --explain
    has err "this qmix was built without LV2 hosting"
    skip "plug-ins" "built without lilv"
    finish
fi

# --- our own
export LV2_PATH=$bundle
status 0 "$qrender" "$tmp/test.yaml" --explain
has out "latency 101 frames"
has out "plug-ins: outside of the bit-exact promise"
has out "vox.lv2: Test Gain 2.4, <urn:qmix:test:gain>"
has out "gain 0.5, delay 37 samples, break 0"
has out "bass.lv2: Test Notes, <urn:qmix:test:notes>"
has out "vox.lv2.gain 0.5 -> 1"
status 0 "$qrender" "$tmp/test.yaml" --to 1s -o "$tmp/a.wav" --sum "$tmp/a.sum"
has err "2 LV2 plug-ins: outside of the bit-exact promise"
status 0 "$qrender" "$tmp/test.yaml" --to 1s --verify "$tmp/a.sum" --pull 441
has err "a.sum: the same"
has err "outside of the bit-exact promise"
status 1 "$qrender" "$tmp/test.yaml" --to 1s --verify "$tmp/a.sum" --set vox.lv2.gain=2 \
    --set vox.lv2.delay=0 --set bass.lv2.delay=3 --set vox.fader.gain=-3
status 0 "$qrender" "$tmp/test.yaml" --to 1s --json -o "$tmp/a.wav"
has out '"uri":"urn:qmix:test:gain","name":"Test Gain","version":"2.4"'
has out '"bit_exact":false'
status 0 "$qrender" "$tmp/test.yaml" --to 1s -v -o "$tmp/a.wav"
has err "vox.lv2: not-finite 0"
status 0 "$qrender" "$tmp/test.yaml" --to 1s --set vox.lv2.break=1 -o "$tmp/a.wav"
has err "'Test Gain' gave"
status 3 "$qrender" "$tmp/test.yaml" --set vox.lv2.gain=5
has err "vox.lv2.gain: expected a number from 0.1 to 4, found '5'"
status 0 "$qrender" --describe lv2:urn:qmix:test:gain
has out "0.1 to 4, default 1"
status 0 "$qrender" --describe lv2:urn:qmix:test:notes
has out "an instrument"
status 3 "$qrender" --describe lv2:urn:qmix:test:needy
has err "it requires <urn:qmix:test:a-pony>"

# --- Debian's: a plug-in that does nothing must cancel against the same sound turned over, to
# the sample, whatever its latency; one that does something must sound, and twice the same.
# What the libraries they are linked with leave behind is not ours to free (sanitized builds).
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
unset LV2_PATH
"$BUILD/tests/determinism/sounds" "$tmp"
installed() { # URI
    timeout 60 "$qrender" --describe "lv2:$1" >/dev/null 2>&1
}
nulls() { # NAME URI PARAMS
    if ! installed "$2"; then skip "$1 nulls" "not installed" && return; fi
    cat >"$tmp/n.yaml" <<YAML
qmix: 1
sounds: {n: keys.wav}
sources:
  a: {clip: {sound: n, at: 1}, inserts: [lv2: {uri: "$2", params: {$3}}]}
  b: {clip: {sound: n, at: 1}, inserts: [gain: {invert: both}]}
YAML
    timeout 120 "$qrender" "$tmp/n.yaml" --to 2s --json -o "$tmp/n.wav" --bits 32f >"$tmp/out" 2>"$tmp/err"
    verdict "$1 nulls to the sample" "$(grep -q '"why":"silence"' "$tmp/out" || cat "$tmp/out" "$tmp/err")"
}
sounds() { # NAME URI PARAMS
    if ! installed "$2"; then skip "$1 sounds" "not installed" && return; fi
    cat >"$tmp/n.yaml" <<YAML
qmix: 1
sounds: {n: keys.wav}
sources:
  a: {clip: {sound: n, at: 1}, inserts: [lv2: {uri: "$2", params: {$3}}]}
  b: {clip: {sound: n, at: 1}, inserts: [gain: {invert: both}]}
YAML
    timeout 120 "$qrender" -q "$tmp/n.yaml" --to 2s --sum "$tmp/n.sum" -o "$tmp/n.wav" --bits 32f 2>"$tmp/err"
    peak=$(sox "$tmp/n.wav" -n stat 2>&1 | awk '/^Maximum amplitude/ {print ($3 > 0.001 && $3 < 8)}')
    is "$1 does something" "$peak" 1
    ok "$1, pulled, gives the same" timeout 120 "$qrender" -q "$tmp/n.yaml" --to 2s --verify "$tmp/n.sum" --pull 441
}
lsp=http://lsp-plug.in/plugins/lv2
nulls "LSP's limiter" "$lsp/limiter_stereo" "boost: 0, alr: 0"
nulls "LSP's compressor, with look-ahead" "$lsp/compressor_mono" "sla: 10, cr: 1"
nulls "LSP's equaliser" "$lsp/para_equalizer_x16_stereo" ""
nulls "x42's limiter" "http://gareus.org/oss/lv2/dpl#stereo" "threshold: 0"
nulls "Calf's equaliser" "http://calf.sourceforge.net/plugins/Equalizer5Band" ""
sounds "LSP's compressor" "$lsp/compressor_stereo" "al: 0.05, cr: 8"
sounds "x42's equaliser" "http://gareus.org/oss/lv2/fil4#stereo" ""
sounds "Calf's reverb" "http://calf.sourceforge.net/plugins/Reverb" ""
sounds "Dragonfly's hall" "https://github.com/michaelwillis/dragonfly-reverb" ""
finish
