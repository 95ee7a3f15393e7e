/* What leaves the chains of the source strips, as it will be heard: behind width and pan,
 * before the fader's gain. A strip whose frozen file is another than last time has
 * changed. */
#include "analysis/loudness.h"
#include "analysis/section.h"
#include "analysis/tempo.h"
#include "base/text.h"
#include "cmd/features.h"
#include "cmd/mixing.h"
#include "render/together.h"

#include <stdlib.h>
#include <string.h>

/* ---- stems as they came ---- */

/* A strip that plays one sound as it is, from its start: its facts are those of the
 * file. */
static const QmSound *plain_sound(const QmSession *session, const QmStrip *strip)
{
    const QmInput *const input = &strip->input;
    const QmClip *const clip = input->clips;
    if (strip->n_inserts || input->n_clips != 1 || clip->gain_db != 0 ||
        clip->from.value != 0 || clip->length.value != 0)
        return NULL;
    return &session->sounds[clip->sound];
}

/* Measures files where strips play files, and what leaves the session's own inserts
 * where they do not. */
static QmStatus measure_stems(Mixing *mixing)
{
    QmMix *const mix = &mixing->mix;
    Loaded *const base = &mixing->base;
    QmArena *const arena = &mixing->arena;
    Gauged *const items = QM_NEW_ARRAY(arena, Gauged, mix->n_strips);
    uint16_t *const others = QM_NEW_ARRAY(arena, uint16_t, mix->n_strips);
    QmFreeze *frozen = NULL;
    uint32_t n_others = 0;
    if (!items || !others)
        return qm_fail_memory(mixing->diag);
    for (uint32_t i = 0; i < mix->n_strips; i++)
        if (!plain_sound(base->session, &base->session->strips[mix->strips[i].at]))
            others[n_others++] = mix->strips[i].at;
    QmStatus status = n_others ? mixing_freeze(mixing, base, others, n_others,
                                               "rendering stems", &frozen)
                               : QM_OK;
    const QmFrozenStrip *next =
        n_others && status == QM_OK ? qm_freeze_strips(frozen) : NULL;
    for (uint32_t i = 0; i < mix->n_strips && status == QM_OK; i++) {
        const QmStrip *const strip = &base->session->strips[mix->strips[i].at];
        const QmSound *const sound = plain_sound(base->session, strip);
        if (sound)
            items[i] = (Gauged){.loaded = base,
                                .sound = sound,
                                .key = mixing->hashes[sound - base->session->sounds]};
        else
            items[i] = (Gauged){.asset = &next->asset,
                                .fader = {.width = 1},
                                .rate = base->session->rate,
                                .key = next->key};
        next += !sound;
    }
    const GaugeRequest request =
        mixing_gauge(mixing, qm_facts_features(), "raw", "analysing stems");
    if (status == QM_OK)
        status = gauge_all(&request, items, mix->n_strips, arena, mixing->diag);
    for (uint32_t i = 0; i < mix->n_strips && status == QM_OK; i++)
        mix->strips[i].raw = items[i].facts;
    qm_freeze_release(frozen);
    return status;
}

/* ---- which stems hear the same ---- */

typedef struct Together {
    const Loaded *loaded;
    const QmSound **sounds; /* [n] of those that are compared */
    const char **numbers, **names;
    uint32_t *strips; /* which they are */
    uint32_t n;
} Together;

static QmStatus open_numbered(void *context, const char *name, QmPlace place,
                              QmDiag *diag, QmAudioReader *reader)
{
    const Together *const together = context;
    return load_open_sound(together->loaded, together->sounds[strtoul(name, NULL, 10)],
                           place, diag, reader);
}

/* Those that can be compared: files at the session's rate in which there is something; no
 * more of them than are compared at once. */
