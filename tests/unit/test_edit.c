/* links: formats */
/* tests: model/edit model/edit_find model/edit_make model/edit_points model/edit_copy
 * tests: model/address_words */
/* Edits by address: what is there is set, what is not is made in its place, and the
 * session that was copied never notices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "formats/session_yaml.h"
#include "model/address.h"
#include "model/edit.h"
#include "model/position.h"
#include "model/validate.h"
#include "tests/support/song.h"

#include <string.h>

static const QmPlace here = {"mix.log", 7, 1};
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

static void edit(const char *address, const char *value)
{
    QmDiag diag = {0};
    const QmEdit one = {address, value, here};
    const QmStatus status = qm_edit(session, &one, &diag);
    assert_string_equal(diag.text, "");
    assert_int_equal(status, QM_OK);
}

static void refused(const char *address, const char *value, const char *message)
{
    QmDiag diag = {0};
    const QmEdit one = {address, value, here};
    assert_int_equal(qm_edit(session, &one, &diag), QM_ERR_INPUT);
    assert_string_equal(diag.text, message);
}

static double get(const char *address)
{
    QmTarget target;
    QmDiag diag = {0};
    const QmStatus status = qm_address_parse(session, address, here, &diag, &target);
    assert_string_equal(diag.text, "");
    assert_int_equal(status, QM_OK);
    return qm_address_get(session, target);
}

static QmStrip *strip(const char *name)
{
    return &session->strips[qm_session_strip(session, name)];
}

static const char *print(const QmSession *shown)
{
    QmText text;
    qm_text_init(&text, &arena);
    qm_session_print(shown, &text);
    assert_false(text.failed);
    return text.data;
}

/* The names of a strip's inserts: "eq eq2 compressor". */
static const char *chain(const char *name)
{
    QmText text;
    qm_text_init(&text, &arena);
    for (uint32_t i = 0; i < strip(name)->n_inserts; i++) {
        qm_text_add(&text, i ? " " : "");
        qm_text_add(&text, strip(name)->inserts[i].name);
    }
    return text.data ? text.data : "";
}

/* The session is valid, and its text is a session that prints the same text. */
static void is_sound(void)
{
    QmDiag diag = {0};
    QmSession *again;
    QmStatus status = qm_session_validate(session, &diag);
    assert_string_equal(diag.text, "");
    assert_int_equal(status, QM_OK);
    const char *text = print(session);
    status = qm_session_parse(text, strlen(text), "again.yaml", &arena, &diag, &again);
    assert_string_equal(diag.text, "");
    assert_int_equal(status, QM_OK);
    assert_string_equal(print(again), text);
}

static void test_what_is_there_is_set(void **unused)
{
    (void)unused;
    edit("kick.fader.gain", "-3.2 dB");
    edit("kick.eq.2.freq", "2 kHz");
    edit("kick.send.hall", "-20");
    edit("bass.tone.freq", "110");
    edit("vox.fader.mute", "yes");
    edit("tempo", "126 BPM");
    edit("vox.role", "vocal");
    edit("vox.weight", "3 dB");
    edit("drums.gain-share", "yes");
    edit("drums.gain-share.floor", "-50 dB");
    edit("vox.to", "drums");
    assert_true(strip("kick")->fader.gain_db == -3.2);
    assert_true(get("kick.eq.2.freq") == 2000);
    assert_true(strip("kick")->sends[0].level_db == -20);
    assert_int_equal(strip("kick")->n_sends, 1);
    assert_true(get("bass.tone.freq") == 110);
    assert_true(strip("vox")->fader.mute);
    assert_true(session->tempo[0].bpm == 126);
    assert_string_equal(strip("vox")->role, "vocal");
    assert_true(strip("vox")->weight_db == 3);
    assert_true(strip("drums")->share.on);
    assert_true(strip("drums")->share.params[QM_SHARE_FLOOR] == -50);
    assert_int_equal(strip("vox")->to, SONG_DRUMS);
    is_sound();
}

