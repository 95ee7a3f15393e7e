/* The clock: a list of tempo segments over ticks and a list of meter segments over bars.
 *
 *   frames(tick) = segment's start + (tick - segment's tick) * frames per tick
 *
 * A start is a whole frame and a fraction in [0, 1), so its error is 2^-53 of a frame
 * however late it is. With a constant tempo of b * 10^-9 bpm the step is the fraction
 *
 *   60 * rate * 10^9 / (QM_TICKS * b)
 *
 * whose whole part is divided out in 128-bit integers: the result is the exact one.
 * Within a ramp it is t(q) = 60/k ln(1 + x), x = k q / b0, with ln(1 + x) taken as x
 * ln(u)/(u - 1) for u = 1 + x rounded (Kahan), exact to some 10^-15 of the ramp's length
 * also for the flattest ramps. The way back is a search: one formula cannot disagree
 * with itself. Only qm_clock_beat, which places nothing, inverts it: q = b0/k (e^(k t/60)
 * - 1). */
#include "seq/clock.h"

#include "base/qmath.h"

#include <assert.h>

enum {
    SIXTEENTH = QM_TICKS / 4,
    WHOLE = 4 * QM_TICKS,
    GRID = WHOLE / 192, /* what qm_clock_tick_of_frame prefers */
};
#define NANO 1000000000

typedef __int128 Wide;

/* An unrounded frame. */
typedef struct Spot {
    int64_t whole;
    double part; /* [0, 1) */
} Spot;

typedef struct TempoSegment {
    int64_t tick;
    Spot start;
    int64_t nano_bpm;
    double bpm, slope; /* slope: bpm per quarter; 0: constant */
} TempoSegment;

typedef struct MeterSegment {
    int64_t tick;
    int32_t bar; /* counted from 0 */
    int64_t beat_ticks, bar_ticks;
} MeterSegment;

struct QmClock {
    double rate;
    int64_t ticks_per_frame; /* no tempo has more */
    TempoSegment *tempo;
    uint32_t n_tempo;
    MeterSegment *meter;
    uint32_t n_meter;
};

/* --- arithmetic --------------------------------------------------------------------- */

static int64_t floor_of(double x)
{
    const double limit = (double)QM_MAX_FRAME;
    if (!(x > -limit)) {
        return x == x ? -QM_MAX_FRAME : 0;
    }
    if (x >= limit) {
        return QM_MAX_FRAME;
    }
    const int64_t cut = (int64_t)x;
    return cut - ((double)cut > x);
}

static int64_t round_of(double x) { return floor_of(x + 0.5); }

static int64_t saturate(Wide x)
{
    return x > QM_MAX_FRAME    ? QM_MAX_FRAME
           : x < -QM_MAX_FRAME ? -QM_MAX_FRAME
                               : (int64_t)x;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static Spot moved(Spot spot, int64_t whole, double part)
{
    const double sum = spot.part + part;
    const int64_t carry = floor_of(sum);
    return (Spot){saturate((Wide)spot.whole + whole + carry), sum - (double)carry};
}

/* --- tempo -------------------------------------------------------------------------- */

static Spot constant_spot(const QmClock *clock, const TempoSegment *segment,
                          int64_t ticks)
{
    const Wide step = (Wide)60 * (int64_t)clock->rate * NANO;
    const Wide per = (Wide)QM_TICKS * segment->nano_bpm;
    const Wide frames = step * ticks;
    Wide whole = frames / per;
    int64_t rest = (int64_t)(frames % per);
    if (rest < 0) {
        whole--;
        rest += (int64_t)per;
    }
    return moved(segment->start, saturate(whole), (double)rest / (double)(int64_t)per);
}

static Spot ramp_spot(const QmClock *clock, const TempoSegment *segment, int64_t ticks)
{
    const double x = segment->slope * ((double)ticks / QM_TICKS) / segment->bpm;
    const double u = 1.0 + x;
    const double ln = u == 1.0 ? x : qm_ln(u) * x / (u - 1.0);
    const double frames = 60.0 / segment->slope * ln * clock->rate;
    const int64_t whole = floor_of(frames);
    return moved(segment->start, whole, frames - (double)whole);
}

static const TempoSegment *tempo_at(const QmClock *clock, int64_t tick)
{
    uint32_t low = 0, high = clock->n_tempo;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        *(clock->tempo[middle].tick <= tick ? &low : &high) = middle;
    }
    return &clock->tempo[low];
}

