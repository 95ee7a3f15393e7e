/* tests: model/routes */
/* Each rule broken in a song that keeps all the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/address.h"
#include "model/validate.h"
#include "tests/support/song.h"

static QmArena arena;
static QmSession *session;
static QmStrip *strips;
static QmDiag diag;

static int set_up(void **unused)
{
    (void)unused;
    session = song_new(&arena);
    strips = session->strips;
    diag = (QmDiag){0};
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

/* The song is refused with this message; then it is made anew. */
static void refused(const char *message)
{
    diag = (QmDiag){0};
    assert_int_equal(qm_session_validate(session, &diag), QM_ERR_INPUT);
    assert_string_equal(diag.text, message);
    set_up(NULL);
}

static void test_the_song_is_valid(void **unused)
{
    (void)unused;
    assert_int_equal(qm_session_validate(session, &diag), QM_OK);
    assert_int_equal(diag.n_warnings, 0);
}

static void test_header(void **unused)
{
    (void)unused;
    session->rate = 7999;
    refused("song.yaml: rate: expected a rate from 8000 to 192000 Hz, found 7999");
    session->tempo[0].at.beat = 2;
    refused("song.yaml: tempo: the first entry is not at 1");
    session->n_meter = 0;
    refused("song.yaml: meter: the first entry is not at 1");
    strips[SONG_MASTER].kind = QM_STRIP_BUS;
    refused("song.yaml: a session has at most 4096 strips, its master last");
}

static void test_names(void **unused)
{
    (void)unused;
    strips[SONG_VOX].name = "lead vox";
    refused("song.yaml:12:3: sources.lead vox: expected a name of letters, digits, '_' "
            "and '-' "
            "that is no number, found 'lead vox'");
    strips[SONG_HALL].name = "master";
    refused("song.yaml:14:3: buses.master: 'master' is the name of the master strip");
    strips[SONG_HALL].name = "kick";
    refused("song.yaml:14:3: buses.kick: the name 'kick' is taken by line 10");
    session->sounds[1].name = "boom";
    refused("song.yaml:6:3: sounds.boom: the name 'boom' is taken by line 5");
    session->sounds[1].name = "12";
    refused("song.yaml:6:3: sounds.12: expected a name of letters, digits, '_' and '-' "
            "that is "
            "no number, found '12'");
    session->patterns[0].name = "a/b";
    refused("song.yaml:50:3: patterns.a/b: expected a name of letters, digits, '_' and "
            "'-' that "
            "is no number, found 'a/b'");
}

static void test_sounds_and_inputs(void **unused)
{
    (void)unused;
    session->sounds[0].file = "";
    refused("song.yaml:5:3: sounds.boom: a sound needs a 'file'");
    strips[SONG_BASS].input.generator = NULL;
    refused("song.yaml:11:3: sources.bass: a source needs an input: clip, clips, "
            "sampler, tone, click or lv2");
    strips[SONG_VOX].input.n_clips = 0;
    refused("song.yaml:12:3: sources.vox: a source of clips needs at least one");
    strips[SONG_KICK].input.sound = QM_NONE;
    refused("song.yaml:10:3: sources.kick: 'sampler' needs a 'sound'");
    strips[SONG_HALL].input.generator = strips[SONG_BASS].input.generator;
    refused("song.yaml:14:3: buses.hall: only a source has an input");
}

/* A sound outside the pool is called like its file. */
static void test_sounds_outside_the_pool(void **unused)
{
    (void)unused;
    session->sounds[1].name = session->sounds[1].file = "takes/a b.wav";
    assert_int_equal(qm_session_validate(session, &diag), QM_OK);
}

static void test_inserts(void **unused)
{
    (void)unused;
    strips[SONG_KICK].inserts[1].name = "eq";
    refused(
        "song.yaml:102:9: sources.kick.inserts.2: another insert of the strip is called "
        "'eq'");
    strips[SONG_KICK].inserts[0].name = "fader";
    refused(
        "song.yaml:101:9: sources.kick.inserts.1: an insert cannot be called 'fader'");
    strips[SONG_KICK].inserts[0].name = "sampler";
    refused(
        "song.yaml:101:9: sources.kick.inserts.1: an insert cannot be called like the "
        "strip's input, 'sampler'");
    strips[SONG_KICK].inserts[0].name = "2";
    refused("song.yaml:101:9: sources.kick.inserts.1: a slot's name is letters, digits, "
            "'_' and "
            "'-' and no number, found '2'");
    strips[SONG_KICK].inserts[0].n_groups = 1000;
    refused("song.yaml:101:9: sources.kick.inserts.1: 'eq' has at most 16 bands");
    strips[SONG_KICK].n_inserts = QM_MAX_INSERTS + 1;
    refused("song.yaml:10:3: sources.kick.inserts: a strip has at most 32 inserts");
}

