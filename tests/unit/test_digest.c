/* What a digest is made of, field by field: one song, and for every change of its text
 * the first tap of each strip whose digest is another one. (That nothing is left out is
 * tests/property/test_digest.c's.) */
/* links: formats */
/* tests: graph/digest */
#include "graph/digest.h"

#include "tests/support/text_song.h"

#include <stdio.h>

enum { STRIPS = 7, SOUNDS = 2, TEXT = 4096 };

/* Strips: k(ick), b(ass), v(ox), l(ead), d(rums), h(all), m(aster). */
static const char names[STRIPS + 1] = "kbvldhm";
static const char base[] =
    "qmix: 1\n"
    "title: A\n"
    "seed: 7\n"
    "tempo: [{at: 1, bpm: 120}, {at: 3, bpm: 150}]\n"
    "meter: [{at: 1, meter: 4/4}, {at: 4, meter: 5/4}]\n"
    "tail: 1 s\n"
    "sounds: {one: {file: one.wav, channels: 1}, two: {file: two.wav}}\n"
    "sources:\n"
    "  kick:\n"
    "    sampler: {sound: one, crossfade: 5}\n"
    "    role: kick\n"
    "    inserts: [{eq: {bands: [{freq: 60, gain: 3}]}}, {compressor: {lookahead: 0}},\n"
    "              {gain: {bypass: yes, gain: 1}}]\n"
    "    to: drums\n"
    "  bass:\n"
    "    clips: [{sound: two, at: 1 s, gain: 0, fade-in: 1 ms}]\n"
    "    inserts: [{compressor: {key: kick, threshold: -20}}]\n"
    "    fader: {gain: -4, pan: 0, width: 1}\n"
    "    to: drums\n"
    "  vox:\n"
    "    clip: {sound: two, at: 2 s}\n"
    "    inserts: [{flanger: {sync: 1/4}}]\n"
    "    sends: [{bus: hall, level: -10, tap: pre}]\n"
    "    fader: {pan-law: -3, pan-mode: balance}\n"
    "  lead:\n"
    "    tone: {freq: 330}\n"
    "    sends: [{bus: hall, level: -12}]\n"
    "buses:\n"
    "  drums: {gain-share: {attack: 5}}\n"
    "  hall: {inserts: [{delay: {time: 90}}], solo-safe: yes}\n"
    "master: {inserts: [{limiter: {ceiling: -1}}]}\n"
    "patterns:\n"
    "  p: {swing: 50, tracks: {kick: \"x...x...\", lead: {notes: \"C4 . E4 .\"}}}\n"
    "modulators:\n"
    "  wob: {lfo: {rate: 2}, to: [{param: bass.compressor.ratio, amount: 0.1},\n"
    "                                {param: hall.fader.pan, amount: 0.2}]}\n"
    "  ear: {envelope: {strip: kick, attack: 5}, to: [{param: lead.fader.gain, amount: "
    "0.1}]}\n"
    "  gate: {adsr: {strip: lead, attack: 5}, to: [{param: vox.flanger.mix, amount: "
    "0.1}]}\n"
    "automation:\n"
    "  kick.eq.1.gain: [{at: 1, value: 3}, {at: 2, value: 4}]\n"
    "  vox.fader.gain: [{at: 1, value: 0}, {at: 2, value: -4}]\n"
    "  vox.send.hall: [{at: 1, value: -9}]\n"
    "  lead.tone.freq: [{at: 1, value: 331}]\n"
    "  wob.lfo.phase: [{at: 1, value: 0.1}]\n"
    "  wob.2.amount: [{at: 1, value: 0.3}]\n"
    "arrangement: [{at: 1, pattern: p}]\n";

typedef struct Row {
    const char *from, *to;
    const char *changed; /* "b1": of the bass from tap 1 (pre) on; in, pre, post */
} Row;

