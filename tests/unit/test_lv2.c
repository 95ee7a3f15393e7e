/* links: render formats */
/* tests: render/lv2_world render/lv2_ports render/lv2_features render/lv2_instance */
/* tests: render/lv2_proc render/lv2_none formats/session_yaml_plugin */
/* The LV2 host, measured with plug-ins of our own (tests/lv2) whose output tells exactly
 * what was done with them. Built without lilv, there is only the message that says so. */
#include "base/fpmode.h"
#include "formats/session_yaml.h"
#include "model/address.h"
#include "render/engine.h"
#include "render/lv2.h"
#include "render/offline.h"
#include "tests/support/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { FRAMES = 9973 }; /* odd: ends within a block */

static char folder[4096]; /* of the plug-ins */
static bool hosted;

/* --- a session from its text to its samples ----------------------------------------- */

typedef struct Song {
    QmArena arena;
    QmDiag diag;
    QmLv2 *host;
    QmSession *session;
    QmClock *clock;
    QmTimeline timeline;
    QmGraph graph;
    QmPlan plan;
    float pairs[2 * FRAMES];
} Song;

static void no_trigger(const QmProcSpec *spec, const double *params, void *state,
                       const QmTrigger *trigger)
{
    (void)spec, (void)params, (void)state, (void)trigger;
}

static void generate(const QmGenCall *call)
{
    for (uint32_t i = 0; i < 2 * call->n; i++)
        call->out[i] = rig_noise(call->reader, call->frame + i / 2, i % 2);
}

static int64_t forever(const QmProcSpec *spec, const double *params,
                       const QmTrigger *trigger, int64_t asset_frames, int64_t held)
{
    (void)spec, (void)params, (void)trigger, (void)asset_frames, (void)held;
    return QM_GEN_FOREVER;
}

static const QmGenDesc noise = {.name = "tone",
                                .flags = QM_GEN_FREE,
                                .trigger = no_trigger,
                                .generate = generate,
                                .length = forever};

static QmStatus read_song(Song *song, const char *text)
{
    QmStatus status = qm_lv2_new("", &song->arena, &song->diag, &song->host);
    if (status == QM_OK)
        status = qm_session_parse_with(text, strlen(text), "s.yaml",
                                       qm_lv2_plugins(song->host), &song->arena,
                                       &song->diag, &song->session);
    if (status == QM_OK)
        status = qm_lv2_start(song->host, song->session, &song->diag);
    return status;
}

/* Tones are played as the noise of their strip. */
static void open_song(Song *song, const char *text)
{
    memset(song, 0, sizeof *song);
    const QmStatus status = read_song(song, text);
    if (status != QM_OK)
        fail_msg("%s", song->diag.text);
    QmArena *arena = &song->arena;
    for (uint32_t s = 0; s < song->session->n_strips; s++) {
        QmInput *input = &song->session->strips[s].input;
        if (input->generator && !input->plugin)
            input->generator = &noise;
    }
    const QmPlanRequest request = {.isa = QM_ISA_BEST};
    assert_int_equal(qm_clock_new(song->session, arena, NULL, &song->clock), QM_OK);
    assert_int_equal(qm_timeline_new(song->session, song->clock, NULL, arena, NULL,
                                     &song->timeline),
                     QM_OK);
    assert_int_equal(qm_graph_new(song->session, arena, NULL, &song->graph), QM_OK);
    assert_int_equal(qm_plan_new(&song->graph, &song->timeline, NULL, song->clock,
                                 &request, arena, NULL, &song->plan),
                     QM_OK);
}

static void close_song(Song *song)
{
    qm_lv2_release(song->host);
    qm_arena_release(&song->arena);
}

static QmStatus write_pairs(void *self, int64_t frame, const float *audio, uint32_t n,
                            QmDiag *diag)
{
    (void)diag;
    memcpy(((Song *)self)->pairs + 2 * frame, audio, n * 2 * sizeof(float));
    return QM_OK;
}

static QmStatus finish_pairs(void *self, QmDiag *diag)
{
    (void)self, (void)diag;
    return QM_OK;
}

