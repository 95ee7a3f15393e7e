#!/bin/bash
# qmix as a user meets it: stems and sessions, the log, overrides, the effective session, what is
# said when something is wrong, and the same mix however it is made.
. tests/tap.sh

bin=$(cd "$BUILD" && pwd)
qmix=$bin/qmix
mkdir "$tmp/stems" "$tmp/cache"
"$bin/tests/determinism/sounds" "$tmp"
export XDG_CACHE_HOME=$tmp/cache
cd "$tmp" || exit 1

# Stems of a few seconds.
cat >band.yaml <<'YAML'
qmix: 1
rate: 48000
tempo: 120
sources:
  kick: {sampler: {sound: kick.wav}}
  bass: {tone: {shape: saw, freq: 110, level: -20}, inserts: [{eq: {bands: [{type: low-pass, freq: 800}]}}]}
  lead: {tone: {shape: square, freq: 440, level: -26}, inserts: [{tremolo: {rate: 3}}]}
patterns:
  beat: {steps: 16, step: 1/16, tracks: {kick: "X...x...X...x..."}}
arrangement: [{at: 1, pattern: beat, for: 3 bars}]
tail: 0 s
YAML
"$bin/qrender" -q band.yaml --to 4 --stems stems -o /dev/null || echo "# no stems"
rm -f stems/master*.wav

status() { # EXPECTED COMMAND...
    expected=$1
    shift
    "$@" >out 2>err
    found=$?
    is "exit $expected: $(echo "$*" | sed "s|$bin/||g")" "$found" "$expected"
}
says() { ok "it says '$1'" grep -F -- "$1" err; }
prints() { ok "it prints '$1'" grep -F -- "$1" out; }

# --- stems to a mix
status 0 "$qmix" stems -o mix.wav --template edm --session-out eff.yaml --report mix.html
says "mix.wav: "
ok "the log is beside the mix" grep -q '^gain .* kick.fader.gain ' mix.log
ok "roles come from names" grep -Eq '^role +bass.role +bass +auto +role.role' mix.log
ok "the head names the inputs" grep -Eq '^input lead [0-9a-f]{16} stems/lead.wav$' mix.log
ok "the report is a page" grep -q '</html>' mix.html

# --- the same mix, however it is made
status 0 "$bin/qrender" -q eff.yaml -o eff.wav
ok "qrender makes the same samples of the effective session" cmp mix.wav eff.wav
status 0 "$qmix" -q --decisions mix.log -o again.wav
ok "the log makes the same samples" cmp mix.wav again.wav
status 0 "$qmix" -q stems -o cold.wav --template edm --no-cache -t 1
ok "without a cache, on one thread: the same" cmp mix.wav cold.wav
ok "and the same log" cmp mix.log cold.log
status 0 "$qmix" -q stems -o - --template edm
ok "through a pipe: the same samples" cmp <(tail -c 1000000 out) <(tail -c 1000000 mix.wav)
status 0 "$qmix" stems --template edm --dry-run
ok "a dry run prints the log" cmp out mix.log
mkdir elsewhere
status 0 "$qmix" -q stems -o elsewhere/mix.wav --template edm --session-out elsewhere/eff.yaml
status 0 "$bin/qrender" -q elsewhere/eff.yaml -o elsewhere/eff.wav
ok "an effective session in another folder finds its sounds" cmp mix.wav elsewhere/eff.wav

# --- why
status 0 "$qmix" stems --template edm --explain kick
prints "gain.level:"
status 2 "$qmix" stems --template edm --explain kik
says "did you mean 'kick'"
status 0 "$qmix" --list-templates
prints "podcast"
status 0 "$qmix" --describe edm
status 0 "$qmix" --describe gain.level
status 0 "$qmix" stems --template edm --json --dry-run
if command -v python3 >/dev/null; then
    verdict "the JSON is what the log says" "$(python3 - out mix.log 2>&1 <<'PYTHON'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
log = [line.split() for line in open(sys.argv[2]) if " because " in line or " override" in line]
decisions = [x for x in lines if "rule" in x]
assert [d["target"] for d in decisions] == [words[1] for words in log], len(log)
assert lines[0]["template"] == "edm" and lines[-1]["missed"] is False
assert {x["role"] for x in lines if "role" in x} == {"kick", "bass", "lead"}
for strip in (x for x in lines if "role" in x):
    assert abs(strip["loudness"] - strip["wanted"]) <= 0.5, strip
PYTHON
)"
fi

# --- overrides: every decision has one that works, and can be removed (two stems of half a
# second: qmix runs twice for each)
mkdir short
"$bin/qrender" -q band.yaml --to 0.5s --stems short -o /dev/null
rm -f short/master*.wav short/bass.wav
again() { # without the master's gain the target is missed: exit 1
    "$qmix" -q short --template edm --target -20 --threads 1 --dry-run "$@" || [ $? = 1 ]
}
walk() { # TARGET VALUE: prints what is wrong
    again --set "$1=$2" >"log.$1" 2>"err.$1" || echo "$1=$2: $(cat "err.$1")"
    awk -v target="$1" '$2 == target && / user +override/ { found = 1 } END { exit !found }' \
        "log.$1" || echo "$1=$2: is not the user's"
    again --set "$1=off" >"log.$1" 2>"err.$1" || echo "$1=off: $(cat "err.$1")"
    awk -v target="$1" '$2 == target && $3 != "-" { print target "=off: is still there" }' \
        "log.$1"
    rm -f "log.$1" "err.$1"
}
export -f again walk
export qmix
status 0 again
# "TARGET\nVALUE UNIT"
awk '/ because / && $3 != "-" {
    print $2; print $3 ($4 ~ /^(auto|template|user|exp|hold)$/ ? "" : " " $4) }' out >decided