static Spot spot_in(const QmClock *clock, const TempoSegment *segment, int64_t tick)
{
    const int64_t ticks = tick - segment->tick;
    const bool ramp = segment->slope != 0.0 && ticks > 0;
    return ramp ? ramp_spot(clock, segment, ticks) : constant_spot(clock, segment, ticks);
}

static Spot spot_of(const QmClock *clock, int64_t tick)
{
    return spot_in(clock, tempo_at(clock, tick), tick);
}

/* --- meter -------------------------------------------------------------------------- */

static const MeterSegment *meter_at(const QmClock *clock, int64_t tick)
{
    uint32_t low = 0, high = clock->n_meter;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        *(clock->meter[middle].tick <= tick ? &low : &high) = middle;
    }
    return &clock->meter[low];
}

static const MeterSegment *meter_of_bar(const QmClock *clock, int64_t bar)
{
    uint32_t low = 0, high = clock->n_meter;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        *(clock->meter[middle].bar <= bar ? &low : &high) = middle;
    }
    return &clock->meter[low];
}

static bool whole_bar(QmPosition at)
{
    return at.kind == QM_POS_BARS && at.bar >= 1 && at.beat == 1 && at.sixteenth == 1;
}

static QmStatus fail_entry(QmDiag *diag, QmPlace place, const char *path, uint32_t index,
                           const char *message)
{
    return qm_fail(diag, QM_ERR_INPUT, place, path, "entry %u %s", index + 1, message);
}

static const char *meter_fault(const QmSession *session, uint32_t i)
{
    const QmTimeSignature *entry = &session->meter[i];
    const bool power = entry->unit > 0 && (entry->unit & (entry->unit - 1)) == 0;
    if (!whole_bar(entry->at)) {
        return "is not at the start of a bar";
    }
    if (i == 0 && entry->at.bar != 1) {
        return "is not at bar 1";
    }
    if (i > 0 && entry->at.bar <= session->meter[i - 1].at.bar) {
        return "is not after the one before it";
    }
    if (entry->beats < 1 || entry->beats > QM_MAX_BEATS || !power ||
        entry->unit > QM_MAX_BEAT_UNIT) {
        return "is no meter: expected 1 to 1024 beats of 1, 2, 4, 8, 16, 32 or 64";
    }
    return NULL;
}

static QmStatus build_meter(const QmSession *session, QmDiag *diag, QmClock *clock)
{
    for (uint32_t i = 0; i < session->n_meter; i++) {
        const char *fault = meter_fault(session, i);
        if (fault) {
            return fail_entry(diag, session->meter[i].place, "meter", i, fault);
        }
        const QmTimeSignature *entry = &session->meter[i];
        MeterSegment *segment = &clock->meter[i];
        segment->bar = entry->at.bar - 1;
        segment->beat_ticks = WHOLE / entry->unit;
        segment->bar_ticks = segment->beat_ticks * entry->beats;
        if (i > 0) {
            const MeterSegment *last = segment - 1;
            segment->tick = last->tick + (segment->bar - last->bar) * last->bar_ticks;
        }
    }
    clock->n_meter = session->n_meter;
    return QM_OK;
}

static const char *tempo_fault(const QmSession *session, const QmClock *clock, uint32_t i)
{
    const QmTempo *entry = &session->tempo[i];
    if (entry->at.kind != QM_POS_BARS) {
        return "is not at a bar and beat";
    }
    const int64_t tick = qm_clock_tick(clock, entry->at);
    if (i == 0 && tick != 0) {
        return "is not at bar 1";
    }
    if (i > 0 && tick <= clock->tempo[i - 1].tick) {
        return "is not after the one before it";
    }
    if (!(entry->bpm >= QM_MIN_BPM && entry->bpm <= QM_MAX_BPM)) {
        return "is no tempo: expected 1 to 1000 bpm";
    }
    return i == 0 && entry->ramp ? "has no tempo before it to ramp from" : NULL;
}

