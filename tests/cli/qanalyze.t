#!/bin/bash
# qanalyze as a user meets it: what is printed, what is refused, and that threads, pipes and pieces
# make no difference.
. tests/tap.sh

qanalyze=$BUILD/qanalyze
mkdir "$tmp/s" && "$BUILD/tests/determinism/sounds" "$tmp/s"
cp testdata/sessions/everything.yaml "$tmp/s"
"$BUILD/qrender" -q "$tmp/s/everything.yaml" -o "$tmp/song.wav" --bits 16
"$BUILD/qrender" -q "$tmp/s/everything.yaml" -o "$tmp/song.flac" --bits 16

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
prints() { # TEXT: on standard output of the last status
    verdict "it prints '$1'" "$(grep -qF -- "$1" "$tmp/out" || head -n 20 "$tmp/out")"
}
valid() { # every line of the last output is a JSON object
    verdict "each line is a JSON object" "$(python3 -c '
import json, sys
for line in open(sys.argv[1]):
    def bad(c): raise ValueError(c)
    assert isinstance(json.loads(line, parse_constant=bad), dict)' "$tmp/out" 2>&1 | tail -n 1)"
}
have_python() { command -v python3 >/dev/null; }

# --- one file
status 0 "$qanalyze" "$tmp/song.wav"
prints "song.wav: WAV pcm16, 48000 Hz, 2 channels"
prints "integrated"
is "nothing on standard error" "$(cat "$tmp/err")" ""
status 0 "$qanalyze" --json --series "$tmp/song.wav"
if have_python; then valid; fi
cp "$tmp/out" "$tmp/whole.json"
prints '"loudness":{"integrated":-'
prints '"series":{"hop_ms":100,"momentary":['

# --- the same whatever the way
for threads in 1 2 5; do
    status 0 "$qanalyze" --json --series --threads $threads "$tmp/song.wav"
    ok "the same on $threads threads" cmp "$tmp/out" "$tmp/whole.json"
done
without_name() { sed 's/"file":"[^"]*",//; s/"format":"[^"]*",//' "$1"; }
"$qanalyze" --json --series - <"$tmp/song.wav" >"$tmp/out"
is "through a pipe" "$(without_name "$tmp/out" | cksum)" "$(without_name "$tmp/whole.json" | cksum)"
"$qanalyze" --json --series "$tmp/song.flac" >"$tmp/out"
is "as FLAC" "$(without_name "$tmp/out" | cksum)" "$(without_name "$tmp/whole.json" | cksum)"

# --- many files
mkdir -p "$tmp/album/two" "$tmp/album/.hidden" "$tmp/empty"
cp "$tmp/song.wav" "$tmp/album/b.wav"
cp "$tmp/song.flac" "$tmp/album/a.FLAC"
cp "$tmp/s/kick.wav" "$tmp/album/two/c.wav"
cp "$tmp/s/kick.wav" "$tmp/album/.hidden/d.wav"
echo text >"$tmp/album/notes.txt"
status 0 "$qanalyze" "$tmp/album" --features loudness,peak
is "a row a file, in order" "$(awk 'NR > 1 {print $NF}' "$tmp/out" | sed "s|$tmp/album/||")" \
    "a.FLAC
b.wav
two/c.wav"
"$qanalyze" --json --threads 1 "$tmp/album" >"$tmp/one"
"$qanalyze" --json --threads 3 "$tmp/album" >"$tmp/three"
ok "many files on many threads: the same lines" cmp "$tmp/one" "$tmp/three"
is "an object a file" "$(wc -l <"$tmp/one")" 3
status 3 "$qanalyze" --json "$tmp/song.wav" "$tmp/album/notes.txt" "$tmp/s/kick.wav"
is "what fails has its line too" "$(grep -c '"error":' "$tmp/out") $(wc -l <"$tmp/out")" "1 3"
says "notes.txt"
status 3 "$qanalyze" "$tmp/empty"
says "no sound files in folder"

# --- what is asked for
status 0 "$qanalyze" --json --features peak "$tmp/song.wav"
is "only that" "$(grep -o '"loudness"\|"spectrum"' "$tmp/out")" ""
status 0 "$qanalyze" --list-features
prints "loudness"
status 2 "$qanalyze" --features loudnes "$tmp/song.wav"
says "did you mean 'loudness'?"
status 2 "$qanalyze"
status 2 "$qanalyze" --tempo-range 70 "$tmp/song.wav"
says "--tempo-range"

