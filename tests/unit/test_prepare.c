/* links: render */
/* tests: render/spool render/stream */
/* From a session's sounds to assets: what is streamed, what is held, what channels and
 * rates become, and how a file that fails in the middle is noticed. The sounds come from
 * an opener that makes them up: a file's name says what it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/prepare.h"
#include "render/resample.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 48000 };

/* ---- made-up files ----------------------------------------------------------------- */

/* "c2 r48000 n1000 seek s0 l0": channels, rate, frames, seekable, stops at (0: never),
 * says its length. */
typedef struct Fake {
    QmAudioInfo info;
    int64_t frames, stops_at, next;
    uint64_t not_finite;
} Fake;

static int n_open, n_opened, n_reads, n_small_reads;

/* Channel c of frame i: another number everywhere, exact in a float. */
static float sample(int64_t i, uint32_t c)
{
    return (float)(i % 65536) * 0x1p-16f - (float)c * 8;
}

static QmStatus fake_read(void *self, int64_t frame, uint32_t n, float *out,
                          uint32_t *got, QmDiag *diag)
{
    Fake *fake = self;
    if (fake->stops_at && frame >= fake->stops_at) {
        return qm_fail_plain(diag, QM_ERR_IO, "the disk broke");
    }
    assert_true(fake->info.seekable || frame == fake->next);
    const int64_t left = fake->frames - frame;
    *got = left < 0 ? 0 : left < n ? (uint32_t)left : n;
    for (uint32_t i = 0; i < *got; i++) {
        for (uint32_t c = 0; c < fake->info.channels; c++) {
            *out++ = sample(frame + i, c);
        }
    }
    fake->next = frame + *got;
    fake->not_finite = 3;
    __atomic_add_fetch(&n_reads, 1, __ATOMIC_RELAXED);
    if (n < 4096 && left > n) {
        __atomic_add_fetch(&n_small_reads, 1, __ATOMIC_RELAXED);
    }
    return QM_OK;
}

static void fake_close(void *self)
{
    n_open--;
    free(self);
}

static uint64_t fake_not_finite(const void *self)
{
    return ((const Fake *)self)->not_finite;
}

static QmStatus fake_open(void *context, const char *name, QmPlace place, QmDiag *diag,
                          QmAudioReader *reader)
{
    (void)context;
    unsigned channels, rate, seekable, knows;
    long long frames, stops_at;
    if (sscanf(name, "c%u r%u n%lld seek%u stop%lld knows%u", &channels, &rate, &frames,
               &seekable, &stops_at, &knows) != 6) {
        return qm_fail(diag, QM_ERR_INPUT, place, NULL, "cannot open '%s'", name);
    }
    Fake *fake = calloc(1, sizeof *fake);
    *fake = (Fake){.frames = frames, .stops_at = stops_at};
    fake->info = (QmAudioInfo){.rate = rate,
                               .channels = channels,
                               .seekable = seekable,
                               .frames = knows ? frames : -1};
    *reader = (QmAudioReader){fake->info, fake_read, fake_close, fake_not_finite, fake};
    n_open++;
    n_opened++;
    return QM_OK;
}

/* ---- a session of one sound and up to three strips --------------------------------- */

typedef struct World {
    QmArena arena;
    QmDiag diag;
    QmSession *session;
    QmPrepared *prepared;
} World;

enum Use { NOBODY, CLIP, SAMPLER, TWO_CLIPS };

static QmStatus prepare(World *w, const char *file, enum Use use, bool resident,
                        uint32_t first, uint32_t second)
{
    memset(w, 0, sizeof *w);
    n_open = n_opened = n_reads = n_small_reads = 0;
    qm_arena_init(&w->arena);
    static const QmGenDesc SAMPLER_DESC = {.name = "sampler", .flags = QM_GEN_SOUND};
    static const QmGenDesc CLIP_DESC = {.name = "clip"};
    static QmSound sound;
    static QmClip clips[2];
    static QmStrip strips[3];
    static QmSession session;
    sound = (QmSound){.name = "vox",
                      .file = file,
                      .first_channel = first,
                      .second_channel = second,
                      .place = {"song.yaml", 3, 5}};
    memset(clips, 0, sizeof clips);
    memset(strips, 0, sizeof strips);
    for (int s = 0; s < 3; s++) {
        strips[s].input.sound = QM_NONE;
    }
    if (use == SAMPLER) {
        strips[1].input.generator = &SAMPLER_DESC;
        strips[1].input.sound = 0;
    }
    for (int s = 1; s < 3 && (use == TWO_CLIPS || (use == CLIP && s == 1)); s++) {
        strips[s].input = (QmInput){.generator = &CLIP_DESC,
                                    .sound = QM_NONE,
                                    .clips = clips,
                                    .n_clips = 2};
    }
    session = (QmSession){.arena = &w->arena,
                          .file = "song.yaml",
                          .rate = RATE,
                          .sounds = &sound,
                          .n_sounds = 1,
                          .strips = strips,
                          .n_strips = 3};
    w->session = &session;
    return qm_prepare(&session, fake_open, NULL, resident, &w->arena, &w->diag,
                      &w->prepared);
}

