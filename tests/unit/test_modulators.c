/* links: formats */
/* tests: model/modulators graph/control graph/graph graph/plan */
/* Modulators that move sound: over what, when, and by whose latency. */
#include "tests/support/text_song.h"

#include "base/qmath.h"

#include <math.h>

enum { N = 64 * 300 };
static float one[2 * N], two[2 * N];
static const float silence[2 * N];

static TextSong song;

static double apart(const float *a, const float *b, uint32_t first)
{
    double most = 0;
    for (uint32_t i = 2 * first; i < 2 * N; i++) {
        const double d = fabs((double)a[i] - (double)b[i]);
        most = d > most ? d : most;
    }
    return most;
}

static void render(const char *text, float *pairs)
{
    text_song_build(&song, text);
    text_song_run(&song, N, pairs);
    text_song_end(&song);
}

static void same(const char *text, const char *as)
{
    render(text, one);
    render(as, two);
    assert_true(apart(two, silence, 0) > 0.01);
    assert_memory_equal(one, two, sizeof one);
}

#define TONE "sources:\n  a: {tone: {freq: 330, shape: saw}, fader: "

/* --- what is added to what ---------------------------------------------------------- */

static void ends_take_the_place_of_the_strips_own(void **state)
{
    (void)state;
    same("qmix: 1\n" TONE "{gain: -20}}\n"
         "modulators: {m: {macro: {value: 0.5}, to: [{param: a.fader.gain, from: -8, to: "
         "0}]}}\n",
         "qmix: 1\n" TONE "{gain: -4}}\n");
    /* automation of what has ends does nothing; of several ends the last ones count */
    same("qmix: 1\n" TONE "{}}\n"
         "modulators:\n"
         "  m: {macro: {value: 1}, to: [{param: a.fader.gain, from: -8, to: -30}, "
         "{param: a.fader.pan, amount: 0.25}]}\n"
         "  n: {macro: {}, to: [{param: a.fader.gain, from: -4, to: 0}]}\n"
         "automation: {a.fader.gain: [{at: 1, value: 0}, {at: 2, value: -50}]}\n",
         "qmix: 1\n" TONE "{gain: -4, pan: 0.5}}\n");
}

static void amounts_add_up_within_the_range(void **state)
{
    (void)state;
    same("qmix: 1\n" TONE "{pan: -0.25}}\n"
         "modulators:\n"
         "  m: {macro: {value: 1}, to: [{param: a.fader.pan, amount: 0.5}]}\n"
         "  n: {macro: {value: 0.5}, to: [{param: a.fader.pan, amount: -0.25}]}\n",
         "qmix: 1\n" TONE "{pan: 0.5}}\n");
    same("qmix: 1\n" TONE "{pan: 0.5}}\n"
         "modulators:\n"
         "  m: {macro: {value: 1}, to: [{param: a.fader.pan, amount: 0.5}]}\n"
         "  n: {macro: {value: 1}, to: [{param: a.fader.pan, amount: 0.5}]}\n",
         "qmix: 1\n" TONE "{pan: 1}}\n");
    /* to ends, too */
    same("qmix: 1\n" TONE "{}}\n"
         "modulators:\n"
         "  m: {macro: {value: 1}, to: [{param: a.fader.pan, amount: 0.125}]}\n"
         "  n: {macro: {value: 1}, to: [{param: a.fader.pan, from: 0, to: -0.5}]}\n",
         "qmix: 1\n" TONE "{pan: -0.25}}\n");
}

static void amounts_are_added_to_automation(void **state)
{
    (void)state;
    render(
        "qmix: 1\n" TONE "{}}\n"
        "modulators: {m: {macro: {value: 1}, to: [{param: a.fader.pan, amount: "
        "0.125}]}}\n"
        "automation:\n"
        "  a.fader.pan: [{at: 100 samples, value: -0.5}, {at: 8000 samples, value: 0.5}, "
        "{at: 9999 samples, value: -1, curve: hold}]\n",
        one);
    render("qmix: 1\n" TONE "{pan: 0.25}}\n"
           "automation:\n"
           "  a.fader.pan: [{at: 100 samples, value: -0.25}, {at: 8000 samples, value: "
           "0.75}, "
           "{at: 9999 samples, value: -0.75, curve: hold}]\n",
           two);
    assert_true(apart(one, two, 0) < 1e-6);
}

