/* For people: the balance, a matrix of who hides whom, the worst of it in words, what is
 * too much alike, and which stems hear the same source. For machines: the tables. */
#include "cmd/stems.h"

#include "analysis/loudness.h"
#include "base/number.h"
#include "base/sort.h"
#include "base/text.h"
#include "cmd/measures.h"
#include "render/together.h"

#include <stdio.h>
#include <string.h>

enum {
    NAME_WIDTH = 24,
    WORST_SHOWN = 12,
    RANGES_SHOWN = 3, /* of a pair */
    MATRIX_MAX = 30,  /* stems that fit side by side */
};

#define WORTH_WORDS 8.0 /* % */
#define SEVERITY_DB 20  /* that 100 % are */
#define IN_TIME     0.5 /* samples */
#define ALIKE       0.7
#define TOGETHER    20.0 /* % of the time */

/* --- names -------------------------------------------------------------------------- */

static const char *short_name(const char *file, QmArena *arena)
{
    const char *const last = qm_path_last(file);
    return qm_arena_strndup(arena, last, qm_path_stem(last));
}

static bool all_differ(const char *const *names, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < i; j++)
            if (qm_same(names[i], names[j]))
                return false;
    return true;
}

static bool name_stems(StemSet *set, QmArena *arena)
{
    set->names = QM_NEW_ARRAY(arena, const char *, set->n);
    for (uint32_t i = 0; set->names && i < set->n; i++)
        if (!(set->names[i] = short_name(set->files[i], arena)))
            return false;
    for (uint32_t i = 0; set->names && !all_differ(set->names, set->n) && i < set->n; i++)
        set->names[i] = set->files[i];
    return set->names != NULL;
}

/* --- what there is to find ---------------------------------------------------------- */

QmStatus stems_compare(const char *const *files, QmAnalysis *const *analyses, uint32_t n,
                       const QmAnalyseRequest *request, QmArena *arena, StemSet *set,
                       QmDiag *diag)
{
    if (n > QM_MASKING_MAX_STEMS)
        return qm_fail_plain(diag, QM_ERR_USAGE, "--masking: at most %d stems, found %u",
                             (int)QM_MASKING_MAX_STEMS, n);
    *set = (StemSet){.n = n, .files = files};
    QmMaskingStem *const stems = QM_NEW_ARRAY(arena, QmMaskingStem, n);
    if (!stems || !name_stems(set, arena))
        return qm_fail_memory(diag);
    for (uint32_t i = 0; i < n; i++) {
        const QmLoudness *const loudness =
            qm_analysis_result(analyses[i], &qm_feature_loudness);
        stems[i] = (QmMaskingStem){set->names[i],
                                   qm_analysis_result(analyses[i], &qm_feature_bark),
                                   loudness->integrated, 1, NULL};
    }
    set->masking = qm_masking(stems, n, QM_MASKING_PAIRS, arena);
    if (!set->masking)
        return qm_fail_memory(diag);
    const QmTogetherRequest together = {
        .files = files,
        .names = set->names,
        .n = n,
        .open = request->open,
        .context = request->context,
        .threads = request->threads,
        .isa = request->isa,
        .progress = request->progress,
        .cancel = request->cancel,
    };
    return qm_together(&together, arena, &set->alignment, diag);
}

/* --- for people --------------------------------------------------------------------- */

static const char *fixed(QmMeasured measured, int decimals, char text[QM_NUMBER_TEXT])
{
    if (measured.why)
        return "-";
    qm_fixed_text(measured.value, decimals, text);
    return text;
}

static void print_balance(const StemSet *set)
{
    const QmMaskedStem *const stems = set->masking->stems.items;
    printf("balance\n"
           "   #  %-*s   LUFS  to loudest  to sum  active  masked  worst band\n"
           "      %-*s               LU      LU       %%       %%  Hz\n",
           NAME_WIDTH, "stem", NAME_WIDTH, "");
    for (uint32_t i = 0; i < set->n; i++) {
        const QmMaskedStem *const s = &stems[i];
        char a[5][QM_NUMBER_TEXT];
        printf("  %2u  %-*.*s  %5s  %10s  %6s  %6s  %6s", i + 1, NAME_WIDTH, NAME_WIDTH,
               s->name, fixed(s->loudness, 1, a[0]), fixed(s->to_loudest, 1, a[1]),
               fixed(s->to_sum, 1, a[2]), fixed(s->active, 0, a[3]),
               fixed(s->masked, 0, a[4]));
        if (s->worst_band)
            printf("  %d-%d", (int)(qm_bark_hz((double)s->worst_band - 1) + 0.5),
                   (int)(qm_bark_hz((double)s->worst_band) + 0.5));
        printf("%s%s%s\n", s->masked.why ? "  (" : "", s->masked.why ? s->masked.why : "",
               s->masked.why ? ")" : "");
    }
}