static const QmAsset *asset(const World *w)
{
    return &qm_prepared_assets(w->prepared)[0];
}

static void done(World *w)
{
    qm_prepared_release(w->prepared);
    qm_arena_release(&w->arena);
    assert_int_equal(n_open, 0);
}

/* Reads the asset from `from` to its end in odd pieces and compares. */
static void assert_plays(const QmAsset *a, uint32_t reader, int64_t from, uint32_t left,
                         uint32_t right)
{
    float out[2 * 100], copy[2 * 100];
    const uint32_t sizes[] = {64, 1, 37, 100, 5};
    int k = 0;
    for (int64_t at = from; at < a->frames + 50; at += sizes[k++ % 5]) {
        const uint32_t n = sizes[k % 5];
        const float *seen = qm_asset_view(a, reader, at, n);
        if (seen) {
            memcpy(copy, seen, (size_t)n * 2 * sizeof *copy);
        }
        qm_asset_read(a, reader, at, n, out);
        for (uint32_t i = 0; i < n; i++) {
            const bool inside = at + i >= 0 && at + i < a->frames;
            assert_true(out[2 * i] == (inside ? sample(at + i, left) : 0.0f));
            assert_true(out[2 * i + 1] == (inside ? sample(at + i, right) : 0.0f));
        }
        assert_true(!seen || !memcmp(copy, out, (size_t)n * 2 * sizeof *out));
    }
}

/* ---- tests ------------------------------------------------------------------------- */

static void test_a_clip_is_streamed_in_large_reads(void **unused)
{
    (void)unused;
    World w;
    assert_int_equal(prepare(&w, "c2 r48000 n100000 seek1 stop0 knows1", CLIP, false, 0,
                             0),
                     QM_OK);
    assert_null(asset(&w)->resident);
    assert_int_equal(qm_prepared_frames(w.prepared)[0], 100000);
    assert_plays(asset(&w), 1, -100, 0, 1);
    assert_int_equal(n_opened, 1);
    assert_int_equal(n_small_reads, 0);
    assert_int_equal(n_reads, (100000 + 4095) / 4096);
    assert_plays(asset(&w), 1, 50000, 0, 1); /* and again from elsewhere */
    assert_non_null(qm_asset_view(asset(&w), 1, 0, 4096));
    assert_null(qm_asset_view(asset(&w), 1, 1, 4096)); /* not in one window */
    assert_int_equal(qm_prepared_check(w.prepared, &w.diag), QM_OK);
    done(&w);
}

static void test_overlapping_clips_do_not_tread_on_each_other(void **unused)
{
    (void)unused;
    World w;
    assert_int_equal(prepare(&w, "c2 r48000 n100000 seek1 stop0 knows1", CLIP, false, 0,
                             0),
                     QM_OK);
    float out[2 * 64];
    for (int64_t at = 0; at < 32768; at += 64) {
        for (int64_t clip = 0; clip < 3; clip++) {
            const int64_t frame = at + 20000 * clip;
            qm_asset_read(asset(&w), 1, frame, 64, out);
            assert_true(out[0] == sample(frame, 0));
        }
    }
    assert_true(n_reads <= 3 * 9);
    done(&w);
}

static void test_a_sampler_holds_its_sound(void **unused)
{
    (void)unused;
    World w;
    assert_int_equal(prepare(&w, "c1 r48000 n9000 seek1 stop0 knows1", SAMPLER, false, 0,
                             0),
                     QM_OK);
    assert_non_null(asset(&w)->resident);
    assert_int_equal(n_open, 0); /* its file is closed already */
    assert_plays(asset(&w), 1, 0, 0, 0);
    done(&w);
}

static void test_resident_holds_everything(void **unused)
{
    (void)unused;
    World w;
    assert_int_equal(prepare(&w, "c2 r48000 n9000 seek0 stop0 knows0", TWO_CLIPS, true, 0,
                             0),
                     QM_OK);
    assert_non_null(asset(&w)->resident);
    assert_int_equal(asset(&w)->frames, 9000);
    assert_plays(asset(&w), 2, 0, 0, 1);
    done(&w);
}

