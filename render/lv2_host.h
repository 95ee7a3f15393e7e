/* What the parts of the LV2 host share (for render/lv2_*.c only):
 *
 *   lv2_world      lilv: who there is, what was asked for
 *   lv2_ports      a plug-in's ports as roles and as the rows of a table
 *   lv2_features   what is offered to a plug-in: URIDs, options, worker, log
 *   lv2_instance   one running plug-in: blocks, notes, latency
 *   lv2_proc       instances as processors and generators */
#ifndef QM_RENDER_LV2_HOST_H
#define QM_RENDER_LV2_HOST_H

#include "render/lv2.h"

#include <lilv/lilv.h>
#include <lv2/log/log.h>
#include <lv2/options/options.h>
#include <lv2/state/state.h>
#include <lv2/worker/worker.h>
#include <pthread.h>

/* --- features --------------------------------------------------------------------- */

enum {
    QM_LV2_OPTIONS = 6,
    QM_LV2_FEATURES = 12,
    QM_LV2_QUEUE = 1 << 16,
    QM_LV2_LOG = 200
};

/* URIs by number, from 1. A plug-in may ask at any time, from any thread. */
typedef struct QmLv2Uris {
    pthread_mutex_t lock;
    char **uris;
    uint32_t n, room;
    LV2_URID_Map map;
    LV2_URID_Unmap unmap;
} QmLv2Uris;

void qm_lv2_uris_init(QmLv2Uris *uris);
void qm_lv2_uris_release(QmLv2Uris *uris);
LV2_URID qm_lv2_urid(QmLv2Uris *uris, const char *uri);

/* The URIDs that the host itself needs, and what all instances are told. */
typedef struct QmLv2Shared {
    QmLv2Uris uris;
    LV2_URID sequence, chunk, midi, error;
    LV2_URID type_float, type_double, type_int, type_long;
    int32_t block, sequence_size;
    float rate;
    LV2_Options_Option options[QM_LV2_OPTIONS];
} QmLv2Shared;

void qm_lv2_shared_init(QmLv2Shared *shared, uint32_t rate);
void qm_lv2_shared_release(QmLv2Shared *shared);
/* The first feature or option that a plug-in requires and is not offered (to be freed
 * with free), or NULL. */
char *qm_lv2_missing(LilvWorld *world, const LilvPlugin *plugin);

/* Messages of a worker: sizes and bytes. */
typedef struct QmLv2Queue {
    uint8_t *data; /* [QM_LV2_QUEUE] */
    size_t used;
} QmLv2Queue;

/* What one copy of a plug-in is given. */
typedef struct QmLv2Features {
    LV2_Feature feature[QM_LV2_FEATURES];
    const LV2_Feature *list[QM_LV2_FEATURES + 1];
    LV2_Worker_Schedule schedule;
    LV2_Log_Log log;
    QmLv2Shared *shared;
    QmLv2Queue requests, responses;
    const LV2_Worker_Interface *worker;
    LV2_Handle handle;
    char message[QM_LV2_LOG]; /* the first error it told */
} QmLv2Features;

bool qm_lv2_features_init(QmLv2Features *features, QmLv2Shared *shared, QmArena *arena);
/* Does at once what was scheduled, and hands back the answers. */
void qm_lv2_work(QmLv2Features *features);

/* --- plug-ins --------------------------------------------------------------------- */

typedef enum QmLv2Role {
    QM_LV2_IDLE, /* connected to nothing: it is optional, and nothing of ours */
    QM_LV2_PARAM,
    QM_LV2_READOUT, /* a control output */
    QM_LV2_AUDIO_IN,
    QM_LV2_KEY_IN,
    QM_LV2_AUDIO_OUT,
    QM_LV2_CV, /* in: silence; out: ignored */
    QM_LV2_EVENTS_IN,
    QM_LV2_EVENTS_OUT,
} QmLv2Role;

typedef struct QmLv2Port {
    QmLv2Role role;
    uint32_t index; /* among those of its role; PARAM: the row */
    uint32_t size;  /* EVENTS: bytes */
} QmLv2Port;

typedef struct QmLv2Plugin {
    QmPlugin plugin;
    QmLv2 *host;
    bool instrument;
    const LilvPlugin *lilv;
    LilvState *state; /* what it starts from: a preset, a saved or its default one; or
                         NULL */
    QmLv2Port *ports;
    uint32_t n_ports, n_in, n_key, n_out;
    int latency_port, notes_port; /* -1: none */
    uint32_t copies;              /* 2: one for each channel */
    QmParam *rows;
    uint32_t n_rows;
    QmProcDesc proc;
    QmGenDesc generator;
} QmLv2Plugin;

/* Roles and rows from what the plug-in's data say; rows' defaults from its state. Errors:
 * QM_ERR_INPUT, QM_ERR_MEMORY. */
QmStatus qm_lv2_read_ports(QmLv2Plugin *plugin, LilvWorld *world,
                           const QmLv2Shared *shared, const QmPluginQuery *query,
                           QmArena *arena, QmDiag *diag);
/* Fills in proc and generator. */
void qm_lv2_describe(QmLv2Plugin *plugin);

/* --- instances -------------------------------------------------------------------- */

typedef struct QmLv2Instance QmLv2Instance;

/* An instance with `params` (which it does not keep), its latency read, at rest. Errors:
 * QM_ERR_INPUT, QM_ERR_MEMORY. */
QmStatus qm_lv2_instance_new(const QmLv2Plugin *plugin, QmLv2Shared *shared,
                             const double *params, QmPlace place, const char *path,
                             QmArena *arena, QmDiag *diag, QmLv2Instance **instance);
void qm_lv2_instance_end(QmLv2Instance *instance);
void qm_lv2_instance_warn(const QmLv2Instance *instance, QmDiag *diag);
const QmLv2Plugin *qm_lv2_instance_plugin(const QmLv2Instance *instance);
uint64_t qm_lv2_instance_not_finite(const QmLv2Instance *instance);
/* Frames by which it is late, its block included. */
uint32_t qm_lv2_instance_latency(const QmLv2Instance *instance);

/* To rest: nothing in the block, activated anew with `params`. */
void qm_lv2_instance_reset(QmLv2Instance *instance, const double *params);
/* A control, for the block that is being gathered: set it when one begins. */
void qm_lv2_instance_control(QmLv2Instance *instance, uint32_t row, float value);
/* Whether the next frame begins a block. */
bool qm_lv2_instance_between(const QmLv2Instance *instance);
/* n frames in, n frames of what was computed out; io: [n] each, key may be NULL. */
void qm_lv2_instance_run(QmLv2Instance *instance, float *const io[2],
                         const float *const key[2], uint32_t n);
/* Where in the block the next frame is, for one that was just reset. */
void qm_lv2_instance_enter(QmLv2Instance *instance, uint32_t place);
/* Notes, on the next frame. `note` is who releases it. */
void qm_lv2_instance_note(QmLv2Instance *instance, uint32_t note, int key, int velocity);
void qm_lv2_instance_release(QmLv2Instance *instance, uint32_t note);

#endif
