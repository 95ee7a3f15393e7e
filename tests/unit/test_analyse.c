/* links: render */
/* tests: render/analyse render/blocks */
/* Files made up by their name go through the driver: every block arrives once, in order,
 * whole, with what is around it, for any number of threads; and what fails stays with the
 * file that failed. */
#include "render/analyse.h"

#include "analysis/level.h"
#include "render/blocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "c2 n1000 s0": channels, frames, where reading breaks (0: never). */
typedef struct Fake {
    unsigned channels;
    long long frames, stops_at;
    int64_t next;
} Fake;

static int n_open, most_open;

/* Another number everywhere, exact in a float, never 0. */
static float sample(int64_t i, uint32_t c)
{
    return (float)(i % 65521 + 1) * 0x1p-16f + (float)c * 4;
}

static QmStatus fake_read(void *self, int64_t frame, uint32_t n, float *out,
                          uint32_t *got, QmDiag *diag)
{
    Fake *const fake = self;
    if (fake->stops_at && frame + n > fake->stops_at)
        return qm_fail_plain(diag, QM_ERR_IO, "the disk broke");
    assert_true(frame == fake->next);
    const int64_t left = fake->frames - frame;
    *got = left < n ? (uint32_t)left : n;
    for (uint32_t i = 0; i < *got; i++)
        for (uint32_t c = 0; c < fake->channels; c++)
            *out++ = sample(frame + i, c);
    fake->next += *got;
    return QM_OK;
}

static void fake_close(void *self)
{
    __atomic_add_fetch(&n_open, -1, __ATOMIC_RELAXED);
    free(self);
}

static uint64_t fake_not_finite(const void *self)
{
    (void)self;
    return 3;
}

