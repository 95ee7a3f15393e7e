/* Plug-ins whose output tells exactly what their host did.
 *
 *   gain    in * gain * factor, late by `delay`, which it reports; `break` makes it give
 *           NaN, set the floating-point mode and report another latency. A block that is
 *           not of the promised length is NaN too. `factor` is its state
 *   mono    the sum of all it has heard: two channels through one copy would differ
 *   keyed   left: the key, right: its input
 *   notes   while a key is held: left key / 128, right velocity / 128
 *   worker  in + how many answers it has had, one asked for a block
 *   needy   requires what nobody has
 *   lame    never comes to life */
#include <lv2/atom/util.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/core/lv2.h>
#include <lv2/core/lv2_util.h>
#include <lv2/midi/midi.h>
#include <lv2/options/options.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

enum { PORTS = 8, RING = 1024 };

typedef struct Plugin {
    void *port[PORTS];
    float ring[2][RING];
    uint32_t at;
    double sum;
    float key, velocity, factor;
    uint32_t answers, asked, block;
    LV2_URID_Map *map;
    LV2_Worker_Schedule *schedule;
    LV2_URID midi, number;
} Plugin;

static uint32_t block_length(const Plugin *self, const LV2_Options_Option *options)
{
    const LV2_URID key = self->map->map(self->map->handle, LV2_BUF_SIZE__maxBlockLength);
    for (; options && options->key; options++)
        if (options->key == key)
            return (uint32_t) * (const int32_t *)options->value;
    return 0;
}

static LV2_Handle instantiate(const LV2_Descriptor *descriptor, double rate,
                              const char *path, const LV2_Feature *const *features)
{
    (void)descriptor, (void)rate, (void)path;
    Plugin *self = calloc(1, sizeof *self);
    self->map = lv2_features_data(features, LV2_URID__map);
    self->schedule = lv2_features_data(features, LV2_WORKER__schedule);
    self->block = block_length(self, lv2_features_data(features, LV2_OPTIONS__options));
    self->midi = self->map->map(self->map->handle, LV2_MIDI__MidiEvent);
    self->number = self->map->map(self->map->handle, LV2_ATOM__Float);
    self->factor = 1;
    return self;
}

static LV2_Handle never(const LV2_Descriptor *descriptor, double rate, const char *path,
                        const LV2_Feature *const *features)
{
    (void)descriptor, (void)rate, (void)path, (void)features;
    return NULL;
}

static void connect_port(LV2_Handle handle, uint32_t port, void *data)
{
    ((Plugin *)handle)->port[port] = data;
}

static void activate(LV2_Handle handle)
{
    Plugin *self = handle;
    memset(self->ring, 0, sizeof self->ring);
    self->at = self->answers = self->asked = 0;
    self->sum = 0;
    self->key = self->velocity = 0;
}

static void cleanup(LV2_Handle handle) { free(handle); }

/* x, `late` frames later. */
static float delayed(Plugin *self, int channel, uint32_t i, float x, uint32_t late)
{
    self->ring[channel][(self->at + i) % RING] = x;
    return self->ring[channel][(self->at + i + RING - late) % RING];
}

