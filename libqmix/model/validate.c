/* What no single field can know, checked in session order so that the first failure is
 * the first one a reader meets: header, sounds, strips, modulators (modulators.c), routes
 * (routes.c), patterns, lanes, arrangement. Scratch memory comes from the session's
 * arena. */
#include "model/validate.h"

#include "base/sort.h"
#include "model/address.h"
#include "model/modulators.h"
#include "model/routes.h"

#include <string.h>

/* Words that an insert cannot be called: they name other slots. */
static const char *const reserved_slots[] = {"fader", "send", "sends"};

/* The key path of a thing of a strip: "sources.kick.inserts.2.key"; `list`, `member` may
 * be NULL. NULL when memory ran out: a message without its path. */
static const char *strip_path(const QmSession *session, const QmStrip *strip,
                              const char *list, uint32_t index, const char *member)
{
    static const char *const parts[] = {"sources.", "buses.", ""};
    QmText text;
    qm_text_init(&text, session->arena);
    qm_text_add(&text, parts[strip->kind]);
    qm_text_add(&text, strip->name);
    if (list) {
        qm_text_printf(&text, ".%s.%u", list, index + 1);
    }
    if (member) {
        qm_text_printf(&text, ".%s", member);
    }
    return text.failed ? NULL : text.data;
}

static const char *join_path(const QmSession *session, const char *part, const char *name)
{
    QmText text;
    qm_text_init(&text, session->arena);
    qm_text_printf(&text, "%s.%s", part, name);
    return text.failed ? NULL : text.data;
}

/* Names with where they stand, to find two alike in one sort. */
typedef struct Named {
    const char *name, *part;
    QmPlace place;
} Named;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Named *)a)->name, ((const Named *)b)->name);
}

static QmStatus check_unique(const QmSession *session, QmDiag *diag, Named *names,
                             size_t count)
{
    if (qm_sort(names, count, sizeof *names, by_name, session->arena) != QM_OK) {
        return qm_fail_memory(diag);
    }
    for (size_t i = 1; i < count; i++) {
        if (qm_same(names[i - 1].name, names[i].name)) {
            return qm_fail(diag, QM_ERR_INPUT, names[i].place,
                           join_path(session, names[i].part, names[i].name),
                           "the name '%s' is taken by line %u", names[i].name,
                           names[i - 1].place.line);
        }
    }
    return QM_OK;
}

static QmStatus check_name(const QmSession *session, QmDiag *diag, QmPlace place,
                           const char *part, const char *name)
{
    return qm_name_valid(name)
               ? QM_OK
               : qm_fail(
                     diag, QM_ERR_INPUT, place, join_path(session, part, name),
                     "expected a name of letters, digits, '_' and '-' that is no number, "
                     "found '%s'",
                     name);
}

static bool is_start(QmPosition at)
{
    return at.kind == QM_POS_BARS && at.bar == 1 && at.beat == 1 && at.sixteenth == 1;
}

static QmStatus check_header(const QmSession *session, QmDiag *diag)
{
    const QmPlace place = {.file = session->file};
    if (session->rate < 8000 || session->rate > 192000) {
        return qm_fail(diag, QM_ERR_INPUT, place, "rate",
                       "expected a rate from 8000 to 192000 Hz, found %u", session->rate);
    }
    if (session->n_tempo == 0 || !is_start(session->tempo[0].at)) {
        return qm_fail(diag, QM_ERR_INPUT, place, "tempo", "the first entry is not at 1");
    }
    if (session->n_meter == 0 || !is_start(session->meter[0].at)) {
        return qm_fail(diag, QM_ERR_INPUT, place, "meter", "the first entry is not at 1");
    }
    return QM_OK;
}

static QmStatus check_sounds(const QmSession *session, QmDiag *diag)
{
    Named *names = QM_NEW_ARRAY(session->arena, Named, session->n_sounds);
    if (!names) {
        return qm_fail_memory(diag);
    }
    for (uint32_t i = 0; i < session->n_sounds; i++) {
        const QmSound *sound = &session->sounds[i];
        const bool outside =
            qm_sound_is_path(sound->name) && qm_same(sound->name, sound->file);
        const QmStatus status =
            outside ? QM_OK
                    : check_name(session, diag, sound->place, "sounds", sound->name);
        if (status != QM_OK) {
            return status;
        }
        if (!sound->file || sound->file[0] == '\0') {
            return qm_fail(diag, QM_ERR_INPUT, sound->place,
                           join_path(session, "sounds", sound->name),
                           "a sound needs a 'file'");
        }
        names[i] = (Named){sound->name, "sounds", sound->place};
    }
    return check_unique(session, diag, names, session->n_sounds);
}