static char mark_of(double percent)
{
    return percent >= 40 ? '#' : percent >= 20 ? '=' : percent >= 8 ? '-' : ' ';
}

static void print_matrix(const StemSet *set)
{
    if (set->n < 2 || set->n > MATRIX_MAX)
        return;
    printf("\nwho hides whom: rows hide columns, %% of their loudness\n"
           "  (- from 8, = from 20, # from 40)\n  %-*s",
           NAME_WIDTH + 4, "");
    for (uint32_t j = 0; j < set->n; j++)
        printf(" %4u ", j + 1);
    for (uint32_t i = 0; i < set->n; i++) {
        printf("\n  %2u  %-*.*s", i + 1, NAME_WIDTH, NAME_WIDTH, set->names[i]);
        for (uint32_t j = 0; j < set->n; j++) {
            const QmMeasured s = i == j ? qm_unmeasured("")
                                        : qm_masking_pair(set->masking, i, j)->severity;
            char text[QM_NUMBER_TEXT];
            if (i == j)
                printf("    * ");
            else if (s.why || s.value < 0.5)
                printf("    %s ", s.why ? "-" : ".");
            else
                printf(" %4s%c", fixed(s, 0, text), mark_of(s.value));
        }
    }
    char all[QM_NUMBER_TEXT], heard[QM_NUMBER_TEXT];
    printf("\n  M total %s, of what is heard alone %s\n",
           fixed(set->masking->total, 1, all),
           fixed(set->masking->heard_total, 1, heard));
}

static int worse(const void *a, const void *b)
{
    const double x = ((const QmMaskingPair *)a)->severity.value;
    const double y = ((const QmMaskingPair *)b)->severity.value;
    return (x < y) - (x > y);
}

/* "1:05.3" */
static void print_time(double s)
{
    const int tenths = (int)(s * 10 + 0.5);
    printf("%d:%02d.%d", tenths / 600, tenths / 10 % 60, tenths % 10);
}

/* The worst ranges of a pair in its worst band. */
static void print_when(const StemSet *set, const QmMaskingPair *pair)
{
    const QmMaskingRange *const ranges = set->masking->ranges.items;
    uint32_t shown = 0;
    for (size_t i = 0; i < set->masking->ranges.count && shown < RANGES_SHOWN; i++) {
        const QmMaskingRange *const r = &ranges[i];
        if (r->masker != pair->masker || r->masked != pair->masked ||
            r->band != pair->worst_band)
            continue;
        printf(shown++ ? ", " : "; by 12 dB and more at ");
        print_time(r->from.value);
        printf("-");
        print_time(r->to.value);
    }
}

static void print_worst(const StemSet *set, QmMaskingPair *sorted)
{
    const size_t count = set->masking->pairs.count;
    for (size_t i = 0; i < count && i < WORST_SHOWN; i++) {
        const QmMaskingPair *const p = &sorted[i];
        if (p->severity.why || p->severity.value < WORTH_WORDS)
            break;
        char a[4][QM_NUMBER_TEXT];
        if (i == 0)
            printf("\nthe worst of it\n");
        printf("  %s hides %s %% of %s, most at %s-%s Hz, by %s dB in the mean",
               p->masker, fixed(p->severity, 0, a[0]), p->masked,
               fixed(p->worst_low, 0, a[1]), fixed(p->worst_high, 0, a[2]),
               fixed(qm_measured(p->worst.value / 100 * SEVERITY_DB), 0, a[3]));
        print_when(set, p);
        printf("\n");
    }
}

static void print_alike(const StemSet *set)
{
    bool any = false;
    for (uint32_t i = 0; i < set->n; i++)
        for (uint32_t j = i + 1; j < set->n; j++) {
            const QmMaskingPair *const p = qm_masking_pair(set->masking, i, j);
            if (p->overlap.why || p->overlap.value < ALIKE || p->together.why ||
                p->together.value < TOGETHER)
                continue;
            char text[QM_NUMBER_TEXT];
            printf("%s  %s and %s: %s\n",
                   any ? "" : "\nalike in spectrum (overlap, 1: the same)\n", p->masker,
                   p->masked, fixed(p->overlap, 2, text));
            any = true;
        }
}

