#!/bin/bash
# qanalyze --compare as somebody meets it whose mix has changed: what is found, what is judged, and
# how that is told to people and to machines.
. tests/tap.sh

qanalyze=$BUILD/qanalyze

status() { # EXPECTED ARGUMENTS...: of qanalyze --compare
    expected=$1
    shift
    "$qanalyze" --compare "$@" >"$tmp/out" 2>"$tmp/err"
    found=$?
    is "exit $expected: --compare $(echo "$*" | sed "s|$tmp/||g")" "$found" "$expected"
    [ "$found" = "$expected" ] || sed 's/^/# /' "$tmp/out" "$tmp/err"
}
prints() { # TEXT: on standard output of the last status
    verdict "it prints '$1'" "$(grep -qF -- "$1" "$tmp/out" || head -n 40 "$tmp/out")"
}
says() { # TEXT: on standard error of the last status
    verdict "it says '$1'" "$(grep -qF -- "$1" "$tmp/err" || cat "$tmp/err")"
}
# One value of the JSON, by jq's path or python's.
json() { # PATH: difference.null
    python3 -c '
import json, sys
value = json.load(open(sys.argv[1]))
for key in sys.argv[2].split("."):
    value = value[key]
print(value)' "$tmp/out" "$1"
}
near() { # WHAT FOUND EXPECTED BY
    verdict "$1" "$(awk -v x="$2" -v y="$3" -v by="$4" 'BEGIN {
        if (x == "None" || x - y > by || y - x > by) print "found " x ", expected " y }')"
}
have_python() { command -v python3 >/dev/null; }

# Two sines a minor sixth apart, of the same level, for five seconds.
song() { # FILE QRENDER_ARGUMENTS...
    file=$1
    shift
    "$BUILD/qrender" -q - -o "$file" --to "5 s" "$@" <<'YAML'
qmix: 1
sources:
  low: {tone: {freq: 500, level: -20}, fader: {gain: 0}}
  high: {tone: {freq: 800, level: -20}, fader: {gain: 0}}
YAML
}
song "$tmp/a.wav"
song "$tmp/b.wav" --set high.fader.gain=0.5
song "$tmp/a16.wav" --bits 16
song "$tmp/silence.wav" --set low.fader.mute=yes --set high.fader.mute=yes
cp "$tmp/a.wav" "$tmp/copy.wav"
sox -q "$tmp/a.wav" "$tmp/a.flac"
sox -q -D "$tmp/a.wav" "$tmp/inverted.wav" vol -1
sox -q -D "$tmp/a.wav" "$tmp/later.wav" pad 2400s
sox -q -D "$tmp/a.wav" "$tmp/half.wav" trim 0 2.5
sox -q -D "$tmp/a.wav" "$tmp/mono.wav" channels 1
sox -q -D "$tmp/a.wav" -r 44100 "$tmp/other.wav"
# The lowest bit of one sample: frame 1000, left, 24 bits in a header of 44 bytes.
cp "$tmp/a.wav" "$tmp/bit.wav"
header=$(($(stat -c %s "$tmp/a.wav") - 5 * 48000 * 6))
at=$((header + 1000 * 6))
byte=$(od -An -tu1 -j$at -N1 "$tmp/a.wav" | tr -d ' ')
printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$tmp/bit.wav" bs=1 seek=$at conv=notrunc status=none

# --- the same
status 0 "$tmp/a.wav" "$tmp/copy.wav"
prints "identical, sample by sample"
status 0 "$tmp/a.wav" "$tmp/a.flac"
status 0 "$tmp/silence.wav" "$tmp/silence.wav"
status 0 "$tmp/a.wav" "$tmp/copy.wav" --tolerance default=same --tolerance null=-100 -v
prints "loudness.integrated"

# --- a bit
status 1 "$tmp/a.wav" "$tmp/bit.wav"
prints "not identical"
prints "1 frames, the first is frame 1000 (0.021 s)"
prints "-138.47 dBFS at frame 1000 (0.021 s), channel 1"
prints "FAIL  identical"