static QmStatus build_tempo(const QmSession *session, QmDiag *diag, QmClock *clock)
{
    for (uint32_t i = 0; i < session->n_tempo; i++) {
        const char *fault = tempo_fault(session, clock, i);
        if (fault) {
            return fail_entry(diag, session->tempo[i].place, "tempo", i, fault);
        }
        const QmTempo *entry = &session->tempo[i];
        TempoSegment *segment = &clock->tempo[i];
        segment->tick = qm_clock_tick(clock, entry->at);
        segment->nano_bpm = round_of(entry->bpm * NANO);
        segment->bpm = (double)segment->nano_bpm / NANO;
        if (i > 0) {
            TempoSegment *last = segment - 1;
            const double quarters = (double)(segment->tick - last->tick) / QM_TICKS;
            last->slope = entry->ramp ? (segment->bpm - last->bpm) / quarters : 0.0;
            segment->start = spot_in(clock, last, segment->tick);
        }
        clock->n_tempo = i + 1;
    }
    return QM_OK;
}

QmStatus qm_clock_new(const QmSession *session, QmArena *arena, QmDiag *diag,
                      QmClock **clock)
{
    QmClock *made = QM_NEW(arena, QmClock);
    if (!made) {
        return qm_fail_memory(diag);
    }
    assert(session->rate > 0);
    made->rate = session->rate;
    made->ticks_per_frame =
        (int64_t)QM_MAX_BPM * QM_TICKS / ((int64_t)60 * session->rate) + 1;
    made->tempo = QM_NEW_ARRAY(arena, TempoSegment, session->n_tempo);
    made->meter = QM_NEW_ARRAY(arena, MeterSegment, session->n_meter);
    if (!made->tempo || !made->meter) {
        return qm_fail_memory(diag);
    }
    QmStatus status = build_meter(session, diag, made);
    if (status == QM_OK) {
        status = build_tempo(session, diag, made);
    }
    if (status == QM_OK) {
        *clock = made;
    }
    return status;
}

/* --- conversions -------------------------------------------------------------------- */

int64_t qm_clock_tick(const QmClock *clock, QmPosition at)
{
    if (at.kind != QM_POS_BARS) {
        return qm_clock_tick_of_frame(clock, qm_clock_frame(clock, at));
    }
    const int64_t bar = (int64_t)at.bar - 1;
    const MeterSegment *meter = meter_of_bar(clock, bar);
    return meter->tick + (bar - meter->bar) * meter->bar_ticks +
           ((int64_t)at.beat - 1) * meter->beat_ticks +
           ((int64_t)at.sixteenth - 1) * SIXTEENTH;
}

int64_t qm_clock_frame_near(const QmClock *clock, int64_t tick, double offset)
{
    const Spot spot = spot_of(clock, tick);
    return saturate((Wide)spot.whole + round_of(spot.part + offset));
}

int64_t qm_clock_frame_of_tick(const QmClock *clock, int64_t tick)
{
    return qm_clock_frame_near(clock, tick, 0.0);
}

double qm_clock_span(const QmClock *clock, int64_t from_tick, int64_t to_tick)
{
    const Spot from = spot_of(clock, from_tick), to = spot_of(clock, to_tick);
    return (double)(to.whole - from.whole) + (to.part - from.part);
}

int64_t qm_clock_frame(const QmClock *clock, QmPosition at)
{
    switch (at.kind) {
    case QM_POS_SECONDS:
        return round_of(at.value * clock->rate);
    case QM_POS_SAMPLES:
        return round_of(at.value);
    default:
        return qm_clock_frame_of_tick(clock, qm_clock_tick(clock, at));
    }
}

int64_t qm_clock_tick_of_frame(const QmClock *clock, int64_t frame)
{
    if (frame <= 0) {
        return 0;
    }
    frame = frame < QM_MAX_FRAME ? frame : QM_MAX_FRAME - 1;
    int64_t low = 0, high = (frame + 2) * clock->ticks_per_frame;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        *(qm_clock_frame_of_tick(clock, middle) <= frame ? &low : &high) = middle;
    }
    const int64_t round = low - low % GRID;
    return qm_clock_frame_of_tick(clock, round) == frame ? round : low;
}

/* e^x - 1; by its series where that loses nothing. */
static double exp_less_one(double x)
{
    const bool small = x > -1e-3 && x < 1e-3;
    return small ? x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4))) : qm_exp(x) - 1;
}