static void test_what_cannot_seek_is_read_once(void **unused)
{
    (void)unused;
    World w;
    assert_int_equal(prepare(&w, "c2 r48000 n70001 seek0 stop0 knows0", TWO_CLIPS, false,
                             0, 0),
                     QM_OK);
    assert_null(asset(&w)->resident);
    assert_int_equal(n_open, 0);
    assert_int_equal(n_opened, 1);
    assert_int_equal(qm_prepared_frames(w.prepared)[0], 70001);
    assert_plays(asset(&w), 2, 30000, 0, 1);
    assert_plays(asset(&w), 1, 0, 0, 1);
    done(&w);
}

static void test_nobody_opens_an_unused_sound(void **unused)
{
    (void)unused;
    World w;
    assert_int_equal(prepare(&w, "no such file", NOBODY, false, 0, 0), QM_OK);
    assert_int_equal(n_opened, 0);
    assert_int_equal(qm_prepared_frames(w.prepared)[0], 0);
    done(&w);
}

static void test_channels_are_chosen(void **unused)
{
    (void)unused;
    World w;
    const char *const SIX = "c6 r48000 n5000 seek1 stop0 knows1";
    assert_int_equal(prepare(&w, SIX, CLIP, false, 0, 0), QM_OK);
    assert_int_equal(w.diag.n_warnings, 1);
    assert_string_equal(
        w.diag.warnings[0],
        "song.yaml:3:5: sound 'vox' has 6 channels: taking 1-2, say 'channels:'");
    assert_plays(asset(&w), 1, 0, 0, 1);
    done(&w);

    assert_int_equal(prepare(&w, SIX, CLIP, false, 5, 6), QM_OK);
    assert_int_equal(w.diag.n_warnings, 0);
    assert_plays(asset(&w), 1, 0, 4, 5);
    done(&w);

    assert_int_equal(prepare(&w, SIX, SAMPLER, false, 3, 3), QM_OK);
    assert_plays(asset(&w), 1, 0, 2, 2);
    done(&w);

    assert_int_equal(prepare(&w, "c6 r48000 n5000 seek0 stop0 knows0", CLIP, false, 2, 1),
                     QM_OK);
    assert_plays(asset(&w), 1, 0, 1, 0);
    done(&w);

    assert_int_equal(prepare(&w, SIX, CLIP, false, 7, 8), QM_ERR_INPUT);
    assert_string_equal(
        w.diag.text,
        "song.yaml:3:5: sound 'vox': expected channels from 1 to 6, found 8");
    done(&w);
}

static void test_a_broken_disk_becomes_silence_and_is_remembered(void **unused)
{
    (void)unused;
    World w;
    assert_int_equal(prepare(&w, "c2 r48000 n100000 seek1 stop8192 knows1", CLIP, false,
                             0, 0),
                     QM_OK);
    float out[2];
    qm_asset_read(asset(&w), 1, 8191, 1, out);
    assert_true(out[0] == sample(8191, 0));
    assert_int_equal(qm_prepared_check(w.prepared, &w.diag), QM_OK);
    qm_asset_read(asset(&w), 1, 12288, 1, out);
    assert_true(out[0] == 0.0f && out[1] == 0.0f);
    assert_int_equal(qm_prepared_check(w.prepared, &w.diag), QM_ERR_IO);
    assert_string_equal(w.diag.text, "the disk broke");
    done(&w);

    /* Before anything was promised, it is an error. */
    const char *const BROKEN[] = {"c2 r48000 n100000 seek0 stop8192 knows0",
                                  "c2 r48000 n100000 seek1 stop8192 knows1"};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(prepare(&w, BROKEN[i], SAMPLER, false, 0, 0), QM_ERR_IO);
        assert_string_equal(w.diag.text, "the disk broke");
        done(&w);
    }
}