# --- a fader, 0.5 dB up: of two equal powers the half is left by 10^(0.5 / 20) - 1
status 1 "$tmp/a.wav" "$tmp/b.wav" --json
if have_python; then
    near "the null of half a decibel" "$(json difference.null)" -27.56 0.02
    near "louder by 10 log10((1 + 10^0.05) / 2), half of it" "$(json difference.gain)" 0.25 0.01
    is "a machine sees why" "$(json within) $(json beyond)" "False 1"
fi
status 0 "$tmp/a.wav" "$tmp/b.wav" --tolerance null=-27
status 1 "$tmp/a.wav" "$tmp/b.wav" --tolerance null=-28
prints "FAIL  null"
prints "at most -28"
status 1 "$tmp/a.wav" "$tmp/b.wav" --tolerance loudness.integrated=0.1 --tolerance peak.sample=1
prints "FAIL  loudness.integrated"
prints "ok    peak.sample"
is "what fails comes first" "$(grep -nE '^(FAIL|ok) ' "$tmp/out" | head -n 1 | grep -c FAIL)" 1
prints "FAIL: 1 of 2 beyond what is allowed"

# --- delay, polarity, words
status 1 "$tmp/a.wav" "$tmp/later.wav" --tolerance delay=0
prints "B is 2400 frames (50.000 ms) later, same polarity"
status 1 "$tmp/later.wav" "$tmp/a.wav"
prints "earlier"
status 0 "$tmp/a.wav" "$tmp/later.wav" --tolerance null=-100 --tolerance delay=2400
status 0 "$tmp/a.wav" "$tmp/inverted.wav" --tolerance null=-100
prints "inverted polarity"
status 1 "$tmp/a.wav" "$tmp/inverted.wav" --tolerance inverted=no

# --- 16 bits: dither and rounding leave -96.3 dBFS in each channel
status 0 "$tmp/a.wav" "$tmp/a16.wav" --tolerance null=-70 --tolerance residual=-96 --json
if have_python; then
    near "the noise of 16 bits" "$(json difference.residual)" -96.33 0.05
fi

# --- lengths, kinds, silence
status 1 "$tmp/a.wav" "$tmp/half.wav" --tolerance null=-60
prints "B is shorter by 120000 frames"
status 1 "$tmp/a.wav" "$tmp/mono.wav"
prints "not identical: channels differ"
status 1 "$tmp/a.wav" "$tmp/mono.wav" --tolerance null=-10
status 0 "$tmp/a.wav" "$tmp/mono.wav" --tolerance spectrum.centroid=5
status 1 "$tmp/a.wav" "$tmp/other.wav"
prints "not identical: rates differ"
status 0 "$tmp/a.wav" "$tmp/other.wav" --tolerance loudness.integrated=0.1
status 1 "$tmp/silence.wav" "$tmp/a.wav" --tolerance null=0
prints "A is silent"
status 1 "$tmp/a.wav" "$tmp/silence.wav" --tolerance loudness.integrated=1000
prints "silence"

# --- tolerances in a file
cat >"$tmp/limits.yaml" <<'YAML'
loudness: 0.5       # LU, all of it
peak.true: 1
null: -60
YAML
status 1 "$tmp/a.wav" "$tmp/b.wav" --tolerance "$tmp/limits.yaml"
prints "FAIL  null"
status 0 "$tmp/a.wav" "$tmp/b.wav" --tolerance "$tmp/limits.yaml" --tolerance null=any
echo '# nothing yet' >"$tmp/empty.yaml"
status 1 "$tmp/a.wav" "$tmp/b.wav" --tolerance "$tmp/empty.yaml"
prints "FAIL  identical"
status 0 "$tmp/a.wav" "$tmp/b.wav" --tolerance null=any
prints "nothing is judged"
status 1 "$tmp/a.wav" "$tmp/b.wav" --tolerance spectrum.third_octaves.level=0.1
prints "FAIL  spectrum.third_octaves.level["
echo 'loudnes: 1' >"$tmp/bad.yaml"
status 3 "$tmp/a.wav" "$tmp/b.wav" --tolerance "$tmp/bad.yaml"
says "bad.yaml:1:1: there is no 'loudnes', did you mean 'loudness'?"
status 2 "$tmp/a.wav" "$tmp/b.wav" --tolerance nul=-60
says "did you mean 'null'?"
status 3 "$tmp/a.wav" "$tmp/b.wav" --tolerance "$tmp/none.yaml"

