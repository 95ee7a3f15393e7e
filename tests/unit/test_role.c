/* links: formats */
/* tests: mix/role mix/role_name mix/role_sound mix/rule_role */
/* Roles by name, with the words that come with the tools; by sound, of facts as the
 * prototypes have them; and which of the two, and of users, is heard. */
#include "formats/file.h"
#include "formats/roles_yaml.h"
#include "mix/role_name.h"
#include "mix/role_sound.h"
#include "tests/support/mix_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static QmArena arena;
static const QmRoleAlias *aliases;
static uint32_t n_aliases;

static int open_words(void **state)
{
    (void)state;
    QmDiag diag = {.status = QM_OK};
    char *text;
    size_t size;
    qm_arena_init(&arena);
    return qm_file_read("templates/roles.yaml", 1 << 20, &arena, &diag, &text, &size) ||
           qm_roles_parse(text, size, "roles.yaml", &arena, &diag, &aliases, &n_aliases);
}

static int close_words(void **state)
{
    (void)state;
    qm_arena_release(&arena);
    return 0;
}

static void test_tables(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < QM_ROLE_COUNT; i++) {
        assert_string_equal(qm_roles[i].name, qm_role_names[i]);
        assert_int_equal(qm_role_find(qm_role_names[i]), i);
        assert_true(qm_roles[i].family < QM_FAMILIES);
    }
    assert_null(qm_role_names[QM_ROLE_COUNT]);
    assert_null(qm_family_names[QM_FAMILIES]);
    assert_int_equal(qm_role_find("tuba"), QM_ROLE_COUNT);
    assert_true(qm_roles[QM_ROLE_KICK].centred && !qm_roles[QM_ROLE_PAD].centred);
}

/* --- by name ------------------------------------------------------------------------ */

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        QmRole role;
    } names[] = {
        {"Kick_IN 01", QM_ROLE_KICK},
        {"BD", QM_ROLE_KICK},
        {"KickDrum2", QM_ROLE_KICK},
        {"grosse-caisse", QM_ROLE_KICK},
        {"808", QM_ROLE_SUB},
        {"808 kick", QM_ROLE_KICK},
        {"kick sub", QM_ROLE_KICK},
        {"snr btm", QM_ROLE_SNARE},
        {"sidestick01", QM_ROLE_SNARE},
        {"clap", QM_ROLE_CLAP},
        {"Closed HH", QM_ROLE_HATS},
        {"hihats", QM_ROLE_HATS},
        {"FloorTom", QM_ROLE_TOMS},
        {"OH L", QM_ROLE_CYMBALS},
        {"room R", QM_ROLE_CYMBALS},
        {"room tone", QM_ROLE_AMBIENCE},
        {"Cajon", QM_ROLE_PERCUSSION},
        {"Drum Loop 3", QM_ROLE_DRUMS},
        {"Schlagzeug", QM_ROLE_DRUMS},
        {"bass_amp", QM_ROLE_BASS},
        {"bassslap01", QM_ROLE_BASS},
        {"fretless-bass", QM_ROLE_BASS},
        {"Kontrabass", QM_ROLE_BASS},
        {"gitara basowa bas", QM_ROLE_BASS},
        {"Sub Bass", QM_ROLE_SUB},
        {"saw-lead", QM_ROLE_LEAD},
        {"guitar solo", QM_ROLE_LEAD},
        {"polysynth", QM_ROLE_HARMONY},
        {"piano pad", QM_ROLE_PAD},
        {"choir-pad", QM_ROLE_PAD},
        {"gtr", QM_ROLE_GUITAR},
        {"elgitarre", QM_ROLE_GUITAR},
        {"Guitars", QM_ROLE_GUITAR},
        {"steel-guitar", QM_ROLE_GUITAR},
        {"chitarra 2", QM_ROLE_GUITAR},
        {"e-piano", QM_ROLE_KEYS},
        {"bright-piano", QM_ROLE_KEYS},
        {"klawisze", QM_ROLE_KEYS},
        {"violins 1", QM_ROLE_STRINGS},
        {"cuerdas", QM_ROLE_STRINGS},
        {"french-horn", QM_ROLE_BRASS},
        {"TenorSax", QM_ROLE_WINDS},
        {"LeadVox", QM_ROLE_VOCAL},
        {"Stimme", QM_ROLE_VOCAL},
        {"boukaru", QM_ROLE_VOCAL},
        {"vox dbl L", QM_ROLE_BACKING},
        {"voice-oohs", QM_ROLE_BACKING},
        {"BGV 1", QM_ROLE_BACKING},
        {"host mic", QM_ROLE_SPEECH},
        {"voice over", QM_ROLE_SPEECH},
        {"fx riser", QM_ROLE_FX},
        {"vinyl", QM_ROLE_AMBIENCE},
        {"bgm", QM_ROLE_MUSIC},
        {"click track", QM_ROLE_OTHER},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const QmRoleGuess guess = qm_role_by_name(aliases, n_aliases, names[i].name);
        if (guess.role != names[i].role || guess.confidence < 0.6)
            fail_msg("'%s' is %s by '%s'", names[i].name, qm_role_names[guess.role],
                     guess.word);
    }
}