static void every_kind_of_place_is_moved(void **state)
{
    (void)state;
    same("qmix: 1\n"
         "sources:\n"
         "  a: {tone: {shape: saw, freq: 100}, inserts: [gain, {eq: {bands: [{freq: 50}, "
         "{freq: "
         "200, gain: 6}]}}], sends: [{bus: b, level: -20}]}\n"
         "buses: {b: {inserts: [{gain: {gain: -3}}]}}\n"
         "modulators:\n"
         "  m:\n"
         "    macro: {value: 0.5}\n"
         "    to:\n"
         "      - {param: a.tone.freq, from: 200, to: 800, curve: exp}\n"
         "      - {param: a.gain.gain, from: -10, to: 0}\n"
         "      - {param: a.eq.2.freq, from: 1000, to: 3000}\n"
         "      - {param: a.send.b, from: -12, to: 0}\n"
         "      - {param: b.gain.gain, from: 0, to: -2}\n"
         "      - {param: a.fader.width, from: 0, to: 1}\n",
         "qmix: 1\n"
         "sources:\n"
         "  a: {tone: {shape: saw, freq: 400}, inserts: [{gain: {gain: -5}}, {eq: "
         "{bands: [{freq: "
         "50}, {freq: 2000, gain: 6}]}}], fader: {width: 0.5}, sends: [{bus: b, level: "
         "-6}]}\n"
         "buses: {b: {inserts: [{gain: {gain: -1}}]}}\n");
}

/* On the grid: a saw over the pan is met on every line, straight in between. */
static void values_are_met_on_the_grid(void **state)
{
    (void)state;
    render("qmix: 1\nsources: {a: {tone: {freq: 330, attack: 0}}}\n"
           "modulators: {m: {lfo: {shape: saw-up, rate: 2.5}, to: [{param: a.fader.gain, "
           "from: -20, to: 0}]}}\n",
           one);
    render("qmix: 1\nsources: {a: {tone: {freq: 330, attack: 0}}}\n", two);
    for (uint32_t i = 0; i < N; i++) {
        const double before = qm_db_to_gain(-20 + 20 * (i / 64 * 64) / 19200.0);
        const double after = qm_db_to_gain(-20 + 20 * (i / 64 * 64 + 64) / 19200.0);
        const double x = (i % 64 + 1) / 64.0;
        if (i / 64 < 299)
            assert_true(fabs((double)one[2 * i] -
                             (double)two[2 * i] * (before + (after - before) * x)) <
                        1e-5);
    }
}

/* A sine of 2 Hz over 12 dB, beside one that knows no grid. */
static void a_swing_is_smooth(void **state)
{
    (void)state;
    double most = 0;
    render("qmix: 1\nsources: {a: {tone: {freq: 330, attack: 0}}}\n"
           "modulators: {m: {lfo: {rate: 2}, to: [{param: a.fader.gain, from: -12, to: "
           "0}]}}\n",
           one);
    render("qmix: 1\nsources: {a: {tone: {freq: 330, attack: 0}}}\n", two);
    for (uint32_t i = 0; i < N; i++) {
        const double level = -6 + 6 * qm_sin_turns(2.0 * (i + 1) / 48000);
        const double gain = qm_db_to_gain(level);
        const double d = fabs((double)one[2 * i] - gain * (double)two[2 * i]);
        most = d > most ? d : most;
    }
    assert_true(most < 2.6e-5); /* -92 dB: the chord of an arc */
}

/* --- latency and starts ------------------------------------------------------------- */

/* A strip behind a look-ahead and one without hear the same song. */
static void latency_does_not_move_modulation(void **state)
{
    (void)state;
    static const char *const moved[] = {"a.fader.gain", "b.fader.gain"};
    char text[1024];
    for (int k = 0; k < 2; k++) {
        strcpy(text,
               "qmix: 1\nsources:\n"
               "  a: {tone: {freq: 330, level: -9}, inserts: [{compressor: {ratio: 1, "
               "lookahead: 5}}]}\n"
               "  b: {tone: {freq: 330, level: -9}, inserts: [{gain: {invert: both}}]}\n"
               "modulators: {m: {lfo: {shape: random, rate: 9}, to: [");
        for (int i = 0; i <= k; i++) {
            strcat(text, "{param: ");
            strcat(text, moved[i]);
            strcat(text, ", from: -40, to: 0}, ");
        }
        strcat(text, "]}}\n");
        render(text, one);
        const double left = apart(one, silence, 0);
        assert_true(k ? left < 2e-4 : left > 0.1);
    }
}

