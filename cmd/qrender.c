/* qrender: a session to audio.
 *
 * parse the command line -> load (session, overrides, sounds, timeline, graph) -> plan
 * -> open the sinks -> render -> say what came out. `--explain` stops after the plan. */
#include "base/text.h"
#include "cmd/cli.h"
#include "cmd/describe.h"
#include "cmd/inputs.h"
#include "cmd/load.h"
#include "cmd/outcome.h"
#include "cmd/plugins.h"
#include "cmd/tail.h"
#include "formats/audio_write.h"
#include "formats/framesum.h"
#include "render/offline.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Options {
    CliCommon common;
    const char *output, *stems, *stems_tap, *from, *to, *bits, *dither, *sum, *verify,
        *seed, *isa, *decisions;
    const char *describe;
    CliList set;
    uint64_t threads, chunk, pull;
    bool explain, list_processors;
} Options;

#define FIELD(name) offsetof(Options, name)

static const CliOption options[] = {
    {'o', "output", "FILE",
     "write the mix: .wav .flac .aiff .ogg .w64 .rf64, '-' for WAV on standard\n"
     "output (default: the session's name with .wav)",
     CLI_TEXT, FIELD(output)},
    {'b', "bits", "16|24|32f", "sample format (default 24; 16 is dithered)", CLI_TEXT,
     FIELD(bits)},
    {0, "dither", "auto|none|tpdf|shaped",
     "noise under the last bit: triangular at 16 bits (default), none,\n"
     "triangular, or shaped (at 44.1 and 48 kHz)",
     CLI_TEXT, FIELD(dither)},
    {0, "from", "POS", "start there: a bar (9, 5.3.2) or a time (12.5 s)", CLI_TEXT,
     FIELD(from)},
    {0, "to", "POS", "stop there (default: when the last tail has ended)", CLI_TEXT,
     FIELD(to)},
    {'s', "set", "ADDR=VALUE", "overrule a parameter: bass.eq.2.gain=-3; may be repeated",
     CLI_LIST, FIELD(set)},
    {0, "decisions", "LOG",
     "edit the session by a decision log of qmix, before --set; '-' is\n"
     "standard input",
     CLI_TEXT, FIELD(decisions)},
    {0, "seed", "N", "overrule the session's seed", CLI_TEXT, FIELD(seed)},
    {0, "stems", "DIR",
     "write every strip to DIR/STRIP.wav, and what the master is fed to\n"
     "DIR/master.in.wav",
     CLI_TEXT, FIELD(stems)},
    {0, "stems-tap", "post|pre", "take the stems after the fader (default) or before it",
     CLI_TEXT, FIELD(stems_tap)},
    {0, "sum", "FILE", "write sums of the samples, a line a block, to compare with later",
     CLI_TEXT, FIELD(sum)},
    {0, "verify", "FILE", "compare with such sums; exit 1 and say where if they differ",
     CLI_TEXT, FIELD(verify)},
    {'t', "threads", "N", "threads (default: one a core); the samples are the same",
     CLI_NUMBER, FIELD(threads)},
    {0, "chunk", "QUANTA",
     "compute so many 64-frame quanta at a time; the samples are the same", CLI_NUMBER,
     FIELD(chunk)},
    {0, "pull", "FRAMES",
     "render as a device would, pulling FRAMES at a time; the samples are\n"
     "the same",
     CLI_NUMBER, FIELD(pull)},
    {0, "isa", "best|base|avx2",
     "which build of the inner loops; the samples are the same", CLI_TEXT, FIELD(isa)},
    {'e', "explain", NULL, "print plan and timeline and stop", CLI_FLAG, FIELD(explain)},
    {0, "list-processors", NULL, "print the inserts, sources and modulators", CLI_FLAG,
     FIELD(list_processors)},
    {0, "describe", "NAME", "print the parameters of one; lv2:URI of a plug-in", CLI_TEXT,
     FIELD(describe)},
};

static const CliTool tool = {
    .name = "qrender",
    .usage = "SESSION [-o FILE] [options]",
    .summary = "Renders a session to audio: the same samples on every machine.",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .notes =
        "examples:\n"
        "  qrender song.yaml -o song.flac\n"
        "  qrender song.yaml --set vox.fader.gain=-4 --from 9 --to 17 -o - | aplay\n"
        "  qrender song.yaml --sum song.sum; qrender song.yaml --verify song.sum\n"
        "  qrender song.yaml --explain\n"
        "\n"
        "exit status: 0 done, 1 --verify found a difference, 2 usage, 3 bad input, 4 I/O",
};

