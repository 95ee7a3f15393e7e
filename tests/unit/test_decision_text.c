/* links: formats */
/* tests: formats/line_text */
/* The log as text: what it looks like, that each log reads back as itself whatever its
 * texts hold, and what is told when a line is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "formats/decision_text.h"
#include "formats/line_text.h"

#include <string.h>

static QmArena arena;

static int tear_down(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

static const char sample[] =
    "qmix 0.5.0\n"
    "session song.yaml\n"
    "template edm\n"
    "seed 42\n"
    "target spotify -14 LUFS -1 dBTP\n"
    "input kick 8d969eef6ecad3c2 stems/kick 01.wav\n"
    "input vox - stems/vox.wav\n"
    "\n"
    "role        kick                          kick          auto      role.role\n"
    "\n"
    "check       vox                           -             auto      check.clipped   "
    "      because runs=12\n"
    "\n"
    "gain        bass.fader.gain               -3.2 dB       template  gain.level      "
    "      because lufs=-14.8 target=-18.0\n"
    "\n"
    "automation  lead.fader.gain@9.3           -2 dB exp     user      override\n";

static QmDecisionLog parse(const char *text)
{
    QmDecisionLog read = {0};
    QmDiag diag = {0};
    const QmStatus status =
        qm_log_parse(text, strlen(text), "mix.log", &arena, &diag, &read);
    assert_string_equal(diag.text, "");
    assert_int_equal(status, QM_OK);
    return read;
}

static const char *print(const QmDecisionLog *shown)
{
    QmText text;
    qm_text_init(&text, &arena);
    qm_log_print(shown, &text);
    assert_false(text.failed);
    return text.data;
}

static const QmDecision *decision(const QmDecisionLog *of, size_t i)
{
    return (const QmDecision *)of->decisions.items + i;
}

static void test_a_log(void **unused)
{
    (void)unused;
    const QmDecisionLog read = parse(sample);
    assert_string_equal(read.version, "0.5.0");
    assert_string_equal(read.session, "song.yaml");
    assert_string_equal(read.template, "edm");
    assert_true(read.seed == 42);
    assert_string_equal(read.target, "spotify");
    assert_true(read.lufs == -14 && read.ceiling == -1);
    assert_int_equal(read.inputs.count, 2);
    const QmLogInput *inputs = read.inputs.items;
    assert_string_equal(inputs[0].strip, "kick");
    assert_string_equal(inputs[0].hash, "8d969eef6ecad3c2");
    assert_string_equal(inputs[0].file, "stems/kick 01.wav");
    assert_string_equal(inputs[1].hash, "");
    assert_int_equal(read.decisions.count, 4);
    assert_int_equal(decision(&read, 0)->stage, QM_STAGE_ROLE);
    assert_true(qm_decision_is_note(decision(&read, 1)));
    const QmDecision *gain = decision(&read, 2);
    assert_int_equal(gain->stage, QM_STAGE_GAIN);
    assert_string_equal(gain->target, "bass.fader.gain");
    assert_string_equal(gain->value, "-3.2 dB");
    assert_int_equal(gain->origin, QM_ORIGIN_TEMPLATE);
    assert_string_equal(gain->rule, "gain.level");
    assert_string_equal(gain->because, "lufs=-14.8 target=-18.0");
    assert_string_equal(gain->place.file, "mix.log");
    assert_int_equal(gain->place.line, 13);
    assert_int_equal(gain->place.column, 13);
    assert_string_equal(decision(&read, 3)->value, "-2 dB exp");
    assert_string_equal(decision(&read, 3)->because, "");
    assert_string_equal(print(&read), sample);
}

/* White space, comments and the end of the file are as people leave them. */
static void test_by_hand(void **unused)
{
    (void)unused;
    const QmDecisionLog read = parse("# mine\r\n\r\n  qmix\t0.5.0 \r\n"
                                     "target -16 LUFS -1.5 dBTP\n"
                                     "gain\tbass.fader.gain\t -3.2 \t dB user\toverride "
                                     "because  I say   so \r\n"
                                     "   # and nothing else\n"
                                     "dynamics bass.compressor.detector auto auto x.y");
    assert_null(read.session);
    assert_string_equal(read.version, "0.5.0");
    assert_string_equal(read.target, "");
    assert_true(read.lufs == -16 && read.ceiling == -1.5);
    assert_string_equal(decision(&read, 0)->value, "-3.2 dB");
    assert_string_equal(decision(&read, 0)->because, "I say   so");
    assert_string_equal(decision(&read, 1)->value, "auto");
    assert_string_equal(decision(&read, 1)->rule, "x.y");
}

