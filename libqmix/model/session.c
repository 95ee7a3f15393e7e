/* The document's constants and look-ups.
 *
 * A fader and a send have rows like any processor, so that one parser, one printer and
 * one range check serve them all. Names are looked up by walking the arrays: the first of
 * a name wins, and validate refuses a second one. */
#include "model/session.h"

#include "base/text.h"

#include <string.h>

const QmParam qm_fader_params[QM_FADER_PARAMS] = {
    [QM_FADER_GAIN] = {.name = "gain",
                       .help = "level after the inserts; -120 is off",
                       .unit = QM_UNIT_DB,
                       .min = -120,
                       .max = 24},
    [QM_FADER_PAN] = {.name = "pan",
                      .help = "from -1 left to 1 right",
                      .min = -1,
                      .max = 1},
    [QM_FADER_WIDTH] = {.name = "width",
                        .help = "0 mono, 1 as it is, 2 sides doubled",
                        .min = 0,
                        .max = 2,
                        .def = 1},
    [QM_FADER_MUTE] = {.name = "mute",
                       .help = "silences the post tap",
                       .kind = QM_PARAM_SWITCH,
                       .max = 1,
                       .flags = QM_PARAM_STEPPED},
};

const QmParam qm_send_param = {.name = "level",
                               .help = "what the bus gets of the tap",
                               .unit = QM_UNIT_DB,
                               .min = -120,
                               .max = 24};

const QmParam qm_share_params[QM_SHARE_PARAMS] = {
    [QM_SHARE_ATTACK] = {.name = "attack",
                         .help = "time to hear 63 % of a rising level",
                         .unit = QM_UNIT_MS,
                         .min = 1,
                         .max = 1000,
                         .def = 10},
    [QM_SHARE_RELEASE] = {.name = "release",
                          .help = "time to forget 63 % of a falling level",
                          .unit = QM_UNIT_MS,
                          .min = 1,
                          .max = 5000,
                          .def = 200},
    [QM_SHARE_FLOOR] = {.name = "floor",
                        .help = "level of all together below which gains stay",
                        .unit = QM_UNIT_DB,
                        .min = -120,
                        .max = 0,
                        .def = -60},
};

const QmParam qm_weight_param = {.name = "weight",
                                 .help = "of the strip where a bus shares gain",
                                 .unit = QM_UNIT_DB,
                                 .min = -40,
                                 .max = 40};

const QmParam qm_tempo_param = {.name = "bpm",
                                .help = "quarter notes a minute",
                                .unit = QM_UNIT_BPM,
                                .min = 10,
                                .max = 1000,
                                .def = 120};

static const char *const curve_names[] = {"linear", "exp", "hold", NULL};
const QmParam qm_curve_param = {.name = "curve",
                                .help = "how a point is reached from the one before",
                                .kind = QM_PARAM_CHOICE,
                                .choices = curve_names};

static const char *const route_curve_names[] = {"linear", "exp", NULL};
const QmParam qm_route_curve_param = {.name = "curve",
                                      .help = "of the way between from and to",
                                      .kind = QM_PARAM_CHOICE,
                                      .choices = route_curve_names};

static const QmParam amount_row = {.name = "amount",
                                   .help = "part of the parameter's range",
                                   .min = -1,
                                   .max = 1};

static const QmPosition song_start = {QM_POS_BARS, 1, 1, 1, 0};

void qm_strip_init(QmStrip *strip, const char *name, QmStripKind kind)
{
    *strip = (QmStrip){
        .name = name,
        .kind = kind,
        .input.sound = QM_NONE,
        .fader = {.gain_db = qm_fader_params[QM_FADER_GAIN].def,
                  .pan = qm_fader_params[QM_FADER_PAN].def,
                  .width = qm_fader_params[QM_FADER_WIDTH].def},
        .share.params = {[QM_SHARE_ATTACK] = qm_share_params[QM_SHARE_ATTACK].def,
                         [QM_SHARE_RELEASE] = qm_share_params[QM_SHARE_RELEASE].def,
                         [QM_SHARE_FLOOR] = qm_share_params[QM_SHARE_FLOOR].def},
        .to = QM_NONE,
        .output = kind == QM_STRIP_MASTER ? 1 : 0,
    };
}

