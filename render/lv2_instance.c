/* One running plug-in.
 *
 *   frame      0 ........ 63 | 64 ....... 127 | 128 ...
 *   in              block 0  |      block 1   |
 *   out          nothing     |    of block 0  |  of block 1
 *
 * The block is computed when its last frame has come in, and handed out while the next
 * one is gathered. Whoever calls may split as he likes: nothing but the place within the
 * block counts.
 *
 * A plug-in with one audio input and one output has a copy for each channel, both with
 * the same controls. Other shapes: a single input gets the mean of both channels, a
 * single output goes to both. Without a key, side-chain inputs get the input. */
#include "render/lv2_host.h"

#include "base/fpmode.h"

#include <lv2/atom/atom.h>
#include <string.h>

enum {
    MAX_NOTES = 256,      /* messages of a block */
    SETTLING_BLOCKS = 16, /* of silence, heard before the song */
    NO_NOTE = 0,
    NOTE_OFF = 0x80,
    NOTE_ON = 0x90,
    KEYS = 128,
};

typedef struct Message {
    uint32_t at; /* frame of the block */
    uint8_t bytes[3];
} Message;

typedef struct Copy {
    LilvInstance *lilv;
    QmLv2Features features;
    float *values; /* [n_ports]: controls; params are the instance's own */
    float **audio; /* [n_ports][QM_LV2_BLOCK], NULL where there is none */
    void **events; /* [n_ports][size], likewise */
} Copy;

struct QmLv2Instance {
    const QmLv2Plugin *plugin;
    QmLv2Shared *shared;
    QmPlace place;
    const char *path;
    Copy copy[2];
    float *controls; /* [n_rows], of the running block */
    float in[2][QM_LV2_BLOCK], key[2][QM_LV2_BLOCK], out[2][QM_LV2_BLOCK];
    uint32_t at;  /* frames of the block that have come in */
    bool has_key; /* of the block: its frames had one */
    bool rested;  /* it has heard nothing but silence since it was activated */
    uint32_t latency;
    bool moved;   /* the latency was another one later */
    bool overrun; /* more notes in a block than there is room for */
    uint64_t not_finite;
    Message notes[MAX_NOTES];
    uint32_t n_notes;
    uint32_t holder[KEYS]; /* the note that holds a key */
};

/* --- running ---------------------------------------------------------------------- */

static void silence(float *audio) { memset(audio, 0, QM_LV2_BLOCK * sizeof *audio); }

static void mean(const float pair[2][QM_LV2_BLOCK], float *audio)
{
    for (uint32_t i = 0; i < QM_LV2_BLOCK; i++) {
        audio[i] = 0.5f * (pair[0][i] + pair[1][i]);
    }
}

/* One of `n` inputs of copy `c`. */
static void fill(const QmLv2Plugin *plugin, uint32_t c, const float pair[2][QM_LV2_BLOCK],
                 uint32_t index, uint32_t n, float *audio)
{
    if (plugin->copies == 2) {
        memcpy(audio, pair[c], sizeof pair[c]);
    } else if (n == 1) {
        mean(pair, audio);
    } else if (index < 2) {
        memcpy(audio, pair[index], sizeof pair[index]);
    } else {
        silence(audio);
    }
}

/* What stands in front of the notes' and other events' ports. */
static void write_notes(const QmLv2Instance *in, LV2_Atom_Sequence *sequence)
{
    uint8_t *at = (uint8_t *)sequence + sizeof *sequence;
    for (uint32_t i = 0; i < in->n_notes; i++) {
        const Message *note = &in->notes[i];
        LV2_Atom_Event event = {.time.frames = note->at,
                                .body = {sizeof note->bytes, in->shared->midi}};
        uint8_t padded[8] = {0};
        memcpy(padded, note->bytes, sizeof note->bytes);
        memcpy(at, &event, sizeof event);
        memcpy(at + sizeof event, padded, sizeof padded);
        at += sizeof event + sizeof padded;
    }
    sequence->atom.size = (uint32_t)(at - (uint8_t *)&sequence->body);
}

