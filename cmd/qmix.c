/* qmix: stems or a session to a finished mix.
 *
 * parse the command line -> open (session or stems, template, overrides) -> measure and
 * decide in turns (mixing.h) -> log, effective session, report, audio -> say what came
 * out. With --decisions nothing is decided: the log is rendered as it is. */
#include "base/text.h"
#include "cmd/format.h"
#include "cmd/inputs.h"
#include "cmd/mix_again.h"
#include "cmd/mix_tell.h"
#include "cmd/mixes.h"
#include "cmd/mixing.h"
#include "cmd/templates.h"
#include "formats/audio_write.h"
#include "formats/decision_text.h"
#include "formats/file_out.h"
#include "formats/session_yaml.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Options {
    CliCommon common;
    const char *output, *template, *target, *log, *session_out, *report, *explain;
    const char *decisions, *seed, *bits, *dither, *cache, *describe;
    CliList set;
    uint64_t threads, cache_size;
    bool dry_run, no_cache, list_templates;
} Options;

#define FIELD(name) offsetof(Options, name)

enum { CACHE_GIB = 4 };

static const CliOption options[] = {
    {'o', "output", "FILE",
     "write the mix: .wav .flac .aiff .ogg .w64 .rf64, '-' for WAV on standard\n"
     "output (default: the session's name, or mix, with .wav)",
     CLI_TEXT, FIELD(output)},
    {0, "template", "NAME|FILE",
     "what kind of music it is (default: what the session says, or base)", CLI_TEXT,
     FIELD(template)},
    {0, "target", "NAME|LUFS",
     "how loud: spotify, club, -16 (default: what the session or template says)",
     CLI_TEXT, FIELD(target)},
    {'s', "set", "ADDR=VALUE",
     "overrule a decision: lead.fader.gain=-4, bass.eq=off, masking=off;\n"
     "may be repeated",
     CLI_LIST, FIELD(set)},
    {0, "dry-run", NULL, "only decide: print the log, write no audio", CLI_FLAG,
     FIELD(dry_run)},
    {0, "explain", "STRIP", "print why a strip is as it is, and write nothing", CLI_TEXT,
     FIELD(explain)},
    {0, "log", "FILE",
     "write the decisions there (default: beside the output, with .log)", CLI_TEXT,
     FIELD(log)},
    {0, "decisions", "LOG",
     "decide nothing: render the mix of this log, as it is or as you changed it",
     CLI_TEXT, FIELD(decisions)},
    {0, "session-out", "FILE",
     "write the effective session, which qrender renders to the same samples", CLI_TEXT,
     FIELD(session_out)},
    {0, "report", "FILE", "write an HTML page: before, after, and why", CLI_TEXT,
     FIELD(report)},
    {'b', "bits", "16|24|32f", "sample format (default 24; 16 is dithered)", CLI_TEXT,
     FIELD(bits)},
    {0, "dither", "auto|none|tpdf|shaped", "noise under the last bit (default auto)",
     CLI_TEXT, FIELD(dither)},
    {0, "seed", "N", "overrule the session's seed: other choices where there are any",
     CLI_TEXT, FIELD(seed)},
    {'t', "threads", "N", "threads (default: one a core); the mix is the same",
     CLI_NUMBER, FIELD(threads)},
    {0, "cache", "DIR", "keep there what is dear to make again (default: ~/.cache/qmix)",
     CLI_TEXT, FIELD(cache)},
    {0, "cache-size", "GIB", "how large it may grow (default 4)", CLI_NUMBER,
     FIELD(cache_size)},
    {0, "no-cache", NULL, "keep nothing and use nothing that was kept", CLI_FLAG,
     FIELD(no_cache)},
    {0, "list-templates", NULL, "print the templates and the targets", CLI_FLAG,
     FIELD(list_templates)},
    {0, "describe", "NAME", "print what a template or a rule says", CLI_TEXT,
     FIELD(describe)},
};

static const CliTool tool = {
    .name = "qmix",
    .usage = "SESSION|STEM... [-o FILE] [options]\n"
             "       qmix save|recall|list|diff|compare|export ...",
    .summary = "Mixes stems or a session; every decision is a line of text.",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .notes = "examples:\n"
             "  qmix stems/*.wav --template edm -o mix.wav\n"
             "  qmix song.yaml --set lead.fader.gain=-4 --dry-run\n"
             "  qmix song.yaml --explain bass\n"
             "  qmix --decisions mix.log -o again.wav\n"
             "  qmix save v1; qmix diff v1 v2; qmix compare v1 v2 -o ab.wav\n"
             "\n"
             "exit status: 0 done, 1 the target was missed, 2 usage, 3 bad input, 4 I/O",
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number) { interrupted = number; }