static void render_as(Song *song, uint32_t threads, uint32_t quanta, uint32_t pull)
{
    QmSink sink = {.write = write_pairs,
                   .finish = finish_pairs,
                   .self = song,
                   .channels = 2};
    const QmOfflineConfig config = {.threads = threads,
                                    .chunk_quanta = quanta,
                                    .pull_frames = pull,
                                    .to = FRAMES,
                                    .outputs = &sink,
                                    .n_outputs = 1};
    memset(song->pairs, 0, sizeof song->pairs);
    assert_int_equal(qm_offline_render(&song->plan, &config, &song->diag), QM_OK);
}

static void render(Song *song, const char *text)
{
    open_song(song, text);
    render_as(song, 1, 0, 0);
}

/* The first pair that is not what it should be ends the test. */
static void is(const Song *song, int64_t frame, float left, float right)
{
    const float *pair = song->pairs + 2 * frame;
    if (pair[0] != left || pair[1] != right)
        fail_msg("frame %lld: %g %g instead of %g %g", (long long)frame, (double)pair[0],
                 (double)pair[1], (double)left, (double)right);
}

static Song song; /* too large for a stack */

#define GAIN "{lv2: {uri: 'urn:qmix:test:gain'"
#define MONO "{lv2: {uri: 'urn:qmix:test:mono'}}"

/* --- time --------------------------------------------------------------------------- */

static void latency_is_compensated_to_the_sample(void **state)
{
    (void)state;
    render(&song,
           "qmix: 1\nsources:\n"
           "  a: {tone: {}, inserts: [" GAIN ", params: {gain: 0.5, delay: 37}}}]}\n"
           "  b: {tone: {}}\n");
    assert_int_equal(song.plan.latency, 64 + 37);
    for (int64_t f = 0; f < FRAMES; f++) {
        float out[2];
        for (int c = 0; c < 2; c++)
            out[c] =
                (float)((double)(0.5f * rig_noise(0, f, c)) + (double)rig_noise(1, f, c));
        is(&song, f, out[0], out[1]);
    }
    qm_lv2_warnings(song.host, &song.diag);
    assert_int_equal(song.diag.n_warnings, 0);
    close_song(&song);
}

/* The plug-in gives NaN, which would become 0, if a block is not of 64 frames. */
static void no_split_changes_anything(void **state)
{
    (void)state;
    static float reference[2 * FRAMES];
    static const struct {
        uint32_t threads, quanta, pull;
    } ways[] = {{1, 1, 0}, {1, 3, 0},  {2, 1, 0},  {4, 5, 0},
                {1, 0, 1}, {1, 0, 63}, {1, 0, 64}, {1, 0, 441}};
    render(&song,
           "qmix: 1\nsources:\n"
           "  a: {tone: {}, inserts: [" GAIN ", params: {delay: 5}}}, " MONO "]}\n"
           "  b: {tone: {}, inserts: [" GAIN "}}, " MONO "], to: d}\n"
           "  c: {lv2: {uri: 'urn:qmix:test:notes'}}\n"
           "buses: {d: {inserts: [" MONO "]}}\n"
           "patterns: {p: {step: 1/128, tracks: {c: {notes: 'C4 E4 . G4'}}}}\n"
           "arrangement: [{at: 1, pattern: p, for: 1 bars}]\n"
           "automation:\n"
           "  a.lv2.gain: [{at: 1, value: 1}, {at: 333 samples, value: 2},\n"
           "    {at: 7001 samples, value: 0.3}]\n"
           "  a.fader.pan: [{at: 17 samples, value: 1}, {at: 71 samples, value: 0,\n"
           "    curve: hold}, {at: 5003 samples, value: -1, curve: hold}]\n"
           "  c.lv2.delay: [{at: 1, value: 0}]\n");
    memcpy(reference, song.pairs, sizeof reference);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        render_as(&song, ways[i].threads, ways[i].quanta, ways[i].pull);
        assert_memory_equal(song.pairs, reference, sizeof reference);
    }
    qm_lv2_warnings(song.host, &song.diag);
    assert_int_equal(song.diag.n_warnings, 0);
    close_song(&song);
}

