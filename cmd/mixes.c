/* A verb is a line of a table: how it is called, what it may be told, who does it. All
 * work on one store (mix_store.h), which the last operand names if it looks like a file.
 *
 * Saving renders, so that what is said of a mix is measured on what its log makes, not on
 * whatever file lies beside it. */
#include "cmd/mixes.h"

#include "base/text.h"
#include "cmd/inputs.h"
#include "cmd/mix_store.h"
#include "cmd/mix_take.h"
#include "cmd/mixes_compare.h"
#include "cmd/mixes_diff.h"
#include "cmd/mixes_list.h"
#include "formats/audio_write.h"
#include "formats/file_out.h"

#include <stdio.h>
#include <string.h>

typedef struct Options {
    CliCommon common;
    const char *note, *output;
    bool force;
    uint64_t threads;
} Options;

/* One run of a verb. */
typedef struct Run {
    const CliTool *tool;
    const Options *options;
    const volatile sig_atomic_t *cancel;
    QmArena arena;
    QmDiag *diag;
    MixStore store;
    const char *names[2]; /* of mixes */
    uint32_t n_names;
} Run;

/* ---- options ---- */

#define FIELD(name) offsetof(Options, name)
#define THREADS                                                                          \
    {                                                                                    \
        't', "threads", "N", "threads (default: one a core); the samples are the same",  \
            CLI_NUMBER, FIELD(threads)                                                   \
    }

static const CliOption save_options[] = {
    {0, "note", "TEXT", "what is to be remembered about it", CLI_TEXT, FIELD(note)},
    {'f', "force", NULL, "replace a mix of that name", CLI_FLAG, FIELD(force)},
    THREADS,
};
static const CliOption recall_options[] = {
    {'o', "output", "FILE", "render it, too (24 bits)", CLI_TEXT, FIELD(output)},
    {'f', "force", NULL, "even if the current log was not saved", CLI_FLAG, FIELD(force)},
    THREADS,
};
static const CliOption compare_options[] = {
    {'o', "output", "FILE", "where to write them, taking turns (needed)", CLI_TEXT,
     FIELD(output)},
    THREADS,
};

/* ---- what verbs share ---- */

static MixTakeRequest take_request(const Run *run)
{
    return (MixTakeRequest){.common = &run->options->common,
                            .threads = cli_threads(run->options->threads),
                            .cancel = run->cancel};
}

/* The second mix of `diff` and `compare` is the current log, unless it is named. */
static QmStatus read_pair(Run *run, MixEntry entries[2])
{
    QmStatus status =
        mix_store_read(&run->store, run->names[0], &run->arena, run->diag, &entries[0]);
    if (status == QM_OK)
        status = mix_store_read(&run->store, run->n_names > 1 ? run->names[1] : NULL,
                                &run->arena, run->diag, &entries[1]);
    return status;
}

static const char *measured(QmMeasured value, char text[QM_NUMBER_TEXT])
{
    if (value.why)
        return "-";
    qm_fixed_text(value.value, 1, text);
    return text;
}

/* ---- save ---- */

static QmStatus save_take(Run *run, const MixEntry *now, const MixTake *take)
{
    const Options *const o = run->options;
    char lufs[QM_NUMBER_TEXT], peak[QM_NUMBER_TEXT];
    QmSavedFacts facts = mix_take_facts(take, o->note ? o->note : "");
    mix_store_hash(now->text, now->size, facts.log);
    const QmStatus status = mix_store_write(&run->store, run->names[0], now->text,
                                            now->size, &facts, &run->arena, run->diag);
    if (status == QM_OK && !o->common.quiet)
        fprintf(stderr, "saved '%s': %s LUFS, %s dBTP, %zu decisions\n", run->names[0],
                measured(facts.lufs, lufs), measured(facts.true_peak, peak),
                mixes_decisions(&now->log));
    return status;
}

static QmStatus save(Run *run, int *code)
{
    static MixTake take; /* too large for a stack */
    MixEntry now;
    (void)code;
    if (!run->options->force && mix_store_has(&run->store, run->names[0], &run->arena))
        return qm_fail_plain(run->diag, QM_ERR_USAGE,
                             "there is a mix '%s' already: choose another name, or "
                             "replace it with --force",
                             run->names[0]);
    QmStatus status = mix_store_read(&run->store, NULL, &run->arena, run->diag, &now);
    if (status != QM_OK)
        return status;
    const MixTakeRequest request = take_request(run);
    status = mix_take_make(run->store.log, &request, run->diag, &take);
    if (status == QM_OK)
        status = save_take(run, &now, &take);
    mix_take_release(&take);
    return status;
}

/* ---- recall ---- */