static void test_a_long_line_keeps_a_space(void **unused)
{
    (void)unused;
    const QmDecision one = {.stage = QM_STAGE_AUTOMATION,
                            .target =
                                "a-very-long-name-of-a-strip.dynamic-eq.12.threshold",
                            .value = "-12.3456 dB linear",
                            .origin = QM_ORIGIN_TEMPLATE,
                            .rule = "automation.a-very-long-name",
                            .because = "x"};
    QmText text;
    qm_text_init(&text, &arena);
    qm_decision_print(&one, &text);
    assert_string_equal(text.data,
                        "automation  a-very-long-name-of-a-strip.dynamic-eq.12.threshold "
                        "-12.3456 dB linear template automation.a-very-long-name because "
                        "x\n");
}

/* --- any log ------------------------------------------------------------------------ */

static uint64_t drawn;

static uint32_t draw(uint32_t n) { return (uint32_t)(qm_rand_bits(7, drawn++) % n); }

/* A text of what is hard: blanks, controls, backslashes, words with a meaning, UTF-8. */
static const char *odd_text(bool may_be_empty)
{
    static const char *const pieces[] = {" ",        "  ",   "\t",      "\n",   "\r",
                                         "\\",       "\\n",  "#",       "auto", "user",
                                         "template", "-",    "because", "a",    "B",
                                         "\x01",     "\x7f", "\x1b",    "ß",    "日本",
                                         ".",        "@9",   "qmix"};
    QmText text;
    qm_text_init(&text, &arena);
    const uint32_t n = draw(6) + !may_be_empty;
    for (uint32_t i = 0; i < n; i++) {
        qm_text_add(&text, pieces[draw(QM_COUNT(pieces))]);
    }
    return text.data ? text.data : "";
}

static QmDecisionLog odd_log(void)
{
    QmDecisionLog made = {.version = odd_text(true),
                          .session = draw(2) ? odd_text(false) : NULL,
                          .template = odd_text(true),
                          .target = odd_text(true),
                          .seed = qm_rand_bits(8, drawn++),
                          .lufs = -(double)draw(1000) / 7,
                          .ceiling = -(double)draw(1000) / 300};
    for (uint32_t i = draw(3); i > 0; i--) {
        QmLogInput *input = qm_list_add(&made.inputs, sizeof *input, &arena);
        *input = (QmLogInput){.strip = odd_text(false), .file = odd_text(false)};
        if (draw(2)) {
            memcpy(input->hash, "0123456789abcdef", sizeof input->hash);
        }
    }
    for (uint32_t i = draw(6); i > 0; i--) {
        QmDecision *one = qm_list_add(&made.decisions, sizeof *one, &arena);
        *one = (QmDecision){.stage = (QmStage)draw(QM_STAGES),
                            .target = odd_text(false),
                            .value = odd_text(false),
                            .origin = (QmOrigin)draw(3),
                            .rule = odd_text(false),
                            .because = odd_text(true)};
    }
    return made;
}