/* Whatever order they come in, slots stand behind the session's own in the table's. */
static void test_slots_are_made_in_the_order_of_the_table(void **unused)
{
    (void)unused;
    edit("bass.limiter.ceiling", "-1 dB");
    edit("bass.eq.1.gain", "-3 dB");
    edit("bass.trim.gain", "-6 dB");
    edit("bass.duck.key", "kick");
    edit("bass.image.low", "0");
    assert_string_equal(chain("bass"), "compressor trim eq duck image limiter");
    edit("master.limiter.ceiling", "-1");
    edit("master.level.gain", "2");
    edit("master.eq.1.gain", "1");
    assert_string_equal(chain("master"), "eq level limiter");
    for (uint32_t i = 0; i < qm_edit_slot_count; i++) {
        const QmProcDesc *proc = qm_proc_find(qm_edit_slots[i].proc);
        assert_non_null(proc);
        assert_true(proc->max_groups <= 32); /* QmInsert.idle */
    }
    assert_int_equal(strip("bass")->inserts[3].key, SONG_KICK);
    assert_string_equal(strip("bass")->inserts[4].proc->name, "width");
    is_sound();
}

/* An own slot of that name is no slot of ours: it stays where it is. */
static void test_own_slots_are_set_never_made(void **unused)
{
    (void)unused;
    edit("kick.compressor.ratio", "2:1");
    edit("kick.trim.gain", "1");
    assert_string_equal(chain("kick"), "eq eq2 compressor trim");
    assert_true(get("kick.compressor.ratio") == 2);
    refused("kick.eq.3.gain", "1",
            "mix.log:7:1: kick.eq.3.gain: 'eq' has bands 1 to 2, there is no '3'");
    is_sound();
}

static void test_bands_between_rest_until_they_are_named(void **unused)
{
    (void)unused;
    edit("bass.eq.3.gain", "-3 dB");
    assert_int_equal(strip("bass")->inserts[1].n_groups, 3);
    assert_true(get("bass.eq.1.on") == 0 && get("bass.eq.2.on") == 0);
    assert_true(get("bass.eq.3.on") == 1 && get("bass.eq.3.gain") == -3);
    edit("bass.eq.1.freq", "80 Hz");
    assert_true(get("bass.eq.1.on") == 1 && get("bass.eq.2.on") == 0);
    assert_true(get("bass.eq.3.gain") == -3);
    edit("bass.eq.2.on", "no");
    edit("bass.eq.2.gain", "4");
    assert_true(get("bass.eq.2.on") == 0);
    /* a band of a split that is off is a hole: it is bypassed */
    edit("bass.multiband.2.ratio", "2");
    assert_true(get("bass.multiband.1.on") == 1 && get("bass.multiband.1.bypass") == 1);
    assert_true(get("bass.multiband.2.bypass") == 0);
    is_sound();
    refused("bass.eq.17.gain", "1",
            "mix.log:7:1: bass.eq.17.gain: 'eq' has bands 1 to 16, there is no '17'");
}

static void test_sends(void **unused)
{
    (void)unused;
    edit("vox.send.hall", "-12 dB");
    edit("vox.send.drums", "-20 dB");
    edit("vox.send.hall", "-13 dB");
    assert_int_equal(strip("vox")->n_sends, 2);
    assert_true(strip("vox")->sends[0].level_db == -13);
    assert_int_equal(strip("vox")->sends[1].bus, SONG_DRUMS);
    refused("vox.send.kick", "-1", "mix.log:7:1: vox.send.kick: unknown bus 'kick'");
    refused("vox.send.hal", "-1",
            "mix.log:7:1: vox.send.hal: unknown bus 'hal', did you mean 'hall'?");
    is_sound();
}

