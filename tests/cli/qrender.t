#!/bin/sh
# qrender as a user meets it: what comes out, what is said, what is left behind.
. tests/tap.sh

qrender=$BUILD/qrender
mkdir "$tmp/s" && "$BUILD/tests/determinism/sounds" "$tmp/s"
cp testdata/sessions/everything.yaml "$tmp/s"
session=$tmp/s/everything.yaml
cat >"$tmp/s/small.yaml" <<'YAML'
qmix: 1
sounds: {kick: kick.wav, keys: keys.wav}
sources:
  kick: {clip: {sound: kick, at: 1}, fader: {gain: -6}}
  keys: {clip: {sound: keys, at: 1, length: 1 s}, fader: {gain: -12}, sends: [{bus: hall, level: -6}]}
buses: {hall: {inserts: [{delay: {time: 100, mix: 100}}]}}
YAML
small=$tmp/s/small.yaml

status() { # EXPECTED COMMAND...
    expected=$1
    shift
    "$@" >"$tmp/out" 2>"$tmp/err"
    found=$?
    is "exit $expected: $(basename "$1") $(echo "$*" | sed "s|$tmp/||g; s|^[^ ]* ||")" "$found" "$expected"
}
says() { # TEXT: on standard error of the last status
    verdict "it says '$1'" "$(grep -qF -- "$1" "$tmp/err" || cat "$tmp/err")"
}
peak() { # FILE: largest amplitude
    sox "$1" -n stat 2>&1 | awk '/^(Maximum|Minimum) amplitude/ {v = $3 < 0 ? -$3 : $3; if (v > m) m = v} END {printf "%.9f", m}'
}

# --- what comes out
status 0 "$qrender" "$small" -o "$tmp/a.wav"
says "a.wav:"
is "24-bit stereo at 48 kHz" "$(soxi -b "$tmp/a.wav") $(soxi -c "$tmp/a.wav") $(soxi -r "$tmp/a.wav")" "24 2 48000"
for format in flac aiff rf64 w64 ogg; do
    status 0 "$qrender" -q "$small" -o "$tmp/a.$format"
    is "silent when quiet" "$(cat "$tmp/err")" ""
done
status 0 "$qrender" -q "$small" -o "$tmp/16.wav" --bits 16
is "16 bits" "$(soxi -b "$tmp/16.wav")" 16
for dither in auto none tpdf shaped; do
    status 0 "$qrender" -q "$small" -o "$tmp/$dither.wav" --bits 16 --dither "$dither"
done
ok "16 bits are dithered by themselves" cmp "$tmp/16.wav" "$tmp/auto.wav"
ok "as triangular does it" cmp "$tmp/16.wav" "$tmp/tpdf.wav"
verdict "none, triangular and shaped noise differ" "$(
    cd "$tmp" && cksum none.wav tpdf.wav shaped.wav | awk 'seen[$1]++ {print $3}')"
status 0 "$qrender" -q "$small" -o "$tmp/shaped2.wav" --bits 16 --dither shaped --threads 1 --chunk 3
ok "shaped noise is the same in any chunks" cmp "$tmp/shaped.wav" "$tmp/shaped2.wav"
status 0 "$qrender" -q "$small" -o "$tmp/f.wav" --bits 32f
sox "$tmp/f.wav" -t f32 "$tmp/file.raw"
"$qrender" -q "$small" -o - --bits 32f | sox -t wav - -t f32 "$tmp/pipe.raw" 2>/dev/null
ok "through a pipe, the same samples" cmp "$tmp/file.raw" "$tmp/pipe.raw"
root=$(pwd)
bin=$(cd "$BUILD" && pwd)/qrender
cd "$tmp/s" && "$bin" -q - -o ../stdin.wav <small.yaml
cd "$tmp" && "$bin" -q s/small.yaml
cd "$root" || exit 1
ok "a session from standard input" cmp "$tmp/a.wav" "$tmp/stdin.wav"
ok "the default name" test -f "$tmp/small.wav"
status 0 "$qrender" --json "$small" -o "$tmp/j.wav"
ok "JSON" grep -Eq '^\{"file":.*"frames":[0-9]+.*"peak":-?[0-9.]+.*\}$' "$tmp/out"

# --- stems
status 0 "$qrender" -q "$session" -o "$tmp/mix.wav" --stems "$tmp/stems" --bits 32f
ok "every strip has its stem" test -f "$tmp/stems/kick.wav" -a -f "$tmp/stems/hall.wav" -a -f "$tmp/stems/master.wav"
sox "$tmp/mix.wav" -t f32 "$tmp/mix.raw"
sox "$tmp/stems/master.wav" -t f32 "$tmp/master.raw"
ok "the mix is the master's stem" cmp "$tmp/mix.raw" "$tmp/master.raw"
set --
for strip in bass keys pad vox room lead click drums hall; do
    set -- "$@" "$tmp/stems/$strip.wav"