static volatile sig_atomic_t interrupted;

enum { PATIENCE_S = 2 }; /* for threads that wait for a pipe when the signal comes */

static void on_signal(int number)
{
    interrupted = number;
    alarm(PATIENCE_S);
}

/* Outputs have no name yet, so there is nothing to tidy up. */
static void on_alarm(int number)
{
    static const char text[] = "qrender: interrupted\n";
    (void)number;
    const ssize_t told = write(STDERR_FILENO, text, sizeof text - 1);
    (void)told;
    _exit(QM_ERR_IO);
}

/* --- choices ------------------------------------------------------------------ */

typedef struct Choice {
    const char *name;
    int value;
} Choice;

static const Choice bits_choices[] = {{"16", QM_BITS_16},
                                      {"24", QM_BITS_24},
                                      {"32f", QM_BITS_32F},
                                      {NULL, 0}};
static const Choice dither_choices[] = {{"auto", QM_DITHER_AUTO},
                                        {"none", QM_DITHER_NONE},
                                        {"tpdf", QM_DITHER_TPDF},
                                        {"shaped", QM_DITHER_SHAPED},
                                        {NULL, 0}};
static const Choice isa_choices[] = {{"best", QM_ISA_BEST},
                                     {"base", QM_ISA_BASE},
                                     {"avx2", QM_ISA_AVX2},
                                     {NULL, 0}};
static const Choice tap_choices[] = {{"post", QM_POINT_POST},
                                     {"pre", QM_POINT_PRE},
                                     {NULL, 0}};

static QmStatus choose(const char *option, const char *text, const Choice *choices,
                       QmDiag *diag, int *value)
{
    if (!text)
        return QM_OK;
    for (; choices->name; choices++)
        if (qm_same(text, choices->name)) {
            *value = choices->value;
            return QM_OK;
        }
    return qm_fail_plain(diag, QM_ERR_USAGE, "%s: '%s' is none of its values", option,
                         text);
}

/* --- one run ------------------------------------------------------------------ */

typedef struct Run {
    const Options *options;
    Loaded loaded;
    QmPlan plan;
    int bits, dither, isa, tap;
    QmPickup stems[QM_MAX_STRIPS + 1];
    QmSink *stem_sinks;
    uint32_t n_stems, stems_open;
    QmSink outputs[3];
    uint32_t n_outputs;
    int file, verify; /* indices in outputs; -1: none */
    const char *file_name;
    int64_t from, to;
    QmMeter *meters; /* [n_strips]; NULL: not asked */
    QmSlotReadings *readings;
    uint32_t n_readings;
    QmTrim trim;
    QmSink trimmed; /* in front of the outputs where nobody said how long the render is */
    CliProgress progress;
} Run;

static QmStatus read_choices(Run *run, QmDiag *diag)
{
    const Options *o = run->options;
    run->bits = QM_BITS_24;
    run->isa = QM_ISA_BEST;
    run->tap = QM_POINT_POST;
    QmStatus status = choose("--bits", o->bits, bits_choices, diag, &run->bits);
    if (status == QM_OK)
        status = choose("--dither", o->dither, dither_choices, diag, &run->dither);
    if (status == QM_OK)
        status = choose("--isa", o->isa, isa_choices, diag, &run->isa);
    if (status == QM_OK)
        status = choose("--stems-tap", o->stems_tap, tap_choices, diag, &run->tap);
    if (status == QM_OK && !qm_isa_available((QmIsa)run->isa))
        status = qm_fail_plain(diag, QM_ERR_USAGE, "--isa: this CPU has no %s", o->isa);
    if (status == QM_OK &&
        (o->threads > QM_MAX_THREADS || o->chunk > QM_MAX_CHUNK_QUANTA ||
         o->pull > QM_MAX_CHUNK_QUANTA * QM_QUANTUM))
        status =
            qm_fail_plain(diag, QM_ERR_USAGE,
                          "at most %d threads, %d quanta and %d frames can be asked for",
                          QM_MAX_THREADS, QM_MAX_CHUNK_QUANTA,
                          QM_MAX_CHUNK_QUANTA * QM_QUANTUM);
    if (status == QM_OK && o->pull && o->stems)
        status =
            qm_fail_plain(diag, QM_ERR_USAGE, "--pull and --stems do not go together");
    if (status == QM_OK && run->dither == QM_DITHER_SHAPED && o->from)
        status = qm_fail_plain(diag, QM_ERR_USAGE,
                               "--from and --dither shaped do not go together: shaped "
                               "noise depends on what was before");
    return status;
}