/* The master moves on, and with it everything that names it. */
static void test_buses_are_made_behind_the_others(void **unused)
{
    (void)unused;
    edit("master.limiter.ceiling", "-1 dB");
    edit("master.fader.gain@9", "-3 dB");
    edit("master.limiter.ceiling@2 s", "-2 dB");
    edit("air.lfo.rate", "2");
    edit("air.1.param", "master.fader.width");
    edit("music.to", "drums");
    edit("bass.to", "music");
    edit("bass.send.music", "-3");
    assert_int_equal(session->n_strips, SONG_STRIPS + 1);
    assert_string_equal(session->strips[5].name, "music");
    assert_int_equal(session->strips[5].kind, QM_STRIP_BUS);
    assert_string_equal(session->strips[6].name, "master");
    assert_int_equal(strip("drums")->to, 6);
    assert_int_equal(strip("music")->to, SONG_DRUMS);
    assert_int_equal(strip("bass")->to, 5);
    assert_int_equal(strip("kick")->to, SONG_DRUMS);
    assert_int_equal(session->lanes[0].target.strip, 6);
    assert_int_equal(session->modulators[0].routes[0].target.strip, 6);
    edit("fx.to", "master");
    assert_int_equal(strip("fx")->to, 7);
    assert_int_equal(strip("vox")->to, 7);
}

static void test_an_edit_may_name_a_bus_that_a_later_one_makes(void **unused)
{
    (void)unused;
    const QmEdit edits[] = {{"kick.to", "low", {"mix.log", 7, 1}},
                            {"vox.send.room", "-9 dB", {"mix.log", 7, 1}},
                            {"low.to", "all", {"mix.log", 7, 1}},
                            {"low.fader.gain", "-1 dB", {"mix.log", 7, 1}},
                            {"all.to", "master", {"mix.log", 7, 1}},
                            {"room.to", "all", {"mix.log", 7, 1}},
                            {"room.reverb.mix", "1", {"mix.log", 7, 1}}};
    QmDiag diag = {0};
    assert_int_equal(qm_edit_all(session, edits, QM_COUNT(edits), &diag), QM_OK);
    assert_string_equal(session->strips[strip("kick")->to].name, "low");
    assert_string_equal(session->strips[strip("low")->to].name, "all");
    assert_string_equal(session->strips[strip("room")->to].name, "all");
    assert_string_equal(session->strips[strip("vox")->sends[0].bus].name, "room");
    is_sound();
}

/* A slot that is made in front moves those behind it, and who points at them. */
static void test_lanes_follow_their_slots(void **unused)
{
    (void)unused;
    edit("bass.limiter.ceiling@5", "-2 dB");
    edit("wob.lfo.rate", "2");
    edit("wob.1.param", "bass.limiter.ceiling");
    edit("bass.eq.1.gain", "3");
    QmText text;
    qm_text_init(&text, &arena);
    qm_address_print(session, session->lanes[0].target, &text);
    qm_text_add(&text, " ");
    qm_address_print(session, session->modulators[0].routes[0].target, &text);
    assert_string_equal(text.data, "bass.limiter.ceiling bass.limiter.ceiling");
    /* and those in front stay */
    edit("bass.compressor.mix@5", "50");
    edit("bass.trim.gain", "3");
    text.length = 0;
    qm_address_print(session, session->lanes[1].target, &text);
    assert_string_equal(text.data, "bass.compressor.mix");
    is_sound();
}

static void test_points_are_sorted(void **unused)
{
    (void)unused;
    static const char *const places[] = {"9", "5", "9.3", "1", "9.2.4", "17", "5.1.2"};
    static const char *const sorted[] = {"1", "5", "5.1.2", "9", "9.2.4", "9.3", "17"};
    for (uint32_t i = 0; i < QM_COUNT(places); i++) {
        QmText address;
        qm_text_init(&address, &arena);
        qm_text_printf(&address, "vox.fader.gain@%s", places[i]);
        edit(address.data, i == 2 ? "-2 dB exp" : "-1 dB");
    }
    edit("vox.fader.gain@9", "-9 dB hold");
    assert_int_equal(session->n_lanes, 1);
    const QmLane *lane = &session->lanes[0];
    assert_int_equal(lane->n_points, QM_COUNT(places));
    for (uint32_t i = 0; i < QM_COUNT(sorted); i++) {
        QmPosition at;
        assert_true(qm_position_parse(sorted[i], &at));
        assert_memory_equal(&lane->points[i].at.bar, &at.bar, 3 * sizeof at.bar);
    }
    assert_true(lane->points[3].value == -9 && lane->points[3].curve == QM_CURVE_HOLD);
    assert_true(lane->points[5].value == -2 && lane->points[5].curve == QM_CURVE_EXP);
    assert_true(lane->points[0].curve == QM_CURVE_LINEAR);
    is_sound();
}

