#!/bin/bash
# qanalyze --masking: a stem set as a user meets it.
. tests/tap.sh

qanalyze=$BUILD/qanalyze
mkdir "$tmp/s" && "$BUILD/tests/determinism/sounds" "$tmp/s"
cp testdata/sessions/everything.yaml "$tmp/s"
"$BUILD/qrender" -q "$tmp/s/everything.yaml" -o "$tmp/mix.wav" --stems "$tmp/stems"

status() { # EXPECTED COMMAND...
    expected=$1
    shift
    "$@" >"$tmp/out" 2>"$tmp/err"
    found=$?
    is "exit $expected: $(basename "$1") $(echo "$*" | sed "s|$tmp/||g; s|^[^ ]* ||")" "$found" "$expected"
}
says() { # TEXT: on standard error of the last status
    ok "it says '$1'" grep -F -- "$1" "$tmp/err"
}
prints() { # TEXT: on standard output of the last status
    ok "it prints '$1'" grep -F -- "$1" "$tmp/out"
}

# --- a folder of stems, one of them twice and once upside down
mkdir "$tmp/set"
cp "$tmp/s/kick.wav" "$tmp/set/kick.wav"
cp "$tmp/s/kick.wav" "$tmp/set/kick again.wav"
cp "$tmp/mix.wav" "$tmp/set/song.wav"
status 0 "$qanalyze" --masking "$tmp/set"
prints "balance"
prints "who hides whom"
prints "kick again and kick: duplicate"
is "nothing on standard error" "$(cat "$tmp/err")" ""

# --- as JSON, the same on any number of threads
status 0 "$qanalyze" --masking --json --threads 1 "$tmp/stems"
cp "$tmp/out" "$tmp/whole.json"
for threads in 2 5; do
    status 0 "$qanalyze" --masking --json --threads $threads "$tmp/stems"
    ok "the same on $threads threads" cmp "$tmp/out" "$tmp/whole.json"
done
if command -v python3 >/dev/null; then
    verdict "it is what the page says" "$(python3 - "$tmp/whole.json" 2>&1 <<'PYTHON'
import json, sys
lines = open(sys.argv[1]).read().splitlines()
assert len(lines) == 1, len(lines)
whole = json.loads(lines[0], parse_constant=lambda c: sys.exit("no number: " + c))
stems, pairs = whole["masking"]["stems"], whole["masking"]["pairs"]
n = len(whole["files"])
assert n > 2 and len(stems) == n and len(pairs) == n * (n - 1), (n, len(pairs))
names = [s["name"] for s in stems]
assert [p["masker"] for p in pairs[:n - 1]] == [names[0]] * (n - 1)
loudest = [s["to_loudest"] for s in stems if s["to_loudest"] is not None]
assert max(loudest) == 0, loudest
total = sum((s["masking"] or 0) ** 2 for s in stems)
assert abs(total - whole["masking"]["total"]) < 0.01 * total + 1, total
for r in whole["masking"]["ranges"]:
    assert r["to"] - r["from"] >= 0.49 and r["severity"] >= 60 and 1 <= r["band"] <= 24, r
assert whole["alignment"]["compared"] == n * (n - 1) // 2
PYTHON
)"
fi

# --- one, none, another rate, what cannot be read
status 0 "$qanalyze" --masking "$tmp/set/kick.wav"
prints "a single stem"
status 2 "$qanalyze" --masking - "$tmp/set/kick.wav" <"$tmp/set/kick.wav"
says "reads files twice"
cp "$tmp/s/snare.wav" "$tmp/set/snare.wav" # at 44.1 kHz
status 0 "$qanalyze" --masking "$tmp/set"
prints "not compared: the stems' rates differ"
echo "no sound" >"$tmp/set/broken.wav"
status 3 "$qanalyze" --masking "$tmp/set"
says "broken.wav"
prints "balance"

finish