# --- what has nothing in it
"$BUILD/qrender" -q - -o "$tmp/silence.wav" --to "5 s" <<'YAML'
qmix: 1
sources: {a: {tone: {}, fader: {mute: yes}}}
YAML
status 0 "$qanalyze" --json "$tmp/silence.wav"
if have_python; then valid; fi
prints '"integrated":null'
sox -q -n -r 48000 -c 2 -b 16 "$tmp/header.wav" trim 0 0
status 0 "$qanalyze" --json "$tmp/header.wav"
if have_python; then valid; fi
sox -q "$tmp/song.wav" "$tmp/one.wav" trim 0 1s
status 0 "$qanalyze" --json "$tmp/one.wav"
if have_python; then valid; fi
sox -q "$tmp/song.wav" "$tmp/short.wav" trim 1 0.399
status 0 "$qanalyze" --json "$tmp/short.wav"
prints "under 400 ms"

# --- stems, albums, curves
status 0 "$qanalyze" --album --features loudness "$tmp/song.wav" "$tmp/s/kick.wav"
prints "album"
status 0 "$qanalyze" --features spectrum --curve pink "$tmp/song.wav"
prints "target distance"
status 3 "$qanalyze" --features spectrum --curve pinc "$tmp/song.wav"
says "did you mean 'pink'?"
status 0 "$qanalyze" --list-curves
prints "pink"

# --- what goes together, and what asks for a feature
status 2 "$qanalyze" --series "$tmp/song.wav"
says "--series goes with --json"
status 2 "$qanalyze" --json --series --masking "$tmp/song.wav" "$tmp/s/kick.wav"
says "--series with --masking goes with --features"
status 2 "$qanalyze" --json --report - "$tmp/song.wav"
says "all for standard output"
status 2 "$qanalyze" --threads 257 "$tmp/song.wav"
says "at most 256 threads"
status 2 "$qanalyze" --report "$tmp/song.wav" "$tmp/s/../song.wav"
says "song.wav' is what is read"
ok "which is still there" cmp -s "$tmp/song.wav" "$tmp/album/b.wav"
status 2 "$qanalyze" --report "$tmp/x" --grid-out "$tmp/s/../x" "$tmp/song.wav"
says "asked for twice"
status 0 "$qanalyze" --features loudness --curve pink --tempo-range 70-140 "$tmp/song.wav"
prints "target distance"
prints "bpm"
status 0 "$qanalyze" --features loudness --tempo "$tmp/song.wav"
prints "integrated"
prints "bpm"
mkfifo "$tmp/pipe"
status 2 "$qanalyze" --masking "$tmp/pipe" "$tmp/s/kick.wav"
says "--masking reads files twice, so not"
status 0 "$qanalyze" --masking --curve pink "$tmp/song.wav" "$tmp/s/kick.wav"
status 0 "$qanalyze" --report - "$tmp/song.wav"
is "nothing but the report" "$(head -c 15 "$tmp/out")" "<!DOCTYPE html>"
status 0 "$qanalyze" --grid-out - "$tmp/song.wav"
is "nothing but beats" "$(grep -cvE '^[0-9.]+(	[0-9]+)?$' "$tmp/out")" 0

# --- nonsense
status 3 "$qanalyze" "$tmp/nothing.wav"
says "nothing.wav"
status 3 "$qanalyze" /dev/null
head -c 100000 /dev/urandom >"$tmp/noise.wav"
status 3 "$qanalyze" "$tmp/noise.wav"
if [ -e /dev/full ]; then
    status 4 sh -c "'$qanalyze' '$tmp/song.wav' >/dev/full"
    status 4 sh -c "'$qanalyze' --json '$tmp/song.wav' >/dev/full"
fi
cp "$tmp/s/kick.wav" "$tmp/"$'n\nl"q\\ \xff.wav'
status 0 "$qanalyze" --json "$tmp/"$'n\nl"q\\ \xff.wav'
if have_python; then valid; fi
status 0 "$qanalyze" --features peak "$tmp/"$'n\nl"q\\ \xff.wav'
is "and shows no control characters" "$(grep -c 'n?l"q' "$tmp/out")" 1

# --- grids
printf '0.5\t1\n1.0\t2\n1.5\t1\n2.0\t2\n' >"$tmp/given.beats"
status 0 "$qanalyze" --json --tempo --grid "$tmp/given.beats" "$tmp/song.wav"
prints '"bpm":120'
cp "$tmp/given.beats" "$tmp/song.beats"
status 0 "$qanalyze" --json --tempo "$tmp/song.wav"
prints '"bpm":120'
printf '0.5\n0.4\n' >"$tmp/song.beats"
status 3 "$qanalyze" --tempo "$tmp/song.wav"
says "song.beats:2:"
rm "$tmp/song.beats"
status 0 "$qanalyze" --tempo --grid-out "$tmp/out.beats" "$tmp/song.wav"
status 0 "$qanalyze" --json --tempo --grid "$tmp/out.beats" "$tmp/song.wav"
prints '"source":"grid"'
status 3 "$qanalyze" --tempo --grid-out "$tmp/no.beats" "$tmp/silence.wav"
ok "nothing is left behind" test ! -e "$tmp/no.beats"
finish