/* Times of another kind are no help: a place goes behind those of its own. */
static void test_points_of_two_kinds(void **unused)
{
    (void)unused;
    edit("vox.fader.pan@2 s", "0.2");
    edit("vox.fader.pan@5", "0.5");
    edit("vox.fader.pan@1 s", "0.1");
    edit("vox.fader.pan@3 s", "0.3");
    edit("vox.fader.pan@2 s", "0.25");
    const QmPoint *points = session->lanes[0].points;
    assert_int_equal(session->lanes[0].n_points, 4);
    assert_true(points[0].value == 0.1 && points[1].value == 0.25);
    assert_true(points[2].value == 0.3 && points[3].value == 0.5);
    edit("vox.fader.mute@3", "yes");
    assert_int_equal(session->lanes[1].points[0].curve, QM_CURVE_HOLD);
    refused("vox.fader.mute@4", "no linear",
            "mix.log:7:1: vox.fader.mute@4: 'mute' can only jump (curve: hold)");
    refused("vox.fader.pan@never", "0",
            "mix.log:7:1: vox.fader.pan@never: expected a place such as 9, 5.3.2 or "
            "12.5 s, found 'never'");
    refused("vox.fader.pan@9", "left",
            "mix.log:7:1: vox.fader.pan@9: expected a number from -1 to 1, found 'left'");
    refused("vox.weight@9", "0",
            "mix.log:7:1: vox.weight@9: 'weight' cannot be "
            "automated");
}

static void test_modulators(void **unused)
{
    (void)unused;
    edit("energy.macro.value", "0.2");
    edit("energy.1.param", "bass.eq.2.gain");
    edit("energy.1.from", "-6 dB");
    edit("energy.1.to", "2 dB");
    edit("energy.1.curve", "linear");
    edit("energy.2.param", "vox.send.hall");
    edit("energy.2.amount", "0.25");
    edit("energy.macro.value@9", "0.8");
    edit("env.envelope.strip", "kick");
    edit("env.envelope.attack", "20 ms");
    edit("env.1.param", "vox.fader.gain");
    edit("seq.steps.3.value", "0.5");
    edit("seq.1.param", "vox.fader.pan");
    edit("seq.1.amount", "1");
    const QmModulator *energy = &session->modulators[0];
    assert_true(energy->routes[0].sets && !energy->routes[1].sets);
    assert_true(energy->routes[0].params[QM_ROUTE_FROM] == -6);
    assert_true(get("energy.1.to") == 2 && get("energy.2.amount") == 0.25);
    assert_true(get("bass.eq.1.on") == 0 && get("bass.eq.2.on") == 1);
    assert_true(get("seq.steps.3.value") == 0.5);
    assert_int_equal(session->modulators[1].strip, SONG_KICK);
    edit("energy.1.param", "bass.eq.2.gain"); /* said again: nothing new */
    assert_true(get("energy.1.to") == 2);
    is_sound();
    refused(
        "energy.4.param", "bass.fader.gain",
        "mix.log:7:1: energy.4.param: the next target of 'energy' is 3 of at most 64");
    refused("energy.3.amount", "1",
            "mix.log:7:1: energy.3.amount: 'energy' has no target 3: 'energy.3.param' "
            "comes first");
    refused("energy.3.param", "energy.macro.value",
            "mix.log:7:1: energy.3.param: expected a parameter of a strip, found "
            "'energy.macro.value'");
    refused("energy.macro.valu", "1",
            "mix.log:7:1: energy.macro.valu: unknown parameter 'valu', did you mean "
            "'value'?");
    assert_int_equal(session->modulators[0].n_routes, 2);
}