static void controls_are_those_of_a_blocks_first_frame(void **state)
{
    (void)state;
    render(&song, "qmix: 1\nsources: {a: {tone: {}, inserts: [" GAIN "}}]}}\n"
                  "automation:\n  a.lv2.gain: [{at: 100 samples, value: 2},\n"
                  "    {at: 256 samples, value: 4, curve: hold}]\n");
    for (int64_t f = 0; f < 1000; f++) {
        const float gain = f < 128 ? 1.0f : f < 256 ? 2.0f : 4.0f;
        is(&song, f, gain * rig_noise(0, f, 0), gain * rig_noise(0, f, 1));
    }
    close_song(&song);
}

static void notes_fall_on_their_frame(void **state)
{
    (void)state;
    static const char *const delays[] = {"0", "100"};
    for (int d = 0; d < 2; d++) {
        char text[1000];
        snprintf(text, sizeof text,
                 "qmix: 1\nsources: {a: {lv2: {uri: 'urn:qmix:test:notes', params: "
                 "{delay: %s}}}}\n"
                 "patterns: {p: {step: 1/64, tracks: {a: {notes: 'C4 . E4 E4 C3',\n"
                 "  nudge: {3: 37 samples}}}}}\n"
                 "arrangement: [{at: 1, pattern: p}]\n",
                 delays[d]);
        render(&song, text); /* a step is 1500 frames */
        for (int64_t f = 0; f < FRAMES; f++) {
            const int key = f < 1500   ? 60
                            : f < 3037 ? 0
                            : f < 4500 ? 64
                            : f < 6000 ? 64
                            : f < 7500 ? 48
                                       : 0;
            const float velocity = song.pairs[2 * f + 1];
            is(&song, f, (float)key / 128.0f, velocity);
            assert_true(key ? velocity > 0.5f && velocity < 1.0f : velocity == 0.0f);
        }
        close_song(&song);
    }
}

static void a_jump_back_begins_at_rest(void **state)
{
    (void)state;
    static float first[2 * 4096], again[2 * 4096];
    QmEngine *engine;
    open_song(&song,
              "qmix: 1\nsources:\n  a: {tone: {}, inserts: [" MONO ", " GAIN "}}]}\n"
              "  b: {lv2: {uri: 'urn:qmix:test:notes'}}\n"
              "patterns: {p: {step: 1/64, tracks: {b: {notes: 'C4 E4'}}}}\n"
              "arrangement: [{at: 1, pattern: p, for: 1 bars}]\n");
    const uint64_t mode = qm_fpmode_enter();
    assert_int_equal(qm_engine_new(&song.plan, &song.arena, NULL, &engine), QM_OK);
    qm_engine_pull(engine, 4096, first);
    qm_engine_locate(engine, 0);
    qm_engine_pull(engine, 4096, again);
    assert_memory_equal(first, again, sizeof first);
    qm_engine_locate(engine, 128);
    qm_engine_pull(engine, 1, again);
    assert_true(again[0] != first[2 * 128]); /* the sum began anew */
    qm_fpmode_restore(mode);
    close_song(&song);
}

/* --- ports -------------------------------------------------------------------------- */

static void a_mono_plugin_has_a_copy_for_each_channel(void **state)
{
    (void)state;
    double sum[2] = {0, 0};
    render(&song, "qmix: 1\nsources: {a: {tone: {}, inserts: [" MONO "]}}\n");
    for (int64_t f = 0; f < FRAMES; f++) {
        for (int c = 0; c < 2; c++)
            sum[c] += (double)rig_noise(0, f, c);
        is(&song, f, (float)sum[0], (float)sum[1]);
    }
    close_song(&song);
}

