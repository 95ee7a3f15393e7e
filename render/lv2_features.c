/* What is offered to a plug-in.
 *
 * Work that a plug-in schedules is done right after the block in which it was scheduled,
 * on the same thread, and answered before the next: the same at any speed. What does not
 * fit into a queue is refused as the plug-in's interface allows. */
#include "render/lv2_host.h"

#include "base/text.h"

#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/midi/midi.h>
#include <lv2/parameters/parameters.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEQUENCE_SIZE = 1 << 13 }; /* bytes: what a plug-in may expect of an event port */

/* --- URIDs ------------------------------------------------------------------------ */

static LV2_URID add_uri(QmLv2Uris *uris, const char *uri)
{
    if (uris->n == uris->room) {
        const uint32_t room = uris->room ? 2 * uris->room : 64;
        char **more = realloc(uris->uris, room * sizeof *more);
        if (!more) {
            return 0;
        }
        uris->uris = more;
        uris->room = room;
    }
    const size_t size = strlen(uri) + 1;
    char *copy = malloc(size);
    if (!copy) {
        return 0;
    }
    uris->uris[uris->n++] = memcpy(copy, uri, size);
    return uris->n;
}

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char *uri)
{
    QmLv2Uris *uris = handle;
    LV2_URID found = 0;
    pthread_mutex_lock(&uris->lock);
    for (uint32_t i = 0; !found && i < uris->n; i++) {
        found = qm_same(uris->uris[i], uri) ? i + 1 : 0;
    }
    found = found ? found : add_uri(uris, uri);
    pthread_mutex_unlock(&uris->lock);
    return found;
}

static const char *unmap_uri(LV2_URID_Unmap_Handle handle, LV2_URID urid)
{
    QmLv2Uris *uris = handle;
    pthread_mutex_lock(&uris->lock);
    const char *uri = urid && urid <= uris->n ? uris->uris[urid - 1] : NULL;
    pthread_mutex_unlock(&uris->lock);
    return uri;
}

void qm_lv2_uris_init(QmLv2Uris *uris)
{
    *uris = (QmLv2Uris){.map = {uris, map_uri}, .unmap = {uris, unmap_uri}};
    pthread_mutex_init(&uris->lock, NULL);
}

void qm_lv2_uris_release(QmLv2Uris *uris)
{
    for (uint32_t i = 0; i < uris->n; i++) {
        free(uris->uris[i]);
    }
    free(uris->uris);
    pthread_mutex_destroy(&uris->lock);
}

LV2_URID qm_lv2_urid(QmLv2Uris *uris, const char *uri) { return map_uri(uris, uri); }

/* --- options ---------------------------------------------------------------------- */

static const char *const option_uris[] = {
    LV2_BUF_SIZE__minBlockLength,     LV2_BUF_SIZE__maxBlockLength,
    LV2_BUF_SIZE__nominalBlockLength, LV2_BUF_SIZE__sequenceSize,
    LV2_PARAMETERS__sampleRate,
};

void qm_lv2_shared_init(QmLv2Shared *shared, uint32_t rate)
{
    *shared = (QmLv2Shared){.block = QM_LV2_BLOCK,
                            .sequence_size = SEQUENCE_SIZE,
                            .rate = (float)rate};
    QmLv2Uris *uris = &shared->uris;
    qm_lv2_uris_init(uris);
    shared->sequence = qm_lv2_urid(uris, LV2_ATOM__Sequence);
    shared->chunk = qm_lv2_urid(uris, LV2_ATOM__Chunk);
    shared->midi = qm_lv2_urid(uris, LV2_MIDI__MidiEvent);
    shared->error = qm_lv2_urid(uris, LV2_LOG__Error);
    shared->type_float = qm_lv2_urid(uris, LV2_ATOM__Float);
    shared->type_double = qm_lv2_urid(uris, LV2_ATOM__Double);
    shared->type_int = qm_lv2_urid(uris, LV2_ATOM__Int);
    shared->type_long = qm_lv2_urid(uris, LV2_ATOM__Long);
    const void *const values[] = {&shared->block, &shared->block, &shared->block,
                                  &shared->sequence_size, &shared->rate};
    for (uint32_t i = 0; i < QM_COUNT(values); i++) {
        const bool whole = values[i] != &shared->rate;
        shared->options[i] =
            (LV2_Options_Option){.context = LV2_OPTIONS_INSTANCE,
                                 .key = qm_lv2_urid(uris, option_uris[i]),
                                 .size = 4,
                                 .type = whole ? shared->type_int : shared->type_float,
                                 .value = values[i]};
    }
}

void qm_lv2_shared_release(QmLv2Shared *shared) { qm_lv2_uris_release(&shared->uris); }

/* --- what may be required --------------------------------------------------------- */

/* Those with data are filled in below, in this order; the others are promises. */
static const char *const feature_uris[] = {
    LV2_URID__map,
    LV2_URID__unmap,
    LV2_OPTIONS__options,
    LV2_WORKER__schedule,
    LV2_LOG__log,
    LV2_BUF_SIZE__boundedBlockLength,
    LV2_BUF_SIZE__fixedBlockLength,
    LV2_BUF_SIZE__powerOf2BlockLength,
    LV2_STATE__loadDefaultState,
    LV2_STATE__threadSafeRestore,
};
/* Kept without being told: never one buffer for in and out. */
static const char *const silent_uris[] = {LV2_CORE__inPlaceBroken,
                                          LV2_CORE__hardRTCapable, LV2_STATE__mapPath,
                                          LV2_STATE__freePath};