static void test_keys(void **unused)
{
    (void)unused;
    strips[SONG_BASS].inserts[0].key = SONG_BASS;
    refused("song.yaml:101:9: sources.bass.inserts.1: 'bass' cannot be its own key: "
            "without a "
            "'key' it listens to itself");
    strips[SONG_DRUMS].inserts[0].key = SONG_VOX;
    refused("song.yaml:101:9: buses.drums.inserts.1: 'limiter' takes no 'key'");
}

static void test_destinations(void **unused)
{
    (void)unused;
    strips[SONG_KICK].to = SONG_BASS;
    refused("song.yaml:10:3: sources.kick.to: 'bass' is a source: only buses and the "
            "master can "
            "be fed");
    strips[SONG_KICK].sends[0].bus = SONG_VOX;
    refused("song.yaml:30:14: sources.kick.sends.1: 'vox' is no bus: sends go to buses");
    strips[SONG_KICK].sends[0].bus = SONG_MASTER;
    refused(
        "song.yaml:30:14: sources.kick.sends.1: 'master' is no bus: sends go to buses");
    strips[SONG_KICK].sends[1] = strips[SONG_KICK].sends[0];
    strips[SONG_KICK].n_sends = 2;
    refused("song.yaml:30:14: sources.kick.sends.2: 'kick' has another send to 'hall'");
    strips[SONG_KICK].n_sends = QM_MAX_SENDS + 1;
    refused("song.yaml:10:3: sources.kick.sends: a strip has at most 64 sends");
    strips[SONG_MASTER].to = SONG_HALL;
    refused("song.yaml:15:3: master.to: the master goes to the output only");
    strips[SONG_HALL].output = 3;
    refused("song.yaml:14:3: buses.hall.to: a bus goes to a strip or to an output, not "
            "to both");
}

static void test_outputs(void **unused)
{
    (void)unused;
    strips[SONG_HALL].to = strips[SONG_DRUMS].to = QM_NONE;
    strips[SONG_HALL].output = 3;
    strips[SONG_DRUMS].output = 5;
    assert_int_equal(qm_session_validate(session, &diag), QM_OK);
    strips[SONG_HALL].output = 4;
    strips[SONG_DRUMS].output = 3;
    refused("song.yaml:14:3: buses.hall.output: output 4 belongs to 'drums'");
    strips[SONG_HALL].to = QM_NONE;
    strips[SONG_HALL].output = 2;
    refused("song.yaml:14:3: buses.hall.output: output 2 belongs to 'master'");
    strips[SONG_HALL].to = QM_NONE;
    strips[SONG_HALL].output = 64;
    refused("song.yaml:14:3: buses.hall.output: a bus may have a pair of the outputs 1 "
            "to 64");
    strips[SONG_VOX].to = QM_NONE;
    strips[SONG_VOX].output = 3;
    refused("song.yaml:12:3: sources.vox.output: a bus may have a pair of the outputs 1 "
            "to 64");
}

static void test_circles(void **unused)
{
    (void)unused;
    strips[SONG_HALL].to = SONG_DRUMS;
    strips[SONG_DRUMS].to = SONG_HALL;
    refused(
        "song.yaml:13:3: buses.drums: the routing runs in a circle: 'drums' -> 'hall' -> "
        "'drums'");
    strips[SONG_HALL].to = SONG_HALL;
    refused("song.yaml:14:3: buses.hall: the routing runs in a circle: 'hall' -> 'hall'");
    strips[SONG_HALL].sends[0] = (QmSend){.bus = SONG_DRUMS};
    strips[SONG_HALL].n_sends = 1;
    strips[SONG_DRUMS].to = SONG_HALL;
    refused(
        "song.yaml:13:3: buses.drums: the routing runs in a circle: 'drums' -> 'hall' -> "
        "'drums'");
    /* the kick waits for its key, which waits for the kick */
    strips[SONG_KICK].inserts[2].key = SONG_DRUMS;
    refused("song.yaml:10:3: sources.kick: the routing runs in a circle: 'kick' -> "
            "'drums' -> "
            "'kick'");
    strips[SONG_KICK].inserts[2].key = SONG_MASTER;
    refused("song.yaml:10:3: sources.kick: the routing runs in a circle: 'kick' -> "
            "'bass' -> "
            "'master' -> 'kick'");
}

