#!/bin/sh
# Installs what is missing of the Debian packages below; silent and quick when nothing is.
#
#   scripts/deps.sh [build] [test] [matrix]        default: build test
set -u

build="gcc make pkgconf libc6-dev libsndfile1-dev libsamplerate0-dev libyaml-dev libjansson-dev
       liblilv-dev libjack-jackd2-dev"
# jackd2 runs the live engine without a sound card, sox makes and reads audio the other way,
# libebur128 is the oracle of the tests of loudness.
test="libcmocka-dev libebur128-dev jackd2 sox"
# What only `make lint`, `make fuzz` and `make check-matrix` use.
matrix="clang libclang-rt-14-dev clang-format-14 gcc-aarch64-linux-gnu libc6-dev-arm64-cross
        qemu-user"

[ $# -gt 0 ] || set -- build test
wanted=
for list; do
    case $list in
    build) wanted="$wanted $build" ;;
    test) wanted="$wanted $test" ;;
    matrix) wanted="$wanted $matrix" ;;
    *) echo "deps.sh: no list '$list' (build, test, matrix)" >&2 && exit 2 ;;
    esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "deps.sh: this is not Debian; qmix needs what these packages of Debian hold:" >&2
    # shellcheck disable=SC2086
    echo $wanted | fold -s -w 88 | sed 's/^/    /' >&2
    exit 0
fi

# shellcheck disable=SC2086 # lists of words
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null)
missing=
for package in $wanted; do
    printf '%s\n' "$installed" | grep -qx "$package installed" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi
echo "deps.sh: installing$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
if ! { $as_root apt-get -qq update &&
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y --no-install-recommends install $missing >/dev/null; }; then
    echo "deps.sh: could not install$missing; going on without" >&2
fi
