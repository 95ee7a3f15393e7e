/* tests: model/param_text */
/* Parameters by name: parsed, printed, read, set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/address.h"
#include "tests/support/song.h"

#include <string.h>

static const QmPlace here = {"song.yaml", 7, 3};
static QmArena arena;
static QmSession *session;

static int set_up(void **unused)
{
    (void)unused;
    session = song_new(&arena);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

static QmTarget target_of(const char *address)
{
    QmTarget target = {0};
    QmDiag diag = {0};
    assert_int_equal(qm_address_parse(session, address, here, &diag, &target), QM_OK);
    return target;
}

static void test_addresses_print_as_they_are_parsed(void **unused)
{
    (void)unused;
    static const char *const addresses[] = {
        "kick.fader.gain",    "kick.fader.mute",       "kick.sampler.voices",
        "kick.eq.1.freq",     "kick.eq.2.gain",        "kick.compressor.threshold",
        "kick.send.hall",     "bass.tone.freq",        "drums.limiter.ceiling",
        "master.fader.width", "bass.compressor.ratio",
    };
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        QmText text;
        qm_text_init(&text, &arena);
        qm_address_print(session, target_of(addresses[i]), &text);
        assert_string_equal(text.data, addresses[i]);
    }
}

/* Every target of the song, printed and parsed, is itself. */
static void every_param(uint16_t strip, uint16_t slot, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const QmTarget target = {strip, slot, (uint16_t)i};
        QmText text;
        qm_text_init(&text, &arena);
        qm_address_print(session, target, &text);
        const QmTarget again = target_of(text.data);
        assert_memory_equal(&again, &target, sizeof target);
        assert_true(qm_address_get(session, target) ==
                        qm_address_param(session, target)->def ||
                    slot >= QM_SLOT_SEND);
        qm_address_set(session, target, 1);
        assert_true(qm_address_get(session, target) == 1);
    }
}

static void test_every_target_has_one_address(void **unused)
{
    (void)unused;
    for (uint16_t s = 0; s < session->n_strips; s++) {
        const QmStrip *strip = &session->strips[s];
        every_param(s, QM_SLOT_FADER, QM_FADER_PARAMS);
        if (strip->input.generator) {
            every_param(s, QM_SLOT_INPUT, strip->input.generator->n_params);
        }
        for (uint16_t i = 0; i < strip->n_inserts; i++) {
            const QmInsert *insert = &strip->inserts[i];
            every_param(s, (uint16_t)(QM_SLOT_INSERT + i),
                        qm_proc_n_params(insert->proc, insert->n_groups));
        }
        for (uint16_t i = 0; i < strip->n_sends; i++) {
            every_param(s, (uint16_t)(QM_SLOT_SEND + i), 1);
        }
    }
}

static void unknown(const char *address, const char *message)
{
    QmDiag diag = {0};
    QmTarget target = {7, 7, 7};
    assert_int_equal(qm_address_parse(session, address, here, &diag, &target),
                     QM_ERR_INPUT);
    assert_string_equal(diag.text, message);
    assert_int_equal(target.strip, 7); /* untouched */
}

static void test_near_misses(void **unused)
{
    (void)unused;
    unknown("bas.fader.gain", "song.yaml:7:3: bas.fader.gain: unknown strip 'bas', "
                              "did you mean 'bass'?");
    unknown("zither.fader.gain",
            "song.yaml:7:3: zither.fader.gain: unknown strip 'zither'");
    unknown("kick.compresor.ratio", "song.yaml:7:3: kick.compresor.ratio: unknown slot "
                                    "'compresor', did you mean 'compressor'?");
    unknown("kick.samplr.voices",
            "song.yaml:7:3: kick.samplr.voices: unknown slot 'samplr', "
            "did you mean 'sampler'?");
    unknown("kick.fader.gian",
            "song.yaml:7:3: kick.fader.gian: unknown parameter 'gian', "
            "did you mean 'gain'?");
    unknown("bass.tone.frq", "song.yaml:7:3: bass.tone.frq: unknown parameter 'frq', "
                             "did you mean 'freq'?");
    unknown("kick.send.hal",
            "song.yaml:7:3: kick.send.hal: unknown send 'hal', did you mean 'hall'?");
    unknown("kick.eq.2.gian", "song.yaml:7:3: kick.eq.2.gian: unknown parameter 'gian', "
                              "did you mean 'gain'?");
    unknown("kick.eq.3.gain",
            "song.yaml:7:3: kick.eq.3.gain: 'eq' has bands 1 to 2, there is no '3'");
    unknown("kick.eq.02.gain",
            "song.yaml:7:3: kick.eq.02.gain: 'eq' has bands 1 to 2, there is no '02'");
    unknown("kick.eq.gain.2",
            "song.yaml:7:3: kick.eq.gain.2: 'eq' has bands 1 to 2, there is no 'gain'");
    unknown("kick.compressor.1.ratio",
            "song.yaml:7:3: kick.compressor.1.ratio: 'compressor' has "
            "no numbered parts");
    unknown("kick.fader.gain.x",
            "song.yaml:7:3: kick.fader.gain.x: unknown parameter 'x'");
    unknown("kick.fader.solo",
            "song.yaml:7:3: kick.fader.solo: 'solo' belongs to the whole "
            "session and has no address");
}