# --- TAP, JUnit
status 1 "$tmp/a.wav" "$tmp/b.wav" --tolerance "$tmp/limits.yaml" --tap
is "TAP begins with its version" "$(head -n 1 "$tmp/out")" "TAP version 13"
is "TAP's plan is kept" "$(grep -cE '^(not )?ok [0-9]+ - ' "$tmp/out")" \
    "$(sed -n 's/^1\.\.//p' "$tmp/out")"
prints "not ok 1 - null"
prints "allowed: 'at most -60'"
status 1 "$tmp/a.wav" "$tmp/b.wav" --tolerance "$tmp/limits.yaml" --junit "$tmp/junit.xml"
prints "FAIL  null"
status 1 "$tmp/a.wav" "$tmp/b.wav" --tolerance "$tmp/limits.yaml" --junit -
ok "to a file or standard output" cmp "$tmp/out" "$tmp/junit.xml"
cp "$tmp/a.wav" "$tmp/\"a\" & <b>"$'\n\xff'".wav"
status 1 "$tmp/\"a\" & <b>"$'\n\xff'".wav" "$tmp/b.wav" --junit -
if have_python; then
    is "JUnit is XML, and counts" "$(python3 -c '
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot().find("testsuite")
cases = suite.findall("testcase")
print(len(cases) == int(suite.get("tests")), len(suite.findall(".//failure")), suite.get("failures"))' \
        "$tmp/out" 2>&1 | tail -n 1)" "True 1 1"
fi
status 2 "$tmp/a.wav" "$tmp/b.wav" --tap --json

# --- however it is read
status 1 "$tmp/a.wav" "$tmp/b.wav" --json --threads 1 --tolerance default=0
cp "$tmp/out" "$tmp/one"
status 1 "$tmp/a.wav" "$tmp/b.wav" --json --threads 2 --tolerance default=0
ok "the same on two threads" cmp "$tmp/out" "$tmp/one"
nameless() { sed 's/"file":"[^"]*",//g; s/"format":"[^"]*",\{0,1\}//g' "$1"; }
"$qanalyze" --compare - "$tmp/b.wav" --json --tolerance default=0 <"$tmp/a.wav" >"$tmp/out"
is "A through a pipe" "$(nameless "$tmp/out" | cksum)" "$(nameless "$tmp/one" | cksum)"
status 1 <(cat "$tmp/a.wav") <(cat "$tmp/b.wav") --json --tolerance default=0
is "both through pipes" "$(nameless "$tmp/out" | cksum)" "$(nameless "$tmp/one" | cksum)"
status 1 "$tmp/a.flac" "$tmp/b.wav" --json --tolerance default=0
is "A as FLAC" "$(nameless "$tmp/out" | cksum)" "$(nameless "$tmp/one" | cksum)"

# --- what cannot be compared
status 2 "$tmp/a.wav"
says "--compare takes two files, found 1"
status 2 "$tmp/a.wav" "$tmp/b.wav" "$tmp/a.wav"
status 2 - - <"$tmp/a.wav"
says "can be read only once"
status 3 "$tmp/a.wav" "$tmp/nothing.wav"
says "nothing.wav"
status 3 "$tmp/limits.yaml" "$tmp/a.wav"
says "limits.yaml"
status 3 /dev/null "$tmp/a.wav"
status 4 "$tmp/a.wav" "$tmp/b.wav" --junit "$tmp/no/junit.xml"
"$qanalyze" "$tmp/a.wav" --tap >"$tmp/out" 2>"$tmp/err"
is "--tap alone is refused" "$?" 2
says "go with --compare"
if [ -e /dev/full ]; then
    "$qanalyze" --compare "$tmp/a.wav" "$tmp/b.wav" >/dev/full 2>"$tmp/err"
    is "a full disk is told" "$?" 4
fi
finish