static void a_key_comes_in_at_the_side(void **state)
{
    (void)state;
    render(&song,
           "qmix: 1\nsources:\n"
           "  a: {tone: {}, inserts: [" GAIN
           ", params: {delay: 9}}}, {lv2: {uri: 'urn:qmix:test:keyed', key: b}}]}\n"
           "  b: {tone: {}, fader: {mute: yes}}\n");
    for (int64_t f = 0; f < FRAMES; f++)
        is(&song, f, 0.5f * (rig_noise(1, f, 0) + rig_noise(1, f, 1)),
           rig_noise(0, f, 1));
    close_song(&song);
    render(&song, "qmix: 1\nsources:\n"
                  "  a: {tone: {}, inserts: [{lv2: {uri: 'urn:qmix:test:keyed'}}]}\n");
    for (int64_t f = 0; f < FRAMES; f++)
        is(&song, f, 0.5f * (rig_noise(0, f, 0) + rig_noise(0, f, 1)),
           rig_noise(0, f, 1));
    close_song(&song);
}

/* --- extensions --------------------------------------------------------------------- */

static void work_is_done_between_two_blocks(void **state)
{
    (void)state;
    render(&song, "qmix: 1\nsources: {a: {tone: {}, inserts: [{lv2: {uri: "
                  "'urn:qmix:test:worker'}}]}}\n");
    for (int64_t f = 0; f < FRAMES; f++) {
        const float answers = (float)(16 + f / 64); /* 16 blocks of silence before */
        is(&song, f, rig_noise(0, f, 0) + answers, rig_noise(0, f, 1) + answers);
    }
    close_song(&song);
}

static void presets_are_where_params_start(void **state)
{
    (void)state;
    static const struct {
        const char *said;
        float gain;
    } cases[] = {{"preset: Half", 0.25f},
                 {"preset: 'urn:qmix:test:gain#half', params: {gain: 2}", 1.0f}};
    for (int i = 0; i < 2; i++) {
        char text[400];
        snprintf(text, sizeof text,
                 "qmix: 1\nsources: {a: {tone: {}, inserts: [" GAIN ", %s}}]}}\n",
                 cases[i].said);
        render(&song, text);
        for (int64_t f = 0; f < FRAMES; f++)
            is(&song, f, cases[i].gain * rig_noise(0, f, 0),
               cases[i].gain * rig_noise(0, f, 1));
        close_song(&song);
    }
}

static void a_state_is_read_from_its_file(void **state)
{
    (void)state;
    static const char saved[] =
        "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
        "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
        "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n"
        "<> a pset:Preset ; lv2:appliesTo <urn:qmix:test:gain> ;\n"
        "  lv2:port [ lv2:symbol \"gain\" ; pset:value 2.0 ] ;\n"
        "  state:state [ <urn:qmix:test:factor> 0.25 ] .\n";
    char name[] = "/tmp/test_lv2.XXXXXX", text[400];
    const int file = mkstemp(name);
    assert_true(file >= 0);
    assert_int_equal(write(file, saved, sizeof saved - 1), sizeof saved - 1);
    close(file);
    snprintf(text, sizeof text,
             "qmix: 1\nsources: {a: {tone: {}, inserts: [" GAIN ", state: '%s'}}]}}\n",
             name);
    render(&song, text);
    for (int64_t f = 0; f < FRAMES; f++)
        is(&song, f, 0.5f * rig_noise(0, f, 0), 0.5f * rig_noise(0, f, 1));
    close_song(&song);
    unlink(name);
}

/* Control bits of the mode: flush-to-zero, rounding, masks; not the sticky flags. */
static uint64_t mode_now(void)
{
    const uint64_t mode = qm_fpmode_enter();
    qm_fpmode_restore(mode);
    return mode & ~(uint64_t)0x3f;
}