static const char lively[] =
    "qmix: 1\nseed: 9\ntempo: [{at: 1, bpm: 90}, {at: 2, bpm: 140, ramp: yes}]\n"
    "sources:\n"
    "  a: {tone: {freq: 330, shape: saw}, inserts: [gain]}\n"
    "  b: {tone: {freq: 200}, inserts: [{compressor: {ratio: 1, lookahead: 5}}]}\n"
    "modulators:\n"
    "  l: {lfo: {shape: random, rate: 3}, to: [{param: a.fader.pan, amount: 0.7}, "
    "{param: "
    "b.fader.gain, amount: -0.1}]}\n"
    "  s: {lfo: {shape: triangle, rate: 1/16}, to: [{param: a.gain.gain, amount: 0.1}]}\n"
    "  n: {steps: {values: [0, 0.4, 1], smooth: 30, step: 1/64}, to: [{param: "
    "a.fader.width, "
    "amount: 0.5}]}\n"
    "  g: {adsr: {strip: a, attack: 300}, to: [{param: b.fader.pan, from: -1, to: 1}]}\n"
    "automation:\n"
    "  l.lfo.rate: [{at: 1, value: 5}, {at: 1.1.2, value: 20, curve: exp}]\n"
    "  a.fader.pan: [{at: 1, value: -0.5}, {at: 1.2, value: 0.5}]\n"
    "  s.1.amount: [{at: 5000 samples, value: 0.2}]\n";

static void a_start_anywhere_has_the_same_bits(void **state)
{
    (void)state;
    text_song_build(&song, lively);
    text_song_run(&song, N, one);
    for (uint32_t from = 64 * 37; from < N; from += 64 * 59) {
        text_song_locate(&song, from);
        text_song_run(&song, N - from, two);
        /* the look-ahead is empty at first */
        const uint32_t settled = 64 * 30;
        for (uint32_t i = 2 * settled; i < 2 * (N - from); i++)
            assert_true(one[2 * from + i] == two[i]);
    }
    text_song_end(&song);
}

/* --- envelopes ---------------------------------------------------------------------- */

#define HEARD                                                                            \
    "qmix: 1\ntempo: 120\n"                                                              \
    "sources:\n"                                                                         \
    "  k: {click: {freq: 1000, level: 0}, fader: {mute: yes}, inserts: ["

#define HEARER                                                                           \
    "]}\n"                                                                               \
    "  a: {tone: {freq: 330}, fader: {gain: -10}}\n"                                     \
    "patterns: {p: {steps: 8, step: 1/8, tracks: {k: '.x......'}}}\n"                    \
    "arrangement: [{at: 1, pattern: p}]\n"

/* What comes after a grid line moves nothing at it; what came before does. */
static void an_envelope_is_moved_by_what_was(void **state)
{
    (void)state;
    render(HEARD HEARER "modulators: {m: {envelope: {strip: k, attack: 0, release: 50}, "
                        "to: [{param: a.fader.gain, amount: 0.05}]}}\n",
           one);
    render(HEARD HEARER, two);
    const uint32_t hit = 12000, line = (hit + 63) / 64 * 64;
    assert_memory_equal(one, two, 2 * line * sizeof(float));
    double loud = 0;
    for (uint32_t i = line; i < line + 512; i++) {
        const double ratio = fabs((double)one[2 * i]) / (fabs((double)two[2 * i]) + 1e-9);
        loud = fabs((double)two[2 * i]) > 0.05 && ratio > loud ? ratio : loud;
    }
    assert_true(loud > 1.5 && loud < 2.4); /* up to 7.2 dB of 144 */
    assert_true(apart(one, two, N - 64) < 0.1);
}

/* The listener waits for a latent key, and hears it where it sounds. */
static void what_is_heard_is_aligned(void **state)
{
    (void)state;
    static const char mod[] =
        "modulators: {m: {envelope: {strip: k, attack: 1, release: 50, "
        "tap: pre}, to: [{param: a.fader.gain, amount: 0.05}]}}\n";
    char text[2048] = HEARD "{compressor: {ratio: 1, lookahead: 4}}" HEARER;
    strcat(text, mod);
    text_song_build(&song, text);
    const uint32_t late = song.plan.latency;
    assert_int_equal(late, 192); /* whole quanta: the grid lies where it lay */
    text_song_run(&song, N, one);
    text_song_end(&song);
    strcpy(text, HEARD HEARER);
    strcat(text, mod);
    render(text, two);
    double most = 0;
    for (uint32_t i = 0; i + late < N; i++) {
        const double d = fabs((double)one[2 * (i + late)] - (double)two[2 * i]);
        most = d > most ? d : most;
    }
    assert_true(most < 1e-6);
    assert_true(apart(one, two, 0) > 0.05);
}