static QmStatus render_log(Run *run, MixRender *render)
{
    const char *const output = run->options->output;
    QmSink sink;
    QmStatus status = mix_render_open(run->store.log, run->diag, render);
    if (status == QM_OK)
        status = inputs_keep(&render->loaded, output, run->diag);
    if (status != QM_OK)
        return status;
    const QmSession *const session = render->loaded.session;
    const QmAudioFormat format = {session->rate, 2 * render->plan.n_outputs, QM_BITS_24,
                                  QM_DITHER_AUTO, session->seed};
    status = qm_audio_sink_open(output, &format, &run->arena, run->diag, &sink);
    if (status != QM_OK)
        return status;
    CliProgress progress = cli_progress_start(&run->options->common, "rendering");
    const QmOfflineConfig config = {.threads = cli_threads(run->options->threads),
                                    .progress = {cli_progress_report, &progress},
                                    .cancel = run->cancel};
    status = mix_render_run(render, &config, &sink, 1, run->diag, NULL);
    cli_progress_end(&progress);
    sink.close(sink.self);
    return status;
}

static QmStatus check_unsaved(Run *run)
{
    bool unsaved = false;
    if (run->options->force)
        return QM_OK;
    const QmStatus status =
        mix_store_unsaved(&run->store, &run->arena, run->diag, &unsaved);
    if (status == QM_OK && unsaved)
        return qm_fail_plain(run->diag, QM_ERR_USAGE,
                             "'%s' holds a mix that was not saved: save it, or let it go "
                             "with --force",
                             run->store.log);
    return status;
}

static QmStatus recall(Run *run, int *code)
{
    static MixRender render; /* too large for a stack */
    const Options *const o = run->options;
    MixEntry entry;
    (void)code;
    QmStatus status =
        mix_store_read(&run->store, run->names[0], &run->arena, run->diag, &entry);
    if (status == QM_OK)
        status = check_unsaved(run);
    if (status == QM_OK)
        status = qm_file_out_whole(run->store.log, entry.text, entry.size, &run->arena,
                                   run->diag);
    if (status != QM_OK)
        return status;
    if (o->output) {
        status = render_log(run, &render);
        mix_render_release(&render);
    } else if (!o->common.quiet) {
        fprintf(stderr,
                "'%s' is '%s' again; to hear it: qmix --decisions %s -o %.*s.wav\n",
                run->store.log, run->names[0], run->store.log,
                (int)qm_path_stem(run->store.log), run->store.log);
    }
    return status;
}

/* ---- list, export ---- */

static QmStatus read_all(Run *run, MixEntry **entries, size_t *n)
{
    const char **names;
    QmStatus status = mix_store_names(&run->store, &run->arena, run->diag, &names, n);
    if (status != QM_OK)
        return status;
    *entries = QM_NEW_ARRAY(&run->arena, MixEntry, *n + 1);
    if (!*entries)
        return qm_fail_memory(run->diag);
    for (size_t i = 0; i < *n && status == QM_OK; i++)
        status =
            mix_store_read(&run->store, names[i], &run->arena, run->diag, &(*entries)[i]);
    return status;
}

static QmStatus list(Run *run, int *code)
{
    MixEntry *entries;
    size_t n;
    (void)code;
    const QmStatus status = read_all(run, &entries, &n);
    if (status != QM_OK)
        return status;
    if (run->options->common.json)
        return mixes_json(&run->store, entries, n, false, run->diag);
    return mixes_list(&run->store, entries, n, &run->arena, run->diag);
}

static QmStatus export(Run *run, int *code)
{
    MixEntry *entries;
    size_t n;
    (void)code;
    const QmStatus status = read_all(run, &entries, &n);
    return status == QM_OK ? mixes_json(&run->store, entries, n, true, run->diag)
                           : status;
}

/* ---- diff, compare ---- */

static QmStatus diff(Run *run, int *code)
{
    MixEntry entries[2];
    QmMixDiff found;
    const QmStatus status = read_pair(run, entries);
    if (status != QM_OK)
        return status;
    if (!qm_mix_diff(&entries[0].log, &entries[1].log, &run->arena, &found))
        return qm_fail_memory(run->diag);
    *code = !qm_mix_same(&found);
    if (!run->options->common.json) {
        mixes_diff_print(&found);
        return QM_OK;
    }
    CliJson json = {0};
    cli_json_open(&json, '{');
    cli_json_set(&json, "from", cli_json_text(entries[0].name));
    cli_json_set(&json, "to", cli_json_text(entries[1].name));
    mixes_diff_json(&json, &found);
    cli_json_close(&json, '}');
    return cli_json_end(&json, run->diag);
}

static QmStatus compare_takes(Run *run, const MixEntry entries[2], const MixTake takes[2])
{
    const Options *const o = run->options;
    MixesCompare compare = {.names = {entries[0].name, entries[1].name},
                            .takes = {&takes[0], &takes[1]}};
    QmMixDiff found;
    QmStatus status = mixes_compare_plan(&compare, &run->arena, run->diag);
    if (status == QM_OK)
        status = mixes_compare_write(&compare, o->output, &run->arena, run->diag);
    if (status != QM_OK)
        return status;
    if (!qm_mix_diff(&entries[0].log, &entries[1].log, &run->arena, &found))
        return qm_fail_memory(run->diag);
    if (o->common.json)
        return mixes_compare_json(&compare, o->output, &found, run->diag);
    if (!o->common.quiet)
        mixes_compare_print(&compare, &found);
    return QM_OK;
}