/* What an edit left out is found by validate. */
static void test_modulators_that_are_not_whole(void **unused)
{
    (void)unused;
    static const char *const begun[][2] = {
        {"m.macro.value", "mix.log:7:1: modulators.m: 'to' is missing"},
        {"m.envelope.attack", "mix.log:7:1: modulators.m: 'strip' is missing"},
        {"m.steps.smooth", "mix.log:7:1: modulators.m: 'values' is missing"},
    };
    for (uint32_t i = 0; i < QM_COUNT(begun); i++) {
        QmDiag diag = {0};
        session = song_new(&arena);
        edit(begun[i][0], "1");
        assert_int_equal(qm_session_validate(session, &diag), QM_ERR_INPUT);
        assert_string_equal(diag.text, begun[i][1]);
    }
}

static void test_refusals(void **unused)
{
    (void)unused;
    const char *before = print(session);
    refused("bas.fader.gain", "1",
            "mix.log:7:1: bas.fader.gain: unknown strip 'bas', did "
            "you mean 'bass'?");
    refused("bass.fader.gain", "loud",
            "mix.log:7:1: bass.fader.gain: expected a number from -120 to 24 dB, found "
            "'loud'");
    refused("bass.eq.2.gain", "100",
            "mix.log:7:1: bass.eq.2.gain: expected a number from -40 to 40 dB, found "
            "'100'");
    refused("bass.limitr.ceiling", "-1",
            "mix.log:7:1: bass.limitr.ceiling: unknown slot 'limitr', did you mean "
            "'limiter'?");
    refused("bass.duck.key", "bass",
            "mix.log:7:1: bass.duck.key: 'bass' cannot be its own key: without a 'key' "
            "it listens to itself");
    refused("bass.duck.key", "kik",
            "mix.log:7:1: bass.duck.key: unknown strip 'kik', did "
            "you mean 'kick'?");
    refused("bass.eq.key", "kick", "mix.log:7:1: bass.eq.key: 'eq' takes no 'key'");
    refused("new.to", "nowhere", "mix.log:7:1: new.to: unknown strip 'nowhere'");
    refused("new.to", "new", "mix.log:7:1: new.to: unknown strip 'new'");
    refused("2.to", "master",
            "mix.log:7:1: 2.to: expected a name of letters, digits, '_' and '-' that is "
            "no number, found '2'");
    refused("master.to", "drums",
            "mix.log:7:1: master.to: the master goes to the output only");
    refused("master.send.hall", "0",
            "mix.log:7:1: master.send.hall: the master has no sends");
    refused("master.weight", "0",
            "mix.log:7:1: master.weight: the master feeds no strip: it has no weight");
    refused("drums.role", "drums",
            "mix.log:7:1: drums.role: 'drums' is no source: it has no role");
    refused(
        "kick.gain-share", "yes",
        "mix.log:7:1: kick.gain-share: 'kick' is a source: buses and the master share "
        "gain");
    refused("vox.role", "",
            "mix.log:7:1: vox.role: expected a role such as 'kick', found ''");
    refused("vox.role", "a\xdb",
            "mix.log:7:1: vox.role: expected a role such as 'kick', found 'a\xdb'");
    refused("kick.eq.1", "on", "mix.log:7:1: kick.eq.1: unknown parameter '1'");
    static const char *const malformed[] = {"",   "kick",       "kick.",     "kick.eq",
                                            "@9", "kick..gain", "a.b.c.d.e", "tempo.x"};
    for (uint32_t i = 0; i < QM_COUNT(malformed); i++) {
        QmDiag diag = {0};
        const QmEdit one = {malformed[i], "1", here};
        assert_int_equal(qm_edit(session, &one, &diag), QM_ERR_INPUT);
    }
    assert_string_equal(print(session), before);
}

static void test_limits(void **unused)
{
    (void)unused;
    strip("vox")->n_inserts = QM_MAX_INSERTS;
    strip("vox")->inserts = QM_NEW_ARRAY(&arena, QmInsert, QM_MAX_INSERTS);
    refused("vox.eq.1.gain", "1",
            "mix.log:7:1: vox.eq.1.gain: a strip has at most 32 inserts");
    session = song_new(&arena);
    strip("vox")->sends = QM_NEW_ARRAY(&arena, QmSend, QM_MAX_SENDS);
    strip("vox")->n_sends = QM_MAX_SENDS;
    refused("vox.send.hall", "1",
            "mix.log:7:1: vox.send.hall: a strip has at most 64 sends");
}

