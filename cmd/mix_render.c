/* log -> session or stems -> edits -> sounds, timeline, graph -> plan -> outputs */
#include "cmd/mix_render.h"

#include "base/hash.h"
#include "base/text.h"
#include "cmd/gauge.h"
#include "cmd/stem_session.h"
#include "cmd/tail.h"
#include "model/validate.h"

#include <string.h>

static QmStatus check_assets(void *self, QmDiag *diag)
{
    return qm_prepared_check(self, diag);
}

/* The sound that a strip plays as its `at`th; NULL: no file. */
static const QmSound *sound_of(const QmSession *session, const QmStrip *strip, size_t at)
{
    const QmInput *input = &strip->input;
    uint16_t before = QM_NONE;
    for (uint32_t i = 0; i < input->n_clips; i++) {
        if (input->clips[i].sound != before && at-- == 0)
            return &session->sounds[input->clips[i].sound];
        before = input->clips[i].sound;
    }
    return !input->n_clips && input->sound != QM_NONE && at == 0
               ? &session->sounds[input->sound]
               : NULL;
}

static QmStatus compare_input(const MixRender *render, const QmLogInput *input, size_t at,
                              QmDiag *diag)
{
    const QmSession *session = render->loaded.session;
    const uint16_t strip = qm_session_strip(session, input->strip);
    const QmSound *sound =
        strip == QM_NONE ? NULL : sound_of(session, &session->strips[strip], at);
    char hash[QM_SHA256_TEXT];
    if (!sound)
        return QM_OK;
    const QmStatus status = gauge_hash(&render->loaded, sound, diag, hash);
    if (status == QM_OK && strncmp(hash, input->hash, strlen(input->hash)) != 0)
        qm_warn(diag, (QmPlace){0}, NULL,
                "'%s' (%s) is not what the log was made from any more", sound->file,
                input->strip);
    return status;
}

/* Whether the sounds are those of the log. A strip's stand one behind the other. */
static QmStatus compare_inputs(const MixRender *render, QmDiag *diag)
{
    const QmLogInput *inputs = render->log.inputs.items;
    QmStatus status = QM_OK;
    size_t at = 0;
    for (size_t i = 0; i < render->log.inputs.count && status == QM_OK; i++) {
        at = i && qm_same(inputs[i].strip, inputs[i - 1].strip) ? at + 1 : 0;
        status = compare_input(render, &inputs[i], at, diag);
    }
    return status;
}

static QmStatus read_session(QmDiag *diag, MixRender *render)
{
    const LoadRequest request = {.file = render->log.session};
    return load_read(&request, diag, &render->loaded);
}

/* Of the files that the log names, in its order. */
static QmStatus make_session(QmDiag *diag, MixRender *render)
{
    const QmLogInput *inputs = render->log.inputs.items;
    const size_t n = render->log.inputs.count;
    CliList files = {QM_NEW_ARRAY(&render->arena, const char *, n + 1), n};
    QmSession *session = NULL;
    if (!files.items)
        return qm_fail_memory(diag);
    if (!n)
        return qm_fail_plain(
            diag, QM_ERR_INPUT,
            "the log names neither a session nor an input: is it cut off?");
    for (size_t i = 0; i < n; i++)
        files.items[i] = inputs[i].file;
    QmStatus status = stem_session(&files, &render->arena, diag, &session);
    if (status == QM_OK)
        status = load_made("", session, diag, &render->loaded);
    return status;
}

static QmStatus read_base(QmDiag *diag, MixRender *render)
{
    const QmStatus status =
        render->log.session ? read_session(diag, render) : make_session(diag, render);
    if (status == QM_OK)
        render->loaded.session->seed = render->log.seed;
    return status;
}

QmStatus mix_render_open(const char *log, QmDiag *diag, MixRender *render)
{
    *render = (MixRender){0};
    qm_arena_init(&render->arena);
    QmStatus status = load_log(log, &render->arena, diag, &render->log);
    if (status == QM_OK)
        status = read_base(diag, render);
    if (status == QM_OK)
        status = qm_log_apply(&render->log, render->loaded.session, diag);
    if (status == QM_OK)
        status = qm_session_validate(render->loaded.session, diag);
    if (status == QM_OK)
        status = load_start(&render->loaded, false, diag);
    if (status == QM_OK)
        status = compare_inputs(render, diag);
    if (status == QM_OK)
        status = load_plan(&render->loaded, &(QmPlanRequest){.isa = QM_ISA_BEST}, diag,
                           &render->plan);
    if (status == QM_OK && !render->plan.frames)
        status = qm_fail_plain(diag, QM_ERR_INPUT, "nothing in '%s' has an end", log);
    return status;
}

QmStatus mix_render_run(MixRender *render, const QmOfflineConfig *config, QmSink *outputs,
                        uint32_t n, QmDiag *diag, int64_t *frames)
{
    Loaded *loaded = &render->loaded;
    QmOfflineConfig all = *config;
    QmSink trimmed;
    const bool trims = tail_open_ended(loaded);
    QmStatus status = QM_OK;
    if (trims)
        status =
            tail_trim(loaded, &render->plan, outputs, n, &render->trim, diag, &trimmed);
    if (status != QM_OK)
        return status;
    all.to = render->plan.frames;
    all.outputs = trims ? &trimmed : outputs;
    all.n_outputs = trims ? 1 : n;
    all.check = check_assets;
    all.check_self = loaded->prepared;
    status = qm_offline_render(&render->plan, &all, diag);
    qm_prepared_warnings(loaded->prepared, diag);
    qm_lv2_warnings(loaded->lv2, diag);
    if (frames)
        *frames = trims ? render->trim.written : all.to;
    return status;
}

void mix_render_release(MixRender *render)
{
    load_release(&render->loaded);
    qm_arena_release(&render->arena);
}
