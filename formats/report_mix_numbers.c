/* What is told of a mix in numbers: one table that says where each is found, shown in
 * large figures and as rows before and after. */
#include "formats/report_mix_parts.h"

#include "analysis/spectrum.h"
#include "base/number.h"
#include "base/qmath.h"

#include <string.h>

enum { LEAST_BANDS = 8 /* in common with the curve (analysis/spectrum.c) */ };

/* ---- of a side ---- */

QmMeasured mix_measure(const QmMixSide *side, const char *feature, const char *name)
{
    const void *result;
    const QmMeasure *const measure =
        side->analysis ? report_measure(side->analysis, feature, name, &result) : NULL;
    if (!measure || measure->kind != QM_MEASURE_NUMBER)
        return qm_unmeasured("not measured");
    return *(const QmMeasured *)((const char *)result + measure->offset);
}

static const QmSpectrumResult *spectrum_of(const QmMixSide *side)
{
    return side->analysis ? report_result(side->analysis, &qm_feature_spectrum) : NULL;
}

bool mix_thirds(const QmMixSide *side, double level[QM_THIRDS])
{
    const QmSpectrumResult *const spectrum = spectrum_of(side);
    bool any = false;
    for (uint32_t i = 0; spectrum && i < spectrum->thirds.count; i++) {
        const QmMeasured found = ((const QmThird *)spectrum->thirds.items)[i].level;
        level[i] = found.why ? QM_GAP : found.value;
        any = any || !found.why;
    }
    return any;
}

/* Bands that the mean and the distance are of: 63 Hz to 12.5 kHz. */
static bool counts(uint32_t band, double level, double target)
{
    const double hz = qm_third_nominal(band);
    return hz >= 63 && hz <= 12500 && level != QM_GAP && target != QM_GAP;
}

bool mix_target(const QmMixReport *report, const QmMixSide *side,
                double target[QM_THIRDS])
{
    const QmTargetCurve *const curve =
        report->mix->template ? report->mix->template->curve : NULL;
    double level[QM_THIRDS], offset = 0;
    uint32_t n = 0;
    if (!curve || !mix_thirds(side, level))
        return false;
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        if (!qm_curve_at(curve, qm_third_nominal(i), &target[i]))
            target[i] = QM_GAP;
        if (counts(i, level[i], target[i])) {
            offset += level[i] - target[i];
            n++;
        }
    }
    for (uint32_t i = 0; i < QM_THIRDS && n; i++)
        target[i] = target[i] == QM_GAP ? QM_GAP : target[i] + offset / n;
    return n >= LEAST_BANDS;
}

QmMeasured mix_distance(const QmMixReport *report, const QmMixSide *side)
{
    double level[QM_THIRDS], target[QM_THIRDS], squares = 0;
    uint32_t n = 0;
    if (!mix_target(report, side, target) || !mix_thirds(side, level))
        return qm_unmeasured("no target curve");
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        if (counts(i, level[i], target[i])) {
            squares += (level[i] - target[i]) * (level[i] - target[i]);
            n++;
        }
    return qm_measured(qm_sqrt(squares / n));
}

uint32_t mix_kept(const QmMixReport *report, uint32_t *of)
{
    uint32_t kept = 0;
    *of = 0;
    for (uint32_t i = 0;
         report->wanted && report->after.loudness && i < report->mix->n_strips; i++) {
        const QmMeasured is = report->after.loudness[i], want = report->wanted[i];
        const double off = is.value - want.value;
        if (is.why || want.why)
            continue;
        *of += 1;
        kept += off <= MIX_KEPT_LU + 1e-9 && off >= -MIX_KEPT_LU - 1e-9;
    }
    return kept;
}

/* ---- the table ---- */

typedef enum Kind { MEASURE, MASKING, HEARD, DISTANCE } Kind;
typedef enum Wish { NOTHING, LUFS, CEILING, LEAST, MOST } Wish;

typedef struct Number {
    const char *label, *unit;
    int decimals;
    bool key; /* in large figures, too */
    Kind kind;
    const char *feature, *measure;
    Wish wish;
    double limit; /* of LEAST and MOST: what a mix is to keep (STANDARDS: mono) */
} Number;

static const Number NUMBERS[] = {
    {"Integrated loudness", "LUFS", 1, true, MEASURE, "loudness", "integrated", LUFS, 0},
    {"True peak", "dBTP", 1, true, MEASURE, "peak", "true", CEILING, 0},
    {"Loudness range", "LU", 1, true, MEASURE, "loudness", "range", NOTHING, 0},
    {"Peak to loudness", "dB", 1, true, MEASURE, "loudness", "plr", NOTHING, 0},
    {"Masking, M_total", "", 1, true, MASKING, NULL, NULL, NOTHING, 0},
    {"Masking of what could be heard", "", 1, false, HEARD, NULL, NULL, NOTHING, 0},
    {"Distance from the curve", "dB", 1, true, DISTANCE, NULL, NULL, NOTHING, 0},
    {"Correlation", "", 2, false, MEASURE, "stereo", "correlation", LEAST, 0.2},
    {"Width", "", 2, false, MEASURE, "stereo", "width", NOTHING, 0},
    {"Side below 120 Hz", "dB", 1, false, MEASURE, "stereo", "side_low", MOST, -20},
    {"Lost in mono, worst octave", "dB", 1, false, MEASURE, "stereo", "mono_loss_max",
     MOST, 1.5},
    {"Loudest 3 s", "LUFS", 1, false, MEASURE, "loudness", "short_term_max", NOTHING, 0},
    {"Tilt", "dB/octave", 1, false, MEASURE, "spectrum", "tilt", NOTHING, 0},
};
enum { N_NUMBERS = sizeof NUMBERS / sizeof *NUMBERS };