uint64_t qm_clock_beat(const QmClock *clock, int64_t frame, double *bpm)
{
    uint32_t low = 0, high = clock->n_tempo;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        *(clock->tempo[middle].start.whole < frame ? &low : &high) = middle;
    }
    const TempoSegment *segment = &clock->tempo[low];
    const double frames = (double)(frame - segment->start.whole) - segment->start.part;
    const double minutes = frames / (60 * clock->rate);
    double quarters = minutes * segment->bpm;
    *bpm = segment->bpm;
    if (segment->slope != 0.0 && frames > 0) {
        quarters = exp_less_one(minutes * segment->slope) * segment->bpm / segment->slope;
        *bpm += quarters * segment->slope;
    }
    const double before = (double)segment->tick / QM_TICKS;
    return (uint64_t)floor_of((before + quarters) * 0x1p32);
}

/* --- lengths ------------------------------------------------------------------------ */

bool qm_length_is_time(QmLength length)
{
    return length.kind == QM_LEN_MS || length.kind == QM_LEN_S ||
           length.kind == QM_LEN_SAMPLES;
}

double qm_clock_time(const QmClock *clock, QmLength length)
{
    switch (length.kind) {
    case QM_LEN_MS:
        return length.value * clock->rate / 1000.0;
    case QM_LEN_S:
        return length.value * clock->rate;
    default:
        return length.value;
    }
}

/* Walks `value` bars or beats on, a meter segment at a time; backwards the meter at
 * `tick` is taken for all of them. */
static int64_t walk(const QmClock *clock, int64_t tick, QmLength length)
{
    double left = length.value;
    int64_t at = tick;
    const MeterSegment *meter = meter_at(clock, tick);
    const MeterSegment *last = &clock->meter[clock->n_meter - 1];
    for (;; meter++) {
        const bool bars = length.kind == QM_LEN_BARS;
        const int64_t unit = bars ? meter->bar_ticks : meter->beat_ticks;
        const double room =
            meter < last ? (double)(meter[1].tick - at) / (double)unit : 0.0;
        if (meter == last || left <= room) {
            return at + round_of(left * (double)unit) - tick;
        }
        left -= room;
        at = meter[1].tick;
    }
}

int64_t qm_clock_ticks(const QmClock *clock, int64_t tick, QmLength length)
{
    if (length.kind != QM_LEN_NOTE) {
        return walk(clock, tick, length);
    }
    const int64_t twice = 2 * (int64_t)WHOLE * length.numerator;
    return floor_divide(twice + length.denominator, 2 * (int64_t)length.denominator);
}

int64_t qm_clock_length(const QmClock *clock, int64_t from_frame, QmLength length)
{
    if (qm_length_is_time(length)) {
        return round_of(qm_clock_time(clock, length));
    }
    const int64_t from = qm_clock_tick_of_frame(clock, from_frame);
    const int64_t to = from + qm_clock_ticks(clock, from, length);
    return qm_clock_frame_of_tick(clock, to) - qm_clock_frame_of_tick(clock, from);
}

/* --- positions ---------------------------------------------------------------------- */

QmPosition qm_clock_position(const QmClock *clock, int64_t tick)
{
    tick = tick > 0 ? tick : 0;
    const MeterSegment *meter = meter_at(clock, tick);
    const int64_t ticks = tick - meter->tick;
    const int64_t bar = meter->bar + ticks / meter->bar_ticks;
    const int64_t in_bar = ticks % meter->bar_ticks;
    return (QmPosition){
        .kind = QM_POS_BARS,
        .bar = (int32_t)(bar < INT32_MAX ? bar + 1 : INT32_MAX),
        .beat = (int32_t)(in_bar / meter->beat_ticks) + 1,
        .sixteenth = (int32_t)(in_bar % meter->beat_ticks / SIXTEENTH) + 1,
    };
}

int64_t qm_clock_beat_ticks(const QmClock *clock, int64_t tick)
{
    return meter_at(clock, tick)->beat_ticks;
}

int64_t qm_clock_bar_ticks(const QmClock *clock, int64_t tick)
{
    return meter_at(clock, tick)->bar_ticks;
}

int64_t qm_clock_next_bar(const QmClock *clock, int64_t tick)
{
    const MeterSegment *meter = meter_at(clock, tick);
    const int64_t ticks = tick - meter->tick;
    return tick + (meter->bar_ticks - ticks % meter->bar_ticks) % meter->bar_ticks;
}
