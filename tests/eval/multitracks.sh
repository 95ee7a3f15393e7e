#!/bin/bash
# Mixes real multitracks and shows that threads change nothing.
#
#   tests/eval/multitracks.sh CORPUS [OUT]        (make eval-multitracks CORPUS=...)
#
# CORPUS holds a folder a song: stems as WAV, perhaps mix.wav (not a stem) and truth.json, which
# says the stems' roles; without it, or without python3, roles are guessed from the files' names.
# Every song of at least six stems becomes OUT/SONG/session.yaml by the table below and is rendered
# on one thread (OUT/SONG/mix.wav, sums) and on two (compared with the sums). Exit status 1: some
# song differed or failed, or there were fewer than eight.
set -u
corpus=${1:?usage: multitracks.sh CORPUS [OUT]}
qrender=${BUILD:-build}/qrender
out=${2:-${BUILD:-build}/multitracks}
corpus=$(cd "$corpus" && pwd) || exit 2

# How a role is mixed: fader dB | pan to either side in turn | send to the hall dB, - none | bus |
# equaliser: type frequency gain q ... | compressor: threshold ratio attack release
mixing='
kick       |  0   | 0    | -   | drums  | high-pass 30 0 0.7, bell 60 2 1, bell 350 -3 1, bell 3500 2 1     | -20 4 8 80
snare      | -1   | 0    | -12 | drums  | high-pass 90 0 0.7, bell 200 1.5 1, high-shelf 6000 2 0.7         | -20 3 6 100
hats       | -4   | 0.3  | -20 | drums  | high-pass 300 0 0.7, high-shelf 9000 1.5 0.7                      | -24 2 5 60
percussion | -3   | 0.4  | -14 | drums  | high-pass 150 0 0.7, bell 4000 1 0.8                              | -22 2.5 8 90
bass       | -1   | 0    | -   | band   | high-pass 32 0 0.7, bell 90 1.5 0.9, bell 300 -2 1                | -22 4 12 120
lead       |  0   | 0.05 | -12 | band   | high-pass 120 0 0.7, bell 2800 2 0.9, high-shelf 8000 1 0.7       | -22 3 12 140
vocal      |  1   | 0    | -12 | band   | high-pass 100 0 0.7, bell 250 -2 1, bell 3000 2.5 0.9             | -24 3 6 120
harmony    | -3   | 0.35 | -13 | band   | high-pass 140 0 0.7, bell 400 -2 0.9, high-shelf 7000 1 0.7       | -24 2 15 160
pad        | -4   | 0.2  | -10 | band   | high-pass 180 0 0.7, bell 450 -2 0.8, low-pass 12000 0 0.7        | -26 2 25 250
fx         | -5   | 0.5  | -9  | band   | high-pass 120 0 0.7                                               | -24 2 15 200
other      | -3   | 0.25 | -14 | band   | high-pass 60 0 0.7, bell 300 -1.5 0.8                             | -22 2.5 15 150'

# FILE <tab> ROLE for every stem of a song.
roles() { # FOLDER
    if [ -f "$1/truth.json" ] && command -v python3 >/dev/null; then
        python3 - "$1/truth.json" <<'PYTHON'
import json, sys
for stem in json.load(open(sys.argv[1]))["stems"]:
    print(stem["file"], stem.get("role") or "other", sep="\t")
PYTHON
        return
    fi
    for file in "$1"/*.wav; do
        case ${file##*/} in
        mix.wav) continue ;;
        *kick* | *bassdrum*) role=kick ;;
        *snare* | *clap* | *sidestick*) role=snare ;;
        *hat*) role=hats ;;
        *percussion* | *tom* | *crash*) role=percussion ;;
        *bass*) role=bass ;;
        *lead* | *sax* | *trumpet*) role=lead ;;
        *voice* | *vocal*) role=vocal ;;
        *pad* | *strings* | *choir*) role=pad ;;
        *fx* | *noise*) role=fx ;;
        *) role=other ;;
        esac
        printf '%s\t%s\n' "${file##*/}" "$role"
    done
}