static QmStatus compare(Run *run, int *code)
{
    static MixTake takes[2];
    MixEntry entries[2];
    (void)code;
    if (!run->options->output)
        return qm_fail_plain(run->diag, QM_ERR_USAGE, "say where to: -o FILE");
    QmStatus status = read_pair(run, entries);
    const MixTakeRequest request = take_request(run);
    int made = 0;
    for (; made < 2 && status == QM_OK; made++)
        status = mix_take_make(entries[made].path, &request, run->diag, &takes[made]);
    if (status == QM_OK)
        status = compare_takes(run, entries, takes);
    while (made > 0)
        mix_take_release(&takes[--made]);
    return status;
}

/* ---- all of them ---- */

typedef struct Verb {
    const char *word;
    CliTool tool;
    uint32_t least, most; /* names of mixes */
    QmStatus (*run)(Run *run, int *code);
} Verb;

#define OPTIONS(table) (table), sizeof(table) / sizeof *(table)

static const char about_logs[] =
    "LOG is the log beside a mix: mix.log of mix.wav. Without it the one in this folder\n"
    "is meant. Mixes are kept in a folder beside it: mix.mixes/v1.log and v1.yaml.";

static const Verb verbs[] = {
    {"save",
     {"qmix save", "NAME [LOG] [--note TEXT]",
      "Keeps a mix under a name: its decisions, and what they measure.",
      OPTIONS(save_options), about_logs},
     1,
     1,
     save},
    {"recall",
     {"qmix recall", "NAME [LOG] [-o FILE]",
      "Makes a saved mix the current one, and renders it if asked to.",
      OPTIONS(recall_options), about_logs},
     1,
     1,
     recall},
    {"list",
     {"qmix list", "[LOG] [--json]", "Lists the saved mixes.", NULL, 0, about_logs},
     0,
     0,
     list},
    {"diff",
     {"qmix diff", "NAME [NAME] [LOG] [--json]",
      "Says which decisions differ between two mixes, or a mix and the current log; "
      "exit\n"
      "status 1 if any do.",
      NULL, 0, about_logs},
     1,
     2,
     diff},
    {"compare",
     {"qmix compare", "NAME [NAME] [LOG] -o FILE",
      "Writes two mixes of a song into one file, equally loud, taking turns every eight\n"
      "bars, and says which one plays when.",
      OPTIONS(compare_options), about_logs},
     1,
     2,
     compare},
    {"export",
     {"qmix export", "[LOG] --json", "Prints all saved mixes, decisions included.", NULL,
      0, about_logs},
     0,
     0,
     export},
};

static const Verb *find(const char *word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (qm_same(verbs[i].word, word))
            return &verbs[i];
    return NULL;
}

bool mixes_asked(const char *word) { return find(word) != NULL; }

/* Names of mixes, then a log; 0, or the exit code. */
static int read_operands(Run *run, const Verb *verb, const char **log)
{
    const CliList *const operands = &run->options->common.operands;
    *log = NULL;
    for (size_t i = 0; i < operands->count; i++) {
        const char *const word = operands->items[i];
        if (strpbrk(word, "./") && i + 1 == operands->count)
            *log = word;
        else if (run->n_names == verb->most)
            return cli_usage_error(run->tool, "one word too many:", word);
        else if (!qm_name_valid(word))
            return cli_usage_error(run->tool, "no name of a mix:", word);
        else
            run->names[run->n_names++] = word;
    }
    return run->n_names < verb->least
               ? cli_usage_error(run->tool, "expected the name of a mix", NULL)
               : 0;
}

static int run_verb(const Verb *verb, const Options *options, QmArena *arena,
                    const volatile sig_atomic_t *cancel)
{
    static QmDiag diag; /* too large for a stack */
    Run run = {.tool = &verb->tool, .options = options, .cancel = cancel, .diag = &diag};
    const char *log;
    int found = 0, code = read_operands(&run, verb, &log);
    if (code)
        return code;
    qm_arena_init(&run.arena);
    QmStatus status = mix_store_find(log, arena, &diag, &run.store);
    if (status == QM_OK)
        status = verb->run(&run, &found);
    code = cli_report(&verb->tool, &options->common, &diag);
    qm_arena_release(&run.arena);
    return status == QM_OK ? found : code;
}

int mixes_main(int argc, char **argv, const volatile sig_atomic_t *cancel)
{
    const Verb *const verb = find(argv[1]);
    Options options = {0};
    QmArena arena;
    int code;
    qm_arena_init(&arena);
    if (cli_parse(&verb->tool, argc - 1, argv + 1, &options, &arena, &code))
        code = run_verb(verb, &options, &arena, cancel);
    qm_arena_release(&arena);
    return cli_end(&verb->tool, code);
}