static void test_refuses(void **unused)
{
    (void)unused;
    static const struct {
        const char *file, *message;
    } CASES[] = {
        {"nothing", "song.yaml:3:5: cannot open 'nothing'"},
        {"c1 r1 n100 seek1 stop0 knows1", "song.yaml:3:5: sound 'vox': expected a sample "
                                          "rate from 4000 to 768000 Hz, found 1"},
        {"c1 r48000 n300000000 seek1 stop0 knows1",
         "song.yaml:3:5: sound 'vox' does not fit into memory: together, sounds that "
         "must be held "
         "there may take 2 GiB"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        World w;
        assert_int_equal(prepare(&w, CASES[i].file, SAMPLER, false, 0, 0), QM_ERR_INPUT);
        assert_string_equal(w.diag.text, CASES[i].message);
        done(&w);
    }
}

static void test_warns(void **unused)
{
    (void)unused;
    World w;
    assert_int_equal(prepare(&w, "c1 r48000 n0 seek1 stop0 knows1", CLIP, false, 0, 0),
                     QM_OK);
    assert_string_equal(w.diag.warnings[0], "song.yaml:3:5: sound 'vox' is empty");
    assert_plays(asset(&w), 1, 0, 0, 0);
    done(&w);

    assert_int_equal(prepare(&w, "c1 r48000 n100 seek1 stop0 knows1", CLIP, false, 0, 0),
                     QM_OK);
    assert_plays(asset(&w), 1, 0, 0, 0);
    qm_prepared_warnings(w.prepared, &w.diag);
    assert_string_equal(
        w.diag.warnings[0],
        "song.yaml:3:5: sound 'vox': 3 samples that are not numbers were taken as "
        "silence");
    done(&w);
}

typedef struct Player {
    const QmAsset *asset;
    uint32_t reader;
    bool right;
} Player;

static void *play(void *arg)
{
    Player *player = arg;
    float out[2 * 64];
    player->right = true;
    for (int64_t at = 0; at < player->asset->frames - 64; at += 64) {
        qm_asset_read(player->asset, player->reader, at, 64, out);
        player->right =
            player->right && out[0] == sample(at, 0) && out[127] == sample(at + 63, 1);
    }
    return NULL;
}

static void test_strips_read_at_the_same_time(void **unused)
{
    (void)unused;
    World w;
    assert_int_equal(prepare(&w, "c2 r48000 n400000 seek1 stop0 knows1", TWO_CLIPS, false,
                             0, 0),
                     QM_OK);
    pthread_t threads[2];
    Player players[2] = {{asset(&w), 1, false}, {asset(&w), 2, false}};
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, play, &players[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_true(players[i].right);
    }
    assert_int_equal(n_opened, 2);
    done(&w);
}

/* A straight line through a rate converter stays one, away from its ends. */
static void test_rates_are_converted_in_place_and_length(void **unused)
{
    (void)unused;
    static const uint32_t RATES[] = {44100, 96000, 8000, 192000, 47999};
    for (int r = 0; r < 5; r++) {
        World w;
        char file[64];
        snprintf(file, sizeof file, "c1 r%u n30011 seek1 stop0 knows1", RATES[r]);
        assert_int_equal(prepare(&w, file, r % 2 ? SAMPLER : CLIP, false, 0, 0), QM_OK);
        const int64_t frames = asset(&w)->frames;
        assert_int_equal(frames, qm_resampled_frames(30011, RATES[r], RATE));
        for (int64_t i = frames / 4; i < frames * 3 / 4; i += 17) {
            float out[2];
            qm_asset_read(asset(&w), 1, i, 1, out);
            const double line = (double)i * RATES[r] / RATE * 0x1p-16;
            assert_true(out[0] - line < 2e-6 && out[0] - line > -2e-6);
            assert_true(out[0] == out[1]);
        }
        done(&w);
    }
}

static void test_every_allocation_may_fail(void **unused)
{
    (void)unused;
    static const char *const FILES[] = {"c2 r48000 n9000 seek1 stop0 knows1",
                                        "c2 r44100 n9000 seek1 stop0 knows1"};
    for (int f = 0; f < 2; f++) {
        for (int use = CLIP; use <= TWO_CLIPS; use++) {
            World w;
            assert_int_equal(prepare(&w, FILES[f], (enum Use)use, false, 0, 0), QM_OK);
            const uint64_t calls = w.arena.calls;
            done(&w);
            for (uint64_t at = 1; at <= calls; at++) {
                qm_arena_init(&w.arena);
                memset(&w.diag, 0, sizeof w.diag);
                w.arena.fail_at = at;
                w.session->arena = &w.arena;
                w.prepared = NULL;
                assert_int_equal(qm_prepare(w.session, fake_open, NULL, false, &w.arena,
                                            &w.diag, &w.prepared),
                                 QM_ERR_MEMORY);
                done(&w);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_clip_is_streamed_in_large_reads),
        cmocka_unit_test(test_overlapping_clips_do_not_tread_on_each_other),
        cmocka_unit_test(test_a_sampler_holds_its_sound),
        cmocka_unit_test(test_resident_holds_everything),
        cmocka_unit_test(test_what_cannot_seek_is_read_once),
        cmocka_unit_test(test_nobody_opens_an_unused_sound),
        cmocka_unit_test(test_channels_are_chosen),
        cmocka_unit_test(test_a_broken_disk_becomes_silence_and_is_remembered),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_warns),
        cmocka_unit_test(test_strips_read_at_the_same_time),
        cmocka_unit_test(test_rates_are_converted_in_place_and_length),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
