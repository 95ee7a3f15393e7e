#!/bin/bash
# Mixes over time: saved, recalled, listed, told apart, listened to side by side. Logs are written by
# hand here, so that nothing depends on what rules decide.
. tests/tap.sh

bin=$(cd "$BUILD" && pwd)
root=$PWD
qmix=$bin/qmix
"$bin/tests/determinism/sounds" "$tmp"
cd "$tmp" || exit 1

# Twenty bars of a second, each with a kick, and a bass from bar 3 on.
{
    printf 'qmix: 1\nseed: 5\ntempo: 240\nsounds: {kick: kick.wav, bass: bass.wav}\nsources:\n  kick:\n    clips:\n'
    for bar in $(seq 20); do echo "      - {sound: kick, at: $bar}"; done
    printf '  bass:\n    clips:\n'
    for bar in 3 7 11 15; do echo "      - {sound: bass, at: $bar, length: 2 bars}"; done
} >song.yaml

# LOG-LINE...: the current log
log() {
    {
        printf 'qmix 0\nsession song.yaml\ntemplate base\nseed 5\ntarget spotify -14 LUFS -1 dBTP\n\n'
        printf '%s\n' "$@"
    } >song.log
}
# WHAT STATUS ARG...: qmix's exit status; out, err
run() {
    what=$1 status=$2
    shift 2
    "$qmix" "$@" >out 2>err
    is "$what: exit status" "$? $(grep -v '^saved\|again' err)" "$status "
}
# WHAT STATUS MESSAGE ARG...
refuse() {
    what=$1 status=$2 message=$3
    shift 3
    "$qmix" "$@" >out 2>err
    is "$what" "$? $(cat err)" "$status $message"
}

# --- save
refuse "no log at all" 2 "qmix save: there is no log of a mix in this folder: name one" save v1
log "gain kick.fader.gain -3 dB auto gain.level because lufs=-9.0"
run "save" 0 save v1 --note 'first: "try"'
ok "the log is kept as it is" cmp song.log song.mixes/v1.log
is "facts, in their order" "$(sed 's/:.*//' song.mixes/v1.yaml | xargs)" "note log lufs lra true-peak seconds"
cp song.mixes/v1.yaml facts
refuse "a name that is there" 2 \
    "qmix save: there is a mix 'v1' already: choose another name, or replace it with --force" save v1
run "save again by force" 0 save v1 --force --note 'first: "try"'
ok "the same mix, the same facts" cmp facts song.mixes/v1.yaml
refuse "a name that is none" 2 "qmix save: no name of a mix: 'a b', see 'qmix save --help'" save 'a b'
verdict "nothing else lies around" "$(find song.mixes -type f ! -name 'v1.*')"

# --- the second: the same, 6 dB softer
log "gain kick.fader.gain -3.0 dB auto gain.level because lufs=-9.0" \
    "master master.level.gain -6 dB user override"
run "save the second" 0 save v2
cp song.log second.txt
for name in v10 v3; do "$qmix" save $name -q; done
run "list" 0 list
is "numbers in names are numbers" "$(awk 'NR > 1 { print $(NF > 0 && $1 == "*" ? 2 : 1) }' out | xargs)" "v1 v2 v3 v10"
ok "a note is shown" grep -qF 'first: "try"' out
ok "the current one has a star" grep -q '^\* v2 ' out
level() { awk -v name="$1" '$1 == name || $2 == name { print $($1 == "*" ? 3 : 2) }' out; }
is "6 dB softer is 6 LU softer" "$(awk "BEGIN { printf \"%.1f\", $(level v1) - ($(level v2)) }")" 6.0

# --- diff
run "two that are the same" 0 diff v2 v3
is "it says so" "$(cat out)" "the same decisions, made from the same"
run "a difference" 1 diff v1 v2
is "one line, and its strip" "$(tr -s ' ' <out)" "master
 + level.gain -6 dB override"
log "gain kick.fader.gain -4 dB auto gain.level because lufs=-8.0" \
    "eq bass.eq.1.freq 80 Hz auto eq.clean"
