/* links: formats
 * tests: formats/report_mix formats/report_mix_words formats/report_mix_numbers
 * tests: formats/report_mix_balance formats/report_mix_pictures
 * tests: formats/report_mix_decisions
 *
 * The report of a mix as text: decisions in words, what was measured before and after,
 * nothing of what was not; well-formed whatever names hold; the same bytes again. */
#include "formats/report_mix.h"

#include "base/rand.h"
#include "formats/file.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { RATE = 48000, FRAMES = 4 * RATE, MOST = 1 << 24, STRIPS = 3 };

static float left[FRAMES], right[FRAMES], soft[FRAMES];
static char path[] = "/tmp/test_report_mix.XXXXXX";

static int open_place(void **state)
{
    (void)state;
    const int fd = mkstemp(path);
    for (uint64_t i = 0; i < FRAMES; i++) {
        left[i] = 0.4f * (float)(qm_rand(1, 1, i) - 0.5);
        right[i] = 0.4f * (float)(qm_rand(1, 2, i) - 0.5);
        soft[i] = 0.5f * left[i];
    }
    return fd < 0 ? -1 : close(fd);
}

static int remove_place(void **state)
{
    (void)state;
    return unlink(path);
}

/* ---- a mix without audio ---- */

typedef struct Rig {
    QmArena arena;
    QmTemplate template;
    QmTargetCurve curve;
    QmMixStrip strips[STRIPS];
    QmMix mix;
    QmMixReport report;
} Rig;

static void decide(Rig *rig, const char *target, const char *value, const char *rule,
                   const char *because)
{
    const QmDecision decision = {.target = target,
                                 .value = value,
                                 .rule = rule,
                                 .because = because};
    assert_true(qm_list_append(&rig->mix.log.decisions, &decision, 1, sizeof decision,
                               &rig->arena));
}

static void rig_open(Rig *rig)
{
    static const QmTargetPoint POINTS[] = {{20, 0}, {20000, -10}};
    static const char *const NAMES[STRIPS] = {"kick", "vox", "pad"};
    *rig = (Rig){.curve = {"falling", "made up", POINTS, 2}};
    qm_arena_init(&rig->arena);
    rig->template = (QmTemplate){.name = "edm", .curve = &rig->curve};
    for (int i = 0; i < STRIPS; i++)
        rig->strips[i] = (QmMixStrip){.name = NAMES[i], .role = QM_ROLE_OTHER};
    rig->mix = (QmMix){.template = &rig->template,
                       .lufs = -14,
                       .ceiling = -1,
                       .strips = rig->strips,
                       .n_strips = STRIPS,
                       .log = {.template = "edm", .seed = 42, .target = "spotify"}};
    rig->mix.log.lufs = -14;
    rig->mix.log.ceiling = -1;
    rig->report = (QmMixReport){.name = "out/mix.wav", .mix = &rig->mix};
}

static void rig_close(Rig *rig) { qm_arena_release(&rig->arena); }

/* It, read back. */
static char *page(Rig *rig)
{
    QmDiag diag = {0};
    char *data;
    size_t size;
    assert_int_equal(qm_report_mix(path, &rig->report, &diag), QM_OK);
    assert_int_equal(qm_file_read(path, MOST, &rig->arena, &diag, &data, &size), QM_OK);
    assert_int_equal(strlen(data), size);
    return data;
}

static void has(const char *text, const char *piece)
{
    if (!strstr(text, piece))
        fail_msg("'%s' is not there", piece);
}

static uint32_t count(const char *text, const char *piece)
{
    uint32_t n = 0;
    for (; (text = strstr(text, piece)); text += strlen(piece))
        n++;
    return n;
}

