/* A filter that opens or closes over a section, as points of lanes: `freq` goes from one
 * cutoff to the other, `mix` lets the filter in where the sweep begins and takes it out
 * where it ends, within EDGE_S: no step is heard, and the rest of the song is untouched
 * (before a lane's first point a param has the session's value: the filter is out).
 * Sections are those of the analysis of the sum; a song with one has nothing to sweep
 * to. */
#include "mix/insert.h"

#include <string.h>

enum { WHERE, TYPE, FROM, TO, LENGTH, CURVE, RESONANCE, SLOPE };

static const char *const where_names[] = {"start", "end", "before-loudest", NULL};
static const char *const type_names[] = {"low-pass", "high-pass", NULL};
static const char *const curve_names[] = {"linear", "exp", NULL};
static const char *const slope_names[] = {"12", "24", NULL};

static const QmParam params[] = {
    [WHERE] = {.name = "where",
               .help = "section over which the cutoff moves",
               .kind = QM_PARAM_CHOICE,
               .max = 2,
               .choices = where_names},
    [TYPE] = {.name = "type",
              .help = "what passes",
              .kind = QM_PARAM_CHOICE,
              .max = 1,
              .choices = type_names},
    [FROM] = {.name = "from",
              .help = "cutoff at its start",
              .unit = QM_UNIT_HZ,
              .min = 20,
              .max = 20000,
              .def = 300},
    [TO] = {.name = "to",
            .help = "cutoff at its end",
            .unit = QM_UNIT_HZ,
            .min = 20,
            .max = 20000,
            .def = 18000},
    [LENGTH] = {.name = "length",
                .help = "at most, before the section ends",
                .unit = QM_UNIT_S,
                .min = 0.5,
                .max = 120,
                .def = 16},
    [CURVE] = {.name = "curve",
               .help = "from one to the other",
               .kind = QM_PARAM_CHOICE,
               .max = 1,
               .choices = curve_names,
               .def = 1},
    [RESONANCE] = {.name = "resonance",
                   .help = "at the cutoff",
                   .unit = QM_UNIT_PERCENT,
                   .max = 80,
                   .def = 29},
    [SLOPE] = {.name = "slope",
               .help = "dB an octave",
               .kind = QM_PARAM_CHOICE,
               .max = 1,
               .choices = slope_names},
};

#define EDGE_S  0.05 /* to let the filter in and out */
#define LEAST_S 1.0  /* a shorter sweep is an accident */

enum { START, END, BEFORE_LOUDEST };

/* The section; NULL: there is none of that kind. */
static const QmSongSection *find_section(const QmSongFacts *song, uint32_t where)
{
    const QmSongSection *const sections = song->sections;
    uint64_t loudest = 0;
    if (song->n_sections < 2)
        return NULL;
    for (uint64_t i = 1; i < song->n_sections; i++)
        if (!sections[i].lufs.why &&
            (sections[loudest].lufs.why ||
             sections[i].lufs.value > sections[loudest].lufs.value))
            loudest = i;
    if (where == START)
        return &sections[0];
    if (where == END)
        return &sections[song->n_sections - 1];
    return loudest > 0 ? &sections[loudest - 1] : NULL;
}

static void decide_point(QmMix *mix, const QmRule *rule, const QmReason *reason,
                         double seconds, const char *value, const char *strip,
                         const char *param)
{
    QmText at;
    qm_text_init(&at, mix->arena);
    qm_mix_position(seconds, &at);
    if (!at.failed)
        qm_decide_word(mix, rule, reason, value, "%s.filter.%s@%s", strip, param,
                       at.data);
}

static void decide_sweep(QmMix *mix, const QmRule *rule, const QmReason *reason,
                         const char *strip, const double *settings, double from,
                         double to)
{
    char first[QM_NUMBER_TEXT + 16], last[QM_NUMBER_TEXT + 32];
    qm_quantity_text(settings[FROM], QM_UNIT_HZ, first);
    const size_t n = qm_quantity_text(settings[TO], QM_UNIT_HZ, last);
    if (settings[CURVE] == 1)
        memcpy(last + n, " exp", sizeof " exp");
    decide_point(mix, rule, reason, from, first, strip, "freq");
    decide_point(mix, rule, reason, to, last, strip, "freq");
    if (from > EDGE_S)
        decide_point(mix, rule, reason, from - EDGE_S, "0 %", strip, "mix");
    decide_point(mix, rule, reason, from, "100 %", strip, "mix");
    decide_point(mix, rule, reason, to, "100 %", strip, "mix");
    decide_point(mix, rule, reason, to + EDGE_S, "0 %", strip, "mix");
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const uint32_t where = (uint32_t)settings[WHERE];
    const QmSongSection *const section =
        mix->song ? find_section(mix->song, where) : NULL;
    if (!section || !qm_mix_heard(mix, strip))
        return;
    const double length = section->to - section->from < settings[LENGTH]
                              ? section->to - section->from
                              : settings[LENGTH];
    const double from = section->to - length;
    if (length < LEAST_S || qm_facts_loudness(strip->raw, from, section->to).why)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "from", section->from, 1);
    qm_reason_number(&reason, "to", section->to, 1);
    qm_reason_measured(&reason, "lufs", section->lufs, 1);
    const QmReason said = qm_reason_template(mix, rule, strip);
    qm_decide(mix, rule, &said, settings[TYPE], "%s.filter.type", strip->name);
    qm_decide(mix, rule, &said, settings[RESONANCE], "%s.filter.resonance", strip->name);
    qm_decide(mix, rule, &said, settings[SLOPE], "%s.filter.slope", strip->name);
    qm_decide(mix, rule, &said, settings[FROM], "%s.filter.freq", strip->name);
    qm_decide(mix, rule, &reason, from > EDGE_S ? 0 : 100, "%s.filter.mix", strip->name);
    decide_sweep(mix, rule, &reason, strip->name, settings, from, section->to);
}

const QmRule qm_rule_automation_sweep = {
    .id = "automation.sweep",
    .key = "sweep",
    .stage = QM_STAGE_AUTOMATION,
    .passes = QM_PASS_STEMS,
    .reads = "sections",
    .writes = "STRIP.filter.*",
    .doc = "A filter that opens or closes over a section.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
