/* log -> session or stems -> edits -> sounds, timeline, graph -> plan -> outputs */
#include "cmd/mix_render.h"

#include "base/hash.h"
#include "base/text.h"
#include "cmd/gauge.h"
#include "cmd/tail.h"
#include "formats/decision_text.h"
#include "formats/file.h"
#include "formats/yaml_tree.h"
#include "model/validate.h"

#include <string.h>

static QmStatus check_assets(void *self, QmDiag *diag)
{
    return qm_prepared_check(self, diag);
}

/* What a source strip plays first; NULL: nothing from a file. */
static const QmSound *sound_of(const QmSession *session, const QmStrip *strip)
{
    const QmInput *input = &strip->input;
    const uint16_t sound = input->n_clips ? input->clips[0].sound : input->sound;
    return strip->kind == QM_STRIP_SOURCE && sound != QM_NONE ? &session->sounds[sound]
                                                              : NULL;
}

/* Whether the sounds are those of the log. */
static QmStatus compare_inputs(const MixRender *render, QmDiag *diag)
{
    const QmSession *session = render->loaded.session;
    const QmLogInput *inputs = render->log.inputs.items;
    QmStatus status = QM_OK;
    for (size_t i = 0; i < render->log.inputs.count && status == QM_OK; i++) {
        char hash[QM_SHA256_TEXT];
        const uint16_t strip = qm_session_strip(session, inputs[i].strip);
        const QmSound *sound =
            strip == QM_NONE ? NULL : sound_of(session, &session->strips[strip]);
        if (!sound)
            continue;
        status = gauge_hash(&render->loaded, sound, diag, hash);
        if (status == QM_OK && strncmp(hash, inputs[i].hash, strlen(inputs[i].hash)) != 0)
            qm_warn(diag, (QmPlace){0}, NULL,
                    "'%s' (%s) is not what the log was made from", sound->file,
                    inputs[i].strip);
    }
    return status;
}

static QmStatus read_log(const char *file, QmDiag *diag, MixRender *render)
{
    char *text;
    size_t size;
    const char *name = qm_same(file, "-") ? "standard input" : file;
    const QmStatus status =
        qm_file_read(file, QM_YAML_MAX_SIZE, &render->arena, diag, &text, &size);
    return status == QM_OK
               ? qm_log_parse(text, size, name, &render->arena, diag, &render->log)
               : status;
}

static QmStatus read_base(QmDiag *diag, MixRender *render)
{
    const LoadRequest request = {.file = render->log.session};
    render->opened = true;
    const QmStatus status = load_read(&request, diag, &render->loaded);
    if (status == QM_OK)
        render->loaded.session->seed = render->log.seed;
    return status;
}

QmStatus mix_render_open(const char *log, QmDiag *diag, MixRender *render)
{
    *render = (MixRender){0};
    qm_arena_init(&render->arena);
    QmStatus status = read_log(log, diag, render);
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
    if (render->opened)
        load_release(&render->loaded);
    qm_arena_release(&render->arena);
}
