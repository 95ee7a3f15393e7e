/* For people: first the two files, what their samples say in words, then a line a
 * measure. A line that begins with FAIL is what somebody looks for in a long log. */
#include "cmd/compared.h"

#include "base/number.h"
#include "base/text.h"
#include "cmd/analysed.h"

#include <stdio.h>
#include <string.h>

/* --- words -------------------------------------------------------------------------- */

static bool is_list(const QmFinding *finding)
{
    return finding->measure->kind == QM_MEASURE_LIST && finding->item;
}

static void value_text(const QmFinding *finding, const void *values, char text[64])
{
    const double item = is_list(finding) ? *(const double *)values : 0;
    if (item == QM_GAP)
        strcpy(text, "-");
    else if (is_list(finding))
        qm_fixed_text(item, finding->measure->decimals, text);
    else
        measure_text(finding->measure, values, text);
}

static const char *why(const QmFinding *finding, const void *values)
{
    if (finding->measure->kind != QM_MEASURE_NUMBER || !values)
        return NULL;
    return ((const QmMeasured *)((const char *)values + finding->measure->offset))->why;
}

/* Of the difference itself that is its value. */
static void difference_text(const QmFinding *finding, char text[64])
{
    const char *const reason_a = why(finding, finding->a);
    const char *const reason = reason_a ? reason_a : why(finding, finding->b);
    char number[QM_NUMBER_TEXT] = "";
    const char *unit =
        finding->feature ? qm_tolerance_unit(finding->measure) : finding->measure->unit;
    if (finding->number)
        qm_fixed_text(finding->difference, finding->measure->decimals, number);
    else
        unit = reason ? reason : "";
    snprintf(text, 64, "%s%s%s%s",
             finding->number && finding->feature && finding->difference > 0 ? "+" : "",
             number, *number && *unit ? " " : "", unit);
}

static void allowed_text(const QmFinding *finding, char text[64])
{
    const QmTolerance *const t = finding->tolerance;
    const QmMeasureKind kind = finding->measure->kind;
    char number[QM_NUMBER_TEXT] = "";
    text[0] = '\0';
    if (!compared_judged(finding))
        return;
    qm_number_text(t->value, number);
    const bool how_many = kind == QM_MEASURE_ROWS || kind == QM_MEASURE_TEXT ||
                          kind == QM_MEASURE_FLAG ||
                          (kind == QM_MEASURE_LIST && !finding->item);
    if (t->allow == QM_ALLOW_FLAG)
        strcpy(text, t->flag ? "yes" : "no");
    else if (finding->feature && (how_many || t->value == 0))
        strcpy(text, "same");
    else
        snprintf(text, 64, "%s%s%s", finding->limit == QM_LIMIT_MOST ? "at most " : "",
                 number, t->allow == QM_ALLOW_SHARE ? " %" : "");
}

bool compared_judged(const QmFinding *finding)
{
    return finding->tolerance && finding->tolerance->allow != QM_ALLOW_ANY;
}

ComparedWords compared_words(const QmFinding *finding)
{
    ComparedWords words = {.a = ""};
    allowed_text(finding, words.allowed);
    if (!finding->feature && finding->measure->kind == QM_MEASURE_NUMBER) {
        difference_text(finding, words.b);
        return words;
    }
    value_text(finding, finding->b, words.b);
    if (!finding->feature)
        return words;
    value_text(finding, finding->a, words.a);
    if (!finding->same)
        difference_text(finding, words.difference);
    return words;
}

/* --- the samples -------------------------------------------------------------------- */

static void print_file(const Compared *compared, int side)
{
    const uint64_t not_finite = compared->samples.not_finite[side];
    printf("%c  %s: ", 'A' + side, compared->names[side]);
    analysed_print_facts(&compared->samples.info[side]);
    if (not_finite)
        printf(", %llu samples are no numbers", (unsigned long long)not_finite);
    printf("\n");
}

/* "frame 48000 (1.000 s)" */
static void print_frame(const Compared *compared, QmMeasured frame)
{
    char number[QM_NUMBER_TEXT], seconds[QM_NUMBER_TEXT];
    qm_fixed_text(frame.value, 0, number);
    qm_fixed_text(frame.value / compared->samples.info[0].rate, 3, seconds);
    printf("frame %s (%s s)", number, seconds);
}

static void print_quantity(const char *before, QmMeasured value, int decimals,
                           const char *unit)
{
    char number[QM_NUMBER_TEXT];
    qm_fixed_text(value.value, decimals, number);
    if (value.why)
        printf("%s- (%s)", before, value.why);
    else
        printf("%s%s%s%s", before, number, *unit ? " " : "", unit);
}

static void print_exact(const Compared *compared)
{
    const QmDifference *const d = &compared->samples.difference;
    print_quantity("differing    ", d->differing, 0, "frames");
    if (!d->first.why) {
        printf(", the first is ");
        print_frame(compared, d->first);
    }
    if (d->longer.value != 0) {
        const QmMeasured by =
            qm_measured(d->longer.value < 0 ? -d->longer.value : d->longer.value);
        print_quantity(d->longer.value > 0 ? "; B is longer by " : "; B is shorter by ",
                       by, 0, "frames");
    }
    printf("\n");
    if (d->largest.why)
        return;
    print_quantity("largest      ", d->largest, 2, "dBFS at ");
    print_frame(compared, d->largest_frame);
    print_quantity(", channel ", d->largest_channel, 0, "");
    printf("\n");
}