static QmEditWhat what(const char *address)
{
    QmEditWhat found;
    QmDiag diag = {0};
    const QmStatus status = qm_edit_what(session, address, here, &diag, &found);
    assert_string_equal(diag.text, "");
    assert_int_equal(status, QM_OK);
    return found;
}

static void test_what(void **unused)
{
    (void)unused;
    static const struct {
        const char *address;
        QmEditKind kind;
        bool exists;
    } cases[] = {
        {"kick.fader.gain", QM_EDIT_VALUE, true},
        {"kick.fader.gain@9", QM_EDIT_POINT, false},
        {"bass.eq.2.gain", QM_EDIT_VALUE, false},
        {"kick.eq.2.gain", QM_EDIT_VALUE, true},
        {"bass.duck.key", QM_EDIT_NAME, false},
        {"bass.compressor.key", QM_EDIT_NAME, true},
        {"vox.send.hall", QM_EDIT_VALUE, false},
        {"kick.send.hall", QM_EDIT_VALUE, true},
        {"kick.role", QM_EDIT_NAME, false},
        {"kick.to", QM_EDIT_NAME, true},
        {"music.to", QM_EDIT_NAME, false},
        {"m.macro.value", QM_EDIT_VALUE, false},
        {"tempo", QM_EDIT_VALUE, true},
        {"drums.gain-share", QM_EDIT_VALUE, true},
    };
    const char *before = print(session);
    for (uint32_t i = 0; i < QM_COUNT(cases); i++) {
        const QmEditWhat found = what(cases[i].address);
        assert_int_equal(found.kind, cases[i].kind);
        assert_int_equal(found.exists, cases[i].exists);
        assert_int_equal(found.row == NULL, cases[i].kind == QM_EDIT_NAME);
    }
    assert_string_equal(print(session), before);
    assert_string_equal(what("bass.duck.threshold").row->name, "threshold");
    edit("bass.eq.2.gain", "1");
    edit("kick.fader.gain@9", "1");
    assert_true(what("bass.eq.2.gain").exists && !what("bass.eq.1.gain").exists);
    assert_true(what("kick.fader.gain@9").exists && !what("kick.fader.gain@8").exists);
}

/* One of everything that an edit can do. */
static const QmEdit everything[] = {
    {"kick.fader.gain", "-3 dB", {"mix.log", 7, 1}},
    {"bass.eq.2.gain", "-3 dB", {"mix.log", 7, 1}},
    {"bass.compressor.ratio", "2", {"mix.log", 7, 1}},
    {"bass.trim.gain", "1", {"mix.log", 7, 1}},
    {"bass.duck.key", "vox", {"mix.log", 7, 1}},
    {"vox.send.hall", "-12 dB", {"mix.log", 7, 1}},
    {"kick.send.hall", "-3 dB", {"mix.log", 7, 1}},
    {"vox.to", "voices", {"mix.log", 7, 1}},
    {"voices.to", "master", {"mix.log", 7, 1}},
    {"vox.role", "vocal", {"mix.log", 7, 1}},
    {"vox.weight", "3", {"mix.log", 7, 1}},
    {"voices.gain-share", "yes", {"mix.log", 7, 1}},
    {"kick.fader.gain@9", "-1 dB", {"mix.log", 7, 1}},
    {"kick.fader.gain@5", "-1 dB", {"mix.log", 7, 1}},
    {"energy.macro.value", "0.2", {"mix.log", 7, 1}},
    {"energy.1.param", "bass.eq.1.gain", {"mix.log", 7, 1}},
    {"energy.1.from", "-6 dB", {"mix.log", 7, 1}},
    {"seq.steps.2.value", "1", {"mix.log", 7, 1}},
    {"seq.1.param", "vox.fader.gain", {"mix.log", 7, 1}},
    {"tempo", "99", {"mix.log", 7, 1}},
    {"bass.tone.freq", "100", {"mix.log", 7, 1}},
    {"seq.steps.3.value", "1", {"mix.log", 7, 1}},
    {"kick.sampler.attack", "1", {"mix.log", 7, 1}},
    {"kick.eq.1.gain", "1", {"mix.log", 7, 1}},
    {"energy.macro.value@3", "1", {"mix.log", 7, 1}},
    {"bass.eq.3.gain@3", "1", {"mix.log", 7, 1}},
};

