#!/bin/bash
# The examples of SESSION-FORMAT and README are what they are called: whole sessions.
. tests/tap.sh

qrender=$(cd "$BUILD" && pwd)/qrender
format=$PWD/docs/SESSION-FORMAT.md
readme=$PWD/README.md
cd "$tmp" || exit 1

# The sounds that they name; the room has four channels.
mkdir stems
cat >sounds.yaml <<'END'
qmix: 1
tail: 2 s
sources: {near: {tone: {}}, far: {tone: {}, to: rear}}
buses: {rear: {output: 3-4}}
END
for sound in kick.wav bass.wav vox.wav room.wav stems/bass.wav stems/vox.flac; do
    "$qrender" -q sounds.yaml -o "$sound" || exit 1
done

awk '/^```$/ { inside = 0 }
     inside { print >file }
     /^```yaml$/ { inside = 1; file = "example" ++n ".yaml"; print "qmix: 1" >file }' "$format"
for n in $(seq "$(grep -c '^```yaml$' "$format")"); do
    if grep -q 'lv2:' "example$n.yaml"; then
        skip "example $n of SESSION-FORMAT" "it needs plug-ins that may not be installed"
    else
        ok "example $n of SESSION-FORMAT" "$qrender" -q "example$n.yaml" -o out.wav --to "1 s"
    fi
done

sed -n '/^    \$ cat song.yaml$/,/^$/s/^    \([^$]\)/\1/p' "$readme" >song.yaml
ok "the song of README" "$qrender" -q song.yaml -o out.wav --to 5
sed 's/bands:/band:/' song.yaml >wrong.yaml
is "and the message" "$("$qrender" wrong.yaml 2>&1 | sed 's/^qrender: wrong/song/')" \
    "$(sed -n 's/^    \(song.yaml:[0-9].*\)/\1/p' "$readme")"
finish
