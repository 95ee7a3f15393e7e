/* A table of options is walked three times: to print --help, to find what was written,
 * and to say what was probably meant. Fields are written through their offset in the
 * tool's own struct. */
#include "cmd/cli.h"

#include "base/text.h"
#include "base/units.h"
#include "render/offline.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const CliOption common_options[] = {
    {'q', "quiet", NULL, "say nothing but errors", CLI_FLAG, offsetof(CliCommon, quiet)},
    {'v', "verbose", NULL, "say more", CLI_FLAG, offsetof(CliCommon, verbose)},
    {0, "json", NULL, "results as JSON on standard output", CLI_FLAG,
     offsetof(CliCommon, json)},
};
enum { N_COMMON = sizeof common_options / sizeof common_options[0], HELP_COLUMN = 26 };

/* --- help ------------------------------------------------------------------ */

static void print_option(char letter, const char *name, const char *argument,
                         const char *help)
{
    char left[128];
    const int width = snprintf(left, sizeof left, "  %c%c%c --%s%s%s", letter ? '-' : ' ',
                               letter ? letter : ' ', letter ? ',' : ' ', name,
                               argument ? " " : "", argument ? argument : "");
    const char *line_end = strchr(help, '\n');
    printf("%s%*s", left, width < HELP_COLUMN ? HELP_COLUMN - width : 1, "");
    while (line_end) {
        printf("%.*s\n%*s", (int)(line_end - help), help, HELP_COLUMN, "");
        help = line_end + 1;
        line_end = strchr(help, '\n');
    }
    printf("%s\n", help);
}

static void print_help(const CliTool *tool)
{
    printf("usage: %s %s\n\n%s\n\noptions:\n", tool->name, tool->usage, tool->summary);
    for (size_t i = 0; i < tool->n_options; i++)
        print_option(tool->options[i].letter, tool->options[i].name,
                     tool->options[i].argument, tool->options[i].help);
    for (size_t i = 0; i < N_COMMON; i++)
        print_option(common_options[i].letter, common_options[i].name, NULL,
                     common_options[i].help);
    print_option('h', "help", NULL, "print this");
    print_option(0, "version", NULL, "print the version");
    if (tool->notes)
        printf("\n%s\n", tool->notes);
}

int cli_usage_error(const CliTool *tool, const char *what, const char *word)
{
    fprintf(stderr, "%s: %s", tool->name, what);
    if (word)
        fprintf(stderr, " '%s'", word);
    fprintf(stderr, ", see '%s --help'\n", tool->name);
    return QM_ERR_USAGE;
}

/* --- parsing ------------------------------------------------------------------ */

typedef struct Parser {
    const CliTool *tool;
    void *options;
    QmArena *arena;
    char **argv;
    int argc, at;
} Parser;

static const CliOption *find_in(const CliOption *options, size_t n, char letter,
                                const char *name, size_t length)
{
    for (size_t i = 0; i < n; i++) {
        if (letter && options[i].letter == letter)
            return &options[i];
        if (!letter && strlen(options[i].name) == length &&
            strncmp(options[i].name, name, length) == 0)
            return &options[i];
    }
    return NULL;
}

static const CliOption *find(const Parser *p, char letter, const char *name,
                             size_t length)
{
    const CliOption *found =
        find_in(p->tool->options, p->tool->n_options, letter, name, length);
    return found ? found : find_in(common_options, N_COMMON, letter, name, length);
}

static bool append(Parser *p, CliList *list, const char *item)
{
    if (!list->items)
        list->items = QM_NEW_ARRAY(p->arena, const char *, CLI_MAX_LIST);
    if (!list->items || list->count == CLI_MAX_LIST)
        return false;
    list->items[list->count++] = item;
    return true;
}

static bool parse_count(const char *text, uint64_t *value)
{
    double number;
    if (!qm_number_parse(text, &number) || number < 0 || number > 9007199254740992.0 ||
        number != (double)(uint64_t)number)
        return false;
    *value = (uint64_t)number;
    return true;
}

/* 0, or the exit code. */
static int store(Parser *p, const CliOption *option, const char *value)
{
    void *field = (char *)p->options + option->offset;
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)field = true;
        return 0;
    case CLI_TEXT:
        *(const char **)field = value;
        return 0;
    case CLI_NUMBER:
        if (parse_count(value, field))
            return 0;
        fprintf(stderr, "%s: --%s: expected a whole number, found '%s'\n", p->tool->name,
                option->name, value);
        return QM_ERR_USAGE;
    case CLI_LIST:
        return append(p, field, value) ? 0 : cli_usage_error(p->tool, "too many", value);
    }
    return 0;
}

static int unknown(const Parser *p, const char *word, size_t length)
{
    const char *names[64];
    size_t n = 0;
    char name[64];
    for (size_t i = 0; i < p->tool->n_options && n < 60; i++)
        names[n++] = p->tool->options[i].name;
    for (size_t i = 0; i < N_COMMON; i++)
        names[n++] = common_options[i].name;
    snprintf(name, sizeof name, "%.*s", (int)(length < 60 ? length : 60), word);
    const char *near = qm_near_miss(name, names, n);
    if (!near)
        return cli_usage_error(p->tool, "unknown option", name);
    fprintf(stderr, "%s: unknown option '--%s', did you mean '--%s'?\n", p->tool->name,
            name, near);
    return QM_ERR_USAGE;
}

