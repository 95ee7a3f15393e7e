/* Facts as bytes: a head with the layout's name, then the fields by the table below, then
 * what is long. Numbers are 64 bits, the lowest byte first, reals by their IEEE bits.
 *
 *     measured   a byte: length of the reason, 0 for a value; the reason, or the value
 *
 * Reading trusts nothing: each field asks whether there are bytes left for it, counts are
 * checked against the bytes that are left before any memory is taken, enums against their
 * range, and what is left over at the end is a failure too. */
#include "mix/facts.h"

#include <stddef.h>
#include <string.h>

static const char head[] = "qmix facts 1\n"; /* another layout: another number */

typedef enum Kind { COUNT, REAL, MEASURED, FLAG, CHANNELS } Kind;

static const struct {
    Kind kind;
    size_t at;
} fields[] = {
#define FIELD(kind, name)                                                                \
    {                                                                                    \
        kind, offsetof(QmFacts, name)                                                    \
    }
    FIELD(COUNT, rate),
    FIELD(COUNT, channels),
    FIELD(REAL, seconds),
    FIELD(FLAG, silent),
    FIELD(CHANNELS, kind),
    FIELD(MEASURED, lufs),
    FIELD(MEASURED, lra),
    FIELD(MEASURED, momentary_max),
    FIELD(MEASURED, short_term_max),
    FIELD(MEASURED, peak),
    FIELD(MEASURED, true_peak),
    FIELD(MEASURED, plr),
    FIELD(MEASURED, rms),
    FIELD(MEASURED, crest),
    FIELD(MEASURED, noise_floor),
    FIELD(MEASURED, dc),
    FIELD(COUNT, clipped_runs),
    FIELD(COUNT, clipped_longest),
    FIELD(COUNT, not_finite),
    FIELD(REAL, active),
    FIELD(MEASURED, centroid),
    FIELD(MEASURED, rolloff_95),
    FIELD(MEASURED, bandwidth),
    FIELD(MEASURED, tilt),
    FIELD(MEASURED, flatness_db),
    FIELD(MEASURED, low),
    FIELD(MEASURED, mid),
    FIELD(MEASURED, high),
    FIELD(MEASURED, transient_ratio),
    FIELD(MEASURED, onset_rate),
    FIELD(MEASURED, attack),
    FIELD(MEASURED, range),
    FIELD(MEASURED, correlation),
    FIELD(MEASURED, width),
    FIELD(MEASURED, side),
    FIELD(MEASURED, side_low),
    FIELD(MEASURED, balance),
    FIELD(MEASURED, mono_loss_max),
    FIELD(MEASURED, mono_loss_freq),
    FIELD(REAL, tenth_s),
#undef FIELD
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

/* --- writing ------------------------------------------------------------------------ */

static void put(QmText *to, uint64_t value, uint32_t bytes)
{
    char out[8];
    for (uint32_t i = 0; i < bytes; i++)
        out[i] = (char)(value >> (8 * i) & 0xff);
    qm_text_add_n(to, out, bytes);
}

static void put_real(QmText *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(to, bits, 8);
}

static void put_measured(QmText *to, const QmMeasured *m)
{
    const size_t length = m->why ? strlen(m->why) : 0;
    put(to, length, 1);
    if (length)
        qm_text_add_n(to, m->why, length);
    else
        put_real(to, m->value);
}

static void put_field(QmText *to, Kind kind, const void *field)
{
    if (kind == COUNT)
        put(to, *(const uint64_t *)field, 8);
    else if (kind == REAL)
        put_real(to, *(const double *)field);
    else if (kind == MEASURED)
        put_measured(to, field);
    else
        put(to, kind == FLAG ? *(const bool *)field : *(const QmChannels *)field, 1);
}

bool qm_facts_write(const QmFacts *facts, QmText *bytes)
{
    qm_text_add_n(bytes, head, sizeof head - 1);
    for (uint32_t i = 0; i < FIELDS; i++)
        put_field(bytes, fields[i].kind, (const char *)facts + fields[i].at);
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        put_real(bytes, facts->thirds[i]);
    put(bytes, facts->n_resonances, 8);
    for (uint64_t i = 0; i < facts->n_resonances; i++) {
        put_real(bytes, facts->resonances[i].freq);
        put_real(bytes, facts->resonances[i].prominence);
        put_real(bytes, facts->resonances[i].q);
    }
    put(bytes, facts->n_tenths, 8);
    for (uint64_t i = 0; i < facts->n_tenths; i++)
        put_real(bytes, facts->tenths[i]);
    put_real(bytes, facts->bark.hop_s);
    put(bytes, (uint64_t)facts->bark.count, 8);
    for (int64_t i = 0; i < facts->bark.count; i++) {
        const QmBarkFrame *const frame = qm_bark_frame(&facts->bark, i);
        for (uint32_t b = 0; b < QM_BARKS; b++)
            put(bytes, frame->power[b], 2);
        put(bytes, frame->tonality, 2);
    }
    return !bytes->failed;
}

/* --- reading ------------------------------------------------------------------------ */

typedef struct Reader {
    const unsigned char *at;
    size_t left;
    QmArena *arena;
    bool failed;
} Reader;

static uint64_t take(Reader *r, uint32_t bytes)
{
    if (r->failed || r->left < bytes) {
        r->failed = true;
        return 0;
    }
    uint64_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint64_t)r->at[i] << (8 * i);
    r->at += bytes;
    r->left -= bytes;
    return value;
}

