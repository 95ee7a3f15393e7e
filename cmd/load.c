/* Each step needs the one before: text, decisions, overrides, plug-ins (whose latencies
 * the graph wants), sounds (whose lengths the timeline wants), clock, timeline, graph;
 * the plan comes last, since stems and meters shape it. */
#include "cmd/load.h"

#include "base/text.h"
#include "base/units.h"
#include "formats/audio_read.h"
#include "formats/decision_text.h"
#include "formats/file.h"
#include "formats/session_yaml.h"
#include "formats/yaml_tree.h"
#include "model/address.h"
#include "model/position.h"
#include "model/validate.h"
#include "render/joined.h"

#include <string.h>

bool load_sound_path(const Loaded *loaded, const char *name, char path[LOAD_PATH])
{
    const bool rooted = name[0] == '/' || qm_same(name, "-");
    const size_t folder = rooted ? 0 : loaded->folder, length = strlen(name);
    if (folder + length >= LOAD_PATH)
        return false;
    memcpy(path, loaded->file, folder);
    memcpy(path + folder, name, length + 1);
    return true;
}

static QmStatus open_sound(void *context, const char *name, QmPlace place, QmDiag *diag,
                           QmAudioReader *reader)
{
    char path[LOAD_PATH];
    if (!load_sound_path(context, name, path))
        return qm_fail(diag, QM_ERR_INPUT, place, NULL, "the path of '%s' is too long",
                       name);
    return qm_audio_open(NULL, path, place, diag, reader);
}

QmStatus load_open_sound(const Loaded *loaded, const QmSound *sound, QmPlace place,
                         QmDiag *diag, QmAudioReader *reader)
{
    return qm_open_sound(open_sound, (void *)loaded, sound, place, diag, reader);
}

QmStatus load_seed(QmSession *session, const char *text, QmDiag *diag)
{
    double seed;
    if (!text)
        return QM_OK;
    if (!qm_number_parse(text, &seed) || seed < 0 || seed > 9007199254740992.0 ||
        seed != (double)(uint64_t)seed)
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "--seed: expected a whole number, found '%s'", text);
    session->seed = (uint64_t)seed;
    return QM_OK;
}

QmStatus load_log(const char *file, QmArena *arena, QmDiag *diag, QmDecisionLog *log)
{
    char *text;
    size_t size;
    const char *name = qm_same(file, "-") ? "standard input" : file;
    const QmStatus status =
        qm_file_read(file, QM_YAML_MAX_SIZE, arena, diag, &text, &size);
    return status == QM_OK ? qm_log_parse(text, size, name, arena, diag, log) : status;
}

/* Edits by a log, which was drawn with its seed. */
static QmStatus decide(QmSession *session, const char *file, QmDiag *diag)
{
    QmDecisionLog log;
    QmStatus status = load_log(file, session->arena, diag, &log);
    if (status != QM_OK)
        return status;
    session->seed = log.seed;
    return qm_log_apply(&log, session, diag);
}

static QmStatus read_session(const LoadRequest *request, QmDiag *diag, Loaded *loaded)
{
    char *text;
    size_t size;
    const char *name = qm_same(request->file, "-") ? "standard input" : request->file;
    if (request->decisions && qm_same(request->file, "-") &&
        qm_same(request->decisions, "-"))
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "session and decisions cannot both be standard input");
    QmStatus status =
        qm_file_read(request->file, QM_YAML_MAX_SIZE, &loaded->arena, diag, &text, &size);
    if (status == QM_OK)
        status = qm_session_parse_with(text, size, name, qm_lv2_plugins(loaded->lv2),
                                       &loaded->arena, diag, &loaded->session);
    if (status == QM_OK && request->decisions)
        status = decide(loaded->session, request->decisions, diag);
    if (status == QM_OK)
        status = load_seed(loaded->session, request->seed, diag);
    for (size_t i = 0; i < request->overrides.count && status == QM_OK; i++)
        status = qm_address_assign(loaded->session, request->overrides.items[i], diag);
    if (status == QM_OK && (request->decisions || request->overrides.count)) {
        QmDiag again = {.status = QM_OK};
        status = qm_session_validate(loaded->session, &again);
        if (status != QM_OK)
            *diag = again;
    }
    return status;
}

