/* Digests of taps: equal digests, equal samples.
 *
 * Random sessions are changed in one thing after the other, anything that a session
 * holds. Whenever the digest of a tap is one that was seen, its samples have to be those
 * that were seen with it. What must not be part of a digest is said one by one. */
/* tests: graph/digest */
#include "graph/digest.h"

#include "tests/support/random_song.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum {
    SONGS = 12,
    CHANGES = 20,
    FRAMES = 60 * QM_QUANTUM,
    TAPS = QM_POINT_COUNT * RIG_STRIPS,
    SEEN = CHANGES * TAPS,
};

typedef struct Sight {
    QmTapDigest digest;
    uint8_t samples[QM_SHA256_BYTES];
} Sight;

typedef struct Sights {
    Sight seen[SEEN];
    uint32_t n, hits;
} Sights;

static QmTapDigest *digests_of(RandomSong *song)
{
    Rig *rig = &song->rig;
    const QmDigestInput input = {&rig->graph, &rig->timeline, song->assets, song->hashes,
                                 "1.0"};
    QmTapDigest *taps;
    assert_int_equal(qm_digest_taps(&input, &rig->arena, NULL, &taps), QM_OK);
    return taps;
}

static void build(RandomSong *song)
{
    QmPickup all[2 * RIG_STRIPS];
    const uint32_t n = song->rig.session->n_strips;
    for (uint32_t i = 0; i < 2 * n; i++)
        all[i] = (QmPickup){.strip = (uint16_t)(i / 2),
                            .point = i % 2 ? QM_POINT_IN : QM_POINT_PRE};
    song->rig.meters = true; /* so that all post taps are kept, too */
    rig_build(&song->rig, QM_ISA_BEST, all, 2 * n);
}

static void play(Rig *rig, QmSha256 taps[TAPS])
{
    for (uint32_t t = 0; t < TAPS; t++)
        qm_sha256_init(&taps[t]);
    for (int64_t frame = 0; frame < FRAMES; frame += QM_QUANTUM) {
        for (uint32_t op = 0; op < rig->plan.n_ops; op++)
            qm_exec_run(rig->exec, op, frame, 1);
        for (uint32_t t = 0; t < rig->session->n_strips * QM_POINT_COUNT; t++) {
            const QmPickup tap = {.strip = (uint16_t)(t / QM_POINT_COUNT),
                                  .point = t % QM_POINT_COUNT};
            float pairs[2 * QM_QUANTUM];
            qm_exec_pick_up(rig->exec, &tap, frame, QM_QUANTUM, pairs, 2);
            qm_sha256_add(&taps[t], pairs, sizeof pairs);
        }
    }
}

static void look(RandomSong *song, const char *change, Sights *sights)
{
    QmSha256 taps[TAPS];
    build(song);
    play(&song->rig, taps);
    const QmTapDigest *digests = digests_of(song);
    for (uint32_t t = 0; t < song->rig.session->n_strips * QM_POINT_COUNT; t++) {
        Sight now = {.digest = digests[t]};
        qm_sha256_end(&taps[t], now.samples);
        uint32_t i = 0;
        while (i < sights->n && memcmp(sights->seen[i].digest.bytes, now.digest.bytes,
                                       sizeof now.digest.bytes) != 0)
            i++;
        if (i == sights->n)
            sights->seen[sights->n++] = now;
        else if (memcmp(sights->seen[i].samples, now.samples, sizeof now.samples) != 0)
            fail_msg("seed %llu: after a change of %s, tap %u of strip %u",
                     (unsigned long long)song->seed, change, t % QM_POINT_COUNT,
                     t / QM_POINT_COUNT);
        else
            sights->hits++;
    }
}

static void equal_digests_are_equal_samples(void **state)
{
    (void)state;
    static RandomSong song;
    static Sights sights;
    uint32_t hits = 0, misses = 0;
    for (uint64_t seed = 1; seed <= SONGS; seed++) {
        random_song(&song, seed, FRAMES);
        sights.n = sights.hits = 0;
        look(&song, "nothing", &sights);
        for (uint32_t i = 1; i < CHANGES; i++)
            look(&song, song_change(&song), &sights);
        hits += sights.hits;
        misses += sights.n;
        random_song_end(&song);
    }
    assert_true(hits > misses); /* most taps are not concerned by most changes */
    assert_true(misses > SONGS * CHANGES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_digests_are_equal_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
