#!/bin/sh
# The demo: synthesises the sounds of testdata/demo/night-drive.yaml, renders it, says what it made.
# Called by `make demo`; everything goes to BUILD/demo.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
case $build in "$PWD"/*) build=${build#"$PWD"/} ;; esac
out=$build/demo

mkdir -p "$out/sounds"
"$build/testdata/demo/sounds" "$out/sounds"
cp testdata/demo/night-drive.yaml "$out/"
echo "== $build/qrender $out/night-drive.yaml -o $out/night-drive.wav --stems $out/stems"
"$build/qrender" "$out/night-drive.yaml" -o "$out/night-drive.wav" --stems "$out/stems"

cat <<END

  $out/night-drive.wav    the mix: 24 bit, 48 kHz, stereo
  $out/stems/             each source and bus by itself
  $out/sounds/            what it is made of
  $out/night-drive.yaml   the session; change something and render it again:

    $build/qrender $out/night-drive.yaml --set bass.fader.gain=-9 -o $out/other.wav
    $build/qrender $out/night-drive.yaml --from 17 --to 19 -o $out/chorus.wav
    $build/qrender $out/night-drive.yaml --explain | less      what is computed when, and why
END
