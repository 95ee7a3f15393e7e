/* Fades and swells (seed 003: fadeIn, fadeOut, swell, dip), as points of a lane.
 *
 *     fade-in   sin(pi x / 2)         from where the song begins
 *     fade-out  sin(pi (1 - x) / 2)   to where it ends
 *     swell     floor .. 1 .. floor, dip: 1 .. floor .. 1, over a section, as sin(pi x)
 *
 * in amplitude, the floor included: points in dB, STEPS of them, straight lines
 * between. The lane is that of the slot `level` behind the chain and not the fader's,
 * which belongs to rides: the two add up, whoever changes one need not know of the
 * other.
 *
 * Only strips that begin or end with the song are faded, and not those that do so
 * softly (their edge is SOFT_DB below their loudness). A swell begins and ends with a
 * ramp of EDGE_S. */
#include "base/qmath.h"
#include "mix/insert.h"

enum { CURVE, LENGTH, FLOOR, SECTION };

static const char *const curve_names[] = {"fade-in", "fade-out", "swell", "dip", NULL};
static const char *const section_names[] = {"first", "last", "loudest", "quietest", NULL};

static const QmParam params[] = {
    [CURVE] = {.name = "curve",
               .help = "what the level does",
               .kind = QM_PARAM_CHOICE,
               .max = 3,
               .choices = curve_names},
    [LENGTH] = {.name = "length",
                .help = "of it, at most; 0: of the section",
                .unit = QM_UNIT_S,
                .max = 120,
                .def = 4},
    [FLOOR] = {.name = "floor",
               .help = "level at its lowest, beside the rest",
               .unit = QM_UNIT_DB,
               .min = -60,
               .max = 0,
               .def = -60},
    [SECTION] = {.name = "section",
                 .help = "of swell and dip",
                 .kind = QM_PARAM_CHOICE,
                 .max = 3,
                 .choices = section_names},
};

#define SOFT_DB 15.0
#define EDGE_S  0.05
#define LOOK_S  0.5 /* of the edge */
#define BAR_S   2.0 /* by that much a strip may be early or late */

enum { FADE_IN, FADE_OUT, SWELL, DIP };
enum { FIRST, LAST, LOUDEST, QUIETEST };
enum { STEPS = 8 };

typedef struct Span {
    double from, to; /* s */
} Span;

/* From the first to the last tenth in which the strip plays; false: in none. */
static bool find_ends(const QmFacts *raw, Span *ends)
{
    bool any = false;
    for (uint64_t i = 0; i < raw->n_tenths; i++) {
        const double at = (double)i * raw->tenth_s;
        const QmMeasured lufs = qm_facts_loudness(raw, at, at + 4 * raw->tenth_s);
        if (lufs.why || lufs.value < raw->lufs.value - 2 * SOFT_DB)
            continue;
        if (!any)
            ends->from = at;
        ends->to = at + 4 * raw->tenth_s;
        any = true;
    }
    return any;
}

static const QmSongSection *find_section(const QmSongFacts *song, uint32_t which)
{
    const QmSongSection *found = NULL;
    if (!song || song->n_sections < 2)
        return NULL;
    if (which == FIRST || which == LAST)
        return &song->sections[which == FIRST ? 0 : song->n_sections - 1];
    for (uint64_t i = 0; i < song->n_sections; i++) {
        const QmSongSection *const section = &song->sections[i];
        if (!section->lufs.why &&
            (!found || (which == LOUDEST ? section->lufs.value > found->lufs.value
                                         : section->lufs.value < found->lufs.value)))
            found = section;
    }
    return found;
}

/* 0..1 at x = 0..1. */
static double height(uint32_t curve, double x)
{
    switch (curve) {
    case FADE_IN:
        return qm_sin_turns(x / 4);
    case FADE_OUT:
        return qm_sin_turns((1 - x) / 4);
    case SWELL:
        return qm_sin_turns(x / 2);
    default:
        return 1 - qm_sin_turns(x / 2);
    }
}