/* Where the kick is heard: the bass is keyed, the lead's fader hears it. */
static const Row rows[] = {
    /* not of any tap */
    {"title: A", "title: B", ""},
    {"tail: 1 s", "tail: 2 s", ""},
    {"role: kick", "role: snare", ""},
    {"gain: 1}}]", "gain: 2}}]", ""},                     /* bypassed */
    {"one: {file: one.wav", "one: {file: other.wav", ""}, /* its content counts */
    /* everywhere, or in front of everything */
    {"qmix: 1\n", "qmix: 1\nrate: 44100\n", "k0 b0 v0 l0 d0 h0 m0"},
    {"seed: 7", "seed: 8", "k1 b1 v1 l2 d0 h0 m0"},
    /* time: what is placed in bars, is synced, or swings */
    {"bpm: 120", "bpm: 121", "k0 b1 v1 l0 d0 h0 m0"},
    {"meter: 4/4", "meter: 3/4", "k1 b1 v1 l2 d0 h0 m0"},
    {"at: 3, bpm", "at: 3.2, bpm", "b1 v1 l2 d0 h0 m0"}, /* behind all that is placed */
    {"bpm: 150}", "bpm: 150, ramp: yes}", "k0 b1 v1 l0 d0 h0 m0"},
    {"at: 4, meter", "at: 5, meter", "b1 v1 l2 d0 h0 m0"},
    {"swing: 50", "swing: 60", "v1 l0 h0 m0"}, /* of held notes the end */
    {"x...x...", "x...X...", "k0 b1 l2 d0 h0 m0"},
    {"C4 . E4 .", "C4 . F4 .", "l0 h0 m0"},
    {"C4 . E4 .", "C4 . . E4", "v1 l0 h0 m0"}, /* opens the gate, too */
    {"pattern: p}]", "pattern: p, for: 1 bars}]", "k0 b1 v1 l0 d0 h0 m0"},
    /* inputs */
    {"crossfade: 5", "crossfade: 6", "k0 b1 l2 d0 h0 m0"},
    {"channels: 1}", "channels: 2}", "k0 b1 l2 d0 h0 m0"},
    {"at: 1 s", "at: 1.5 s", "b0 d0 m0"},
    {"gain: 0, fade", "gain: 1, fade", "b0 d0 m0"},
    {"fade-in: 1 ms", "fade-in: 2 ms", "b0 d0 m0"},
    {"freq: 330", "freq: 329", "l0 h0 m0"},
    /* inserts */
    {"freq: 60", "freq: 61", "k1 b1 l2 d0 h0 m0"},
    {"{bypass: yes, gain: 1", "{bypass: no, gain: 1", "k1 b1 l2 d0 h0 m0"},
    {"key: kick, ", "", "b1 d0 m0"},
    {"threshold: -20", "threshold: -21", "b1 d0 m0"},
    {"sync: 1/4", "sync: 1/8", "v1 h0 m0"},
    {"{delay: {time", "{delay: {name: echo, time", "h1 m0"}, /* what it draws */
    {"lookahead: 0", "lookahead: 5", "k1 b0 l0 d0 h0 m0"},
    {"ceiling: -1", "ceiling: -2", "m1"},
    /* faders and ways */
    {"gain: -4, pan", "gain: -5, pan", "b2 d0 m0"},
    {"pan: 0, width", "pan: 0.5, width", "b2 d0 m0"},
    {"width: 1}", "width: 0.9}", "b2 d0 m0"},
    {"pan-law: -3", "pan-law: -6", "v2 m0"},
    {"balance", "stereo", "v2 m0"},
    {"fader: {gain: -4,", "fader: {mute: yes, gain: -4,", "b2 d0 m0"},
    {"fader: {gain: -4,", "fader: {solo: yes, gain: -4,", "k2 l2 v2 d0 h0 m0"},
    {"level: -10", "level: -11", "h0 m0"},
    {"tap: pre", "tap: post", "h0 m0"},
    {"level: -12", "level: -13", "h0 m0"},
    {"    fader: {gain: -4", "    weight: 3\n    fader: {gain: -4", "d0 m0"},
    {"attack: 5}}\n  hall", "attack: 6}}\n  hall", "d0 m0"},
    {"gain-share: {attack: 5}", "solo-safe: yes", "d0 m0"},
    /* modulators */
    {"rate: 2}", "rate: 3}", "b1 d0 h2 m0"},
    {"amount: 0.1},\n", "amount: 0.2},\n", "b1 d0 m0"},
    {"bass.compressor.ratio", "bass.compressor.attack", "b1 d0 m0"},
    {"amount: 0.2}]", "amount: 0.3}]", "h2 m0"},
    {"kick, attack: 5", "kick, attack: 6", "l2 h0 m0"},
    {"lead, attack: 5", "lead, attack: 6", "v1 h0 m0"},
    {"wob", "bow", "b1 d0 h2 m0"}, /* what it draws */
    /* automation */
    {"value: 4}", "value: 5}", "k1 b1 l2 d0 h0 m0"},
    {"value: -4}", "value: -5}", "v2 m0"},
    {"value: -9}", "value: -8}", "h0 m0"},
    {"value: 331", "value: 332", "l0 h0 m0"},
    {"value: 0.1}", "value: 0.2}", "b1 d0 h2 m0"},
    {"value: 0.3}", "value: 0.4}", "h2 m0"},
};

typedef struct Digests {
    uint8_t bytes[STRIPS * QM_POINT_COUNT][QM_SHA256_BYTES];
} Digests;

static const char *const hashes[SOUNDS] = {"1111", "2222"};
static const QmAsset assets[SOUNDS] = {{.frames = 48000}, {.frames = 48000}};

static void digest(const char *text, const QmDigestInput *with, Digests *digests)
{
    TextSong song;
    QmTapDigest *taps;
    QmDiag diag = {.status = QM_OK};
    text_song_read(&song, text);
    text_song_ok(qm_graph_new(song.session, &song.arena, &diag, &song.graph), &diag);
    assert_int_equal(song.session->n_strips, STRIPS);
    QmDigestInput input = *with;
    input.graph = &song.graph;
    input.timeline = &song.timeline;
    assert_int_equal(qm_digest_taps(&input, &song.arena, &diag, &taps), QM_OK);
    for (uint32_t t = 0; t < STRIPS * QM_POINT_COUNT; t++) {
        assert_false(taps[t].foreign);
        memcpy(digests->bytes[t], taps[t].bytes, QM_SHA256_BYTES);
    }
    text_song_end(&song);
}