static void run_gain(LV2_Handle handle, uint32_t n)
{
    Plugin *self = handle;
    const float gain = *(const float *)self->port[4] * self->factor;
    const uint32_t late = (uint32_t) * (const float *)self->port[5];
    const int broken = *(const float *)self->port[6] > 0.5f;
    for (int channel = 0; channel < 2; channel++) {
        const float *in = self->port[channel];
        float *out = self->port[2 + channel];
        for (uint32_t i = 0; i < n; i++) {
            out[i] = delayed(self, channel, i, in[i] * gain, late);
            if (broken || n != self->block)
                out[i] = NAN;
        }
    }
    self->at += n;
    *(float *)self->port[7] = (float)(late + (broken ? 1 : 0));
#if defined(__SSE__)
    if (broken)
        _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

static void run_mono(LV2_Handle handle, uint32_t n)
{
    Plugin *self = handle;
    const float *in = self->port[0];
    float *out = self->port[1];
    for (uint32_t i = 0; i < n; i++)
        out[i] = (float)(self->sum += (double)in[i]);
}

static void run_keyed(LV2_Handle handle, uint32_t n)
{
    Plugin *self = handle;
    memcpy(self->port[3], self->port[0], n * sizeof(float));
    memcpy(self->port[4], self->port[2], n * sizeof(float));
}

static void hear(Plugin *self, const uint8_t *message)
{
    const int on = lv2_midi_message_type(message) == LV2_MIDI_MSG_NOTE_ON;
    const float key = (float)message[1] / 128.0f;
    if (!on && key != self->key)
        return;
    self->key = on ? key : 0;
    self->velocity = on ? (float)message[2] / 128.0f : 0;
}

static void run_notes(LV2_Handle handle, uint32_t n)
{
    Plugin *self = handle;
    const LV2_Atom_Sequence *sequence = self->port[0];
    const uint32_t late = (uint32_t) * (const float *)self->port[3];
    const LV2_Atom_Event *event = lv2_atom_sequence_begin(&sequence->body);
    for (uint32_t i = 0; i < n; i++) {
        for (; !lv2_atom_sequence_is_end(&sequence->body, sequence->atom.size, event) &&
               event->time.frames <= i;
             event = lv2_atom_sequence_next(event))
            if (event->body.type == self->midi)
                hear(self, (const uint8_t *)(event + 1));
        ((float *)self->port[1])[i] = delayed(self, 0, i, self->key, late);
        ((float *)self->port[2])[i] = delayed(self, 1, i, self->velocity, late);
    }
    self->at += n;
    *(float *)self->port[4] = (float)late;
}

static void run_worker(LV2_Handle handle, uint32_t n)
{
    Plugin *self = handle;
    const float *in = self->port[0];
    float *out = self->port[1];
    for (uint32_t i = 0; i < n; i++)
        out[i] = in[i] + (float)self->answers;
    self->asked++;
    self->schedule->schedule_work(self->schedule->handle, sizeof self->asked,
                                  &self->asked);
}

static LV2_Worker_Status work(LV2_Handle handle, LV2_Worker_Respond_Function respond,
                              LV2_Worker_Respond_Handle to, uint32_t size,
                              const void *data)
{
    (void)handle;
    return respond(to, size, data);
}

static LV2_Worker_Status answer(LV2_Handle handle, uint32_t size, const void *data)
{
    (void)size;
    memcpy(&((Plugin *)handle)->answers, data, sizeof(uint32_t));
    return LV2_WORKER_SUCCESS;
}

static LV2_State_Status save(LV2_Handle handle, LV2_State_Store_Function store,
                             LV2_State_Handle to, uint32_t flags,
                             const LV2_Feature *const *features)
{
    (void)flags, (void)features;
    const Plugin *self = handle;
    const LV2_URID key = self->map->map(self->map->handle, "urn:qmix:test:factor");
    return store(to, key, &self->factor, sizeof self->factor, self->number,
                 LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
}

static LV2_State_Status restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
                                LV2_State_Handle from, uint32_t flags,
                                const LV2_Feature *const *features)
{
    (void)features;
    Plugin *self = handle;
    size_t size = 0;
    LV2_URID type = 0;
    const LV2_URID key = self->map->map(self->map->handle, "urn:qmix:test:factor");
    const float *factor = retrieve(from, key, &size, &type, &flags);
    if (factor && type == self->number)
        self->factor = *factor;
    return LV2_STATE_SUCCESS;
}

static const void *extension_data(const char *uri)
{
    static const LV2_Worker_Interface worker = {work, answer, NULL};
    static const LV2_State_Interface state = {save, restore};
    if (strcmp(uri, LV2_WORKER__interface) == 0)
        return &worker;
    return strcmp(uri, LV2_STATE__interface) == 0 ? &state : NULL;
}

#define DESCRIPTOR(name, make, run)                                                      \
    {                                                                                    \
        "urn:qmix:test:" name, make, connect_port, activate, run, NULL, cleanup,         \
            extension_data                                                               \
    }

static const LV2_Descriptor descriptors[] = {
    DESCRIPTOR("gain", instantiate, run_gain),
    DESCRIPTOR("mono", instantiate, run_mono),
    DESCRIPTOR("keyed", instantiate, run_keyed),
    DESCRIPTOR("notes", instantiate, run_notes),
    DESCRIPTOR("worker", instantiate, run_worker),
    DESCRIPTOR("needy", instantiate, run_mono),
    DESCRIPTOR("lame", never, run_mono),
};

LV2_SYMBOL_EXPORT const LV2_Descriptor *lv2_descriptor(uint32_t index)
{
    return index < sizeof descriptors / sizeof descriptors[0] ? &descriptors[index]
                                                              : NULL;
}