static void same_logs(const QmDecisionLog *a, const QmDecisionLog *b)
{
    assert_string_equal(a->version, b->version);
    assert_int_equal(!a->session, !b->session);
    assert_true(!a->session || qm_same(a->session, b->session));
    assert_string_equal(a->template, b->template);
    assert_string_equal(a->target, b->target);
    assert_true(a->seed == b->seed && a->lufs == b->lufs && a->ceiling == b->ceiling);
    assert_int_equal(a->inputs.count, b->inputs.count);
    for (size_t i = 0; i < a->inputs.count; i++) {
        const QmLogInput *x = a->inputs.items, *y = b->inputs.items;
        assert_string_equal(x[i].strip, y[i].strip);
        assert_string_equal(x[i].file, y[i].file);
        assert_string_equal(x[i].hash, y[i].hash);
    }
    assert_int_equal(a->decisions.count, b->decisions.count);
    for (size_t i = 0; i < a->decisions.count; i++) {
        const QmDecision *x = decision(a, i), *y = decision(b, i);
        assert_int_equal(x->stage, y->stage);
        assert_int_equal(x->origin, y->origin);
        assert_string_equal(x->target, y->target);
        assert_string_equal(x->value, y->value);
        assert_string_equal(x->rule, y->rule);
        assert_string_equal(x->because, y->because);
    }
}

static void test_any_log_reads_back_as_itself(void **unused)
{
    (void)unused;
    for (int round = 0; round < 3000; round++) {
        const QmDecisionLog made = odd_log();
        const char *text = print(&made);
        const QmDecisionLog read = parse(text);
        same_logs(&made, &read);
        assert_string_equal(print(&read), text);
        qm_arena_release(&arena);
    }
}

/* --- wrong ones --------------------------------------------------------------------- */

static void test_messages(void **unused)
{
    (void)unused;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"gian a.b 1 auto x", "mix.log:2:1: unknown stage 'gian', did you mean 'gain'?"},
        {"sed 1", "mix.log:2:1: unknown stage 'sed', did you mean 'seed'?"},
        {"zzzzzz", "mix.log:2:1: unknown stage 'zzzzzz'"},
        {"qmix 1", "mix.log:2:1: 'qmix' is said already"},
        {"gain", "mix.log:2:5: expected a target behind 'gain'"},
        {"gain a.b", "mix.log:2:9: expected a value behind 'a.b'"},
        {"gain a.b -3 dB",
         "mix.log:2:15: expected auto, template or user behind '-3 dB'"},
        {"gain a.b -3 dB usr gain.x",
         "mix.log:2:16: unknown origin 'usr', did you mean 'user'?"},
        {"gain a.b auto", "mix.log:2:14: expected auto, template or user behind 'auto'"},
        {"gain a.b -3 auto", "mix.log:2:17: expected a rule behind 'auto'"},
        {"gain a.b -3 auto x becuase y",
         "mix.log:2:20: expected 'because' and a reason, found 'becuase'"},
        {"gain a.b\\q -3 auto x",
         "mix.log:2:9: expected one of \\n \\t \\r \\xHH, or \\\\ "
         "for a backslash"},
        {"gain a.b \\x00 auto x", "mix.log:2:10: expected one of \\n \\t \\r \\xHH, or "
                                  "\\\\ for a backslash"},
        {"gain a.b -3 auto x because \\",
         "mix.log:2:28: expected one of \\n \\t \\r \\xHH, or \\\\ for a backslash"},
        {"gain a.b \x01 auto x",
         "mix.log:2:10: a control character, which is written \\x01"},
        {"session ", "mix.log:2:9: expected something behind 'session'"},
        {"seed 12x", "mix.log:2:6: expected a whole number from 0 to "
                     "18446744073709551615, found '12x'"},
        {"seed 18446744073709551616",
         "mix.log:2:6: expected a whole number from 0 to 18446744073709551615, found "
         "'18446744073709551616'"},
        {"seed 1 2", "mix.log:2:8: expected the end of the line, found '2'"},
        {"target loud", "mix.log:2:12: expected a level such as -14 LUFS, found ''"},
        {"target x -14 LUFS -1 dB",
         "mix.log:2:19: expected a level such as -14 dBTP, found '-1 dB'"},
        {"target x -14 LUFS -1 dBTP now",
         "mix.log:2:27: expected the end of the line, found 'now'"},
        {"input kick 0123456789abcdef",
         "mix.log:2:28: expected a strip, a hash and a file behind 'input'"},
        {"input kick 0123456789abcdeg k.wav",
         "mix.log:2:12: expected a hash of 16 hex digits or '-', found "
         "'0123456789abcdeg'"},
    };
    for (size_t i = 0; i < QM_COUNT(cases); i++) {
        QmDecisionLog read = {.seed = 77};
        QmDiag diag = {0};
        QmText text;
        qm_text_init(&text, &arena);
        qm_text_printf(&text, "qmix 0.5.0\n%s\n", cases[i].line);
        assert_int_equal(qm_log_parse(text.data, text.length, "mix.log", &arena, &diag,
                                      &read),
                         QM_ERR_INPUT);
        assert_string_equal(diag.text, cases[i].message);
        assert_true(read.seed == 77);
    }
}