/* Every element is closed where it should be. */
static void well_formed(const char *text)
{
    const char *open[64];
    size_t length[64];
    int depth = 0;
    for (const char *p = strchr(text, '<'); p; p = strchr(p + 1, '<')) {
        const char *const end = strchr(p, '>');
        assert_non_null(end);
        if (p[1] == '!' || end[-1] == '/')
            continue;
        const bool closes = p[1] == '/';
        const char *const name = p + 1 + closes;
        const size_t n = strcspn(name, " >\n");
        if (!closes) {
            assert_true(depth < 64);
            open[depth] = name;
            length[depth++] = n;
            continue;
        }
        depth--;
        if (depth < 0 || length[depth] != n || strncmp(open[depth], name, n) != 0)
            fail_msg("not closed in turn: %.30s", p);
    }
    assert_int_equal(depth, 0);
}

/* ---- words ---- */

static void decisions_in_words(void **state)
{
    (void)state;
    Rig rig;
    rig_open(&rig);
    decide(&rig, "vox.eq.2.type", "bell", "masking.unmask", "masked=kick severity=0.71");
    decide(&rig, "vox.eq.2.freq", "410 Hz", "masking.unmask",
           "masked=kick severity=0.71");
    decide(&rig, "vox.eq.2.gain", "-3 dB", "masking.unmask", "masked=kick severity=0.71");
    decide(&rig, "vox.eq.1.type", "high-pass", "eq.clean", "");
    decide(&rig, "vox.eq.1.freq", "80 Hz", "eq.clean", "");
    decide(&rig, "vox.trim.gain", "6 dB", "gain.trim", "lufs=-24.0 target=-18.0");
    decide(&rig, "vox.fader.pan", "-0.3", "spatial.pan", "somebody said so");
    decide(&rig, "kick.fader.pan", "0", "spatial.pan", "");
    decide(&rig, "pad.compressor.ratio", "4:1", "dynamics.compress", "");
    decide(&rig, "pad.compressor.threshold", "-20 dB", "dynamics.compress", "");
    decide(&rig, "pad.send.hall", "-12 dB", "effects.reverb", "");
    decide(&rig, "pad.fader.gain@5", "-2 dB", "gain.ride", "");
    decide(&rig, "pad.fader.gain@9", "1.5 dB", "gain.ride", "");
    decide(&rig, "pad.phaser.rate", "0.2 Hz", "effects.modulate", "");
    decide(&rig, "hall.to", "master", "effects.reverb", "");
    ((QmDecision *)rig.mix.log.decisions.items)[14].origin = QM_ORIGIN_TEMPLATE;
    decide(&rig, "tempo", "126 bpm", "role.tempo", "");
    const char *const text = page(&rig);
    well_formed(text);
    has(text, "16 decisions");
    has(text, "cuts 3 dB at 410 Hz<br/><small>because it hid kick, severity 0.71<");
    has(text, "takes away what is below 80 Hz</td>");
    has(text, "comes in louder by 6 dB<br/><small>because -24.0 LUFS, wanted -18.0<");
    has(text, "sits 0.3 left of the middle<br/><small>because somebody said so<");
    has(text, "sits in the middle");
    has(text, "is compressed above -20 dB, ratio 4:1</td>");
    has(text, "is sent to hall at -12 dB</td>");
    has(text, "goes to master (the template says so)</td>");
    has(text, "fader.gain moves over the song: 2 points from -2 dB to 1.5 dB");
    has(text, "sets phaser.rate to 0.2 Hz"); /* no form knows it */
    has(text, "vox.eq.2.type = bell<br/>vox.eq.2.freq = 410 Hz<br/>");
    /* Strips in their order, then what else there is. */
    const char *const titles[] = {"<h3>kick", "<h3>vox", "<h3>pad", "<h3>hall",
                                  "<h3>the song"};
    for (int i = 1; i < 5; i++)
        assert_true(strstr(text, titles[i - 1]) < strstr(text, titles[i]));
    rig_close(&rig);
}