static void what_breaks_is_told(void **state)
{
    (void)state;
    QmEngine *engine;
    QmSlotReadings readings[1];
    static float pairs[2 * FRAMES];
    open_song(&song, "qmix: 1\nsources: {a: {tone: {}, inserts: [" GAIN "}}]}}\n"
                     "automation:\n  a.lv2.break: [{at: 6400 samples, value: 1}]\n");
    const uint64_t mode = qm_fpmode_enter(), ours = mode_now();
    assert_int_equal(qm_engine_new(&song.plan, &song.arena, NULL, &engine), QM_OK);
    qm_engine_pull(engine, FRAMES, pairs);
    const uint64_t after = mode_now();
    qm_fpmode_restore(mode);
    assert_true(after == ours);
    for (int64_t f = 0; f < FRAMES; f++)
        for (int c = 0; c < 2; c++)
            assert_true(pairs[2 * f + c] == (f < 6400 ? rig_noise(0, f, c) : 0.0f));
    qm_lv2_warnings(song.host, &song.diag);
    assert_int_equal(song.diag.n_warnings, 2);
    assert_non_null(strstr(song.diag.warnings[0], "a.lv2: 'Test Gain' gave 7"));
    assert_non_null(strstr(song.diag.warnings[1], "changed its latency"));
    const QmInsert *insert = &song.session->strips[0].inserts[0];
    const QmProcSpec spec = qm_insert_spec(song.session, song.session->strips, insert);
    insert->proc->read(&spec, NULL, 0, readings[0].values);
    assert_true(readings[0].values[0] >= 2 * (FRAMES - 6400));
    close_song(&song);
}

/* --- text --------------------------------------------------------------------------- */

static void params_are_rows_like_any(void **state)
{
    (void)state;
    open_song(&song, "qmix: 1\nsources: {a: {tone: {}, inserts: [" GAIN "}}, " GAIN
                     "}}]}}\nbuses: {b: {inserts: [" GAIN ", name: vol}}]}}\n");
    const QmInsert *insert = song.session->strips[0].inserts;
    assert_string_equal(insert[0].name, "lv2");
    assert_string_equal(insert[1].name, "lv2-2");
    assert_ptr_equal(insert[0].proc, insert[1].proc);
    const QmParam *rows = insert->proc->params;
    assert_int_equal(insert->proc->n_params, 3);
    assert_string_equal(rows[0].name, "gain");
    assert_true(rows[0].min == 0.1 && rows[0].max == 4 && rows[0].def == 1);
    assert_int_equal(rows[1].kind, QM_PARAM_INTEGER);
    assert_int_equal(rows[1].unit, QM_UNIT_SAMPLES);
    assert_string_equal(insert->plugin->version, "2.4");
    assert_true(qm_starts_with(insert->plugin->library, "qmix-test.so "));
    assert_int_equal(qm_address_assign(song.session, "b.vol.gain=0.3", NULL), QM_OK);
    assert_true(song.session->strips[1].inserts[0].params[0] == 0.3);
    QmDiag diag = {.status = QM_OK};
    assert_int_equal(qm_address_assign(song.session, "a.lv2.gian=1", &diag),
                     QM_ERR_INPUT);
    assert_string_equal(diag.text,
                        "a.lv2.gian: unknown parameter 'gian', did you mean 'gain'?");
    close_song(&song);
}

static void what_is_printed_reads_back(void **state)
{
    (void)state;
    static const char text[] =
        "qmix: 1\n\nsources:\n"
        "  a:\n"
        "    tone: {}\n"
        "    inserts:\n"
        "      - lv2: {uri: \"urn:qmix:test:gain\"}\n"
        "      - lv2: {uri: \"urn:qmix:test:gain\", preset: Half, params: {gain: 0.1, "
        "delay: 3}}\n"
        "      - lv2: {uri: \"urn:qmix:test:keyed\", key: b, name: duck, bypass: yes}\n"
        "  b:\n"
        "    lv2: {uri: \"urn:qmix:test:notes\", params: {delay: 7}}\n"
        "    inserts:\n"
        "      - lv2: {uri: \"urn:qmix:test:mono\"}\n";
    QmText printed;
    memset(&song, 0, sizeof song);
    assert_int_equal(read_song(&song, text), QM_OK);
    assert_string_equal(song.session->strips[1].inserts[0].name, "lv2-2");
    qm_text_init(&printed, &song.arena);
    qm_session_print(song.session, &printed);
    assert_string_equal(printed.data, text);
    close_song(&song);
}

