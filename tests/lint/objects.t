#!/bin/bash
# What the compiler made: the objects that audio comes out of import nothing that could differ from
# machine to machine, hold no instruction that rounds differently, and keep no hidden state
# (docs/DETERMINISM.md, invariant D5). Runs over the objects of the build in $BUILD.
. tests/tap.sh

# The members of the archives: objects of sources that are gone may lie around.
members() { tr ' ' '\n' <"$BUILD/obj/$1.list" | sed -n "s,^obj/,$BUILD/obj/,p"; }
lib=$(members libqmix)
render=$(members libqrender)
objdump=objdump
nm=nm
# shellcheck disable=SC2086
if readelf -h $lib 2>/dev/null | grep -q 'Machine:.*AArch64'; then
    objdump=aarch64-linux-gnu-objdump
    nm=aarch64-linux-gnu-nm
fi

# imports OBJECTS...: "object symbol" for every import that is not one of ours
imports() {
    $nm -A -u "$@" | sed 's,^.*/obj/,,; s/: *[Uwv] / /; s/@.*//' | grep -v ' qm_'
}

# Moving memory, comparing strings, dividing 128-bit integers, failing an assertion, asking for the
# CPU; arenas alone allocate.
lib_may='_GLOBAL_OFFSET_TABLE_|__assert_fail|__stack_chk_fail|__cpu_model|__cpu_indicator_init
|__(div|mod|udiv|umod|divmod|udivmod)ti[34]|mem(cpy|move|set|cmp|chr)|bcmp|str(len|nlen|cmp|ncmp|chr|rchr|spn|cspn|pbrk)'
# What a driver of plans needs besides: threads, memory, the libraries that prepare and play.
render_may="$lib_may|pthread_[a-z_]+|sem_[a-z]+|sched_yield|malloc|calloc|realloc|free
|aligned_alloc|posix_memalign|src_[a-z_]+|jack_[a-z_]+|sysconf|snprintf|__errno_location"
# Of these each may use one thing more. A clock measures progress and how long half a file of
# the cache lies there, never audio; of the environment TMPDIR is asked for.
also='libqmix/base/arena.o (malloc|calloc|realloc|free|aligned_alloc)
libqmix/base/(diag|text).o vsnprintf
render/(prepare|freeze).o (getrlimit|setrlimit)
render/nameless.o (open|mkostemp|unlink|getenv)
render/(spool|freeze|frozen_file|cache).o (write|pwrite|pread|close|strerrordesc_np)
render/frozen_file.o (fstat|ftruncate|lseek|madvise|mmap|mremap|munmap)
render/cache.o (open|mkdir|mkostemp|link|unlink|rename|f?access|fstat|futimen|flock|clock_gettime)(at|s)?
render/cache.o (opendir|readdir|closedir|dirfd|faccessat)
render/lv2_[a-z]+.o (lilv_[a-z_]+|fopen|fclose|fread|ferror|vsnprintf)
render/progress.o (clock_gettime)'

# Neither a sanitizer's nor a coverage run's objects say anything about imports.
foreign() {
    may=$(tr -d '\n' <<<"$1")
    shift
    [ $# -gt 0 ] || return 0
    imports "$@" | grep -vE " ($may)\$" | grep -vxE "$(paste -sd'|' <<<"$also")"
}

if [ -z "$lib" ]; then
    verdict "there are objects in $BUILD/obj" "none"
    finish
elif [ -n "${QMIX_SANITIZE:-}" ]; then
    skip "imports" "sanitizers add their own"
else
    # shellcheck disable=SC2086
    verdict "libqmix imports no maths, random, time, locale, files, threads" "$(foreign "$lib_may" $lib)"
    # shellcheck disable=SC2086
    verdict "render imports no maths, random, time, locale" "$(foreign "$render_may" $render)"
fi

# scan WHAT PATTERN OBJECTS...: instructions that match, by object and function
scan() {
    pattern=$1
    shift
    $objdump -d --no-show-raw-insn "$@" | awk -v pattern="$pattern" '
        /file format/ { object = $1; sub(/^.*\/obj\//, "", object); sub(/:$/, "", object) }
        /^[0-9a-f]+ </ { in_function = $2 }
        $2 ~ pattern && !seen[object in_function $2]++ { print object, in_function, $2 }'
}

# shellcheck disable=SC2086
verdict "no fused multiply-add" "$(
    scan '^(vfn?m(add|sub|addsub|subadd)[0-9a-z]*|fn?m(add|sub)|fml[as]l?2?|fcmla|fcadd)$' $lib $render)"
# shellcheck disable=SC2086
verdict "no approximate reciprocal or root" "$(
    scan '^(v?r(cp|sqrt)(14|28)?[ps]s|fr(ecp|sqrt)e)$' $lib $render)"
# shellcheck disable=SC2086
verdict "only base/fpmode sets the floating-point mode" "$(
    scan '^(v?ldmxcsr|fldcw)$' $lib $render | grep -v '^libqmix/base/fpmode.o ')"

# shellcheck disable=SC2086
[ -n "${QMIX_SANITIZE:-}" ] || verdict "the library keeps no variables between calls" "$(
    $objdump -h $lib | awk '
        /file format/ { object = $1; sub(/^.*\/obj\//, "", object) }
        $2 ~ /^\.(data|bss|tdata|tbss|data\.rel|data\.rel\.local)$/ && $3 !~ /^0+$/ { print object, $2 }'
    $nm -A $lib | grep ' C ')"

verdict "no build file asks for fast maths or fused instructions" "$(
    grep -nE -e '-ffast-math|-Ofast|-funsafe-math|-fassociative|-freciprocal|-mfma|x86-64-v3|-march=native' \
        Makefile scripts/* tests/determinism/*.sh .ci/run 2>/dev/null)"
# SHA-256 is integers: its instructions are asked for by name.
verdict "no source switches contraction or optimisation on for itself" "$(
    grep -rnE '#[ \t]*pragma[ \t]+(STDC[ \t]+FP_CONTRACT[ \t]+ON|GCC[ \t]+(optimize|target)|omp)|\<optimize *\(|\<(target|target_clones) *\( *"' \
        libqmix render --include='*.[ch]' | grep -vF 'target("sha,ssse3,sse4.1")')"

finish
