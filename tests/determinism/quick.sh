#!/bin/sh
# The same session, computed in many ways by one build: the same samples. `make check` runs this;
# matrix.sh adds compilers, options, CPUs and architectures.
. tests/tap.sh

sounds=$tmp/sounds
mkdir "$sounds" && "$BUILD/tests/determinism/sounds" "$sounds" || exit 1
cp testdata/sessions/everything.yaml "$sounds"
session=$sounds/everything.yaml
sum=$tmp/sum
qrender=$(cd "$BUILD" && pwd)/qrender

same() { # WHAT OPTION...
    what=$1
    shift
    ok "$what" "$qrender" -q "$session" --verify "$sum" "$@"
}

ok "renders" "$qrender" -q "$session" --sum "$sum" --threads 1
same "again"
for quanta in 1 3 16 64; do
    same "chunks of $quanta quanta" --chunk $quanta --threads 1
done
for frames in 1 37 441 1000 4096; do
    same "pulled $frames frames at a time" --pull $frames
done
for threads in 2 8; do
    for quanta in 1 16; do
        same "$threads threads, chunks of $quanta" --threads $threads --chunk $quanta
    done
done
same "inner loops without AVX2" --isa base
export LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo
same "another locale and time zone"
unset LC_ALL TZ
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4
same "no FMA in the C library" --isa base
unset GLIBC_TUNABLES
export GLIBC_TUNABLES=glibc.malloc.perturb=85
same "dirty memory"
unset GLIBC_TUNABLES
ok "another working directory" sh -c "cd / && '$qrender' -q '$session' --verify '$sum'"

ok "the committed sums" cmp "$sum" testdata/golden/everything.sum

# A range is the same span of the whole.
"$qrender" -q "$session" -o "$tmp/whole.wav" --bits 32f
"$qrender" -q "$session" -o "$tmp/part.wav" --bits 32f --from 2.5s --to 4.25s
ok "a range is a span of the whole" "$BUILD/tests/determinism/span" "$tmp/whole.wav" "$tmp/part.wav" 120000

# What is found in it is the same, too, to the last bit.
found() { tests/determinism/analysis.sh "$(dirname "$qrender")" "$tmp/whole.wav" "$@"; }
first=$(found 1 best)
for threads in 2 8; do
    is "the analysis, $threads threads" "$(found $threads best)" "$first"
done
is "the analysis without AVX2" "$(found 1 base)" "$first"
export GLIBC_TUNABLES=glibc.malloc.perturb=85:glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4
is "the analysis in dirty memory, no FMA in the C library" "$(found 2 best)" "$first"
unset GLIBC_TUNABLES
export LC_ALL=de_DE.UTF-8
is "the analysis in another locale" "$(found 2 best)" "$first"
unset LC_ALL
# shellcheck disable=SC2002 # a pipe is what is tested
is "the analysis of a pipe" "json $(cat "$tmp/whole.wav" | "$BUILD/qanalyze" - --json --series |
    sed 's/"file":"[^"]*"//' | sha256sum | cut -d ' ' -f 1)" "$(echo "$first" | grep json)"

# The mix that is decided is the same, too: each decision, and each sample.
cp testdata/sessions/band.yaml "$sounds"
top=$(dirname "$qrender")
qmix=$top/qmix
mixes() { tests/determinism/mix.sh "$top" "$sounds" "pop edm" "$@"; }
mixed=$(mixes --no-cache --threads 1)
is "the committed mixes" "$mixed" "$(cat testdata/golden/mix.sum)"
is "mixes, 5 threads" "$(mixes --no-cache --threads 5)" "$mixed"
mixes --cache "$tmp/cache" --threads 2 >"$tmp/first" &
second=$(mixes --cache "$tmp/cache" --threads 2)
wait
is "mixes, first of two at once on a new cache" "$(cat "$tmp/first")" "$mixed"
is "mixes, second of two at once" "$second" "$mixed"
is "mixes of what the cache holds" "$(mixes --cache "$tmp/cache")" "$mixed"
export GLIBC_TUNABLES=glibc.malloc.perturb=85:glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4
is "mixes in dirty memory, no FMA in the C library" "$(mixes --no-cache)" "$mixed"
unset GLIBC_TUNABLES
export LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo
is "mixes in another locale and time zone" "$(mixes --cache "$tmp/cache")" "$mixed"
unset LC_ALL TZ

# Nor does it matter who plays it.
decide() { "$qmix" -q "$sounds/band.yaml" --cache "$tmp/cache" "$@" || [ $? = 1 ]; }
decide --template edm -o "$tmp/mix.wav" --bits 32f --session-out "$tmp/effective.yaml"
"$qrender" -q "$tmp/effective.yaml" -o "$tmp/played.wav" --bits 32f --isa base --chunk 1
ok "qrender plays the effective session" cmp "$tmp/mix.wav" "$tmp/played.wav"
"$qmix" -q --decisions "$tmp/mix.log" -o "$tmp/replayed.wav" --bits 32f
ok "qmix plays the log" cmp "$tmp/mix.wav" "$tmp/replayed.wav"

# A seed is about choices. The master is left out with them: it follows what is measured.
cat >"$tmp/lots.yaml" <<'YAML'
template: lots
about: whatever can be left to chance
target: spotify
curve: pop
all:
  trim: {target: balanced}
  level: 0
  pan: {strategy: lcr}
  delay: chosen
YAML
by_seed() { # TEMPLATE OPTION...: targets that differ among five seeds
    for seed in 1 2 3 4 5; do
        decide --dry-run --seed $seed --template "$@" | sed '/^seed /d'
    done | sort | uniq -c | awk '$1 < 5 && $3 ~ /[.]/ { print $3 }' | sort -u
}
is "without choices all seeds decide alike" "$(by_seed pop)" ""
chosen=$(by_seed "$tmp/lots.yaml" --set master=off)
is "with choices the choices differ, and nothing else" \
    "$(echo "$chosen" | sed 's/^[a-z-]*\.fader\.pan$/PAN/' | sort -u | paste -sd ' ')" \
    "PAN delay-chosen.delay.sync"

# What the engine says is what it does: the verification can fail.
"$qrender" -q "$session" --verify "$sum" --set bass.fader.width=0.5 2>"$tmp/err"
is "a different mix is told apart" "$?" 1
ok "and it is said where" grep -q "differ" "$tmp/err"
finish