#define INSERTS "qmix: 1\nsources: {a: {tone: {}, inserts: ["
#define SOURCE  "qmix: 1\nsources: {a: {"

static void faults_are_told_where_they_are(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {INSERTS "{lv2: {uri: 'urn:qmix:test:gian'}}]}}",
         "s.yaml:2:47: sources.a.inserts.1.lv2.uri: unknown LV2 plug-in "
         "'urn:qmix:test:gian', did you mean 'urn:qmix:test:gain'?"},
        {INSERTS "{lv2: {uri: gain}}]}}",
         "s.yaml:2:47: sources.a.inserts.1.lv2.uri: expected the URI of an LV2 plug-in, "
         "such as 'http://...', found 'gain'"},
        {INSERTS "{lv2: {uri: [1]}}]}}",
         "s.yaml:2:47: sources.a.inserts.1.lv2.uri: expected a text, found a list"},
        {INSERTS "{lv2: {}}]}}",
         "s.yaml:2:41: sources.a.inserts.1.lv2: 'uri' is missing"},
        {INSERTS "lv2]}}",
         "s.yaml:2:35: sources.a.inserts.1.lv2: expected 'lv2: {uri: ...}'"},
        {INSERTS GAIN ", params: {gian: 1}}}]}}",
         "s.yaml:2:78: sources.a.inserts.1.lv2.params: unknown key 'gian', did you mean "
         "'gain'?"},
        {INSERTS GAIN ", params: {gain: 5}}}]}}",
         "s.yaml:2:84: sources.a.inserts.1.lv2.params.gain: expected a number from 0.1 "
         "to 4, found '5'"},
        {INSERTS GAIN ", params: 5}}]}}",
         "s.yaml:2:77: sources.a.inserts.1.lv2.params: expected a map, found '5'"},
        {INSERTS GAIN ", gain: 5}}]}}",
         "s.yaml:2:69: sources.a.inserts.1.lv2: unknown key 'gain'"},
        {INSERTS GAIN ", preset: Hafl}}]}}",
         "s.yaml:2:47: sources.a.inserts.1.lv2.uri: unknown preset 'Hafl', did you mean "
         "'Half'?"},
        {INSERTS GAIN ", preset: Half, state: x}}]}}",
         "s.yaml:2:47: sources.a.inserts.1.lv2.uri: a plug-in starts from a 'preset' or "
         "from a 'state', not both"},
        {INSERTS GAIN ", state: /nowhere}}]}}",
         "s.yaml:2:47: sources.a.inserts.1.lv2.uri: cannot open the state '/nowhere'"},
        {INSERTS "{lv2: {uri: 'urn:qmix:test:needy'}}]}}",
         "s.yaml:2:47: sources.a.inserts.1.lv2.uri: 'urn:qmix:test:needy' cannot be "
         "hosted: it requires <urn:qmix:test:a-pony>"},
        {INSERTS "{lv2: {uri: 'urn:qmix:test:lame'}}]}}",
         "s.yaml:2:36: a.lv2: 'urn:qmix:test:lame' cannot be started"},
        {INSERTS "{lv2: {uri: 'urn:qmix:test:notes'}}]}}",
         "s.yaml:2:47: sources.a.inserts.1.lv2.uri: 'urn:qmix:test:notes' cannot be "
         "hosted: it has no audio input, so it is no insert"},
        {SOURCE "lv2: {uri: 'urn:qmix:test:gain'}}}",
         "s.yaml:2:26: sources.a.lv2.uri: 'urn:qmix:test:gain' cannot be hosted: it "
         "takes no notes, so it is no instrument"},
        {SOURCE "lv2: {uri: 'urn:qmix:test:notes', key: a}}}",
         "s.yaml:2:49: sources.a.lv2: unknown key 'key'"},
        {SOURCE "tone: {}, lv2: {uri: 'urn:qmix:test:notes'}}}",
         "s.yaml:2:25: sources.a: a source has one input, found 'tone' and 'lv2'"},
        {INSERTS GAIN ", key: b}}]}, b: {tone: {}}}",
         "s.yaml:2:36: sources.a.inserts.1: 'lv2' takes no 'key'"},
        {INSERTS GAIN "}}]}}\nautomation: {a.lv2.gain: [{at: 1, value: 9}]}",
         "s.yaml:3:42: automation.a.lv2.gain.1.value: expected a number from 0.1 to 4, "
         "found '9'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(&song, 0, sizeof song);
        assert_int_equal(read_song(&song, cases[i][0]), QM_ERR_INPUT);
        assert_string_equal(song.diag.text, cases[i][1]);
        close_song(&song);
    }
}