static void ready_events(const QmLv2Instance *in, uint32_t port, void *events)
{
    const QmLv2Port *p = &in->plugin->ports[port];
    LV2_Atom_Sequence *sequence = events;
    sequence->body = (LV2_Atom_Sequence_Body){0, 0};
    if (p->role == QM_LV2_EVENTS_OUT) {
        sequence->atom =
            (LV2_Atom){p->size - (uint32_t)sizeof(LV2_Atom), in->shared->chunk};
        return;
    }
    sequence->atom = (LV2_Atom){sizeof sequence->body, in->shared->sequence};
    if ((int)port == in->plugin->notes_port) {
        write_notes(in, sequence);
    }
}

static void ready(const QmLv2Instance *in, uint32_t c)
{
    const QmLv2Plugin *plugin = in->plugin;
    const Copy *copy = &in->copy[c];
    for (uint32_t i = 0; i < plugin->n_ports; i++) {
        const QmLv2Port *port = &plugin->ports[i];
        if (port->role == QM_LV2_AUDIO_IN) {
            fill(plugin, c, in->in, port->index, plugin->n_in, copy->audio[i]);
        } else if (port->role == QM_LV2_KEY_IN) {
            fill(plugin, c, in->has_key ? in->key : in->in, port->index, plugin->n_key,
                 copy->audio[i]);
        } else if (port->role == QM_LV2_CV) {
            silence(copy->audio[i]);
        } else if (copy->events[i]) {
            ready_events(in, i, copy->events[i]);
        }
    }
}

/* The latency that copy 0 tells now, in frames. */
static uint32_t told_latency(const QmLv2Instance *in)
{
    const int port = in->plugin->latency_port;
    const float told = port < 0 ? 0.0f : in->copy[0].values[port];
    const float most = 1e9f; /* the graph refuses less */
    return told > 0.0f ? (uint32_t)((told < most ? told : most) + 0.5f) : 0;
}

static void run_copy(QmLv2Instance *in, uint32_t c)
{
    Copy *copy = &in->copy[c];
    ready(in, c);
    lilv_instance_run(copy->lilv, QM_LV2_BLOCK);
    qm_lv2_work(&copy->features);
    qm_fpmode_enter(); /* whatever the plug-in made of it */
}

/* Takes output `index` of copy c as channel `channel`. */
static void take(QmLv2Instance *in, uint32_t c, uint32_t index, uint32_t channel)
{
    const QmLv2Plugin *plugin = in->plugin;
    for (uint32_t i = 0; i < plugin->n_ports; i++) {
        if (plugin->ports[i].role == QM_LV2_AUDIO_OUT &&
            plugin->ports[i].index == index) {
            memcpy(in->out[channel], in->copy[c].audio[i], sizeof in->out[channel]);
        }
    }
}

static void make_finite(QmLv2Instance *in)
{
    for (uint32_t channel = 0; channel < 2; channel++) {
        for (uint32_t i = 0; i < QM_LV2_BLOCK; i++) {
            float *x = &in->out[channel][i];
            if (*x - *x != 0.0f) {
                *x = 0.0f;
                in->not_finite++;
            }
        }
    }
}

static void run_block(QmLv2Instance *in)
{
    const QmLv2Plugin *plugin = in->plugin;
    for (uint32_t c = 0; c < plugin->copies; c++) {
        run_copy(in, c);
    }
    for (uint32_t channel = 0; channel < 2; channel++) {
        take(in, plugin->copies == 2 ? channel : 0, plugin->n_out > 1 ? channel : 0,
             channel);
    }
    make_finite(in);
    in->moved = in->moved || told_latency(in) != in->latency;
    in->n_notes = 0;
    in->has_key = false;
    in->rested = false;
}

bool qm_lv2_instance_between(const QmLv2Instance *in) { return in->at == 0; }

void qm_lv2_instance_control(QmLv2Instance *in, uint32_t row, float value)
{
    in->controls[row] = value;
}

void qm_lv2_instance_run(QmLv2Instance *in, float *const io[2], const float *const key[2],
                         uint32_t n)
{
    for (uint32_t done = 0, span; done < n; done += span) {
        span = QM_LV2_BLOCK - in->at < n - done ? QM_LV2_BLOCK - in->at : n - done;
        for (uint32_t channel = 0; channel < 2; channel++) {
            float *audio = io[channel] + done;
            if (key) {
                memcpy(in->key[channel] + in->at, key[channel] + done,
                       span * sizeof *audio);
            }
            for (uint32_t i = 0; i < span; i++) {
                const float x = audio[i];
                audio[i] = in->out[channel][in->at + i];
                in->in[channel][in->at + i] = x;
            }
        }
        in->has_key = key;
        in->at += span;
        if (in->at == QM_LV2_BLOCK) {
            in->at = 0;
            run_block(in);
        }
    }
}