/* Every strip, and at the end what the master is fed. */
static void ask_for_stems(Run *run)
{
    const QmSession *session = run->loaded.session;
    if (!run->options->stems)
        return;
    for (uint16_t s = 0; s < session->n_strips; s++)
        run->stems[run->n_stems++] =
            (QmPickup){.strip = s, .point = (QmTapPoint)run->tap};
    run->stems[run->n_stems++] =
        (QmPickup){.strip = (uint16_t)(session->n_strips - 1), .point = QM_POINT_IN};
}

static QmStatus read_range(Run *run, QmDiag *diag)
{
    const Options *o = run->options;
    QmStatus status = QM_OK;
    run->from = 0;
    run->to = run->plan.frames;
    if (o->from)
        status = load_position(&run->loaded, "--from", o->from, diag, &run->from);
    if (o->to && status == QM_OK)
        status = load_position(&run->loaded, "--to", o->to, diag, &run->to);
    if (status != QM_OK || run->from < run->to)
        return status;
    if (o->from || o->to)
        return qm_fail_plain(diag, QM_ERR_USAGE, "nothing lies between --from and --to");
    return qm_fail_plain(
        diag, QM_ERR_INPUT,
        "nothing in '%s' has an end: place something in time, or give --to",
        run->loaded.session->file);
}

static QmStatus prepare(Run *run, QmDiag *diag)
{
    const Options *o = run->options;
    const LoadRequest request = {.file = o->common.operands.items[0],
                                 .decisions = o->decisions,
                                 .overrides = o->set,
                                 .seed = o->seed};
    QmStatus status = load_session(&request, diag, &run->loaded);
    if (status != QM_OK)
        return status;
    ask_for_stems(run);
    const QmPlanRequest wanted = {.isa = (QmIsa)run->isa,
                                  .stems = run->stems,
                                  .n_stems = run->n_stems,
                                  .meters = o->common.verbose};
    status = load_plan(&run->loaded, &wanted, diag, &run->plan);
    return status == QM_OK && !o->explain ? read_range(run, diag) : status;
}

/* --- explain ------------------------------------------------------------------ */

static QmStatus explain(Run *run, QmDiag *diag)
{
    QmText text;
    qm_text_init(&text, &run->loaded.arena);
    qm_plan_print(&run->plan, &text);
    plugins_explain(run->loaded.session, &text);
    qm_timeline_print(run->loaded.session, run->loaded.clock, &run->loaded.timeline,
                      &text);
    if (text.failed)
        return qm_fail_memory(diag);
    fputs(text.data, stdout);
    return QM_OK;
}

/* --- sinks ------------------------------------------------------------------ */

/* "songs/night.yaml" -> "night.wav" */
static const char *default_name(const char *session, QmArena *arena)
{
    QmText text;
    qm_text_init(&text, arena);
    if (qm_same(session, "-"))
        qm_text_add(&text, "session");
    else
        qm_text_add_n(&text, qm_path_last(session), qm_path_stem(qm_path_last(session)));
    qm_text_add(&text, ".wav");
    return text.data;
}

/* The log is read, too. */
static QmStatus keep_log(const Options *o, const char *output, QmDiag *diag)
{
    const char *items[] = {o->decisions};
    const CliList log = {items, 1};
    const QmStatus status = inputs_spare(&log, output, diag);
    return status == QM_OK ? inputs_spare(&log, o->sum, diag) : status;
}

/* Says what is to be written, and that it takes the place of nothing that is read. */
static QmStatus name_outputs(Run *run, QmDiag *diag)
{
    const Options *o = run->options;
    QmStatus status = QM_OK;
    run->file_name = o->output;
    if (!o->output && !o->sum && !o->verify && !o->stems) {
        run->file_name = default_name(o->common.operands.items[0], &run->loaded.arena);
        if (!run->file_name)
            return qm_fail_memory(diag);
    }
    if (run->file_name)
        status = inputs_keep(&run->loaded, run->file_name, diag);
    if (o->sum && status == QM_OK)
        status = inputs_keep(&run->loaded, o->sum, diag);
    if (o->decisions && status == QM_OK)
        status = keep_log(o, run->file_name, diag);
    return status == QM_OK ? inputs_apart(run->file_name, o->sum, diag) : status;
}