static double take_real(Reader *r)
{
    const uint64_t bits = take(r, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    r->failed |= (bits >> 52 & 0x7ff) == 0x7ff; /* infinite, or no number */
    return r->failed ? 0 : value;
}

static QmMeasured take_measured(Reader *r)
{
    const size_t length = take(r, 1);
    if (length == 0)
        return qm_measured(take_real(r));
    if (r->left < length) {
        r->failed = true;
        return qm_measured(0);
    }
    const char *const why = qm_arena_strndup(r->arena, (const char *)r->at, length);
    r->at += length;
    r->left -= length;
    r->failed |= !why || strlen(why) != length;
    return qm_unmeasured(why);
}

static void take_field(Reader *r, Kind kind, void *field)
{
    if (kind == COUNT)
        *(uint64_t *)field = take(r, 8);
    else if (kind == REAL)
        *(double *)field = take_real(r);
    else if (kind == MEASURED)
        *(QmMeasured *)field = take_measured(r);
    else if (kind == FLAG) {
        const uint64_t flag = take(r, 1);
        r->failed |= flag > 1;
        *(bool *)field = flag == 1;
    } else {
        const uint64_t channels = take(r, 1);
        r->failed |= channels > QM_CHANNELS_RIGHT_ONLY;
        *(QmChannels *)field = (QmChannels)channels;
    }
}

/* How many items of `size` bytes follow; 0 and failed where there are not so many. */
static uint64_t take_count(Reader *r, size_t size)
{
    const uint64_t count = take(r, 8);
    r->failed |= count > r->left / size;
    return r->failed ? 0 : count;
}

static void take_resonances(Reader *r, QmFacts *f)
{
    f->n_resonances = take_count(r, sizeof(QmFactResonance));
    r->failed |= f->n_resonances > QM_MAX_RESONANCES;
    for (uint64_t i = 0; !r->failed && i < f->n_resonances; i++) {
        f->resonances[i].freq = take_real(r);
        f->resonances[i].prominence = take_real(r);
        f->resonances[i].q = take_real(r);
    }
}

static void take_tenths(Reader *r, QmFacts *f)
{
    f->n_tenths = take_count(r, 8);
    double *const tenths = QM_NEW_ARRAY(r->arena, double, f->n_tenths);
    r->failed |= !tenths || (f->n_tenths > 0 && f->tenth_s <= 0);
    for (uint64_t i = 0; !r->failed && i < f->n_tenths; i++)
        tenths[i] = take_real(r);
    f->tenths = tenths;
}

static void take_bark(Reader *r, QmBark *bark)
{
    bark->hop_s = take_real(r);
    const uint64_t count = take_count(r, sizeof(QmBarkFrame));
    QmBarkFrame *const frames = QM_NEW_ARRAY(r->arena, QmBarkFrame, count);
    r->failed |= !frames || (count > 0 && bark->hop_s <= 0);
    for (uint64_t i = 0; !r->failed && i < count; i++) {
        for (uint32_t b = 0; b < QM_BARKS; b++)
            frames[i].power[b] = (uint16_t)take(r, 2);
        frames[i].tonality = (uint16_t)take(r, 2);
    }
    for (uint64_t i = 0; !r->failed && i < count; i += QM_BARK_CHUNK) {
        QmBarkFrame *const chunk = frames + i;
        r->failed = !qm_list_append(&bark->chunks, &chunk, 1, sizeof chunk, r->arena);
    }
    bark->count = (int64_t)count;
}

bool qm_facts_read(const void *bytes, size_t size, QmArena *arena, QmFacts *facts)
{
    const size_t begin = sizeof head - 1;
    if (size < begin || memcmp(bytes, head, begin) != 0)
        return false;
    Reader r = {(const unsigned char *)bytes + begin, size - begin, arena, false};
    *facts = (QmFacts){0};
    for (uint32_t i = 0; i < FIELDS; i++)
        take_field(&r, fields[i].kind, (char *)facts + fields[i].at);
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        facts->thirds[i] = take_real(&r);
    take_resonances(&r, facts);
    take_tenths(&r, facts);
    take_bark(&r, &facts->bark);
    return !r.failed && r.left == 0;
}