/* --- names -------------------------------------------------------------------------- */

/* "mixes/night.wav" and ".log" -> "mixes/night.log" */
static const char *beside(const char *name, const char *suffix, QmArena *arena)
{
    QmText text;
    qm_text_init(&text, arena);
    qm_text_add_n(&text, name, qm_path_stem(name));
    qm_text_add(&text, suffix);
    return text.failed ? NULL : text.data;
}

typedef struct Run {
    const Options *options;
    QmArena arena;
    Mixing mixing;
    const char *output, *log;
    int64_t frames;
    QmPcmStats stats;
} Run;

static const char *default_output(const Run *run)
{
    const char *const first = run->options->common.operands.items[0];
    return run->mixing.mix.log.session
               ? beside(qm_same(first, "-") ? "session" : qm_path_last(first), ".wav",
                        (QmArena *)&run->arena)
               : "mix.wav";
}

/* What is to be written takes the place of nothing that is read, and of nothing else that
 * is written. */
static QmStatus name_outputs(Run *run, QmDiag *diag)
{
    const Options *const o = run->options;
    const Loaded *const base = &run->mixing.base;
    if (o->dry_run || o->explain)
        return o->session_out ? inputs_keep(base, o->session_out, diag) : QM_OK;
    run->output = o->output ? o->output : default_output(run);
    run->log = o->log || !run->output || qm_same(run->output, "-")
                   ? o->log
                   : beside(run->output, ".log", &run->arena);
    if (!run->output)
        return qm_fail_memory(diag);
    const char *const names[] = {run->output, run->log, o->session_out, o->report};
    QmStatus status = QM_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && status == QM_OK; i++) {
        if (names[i])
            status = inputs_keep(base, names[i], diag);
        for (size_t j = 0; j < i && status == QM_OK; j++)
            status = inputs_apart(names[i], names[j], diag);
    }
    return status;
}

/* --- writing ------------------------------------------------------------------------ */

static QmStatus write_audio(Run *run, QmDiag *diag)
{
    const Options *const o = run->options;
    Mixing *const mixing = &run->mixing;
    QmAudioFormat format = {.rate = mixing->edited.session->rate,
                            .channels = mixing->spool.width,
                            .seed = mixing->edited.session->seed};
    QmSink sink;
    QmStatus status = format_read(o->bits, o->dither, diag, &format);
    if (status == QM_OK)
        status = qm_audio_sink_open(run->output, &format, &run->arena, diag, &sink);
    if (status != QM_OK)
        return status;
    status = mixing_write(mixing, &sink, &run->frames);
    run->stats = qm_audio_sink_stats(&sink);
    sink.close(sink.self);
    return status;
}

static QmStatus write_text(const char *name, const QmText *text, QmArena *arena,
                           QmDiag *diag)
{
    return text->failed ? qm_fail_memory(diag)
                        : qm_file_out_whole(name, text->data, text->length, arena, diag);
}

static QmStatus write_log(Run *run, QmDiag *diag)
{
    QmText log;
    if (!run->log)
        return QM_OK;
    qm_text_init(&log, &run->arena);
    qm_log_print(&run->mixing.mix.log, &log);
    return write_text(run->log, &log, &run->arena, diag);
}

static QmStatus write_session(Run *run, QmDiag *diag)
{
    const char *const name = run->options->session_out;
    QmText session;
    if (!name)
        return QM_OK;
    qm_text_init(&session, &run->arena);
    const QmStatus status = mix_session_print(&run->mixing, name, &session);
    return status == QM_OK ? write_text(name, &session, &run->arena, diag) : status;
}

static QmStatus write_report(Run *run, QmDiag *diag)
{
    Mixing *const mixing = &run->mixing;
    if (!run->options->report)
        return QM_OK;
    const QmMixReport report = {.name = run->output,
                                .mix = &mixing->mix,
                                .before = mixing->before,
                                .after = mixing->after,
                                .wanted = mixing->wanted};
    return qm_report_mix(run->options->report, &report, diag);
}

/* A dry run writes nothing but the session, if it is asked for. */
static QmStatus write_all(Run *run, QmDiag *diag)
{
    QmStatus status = write_session(run, diag);
    if (status == QM_OK && run->output)
        status = write_audio(run, diag);
    if (status == QM_OK)
        status = write_log(run, diag);
    return status == QM_OK && run->output ? write_report(run, diag) : status;
}

