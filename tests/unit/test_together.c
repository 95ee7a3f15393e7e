/* Files read in step: any number of threads, files that fail, end early, differ. */
/* links: render */
#include "render/together.h"
#include "base/rand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 100000, MAX = 7 };

/* --- files in memory ---------------------------------------------------------------- */

typedef struct Sound {
    const char *name;
    float *samples;
    uint32_t rate, channels;
    int64_t frames, fails_at; /* 0: never */
    bool length_unknown;
} Sound;

typedef struct Shelf {
    Sound sounds[MAX];
    uint32_t n;
    int open; /* readers */
} Shelf;

typedef struct Opened {
    Shelf *shelf;
    const Sound *sound;
} Opened;

static QmStatus read_sound(void *self, int64_t frame, uint32_t n, float *out,
                           uint32_t *got, QmDiag *diag)
{
    const Sound *const s = ((const Opened *)self)->sound;
    if (s->fails_at && frame + n > s->fails_at)
        return qm_fail_plain(diag, QM_ERR_IO, "cannot read '%s'", s->name);
    const int64_t left = frame < s->frames ? s->frames - frame : 0;
    *got = left < n ? (uint32_t)left : n;
    memcpy(out, s->samples + frame * s->channels, *got * s->channels * sizeof *out);
    return QM_OK;
}

static void close_reader(void *self)
{
    Opened *const o = self;
    o->shelf->open--;
    free(o);
}

static uint64_t not_finite(const void *self)
{
    (void)self;
    return 0;
}

static QmStatus open_sound(void *context, const char *name, QmPlace place, QmDiag *diag,
                           QmAudioReader *reader)
{
    Shelf *const shelf = context;
    for (uint32_t i = 0; i < shelf->n; i++) {
        const Sound *const s = &shelf->sounds[i];
        if (strcmp(s->name, name) != 0)
            continue;
        Opened *const o = calloc(1, sizeof *o);
        *o = (Opened){shelf, s};
        *reader = (QmAudioReader){.info = {s->rate, s->channels,
                                           s->length_unknown ? -1 : s->frames, true, ""},
                                  .read = read_sound,
                                  .close = close_reader,
                                  .not_finite = not_finite,
                                  .self = o};
        shelf->open++;
        return QM_OK;
    }
    return qm_fail(diag, QM_ERR_INPUT, place, NULL, "cannot open '%s'", name);
}

/* Noise of `source`, `delay` frames late, over noise of its own. */
static Sound *put(Shelf *shelf, const char *name, uint64_t source, int64_t delay,
                  double gain, uint32_t channels)
{
    Sound *const s = &shelf->sounds[shelf->n++];
    *s = (Sound){name, calloc((size_t)N * channels, sizeof(float)), 48000, channels, N};
    for (int64_t i = 0; i < N; i++)
        for (uint32_t c = 0; c < channels; c++) {
            const double heard = qm_rand(source, 0, (uint64_t)(i - delay + 1000)) - 0.5;
            const double own = qm_rand(shelf->n, 1 + c, (uint64_t)i) - 0.5;
            s->samples[i * channels + c] = (float)(gain * heard + 0.2 * own);
        }
    return s;
}

static void fill(Shelf *shelf)
{
    put(shelf, "kick in", 1, 0, 0.5, 1);
    put(shelf, "kick out", 1, 97, -0.3, 2);
    put(shelf, "bass", 2, 0, 0.5, 1);
    put(shelf, "snare", 3, 0, 0.5, 2)->length_unknown = true;
    put(shelf, "room", 3, 700, 0.2, 2)->frames = N - 5000;
}

static void empty(Shelf *shelf)
{
    assert_int_equal(shelf->open, 0);
    for (uint32_t i = 0; i < shelf->n; i++)
        free(shelf->sounds[i].samples);
}

static const char *const names[MAX] = {"kick in", "kick out", "bass", "snare", "room"};

static QmTogetherRequest request_for(Shelf *shelf)
{
    return (QmTogetherRequest){
        .files = names,
        .names = names,
        .n = shelf->n,
        .open = open_sound,
        .context = shelf,
        .threads = 1,
        .isa = QM_ISA_BEST,
    };
}

static const QmRelatedPair *found(const QmRelations *r, uint32_t i)
{
    assert_true(i < r->pairs.count);
    return (const QmRelatedPair *)r->pairs.items + i;
}

/* --- tests -------------------------------------------------------------------------- */