/* Where sounds and plug-ins' states are looked for, and who finds plug-ins. */
static QmStatus begin(const char *file, QmDiag *diag, Loaded *loaded)
{
    *loaded = (Loaded){0};
    qm_arena_init(&loaded->arena);
    loaded->file = file;
    const char *slash = strrchr(file, '/');
    loaded->folder = slash ? (size_t)(slash - file) + 1 : 0;
    const char *folder = qm_arena_strndup(&loaded->arena, file, loaded->folder);
    return folder ? qm_lv2_new(folder, &loaded->arena, diag, &loaded->lv2)
                  : qm_fail_memory(diag);
}

QmStatus load_read(const LoadRequest *request, QmDiag *diag, Loaded *loaded)
{
    const QmStatus status = begin(request->file, diag, loaded);
    return status == QM_OK ? read_session(request, diag, loaded) : status;
}

QmStatus load_made(const char *file, QmSession *session, QmDiag *diag, Loaded *loaded)
{
    const QmStatus status = begin(file, diag, loaded);
    loaded->session = session;
    return status;
}

static QmStatus lay_out(Loaded *loaded, QmDiag *diag)
{
    QmStatus status = qm_clock_new(loaded->session, &loaded->arena, diag, &loaded->clock);
    if (status == QM_OK)
        status = qm_timeline_new(loaded->session, loaded->clock,
                                 qm_prepared_frames(loaded->prepared), &loaded->arena,
                                 diag, &loaded->timeline);
    if (status == QM_OK)
        status = qm_graph_new(loaded->session, &loaded->arena, diag, &loaded->graph);
    return status;
}

QmStatus load_start(Loaded *loaded, bool resident, QmDiag *diag)
{
    QmStatus status = qm_lv2_start(loaded->lv2, loaded->session, diag);
    if (status == QM_OK)
        status = qm_prepare(loaded->session, open_sound, loaded, resident, &loaded->arena,
                            diag, &loaded->prepared);
    return status == QM_OK ? lay_out(loaded, diag) : status;
}

QmStatus load_edited(const Loaded *first, QmSession *session, QmDiag *diag,
                     Loaded *edited)
{
    *edited = (Loaded){.file = first->file,
                       .folder = first->folder,
                       .session = session,
                       .lv2 = first->lv2,
                       .prepared = first->prepared,
                       .borrows = true};
    qm_arena_init(&edited->arena);
    return lay_out(edited, diag);
}

QmStatus load_session(const LoadRequest *request, QmDiag *diag, Loaded *loaded)
{
    const QmStatus status = load_read(request, diag, loaded);
    return status == QM_OK ? load_start(loaded, request->resident, diag) : status;
}

QmStatus load_plan(Loaded *loaded, const QmPlanRequest *request, QmDiag *diag,
                   QmPlan *plan)
{
    return qm_plan_new(&loaded->graph, &loaded->timeline,
                       qm_prepared_assets(loaded->prepared), loaded->clock, request,
                       &loaded->arena, diag, plan);
}

void load_release(Loaded *loaded)
{
    if (!loaded->borrows) {
        qm_prepared_release(loaded->prepared);
        qm_lv2_release(loaded->lv2);
    }
    qm_arena_release(&loaded->arena);
}

QmStatus load_position(const Loaded *loaded, const char *option, const char *text,
                       QmDiag *diag, int64_t *frame)
{
    QmPosition position;
    if (!qm_position_parse(text, &position))
        return qm_fail_plain(
            diag, QM_ERR_USAGE,
            "%s: expected a place such as 9, 5.3.2 or 12.5 s, found '%s'", option, text);
    *frame = qm_clock_frame(loaded->clock, position);
    return QM_OK;
}
