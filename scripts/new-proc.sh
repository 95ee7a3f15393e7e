#!/bin/bash
# A new processor, ready to be changed into something: libqmix/proc/NAME.c (a one-pole
# low-pass that works), its line in libqmix/proc/list.c, and its test. It passes the
# generic tests at once.
#
#   scripts/new-proc.sh NAME     letters, digits and '_'; sessions write '-' for '_'
set -eu
cd "$(dirname "$0")/.."

name=${1:-}
if ! [[ $name =~ ^[a-z][a-z0-9_]*$ ]]; then
    echo "new-proc: expected a name of small letters, digits and '_', found '$name'" >&2
    exit 2
fi
source=libqmix/proc/$name.c
test=tests/unit/test_$name.c
session_name=${name//_/-}
for file in "$source" "$test"; do
    if [ -e "$file" ]; then
        echo "new-proc: '$file' exists" >&2
        exit 3
    fi
done

cat >"$source" <<END
/* ${session_name^}: say here what it does, in words or formulas. For now, a low-pass:
 *
 *     y += c (x - y),   c = 1 - exp(-2 pi freq / rate)
 *
 * Latency: none. Tail: 13.8 time constants. Source: say where the method comes from. */
#include "base/qmath.h"
#include "proc/proc.h"

enum { FREQ };

static const QmParam params[] = {
    [FREQ] = {.name = "freq",
              .help = "corner frequency",
              .unit = QM_UNIT_HZ,
              .min = 10,
              .max = 20000,
              .def = 1000},
};

enum { C_SHARE, N_COEFFS };

typedef struct State {
    QmVec y;
} State;

static double seconds(const double *p) { return 1 / (2 * QM_PI * p[FREQ]); }

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    c[C_SHARE] = (float)qm_one_pole(seconds(p), spec->rate_hz);
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    return (uint64_t)(13.8 * seconds(p) * spec->rate_hz) + 1;
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    QmVec c = call->coeffs[C_SHARE];
    for (uint32_t i = 0; i < call->n; i++) {
        if (call->step)
            c += call->step[C_SHARE];
        s->y += c * (call->io[i] - s->y);
        call->io[i] = s->y;
    }
    call->coeffs[C_SHARE] = c;
    if (call->on_grid)
        s->y = qm_vec_flush(s->y);
}

const QmProcDesc QM_ISA(qm_proc_$name) = {
    .name = "$session_name",
    .summary = "say in one line what it is",
    .params = params,
    .n_params = QM_COUNT(params),
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .tail = tail,
    .process = process,
};
END

cat >"$test" <<END
/* What $session_name is good for. What every processor must keep: test_proc_generic.c. */
#include "tests/support/proc_harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { FREQ, N = 4096 };
static QmVec rows[N];

static void test_it_passes_low_and_holds_back_high(void **unused)
{
    (void)unused;
    ProcGang gang;
    gang_open(&gang, qm_proc_find("$session_name"), 48000, 0, 1, NULL);
    gang_set(&gang, 0, FREQ, 500);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = (QmVec){1, i % 2 ? 1 : -1};
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    assert_true(fabs((double)rows[N - 1][0] - 1) < 1e-6);
    assert_true(fabs((double)rows[N - 1][1]) < 0.05);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_passes_low_and_holds_back_high),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
END

# The list is a macro, one name a line: the last line of it gets a successor.
list=libqmix/proc/list.c
awk -v name="$name" '
    { line[NR] = $0 }
    /^    QM_PROC\(/ { last = NR }
    END {
        for (i = 1; i <= NR; i++) {
            if (i != last) print line[i]
            else printf "%-89s\\\n    QM_PROC(%s)\n", line[i], name
        }
    }' "$list" >"$list.new"
mv "$list.new" "$list"

echo "$source, $test, and a line in $list; now: make check (docs/ADDING-A-PROCESSOR.md)"
