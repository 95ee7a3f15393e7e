#!/bin/bash
# The report as a browser meets it: one well-formed file that needs no other, whatever the sound and
# its name are; and pictures of it, where Chromium is installed.
. tests/tap.sh

qanalyze=$(cd "$BUILD" && pwd)/qanalyze
root=$PWD
mkdir "$tmp/s" && "$BUILD/tests/determinism/sounds" "$tmp/s"
cp testdata/sessions/everything.yaml "$tmp/s"
"$BUILD/qrender" -q "$tmp/s/everything.yaml" -o "$tmp/song.wav" --bits 16
cd "$tmp" || exit 1

# WHAT FILE...: exit 0, a report
report() {
    what=$1
    shift
    rm -f out.html
    "$qanalyze" -q --report out.html "$@" >/dev/null 2>err
    is "$what: exit status" "$?" 0
    [ -e out.html ] || cp err out.html
}
# XML is what it is, too: each tag is closed, nothing is left unescaped.
well_formed() {
    if command -v xmllint >/dev/null; then
        verdict "$1: well-formed" "$(xmllint --noout --nonet out.html 2>&1)"
    elif command -v python3 >/dev/null; then
        verdict "$1: well-formed" "$(python3 -c '
import xml.parsers.expat as e, sys
e.ParserCreate().Parse(open("out.html", "rb").read(), True)' 2>&1 | tail -n 1)"
    else
        skip "$1: well-formed" "neither xmllint nor python3 is installed"
    fi
}
holds() { ok "$1" grep -qF -- "$2" out.html; }

# --- a song
report "a song" song.wav
well_formed "a song"
verdict "it is smaller than 400 kB" "$(find out.html -size +400k)"
verdict "no scripts" "$(grep -oiE '<script|javascript:| on[a-z]+=' out.html)"
verdict "it refers to nothing outside" "$(grep -oE '(src|href|url|@import)[=( ]*.[^#].{0,40}' out.html)"
for heading in "Over time" Spectrum Stereo "Loudness: how often" "All measures"; do
    holds "it has: $heading" "<h2>$heading</h2>"
done
verdict "each picture has a title and a description" "$(
    awk '/<svg/ { n++ } /<title id=/ { t++ } /<desc id=/ { d++ }
         END { if (!n || n != t || n != d) print n, "pictures,", t, "titles,", d, "descriptions" }' out.html)"
verdict "no id twice" "$(grep -o ' id="[^"]*"' out.html | sort | uniq -d)"
verdict "no number that is none" "$(grep -oiE '[" ,(]-?(nan|inf)[" ,)]' out.html | head -n 3)"
cp out.html song.html
for threads in 1 3; do
    report "on $threads threads" song.wav --threads $threads
    ok "on $threads threads: the same bytes" cmp out.html song.html
done
report "a part" song.wav --features level
verdict "what was not asked for is not there" "$(grep -o '<h2>[^A].*' out.html | grep -v 'Over time')"
well_formed "a part"

# --- what there is little of
make() { sox -q -D -r 48000 -n -b 24 "$@"; }
if command -v sox >/dev/null; then
    make -c 2 silence.wav trim 0 5
    make -c 1 mono.wav synth 3 sine 300 gain -20
    make -c 2 short.wav synth 0.05 pinknoise gain -20
    make -c 1 one.wav trim 0 1s
    make -c 2 none.wav trim 0 0s
    make -c 6 many.wav synth 3 pinknoise gain -20
    for file in silence mono short one none many; do
        report "$file" $file.wav
        well_formed "$file"
    done
else
    skip "silence, mono, short files" "sox is not installed"
fi

# --- names
name=$'<script>alert("1")\'&amp;\xff\x1b[2J.wav'
cp song.wav "$name"
report "a hostile name" ./"$name"
well_formed "a hostile name"
verdict "it is text" "$(grep -aoi '<script' out.html)"
holds "it can be read" '&lt;script&gt;alert(&quot;1&quot;)&#39;&amp;amp;'

# --- several
report "two files" song.wav ./"$name"
well_formed "two files"
holds "an overview" "<h1>2 files</h1>"
verdict "its links lead somewhere" "$(
    grep -o 'href="#[^"]*"' out.html | sed 's/href="#//; s/"//' | while read -r id; do
        grep -q "id=\"$id\"" out.html || echo "$id"
    done)"
verdict "no id twice" "$(grep -o ' id="[^"]*"' out.html | sort | uniq -d)"

# --- what cannot be written
"$qanalyze" -q --report none/out.html song.wav >/dev/null 2>err
is "no folder: exit status" "$?" 4
is "no folder: the message" "$(cat err)" "qanalyze: cannot write 'none/out.html': no such folder"
"$qanalyze" -q --report out2.html missing.wav >/dev/null 2>err
is "no file: exit status" "$?" 3
verdict "no file: no report" "$(ls out2.html 2>/dev/null)"

# --- pictures of it
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
# NAME OPTION...: a picture of song.html that is not blank: a page of one colour is 10 kB as PNG
picture() {
    name=$1
    shift
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
        --user-data-dir="$tmp/browser" --hide-scrollbars --window-size=1200,2400 "$@" "file://$tmp/song.html" >err 2>&1
    verdict "a picture: $name" "$(
        [ "$(stat -c %s "$name" 2>/dev/null || echo 0)" -gt 50000 ] || tail -n 3 err)"
}
if [ -n "$browser" ]; then
    picture light.png --screenshot="$tmp/light.png"
    picture dark.png --screenshot="$tmp/dark.png" --blink-settings=preferredColorScheme=0
    ok "the dark one is another" test "$(cksum <light.png)" != "$(cksum <dark.png)"
    picture paper.pdf --print-to-pdf="$tmp/paper.pdf" --no-pdf-header-footer
    is "pages are A4" "$(grep -aoE '/MediaBox ?\[0 0 59[45][.0-9]* 84[12]' paper.pdf | sort -u | wc -l)" 1
else
    skip "a picture" "Chromium is not installed"
fi
cd "$root" || exit 1
finish