static void notes_on_top(void **state)
{
    (void)state;
    Rig rig;
    rig_open(&rig);
    decide(&rig, "vox", "-", "check.clipped", "runs=12");
    decide(&rig, "vox.fader.gain", "-1 dB", "gain.level", "");
    const char *const text = page(&rig);
    well_formed(text);
    has(text, "<li><b>vox</b> is clipped: runs 12</li>");
    assert_true(strstr(text, "is clipped") < strstr(text, "fader at -1 dB"));
    has(text, "1 decision<");
    rig_close(&rig);
}

/* ---- what was measured ---- */

static void before_and_after(void **state)
{
    (void)state;
    static const QmMeasured before[] = {{-20, NULL}, {-30, NULL}, {0, "silence"}},
                            after[] = {{-22, NULL}, {-24.1, NULL}, {0, "silence"}},
                            wanted[] = {{-22, NULL}, {-25, NULL}, {0, "silence"}};
    Rig rig;
    rig_open(&rig);
    QmAnalysis *const loud =
        analyse_stereo("loudness peak spectrum stereo", left, right, FRAMES, RATE);
    QmAnalysis *const quiet =
        analyse_stereo("loudness peak spectrum stereo", soft, soft, FRAMES, RATE);
    rig.report.before = (QmMixSide){.analysis = quiet, .loudness = before};
    rig.report.after = (QmMixSide){.analysis = loud, .loudness = after};
    rig.report.wanted = wanted;
    const char *const text = page(&rig);
    well_formed(text);
    /* Pictures: balance, spectrum, two fans, two of bands, loudness. */
    assert_int_equal(count(text, "<svg"), 7);
    assert_int_equal(count(text, "<title id="), 7);
    assert_int_equal(count(text, "<desc id="), 7);
    has(text, "the curve &#39;falling&#39;");
    has(text, ">-24.1</text>");
    has(text, ">+0.9</text>"); /* of the voice, against -25 */
    /* One of two that sound is where it should be. */
    has(text, "<b>1</b></td><td class=\"n\"></td><td class=\"u\"></td><td "
              "class=\"n\">2 <em>missed</em>");
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "nan"));
    assert_string_equal(page(&rig), text);
    qm_analysis_free(loud);
    qm_analysis_free(quiet);
    rig_close(&rig);
}

static void nothing_measured(void **state)
{
    (void)state;
    Rig rig;
    rig_open(&rig);
    rig.template.curve = NULL;
    const char *const text = page(&rig);
    well_formed(text);
    assert_int_equal(count(text, "<svg"), 0);
    assert_null(strstr(text, "<h2>Balance"));
    has(text, "0 decisions");
    rig_close(&rig);
}

static void escapes_names(void **state)
{
    (void)state;
    Rig rig;
    rig_open(&rig);
    rig.strips[1].name = "<script>";
    rig.report.name = "d/<img src=x>\x1b.wav";
    rig.mix.log.template = "\"&'";
    decide(&rig, "<script>.fader.gain", "<b>", "<i>", "<u>=<s>");
    const char *const text = page(&rig);
    well_formed(text);
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "<img"));
    assert_null(strstr(text, "<u>"));
    assert_null(strchr(text, 0x1b));
    has(text, "&lt;script&gt;");
    rig_close(&rig);
}

static void cannot_be_written(void **state)
{
    (void)state;
    Rig rig;
    QmDiag diag = {0};
    rig_open(&rig);
    assert_int_equal(qm_report_mix("/nowhere/at/all.html", &rig.report, &diag),
                     QM_ERR_IO);
    assert_string_equal(diag.text, "cannot write '/nowhere/at/all.html': no such folder");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_in_words), cmocka_unit_test(notes_on_top),
        cmocka_unit_test(before_and_after),   cmocka_unit_test(nothing_measured),
        cmocka_unit_test(escapes_names),      cmocka_unit_test(cannot_be_written),
    };
    return cmocka_run_group_tests(tests, open_place, remove_place);
}