ok "short stems have decisions of many kinds" [ "$(wc -l <decided)" -gt 80 ]
verdict "every decision can be overruled, and removed" "$(
    xargs -P "$(nproc)" -d '\n' -n 2 bash -c 'walk "$@"' - <decided | head -n 20)"

stages=(role check gain spatial eq masking dynamics effects automation master)
off=()
for stage in "${stages[@]}"; do off+=(--set "$stage=off"); done
status 1 "$qmix" -q stems -o plain.wav --template edm --session-out plain.yaml "${off[@]}"
is "with all stages off nothing is decided" "$(grep -c ' because ' plain.log)" 0
printf 'qmix: 1\nrate: 48000\nsources:\n' >sum.yaml
for stem in stems/*.wav; do
    printf '  s%s: {clip: {sound: %s, at: 1}}\n' "$((n++))" "$stem" >>sum.yaml
done
status 0 "$bin/qrender" -q sum.yaml -o sum.wav
ok "and the mix is the plain sum" cmp plain.wav sum.wav

status 0 "$qmix" -q stems --template edm --dry-run --set lead.fader.gain=-9 --set masking=off
ok "the value is the user's" grep -Eq '^gain +lead.fader.gain +-9( dB)? +user +override' out
ok "a stage can be switched off" sh -c '! grep -q "^masking" out'
status 3 "$qmix" stems --dry-run --set lead.fader.gian=-9
says "did you mean 'gain'"
status 3 "$qmix" stems --dry-run --set leed.fader.gain=-9
says "did you mean 'lead'"
status 3 "$qmix" stems --dry-run --set lead.fader.gain=loud
says "found 'loud'"
status 2 "$qmix" stems --dry-run --set lead
status 3 "$qmix" stems --dry-run --set bass.role=bas
says "did you mean 'bass'"

# --- the log changed by hand
sed 's/^\(gain *lead.fader.gain *\)[^ ]* dB  */\1-60 dB  /' mix.log >edited.log
status 0 "$qmix" -q --decisions edited.log -o edited.wav
ok "an edited log makes another mix" sh -c '! cmp -s mix.wav edited.wav'
sed 's/^gain /gian /' mix.log >broken.log
status 3 "$qmix" --decisions broken.log -o broken.wav
says "broken.log:"
says "did you mean 'gain'"
ok "nothing is left of it" test ! -e broken.wav

status 2 "$qmix" --decisions mix.log --dry-run
says "--dry-run"
status 2 "$qmix" --decisions mix.log --set lead=off -o broken.wav
head -n 3 mix.log >broken.log
status 3 "$qmix" --decisions broken.log -o broken.wav
says "neither a session nor an input"

# --- sessions, and what they say themselves
cat >song.yaml <<'YAML'
qmix: 1
tempo: 120
sources:
  kick: {clip: {sound: stems/kick.wav, at: 1}}
  bass: {clip: {sound: stems/bass.wav, at: 1}, inserts: [{eq: {bands: [{freq: 200, gain: -3}]}}]}
  lead: {role: vocal, clip: {sound: stems/lead.wav, at: 1}}
mix:
  template: techno
  overrides: {kick.fader.gain: -2}
YAML
status 0 "$qmix" -q song.yaml
ok "the mix is called like the session" test -e song.wav
ok "the session's template" grep -q '^template techno' song.log
ok "the session's overrides" grep -Eq '^gain +kick.fader.gain +-2( dB)? +user' song.log
status 0 "$qmix" song.yaml --explain lead
prints "lead: vocal"
ok "the session's own equaliser is left alone" sh -c '! grep -q " bass.eq" song.log'

# --- a seed changes choices only
status 0 "$qmix" -q stems --template edm --dry-run --seed 7
cp out seven.log
status 0 "$qmix" -q stems --template edm --dry-run --seed 7
ok "the same seed, the same log" cmp out seven.log

# --- what cannot be mixed
status 2 "$qmix"
status 2 "$qmix" stems --template edm --bits 17
status 3 "$qmix" stems --template edn
says "did you mean 'edm'"
status 3 "$qmix" stems --target spotifi
says "did you mean 'spotify'"
status 3 "$qmix" nothing.wav -o x.wav
echo nonsense >nonsense.wav
status 3 "$qmix" nonsense.wav -o x.wav
ok "no file is left" test ! -e x.wav
status 2 "$qmix" stems -o stems/kick.wav
status 4 "$qmix" stems -o nowhere/mix.wav

status 2 "$qmix" stems -o - --log -
status 2 "$qmix" stems --dry-run --seed x
mkfifo pipe.wav
status 3 timeout 20 "$qmix" pipe.wav -o x.wav
says "'pipe.wav' is a pipe"

# A full file system in memory ends it with a message, wherever that happens.
for size in 1m 2m 4m 8m; do
    unshare -rm sh -c "mount -t tmpfs -o size=$size none cache" 2>/dev/null || break
    unshare -rm sh -c "mount -t tmpfs -o size=$size none cache && exec '$qmix' -q short \
        --template edm --dry-run --cache cache" >out 2>err
    found=$?
    ok "a cache of $size: a mix, or a message" test "$found" -eq 0 -o "$found" -eq 4
done

# --- silence, and one stem
"$bin/qrender" -q band.yaml --to 2 --set kick.fader.gain=-120 --set bass.fader.mute=yes --set lead.fader.mute=yes \
    -o silent.wav
status 0 "$qmix" silent.wav -o still.wav
ok "silence is noticed" grep -q 'check.silent' still.log
status 0 "$qmix" stems/bass.wav -o one.wav

finish