static void decide_point(QmMix *mix, const QmRule *rule, const QmReason *reason,
                         const char *strip, double seconds, double gain_db)
{
    QmText at;
    qm_text_init(&at, mix->arena);
    qm_mix_position(seconds, &at);
    if (!at.failed)
        qm_decide(mix, rule, reason, gain_db, "%s.level.gain@%s", strip, at.data);
}

static void decide_points(QmMix *mix, const QmRule *rule, const QmReason *reason,
                          const char *strip, uint32_t curve, double floor_db, Span span)
{
    const double floor = qm_db_to_gain(floor_db);
    if (curve == FADE_IN && span.from > EDGE_S)
        decide_point(mix, rule, reason, strip, 0, floor_db);
    if (curve == SWELL && span.from > EDGE_S)
        decide_point(mix, rule, reason, strip, span.from - EDGE_S, 0);
    for (uint32_t i = 0; i <= STEPS; i++) {
        const double x = (double)i / STEPS;
        const double gain = floor + (1 - floor) * height(curve, x);
        decide_point(mix, rule, reason, strip, span.from + x * (span.to - span.from),
                     qm_gain_to_db(gain));
    }
    if (curve == SWELL)
        decide_point(mix, rule, reason, strip, span.to + EDGE_S, 0);
}

/* Where the fade is; false: none is needed. */
static bool find_fade(const QmSongFacts *song, const QmFacts *raw, uint32_t curve,
                      double length, Span *span)
{
    Span ends, all;
    if (!song || song->sum.lufs.why || !find_ends(&song->sum, &all) ||
        !find_ends(raw, &ends))
        return false;
    const bool in = curve == FADE_IN;
    const double room = ends.to - ends.from;
    const double most = length > 0 && length < room ? length : room;
    const double edge = in ? ends.from : ends.to - LOOK_S;
    const QmMeasured lufs = qm_facts_loudness(raw, edge, edge + LOOK_S);
    *span = in ? (Span){ends.from, ends.from + most} : (Span){ends.to - most, ends.to};
    return (in ? ends.from < all.from + BAR_S : ends.to > all.to - BAR_S) && !lufs.why &&
           lufs.value > raw->lufs.value - SOFT_DB;
}

static bool find_swell(const QmMix *mix, const QmFacts *raw, const double *settings,
                       Span *span)
{
    const QmSongSection *const section =
        find_section(mix->song, (uint32_t)settings[SECTION]);
    if (!section || qm_facts_loudness(raw, section->from, section->to).why)
        return false;
    const double all = section->to - section->from;
    const double most =
        settings[LENGTH] > 0 && settings[LENGTH] < all ? settings[LENGTH] : all;
    *span = (Span){section->to - most, section->to};
    return true;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    Span span;
    const uint32_t curve = (uint32_t)settings[CURVE];
    if (!qm_mix_heard(mix, strip) || strip->raw->lufs.why)
        return;
    const bool found =
        curve == FADE_IN || curve == FADE_OUT
            ? find_fade(mix->song, strip->raw, curve, settings[LENGTH], &span)
            : find_swell(mix, strip->raw, settings, &span);
    if (!found)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "curve", curve_names[curve]);
    qm_reason_number(&reason, "from", span.from, 1);
    qm_reason_number(&reason, "to", span.to, 1);
    decide_points(mix, rule, &reason, strip->name, curve, settings[FLOOR], span);
}

const QmRule qm_rule_automation_shape = {
    .id = "automation.shape",
    .key = "shape",
    .stage = QM_STAGE_AUTOMATION,
    .passes = QM_PASS_STEMS,
    .reads = "sections, levels at the ends",
    .writes = "STRIP.level.gain@*",
    .doc = "Fade-in, fade-out, swell or dip as points of a lane.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
