#!/bin/bash
# Templates and rules as `qmix` describes them; one of one's own; what is refused.
. tests/tap.sh

qmix=$BUILD/qmix
export QMIX_TEMPLATES=$PWD/templates

status() { # EXPECTED ARGUMENT...
    expected=$1
    shift
    "$qmix" "$@" >"$tmp/out" 2>"$tmp/err"
    found=$?
    is "exit $expected: qmix $(sed "s|$tmp/||g" <<<"$*")" "$found" "$expected"
}
says() { # TEXT: on standard error of the last status
    verdict "it says '$1'" "$(grep -qF -- "$1" "$tmp/err" || cat "$tmp/err")"
}
prints() { # PATTERN: on standard output of the last status
    verdict "it prints '$1'" "$(grep -qE -- "$1" "$tmp/out" || head -n 20 "$tmp/out")"
}

status 0 --list-templates
names=$(sed -n 's,^templates/mix/\(.*\)\.yaml$,\1,p' < <(ls templates/mix/*.yaml))
is "every template is listed" "$(sed '/^$/,$d' "$tmp/out" | awk '/^[^ ]/ { print $1 }')" "$names"
is "every target is listed" "$(sed '1,/^$/d' "$tmp/out" | awk '{ print $1 }')" \
    "$(sed -n 's/^  \([a-z0-9-]*\):$/\1/p' templates/targets.yaml)"
prints '^club +target, -9 LUFS, -1 dBTP$'

for name in $names; do
    status 0 --describe "$name"
    verdict "every role has a level" "$(
        awk '/^[a-z]/ { who = $1; seen[who] = 0 } /^  level / { seen[who] = 1 } /^master$/ { exit }
             END { for (who in seen) n += seen[who]; if (n < 2) print n " levels" }' "$tmp/out")"
    verdict "no line is wider than 80 columns" "$(sed '/^settings that/,$d' "$tmp/out" |
        LC_ALL=C.UTF-8 grep -E '^.{81,}')"
done
status 0 --describe edm
prints '^  compress +glue: threshold -20 dB,'
prints '^  duck +pumping: by kick, amount 70 %'

# The rules' list says which there are.
for id in $(sed -n 's/^    QM_RULE(\([a-z_]*\)).*/\1/p' libqmix/mix/list.h | sed 's/_/./; s/_/-/g'); do
    status 0 --describe "$id"
    prints "^$id$"
done
status 0 --describe tone
prints '^eq.tone$'
prints '^master.tone$'

status 3 --describe edn
says "unknown template 'edn', did you mean 'edm'?"
status 2 --describe comprss
says "there is no template or rule 'comprss', did you mean 'compress'?"

# One of one's own: what it changes, and what its base says.
printf '%s\n' 'template: mine' 'about: as pop, louder' 'base: pop' 'target: {lufs: -8, ceiling: -1}' \
    'roles: {vocal: {level: {level: 2.5, why: mine}, compress: none}}' >"$tmp/mine.yaml"
status 0 --describe "$tmp/mine.yaml"
prints '^target +own, -8 LUFS, -1 dBTP$'
prints '^  level +yes: level 2.5 LU; mine$'
prints '^  level +yes: level -4 LU'
printf '%s\n' 'template: mine' 'about: a' 'base: pop' 'roles:' '  vocal: {levle: 2}' >"$tmp/bad.yaml"
status 3 --describe "$tmp/bad.yaml"
says "bad.yaml:5:11: roles.vocal: unknown rule 'levle', did you mean 'level'?"

finish