static void print_alignment(const Compared *compared)
{
    const QmDifference *const d = &compared->samples.difference;
    const double rate = compared->samples.info[0].rate;
    printf("alignment    ");
    if (d->delay.why) {
        printf("none: the two have %s\n", d->delay.why);
        return;
    }
    const double by = d->delay.value < 0 ? -d->delay.value : d->delay.value;
    if (by > 0) {
        print_quantity("B is ", qm_measured(by), 0, "frames (");
        print_quantity("", qm_measured(1000 * by / rate), 3, "ms) ");
        printf("%s", d->delay.value > 0 ? "later" : "earlier");
    } else {
        printf("at the same time");
    }
    printf(", %s polarity", d->inverted ? "inverted" : "same");
    if (!d->gain.why && d->gain.value > -0.005 && d->gain.value < 0.005)
        printf(", same gain");
    else if (!d->gain.why)
        print_quantity(d->gain.value < 0 ? ", quieter by " : ", louder by ",
                       qm_measured(d->gain.value < 0 ? -d->gain.value : d->gain.value), 2,
                       "dB");
    printf("\n");
}

static void print_samples(const Compared *compared)
{
    const QmDifference *const d = &compared->samples.difference;
    if (d->identical) {
        printf("\nidentical, sample by sample\n");
        return;
    }
    printf("\nnot identical");
    if (d->differing.why) {
        printf(": %s\n", d->differing.why);
        return;
    }
    printf("\n");
    print_exact(compared);
    if (!(d->differing.value > 0))
        return;
    print_alignment(compared);
    if (qm_same(d->null.why, QM_NO_DIFFERENCE)) {
        printf("null         nothing is left after alignment\n");
        return;
    }
    print_quantity("null         ", d->null, 2, "dB");
    print_quantity("; with the gain matched ", d->null_matched, 2, "dB");
    print_quantity("; residual ", d->residual, 2, "dBFS");
    print_quantity("\nworst 400 ms ", d->worst, 2, "dB");
    if (!d->worst_at.why)
        print_quantity(" at ", d->worst_at, 1, "s");
    printf("\n");
}

/* --- the measures ------------------------------------------------------------------- */

static bool shown(const Compared *compared, const QmFinding *finding, bool verbose)
{
    const bool judged = compared_judged(finding);
    if (finding->beyond || (verbose && (judged || finding->feature)))
        return true;
    if (!finding->feature)
        return judged;
    if (finding->same)
        return false;
    /* What changed beside what is judged says why it changed. */
    return judged || (finding->measure->view == QM_VIEW_SUMMARY && !finding->item &&
                      compared->n_beyond > 0);
}

static void name_text(const QmFinding *finding, char text[COMPARED_TEXT])
{
    if (finding->item)
        snprintf(text, COMPARED_TEXT, "%s[%zu]", finding->name, finding->item);
    else
        snprintf(text, COMPARED_TEXT, "%s", finding->name);
}

static void print_finding(const QmFinding *finding, int width)
{
    char name[COMPARED_TEXT];
    const ComparedWords words = compared_words(finding);
    const bool limit = !finding->feature;
    const char *const verdict = finding->beyond            ? "FAIL"
                                : compared_judged(finding) ? "ok"
                                                           : "";
    name_text(finding, name);
    printf("%-4s  %-*s  %10s  %10s  ", verdict, width, name, words.a,
           limit ? "" : words.b);
    printf(*words.allowed ? "%-15s  %s\n" : "%s%s\n", limit ? words.b : words.difference,
           words.allowed);
}

static void print_findings(const Compared *compared, bool verbose)
{
    int width = 0;
    char name[COMPARED_TEXT];
    for (size_t i = 0; i < compared->n_findings; i++)
        if (shown(compared, &compared->worst_first[i], verbose)) {
            name_text(&compared->worst_first[i], name);
            width = (int)strlen(name) > width ? (int)strlen(name) : width;
        }
    if (!width)
        return;
    printf("\n      %-*s  %10s  %10s  %-15s  %s\n", width, "measure", "A", "B",
           "difference", "allowed");
    for (size_t i = 0; i < compared->n_findings; i++)
        if (shown(compared, &compared->worst_first[i], verbose))
            print_finding(&compared->worst_first[i], width);
}

void compared_print(const Compared *compared, bool verbose)
{
    print_file(compared, 0);
    print_file(compared, 1);
    print_samples(compared);
    print_findings(compared, verbose);
    if (compared->n_beyond)
        printf("\nFAIL: %zu of %zu beyond what is allowed\n", compared->n_beyond,
               compared->n_judged);
    else if (compared->n_judged)
        printf("\nok: %zu of %zu within what is allowed\n", compared->n_judged,
               compared->n_judged);
    else
        printf("\nnothing is judged\n");
}