/* --- notes ------------------------------------------------------------------------ */

static void send(QmLv2Instance *in, int status, int key, int velocity)
{
    if (in->n_notes == MAX_NOTES) {
        in->overrun = true;
        return;
    }
    in->notes[in->n_notes++] =
        (Message){.at = in->at,
                  .bytes = {(uint8_t)status, (uint8_t)key, (uint8_t)velocity}};
}

void qm_lv2_instance_enter(QmLv2Instance *in, uint32_t place)
{
    in->at = place;
    for (uint32_t i = 0; i < in->n_notes; i++) {
        in->notes[i].at = place;
    }
}

void qm_lv2_instance_note(QmLv2Instance *in, uint32_t note, int key, int velocity)
{
    if (in->holder[key] != NO_NOTE) {
        send(in, NOTE_OFF, key, 0);
    }
    in->holder[key] = note;
    send(in, NOTE_ON, key, velocity);
}

/* A key that a later note has taken is left to that one. */
void qm_lv2_instance_release(QmLv2Instance *in, uint32_t note)
{
    for (int key = 0; key < KEYS; key++) {
        if (in->holder[key] == note) {
            in->holder[key] = NO_NOTE;
            send(in, NOTE_OFF, key, 0);
        }
    }
}

/* --- making ----------------------------------------------------------------------- */

static bool make_buffers(const QmLv2Instance *in, Copy *copy, QmArena *arena)
{
    const QmLv2Plugin *plugin = in->plugin;
    const uint32_t n = plugin->n_ports;
    copy->values = QM_NEW_ARRAY(arena, float, n);
    copy->audio = QM_NEW_ARRAY(arena, float *, n);
    copy->events = QM_NEW_ARRAY(arena, void *, n);
    if (!copy->values || !copy->audio || !copy->events) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        const QmLv2Role role = plugin->ports[i].role;
        if (role == QM_LV2_EVENTS_IN || role == QM_LV2_EVENTS_OUT) {
            copy->events[i] = qm_arena_alloc(arena, 1, plugin->ports[i].size);
        } else if (role >= QM_LV2_AUDIO_IN && role <= QM_LV2_CV) {
            copy->audio[i] = QM_NEW_ARRAY(arena, float, QM_LV2_BLOCK);
        } else {
            continue;
        }
        if (!copy->audio[i] && !copy->events[i]) {
            return false;
        }
    }
    return true;
}

static void connect(const QmLv2Instance *in, const Copy *copy)
{
    const QmLv2Plugin *plugin = in->plugin;
    for (uint32_t i = 0; i < plugin->n_ports; i++) {
        const QmLv2Port *port = &plugin->ports[i];
        void *data = copy->audio[i] ? (void *)copy->audio[i] : copy->events[i];
        if (port->role == QM_LV2_PARAM) {
            data = &in->controls[port->index];
        } else if (port->role == QM_LV2_READOUT) {
            data = &copy->values[i];
        }
        lilv_instance_connect_port(copy->lilv, i, data);
    }
}

/* Between restore and activate a plug-in may have scheduled work. */
static bool start_copy(QmLv2Instance *in, Copy *copy)
{
    const QmLv2Plugin *plugin = in->plugin;
    QmLv2Features *f = &copy->features;
    copy->lilv = lilv_plugin_instantiate(plugin->lilv, (double)in->shared->rate, f->list);
    if (!copy->lilv) {
        return false;
    }
    f->handle = lilv_instance_get_handle(copy->lilv);
    f->worker = lilv_instance_get_extension_data(copy->lilv, LV2_WORKER__interface);
    connect(in, copy);
    if (plugin->state) {
        lilv_state_restore(plugin->state, copy->lilv, NULL, NULL, 0, f->list);
    }
    qm_lv2_work(f);
    lilv_instance_activate(copy->lilv);
    return true;
}

static void set_controls(QmLv2Instance *in, const double *params)
{
    for (uint32_t i = 0; i < in->plugin->n_rows; i++) {
        in->controls[i] = (float)params[i];
    }
}

