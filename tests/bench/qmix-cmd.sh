#!/bin/sh
# Our side of an outside benchmark that states its mix as JSON: qmix-cmd.sh MIX.json OUT.wav THREADS.
# QMIX_CONVERT turns the statement into a session once; it is kept beside it, so that timed rounds
# after the first do not pay for that.
set -eu
session=${1%.json}.session.yaml
[ "$session" -nt "$1" ] || { $QMIX_CONVERT "$1" >"$session.part" && mv "$session.part" "$session"; }
exec "${BUILD:-build}/qrender" -q "$session" --threads "$3" -o "$2"