static void test_names_that_do_not_tell(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",         "Audio 12", "01",
        "x",        "_",        "track-3",
        "Untitled", "\xff\xfe", "zzz zzz zzz zzz zzz zzz"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const QmRoleGuess guess = qm_role_by_name(aliases, n_aliases, names[i]);
        assert_int_equal(guess.role, QM_ROLE_OTHER);
        assert_true(guess.confidence == 0);
    }
}

/* A weak word is half as sure; what speaks for another role counts against it. */
static void test_confidence(void **state)
{
    (void)state;
    static const QmRoleAlias some[] = {{"kick", QM_ROLE_KICK, 1},
                                       {"sub", QM_ROLE_SUB, 1},
                                       {"room", QM_ROLE_AMBIENCE, 0.5}};
    assert_true(qm_role_by_name(some, 3, "kick").confidence == 1);
    assert_true(qm_role_by_name(some, 3, "the room").confidence == 0.5);
    assert_true(qm_role_by_name(some, 3, "room kick").confidence == 1);
    const QmRoleGuess both = qm_role_by_name(some, 3, "kick sub");
    assert_int_equal(both.role, QM_ROLE_SUB);
    assert_true(fabs(both.confidence - 1 / 1.5) < 1e-9);
    assert_true(fabs(qm_role_by_name(some, 3, "kickstart").confidence - 0.7) < 1e-9);
    char longest[600];
    memset(longest, 'k', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(qm_role_by_name(some, 3, longest).role, QM_ROLE_OTHER);
}

/* --- by sound ----------------------------------------------------------------------- */

/* What measurements of typical stems are like. */
static QmFacts like(double centroid, double rolloff, double low, double high,
                    double transient, double crest, double flatness, double onsets,
                    double attack)
{
    return (QmFacts){.centroid = qm_measured(centroid),
                     .rolloff_95 = qm_measured(rolloff),
                     .low = qm_measured(low),
                     .high = qm_measured(high),
                     .transient_ratio = qm_measured(transient),
                     .crest = qm_measured(crest),
                     .flatness_db = qm_measured(flatness),
                     .onset_rate = qm_measured(onsets),
                     .attack = qm_measured(attack)};
}

static void test_sounds(void **state)
{
    (void)state;
    const struct {
        QmFacts facts;
        QmRole role;
    } sounds[] = {
        {like(95, 150, 98, 0, 0.8, 16, -20, 2, 4), QM_ROLE_KICK},
        {like(1200, 5000, 25, 20, 0.9, 25, -10, 1.5, 2), QM_ROLE_SNARE},
        {like(9000, 15000, 0, 95, 0.8, 22, -5, 4, 3), QM_ROLE_HATS},
        {like(180, 350, 80, 0, 0.08, 14, -40, 3, 15), QM_ROLE_BASS},
        {like(700, 1800, 15, 5, 0.1, 17, -40, 2, 25), QM_ROLE_HARMONY},
    };
    for (size_t i = 0; i < sizeof sounds / sizeof sounds[0]; i++) {
        const QmRoleHeard heard = qm_role_by_sound(&sounds[i].facts);
        assert_int_equal(heard.role, sounds[i].role);
        assert_true(heard.confidence > 0.5 && heard.confidence <= 1);
        assert_true(heard.next != heard.role);
    }
}

static void test_sounds_with_little_known(void **state)
{
    (void)state;
    QmFacts kick = like(95, 150, 98, 0, 0.8, 16, -20, 2, 4);
    const double all = qm_role_by_sound(&kick).confidence;
    kick.onset_rate = kick.attack = kick.flatness_db = qm_unmeasured("not analysed");
    assert_int_equal(qm_role_by_sound(&kick).role, QM_ROLE_KICK);
    assert_true(qm_role_by_sound(&kick).confidence < all + 0.05);
    kick.silent = true;
    assert_int_equal(qm_role_by_sound(&kick).role, QM_ROLE_OTHER);
    assert_true(qm_role_by_sound(&kick).confidence == 0);
}

/* --- the rule ----------------------------------------------------------------------- */

static void begin(MixRig *rig, const char *name, const QmFacts *sound)
{
    mix_rig_open(rig);
    mix_rig_add(rig, name, QM_ROLE_OTHER, &(MixSound){.lufs = -18});
    rig->session->strips[0].role = NULL;
    if (sound)
        rig->raw[0] = *sound;
    rig->template.aliases = aliases;
    rig->template.n_aliases = n_aliases;
    mix_rig_on(rig, "role.role", QM_ROLE_COUNT);
}

static void pass(MixRig *rig)
{
    mix_rig_begin(rig);
    mix_rig_pass(rig, QM_PASS_STEMS);
}

static void test_the_name_tells(void **state)
{
    (void)state;
    MixRig rig;
    begin(&rig, "bd", NULL);
    pass(&rig);
    assert_string_equal(mix_rig_text(&rig, "bd.role"), "kick");
    assert_string_equal(mix_rig_because(&rig, "bd.role"), "name=bd confidence=1.00");
    assert_int_equal(rig.strips[0].role, QM_ROLE_KICK);
    mix_rig_close(&rig);
}

static void test_the_sound_tells(void **state)
{
    (void)state;
    MixRig rig;
    const QmFacts kick = like(95, 150, 98, 0, 0.8, 16, -20, 2, 4);
    begin(&rig, "track-3", &kick);
    pass(&rig);
    assert_string_equal(mix_rig_text(&rig, "track-3.role"), "kick");
    assert_non_null(strstr(mix_rig_because(&rig, "track-3.role"), "sound=kick"));
    assert_int_equal(rig.strips[0].role, QM_ROLE_KICK);
    mix_rig_close(&rig);
}

/* Halfway between all: nobody knows, and the user is asked. */
static void test_nobody_tells(void **state)
{
    (void)state;
    MixRig rig;
    const QmFacts odd = like(900, 1500, 50, 20, 0.4, 17, -15, 1.7, 8);
    begin(&rig, "track-3", &odd);
    mix_rig_set(&rig, "role.role", QM_ROLE_COUNT, "sound", 0.99);
    pass(&rig);
    assert_string_equal(mix_rig_text(&rig, "track-3.role"), "other");
    assert_non_null(mix_rig_note(&rig, "role.role", "track-3"));
    assert_int_equal(rig.diag.n_warnings, 1);
    assert_non_null(strstr(rig.diag.warnings[0], "track-3.role="));
    mix_rig_close(&rig);
}

static void test_the_session_stands(void **state)
{
    (void)state;
    MixRig rig;
    begin(&rig, "bd", NULL);
    rig.session->strips[0].role = "bass";
    pass(&rig);
    assert_null(mix_rig_text(&rig, "bd.role"));
    assert_int_equal(rig.strips[0].role, QM_ROLE_BASS);
    mix_rig_close(&rig);
}

static void test_the_user_tells(void **state)
{
    (void)state;
    MixRig rig;
    begin(&rig, "bd", NULL);
    rig.session->strips[0].role = "bass";
    mix_rig_override(&rig, "bd.role", "keys");
    pass(&rig);
    assert_string_equal(mix_rig_text(&rig, "bd.role"), "keys");
    assert_int_equal(rig.strips[0].role, QM_ROLE_KEYS);
    mix_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_that_do_not_tell),
        cmocka_unit_test(test_confidence),
        cmocka_unit_test(test_sounds),
        cmocka_unit_test(test_sounds_with_little_known),
        cmocka_unit_test(test_the_name_tells),
        cmocka_unit_test(test_the_sound_tells),
        cmocka_unit_test(test_nobody_tells),
        cmocka_unit_test(test_the_session_stands),
        cmocka_unit_test(test_the_user_tells),
    };
    return cmocka_run_group_tests(tests, open_words, close_words);
}