static QmStatus choose_related(Mixing *mixing, Together *t)
{
    const QmMix *const mix = &mixing->mix;
    const QmSession *const session = mixing->base.session;
    QmArena *const arena = &mixing->arena;
    t->loaded = &mixing->base;
    t->sounds = QM_NEW_ARRAY(arena, const QmSound *, mix->n_strips);
    t->numbers = QM_NEW_ARRAY(arena, const char *, mix->n_strips);
    t->names = QM_NEW_ARRAY(arena, const char *, mix->n_strips);
    t->strips = QM_NEW_ARRAY(arena, uint32_t, mix->n_strips);
    if (!t->sounds || !t->numbers || !t->names || !t->strips)
        return qm_fail_memory(mixing->diag);
    for (uint32_t i = 0; i < mix->n_strips && t->n < QM_RELATE_MAX_STEMS; i++) {
        const QmMixStrip *const strip = &mix->strips[i];
        const QmSound *const sound = plain_sound(session, &session->strips[strip->at]);
        QmText number;
        if (!sound || strip->raw->silent || strip->raw->rate != session->rate)
            continue;
        qm_text_init(&number, arena);
        qm_text_printf(&number, "%u", t->n);
        if (number.failed)
            return qm_fail_memory(mixing->diag);
        t->sounds[t->n] = sound;
        t->numbers[t->n] = number.data;
        t->names[t->n] = strip->name;
        t->strips[t->n++] = i;
    }
    return QM_OK;
}

static QmStatus relate_stems(Mixing *mixing)
{
    Together together = {.n = 0};
    QmRelations *const relations = QM_NEW_ARRAY(&mixing->arena, QmRelations, 1);
    QmStatus status =
        relations ? choose_related(mixing, &together) : qm_fail_memory(mixing->diag);
    const QmTogetherRequest request = {
        .files = together.numbers,
        .names = together.names,
        .n = together.n,
        .open = open_numbered,
        .context = &together,
        .threads = mixing->request->threads,
        .isa = QM_ISA_BEST,
        .progress = mixing_progress(mixing, "comparing stems"),
        .cancel = mixing->request->cancel,
    };
    if (status != QM_OK || together.n < 2)
        return status;
    status = qm_together(&request, &mixing->arena, relations, mixing->diag);
    for (size_t i = 0; i < relations->pairs.count; i++) {
        QmRelatedPair *const pair = (QmRelatedPair *)relations->pairs.items + i;
        pair->first_at = together.strips[pair->first_at];
        pair->second_at = together.strips[pair->second_at];
    }
    mixing->mix.relations = relations;
    return status;
}

/* ---- the plain sum ---- */

static QmStatus keep_sections(Mixing *mixing, const QmSections *found)
{
    const QmSection *const from = found->sections.items;
    QmSongSection *const to =
        QM_NEW_ARRAY(&mixing->arena, QmSongSection, found->sections.count + 1);
    if (!to)
        return qm_fail_memory(mixing->diag);
    for (size_t i = 0; i < found->sections.count; i++)
        to[i] = (QmSongSection){from[i].from.value, from[i].to.value, from[i].label[0],
                                from[i].loudness};
    mixing->song.sections = to;
    mixing->song.n_sections = found->sections.count;
    return QM_OK;
}

static QmStatus keep_song(Mixing *mixing, const Gauged *sum)
{
    QmSongFacts *const song = &mixing->song;
    const QmTempoFound *const tempo =
        qm_analysis_result(sum->analysis, &qm_feature_tempo);
    song->sum = *sum->facts;
    song->bpm = tempo->bpm;
    song->bpm_confidence = tempo->confidence.value;
    song->bpm_steady = tempo->steady;
    song->beats_in_bar = (int64_t)tempo->beats_in_bar.value;
    song->first_beat = tempo->beats.count
                           ? qm_measured(((const double *)tempo->beats.items)[0])
                           : qm_unmeasured("there is no beat");
    mixing->mix.song = song;
    mixing->before.analysis = sum->analysis;
    return keep_sections(mixing, qm_analysis_result(sum->analysis, &qm_feature_section));
}