/* "the second 97.2 samples (2.03 ms) later" */
static void print_delay(const QmRelatedPair *pair)
{
    char samples[QM_NUMBER_TEXT], ms[QM_NUMBER_TEXT];
    const double delay = pair->delay.value, by = delay < 0 ? -1 : 1;
    if (by * delay < IN_TIME) {
        printf("in time");
        return;
    }
    qm_fixed_text(by * delay, 1, samples);
    qm_fixed_text(by * pair->delay_ms.value, 2, ms);
    printf("the second %s samples (%s ms) %s", samples, ms,
           delay < 0 ? "earlier" : "later");
}

/* A stem that hears most of the others is probably their mix. */
static void print_hint(const StemSet *set)
{
    const QmRelatedPair *const pairs = set->alignment.pairs.items;
    for (uint32_t i = 0; set->n > 3 && i < set->n; i++) {
        uint32_t heard = 0;
        for (size_t k = 0; k < set->alignment.pairs.count; k++)
            heard += pairs[k].first_at == i || pairs[k].second_at == i;
        if (2 * heard > set->n - 1)
            printf("  %s hears most of the others: a mix of them?\n", set->names[i]);
    }
}

static void print_alignment(const StemSet *set)
{
    const QmRelatedPair *const pairs = set->alignment.pairs.items;
    printf("\nthe same source\n");
    if (set->alignment.compared.why)
        printf("  not compared: %s\n", set->alignment.compared.why);
    else if (set->alignment.pairs.count == 0)
        printf("  no two stems have one\n");
    for (size_t i = 0; i < set->alignment.pairs.count; i++) {
        const QmRelatedPair *const p = &pairs[i];
        char a[2][QM_NUMBER_TEXT];
        if (qm_same(p->relation, "duplicate")) {
            printf("  %s and %s: duplicate%s\n", p->first, p->second,
                   qm_same(p->polarity, "inverted") ? ", inverted: they cancel" : "");
            continue;
        }
        printf("  %s and %s: %s, ", p->first, p->second, p->relation);
        print_delay(p);
        printf(", polarity %s; %s %% agrees, confidence %s\n", p->polarity,
               fixed(p->shared, 0, a[0]), fixed(p->confidence, 2, a[1]));
    }
    print_hint(set);
}

QmStatus stems_print(const StemSet *set, bool verbose, QmDiag *diag)
{
    QmArena arena;
    qm_arena_init(&arena);
    const QmList *const pairs = &set->masking->pairs;
    QmMaskingPair *const sorted = QM_NEW_ARRAY(&arena, QmMaskingPair, pairs->count);
    if (sorted && pairs->count)
        memcpy(sorted, pairs->items, pairs->count * sizeof *sorted);
    QmStatus status = sorted
                          ? qm_sort(sorted, pairs->count, sizeof *sorted, worse, &arena)
                          : QM_ERR_MEMORY;
    if (status == QM_OK) {
        print_balance(set);
        print_matrix(set);
        print_worst(set, sorted);
        print_alike(set);
        print_alignment(set);
    }
    if (status == QM_OK && verbose) {
        const MeasureGroup group = {"\nmasking", qm_masking_measures,
                                    qm_masking_measure_count, set->masking};
        measures_print(&group, QM_VIEW_DETAIL);
    }
    qm_arena_release(&arena);
    return status == QM_OK ? QM_OK : qm_fail_memory(diag);
}

/* --- for machines ------------------------------------------------------------------- */

QmStatus stems_print_json(const StemSet *set, QmDiag *diag)
{
    const MeasureGroup masking = {"masking", qm_masking_measures,
                                  qm_masking_measure_count, set->masking};
    const MeasureGroup alignment = {"alignment", qm_relations_measures,
                                    qm_relations_measure_count, &set->alignment};
    CliJson json = {0};
    cli_json_open(&json, '{');
    cli_json_key(&json, "files");
    cli_json_open(&json, '[');
    for (uint32_t i = 0; i < set->n; i++)
        cli_json_put(&json, cli_json_text(set->files[i]));
    cli_json_close(&json, ']');
    measures_json(&json, &masking);
    measures_json(&json, &alignment);
    cli_json_close(&json, '}');
    return cli_json_end(&json, diag);
}