_Static_assert(QM_COUNT(feature_uris) <= QM_LV2_FEATURES, "room for all features");

static bool among(const char *uri, const char *const *uris, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (qm_same(uri, uris[i])) {
            return true;
        }
    }
    return false;
}

static char *copy_text(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

static char *missing_option(LilvWorld *world, const LilvPlugin *plugin)
{
    LilvNode *required = lilv_new_uri(world, LV2_OPTIONS__requiredOption);
    LilvNodes *nodes = lilv_plugin_get_value(plugin, required);
    char *missing = NULL;
    LILV_FOREACH(nodes, i, nodes)
    {
        const char *uri = lilv_node_as_string(lilv_nodes_get(nodes, i));
        if (!missing && !among(uri, option_uris, QM_COUNT(option_uris))) {
            missing = copy_text(uri);
        }
    }
    lilv_nodes_free(nodes);
    lilv_node_free(required);
    return missing;
}

char *qm_lv2_missing(LilvWorld *world, const LilvPlugin *plugin)
{
    LilvNodes *nodes = lilv_plugin_get_required_features(plugin);
    char *missing = NULL;
    LILV_FOREACH(nodes, i, nodes)
    {
        const char *uri = lilv_node_as_string(lilv_nodes_get(nodes, i));
        if (!missing && !among(uri, feature_uris, QM_COUNT(feature_uris)) &&
            !among(uri, silent_uris, QM_COUNT(silent_uris))) {
            missing = copy_text(uri);
        }
    }
    lilv_nodes_free(nodes);
    return missing ? missing : missing_option(world, plugin);
}

/* --- worker ----------------------------------------------------------------------- */

/* A message is its size and its bytes, each from a multiple of 8 on. */
static size_t room_of(uint32_t size) { return sizeof(uint64_t) + ((size + 7u) & ~7u); }

static LV2_Worker_Status put(QmLv2Queue *queue, uint32_t size, const void *data)
{
    const uint64_t head = size;
    if (size > QM_LV2_QUEUE || QM_LV2_QUEUE - queue->used < room_of(size)) {
        return LV2_WORKER_ERR_NO_SPACE;
    }
    memcpy(queue->data + queue->used, &head, sizeof head);
    if (size) {
        memcpy(queue->data + queue->used + sizeof head, data, size);
    }
    queue->used += room_of(size);
    return LV2_WORKER_SUCCESS;
}

static LV2_Worker_Status schedule(LV2_Worker_Schedule_Handle handle, uint32_t size,
                                  const void *data)
{
    return put(&((QmLv2Features *)handle)->requests, size, data);
}

static LV2_Worker_Status respond(LV2_Worker_Respond_Handle handle, uint32_t size,
                                 const void *data)
{
    return put(&((QmLv2Features *)handle)->responses, size, data);
}

/* Messages that come while others are taken are taken too: the room bounds them. */
static const uint8_t *take(const QmLv2Queue *queue, size_t *at, uint32_t *size)
{
    if (*at == queue->used) {
        return NULL;
    }
    uint64_t head;
    memcpy(&head, queue->data + *at, sizeof head);
    const uint8_t *message = queue->data + *at + sizeof head;
    *size = (uint32_t)head;
    *at += room_of(*size);
    return message;
}

void qm_lv2_work(QmLv2Features *f)
{
    const LV2_Worker_Interface *worker = f->worker;
    const uint8_t *message;
    uint32_t size;
    if (!worker) {
        return;
    }
    for (size_t at = 0; (message = take(&f->requests, &at, &size));) {
        worker->work(f->handle, respond, f, size, message);
    }
    f->requests.used = 0;
    for (size_t at = 0; (message = take(&f->responses, &at, &size));) {
        if (worker->work_response) {
            worker->work_response(f->handle, size, message);
        }
    }
    f->responses.used = 0;
    if (worker->end_run) {
        worker->end_run(f->handle);
    }
}

/* --- log -------------------------------------------------------------------------- */

static int log_list(LV2_Log_Handle handle, LV2_URID type, const char *format,
                    va_list list)
{
    QmLv2Features *f = handle;
    if (type != f->shared->error || f->message[0]) {
        return 0;
    }
    const int length = vsnprintf(f->message, sizeof f->message, format, list);
    f->message[strcspn(f->message, "\r\n")] = '\0';
    return length;
}

static int log_text(LV2_Log_Handle handle, LV2_URID type, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int length = log_list(handle, type, format, list);
    va_end(list);
    return length;
}

/* --- all of them ------------------------------------------------------------------ */

bool qm_lv2_features_init(QmLv2Features *f, QmLv2Shared *shared, QmArena *arena)
{
    *f = (QmLv2Features){.schedule = {f, schedule},
                         .log = {f, log_text, log_list},
                         .shared = shared,
                         .requests.data = QM_NEW_ARRAY(arena, uint8_t, QM_LV2_QUEUE),
                         .responses.data = QM_NEW_ARRAY(arena, uint8_t, QM_LV2_QUEUE)};
    void *const data[] = {&shared->uris.map, &shared->uris.unmap, shared->options,
                          &f->schedule, &f->log};
    for (uint32_t i = 0; i < QM_COUNT(feature_uris); i++) {
        f->feature[i] = (LV2_Feature){.URI = feature_uris[i],
                                      .data = i < QM_COUNT(data) ? data[i] : NULL};
        f->list[i] = &f->feature[i];
    }
    return f->requests.data && f->responses.data;
}