/* Twice: the second time over lanes, sends and modulators that the session has. */
static void test_a_copy_is_edited_without_a_trace(void **unused)
{
    (void)unused;
    QmDiag diag = {0};
    for (int round = 0; round < 2; round++) {
        const char *before = print(session);
        QmSession *copy = qm_session_copy(session, &arena);
        assert_non_null(copy);
        assert_string_equal(print(copy), before);
        const QmStatus status =
            qm_edit_all(copy, everything, QM_COUNT(everything), &diag);
        assert_string_equal(diag.text, "");
        assert_int_equal(status, QM_OK);
        assert_string_equal(print(session), before);
        session = copy;
        if (round == 0) {
            for (uint32_t i = 0; i < copy->n_lanes; i++) {
                copy->lanes[i].points[0].value = 0.5;
            }
            is_sound();
        }
    }
    is_sound();
}

/* Every allocation fails in turn, until none does. */
static void test_no_memory(void **unused)
{
    (void)unused;
    const char *before = print(session);
    for (uint64_t n = 1;; n++) {
        QmArena scarce = {.fail_at = n};
        QmDiag diag = {0};
        QmSession *copy = qm_session_copy(session, &scarce);
        const QmStatus status =
            copy ? qm_edit_all(copy, everything, QM_COUNT(everything), &diag)
                 : QM_ERR_MEMORY;
        qm_arena_release(&scarce);
        assert_true(status == QM_OK || status == QM_ERR_MEMORY);
        if (status == QM_OK) {
            assert_true(n > QM_COUNT(everything));
            break;
        }
    }
    assert_string_equal(print(session), before);
}

/* Each slot of the table, each of its params: found, made, set, printed. */
static void test_every_param_of_every_slot(void **unused)
{
    (void)unused;
    for (uint32_t s = 0; s < qm_edit_slot_count; s++) {
        const QmEditSlot *slot = &qm_edit_slots[s];
        const QmProcDesc *proc = qm_proc_find(slot->proc);
        const uint32_t n = qm_proc_n_params(proc, proc->max_groups > 0);
        session = song_new(&arena);
        for (uint32_t i = 0; i < n; i++) {
            const QmParam *row = qm_proc_param(proc, i);
            QmText address, value;
            qm_text_init(&address, &arena);
            qm_text_init(&value, &arena);
            qm_text_printf(&address, "vox.%s.%s%s", slot->slot,
                           i < proc->n_params ? "" : "1.", row->name);
            assert_ptr_equal(what(address.data).row, row);
            qm_param_print(row, row->min, &value);
            edit(address.data, value.data);
            assert_true(get(address.data) == row->min);
        }
        assert_string_equal(chain("vox"), slot->slot);
        is_sound();
    }
}

/* --- any edits ---------------------------------------------------------------------- */

static uint64_t drawn;

static uint32_t draw(uint32_t n) { return (uint32_t)(qm_rand_bits(11, drawn++) % n); }

static const char *draw_strip(void)
{
    static const char *const names[] = {"kick", "bass", "vox", "drums", "hall", "master"};
    return names[draw(QM_COUNT(names))];
}

/* A value of a row, at an end or at its default. */
static void add_value(QmText *text, const QmParam *row)
{
    const double values[] = {row->min, row->max, row->def};
    const bool choice = row->kind == QM_PARAM_CHOICE;
    qm_param_print(row, choice ? row->def : values[draw(3)], text);
}

static void draw_number(QmText *address, QmText *value)
{
    const QmEditSlot *slot = &qm_edit_slots[draw(qm_edit_slot_count)];
    const QmProcDesc *proc = qm_proc_find(slot->proc);
    const uint32_t n = qm_proc_n_params(proc, proc->max_groups > 0);
    const uint32_t index = draw(n);
    const QmParam *row = qm_proc_param(proc, index);
    const bool grouped = index >= proc->n_params;
    qm_text_printf(address, "%s.%s.", draw_strip(), slot->slot);
    if (grouped) {
        qm_text_printf(address, "%u.", 1 + draw(proc->max_groups));
    }
    qm_text_add(address, row->name);
    if (draw(4) == 0) {
        qm_text_printf(address, "@%u", 1 + draw(20));
    }
    add_value(value, row);
}