# A song's session on standard output, from roles on standard input.
session() { # FOLDER
    printf 'qmix: 1\ntitle: "%s"\nrate: 48000\ntempo: 120\ntail: 3 s\nsources:\n' "${1##*/}"
    MIXING=$mixing awk -F '\t' -v folder="$1" '
        function trim(s) { gsub(/^ +| +$/, "", s); return s }
        function equaliser(text,  n, i, band, w, s) {
            n = split(text, band, ",")
            for (i = 1; i <= n; i++) {
                split(trim(band[i]), w, " ")
                s = s (i > 1 ? ", " : "") "{type: " w[1] ", freq: " w[2] ", gain: " w[3] ", q: " w[4] "}"
            }
            return "{eq: {bands: [" s "]}}"
        }
        function compressor(text,  w) {
            split(trim(text), w, " ")
            return "{compressor: {threshold: " w[1] ", ratio: " w[2] ", attack: " w[3] ", release: " w[4] "}}"
        }
        BEGIN {
            n = split(ENVIRON["MIXING"], lines, "\n")
            for (i = 1; i <= n; i++)
                if (split(lines[i], cell, "|") == 7)
                    for (k = 2; k <= 7; k++) table[trim(cell[1]), k] = trim(cell[k])
        }
        {
            role = ($2, 2) in table ? $2 : "other"
            side = ++seen[role] % 2 ? -1 : 1
            name = $1
            sub(/\.wav$/, "", name)
            gsub(/[^A-Za-z0-9_]/, "-", name)
            printf "  s%s: # %s\n    clip: {sound: \"%s/%s\", at: 1}\n", name, role, folder, $1
            printf "    inserts: [%s, %s]\n", equaliser(table[role, 6]), compressor(table[role, 7])
            printf "    fader: {gain: %s, pan: %g}\n    to: %s\n", table[role, 2], side * table[role, 3], table[role, 5]
            if (table[role, 4] != "-") printf "    sends: [{bus: hall, level: %s}]\n", table[role, 4]
        }'
    cat <<'YAML'
buses:
  drums:
    inserts: [{compressor: {threshold: -16, ratio: 2.5, attack: 20, release: 120, makeup: 1}}]
  band:
    inserts: [{eq: {bands: [{type: bell, freq: 280, gain: -1, q: 0.7}]}}]
  hall:
    inserts:
      - eq: {bands: [{type: high-pass, freq: 200}, {type: high-shelf, freq: 6000, gain: -3}]}
      - reverb: {decay: 1.6, damping: 0.5, predelay: 18, mix: 1}
    fader: {gain: -3}
master:
  inserts:
    - eq: {bands: [{type: high-pass, freq: 25}, {type: high-shelf, freq: 10000, gain: 1}]}
    - compressor: {threshold: -16, ratio: 1.8, attack: 25, release: 180, makeup: 8}
    - limiter: {ceiling: -1, lookahead: 5, release: 80}
YAML
}

songs=0 bad=0
printf '%-24s %5s %8s %8s %8s %8s  %s\n' song stems seconds 'x real' '2 thr.' 'peak dB' 'one and two threads'
for folder in "$corpus"/*/; do
    folder=${folder%/} song=$(basename "$folder")
    stems=$(roles "$folder")
    count=$(printf '%s\n' "$stems" | grep -c .)
    [ "$count" -ge 6 ] || continue
    songs=$((songs + 1))
    dir=$out/$song
    mkdir -p "$dir" || exit 4
    printf '%s\n' "$stems" | session "$folder" >"$dir/session.yaml"
    verdict=equal
    if ! "$qrender" "$dir/session.yaml" --threads 1 -o "$dir/mix.wav" --sum "$dir/mix.sum" 2>"$dir/one.log"; then
        verdict="FAILED: $(tail -n 1 "$dir/one.log")"
    elif ! "$qrender" "$dir/session.yaml" --threads 2 -o "$dir/two.wav" --verify "$dir/mix.sum" 2>"$dir/two.log"; then
        verdict="DIFFERENT: $(tail -n 1 "$dir/two.log")"
    elif ! cmp -s "$dir/mix.wav" "$dir/two.wav"; then
        verdict="DIFFERENT: the files"
    else
        rm "$dir/two.wav"
    fi
    [ "$verdict" = equal ] || bad=$((bad + 1))
    said() { sed -n "s/.*$1.*/\\1/p" "$dir/$2.log"; }
    printf '%-24s %5d %8s %8s %8s %8s  %s\n' "$song" "$count" "$(said ': \([0-9.]*\) s, ' one)" \
        "$(said ' \([0-9.]*\) x real' one)" "$(said ' \([0-9.]*\) x real' two)" \
        "$(said 'peak \([-0-9.inf]*\) dB' one)" "$verdict"
done
echo "$songs songs, $bad different or failed; mixes are in $out"
[ "$bad" -eq 0 ] && [ "$songs" -ge 8 ]
