/* qanalyze: what is in this audio.
 *
 * parse the command line -> what it asks for (cmd/asked.h) -> analyse the files and print
 * each as it is done (cmd/answers.h), or compare two (cmd/compare.h). */
#include "cmd/answers.h"
#include "cmd/asked.h"
#include "cmd/compare.h"
#include "cmd/curves.h"
#include "cmd/features.h"

#include <signal.h>

#define FIELD(name) offsetof(Options, name)

static const CliOption option_table[] = {
    {'f', "features", "LIST",
     "what to look at: loudness,peak (default: all;\n"
     "--list-features names them)",
     CLI_TEXT, FIELD(features)},
    {0, "list-features", NULL, "print the features and their measures", CLI_FLAG,
     FIELD(list_features)},
    {'c', "curve", "NAME",
     "compare the spectrum with this target: pink, pop, speech, ...\n"
     "(--list-curves names them)",
     CLI_TEXT, FIELD(curve)},
    {0, "list-curves", NULL, "print the target curves and where they come from", CLI_FLAG,
     FIELD(list_curves)},
    {0, "tempo", NULL, "the same as --features tempo", CLI_FLAG, FIELD(tempo)},
    {0, "tempo-range", "LO-HI", "where the tempo is, in BPM: 70-140", CLI_TEXT,
     FIELD(tempo_range)},
    {'g', "grid", "FILE",
     "these beats, instead of detecting them (default: SONG.beats\n"
     "beside SONG.wav, where there is one)",
     CLI_TEXT, FIELD(grid)},
    {0, "grid-out", "FILE", "write the beats, to be edited and given back", CLI_TEXT,
     FIELD(grid_out)},
    {0, "series", NULL, "with --json: also what changes over time", CLI_FLAG,
     FIELD(series)},
    {'r', "report", "FILE", "all of it as one HTML file, with pictures", CLI_TEXT,
     FIELD(report)},
    {0, "album", NULL, "also: all files as one programme, under one gate", CLI_FLAG,
     FIELD(album)},
    {0, "masking", NULL,
     "the files as stems of one mix: their balance, who hides whom,\n"
     "which of them hear the same source",
     CLI_FLAG, FIELD(masking)},
    {0, "compare", NULL,
     "two files: what differs between them, sample by sample and\n"
     "measure by measure; exit 1 when more differs than may",
     CLI_FLAG, FIELD(compare)},
    {0, "tolerance", "WHAT",
     "with --compare: how much may differ (may be given again),\n"
     "as loudness.integrated=0.1, tempo.bpm=1%, level=0.5, key=same,\n"
     "default=0.5, null=-60, delay=0, identical=yes (default: only\n"
     "that), or a YAML file of such lines",
     CLI_LIST, FIELD(tolerances)},
    {0, "tap", NULL, "with --compare: print TAP, a test a measure", CLI_FLAG, FIELD(tap)},
    {0, "junit", "FILE", "with --compare: write the same as JUnit XML", CLI_TEXT,
     FIELD(junit)},
    {0, "dual-mono", NULL, "mono files will be heard from two speakers: +3.01 LU",
     CLI_FLAG, FIELD(dual_mono)},
    {0, "fine-peak", NULL, "true peak at 16 times the rate throughout", CLI_FLAG,
     FIELD(fine_peak)},
    {'t', "threads", "N", "threads (default: one a core); the results are the same",
     CLI_NUMBER, FIELD(threads)},
};

static const CliTool tool = {
    .name = "qanalyze",
    .usage = "FILE|FOLDER|-... [options]",
    .summary = "Measures audio: loudness, peaks, spectrum, stereo, dynamics, tempo, key.",
    .options = option_table,
    .n_options = sizeof option_table / sizeof option_table[0],
    .notes = "examples:\n"
             "  qanalyze mix.wav\n"
             "  qanalyze album/*.flac --features loudness,peak\n"
             "  sox song.mp3 -t wav - | qanalyze - --json | jq .loudness.integrated\n"
             "  qanalyze --masking stems/*.wav\n"
             "  qanalyze mix.wav --report mix.html\n"
             "  qanalyze --compare before.wav after.wav --tolerance null=-60\n"
             "\n"
             "exit status: 0 done, 1 a comparison found a difference, 2 usage, 3 bad "
             "input, 4 I/O",
};

/* What is asked for besides files; false: files are. */
static bool print_lists(const Options *o, QmArena *arena, QmDiag *diag)
{
    if (o->list_features)
        features_print();
    if (o->list_curves)
        curves_print(arena, diag);
    return o->list_features || o->list_curves;
}

/* The exit code. */
static int compare(const Options *o, const QmAnalyseRequest *request, QmArena *arena,
                   QmDiag *diag)
{
    const CompareOptions options = {&o->common, o->tolerances, o->tap, o->junit};
    bool beyond = false;
    compare_files(&options, request, arena, diag, &beyond);
    const int code = cli_report(&tool, &o->common, diag);
    return code == 0 && beyond ? 1 : code;
}

/* The exit code. */
static int analyse(const Options *o, const QmAnalyseRequest *request, QmArena *arena,
                   QmDiag *diag)
{
    QmStatus worst = QM_OK;
    answers_print(&tool, o, request, arena, diag, &worst);
    const int code = cli_report(&tool, &o->common, diag);
    return code == 0 ? qm_status_exit(worst) : code;
}

static int run(const Options *o, QmArena *arena)
{
    QmDiag diag = {0};
    QmAnalyseRequest request;
    if (print_lists(o, arena, &diag))
        return cli_report(&tool, &o->common, &diag);
    if (o->common.operands.count == 0)
        return cli_usage_error(&tool, "which file?", NULL);
    if (asked_read(o, arena, &diag, &request) != QM_OK)
        return cli_report(&tool, &o->common, &diag);
    return o->compare ? compare(o, &request, arena, &diag)
                      : analyse(o, &request, arena, &diag);
}

int main(int argc, char **argv)
{
    Options o = {0};
    QmArena arena;
    int code;
    qm_arena_init(&arena);
    signal(SIGXFSZ, SIG_IGN); /* a file that grew too large is an error of writing it */
    if (cli_parse(&tool, argc, argv, &o, &arena, &code))
        code = run(&o, &arena);
    qm_arena_release(&arena);
    return cli_end(&tool, code);
}