static void draw_edit(QmText *address, QmText *value)
{
    static const char *const plain[][2] = {{"%s.fader.gain", "-3"},
                                           {"%s.fader.pan@3", "0.5"},
                                           {"%s.send.hall", "-12"},
                                           {"%s.send.new", "-12"},
                                           {"%s.to", "new"},
                                           {"%s.duck.key", "kick"},
                                           {"%s.role", "pad"},
                                           {"%s.weight", "3"},
                                           {"%s.gain-share", "yes"},
                                           {"m%s.macro.value", "1"},
                                           {"m%s.1.param", "bass.eq.3.gain"}};
    const uint32_t which = draw(2 * QM_COUNT(plain));
    if (which >= QM_COUNT(plain)) {
        draw_number(address, value);
        return;
    }
    const char *format = plain[which][0], *at = strstr(format, "%s");
    qm_text_add_n(address, format, (size_t)(at - format));
    qm_text_add(address, draw_strip());
    qm_text_add(address, at + 2);
    qm_text_add(value, plain[which][1]);
}

/* Edits that the session takes: the others are refused without a trace. */
static size_t draw_edits(QmSession *base, QmEdit *edits, size_t most)
{
    QmSession *copy = qm_session_copy(base, &arena);
    size_t n = 0;
    edits[n++] = (QmEdit){"new.to", "master", here};
    assert_int_equal(qm_edit(copy, &edits[0], NULL), QM_OK);
    for (size_t i = 0; i < most; i++) {
        QmText address, value;
        qm_text_init(&address, &arena);
        qm_text_init(&value, &arena);
        draw_edit(&address, &value);
        edits[n] = (QmEdit){address.data, value.data, here};
        session = copy;
        const char *before = n < 12 ? print(copy) : NULL;
        if (qm_edit(copy, &edits[n], NULL) == QM_OK) {
            n++;
        } else if (before) {
            assert_string_equal(print(copy), before);
        }
    }
    return n;
}

/* What can be printed is read back as it was; the same edits again change nothing. */
static void test_any_edits(void **unused)
{
    (void)unused;
    enum { ROUNDS = 300, MOST = 24 };
    uint32_t valid = 0;
    for (int round = 0; round < ROUNDS; round++) {
        QmEdit edits[MOST + 1];
        QmDiag diag = {0};
        QmSession *base = song_new(&arena);
        const char *before = print(base);
        const size_t n = draw_edits(base, edits, MOST);
        session = qm_session_copy(base, &arena);
        assert_int_equal(qm_edit_all(session, edits, n, &diag), QM_OK);
        assert_string_equal(print(base), before);
        if (qm_session_validate(session, &diag) == QM_OK) {
            valid++;
            is_sound();
            const char *once = print(session);
            assert_int_equal(qm_edit_all(session, edits, n, &diag), QM_OK);
            assert_string_equal(print(session), once);
        }
        qm_arena_release(&arena);
    }
    assert_true(valid > ROUNDS / 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_there_is_set),
        TEST(test_slots_are_made_in_the_order_of_the_table),
        TEST(test_own_slots_are_set_never_made),
        TEST(test_bands_between_rest_until_they_are_named),
        TEST(test_sends),
        TEST(test_buses_are_made_behind_the_others),
        TEST(test_an_edit_may_name_a_bus_that_a_later_one_makes),
        TEST(test_lanes_follow_their_slots),
        TEST(test_points_are_sorted),
        TEST(test_points_of_two_kinds),
        TEST(test_modulators),
        TEST(test_modulators_that_are_not_whole),
        TEST(test_refusals),
        TEST(test_limits),
        TEST(test_what),
        TEST(test_a_copy_is_edited_without_a_trace),
        TEST(test_no_memory),
        TEST(test_every_param_of_every_slot),
        TEST(test_any_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