static QmStatus fake_open(void *context, const char *name, QmPlace place, QmDiag *diag,
                          QmAudioReader *reader)
{
    (void)context;
    (void)place;
    Fake fake = {0};
    if (sscanf(name, "c%u n%lld s%lld", &fake.channels, &fake.frames, &fake.stops_at) < 3)
        return qm_fail_plain(diag, QM_ERR_INPUT, "cannot open '%s'", name);
    Fake *const self = malloc(sizeof *self);
    *self = fake;
    *reader = (QmAudioReader){.info = {48000, fake.channels, -1, false, "fake"},
                              .read = fake_read,
                              .close = fake_close,
                              .not_finite = fake_not_finite,
                              .self = self};
    const int open = __atomic_add_fetch(&n_open, 1, __ATOMIC_RELAXED);
    int most = __atomic_load_n(&most_open, __ATOMIC_RELAXED);
    while (open > most &&
           !__atomic_compare_exchange_n(&most_open, &most, open, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
        ;
    return QM_OK;
}

/* --- blocks ------------------------------------------------------------------------- */

static void check_block(const QmScanSpec *spec, const QmBlock *block, int64_t frames)
{
    const int64_t around = spec->around;
    for (uint32_t c = 0; c < spec->channels; c++)
        for (int64_t i = -around; i < (int64_t)block->n + around; i++) {
            const int64_t frame = block->at + i;
            const float expected = frame < 0 || frame >= frames ? 0 : sample(frame, c);
            if (block->channel[c][i] != expected)
                fail_msg("frame %lld of channel %u", (long long)frame, c);
        }
}

static void test_blocks_show_the_file_and_what_is_around(void **unused)
{
    (void)unused;
    const int64_t block = 1 << 18, around = 1 << 14;
    const int64_t lengths[] = {1,         4096,           around,         around + 1,
                               block - 1, block,          block + 1,      block + around,
                               2 * block, 2 * block + 77, block - around, 3 * block - 1};
    for (uint32_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
        char name[64];
        snprintf(name, sizeof name, "c3 n%lld s0", (long long)lengths[l]);
        QmAudioReader reader;
        fake_open(NULL, name, (QmPlace){0}, NULL, &reader);
        const QmScanSpec spec = qm_scan_spec(48000, 3, QM_ISA_BEST, NULL);
        QmArena arena;
        qm_arena_init(&arena);
        QmBlockRoom room = {0};
        QmBlocks blocks;
        assert_true(qm_block_room_init(&room, &spec, &arena));
        assert_int_equal(qm_blocks_open(&blocks, &spec, &reader, NULL), QM_OK);
        int64_t seen = 0;
        for (bool got = true;;) {
            QmBlock b;
            assert_int_equal(qm_blocks_next(&blocks, &room, &b, &got, NULL), QM_OK);
            if (!got)
                break;
            assert_int_equal(b.at, seen);
            check_block(&spec, &b, lengths[l]);
            seen += b.n;
            assert_int_equal(b.last, seen == lengths[l]);
        }
        assert_int_equal(seen, lengths[l]);
        qm_blocks_close(&blocks);
        qm_arena_release(&arena);
    }
    assert_int_equal(n_open, 0);
}

static void test_a_room_without_memory_fits_nothing(void **unused)
{
    (void)unused;
    const QmScanSpec spec = qm_scan_spec(48000, 3, QM_ISA_BEST, NULL);
    for (uint64_t fail_at = 1; fail_at < 99; fail_at++) {
        QmArena arena;
        qm_arena_init(&arena);
        arena.fail_at = fail_at;
        QmBlockRoom room = {0};
        const bool made = qm_block_room_init(&room, &spec, &arena);
        assert_int_equal(made, fail_at > arena.calls);
        assert_int_equal(made, qm_block_room_fits(&room, &spec));
        qm_arena_release(&arena);
    }
}

/* --- files -------------------------------------------------------------------------- */

enum { FILES = 12 };

typedef struct Told {
    uint32_t next;
    QmStatus status[FILES];
    double rms[FILES];
    int64_t frames[FILES];
    uint32_t stop_at; /* fail there; 0: never */
} Told;

static QmStatus done(void *self, uint32_t index, QmAnalysedFile *file)
{
    Told *const told = self;
    assert_int_equal(index, told->next++);
    told->status[index] = file->status;
    told->frames[index] = file->info.frames;
    assert_int_equal(file->status == QM_OK, file->analysis != NULL);
    if (file->analysis) {
        const QmLevel *const level =
            qm_analysis_result(file->analysis, &qm_feature_level);
        told->rms[index] = level->rms.value;
        assert_int_equal(file->not_finite, 3);
        assert_int_equal(file->info.frames, file->analysis->frames);
    }
    return told->stop_at && index == told->stop_at ? QM_ERR_INPUT : QM_OK;
}

static const char *const names[FILES] = {
    "c2 n1000000 s0", "c1 n10 s0",     "nothing",       "c2 n0 s0",
    "c4 n300000 s0",  "c2 n800000 s0", "c2 n9 s5",      "c2 n900000 s700000",
    "c1 n262144 s0",  "c2 n524288 s0", "c2 n600000 s0", "c32 n5000 s0",
};

static uint32_t level_bit(void)
{
    uint32_t i = 0;
    while (qm_feature_at(i) != &qm_feature_level)
        i++;
    return 1u << i;
}

static QmStatus run(Told *told, uint32_t threads, QmDiag *diag)
{
    return qm_analyse(&(QmAnalyseRequest){.names = names,
                                          .n_names = FILES,
                                          .open = fake_open,
                                          .features = level_bit(),
                                          .threads = threads,
                                          .done = done,
                                          .self = told},
                      diag);
}

static void test_threads_make_no_difference(void **unused)
{
    (void)unused;
    static const QmStatus expected[FILES] = {
        [2] = QM_ERR_INPUT, [6] = QM_ERR_IO, [7] = QM_ERR_IO};
    Told one = {0};
    assert_int_equal(run(&one, 1, NULL), QM_OK);
    assert_int_equal(one.next, FILES);
    assert_memory_equal(one.status, expected, sizeof expected);
    assert_int_equal(one.frames[0], 1000000);
    assert_int_equal(one.frames[3], 0);
    for (uint32_t threads = 2; threads <= 9; threads++) {
        Told many = {0};
        assert_int_equal(run(&many, threads, NULL), QM_OK);
        assert_memory_equal(one.status, many.status, sizeof one.status);
        assert_memory_equal(one.rms, many.rms, sizeof one.rms);
    }
    assert_int_equal(n_open, 0);
}

static void test_only_a_few_files_are_open(void **unused)
{
    (void)unused;
    Told told = {0};
    most_open = 0;
    assert_int_equal(run(&told, 1, NULL), QM_OK);
    assert_true(most_open <= 3);
}

static void test_the_caller_may_stop(void **unused)
{
    (void)unused;
    for (uint32_t threads = 1; threads <= 4; threads++) {
        Told told = {.stop_at = 5};
        assert_int_equal(run(&told, threads, NULL), QM_ERR_INPUT);
        assert_int_equal(told.next, 6);
    }
    assert_int_equal(n_open, 0);
}

static void test_it_can_be_interrupted(void **unused)
{
    (void)unused;
    static const volatile sig_atomic_t cancel = 1;
    Told told = {0};
    QmDiag diag = {0};
    const QmAnalyseRequest request = {.names = names,
                                      .n_names = FILES,
                                      .open = fake_open,
                                      .features = level_bit(),
                                      .threads = 2,
                                      .done = done,
                                      .self = &told,
                                      .cancel = &cancel};
    assert_int_equal(qm_analyse(&request, &diag), QM_ERR_IO);
    assert_string_equal(diag.text, "interrupted");
    assert_int_equal(n_open, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_show_the_file_and_what_is_around),
        cmocka_unit_test(test_a_room_without_memory_fits_nothing),
        cmocka_unit_test(test_threads_make_no_difference),
        cmocka_unit_test(test_only_a_few_files_are_open),
        cmocka_unit_test(test_the_caller_may_stop),
        cmocka_unit_test(test_it_can_be_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
