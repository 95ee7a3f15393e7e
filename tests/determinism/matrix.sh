#!/bin/sh
# The whole matrix: the committed sums, rendered by other compilers, other options, other CPUs,
# another architecture. Builds go to $BUILD/matrix; what a machine lacks is skipped by name.
# everything.yaml is the engine, library.yaml every insert, short enough for emulated CPUs.
. tests/tap.sh

golden=testdata/golden
sounds=$tmp/sounds
jobs=$(nproc)
mkdir "$sounds" && "$BUILD/tests/determinism/sounds" "$sounds" || exit 1
cp testdata/sessions/*.yaml "$sounds"
top=$(cd "$BUILD" && pwd)
root=$top/matrix

verify() { # WHAT SESSION COMMAND...
    what=$1 session=$2
    shift 2
    ok "$what, $session" "$@" -q "$sounds/$session.yaml" --verify "$golden/$session.sum"
}

# The mix that all builds analyse.
"$BUILD/qrender" -q "$sounds/everything.yaml" -o "$tmp/mix.wav" --bits 32f || exit 1
analyse() { # WHAT BUILD THREADS ISA EMULATOR...
    what=$1 build=$2
    shift 2
    is "$what, analysis" "$(tests/determinism/analysis.sh "$build" "$tmp/mix.wav" "$@")" \
        "$(cat $golden/analysis.sum)"
}
mix() { # WHAT BUILD OPTION...
    what=$1 build=$2
    shift 2
    is "$what, mixes" "$(tests/determinism/mix.sh "$build" "$sounds" "pop edm" "$@")" \
        "$(cat $golden/mix.sum)"
}
emulated_mix() { # BUILD EMULATOR...: half of it
    build=$1
    shift
    export EMULATOR="$*"
    is "$*, mix" "$(tests/determinism/mix.sh "$build" "$sounds" edm --no-cache --threads 2)" \
        "$(grep ^edm $golden/mix.sum)"
    unset EMULATOR
}

# --- compilers and options: NAME CC MAKE-VARIABLES...
build() {
    name=$1
    shift
    make -s -j"$jobs" BUILD="$root/$name" "$@" "$root/$name/qrender" "$root/$name/qanalyze" \
        "$root/$name/qmix" "$root/$name/tests/determinism/measures" >"$tmp/log" 2>&1 || {
        verdict "$name builds" "$(tail -n 20 "$tmp/log")"
        return 1
    }
}
compare() {
    name=$1
    build "$@" || return
    for way in "--threads 1" "--threads 2 --chunk 1" "--threads 8 --chunk 64" "--pull 441"; do
        # shellcheck disable=SC2086
        verify "$name $way" everything "$root/$name/qrender" $way
        # shellcheck disable=SC2086
        verify "$name $way" library "$root/$name/qrender" $way
    done
    for isa in base best; do
        analyse "$name $isa" "$root/$name" 1 $isa
        analyse "$name $isa, 8 threads" "$root/$name" 8 $isa
    done
    mix "$name" "$root/$name" --no-cache --threads 1
    # What another build has measured and frozen is as good as what this one would.
    mix "$name, a cache of all builds" "$root/$name" --cache "$tmp/cache"
}
for cc in gcc clang; do
    if ! command -v $cc >/dev/null; then
        skip "$cc" "not installed"
        continue
    fi
    compare $cc-O0 CC=$cc OPT=-O0
    compare $cc-O1 CC=$cc OPT=-O1
    compare $cc-O2 CC=$cc OPT=-O2
    compare $cc-O3 CC=$cc OPT=-O3
    compare $cc-O3-mavx2 CC=$cc OPT='-O3 -mavx2' AVX2=no
    compare $cc-O2-no-avx2 CC=$cc OPT=-O2 AVX2=no
done

# --- the environment
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4
for session in everything library; do
    verify "FMA masked in the C library" $session "$BUILD/qrender"
    verify "and no AVX2 of ours" $session "$BUILD/qrender" --isa base
done
analyse "FMA masked in the C library" "$top" 2 best
mix "FMA masked in the C library" "$top" --no-cache
unset GLIBC_TUNABLES
verify "no address space randomisation" everything setarch -R "$BUILD/qrender"
emulated_mix "$top" setarch -R
if command -v localedef >/dev/null && localedef -i de_DE -f UTF-8 "$tmp/de_DE.UTF-8" 2>/dev/null; then
    export LOCPATH=$tmp LC_ALL=de_DE.UTF-8
    verify "a locale with decimal commas" everything "$BUILD/qrender"
    mix "a locale with decimal commas" "$top" --no-cache
    unset LOCPATH LC_ALL
else
    skip "a locale with decimal commas" "no localedef"
fi
verify "first of two at once" everything "$BUILD/qrender" --threads 2 &
"$BUILD/qrender" -q "$sounds/everything.yaml" --verify "$golden/everything.sum" --threads 2 2>"$tmp/err"
second=$?
wait
results=$((results + 1)) # counted in the background process
is "second of two at once" $second 0

# --- CPUs without the newer instructions
if command -v qemu-x86_64 >/dev/null; then
    for cpu in qemu64 Nehalem Haswell; do
        verify "qemu-x86_64 -cpu $cpu" library qemu-x86_64 -cpu $cpu "$BUILD/qrender" --threads 1
        analyse "qemu-x86_64 -cpu $cpu" "$top" 1 best qemu-x86_64 -cpu $cpu
        [ $cpu != qemu64 ] || emulated_mix "$top" qemu-x86_64 -cpu $cpu # three minutes each
    done
else
    skip "CPU models" "no qemu-x86_64"
fi

# --- aarch64
if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64 >/dev/null &&
    scripts/arm-root.sh "$root/arm" >"$tmp/log" 2>&1; then
    arm=$root/arm/root
    export PKG_CONFIG_SYSROOT_DIR=$arm PKG_CONFIG_LIBDIR=$arm/usr/lib/aarch64-linux-gnu/pkgconfig
    if build aarch64 CC=aarch64-linux-gnu-gcc CFLAGS="-g --sysroot=$arm" \
        LDFLAGS="--sysroot=$arm -L$arm/usr/lib/aarch64-linux-gnu -Wl,-rpath-link,$arm/usr/lib/aarch64-linux-gnu -Wl,-rpath-link,$arm/lib/aarch64-linux-gnu"; then
        unset PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR
        verify "aarch64" everything qemu-aarch64 -L "$arm" "$root/aarch64/qrender" --threads 1
        verify "aarch64, 2 threads" library qemu-aarch64 -L "$arm" "$root/aarch64/qrender" --threads 2
        analyse "aarch64" "$root/aarch64" 1 best qemu-aarch64 -L "$arm"
        analyse "aarch64, 2 threads" "$root/aarch64" 2 best qemu-aarch64 -L "$arm"
        emulated_mix "$root/aarch64" qemu-aarch64 -L "$arm"
    fi
else
    skip "aarch64" "no cross compiler, no qemu-aarch64, or no packages: $(tail -n 1 "$tmp/log")"
fi
finish