/* Strips and modulators share one set of names: an address begins with one. */
static QmStatus check_owner_names(const QmSession *session, QmDiag *diag)
{
    static const char *const parts[] = {"sources", "buses", "master"};
    const uint32_t n_strips = session->n_strips - 1, n = n_strips + session->n_modulators;
    Named *names = QM_NEW_ARRAY(session->arena, Named, n);
    if (!names) {
        return qm_fail_memory(diag);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (i < n_strips) {
            const QmStrip *strip = &session->strips[i];
            names[i] = (Named){strip->name, parts[strip->kind], strip->place};
        } else {
            const QmModulator *modulator = &session->modulators[i - n_strips];
            names[i] = (Named){modulator->name, "modulators", modulator->place};
        }
        const QmStatus status =
            check_name(session, diag, names[i].place, names[i].part, names[i].name);
        if (status != QM_OK) {
            return status;
        }
        if (qm_same(names[i].name, "master")) {
            return qm_fail(diag, QM_ERR_INPUT, names[i].place,
                           join_path(session, names[i].part, names[i].name),
                           "'master' is the name of the master strip");
        }
    }
    return check_unique(session, diag, names, n);
}

static QmStatus check_input(const QmSession *session, QmDiag *diag, const QmStrip *strip)
{
    const QmInput *input = &strip->input;
    const char *path = strip_path(session, strip, NULL, 0, NULL);
    if (!input->generator) {
        return strip->kind != QM_STRIP_SOURCE
                   ? QM_OK
                   : qm_fail(diag, QM_ERR_INPUT, strip->place, path,
                             "a source needs an input: clip, clips, sampler, tone, click "
                             "or lv2");
    }
    if (strip->kind != QM_STRIP_SOURCE) {
        return qm_fail(diag, QM_ERR_INPUT, strip->place, path,
                       "only a source has an input");
    }
    if (input->generator->flags & QM_GEN_CLIPS) {
        return input->n_clips != 0 ? QM_OK
                                   : qm_fail(diag, QM_ERR_INPUT, input->place, path,
                                             "a source of clips needs at least one");
    }
    if ((input->generator->flags & QM_GEN_SOUND) && input->sound == QM_NONE) {
        return qm_fail(diag, QM_ERR_INPUT, input->place, path, "'%s' needs a 'sound'",
                       input->generator->name);
    }
    return QM_OK;
}

/* Why `name` cannot be a slot beside the first `n` inserts, or NULL. */
static const char *slot_fault(const QmStrip *strip, uint32_t n, const char *name)
{
    if (!qm_name_valid(name)) {
        return "a slot's name is letters, digits, '_' and '-' and no number, found";
    }
    for (uint32_t i = 0; i < QM_COUNT(reserved_slots); i++) {
        if (qm_same(name, reserved_slots[i])) {
            return "an insert cannot be called";
        }
    }
    if (strip->input.generator && qm_same(name, strip->input.generator->name)) {
        return "an insert cannot be called like the strip's input,";
    }
    for (uint32_t i = 0; i < n; i++) {
        if (qm_same(name, strip->inserts[i].name)) {
            return "another insert of the strip is called";
        }
    }
    return NULL;
}

static QmStatus check_insert(const QmSession *session, QmDiag *diag, const QmStrip *strip,
                             uint32_t index)
{
    const QmInsert *insert = &strip->inserts[index];
    const char *path = strip_path(session, strip, "inserts", index, NULL);
    const char *fault = slot_fault(strip, index, insert->name);
    if (fault) {
        return qm_fail(diag, QM_ERR_INPUT, insert->place, path, "%s '%s'", fault,
                       insert->name);
    }
    if (insert->n_groups > insert->proc->max_groups) {
        return qm_fail(diag, QM_ERR_INPUT, insert->place, path, "'%s' has at most %u %s",
                       insert->proc->name, insert->proc->max_groups,
                       insert->proc->group_name ? insert->proc->group_name : "groups");
    }
    if (insert->proc->max_groups > 0 && insert->n_groups == 0 && !insert->bypass) {
        qm_warn(diag, insert->place, path, "'%s' has no %s and does nothing",
                insert->proc->name, insert->proc->group_name);
    }
    if (insert->key == QM_NONE) {
        return QM_OK;
    }
    if (!(insert->proc->flags & QM_PROC_KEYED)) {
        return qm_fail(diag, QM_ERR_INPUT, insert->place, path, "'%s' takes no 'key'",
                       insert->proc->name);
    }
    if (&session->strips[insert->key] == strip) {
        return qm_fail(diag, QM_ERR_INPUT, insert->place, path,
                       "'%s' cannot be its own key: without a 'key' it listens to itself",
                       strip->name);
    }
    return QM_OK;
}

static QmStatus check_strip(const QmSession *session, QmDiag *diag, const QmStrip *strip)
{
    QmStatus status = check_input(session, diag, strip);
    if (status == QM_OK && strip->n_inserts > QM_MAX_INSERTS) {
        status = qm_fail(diag, QM_ERR_INPUT, strip->place,
                         strip_path(session, strip, NULL, 0, "inserts"),
                         "a strip has at most %d inserts", QM_MAX_INSERTS);
    }
    for (uint32_t i = 0; status == QM_OK && i < strip->n_inserts; i++) {
        status = check_insert(session, diag, strip, i);
    }
    return status;
}

