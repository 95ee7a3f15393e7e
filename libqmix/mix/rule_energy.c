/* Energy: a macro that follows how loud the sections of the song are, from 0 in the
 * quietest to 1 in the loudest, within RAMP_S around each border, and moves what strips
 * send to rooms and echoes, and their width. Half of each difference is taken below what
 * was decided and half added, so that on average it stays.
 *
 * Who wants to play the song's energy by hand needs one lane for it. */
#include "mix/insert.h"

enum { REVERB, DELAY, WIDTH, LEAST };

static const QmParam params[] = {
    [REVERB] = {.name = "reverb",
                .help = "how much more reverb the loudest section gets than the quietest",
                .unit = QM_UNIT_DB,
                .min = -12,
                .max = 12},
    [DELAY] =
        {.name = "delay", .help = "and delay", .unit = QM_UNIT_DB, .min = -12, .max = 12},
    [WIDTH] = {.name = "width", .help = "and width", .min = -0.5, .max = 0.5},
    [LEAST] = {.name = "least",
               .help = "difference of loudness between sections that is worth it",
               .unit = QM_UNIT_LU,
               .max = 20,
               .def = 3},
};

#define RAMP_S 1.0 /* half a bar at 120 */

static const char macro[] = "energy";

typedef struct Loudness {
    double least, most;
} Loudness;

static bool find_loudness(const QmSongFacts *song, double least, Loudness *found)
{
    uint64_t n = 0;
    *found = (Loudness){0, 0};
    for (uint64_t i = 0; song && i < song->n_sections; i++) {
        const QmMeasured lufs = song->sections[i].lufs;
        if (lufs.why)
            continue;
        if (n == 0 || lufs.value < found->least)
            found->least = lufs.value;
        if (n == 0 || lufs.value > found->most)
            found->most = lufs.value;
        n++;
    }
    return n > 1 && found->most - found->least >= least;
}

static void decide_point(QmMix *mix, const QmRule *rule, const QmReason *reason,
                         double seconds, double value)
{
    QmText at;
    qm_text_init(&at, mix->arena);
    qm_mix_position(seconds > 0 ? seconds : 0, &at);
    if (!at.failed)
        qm_decide(mix, rule, reason, value, "%s.macro.value@%s", macro, at.data);
}

/* The macro and its lane: level within a section, straight lines across borders. */
static void decide_macro(QmMix *mix, const QmRule *rule, Loudness loudness)
{
    const QmSongFacts *const song = mix->song;
    QmReason said = qm_reason(mix);
    qm_reason_number(&said, "quietest", loudness.least, 1);
    qm_reason_number(&said, "loudest", loudness.most, 1);
    if (!qm_decide(mix, rule, &said, 0.5, "%s.macro.value", macro))
        return;
    for (uint64_t i = 0; i < song->n_sections; i++) {
        const QmSongSection *const section = &song->sections[i];
        const double length = section->to - section->from;
        const double edge = length > 2 * RAMP_S ? RAMP_S / 2 : length / 4;
        if (section->lufs.why)
            continue;
        QmReason reason = qm_reason(mix);
        qm_reason_measured(&reason, "lufs", section->lufs, 1);
        const double value =
            (section->lufs.value - loudness.least) / (loudness.most - loudness.least);
        decide_point(mix, rule, &reason, section->from + (i > 0 ? edge : 0), value);
        decide_point(mix, rule, &reason, section->to - edge, value);
    }
}

static uint32_t next_route(const QmMix *mix)
{
    const uint16_t at = qm_session_modulator(mix->session, macro);
    return at == QM_NONE ? 1 : mix->session->modulators[at].n_routes + 1;
}

static void decide_route(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                         const char *param, double middle, double difference)
{
    const uint32_t route = next_route(mix);
    QmReason said = qm_reason_template(mix, rule, strip);
    QmText address;
    qm_text_init(&address, mix->arena);
    qm_text_printf(&address, "%s.%s", strip->name, param);
    if (address.failed || route > QM_MAX_ROUTES ||
        !qm_decide_word(mix, rule, &said, address.data, "%s.%u.param", macro, route))
        return;
    qm_decide(mix, rule, &said, middle - difference / 2, "%s.%u.from", macro, route);
    qm_decide(mix, rule, &said, middle + difference / 2, "%s.%u.to", macro, route);
}

/* Routes to the sends of a strip whose bus has such an insert. */
static void decide_sends(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                         const char *slot, double difference)
{
    const QmSession *const session = mix->session;
    for (uint32_t i = 0; i < session->strips[strip->at].n_sends && difference != 0; i++) {
        const QmSend send = session->strips[strip->at].sends[i];
        const QmStrip *const bus = &session->strips[send.bus];
        bool has = false;
        for (uint32_t k = 0; k < bus->n_inserts; k++)
            has = has || qm_same(bus->inserts[k].name, slot);
        QmText param;
        qm_text_init(&param, mix->arena);
        qm_text_printf(&param, "send.%s", bus->name);
        if (has && !param.failed)
            decide_route(mix, rule, strip, param.data, send.level_db, difference);
    }
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    Loudness loudness;
    if (!qm_mix_heard(mix, strip) ||
        !find_loudness(mix->song, settings[LEAST], &loudness))
        return;
    if (settings[REVERB] == 0 && settings[DELAY] == 0 && settings[WIDTH] == 0)
        return;
    if (qm_session_modulator(mix->session, macro) == QM_NONE)
        decide_macro(mix, rule, loudness);
    if (qm_session_modulator(mix->session, macro) == QM_NONE)
        return;
    decide_sends(mix, rule, strip, "reverb", settings[REVERB]);
    decide_sends(mix, rule, strip, "delay", settings[DELAY]);
    if (settings[WIDTH] != 0)
        decide_route(mix, rule, strip, "fader.width",
                     qm_decided(mix, 1, "%s.fader.width", strip->name), settings[WIDTH]);
}

const QmRule qm_rule_automation_energy = {
    .id = "automation.energy",
    .key = "energy",
    .stage = QM_STAGE_AUTOMATION,
    .passes = QM_PASS_STEMS,
    .reads = "sections",
    .writes = "energy.macro.value@*, energy.N.*",
    .doc = "A macro that follows how loud the sections are, and moves sends and "
           "width.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