done
depth=$("$BUILD/tests/cli/null_depth" "$tmp/stems/master.in.wav" "$@")
verdict "stems null against the unmastered mix below -120 dB" \
    "$(awk -v d="$depth" 'BEGIN {if (d != "-inf" && !(d < -120)) print "found " d " dB"}')"
shift
depth=$("$BUILD/tests/cli/null_depth" "$tmp/stems/master.in.wav" "$@")
verdict "which they do not with one missing" "$(awk -v d="$depth" 'BEGIN {if (!(d > -40)) print d}')"
status 0 "$qrender" -q "$small" --stems "$tmp/pre" --stems-tap pre

# --- ranges and overrides
status 0 "$qrender" -q "$small" -o "$tmp/r.wav" --from 0.25s --to 0.75s
is "half a second" "$(soxi -s "$tmp/r.wav")" 24000
status 0 "$qrender" -q "$small" -o "$tmp/mute.wav" --set kick.fader.mute=yes --set keys.fader.gain=-120
is "muted" "$(peak "$tmp/mute.wav")" "0.000000000"

# --- a decision log: the session that it makes, by hand
cat >"$tmp/mix.log" <<'LOG'
qmix 1
seed 7
target -14 LUFS -1 dBTP

gain        kick.fader.gain   -9 dB        auto  gain.level  because it is loud
gain        keys.to           all          auto  gain.group
gain        all.to            master       auto  gain.group
check       keys              -            auto  check.hot
eq          keys.eq.2.gain    -3 dB        auto  eq.tone
dynamics    keys.duck.key     kick         auto  dynamics.duck
effects     kick.send.hall    -12 dB       user  override
automation  all.fader.gain@1    0 dB      auto  automation.sweep
automation  all.fader.gain@1.3  -6 dB exp auto  automation.sweep
LOG
cat >"$tmp/s/decided.yaml" <<'YAML'
qmix: 1
seed: 7
sounds: {kick: kick.wav, keys: keys.wav}
sources:
  kick: {clip: {sound: kick, at: 1}, fader: {gain: -9}, sends: [{bus: hall, level: -12}]}
  keys:
    clip: {sound: keys, at: 1, length: 1 s}
    fader: {gain: -12}
    sends: [{bus: hall, level: -6}]
    inserts: [{eq: {bands: [{on: no}, {gain: -3}]}}, {compressor: {name: duck, key: kick}}]
    to: all
buses: {hall: {inserts: [{delay: {time: 100, mix: 100}}]}, all: {}}
automation: {all.fader.gain: [{at: 1, value: 0}, {at: 1.3, value: -6, curve: exp}]}
YAML
status 0 "$qrender" -q "$small" --decisions "$tmp/mix.log" --sum "$tmp/decided.sum"
status 0 "$qrender" -q "$tmp/s/decided.yaml" --verify "$tmp/decided.sum"
status 0 "$qrender" -q "$small" --decisions - --verify "$tmp/decided.sum" <"$tmp/mix.log"
status 0 "$qrender" -q "$small" --decisions "$tmp/mix.log" --set kick.fader.gain=-20 \
    --set keys.fader.gain=-120 --set keys.send.hall=-120 --set all.fader.mute=yes -o "$tmp/d.wav"
sed 's/keys\.eq/key.eq/' "$tmp/mix.log" >"$tmp/wrong.log"
status 3 "$qrender" "$small" --decisions "$tmp/wrong.log" -o "$tmp/x.wav"
says "wrong.log:9:13: key.eq.2.gain: unknown strip 'key', did you mean 'keys'?"
sed 's/ user / usr /' "$tmp/mix.log" >"$tmp/wrong.log"
status 3 "$qrender" "$small" --decisions "$tmp/wrong.log" -o "$tmp/x.wav"
says "wrong.log:11:44: unknown origin 'usr', did you mean 'user'?"
sed 's/all\.to            master/all.to            keys/' "$tmp/mix.log" >"$tmp/wrong.log"
status 3 "$qrender" "$small" --decisions "$tmp/wrong.log" -o "$tmp/x.wav"
status 3 "$qrender" "$small" --decisions "$small" -o "$tmp/x.wav"
says "this is no decision log"
status 2 "$qrender" - --decisions - -o "$tmp/x.wav"
status 2 "$qrender" "$small" --decisions "$tmp/mix.log" -o "$tmp/mix.log"
says "is what is read"

# --- text
status 0 "$qrender" "$session" --explain
ok "the plan" grep -q "^plan: " "$tmp/out"
# the limiter's: 5 ms, a block of 16 and half of the interpolator
ok "latencies" grep -q "delayed 304" "$tmp/out"
status 0 "$qrender" --list-processors
ok "processors" grep -q "^compressor" "$tmp/out"
status 0 "$qrender" --describe eq
ok "their parameters" grep -q "freq" "$tmp/out"
status 0 "$qrender" --version
status 0 "$qrender" --help