/* --- running ------------------------------------------------------------------------ */

/* $XDG_CACHE_HOME/qmix or ~/.cache/qmix; NULL: neither is known, or memory is out. */
static const char *default_cache(QmArena *arena)
{
    const char *const cache = getenv("XDG_CACHE_HOME"), *const home = getenv("HOME");
    QmText text;
    qm_text_init(&text, arena);
    if (cache && *cache)
        qm_text_printf(&text, "%s/qmix", cache);
    else if (home && *home)
        qm_text_printf(&text, "%s/.cache/qmix", home);
    return text.failed ? NULL : text.data;
}

static MixRequest request_of(const Run *run)
{
    const Options *const o = run->options;
    return (MixRequest){
        .common = &o->common,
        .inputs = o->common.operands,
        .template = o->template,
        .target = o->target,
        .set = o->set,
        .seed = o->seed,
        .cache = o->no_cache ? NULL
                 : o->cache  ? o->cache
                             : default_cache((QmArena *)&run->arena),
        .cache_bytes = (o->cache_size ? o->cache_size : CACHE_GIB) << 30,
        .threads = cli_threads(o->threads),
        .report = o->report,
        .cancel = &interrupted,
    };
}

static QmStatus tell(Run *run, QmDiag *diag)
{
    const Options *const o = run->options;
    if (o->explain)
        return mix_tell_strip(&run->mixing, o->explain, diag);
    if (o->common.json)
        return mix_tell_json(&run->mixing, run->output, run->frames, diag);
    if (o->dry_run)
        return mix_tell_log(&run->mixing, diag);
    if (!o->common.quiet)
        mix_tell_summary(&run->mixing, run->output, run->log, run->frames);
    return QM_OK;
}

/* The exit code. */
static int mix(const Options *o)
{
    static Run run; /* too large for a stack */
    QmDiag diag = {.status = QM_OK};
    run.options = o;
    const MixRequest request = request_of(&run);
    QmStatus status = mixing_open(&request, &diag, &run.mixing);
    if (status == QM_OK)
        status = name_outputs(&run, &diag);
    if (status == QM_OK)
        status = mixing_decide(&run.mixing);
    if (status == QM_OK && (o->report || o->common.json))
        status = mixing_compare(&run.mixing);
    if (status == QM_OK)
        status = write_all(&run, &diag);
    if (status == QM_OK)
        status = tell(&run, &diag);
    const bool missed = status == QM_OK && run.mixing.missed;
    cli_progress_end(&run.mixing.progress);
    const int code = cli_report(&tool, &o->common, &diag);
    mixing_release(&run.mixing);
    qm_arena_release(&run.arena);
    return code == 0 && missed ? 1 : code;
}

/* An option that a log has no use for; NULL: none was said. */
static const char *decides(const Options *o)
{
    return o->dry_run       ? "--dry-run"
           : o->set.count   ? "--set"
           : o->template    ? "--template"
           : o->target      ? "--target"
           : o->seed        ? "--seed"
           : o->explain     ? "--explain"
           : o->log         ? "--log"
           : o->session_out ? "--session-out"
           : o->report      ? "--report"
                            : NULL;
}

static int run_tool(const Options *o)
{
    if (o->list_templates)
        return templates_list(&tool);
    if (o->describe)
        return templates_describe(&tool, o->describe);
    if (o->decisions && o->common.operands.count)
        return cli_usage_error(&tool, "--decisions says what goes in: no operand besides",
                               NULL);
    if (o->decisions && decides(o))
        return cli_usage_error(&tool, "--decisions decides nothing: no option besides",
                               decides(o));
    if (o->decisions)
        return mix_again(&tool, &(MixAgain){.common = &o->common,
                                            .log = o->decisions,
                                            .output = o->output,
                                            .bits = o->bits,
                                            .dither = o->dither,
                                            .threads = cli_threads(o->threads),
                                            .cancel = &interrupted});
    if (!o->common.operands.count)
        return cli_usage_error(&tool, "which session, which stems?", NULL);
    return mix(o);
}

int main(int argc, char **argv)
{
    Options o = {0};
    QmArena arena;
    int code;
    const struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (argc > 1 && mixes_asked(argv[1]))
        return mixes_main(argc, argv, &interrupted);
    qm_arena_init(&arena);
    if (cli_parse(&tool, argc, argv, &o, &arena, &code))
        code = run_tool(&o);
    qm_arena_release(&arena);
    return cli_end(&tool, code);
}