static QmAudioFormat format_of(const Run *run, uint32_t channels)
{
    return (QmAudioFormat){run->loaded.session->rate, channels, (QmBits)run->bits,
                           (QmDitherKind)run->dither, run->loaded.session->seed};
}

static QmStatus open_outputs(Run *run, QmDiag *diag)
{
    const Options *o = run->options;
    const uint32_t rate = run->loaded.session->rate, channels = 2 * run->plan.n_outputs;
    QmArena *arena = &run->loaded.arena;
    QmStatus status = name_outputs(run, diag);
    if (run->file_name && status == QM_OK) {
        run->file = (int)run->n_outputs;
        const QmAudioFormat format = format_of(run, channels);
        status = qm_audio_sink_open(run->file_name, &format, arena, diag,
                                    &run->outputs[run->n_outputs]);
        run->n_outputs += status == QM_OK;
    }
    if (o->sum && status == QM_OK) {
        status = qm_framesum_sink_open(o->sum, rate, channels, arena, diag,
                                       &run->outputs[run->n_outputs]);
        run->n_outputs += status == QM_OK;
    }
    if (o->verify && status == QM_OK) {
        run->verify = (int)run->n_outputs;
        status = qm_verify_sink_open(o->verify, rate, channels, arena, diag,
                                     &run->outputs[run->n_outputs]);
        run->n_outputs += status == QM_OK;
    }
    return status;
}

/* A length that was asked for is kept, and stems stay as long as the mix. */
static bool may_trim(const Run *run)
{
    const Options *o = run->options;
    return !o->to && !o->stems && tail_open_ended(&run->loaded);
}

static QmStatus open_trim(Run *run, QmDiag *diag)
{
    if (!may_trim(run))
        return QM_OK;
    return tail_trim(&run->loaded, &run->plan, run->outputs, run->n_outputs, &run->trim,
                     diag, &run->trimmed);
}

/* Song frames that came out. */
static int64_t rendered(const Run *run)
{
    const int64_t end = may_trim(run) ? run->trim.written : run->to;
    return end > run->from ? end - run->from : 0;
}

static QmStatus open_stem(Run *run, uint32_t i, QmDiag *diag)
{
    const QmSession *session = run->loaded.session;
    QmText path;
    qm_text_init(&path, &run->loaded.arena);
    qm_text_printf(&path, "%s/%s%s.wav", run->options->stems,
                   session->strips[run->stems[i].strip].name,
                   run->stems[i].point == QM_POINT_IN ? ".in" : "");
    if (path.failed)
        return qm_fail_memory(diag);
    QmStatus status = inputs_keep(&run->loaded, path.data, diag);
    if (status == QM_OK)
        status = inputs_apart(run->file_name, path.data, diag);
    if (status != QM_OK)
        return status;
    const QmAudioFormat format = format_of(run, 2);
    return qm_audio_sink_open(path.data, &format, &run->loaded.arena, diag,
                              &run->stem_sinks[i]);
}

static QmStatus open_stems(Run *run, QmDiag *diag)
{
    if (!run->options->stems)
        return QM_OK;
    if (mkdir(run->options->stems, 0777) != 0 && errno != EEXIST)
        return qm_fail_plain(diag, QM_ERR_IO, "cannot make the folder '%s'",
                             run->options->stems);
    run->stem_sinks = QM_NEW_ARRAY(&run->loaded.arena, QmSink, run->n_stems);
    if (!run->stem_sinks)
        return qm_fail_memory(diag);
    for (; run->stems_open < run->n_stems; run->stems_open++) {
        const QmStatus status = open_stem(run, run->stems_open, diag);
        if (status != QM_OK)
            return status;
    }
    return QM_OK;
}

static void close_sinks(Run *run)
{
    for (uint32_t i = 0; i < run->n_outputs; i++)
        run->outputs[i].close(run->outputs[i].self);
    for (uint32_t i = 0; i < run->stems_open; i++)
        run->stem_sinks[i].close(run->stem_sinks[i].self);
}

/* --- rendering and telling ---------------------------------------------------------- */

static QmStatus check_assets(void *self, QmDiag *diag)
{
    return qm_prepared_check(self, diag);
}