static QmStatus check_strips(const QmSession *session, QmDiag *diag)
{
    QmStatus status = check_owner_names(session, diag);
    for (uint32_t i = 0; status == QM_OK && i < session->n_strips; i++) {
        status = check_strip(session, diag, &session->strips[i]);
    }
    return status;
}

static QmStatus check_track(const QmSession *session, QmDiag *diag, const QmTrack *track,
                            const char *path)
{
    const QmStrip *strip = &session->strips[track->strip];
    const QmGenDesc *generator = strip->input.generator;
    if (!generator) {
        return qm_fail(diag, QM_ERR_INPUT, track->place, path, "'%s' is no source",
                       strip->name);
    }
    if (generator->flags & QM_GEN_CLIPS) {
        return qm_fail(diag, QM_ERR_INPUT, track->place, path,
                       "a pattern cannot play '%s': its input is a '%s'", strip->name,
                       generator->name);
    }
    return QM_OK;
}

static QmStatus check_patterns(const QmSession *session, QmDiag *diag)
{
    Named *names = QM_NEW_ARRAY(session->arena, Named, session->n_patterns);
    if (!names) {
        return qm_fail_memory(diag);
    }
    for (uint32_t i = 0; i < session->n_patterns; i++) {
        const QmPattern *pattern = &session->patterns[i];
        QmStatus status =
            check_name(session, diag, pattern->place, "patterns", pattern->name);
        const char *path = join_path(session, "patterns", pattern->name);
        for (uint32_t k = 0; status == QM_OK && k < pattern->n_tracks; k++) {
            status = check_track(session, diag, &pattern->tracks[k], path);
        }
        if (status != QM_OK) {
            return status;
        }
        names[i] = (Named){pattern->name, "patterns", pattern->place};
    }
    return check_unique(session, diag, names, session->n_patterns);
}

static QmStatus check_lane(const QmSession *session, QmDiag *diag, const QmLane *lane)
{
    const QmParam *row = qm_address_param(session, lane->target);
    QmText text;
    qm_text_init(&text, session->arena);
    qm_text_add(&text, "automation.");
    qm_address_print(session, lane->target, &text);
    if (text.failed) {
        return qm_fail_memory(diag);
    }
    if (row->flags & QM_PARAM_STRUCTURAL) {
        return qm_fail(diag, QM_ERR_INPUT, lane->place, text.data,
                       "'%s' is fixed for a render and cannot be automated", row->name);
    }
    if (lane->n_points == 0) {
        return qm_fail(diag, QM_ERR_INPUT, lane->place, text.data,
                       "a lane needs at least one point");
    }
    for (uint32_t i = 0; i < lane->n_points; i++) {
        const double value = lane->points[i].value;
        if (qm_param_clamp(row, value) != value) {
            char expected[QM_EXPECTED_TEXT];
            qm_param_expected(row, expected);
            return qm_fail(diag, QM_ERR_INPUT, lane->place, text.data,
                           "point %u: expected %s", i + 1, expected);
        }
    }
    return QM_OK;
}

static QmStatus check_lanes(const QmSession *session, QmDiag *diag)
{
    QmStatus status = QM_OK;
    for (uint32_t i = 0; status == QM_OK && i < session->n_lanes; i++) {
        status = check_lane(session, diag, &session->lanes[i]);
    }
    return status;
}

static void mark_sounds(const QmStrip *strip, bool *used)
{
    if (strip->input.sound != QM_NONE) {
        used[strip->input.sound] = true;
    }
    for (uint32_t i = 0; i < strip->input.n_clips; i++) {
        used[strip->input.clips[i].sound] = true;
    }
}

static QmStatus warn_sounds(const QmSession *session, QmDiag *diag)
{
    bool *used = QM_NEW_ARRAY(session->arena, bool, session->n_sounds);
    if (!used) {
        return qm_fail_memory(diag);
    }
    for (uint32_t i = 0; i < session->n_strips; i++) {
        mark_sounds(&session->strips[i], used);
    }
    for (uint32_t i = 0; i < session->n_sounds; i++) {
        const QmSound *sound = &session->sounds[i];
        if (!used[i]) {
            qm_warn(diag, sound->place, join_path(session, "sounds", sound->name),
                    "nothing plays '%s'", sound->name);
        }
    }
    return QM_OK;
}

QmStatus qm_session_validate(const QmSession *session, QmDiag *diag)
{
    static QmStatus (*const checks[])(const QmSession *, QmDiag *) = {
        check_header,    check_sounds,   check_strips, qm_modulators_check,
        qm_routes_check, check_patterns, check_lanes,  warn_sounds,
    };
    if (session->n_strips == 0 || session->n_strips > QM_MAX_STRIPS ||
        session->strips[session->n_strips - 1].kind != QM_STRIP_MASTER) {
        const QmPlace place = {.file = session->file};
        return qm_fail(diag, QM_ERR_INPUT, place, NULL,
                       "a session has at most %d strips, its master last", QM_MAX_STRIPS);
    }
    QmStatus status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < QM_COUNT(checks); i++) {
        status = checks[i](session, diag);
    }
    return status;
}