run "against the current log" 1 diff v1
is "by strips" "$(tr -s ' ' <out)" "kick
 ~ fader.gain -3 dB -> -4 dB gain.level: lufs=-8.0
bass
 + eq.1.freq 80 Hz eq.clean"
run "as JSON" 1 diff v1 --json
is "the first change" "$(python3 -c 'import json
c = json.load(open("out"))["changes"][0]
print(c["change"], c["strip"], c["from"]["value"], c["to"]["value"])' 2>&1)" "changed kick -3 dB -4 dB"
refuse "one that is not there" 3 "qmix diff: there is no mix 'v4' in 'song.mixes'" diff v4 v1

# --- recall
refuse "what was not saved" 2 \
    "qmix recall: 'song.log' holds a mix that was not saved: save it, or let it go with --force" recall v1
run "by force" 0 recall v1 --force
ok "it is the first again" cmp song.log song.mixes/v1.log
run "and rendered" 0 recall v2 -o second.wav
ok "it is the second" cmp song.log second.txt

# --- compare
refuse "where to" 2 "qmix compare: say where to: -o FILE" compare v1 v2
run "two, in turns" 0 compare v1 v2 -o ab.wav --json
cp out compare.json
is "turns of eight bars" "$(python3 -c 'import json
c = json.load(open("compare.json"))
print([(t["from"], t["bar"], t["mix"]) for t in c["turns"]], [round(m["gain"], 1) for m in c["mixes"]])' 2>&1)" \
    "[(0.0, 1, 'v1'), (8.0, 9, 'v2'), (16.0, 17, 'v1')] [-6.0, 0.0]"
# Both are the same but for 6 dB: equally loud, they are the second mix, all along.
ok "equally loud, and in step" "$bin/qanalyze" -q --compare ab.wav second.wav --tolerance null=-70 --tolerance delay=0
run "for people" 0 compare v1 v2 -o ab2.wav
ok "again the same file" cmp ab.wav ab2.wav
is "who plays when" "$(grep -c 'bars' out)" 3
refuse "not over a sound" 2 "qmix compare: 'kick.wav' is the sound 'kick': choose another output" compare v1 v2 -o kick.wav

# --- export
run "export" 0 export --json
cp out export.json
touch song.mixes/*
run "again" 0 export --json
ok "the same bytes, whenever it was" cmp out export.json
is "what is in it" "$(python3 -c 'import json
m = json.load(open("export.json"))["mixes"]
print([x["name"] for x in m], m[1]["decisions"][1]["target"], m[0]["note"])' 2>&1)" \
    "['v1', 'v2', 'v3', 'v10'] master.level.gain first: \"try\""

# --- a mix of stems: the log says which
mkdir stems
{
    printf 'qmix 0\ntemplate base\nseed 5\ntarget spotify -14 LUFS -1 dBTP\n'
    printf 'input kick - kick.wav\ninput bass 0123456789abcdef bass.wav\n\n'
    echo "gain kick.fader.gain -3 dB auto gain.level"
} >stems/mix.log
"$qmix" save v1 stems/mix.log 2>err
is "of stems" "$? $(grep -o "^qmix.*\|saved 'v1'" err | xargs -d '\n')" \
    "0 saved 'v1' qmix save: warning: 'bass.wav' (bass) is not what the log was made from any more"
run "rendered" 0 recall v1 stems/mix.log -o stems/mix.wav -q
ok "as --decisions does" "$qmix" -q --decisions stems/mix.log -o stems/same.wav
ok "to the bit" cmp stems/mix.wav stems/same.wav

# --- by other hands
sed -i 's/-6 dB/-5 dB/' song.mixes/v3.log
run "a log that was changed" 0 list
ok "is told" grep -q 'v3 .*changed since it was measured' out
cp song.log other.log
refuse "two logs" 2 "qmix list: there are several logs in this folder, name one: other.log, song.log" list
run "one is named" 0 list song.log
echo 'kick.fader.gain is loud' >>song.log
refuse "a broken log" 3 "qmix diff: song.log:9:1: unknown stage 'kick.fader.gain'" diff v1 song.log
cd "$root" || exit 1
finish