/* Modulators' numbers: each has one spelling, both ways. */
static void test_modulators(void **unused)
{
    (void)unused;
    double params[8] = {0.5};
    QmRoute routes[2];
    const QmTarget gain = target_of("bass.fader.gain");
    const QmParam *row = qm_address_param(session, gain);
    qm_route_init(&routes[0], gain, row);
    qm_route_init(&routes[1], gain, row);
    routes[1].sets = true;
    QmModulator seq = {.name = "seq",
                       .source = qm_mod_find("steps"),
                       .n_groups = 3,
                       .params = params,
                       .strip = QM_NONE,
                       .routes = routes,
                       .n_routes = 2};
    session->modulators = &seq;
    session->n_modulators = 1;
    static const char *const addresses[] = {"seq.steps.smooth",  "seq.steps.step",
                                            "seq.steps.1.value", "seq.steps.3.value",
                                            "seq.1.amount",      "seq.2.from",
                                            "seq.2.to"};
    for (size_t i = 0; i < QM_COUNT(addresses); i++) {
        QmText text;
        qm_text_init(&text, &arena);
        qm_address_print(session, target_of(addresses[i]), &text);
        assert_string_equal(text.data, addresses[i]);
        qm_address_set(session, target_of(addresses[i]), 0.125 * (double)i);
        assert_true(qm_address_get(session, target_of(addresses[i])) ==
                    0.125 * (double)i);
    }
    assert_true(routes[1].params[QM_ROUTE_TO] == 0.75 && params[4] == 0.375);
    assert_int_equal(qm_address_param(session, target_of("seq.2.to"))->unit, QM_UNIT_DB);
    unknown("seq.2.amount", "song.yaml:7:3: seq.2.amount: unknown parameter 'amount'");
    unknown("seq.3.to",
            "song.yaml:7:3: seq.3.to: 'seq' has targets 1 to 2, there is no '3'");
    unknown("seq.step.smooth", "song.yaml:7:3: seq.step.smooth: unknown slot 'step', "
                               "did you mean 'steps'?");
    unknown("seq.steps.4.value",
            "song.yaml:7:3: seq.steps.4.value: 'seq' has values 1 to 3, there is no '4'");
    unknown("seq.1.amount.x", "song.yaml:7:3: seq.1.amount.x: unknown parameter 'x'");
    unknown("sek.steps.smooth", "song.yaml:7:3: sek.steps.smooth: unknown strip or "
                                "modulator 'sek', did you mean 'seq'?");
    session->n_modulators = 0;
}

static void test_malformed_addresses(void **unused)
{
    (void)unused;
    static const char *const addresses[] = {"",           "kick",
                                            "kick.fader", ".fader.gain",
                                            "kick..gain", "kick.fader.",
                                            "a.b.c.d.e"};
    char endless[2000];
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        QmDiag diag = {0};
        QmTarget target;
        assert_int_equal(qm_address_parse(session, addresses[i], here, &diag, &target),
                         QM_ERR_INPUT);
        assert_non_null(
            strstr(diag.text, "expected an address such as 'bass.fader.gain'"));
    }
    memset(endless, 'a', sizeof endless);
    endless[sizeof endless - 1] = '\0';
    QmDiag diag = {0};
    QmTarget target;
    assert_int_equal(qm_address_parse(session, endless, here, &diag, &target),
                     QM_ERR_INPUT);
}

static void assign_fails(const char *assignment, const char *message)
{
    QmDiag diag = {0};
    assert_int_equal(qm_address_assign(session, assignment, &diag), QM_ERR_INPUT);
    assert_string_equal(diag.text, message);
}