/* `changed` as in a row, in the order of the strips. */
static void difference(const Digests *a, const Digests *b, char changed[64])
{
    char *at = changed;
    *at = '\0';
    for (uint32_t s = 0; s < STRIPS; s++)
        for (uint32_t p = 0; p < QM_POINT_COUNT; p++) {
            const uint32_t t = s * QM_POINT_COUNT + p;
            if (memcmp(a->bytes[t], b->bytes[t], QM_SHA256_BYTES) == 0)
                continue;
            at += sprintf(at, "%s%c%u", at == changed ? "" : " ", names[s], p);
            for (uint32_t q = p; q < QM_POINT_COUNT; q++) /* and all behind it */
                assert_memory_not_equal(a->bytes[s * QM_POINT_COUNT + q],
                                        b->bytes[s * QM_POINT_COUNT + q],
                                        QM_SHA256_BYTES);
            break;
        }
}

/* In the order of the strips, too. */
static void in_order(const char *said, char changed[64])
{
    char *at = changed;
    *at = '\0';
    for (uint32_t s = 0; s < STRIPS; s++) {
        const char *found = strchr(said, names[s]);
        if (found)
            at += sprintf(at, "%s%.2s", at == changed ? "" : " ", found);
    }
}

static const QmDigestInput plain = {.assets = assets, .hashes = hashes, .version = "1.0"};

static void each_field_counts_where_it_acts(void **state)
{
    (void)state;
    static Digests before, after;
    uint32_t wrong = 0;
    digest(base, &plain, &before);
    for (uint32_t i = 0; i < QM_COUNT(rows); i++) {
        char text[TEXT], found[64], wanted[64];
        const char *at = strstr(base, rows[i].from);
        if (!at)
            fail_msg("'%s' is not in the song", rows[i].from);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - base), base, rows[i].to,
                 at + strlen(rows[i].from));
        if (strcmp(rows[i].from, "wob") == 0) /* its automation, too */
            for (char *more; (more = strstr(text, "wob"));)
                memcpy(more, "bow", 3);
        digest(text, &plain, &after);
        difference(&before, &after, found);
        in_order(rows[i].changed, wanted);
        if (strcmp(found, wanted) == 0)
            continue;
        print_error("'%s' -> '%s': expected '%s', found '%s'\n", rows[i].from, rows[i].to,
                    wanted, found);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void sounds_count_by_their_content(void **state)
{
    (void)state;
    static Digests before, after;
    static const char *const other[SOUNDS] = {"1111", "2223"};
    static const QmAsset longer[SOUNDS] = {{.frames = 48001}, {.frames = 48000}};
    char found[64];
    digest(base, &plain, &before);
    QmDigestInput with = plain;
    with.hashes = other;
    digest(base, &with, &after);
    difference(&before, &after, found);
    assert_string_equal(found, "b0 v0 d0 h0 m0");
    with = plain;
    with.assets = longer;
    digest(base, &with, &after);
    difference(&before, &after, found);
    assert_string_equal(found, "k0 b1 l2 d0 h0 m0");
}

static void the_version_counts_everywhere(void **state)
{
    (void)state;
    static Digests before, after;
    char found[64];
    digest(base, &plain, &before);
    QmDigestInput with = plain;
    with.version = "1.1";
    digest(base, &with, &after);
    difference(&before, &after, found);
    assert_string_equal(found, "k0 b0 v0 l0 d0 h0 m0");
}

static void plug_ins_make_what_they_reach_foreign(void **state)
{
    (void)state;
    static const QmPlugin plugin;
    TextSong song;
    QmTapDigest *taps;
    text_song_read(&song, base);
    song.session->strips[1].inserts[0].plugin = &plugin; /* the bass */
    assert_int_equal(qm_graph_new(song.session, &song.arena, NULL, &song.graph), QM_OK);
    QmDigestInput input = plain;
    input.graph = &song.graph;
    input.timeline = &song.timeline;
    assert_int_equal(qm_digest_taps(&input, &song.arena, NULL, &taps), QM_OK);
    for (uint32_t s = 0; s < STRIPS; s++)
        for (uint32_t p = 0; p < QM_POINT_COUNT; p++) {
            const bool reached = (s == 1 && p > 0) || s == 4 || s == 6;
            assert_int_equal(taps[s * QM_POINT_COUNT + p].foreign, reached);
        }
    song.arena.fail_at = song.arena.calls + 1;
    assert_int_equal(qm_digest_taps(&input, &song.arena, NULL, &taps), QM_ERR_MEMORY);
    text_song_end(&song);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_field_counts_where_it_acts),
        cmocka_unit_test(sounds_count_by_their_content),
        cmocka_unit_test(the_version_counts_everywhere),
        cmocka_unit_test(plug_ins_make_what_they_reach_foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