static void any_number_of_threads_says_the_same(void **state)
{
    (void)state;
    Shelf shelf = {0};
    fill(&shelf);
    QmArena arena = {0};
    QmRelations first = {0};
    const uint32_t threads[] = {1, 2, 3, 8};
    for (int i = 0; i < 4; i++) {
        QmTogetherRequest request = request_for(&shelf);
        request.threads = threads[i];
        QmDiag diag = {0};
        QmRelations r = {0};
        assert_int_equal(qm_together(&request, &arena, &r, &diag), QM_OK);
        assert_true(r.compared.value == 10);
        assert_int_equal(r.pairs.count, 2);
        if (i == 0)
            first = r;
        assert_memory_equal(r.pairs.items, first.pairs.items, 2 * sizeof(QmRelatedPair));
    }
    assert_string_equal(found(&first, 0)->first, "kick in");
    assert_string_equal(found(&first, 0)->second, "kick out");
    assert_string_equal(found(&first, 0)->polarity, "inverted");
    assert_true(fabs(found(&first, 0)->delay.value - 97) < 0.05);
    assert_string_equal(found(&first, 1)->second, "room");
    assert_string_equal(found(&first, 1)->polarity, "same");
    assert_true(fabs(found(&first, 1)->delay.value - 700) < 0.05);
    qm_arena_release(&arena);
    empty(&shelf);
}

static void different_rates_are_not_compared(void **state)
{
    (void)state;
    Shelf shelf = {0};
    fill(&shelf);
    shelf.sounds[3].rate = 44100;
    QmArena arena = {0};
    QmDiag diag = {0};
    QmRelations r = {0};
    const QmTogetherRequest request = request_for(&shelf);
    assert_int_equal(qm_together(&request, &arena, &r, &diag), QM_OK);
    assert_string_equal(r.compared.why, "the stems' rates differ");
    assert_int_equal(r.pairs.count, 0);
    qm_arena_release(&arena);
    empty(&shelf);
}

static void a_single_stem_is_not_even_opened(void **state)
{
    (void)state;
    Shelf shelf = {0};
    QmArena arena = {0};
    QmDiag diag = {0};
    QmRelations r = {0};
    QmTogetherRequest request = request_for(&shelf);
    request.n = 1;
    assert_int_equal(qm_together(&request, &arena, &r, &diag), QM_OK);
    assert_string_equal(r.compared.why, "a single stem");
    qm_arena_release(&arena);
}

static void the_first_file_that_fails_is_named(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        Shelf shelf = {0};
        fill(&shelf);
        if (i == 0) {
            shelf.sounds[1].fails_at = 50000;
            shelf.sounds[4].fails_at = 50000;
        } else {
            shelf.sounds[1].name = "elsewhere";
        }
        QmArena arena = {0};
        QmDiag diag = {0};
        QmRelations r = {0};
        QmTogetherRequest request = request_for(&shelf);
        request.threads = 3;
        assert_int_equal(qm_together(&request, &arena, &r, &diag),
                         i == 0 ? QM_ERR_IO : QM_ERR_INPUT);
        assert_non_null(strstr(diag.text, "'kick out'"));
        qm_arena_release(&arena);
        empty(&shelf);
    }
}

static void told(void *self, int64_t done, int64_t total)
{
    int64_t *const most = self;
    assert_true(done >= most[0] && done <= total);
    most[0] = done;
    most[1] = total;
}

static void progress_is_told_and_it_can_be_stopped(void **state)
{
    (void)state;
    Shelf shelf = {0};
    fill(&shelf);
    QmArena arena = {0};
    QmDiag diag = {0};
    QmRelations r = {0};
    int64_t most[2] = {0};
    QmTogetherRequest request = request_for(&shelf);
    request.progress = (QmProgress){told, most};
    assert_int_equal(qm_together(&request, &arena, &r, &diag), QM_OK);
    assert_int_equal(most[0], N);
    assert_int_equal(most[1], N);
    const volatile sig_atomic_t stop = 1;
    request.cancel = &stop;
    most[0] = 0;
    assert_int_equal(qm_together(&request, &arena, &r, &diag), QM_ERR_IO);
    assert_string_equal(diag.text, "interrupted");
    qm_arena_release(&arena);
    empty(&shelf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_says_the_same),
        cmocka_unit_test(different_rates_are_not_compared),
        cmocka_unit_test(a_single_stem_is_not_even_opened),
        cmocka_unit_test(the_first_file_that_fails_is_named),
        cmocka_unit_test(progress_is_told_and_it_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