/* A strip hears itself before what it moves, and a send where it arrives. */
static void a_strip_hears_itself(void **state)
{
    (void)state;
    render("qmix: 1\n"
           "sources:\n"
           "  a: {tone: {freq: 330, attack: 0}, inserts: [gain, {compressor: {ratio: 1, "
           "lookahead: 5}}], sends: [{bus: "
           "b}]}\n"
           "buses: {b: {}}\n"
           "modulators:\n"
           "  m: {envelope: {strip: a, tap: in, attack: 0, release: 1000}, to: [{param: "
           "a.gain.gain, from: 0, to: -12}]}\n"
           "  n: {envelope: {strip: a, tap: pre, attack: 0}, to: [{param: a.fader.gain, "
           "amount: 0}, {param: a.send.b, amount: -1}]}\n",
           one);
    double early = 0, late = 0;
    for (uint32_t i = 0; i < N; i++) {
        const double x = fabs((double)one[2 * i]);
        if (i < 64 + 240)
            early = x > early ? x : early;
        if (i > N / 2)
            late = x > late ? x : late;
    }
    assert_true(early > 0.5);
    assert_true(fabs(late - qm_db_to_gain(-12)) < 0.01);
}

static void what_is_heard_is_in_the_graph(void **state)
{
    (void)state;
    text_song_build(
        &song,
        "qmix: 1\nsources: {a: {tone: {}, sends: [{bus: b}]}, k: {click: {}}}\n"
        "buses: {b: {}}\n"
        "modulators: {m: {envelope: {strip: k}, to: [{param: a.fader.gain, amount: "
        "1}, {param: a.send.b, amount: 1}]}}\n");
    uint32_t heard = 0;
    for (uint32_t e = 0; e < song.graph.n_edges; e++) {
        const QmEdge *edge = &song.graph.edges[e];
        if (edge->kind != QM_EDGE_HEARD)
            continue;
        assert_int_equal(edge->from, 1);
        assert_int_equal(edge->to, edge->route == 0 ? 0 : 2);
        assert_false(qm_edge_feeds(edge));
        heard++;
    }
    assert_int_equal(heard, 2);
    assert_true(song.graph.nodes[0].wave > song.graph.nodes[1].wave);
    text_song_end(&song);
}

static void out_of_memory_is_told(void **state)
{
    (void)state;
    text_song_build(&song, lively);
    QmPlan plan;
    QmExec *exec;
    const QmPlanRequest request = {.isa = QM_ISA_BEST};
    QmArena *arena = &song.arena;
    for (uint64_t at = 1;; at++) {
        arena->fail_at = arena->calls + at;
        QmStatus status = qm_plan_new(&song.graph, &song.timeline, NULL, song.clock,
                                      &request, arena, NULL, &plan);
        if (status == QM_OK)
            status = qm_exec_new(&plan, QM_QUANTUM, arena, NULL, &exec);
        arena->fail_at = 0;
        if (status == QM_OK)
            break;
        assert_int_equal(status, QM_ERR_MEMORY);
        assert_true(at < 1000);
    }
    text_song_end(&song);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_take_the_place_of_the_strips_own),
        cmocka_unit_test(amounts_add_up_within_the_range),
        cmocka_unit_test(amounts_are_added_to_automation),
        cmocka_unit_test(every_kind_of_place_is_moved),
        cmocka_unit_test(values_are_met_on_the_grid),
        cmocka_unit_test(a_swing_is_smooth),
        cmocka_unit_test(latency_does_not_move_modulation),
        cmocka_unit_test(a_start_anywhere_has_the_same_bits),
        cmocka_unit_test(an_envelope_is_moved_by_what_was),
        cmocka_unit_test(what_is_heard_is_aligned),
        cmocka_unit_test(a_strip_hears_itself),
        cmocka_unit_test(what_is_heard_is_in_the_graph),
        cmocka_unit_test(out_of_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