static void test_assign(void **unused)
{
    (void)unused;
    QmDiag diag = {0};
    assert_int_equal(qm_address_assign(session, "bass.fader.gain=-3.5 dB", &diag), QM_OK);
    assert_true(session->strips[SONG_BASS].fader.gain_db == -3.5);
    assert_int_equal(qm_address_assign(session, "kick.eq.2.freq=2 kHz", &diag), QM_OK);
    assert_true(qm_address_get(session, target_of("kick.eq.2.freq")) == 2000);
    assert_int_equal(qm_address_assign(session, "kick.eq.2.type=high-shelf", &diag),
                     QM_OK);
    assert_int_equal(qm_address_assign(session, "kick.fader.mute=yes", &diag), QM_OK);
    assert_true(session->strips[SONG_KICK].fader.mute);
    assign_fails("bass.fader.gain", "expected ADDRESS=VALUE, found 'bass.fader.gain'");
    assign_fails("bass.fader.gain=loud",
                 "bass.fader.gain: expected a number from -120 to 24 dB, found 'loud'");
    assign_fails("bass.fader.gain=",
                 "bass.fader.gain: expected a number from -120 to 24 dB, found ''");
    assign_fails("bass.fader.gian=1",
                 "bass.fader.gian: unknown parameter 'gian', did you mean 'gain'?");
    assert_true(session->strips[SONG_BASS].fader.gain_db == -3.5);
}

static double parsed(const QmParam *row, const char *text)
{
    double value = -1;
    QmDiag diag = {0};
    assert_int_equal(qm_param_parse(row, text, here, "p", &diag, &value), QM_OK);
    return value;
}

static const char *expected(const QmParam *row)
{
    static char text[QM_EXPECTED_TEXT];
    qm_param_expected(row, text);
    return text;
}

static void test_values_of_rows(void **unused)
{
    (void)unused;
    static const char *const names[] = {"sine", "saw", NULL}, *const one[] = {"only",
                                                                              NULL};
    const QmParam level = {.name = "level", .unit = QM_UNIT_DB, .min = -60, .max = 6};
    const QmParam count = {.name = "n", .kind = QM_PARAM_INTEGER, .min = 1, .max = 64};
    const QmParam on = {.name = "on", .kind = QM_PARAM_SWITCH};
    const QmParam shape = {.name = "shape", .kind = QM_PARAM_CHOICE, .choices = names};
    const QmParam only = {.name = "only", .kind = QM_PARAM_CHOICE, .choices = one};
    assert_true(parsed(&level, "-6") == -6);
    assert_true(parsed(&level, "-6 dB") == -6);
    assert_true(parsed(&count, "64") == 64);
    assert_true(parsed(&on, "yes") == 1 && parsed(&on, "true") == 1 &&
                parsed(&on, "on") == 1);
    assert_true(parsed(&on, "no") == 0 && parsed(&on, "false") == 0 &&
                parsed(&on, "off") == 0);
    assert_true(parsed(&shape, "saw") == 1);
    assert_string_equal(expected(&level), "a number from -60 to 6 dB");
    assert_string_equal(expected(&count), "a whole number from 1 to 64");
    assert_string_equal(expected(&on), "yes or no");
    assert_string_equal(expected(&shape), "one of sine, saw");
    assert_string_equal(expected(&only), "only");
    static const char *const wrong[] = {"7",     "-61", "x",   "",
                                        "-6 Hz", "nan", "inf", "1 2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double value;
        assert_int_equal(qm_param_parse(&level, wrong[i], here, NULL, NULL, &value),
                         QM_ERR_INPUT);
        assert_int_equal(qm_param_parse(&on, wrong[i], here, NULL, NULL, &value),
                         QM_ERR_INPUT);
        assert_int_equal(qm_param_parse(&shape, wrong[i], here, NULL, NULL, &value),
                         QM_ERR_INPUT);
    }
    double value;
    assert_int_equal(qm_param_parse(&count, "1.5", here, NULL, NULL, &value),
                     QM_ERR_INPUT);
    QmText text;
    qm_text_init(&text, &arena);
    qm_param_print(&on, 1, &text);
    qm_param_print(&shape, 1, &text);
    qm_param_print(&level, -0.5, &text);
    assert_string_equal(text.data, "yessaw-0.5");
}

/* A row with more choices than a message holds is cut, not overrun. */
static void test_many_choices(void **unused)
{
    (void)unused;
    const char *names[101] = {NULL};
    for (size_t i = 0; i < 100; i++) {
        names[i] = "aChoiceWithALongName";
    }
    const QmParam row = {.name = "x", .kind = QM_PARAM_CHOICE, .choices = names};
    assert_int_equal(strlen(expected(&row)), QM_EXPECTED_TEXT - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_addresses_print_as_they_are_parsed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_every_target_has_one_address, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_near_misses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_modulators, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_malformed_addresses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_assign, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_values_of_rows, set_up, tear_down),
        cmocka_unit_test(test_many_choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
