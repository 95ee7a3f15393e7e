#!/bin/bash
# Who may include whom (docs/ARCHITECTURE.md). Includes are written from libqmix/ or from the root,
# always with their folder: "base/arena.h", "render/engine.h".
. tests/tap.sh

# folder: folders of ours it may include
walls='
libqmix/base:     base
libqmix/dsp:      base dsp
libqmix/proc:     base dsp proc
libqmix/model:    base dsp proc model
libqmix/seq:      base dsp proc model seq
libqmix/graph:    base dsp proc model seq graph
libqmix/analysis: base dsp analysis
libqmix/mix:      base model proc analysis mix
render:           base dsp proc model seq graph analysis mix render
formats:          base dsp proc model seq graph analysis mix formats
cmd:              base dsp proc model seq graph analysis mix render formats cmd
'
# All that libqmix may take from the compiler and the C library, and what single files may besides:
# memory for arenas, formatting of messages, the floating-point mode.
system='assert.h float.h immintrin.h limits.h stdarg.h stdbool.h stddef.h stdint.h string.h'
also='libqmix/base/(arena\.c|banned\.h):.*<stdlib.h>
libqmix/base/(diag\.c|text\.c|banned\.h):.*<stdio.h>
libqmix/base/banned\.h:.*<(locale|math|time|mm_malloc)\.h>
libqmix/base/fpmode\.c:.*<xmmintrin.h>'

while read -r folder allowed; do
    folder=${folder%:}
    [ -d "$folder" ] || continue
    files=$(find "$folder" -maxdepth 1 -name '*.[ch]')
    [ -n "$files" ] || continue
    # shellcheck disable=SC2086
    verdict "$folder includes only: $allowed" "$(
        awk -v allowed=" $allowed " '/^#[ \t]*include[ \t]*"/ {
            split($0, quoted, "\""); n = split(quoted[2], part, "/")
            if (n != 2 || !index(allowed, " " part[1] " "))
                print FILENAME ":" FNR ": " $0
        }' $files)"
done <<<"${walls//$'\n\n'/$'\n'}"

verdict "every folder of libqmix has its place in the table" "$(
    for folder in libqmix/*/; do
        grep -q "^${folder%/}:" <<<"$walls" || echo "$folder"
    done)"

verdict "libqmix includes no other system header than: $system" "$(
    grep -nE '^#[ \t]*include[ \t]*<' -r libqmix --include='*.[ch]' |
        grep -vE "<(${system// /|})>" | grep -vE "^($(paste -sd'|' <<<"$also"))")"

finish