QmStatus mixing_plain_sum(Mixing *mixing)
{
    Loaded *const base = &mixing->base;
    const uint16_t master = (uint16_t)(base->session->n_strips - 1);
    QmFreeze *frozen = NULL;
    QmStatus status = measure_stems(mixing);
    if (status == QM_OK)
        status = relate_stems(mixing);
    if (status == QM_OK)
        status = mixing_freeze(mixing, base, &master, 1, "adding up stems", &frozen);
    if (status == QM_OK) {
        Gauged sum = {.asset = &qm_freeze_strips(frozen)[0].asset,
                      .fader = {.width = 1},
                      .rate = base->session->rate};
        GaugeRequest request =
            mixing_gauge(mixing,
                         qm_facts_features() | features_bit(&qm_feature_tempo) |
                             features_bit(&qm_feature_section),
                         "song", "analysing the sum");
        request.keep = true;
        status = gauge_all(&request, &sum, 1, &mixing->arena, mixing->diag);
        if (status == QM_OK)
            status = keep_song(mixing, &sum);
    }
    qm_freeze_release(frozen);
    return status;
}

/* ---- chains ---- */

/* Whether what was measured of a chain is still true. */
static bool is_heard_alike(const QmFader *a, const QmFader *b)
{
    return a->pan == b->pan && a->width == b->width && a->pan_law == b->pan_law &&
           a->pan_mode == b->pan_mode;
}

/* Measures those chains that sound otherwise than when they were measured last. */
static QmStatus measure_chains(Mixing *mixing, const QmFrozenStrip *now,
                               const QmFrozenStrip *then)
{
    QmMix *const mix = &mixing->mix;
    Gauged *const items = QM_NEW_ARRAY(&mixing->arena, Gauged, mix->n_strips);
    uint32_t *const which = QM_NEW_ARRAY(&mixing->arena, uint32_t, mix->n_strips);
    uint32_t n = 0;
    if (!items || !which)
        return qm_fail_memory(mixing->diag);
    for (uint32_t i = 0; i < mix->n_strips; i++) {
        QmMixStrip *const strip = &mix->strips[i];
        QmFader fader = mixing->edited.session->strips[strip->at].fader;
        fader.gain_db = 0;
        fader.mute = false;
        if (now[i].frames == 0)
            strip->chain = strip->raw;
        else if (!then || then[i].frames == 0 || !qm_same(now[i].key, then[i].key) ||
                 !is_heard_alike(&fader, &mixing->faders[i])) {
            which[n] = i;
            items[n++] = (Gauged){.asset = &now[i].asset,
                                  .fader = fader,
                                  .rate = mixing->edited.session->rate,
                                  .key = now[i].key};
        }
        mixing->faders[i] = fader;
    }
    const GaugeRequest request =
        mixing_gauge(mixing, qm_facts_few(), "chain", "measuring chains");
    const QmStatus status = gauge_all(&request, items, n, &mixing->arena, mixing->diag);
    for (uint32_t k = 0; k < n && status == QM_OK; k++)
        mix->strips[which[k]].chain = items[k].facts;
    return status;
}

QmStatus mixing_chains(Mixing *mixing, uint32_t *changed)
{
    QmMix *const mix = &mixing->mix;
    uint16_t *const which = QM_NEW_ARRAY(&mixing->arena, uint16_t, mix->n_strips);
    QmFreeze *frozen = NULL;
    *changed = 0;
    if (!mixing->faders)
        mixing->faders = QM_NEW_ARRAY(&mixing->arena, QmFader, mix->n_strips);
    if (!which || !mixing->faders)
        return qm_fail_memory(mixing->diag);
    for (uint32_t i = 0; i < mix->n_strips; i++)
        which[i] = mix->strips[i].at;
    QmStatus status = mixing_freeze(mixing, &mixing->edited, which, mix->n_strips,
                                    "rendering chains", &frozen);
    const QmFrozenStrip *const now = status == QM_OK ? qm_freeze_strips(frozen) : NULL;
    const QmFrozenStrip *const then =
        mixing->chains ? qm_freeze_strips(mixing->chains) : NULL;
    if (status == QM_OK)
        status = measure_chains(mixing, now, then);
    for (uint32_t i = 0; i < mix->n_strips && status == QM_OK; i++) {
        QmMixStrip *const strip = &mix->strips[i];
        *changed += !then || !qm_same(now[i].key, then[i].key);
        if (!strip->first)
            strip->first = strip->chain;
        status = mixing_readings(mixing, strip->at, now[i].readings, now[i].n_readings,
                                 &strip->readings, &strip->n_readings);
    }
    qm_freeze_release(mixing->chains);
    mixing->chains = frozen;
    return status;
}