void qm_route_init(QmRoute *route, QmTarget target, const QmParam *row)
{
    *route = (QmRoute){.target = target, .rows[QM_ROUTE_AMOUNT] = amount_row};
    route->rows[QM_ROUTE_FROM] = route->rows[QM_ROUTE_TO] = *row;
    route->rows[QM_ROUTE_FROM].name = "from";
    route->rows[QM_ROUTE_FROM].help =
        "where the parameter is at the modulator's lower end";
    route->rows[QM_ROUTE_TO].name = "to";
    route->rows[QM_ROUTE_TO].help = "where it is at the upper end";
    for (uint32_t i = 0; i < QM_ROUTE_PARAMS; i++) {
        route->rows[i].flags = 0;
        route->params[i] = route->rows[i].def;
    }
}

QmCurve qm_usual_curve(const QmParam *row)
{
    return row->kind == QM_PARAM_NUMBER ? QM_CURVE_LINEAR : QM_CURVE_HOLD;
}

QmSession *qm_session_new(QmArena *arena)
{
    QmSession *session = QM_NEW(arena, QmSession);
    QmTempo *tempo = QM_NEW(arena, QmTempo);
    QmTimeSignature *meter = QM_NEW(arena, QmTimeSignature);
    QmStrip *master = QM_NEW(arena, QmStrip);
    if (!session || !tempo || !meter || !master) {
        return NULL;
    }
    *tempo = (QmTempo){.at = song_start, .bpm = 120};
    *meter = (QmTimeSignature){.at = song_start, .beats = 4, .unit = 4};
    qm_strip_init(master, "master", QM_STRIP_MASTER);
    *session = (QmSession){
        .arena = arena,
        .file = "",
        .title = "",
        .rate = 48000,
        .tempo = tempo,
        .n_tempo = 1,
        .meter = meter,
        .n_meter = 1,
        .tail = {.kind = QM_LEN_S, .value = -1},
        .strips = master,
        .n_strips = 1,
    };
    return session;
}

uint16_t qm_session_strip(const QmSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->n_strips; i++) {
        if (qm_same(session->strips[i].name, name)) {
            return (uint16_t)i;
        }
    }
    return QM_NONE;
}

uint16_t qm_session_sound(const QmSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->n_sounds; i++) {
        if (qm_same(session->sounds[i].name, name)) {
            return (uint16_t)i;
        }
    }
    return QM_NONE;
}

uint16_t qm_session_pattern(const QmSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->n_patterns; i++) {
        if (qm_same(session->patterns[i].name, name)) {
            return (uint16_t)i;
        }
    }
    return QM_NONE;
}

uint16_t qm_session_modulator(const QmSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->n_modulators; i++) {
        if (qm_same(session->modulators[i].name, name)) {
            return (uint16_t)i;
        }
    }
    return QM_NONE;
}

uint32_t qm_session_outputs(const QmSession *session)
{
    uint32_t outputs = 2;
    for (uint32_t i = 0; i < session->n_strips; i++) {
        const uint32_t first = session->strips[i].output;
        if (first != 0 && first + 1 > outputs) {
            outputs = first + 1;
        }
    }
    return outputs;
}

bool qm_name_valid(const char *name)
{
    static const char first[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    static const char other[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    double number;
    if (name[0] == '\0' || strlen(name) > QM_MAX_NAME || !strchr(first, name[0])) {
        return false;
    }
    return name[strspn(name, other)] == '\0' && !qm_number_parse(name, &number);
}

bool qm_sound_is_path(const char *name) { return strpbrk(name, "./") != NULL; }
