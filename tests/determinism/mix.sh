#!/bin/sh
# mix.sh BUILD FOLDER TEMPLATES OPTION...: the sums of what this build's qmix decides about
# band.yaml in FOLDER, and of the samples it makes. Foreign programs run in $EMULATOR.
build=$1 templates=$3
cd "$2" || exit 1
shift 3
out=$(mktemp -d ./mix.XXXXXX)
trap 'rm -rf "$out"' EXIT
sum() { sha256sum | cut -d ' ' -f 1; }
for template in $templates; do
    # Exit 1: the target is missed, which is a decision, too.
    # shellcheck disable=SC2086
    ${EMULATOR:-} "$build/qmix" -q band.yaml --template $template --target -16 \
        -o "$out/mix.wav" --bits 32f "$@" || [ $? = 1 ] || echo "$template failed"
    echo "$template decisions $(sum <"$out/mix.log")"
    echo "$template samples $(sum <"$out/mix.wav")"
done