/* Some plug-ins glide to their params or find their latency while they run: a little
 * silence lets them arrive, as in a studio where they always run. */
static void settle(QmLv2Instance *in)
{
    memset(in->in, 0, sizeof in->in);
    for (int block = 0; block < SETTLING_BLOCKS; block++) {
        for (uint32_t c = 0; c < in->plugin->copies; c++) {
            run_copy(in, c);
        }
    }
    in->rested = true;
}

static bool start(QmLv2Instance *in)
{
    for (uint32_t c = 0; c < in->plugin->copies; c++) {
        if (!start_copy(in, &in->copy[c])) {
            return false;
        }
    }
    settle(in);
    in->latency = told_latency(in);
    return true;
}

QmStatus qm_lv2_instance_new(const QmLv2Plugin *plugin, QmLv2Shared *shared,
                             const double *params, QmPlace place, const char *path,
                             QmArena *arena, QmDiag *diag, QmLv2Instance **instance)
{
    QmLv2Instance *in = QM_NEW(arena, QmLv2Instance);
    if (!in) {
        return qm_fail_memory(diag);
    }
    *in = (QmLv2Instance){.plugin = plugin,
                          .shared = shared,
                          .place = place,
                          .path = path,
                          .controls = QM_NEW_ARRAY(arena, float, plugin->n_rows)};
    if (!in->controls) {
        return qm_fail_memory(diag);
    }
    set_controls(in, params);
    for (uint32_t c = 0; c < plugin->copies; c++) {
        if (!make_buffers(in, &in->copy[c], arena) ||
            !qm_lv2_features_init(&in->copy[c].features, shared, arena)) {
            return qm_fail_memory(diag);
        }
    }
    const uint64_t mode = qm_fpmode_enter();
    const bool started = start(in);
    qm_fpmode_restore(mode);
    *instance = in;
    if (started) {
        return QM_OK;
    }
    const char *message = in->copy[0].features.message;
    return qm_fail(diag, QM_ERR_INPUT, place, path, "'%s' cannot be started%s%s",
                   plugin->plugin.said.uri, message[0] ? ": " : "", message);
}

void qm_lv2_instance_end(QmLv2Instance *in)
{
    for (uint32_t c = 0; c < in->plugin->copies; c++) {
        if (in->copy[c].lilv) {
            lilv_instance_deactivate(in->copy[c].lilv);
            lilv_instance_free(in->copy[c].lilv);
        }
    }
}

void qm_lv2_instance_reset(QmLv2Instance *in, const double *params)
{
    in->at = in->n_notes = 0;
    in->has_key = false;
    in->not_finite = 0;
    memset(in->holder, 0, sizeof in->holder);
    memset(in->out, 0, sizeof in->out);
    if (in->rested) {
        return;
    }
    for (uint32_t c = 0; c < in->plugin->copies; c++) {
        lilv_instance_deactivate(in->copy[c].lilv);
        lilv_instance_activate(in->copy[c].lilv);
    }
    set_controls(in, params);
    settle(in);
}

/* --- telling ---------------------------------------------------------------------- */

const QmLv2Plugin *qm_lv2_instance_plugin(const QmLv2Instance *in) { return in->plugin; }

uint64_t qm_lv2_instance_not_finite(const QmLv2Instance *in) { return in->not_finite; }

uint32_t qm_lv2_instance_latency(const QmLv2Instance *in)
{
    return QM_LV2_BLOCK + in->latency;
}

void qm_lv2_instance_warn(const QmLv2Instance *in, QmDiag *diag)
{
    const char *name = in->plugin->plugin.name;
    if (in->not_finite) {
        qm_warn(diag, in->place, in->path,
                "'%s' gave %llu samples that are no numbers: they are 0", name,
                (unsigned long long)in->not_finite);
    }
    if (in->moved) {
        qm_warn(diag, in->place, in->path,
                "'%s' changed its latency while it ran: it is out of time", name);
    }
    if (in->overrun) {
        qm_warn(diag, in->place, in->path, "'%s' was sent more notes than fit a block",
                name);
    }
    for (uint32_t c = 0; c < in->plugin->copies; c++) {
        if (in->copy[c].features.message[0]) {
            qm_warn(diag, in->place, in->path, "'%s' says: %s", name,
                    in->copy[c].features.message);
        }
    }
}