static void memory_that_is_not_there(void **state)
{
    (void)state;
    static const char text[] = INSERTS GAIN ", preset: Half}}, " MONO
                                            "]}, b: {lv2: {uri: 'urn:qmix:test:notes'}}}";
    QmStatus status = QM_ERR_MEMORY;
    for (uint64_t n = 1; status == QM_ERR_MEMORY; n++) {
        memset(&song, 0, sizeof song);
        song.arena.fail_at = n;
        status = read_song(&song, text);
        close_song(&song);
    }
    assert_int_equal(status, QM_OK);
}

static void without_a_host_it_is_said(void **state)
{
    (void)state;
    static const char text[] = INSERTS GAIN "}}]}}";
    memset(&song, 0, sizeof song);
    assert_int_equal(qm_session_parse(text, strlen(text), "s.yaml", &song.arena,
                                      &song.diag, &song.session),
                     QM_ERR_INPUT);
    assert_string_equal(song.diag.text, "s.yaml:2:41: sources.a.inserts.1.lv2: no "
                                        "plug-ins are hosted here");
    close_song(&song);
    if (hosted)
        return;
    memset(&song, 0, sizeof song);
    assert_int_equal(read_song(&song, text), QM_ERR_INPUT);
    assert_string_equal(song.diag.text,
                        "s.yaml:2:47: sources.a.inserts.1.lv2.uri: this qmix was built "
                        "without LV2 hosting (it needs lilv)");
    close_song(&song);
}

/* The bundle is beside us: BUILD/tests/unit/test_lv2, BUILD/tests/lv2. */
static void find_bundle(const char *program)
{
    char bundle[sizeof folder + 40];
    const char *unit = strstr(program, "unit/test_lv2");
    const size_t n = unit ? (size_t)(unit - program) : 0;
    snprintf(folder, sizeof folder, "%.*s%s", (int)n, program, "lv2");
    snprintf(bundle, sizeof bundle, "%s/qmix-test.lv2/qmix-test.so", folder);
    hosted = access(bundle, R_OK) == 0;
    setenv("LV2_PATH", folder, 1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest always[] = {cmocka_unit_test(without_a_host_it_is_said)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latency_is_compensated_to_the_sample),
        cmocka_unit_test(no_split_changes_anything),
        cmocka_unit_test(controls_are_those_of_a_blocks_first_frame),
        cmocka_unit_test(notes_fall_on_their_frame),
        cmocka_unit_test(a_jump_back_begins_at_rest),
        cmocka_unit_test(a_mono_plugin_has_a_copy_for_each_channel),
        cmocka_unit_test(a_key_comes_in_at_the_side),
        cmocka_unit_test(work_is_done_between_two_blocks),
        cmocka_unit_test(presets_are_where_params_start),
        cmocka_unit_test(a_state_is_read_from_its_file),
        cmocka_unit_test(what_breaks_is_told),
        cmocka_unit_test(params_are_rows_like_any),
        cmocka_unit_test(what_is_printed_reads_back),
        cmocka_unit_test(faults_are_told_where_they_are),
        cmocka_unit_test(memory_that_is_not_there),
        cmocka_unit_test(without_a_host_it_is_said),
    };
    find_bundle(argc ? argv[0] : "");
    return hosted ? cmocka_run_group_tests(tests, NULL, NULL)
                  : cmocka_run_group_tests(always, NULL, NULL);
}