/* A circle of many is told with its first strips. */
static void test_a_long_circle(void **unused)
{
    (void)unused;
    enum { BUSES = 300 };
    QmStrip *many = QM_NEW_ARRAY(&arena, QmStrip, BUSES + 1);
    for (uint32_t i = 0; i < BUSES; i++) {
        QmText name;
        qm_text_init(&name, &arena);
        qm_text_printf(&name, "b%u", i);
        qm_strip_init(&many[i], name.data, QM_STRIP_BUS);
        many[i].to = (uint16_t)((i + 1) % BUSES);
    }
    qm_strip_init(&many[BUSES], "master", QM_STRIP_MASTER);
    *session = *qm_session_new(&arena);
    session->strips = many;
    session->n_strips = BUSES + 1;
    refused(
        "buses.b0: the routing runs in a circle: 'b0' -> 'b1' -> 'b2' -> 'b3' -> 'b4' -> "
        "'b5' -> 'b6' -> 'b7' -> 'b8' -> 'b9' -> 'b10' -> 'b11' -> ... -> 'b0'");
}

static void test_patterns(void **unused)
{
    (void)unused;
    session->patterns[0].tracks[0].strip = SONG_VOX;
    refused("song.yaml:52:7: patterns.verse: a pattern cannot play 'vox': its input is a "
            "'clip'");
    session->patterns[0].tracks[0].strip = SONG_DRUMS;
    refused("song.yaml:52:7: patterns.verse: 'drums' is no source");
    session->patterns[1] = session->patterns[0];
    session->n_patterns = 2;
    refused("song.yaml:50:3: patterns.verse: the name 'verse' is taken by line 50");
}

static void add_lane(const char *address, double value)
{
    static QmPoint points[2];
    points[0] = (QmPoint){.value = qm_fader_params[QM_FADER_GAIN].def};
    points[1] = (QmPoint){.value = value};
    session->lanes = QM_NEW(&arena, QmLane);
    session->n_lanes = 1;
    *session->lanes =
        (QmLane){.points = points, .n_points = 2, .place = {"song.yaml", 60, 3}};
    assert_int_equal(qm_address_parse(session, address, (QmPlace){0}, &diag,
                                      &session->lanes->target),
                     QM_OK);
}

static void test_lanes(void **unused)
{
    (void)unused;
    add_lane("kick.fader.gain", -12);
    assert_int_equal(qm_session_validate(session, &diag), QM_OK);
    add_lane("kick.fader.gain", 25);
    refused("song.yaml:60:3: automation.kick.fader.gain: point 2: expected a number from "
            "-120 "
            "to 24 dB");
    add_lane("drums.limiter.lookahead", 5);
    refused("song.yaml:60:3: automation.drums.limiter.lookahead: 'lookahead' is fixed "
            "for a render and cannot be automated");
    add_lane("kick.fader.gain", 0);
    session->lanes->n_points = 0;
    refused(
        "song.yaml:60:3: automation.kick.fader.gain: a lane needs at least one point");
}

static void test_warnings(void **unused)
{
    (void)unused;
    strips[SONG_KICK].n_sends = 0;
    strips[SONG_KICK].inserts[0].n_groups = 0;
    session->sounds[session->n_sounds++] =
        (QmSound){.name = "spare", .file = "y.wav", .place = {"song.yaml", 7, 3}};
    assert_int_equal(qm_session_validate(session, &diag), QM_OK);
    assert_int_equal(diag.n_warnings, 3);
    assert_string_equal(
        diag.warnings[0],
        "song.yaml:101:9: sources.kick.inserts.1: 'eq' has no bands and does nothing");
    assert_string_equal(diag.warnings[1],
                        "song.yaml:14:3: buses.hall: nothing feeds 'hall'");
    assert_string_equal(diag.warnings[2],
                        "song.yaml:7:3: sounds.spare: nothing plays 'spare'");
}

static void test_memory_that_is_not_there(void **unused)
{
    (void)unused;
    QmStatus status = QM_ERR_MEMORY;
    uint64_t failed = 0;
    for (uint64_t n = 1; status != QM_OK; n++) {
        diag = (QmDiag){0};
        arena.fail_at = arena.calls + n;
        status = qm_session_validate(session, &diag);
        arena.fail_at = 0;
        assert_true(status == QM_OK || status == QM_ERR_MEMORY);
        failed += status == QM_ERR_MEMORY;
    }
    assert_true(failed > 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_song_is_valid),
        TEST(test_header),
        TEST(test_names),
        TEST(test_sounds_and_inputs),
        TEST(test_sounds_outside_the_pool),
        TEST(test_inserts),
        TEST(test_keys),
        TEST(test_destinations),
        TEST(test_outputs),
        TEST(test_circles),
        TEST(test_a_long_circle),
        TEST(test_patterns),
        TEST(test_lanes),
        TEST(test_warnings),
        TEST(test_memory_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