static void make_meters(Run *run)
{
    QmArena *arena = &run->loaded.arena;
    const QmSession *session = run->loaded.session;
    uint32_t inserts = 0;
    for (uint32_t s = 0; s < session->n_strips; s++)
        inserts += session->strips[s].n_inserts;
    run->meters = QM_NEW_ARRAY(arena, QmMeter, session->n_strips);
    run->readings = QM_NEW_ARRAY(arena, QmSlotReadings, inserts);
}

static QmStatus render(Run *run, QmDiag *diag)
{
    if (run->plan.meters)
        make_meters(run);
    run->progress = cli_progress_start(&run->options->common, "rendering");
    const QmOfflineConfig config = {
        .threads = cli_threads(run->options->threads),
        .chunk_quanta = (uint32_t)run->options->chunk,
        .pull_frames = (uint32_t)run->options->pull,
        .from = run->from,
        .to = run->to,
        .outputs = may_trim(run) ? &run->trimmed : run->outputs,
        .n_outputs = may_trim(run) ? 1 : run->n_outputs,
        .stems = run->stem_sinks,
        .progress = {cli_progress_report, &run->progress},
        .cancel = &interrupted,
        .check = check_assets,
        .check_self = run->loaded.prepared,
        .meters = run->meters,
        .readings = run->readings,
        .n_readings = &run->n_readings,
    };
    const QmStatus status = qm_offline_render(&run->plan, &config, diag);
    cli_progress_end(&run->progress);
    qm_prepared_warnings(run->loaded.prepared, diag);
    qm_lv2_warnings(run->loaded.lv2, diag);
    return status;
}

static void tell(const Run *run)
{
    const Options *o = run->options;
    Outcome outcome = {.session = run->loaded.session,
                       .file = run->file >= 0 ? run->file_name : NULL,
                       .channels = 2 * run->plan.n_outputs,
                       .frames = rendered(run),
                       .elapsed_s = cli_progress_elapsed(&run->progress),
                       .stems = o->stems,
                       .n_stems = run->n_stems,
                       .sum = o->sum,
                       .verified = o->verify,
                       .meters = run->meters,
                       .readings = run->readings,
                       .n_readings = run->n_readings};
    if (run->file >= 0)
        outcome.stats = qm_audio_sink_stats(&run->outputs[run->file]);
    if (o->common.json && !(outcome.file && qm_same(outcome.file, "-")))
        outcome_json(&outcome);
    else if (!o->common.quiet && !o->common.json)
        outcome_text(&outcome);
}

/* 0, 1, or a status' exit code. */
static int finish(Run *run, QmStatus status, QmDiag *diag)
{
    const bool differs = run->verify >= 0 && run->verify < (int)run->n_outputs &&
                         qm_verify_differs(&run->outputs[run->verify]);
    if (status == QM_OK && !run->options->explain)
        tell(run);
    const int code = cli_report(&tool, &run->options->common, diag);
    return differs ? 1 : code;
}

static int run_session(const Options *o)
{
    static Run run; /* too large for a stack */
    QmDiag diag = {.status = QM_OK};
    run.options = o;
    run.file = run.verify = -1;
    QmStatus status = read_choices(&run, &diag);
    if (status == QM_OK)
        status = prepare(&run, &diag);
    if (status == QM_OK && o->explain) {
        status = explain(&run, &diag);
    } else if (status == QM_OK) {
        status = open_outputs(&run, &diag);
        if (status == QM_OK)
            status = open_trim(&run, &diag);
        if (status == QM_OK)
            status = open_stems(&run, &diag);
        if (status == QM_OK)
            status = render(&run, &diag);
    }
    const int code = finish(&run, status, &diag);
    close_sinks(&run);
    load_release(&run.loaded);
    return code;
}

int main(int argc, char **argv)
{
    Options o = {0};
    QmArena arena;
    int code;
    qm_arena_init(&arena);
    if (!cli_parse(&tool, argc, argv, &o, &arena, &code)) {
        qm_arena_release(&arena);
        return cli_end(&tool, code);
    }
    const struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGALRM, on_alarm);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (o.list_processors)
        describe_list();
    else if (o.describe)
        code = describe_one(&tool, o.describe);
    else if (o.common.operands.count != 1)
        code = cli_usage_error(&tool, "expected one session", NULL);
    else
        code = run_session(&o);
    qm_arena_release(&arena);
    return cli_end(&tool, code);
}