static int parse_long(Parser *p, const char *word)
{
    const size_t length = strcspn(word, "=");
    const CliOption *option = find(p, 0, word, length);
    if (!option)
        return unknown(p, word, length);
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    if (option->kind == CLI_FLAG)
        return value ? cli_usage_error(p->tool, "no value is taken by", option->name)
                     : store(p, option, NULL);
    if (!value && p->at < p->argc)
        value = p->argv[p->at++];
    return value ? store(p, option, value)
                 : cli_usage_error(p->tool, "a value is missing after", option->name);
}

static int parse_letters(Parser *p, const char *letters)
{
    for (; *letters; letters++) {
        const CliOption *option = find(p, *letters, NULL, 0);
        const char word[2] = {*letters, 0};
        if (!option)
            return cli_usage_error(p->tool, "unknown option", word);
        if (option->kind == CLI_FLAG) {
            store(p, option, NULL);
            continue;
        }
        const char *value = letters[1]        ? letters + 1
                            : p->at < p->argc ? p->argv[p->at++]
                                              : NULL;
        return value ? store(p, option, value)
                     : cli_usage_error(p->tool, "a value is missing after", word);
    }
    return 0;
}

bool cli_parse(const CliTool *tool, int argc, char **argv, void *options, QmArena *arena,
               int *exit_code)
{
    Parser p = {tool, options, arena, argv, argc, 1};
    CliCommon *common = options;
    bool only_operands = false;
    *exit_code = 0;
    while (p.at < argc && *exit_code == 0) {
        const char *word = argv[p.at++];
        if (only_operands || word[0] != '-' || !word[1]) {
            if (!append(&p, &common->operands, word))
                *exit_code = cli_usage_error(tool, "too many operands", NULL);
        } else if (qm_same(word, "--")) {
            only_operands = true;
        } else if (qm_same(word, "--help") || qm_same(word, "-h")) {
            print_help(tool);
            return false;
        } else if (qm_same(word, "--version")) {
            printf("%s %s\n", tool->name, QM_VERSION);
            return false;
        } else {
            *exit_code =
                word[1] == '-' ? parse_long(&p, word + 2) : parse_letters(&p, word + 1);
        }
    }
    return *exit_code == 0;
}

/* --- reporting ------------------------------------------------------------------ */

void cli_print_name(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text < ' ' || *text == 127 ? '?' : *text);
}

int cli_end(const CliTool *tool, int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr, "%s: cannot write to standard output\n", tool->name);
    return code > 1 ? code : QM_ERR_IO;
}

int cli_report(const CliTool *tool, const CliCommon *common, const QmDiag *diag)
{
    const uint32_t kept =
        diag->n_warnings < QM_DIAG_WARNINGS ? diag->n_warnings : QM_DIAG_WARNINGS;
    for (uint32_t i = 0; i < kept && !common->quiet; i++)
        fprintf(stderr, "%s: warning: %s\n", tool->name, diag->warnings[i]);
    if (diag->n_warnings > kept && !common->quiet)
        fprintf(stderr, "%s: warning: and %u more\n", tool->name,
                diag->n_warnings - kept);
    if (diag->status != QM_OK)
        fprintf(stderr, "%s: %s\n", tool->name, diag->text);
    return qm_status_exit(diag->status);
}

/* --- threads ------------------------------------------------------------------ */

uint32_t cli_threads(uint64_t asked)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const uint64_t n = asked ? asked : cores > 0 ? (uint64_t)cores : 1;
    return (uint32_t)(n < QM_MAX_THREADS ? n : QM_MAX_THREADS);
}

/* --- progress ------------------------------------------------------------------ */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

CliProgress cli_progress_start(const CliCommon *common, const char *label)
{
    const double start = now();
    return (CliProgress){.shown = !common->quiet && isatty(STDERR_FILENO),
                         .label = label,
                         .started = start,
                         .next = start + 0.5};
}

void cli_progress_report(void *self, int64_t done, int64_t total)
{
    CliProgress *progress = self;
    if (!progress->shown || done <= 0 || total <= 0)
        return;
    const double time = now();
    if (time < progress->next)
        return;
    progress->next = time + 0.2;
    const double share = (double)done / (double)total;
    const int left = (int)((time - progress->started) * (1.0 / share - 1.0) + 0.5);
    fprintf(stderr, "\r%s: %3d %%, %d:%02d left ", progress->label, (int)(share * 100.0),
            left / 60, left % 60);
}

void cli_progress_clear(const CliProgress *progress)
{
    if (progress->shown && progress->next > progress->started + 0.5)
        fprintf(stderr, "\r%*s\r", 40, "");
}

void cli_progress_end(CliProgress *progress)
{
    cli_progress_clear(progress);
    progress->shown = false;
}

double cli_progress_elapsed(const CliProgress *progress)
{
    return now() - progress->started;
}