static void test_no_log(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "mix.log: this is no decision log: it is empty"},
        {"seed 3\n",
         "mix.log:1:1: this is no decision log: it does not begin with 'qmix' "
         "and a version"},
        {"# x\nqmix: 1\n", "mix.log:2:1: this is no decision log: it does not begin with "
                           "'qmix' and a version"},
    };
    for (size_t i = 0; i < QM_COUNT(cases); i++) {
        QmDecisionLog read;
        QmDiag diag = {0};
        assert_int_equal(qm_log_parse(cases[i].text, strlen(cases[i].text), "mix.log",
                                      &arena, &diag, &read),
                         QM_ERR_INPUT);
        assert_string_equal(diag.text, cases[i].message);
    }
}

static void test_no_memory(void **unused)
{
    (void)unused;
    QmStatus status;
    uint64_t n = 0;
    do {
        QmArena scarce = {.fail_at = ++n};
        QmDiag diag = {0};
        QmDecisionLog read;
        status = qm_log_parse(sample, strlen(sample), "mix.log", &scarce, &diag, &read);
        assert_true(status == QM_OK || status == QM_ERR_MEMORY);
        qm_arena_release(&scarce);
    } while (status != QM_OK);
    assert_true(n > 20);
}

/* --- lines -------------------------------------------------------------------------- */

static void test_words_of_a_line(void **unused)
{
    (void)unused;
    static const char *const taken[] = {"stop", NULL};
    static const struct {
        const char *said;
        QmLineSpaces spaces;
        const char *line;
    } cases[] = {
        {"a b", QM_LINE_WORD, "a\\x20b"},      {"a b", QM_LINE_WORDS, "a b"},
        {"a  b", QM_LINE_WORDS, "a \\x20b"},   {"a  b", QM_LINE_REST, "a  b"},
        {" a ", QM_LINE_REST, "\\x20a\\x20"},  {"go stop", QM_LINE_WORDS, "go \\x73top"},
        {"stop go", QM_LINE_WORDS, "stop go"}, {"a\\b\n", QM_LINE_REST, "a\\\\b\\n"},
        {"\x1b[1m", QM_LINE_REST, "\\x1b[1m"},
    };
    for (size_t i = 0; i < QM_COUNT(cases); i++) {
        QmText text;
        char said[64];
        qm_text_init(&text, &arena);
        qm_line_put(&text, cases[i].said, cases[i].spaces, taken);
        assert_string_equal(text.data, cases[i].line);
        assert_null(qm_line_take(text.data, text.length, cases[i].spaces, said));
        assert_string_equal(said, cases[i].said);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_log),
        TEST(test_by_hand),
        TEST(test_a_long_line_keeps_a_space),
        TEST(test_any_log_reads_back_as_itself),
        TEST(test_messages),
        TEST(test_no_log),
        TEST(test_no_memory),
        TEST(test_words_of_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
