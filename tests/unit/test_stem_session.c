/* links: cmd render formats */
/* tests: cmd/stem_session cmd/stem_names */
/* Files become a session: what strips are called, which files are two sides of one, which
 * rate it has; and files that are none. */
#include "base/text.h"
#include "cmd/stem_names.h"
#include "cmd/stem_session.h"
#include "formats/session_yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* --- names -------------------------------------------------------------------------- */

enum { MOST = 8 };

typedef struct Case {
    const char *paths[MOST], *names[MOST];
} Case;

static void test_names(void **state)
{
    (void)state;
    static const Case cases[] = {
        {{"a/01 Kick_IN.wav", "a/02 Snare Top.wav"}, {"kick_in", "snare-top"}},
        {{"Song - 01 - Kick.wav", "Song - 02 - Bass DI.wav", "Song - 03 - Vox.wav"},
         {"kick", "bass-di", "vox"}},
        {{"kick_48k.wav", "snare_48k.wav", "hat 2_48k.wav"}, {"kick", "snare", "hat-2"}},
        {{"vox lead.wav", "vox back.wav"}, {"vox-lead", "vox-back"}},
        {{"808.wav", "12 string.wav", "kick.wav"}, {"stem-808", "12-string", "kick"}},
        {{"10b_snare.wav", "10c_hats.wav"}, {"snare", "hats"}},
        {{"kick.wav", "b/kick.wav", "kick.flac"}, {"kick", "kick-2", "kick-3"}},
        {{"master.wav", "tempo.wav"}, {"master-2", "tempo-2"}},
        {{"Fl\xc3\xb6te.wav", "Ba\xc3\x9f.wav",
          "\xc5\x81\xc3\xb3"
          "d\xc5\xba.wav"},
         {"flote", "bass", "lodz"}},
        {{"01.wav", "02.wav"}, {"stem-01", "stem-02"}},
        {{"---.wav", "\xe3\x82\xad.wav"}, {"stem-1", "stem-2"}},
        {{"-rf.wav", "1e5.wav", "no suffix/x"}, {"rf", "stem-1e5", "x"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        QmArena arena;
        const char *names[MOST];
        size_t lengths[MOST];
        uint32_t n = 0;
        qm_arena_init(&arena);
        for (; n < MOST && cases[i].paths[n]; n++)
            lengths[n] = qm_path_stem(cases[i].paths[n]);
        assert_int_equal(stem_names(cases[i].paths, lengths, n, &arena, NULL, names),
                         QM_OK);
        for (uint32_t k = 0; k < n; k++) {
            assert_string_equal(names[k], cases[i].names[k]);
            assert_true(qm_name_valid(names[k]));
        }
        qm_arena_release(&arena);
    }
}

/* Whatever bytes files are called by, strips have valid names that differ. */
static void test_any_bytes(void **state)
{
    (void)state;
    char text[3][300];
    const char *const paths[3] = {text[0], text[1], text[2]};
    uint32_t random = 1;
    for (int round = 0; round < 2000; round++) {
        QmArena arena;
        size_t lengths[3];
        const char *names[3];
        qm_arena_init(&arena);
        for (int k = 0; k < 3; k++) {
            const size_t length = 1 + (size_t)round % 250;
            for (size_t i = 0; i < length; i++) {
                random = random * 1664525 + 1013904223;
                const char c = (char)(random >> 24);
                text[k][i] = c == 0 || c == '/' ? 'a' : c;
            }
            text[k][length] = '\0';
            StemSide side = stem_side(text[k], &lengths[k]);
            assert_true(side <= STEM_RIGHT && lengths[k] <= length);
        }
        assert_int_equal(stem_names(paths, lengths, 3, &arena, NULL, names), QM_OK);
        for (int k = 0; k < 3; k++)
            assert_true(qm_name_valid(names[k]));
        assert_string_not_equal(names[0], names[1]);
        assert_string_not_equal(names[1], names[2]);
        assert_string_not_equal(names[0], names[2]);
        qm_arena_release(&arena);
    }
}

static void test_sides(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        StemSide side;
        const char *rest;
    } cases[] = {
        {"a/vox.L.wav", STEM_LEFT, "a/vox"},    {"vox_R.wav", STEM_RIGHT, "vox"},
        {"vox-left.wav", STEM_LEFT, "vox"},     {"vox (R).wav", STEM_RIGHT, "vox"},
        {"vox L.wav", STEM_LEFT, "vox"},        {"vox.l.wav", STEM_LEFT, "vox"},
        {"Vox [Right].wav", STEM_RIGHT, "Vox"}, {"vocal.wav", STEM_WHOLE, "vocal"},
        {"amR.wav", STEM_WHOLE, "amR"},         {"L.wav", STEM_WHOLE, "L"},
        {"upright.wav", STEM_WHOLE, "upright"}, {"_L.wav", STEM_WHOLE, "_L"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length;
        assert_int_equal(stem_side(cases[i].path, &length), cases[i].side);
        assert_int_equal(length, strlen(cases[i].rest));
    }
}

/* --- sessions ----------------------------------------------------------------------- */

static char folder[] = "/tmp/stems-XXXXXX";

static void put(FILE *file, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        fputc((int)(value >> (8 * i) & 0xff), file);
}

static void write_wav(const char *name, uint32_t channels, uint32_t rate, uint32_t frames)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    const uint32_t size = frames * channels * 2;
    fputs("RIFF", file);
    put(file, 36 + size, 4);
    fputs("WAVEfmt ", file);
    put(file, 16, 4);
    put(file, 1, 2);
    put(file, channels, 2);
    put(file, rate, 4);
    put(file, rate * channels * 2, 4);
    put(file, channels * 2, 2);
    put(file, 16, 2);
    fputs("data", file);
    put(file, size, 4);
    for (uint32_t i = 0; i < frames * channels; i++)
        put(file, i % 1000, 2);
    fclose(file);
}

static void write_text(const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int open_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return 1;
    write_wav("vox.L.wav", 1, 48000, 100);
    write_wav("vox.R.wav", 1, 48000, 50);
    write_wav("pad_L.wav", 2, 48000, 100);
    write_wav("pad_R.wav", 1, 48000, 100);
    write_wav("amp (L).wav", 1, 48000, 100);
    write_wav("amp (R).wav", 1, 44100, 100);
    write_wav("gtr-right.wav", 1, 44100, 100);
    write_wav("bass.wav", 1, 44100, 100);
    write_wav("room.wav", 32, 96000, 100);
    write_wav("empty.wav", 1, 48000, 0);
    write_wav("one.wav", 1, 48000, 1);
    write_wav("slow.wav", 1, 4000, 100);
    write_text("text.wav", "this is no sound\n");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* The session of files of the folder, ended by NULL. */
static QmStatus session_of(const char *const *names, QmArena *arena, QmDiag *diag,
                           QmSession **session)
{
    CliList files = {QM_NEW_ARRAY(arena, const char *, MOST), 0};
    for (; names[files.count]; files.count++) {
        QmText path;
        qm_text_init(&path, arena);
        qm_text_printf(&path, "%s/%s", folder, names[files.count]);
        files.items[files.count] = path.data;
    }
    return stem_session(&files, arena, diag, session);
}

static void test_a_strip_a_file(void **state)
{
    (void)state;
    static const char *const names[] = {"bass.wav", "empty.wav", "one.wav", "room.wav",
                                        NULL};
    QmArena arena;
    QmSession *session;
    qm_arena_init(&arena);
    assert_int_equal(session_of(names, &arena, NULL, &session), QM_OK);
    assert_int_equal(session->n_strips, 5);
    assert_int_equal(session->rate, 48000); /* that of two */
    assert_string_equal(session->title, folder + strlen("/tmp/"));
    assert_string_equal(session->strips[0].name, "bass");
    assert_string_equal(session->strips[4].name, "master");
    assert_int_equal(session->strips[3].to, 4);
    assert_int_equal(session->strips[3].input.n_clips, 1);
    QmText text;
    qm_text_init(&text, &arena);
    qm_session_print(session, &text);
    QmSession *again;
    QmDiag diag = {.status = QM_OK};
    assert_int_equal(qm_session_parse(text.data, text.length, "again", &arena, &diag,
                                      &again),
                     QM_OK);
    assert_int_equal(again->n_strips, 5);
    qm_arena_release(&arena);
}

static void test_two_sides_are_one_strip(void **state)
{
    (void)state;
    static const char *const names[] = {"vox.R.wav", "pad_L.wav",     "bass.wav",
                                        "vox.L.wav", "gtr-right.wav", "pad_R.wav",
                                        NULL};
    QmArena arena;
    QmSession *session;
    qm_arena_init(&arena);
    assert_int_equal(session_of(names, &arena, NULL, &session), QM_OK);
    assert_int_equal(session->n_strips, 6);
    const QmSound *const vox = &session->sounds[0];
    assert_string_equal(session->strips[0].name, "vox");
    assert_string_equal(qm_path_last(vox->file), "vox.L.wav");
    assert_string_equal(qm_path_last(vox->right), "vox.R.wav");
    /* one of them has two channels: no pair; one has no other */
    assert_string_equal(session->strips[1].name, "pad_l");
    assert_string_equal(session->strips[3].name, "gtr-right");
    assert_string_equal(session->strips[4].name, "pad_r");
    QmText text, second;
    qm_text_init(&text, &arena);
    qm_text_init(&second, &arena);
    qm_session_print(session, &text);
    assert_non_null(strstr(text.data, "right: "));
    QmSession *again;
    QmDiag diag = {.status = QM_OK};
    assert_int_equal(qm_session_parse(text.data, text.length, "again", &arena, &diag,
                                      &again),
                     QM_OK);
    qm_session_print(again, &second);
    assert_string_equal(text.data, second.data);
    qm_arena_release(&arena);
}

static void test_rates(void **state)
{
    (void)state;
    static const struct {
        const char *names[MOST];
        uint32_t rate;
    } cases[] = {
        {{"bass.wav", "one.wav"}, 48000}, /* as many: the higher */
        {{"bass.wav", "gtr-right.wav", "room.wav"}, 44100},
        {{"slow.wav"}, 8000}, /* the lowest of a session */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        QmArena arena;
        QmSession *session;
        qm_arena_init(&arena);
        assert_int_equal(session_of(cases[i].names, &arena, NULL, &session), QM_OK);
        assert_int_equal(session->rate, cases[i].rate);
        qm_arena_release(&arena);
    }
}

static void test_failures(void **state)
{
    (void)state;
    static const struct {
        const char *names[MOST], *says;
    } cases[] = {
        {{"bass.wav", "amp (L).wav", "amp (R).wav"}, "the same rate"},
        {{"bass.wav", "text.wav"}, "text.wav"},
        {{"none.wav"}, "none.wav"},
        {{NULL}, "stems"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        QmArena arena;
        QmSession *session;
        QmDiag diag = {.status = QM_OK};
        qm_arena_init(&arena);
        assert_int_equal(session_of(cases[i].names, &arena, &diag, &session),
                         QM_ERR_INPUT);
        assert_non_null(strstr(diag.text, cases[i].says));
        qm_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_sides),
        cmocka_unit_test(test_a_strip_a_file),
        cmocka_unit_test(test_two_sides_are_one_strip),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, open_folder, remove_folder);
}
