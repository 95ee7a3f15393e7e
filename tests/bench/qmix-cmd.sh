#!/bin/sh
# Our side of an outside benchmark that states its mix as JSON: qmix-cmd.sh MIX.json OUT.wav THREADS.
# QMIX_CONVERT turns the statement into a session once; it is kept beside it, so that timed rounds
# after the first do not pay for that. Where the statement says "seconds", no more is rendered: the
# others leave the tail of the reverb out as well.
set -eu
session=${1%.json}.session.yaml
[ "$session" -nt "$1" ] || { $QMIX_CONVERT "$1" >"$session.part" && mv "$session.part" "$session"; }
seconds=$(sed -n 's/^ *"seconds": *\([0-9.]*\).*/\1/p;/"tracks"/q' "$1")
exec "${BUILD:-build}/qrender" -q "$session" --threads "$3" ${seconds:+--to "$seconds s"} -o "$2"