# --- usage
status 2 "$qrender"
status 2 "$qrender" "$small" --thread 3
says "did you mean '--threads'"
status 2 "$qrender" "$small" --bits 12
status 2 "$qrender" "$small" --dither some
status 2 "$qrender" "$small" -o "$tmp/x.wav" --bits 32f --dither tpdf
says "it takes floats"
status 2 "$qrender" "$small" -o "$tmp/x.wav" --bits 16 --dither shaped --from "0.1 s"
says "--from and --dither shaped"
sed 's/^qmix: 1/qmix: 1\nrate: 96000/' "$small" >"$(dirname "$small")/small96.yaml"
status 2 "$qrender" "$(dirname "$small")/small96.yaml" -o "$tmp/x.wav" --bits 16 --dither shaped
says "expected a rate of 44100 or 48000 Hz, found 96000"
status 2 "$qrender" "$small" -o "$tmp/a.xyz"
status 2 "$qrender" "$small" --from 9 --to 3
status 2 "$qrender" --describe nothing
status 2 "$qrender" --describe compresor
says "did you mean 'compressor'"

# --- bad input
status 3 "$qrender" "$tmp/none.yaml"
status 3 "$qrender" "$small" --set kick.fader.gian=3
says "did you mean 'gain'"
printf 'qmix: 1\nsounds: {x: no.wav}\nsources: {a: {clip: {sound: x, at: 1}}}\n' >"$tmp/bad.yaml"
echo keep >"$tmp/keep.wav"
status 3 "$qrender" "$tmp/bad.yaml" -o "$tmp/keep.wav"
says "bad.yaml:2:"
is "what was there stays" "$(cat "$tmp/keep.wav")" keep
cp "$tmp/s/kick.wav" "$tmp/kick.before"
status 2 "$qrender" "$small" -o "$tmp/s/kick.wav"
says "is the sound 'kick'"
ln -s kick.wav "$tmp/s/link.wav"
status 2 "$qrender" "$small" -o "$tmp/s/link.wav"
ok "a sound is not overwritten" cmp "$tmp/s/kick.wav" "$tmp/kick.before"
status 2 "$qrender" "$small" -o "$tmp/x.wav" --sum "$tmp/../$(basename "$tmp")/x.wav"
mkdir "$tmp/two"
status 2 "$qrender" "$small" -o "$tmp/two/kick.wav" --stems "$tmp/two"
ok "nothing was made of the two" test ! -e "$tmp/x.wav" -a ! -e "$tmp/two/kick.wav"
printf 'qmix: 1\n' >"$tmp/empty.yaml"
status 3 "$qrender" "$tmp/empty.yaml" -o "$tmp/e.wav"
status 3 "$qrender" /dev/null -o "$tmp/e.wav"
status 3 "$qrender" "$tmp" -o "$tmp/e.wav"
ok "nothing was made" test ! -e "$tmp/e.wav"

# --- I/O
status 4 "$qrender" "$small" -o "$tmp/nowhere/a.wav"
if [ -w /dev/full ]; then
    "$qrender" "$small" --explain >/dev/full 2>"$tmp/err"
    is "standard output is full" $? 4
    status 4 "$qrender" "$small" -o /dev/full
else
    skip "a full disk" "no /dev/full"
fi
"$qrender" -q "$small" -o - 2>"$tmp/err" | head -c 100 >/dev/null
ok "a reader that leaves early is told in a line at most" sh -c "[ \$(wc -l <'$tmp/err') -le 1 ]"

# --- inputs stay
cp "$tmp/s/kick.wav" "$tmp/kick.wav"
status 2 "$qrender" -q "$small" --sum "$tmp/s/kick.wav"
status 2 "$qrender" -q "$small" --sum "$small"
ok "sums take no sound's place" cmp "$tmp/kick.wav" "$tmp/s/kick.wav"

# --- interrupted
cat >"$tmp/s/long.yaml" <<'YAML'
qmix: 1
tail: 3600 s
sources: {a: {tone: {freq: 440}, inserts: [{reverb: {}}, {limiter: {}}]}}
YAML
echo keep >"$tmp/long.wav"
"$qrender" -q "$tmp/s/long.yaml" -o "$tmp/long.wav" --to 36000s 2>"$tmp/err" &
for second in 1 2 3; do # it may not listen yet on a busy machine
    sleep 1
    kill -INT $! 2>/dev/null
done
wait $!
is "interrupted" $? 4
is "the old file stays" "$(head -c 100 "$tmp/long.wav")" keep
mkfifo "$tmp/stuck"
exec 3<>"$tmp/stuck" # a reader that never reads
mkfifo "$tmp/silent"
exec 4<>"$tmp/silent" # a session that never comes
timeout -k 5 1 "$qrender" -q "$tmp/s/long.yaml" -o "$tmp/stuck" 2>"$tmp/err"
is "interrupted while nobody reads" $? 124
timeout -k 5 1 "$qrender" -q - --sum /dev/null <&4 2>/dev/null
is "interrupted while it reads a session" $? 124
exec 3>&- 4>&-
is "and no other is left" "$(find "$tmp" -name '*part*' | wc -l | tr -d ' ')" 0
finish