static QmMeasured value_of(const Number *number, const QmMixReport *report,
                           const QmMixSide *side)
{
    switch (number->kind) {
    case MEASURE:
        return mix_measure(side, number->feature, number->measure);
    case DISTANCE:
        return mix_distance(report, side);
    default:
        break;
    }
    if (!side->masking)
        return qm_unmeasured("not measured");
    return number->kind == MASKING ? side->masking->total : side->masking->heard_total;
}

static void add_value(QmText *text, QmMeasured value, int decimals)
{
    if (value.why) {
        qm_text_add(text, "<i>");
        qm_xml_add(text, value.why);
        qm_text_add(text, "</i>");
    } else {
        report_number(text, value.value, decimals);
    }
}

/* ---- large figures ---- */

static void add_key(QmText *text, const Number *number, QmMeasured before,
                    QmMeasured after)
{
    qm_text_printf(text, "<div><dt>%s</dt><dd>", number->label);
    add_value(text, after, number->decimals);
    if (!after.why && number->unit[0])
        qm_text_printf(text, "<small>%s</small>", number->unit);
    if (!before.why) {
        qm_text_add(text, "<i>before ");
        report_number(text, before.value, number->decimals);
        qm_text_add(text, "</i>");
    }
    qm_text_add(text, "</dd></div>\n");
}

static void add_keys(const MixPart *part)
{
    const QmMixReport *const report = part->report;
    bool any = false;
    for (uint32_t i = 0; i < N_NUMBERS; i++) {
        const QmMeasured before = value_of(&NUMBERS[i], report, &report->before),
                         after = value_of(&NUMBERS[i], report, &report->after);
        if (!NUMBERS[i].key || after.why)
            continue;
        qm_text_add(part->page.text, any ? "" : "<dl class=\"keys\">\n");
        add_key(part->page.text, &NUMBERS[i], before, after);
        any = true;
    }
    qm_text_add(part->page.text, any ? "</dl>\n" : "");
}

/* ---- rows ---- */

static bool met(const Number *number, const QmMix *mix, double value)
{
    switch (number->wish) {
    case LUFS:
        return value > mix->lufs - MIX_KEPT_LU && value < mix->lufs + MIX_KEPT_LU;
    case CEILING:
        return value <= mix->ceiling + 0.05;
    case LEAST:
        return value >= number->limit;
    case MOST:
        return value <= number->limit;
    default:
        return true;
    }
}

static void add_wish(QmText *text, const Number *number, const QmMix *mix)
{
    static const char *const SIGN[] = {"", "", "at most ", "at least ", "at most "};
    const double limit = number->wish == LUFS      ? mix->lufs
                         : number->wish == CEILING ? mix->ceiling
                                                   : number->limit;
    if (number->wish == NOTHING)
        return;
    qm_text_add(text, SIGN[number->wish]);
    report_number(text, limit, number->decimals);
}

static void add_row(QmText *text, const Number *number, const QmMixReport *report)
{
    const QmMeasured before = value_of(number, report, &report->before),
                     after = value_of(number, report, &report->after);
    qm_text_printf(text, "<tr><th scope=\"row\">%s</th><td class=\"n\">", number->label);
    add_value(text, before, number->decimals);
    qm_text_add(text, "</td><td class=\"n\"><b>");
    add_value(text, after, number->decimals);
    qm_text_add(text, "</b></td><td class=\"n\">");
    if (!before.why && !after.why) {
        const double change = after.value - before.value;
        qm_text_add(text, change > 0 ? "+" : "");
        report_number(text, change, number->decimals);
    }
    qm_text_printf(text, "</td><td class=\"u\">%s</td><td class=\"n\">", number->unit);
    add_wish(text, number, report->mix);
    qm_text_add(text, after.why || met(number, report->mix, after.value)
                          ? "</td></tr>\n"
                          : " <em>missed</em></td></tr>\n");
}

static void add_kept(QmText *text, const QmMixReport *report)
{
    uint32_t of;
    const uint32_t kept = mix_kept(report, &of);
    if (of)
        qm_text_printf(text,
                       "<tr><th scope=\"row\">Strips within 0.5 LU of what is wanted</th>"
                       "<td class=\"n\"></td><td class=\"n\"><b>%u</b></td><td "
                       "class=\"n\"></td><td class=\"u\"></td><td class=\"n\">%u%s</td>"
                       "</tr>\n",
                       kept, of, kept == of ? "" : " <em>missed</em>");
}

void mix_part_numbers(const MixPart *part)
{
    QmText *text = part->page.text;
    add_keys(part);
    qm_text_add(text, "<h2>In numbers</h2>\n<div class=\"wide\"><table class=\"m\">\n"
                      "<thead><tr><th scope=\"col\">measure</th><th scope=\"col\" "
                      "class=\"n\">before</th><th scope=\"col\" class=\"n\">after</th>"
                      "<th scope=\"col\" class=\"n\">change</th><th scope=\"col\">unit"
                      "</th><th scope=\"col\" class=\"n\">wanted</th></tr></thead>\n"
                      "<tbody>\n");
    for (uint32_t i = 0; i < N_NUMBERS; i++) {
        if (!value_of(&NUMBERS[i], part->report, &part->report->after).why)
            add_row(text, &NUMBERS[i], part->report);
    }
    add_kept(text, part->report);
    qm_text_add(text, "</tbody></table></div>\n");
}
