/* Strips that sound alike at the same time are moved apart.
 *
 *     overlap(i, j) = sum over 1/3 octaves from 100 Hz to 10 kHz of sqrt(p_i p_j)
 *                     times the share of the time of the one that plays less in which
 *                     the other plays, too
 *
 * with p the powers of a strip as parts of one: 1 for equal spectra, 0 where there is no
 * common band (Bhattacharyya 1943). Levels do not count; those are the balance's. It
 * counts from `severity` on. Pairs that are not yet 2 * amount apart are in conflict.
 *
 * All are placed at once. Each strip in a conflict goes to -amount or +amount, so that
 * most of the overlap is between the sides and little on one of them (a largest cut):
 * first one by one, those with the most conflict first, then the one, or the two opposite
 * ones, are moved over that it gains most by, until nothing gains. Who is in no
 * conflict stays, and counts on the side it is on; the others stay on theirs where that
 * costs little, then the sides are kept even. The order is by conflict and name, never
 * that of the session; strips that are farther out already stay there. A pan cancels
 * nothing in mono, so no octave is lost. */
#include "base/qmath.h"
#include "mix/field.h"
#include "mix/playing.h"

enum { AMOUNT, SEVERITY, LEAN };

#define STAY   0.1   /* of overlap: what it is worth to stay on one's side */
#define EVEN   0.001 /* and that the sides have the same number of strips */
#define LITTLE 1e-9  /* a difference that is none */

enum { FIRST_THIRD = 7, END_THIRD = 28 }; /* 100 Hz .. 10 kHz */

static const QmParam params[] = {
    [AMOUNT] = {.name = "amount",
                .help = "how far from the middle strips in conflict are moved, 0: not",
                .max = 1,
                .def = 0.4},
    [SEVERITY] = {.name = "severity",
                  .help = "overlap of spectra and time from which it is a conflict",
                  .max = 1,
                  .def = 0.7},
    [LEAN] = {.name = "lean",
              .help = "one side above the other from which a stereo strip has its place",
              .unit = QM_UNIT_DB,
              .max = 40,
              .def = 3},
};

typedef struct Seat {
    QmMixStrip *strip;
    double roots[QM_THIRDS]; /* square roots of the parts of the power */
    double amount, severity;
    double pan, conflict; /* before; sum of its conflicts */
    const QmMixStrip *worst;
    double worst_overlap;
    int side;    /* -1, 1; 0: not placed */
    double flip; /* what is gained by its being on the other side */
} Seat;

typedef struct Field {
    Seat *seats;
    double *overlaps; /* [n][n]; 0 where there is no conflict */
    uint32_t n;
} Field;

/* ---- overlap ---- */

static void take_spectrum(Seat *seat)
{
    const QmFacts *const raw = seat->strip->raw;
    double sum = 0;
    for (uint32_t b = FIRST_THIRD; b < END_THIRD; b++)
        sum += raw->thirds[b] > QM_GAP ? qm_pow(10, raw->thirds[b] / 10) : 0;
    for (uint32_t b = FIRST_THIRD; b < END_THIRD; b++)
        if (sum > 0 && raw->thirds[b] > QM_GAP)
            seat->roots[b] = qm_sqrt(qm_pow(10, raw->thirds[b] / 10) / sum);
}

static double together(const Seat *a, const Seat *b)
{
    const QmPlaying playing = qm_playing(a->strip->raw, b->strip->raw);
    const uint64_t less = playing.one < playing.other ? playing.one : playing.other;
    return less ? (double)playing.both / (double)less : 0;
}

static double overlap_of(const Seat *a, const Seat *b)
{
    double alike = 0;
    for (uint32_t i = FIRST_THIRD; i < END_THIRD; i++)
        alike += a->roots[i] * b->roots[i];
    const double severity = a->severity > b->severity ? a->severity : b->severity;
    if (alike < severity)
        return 0;
    const double overlap = alike * together(a, b);
    return overlap >= severity ? overlap : 0;
}

static double distance(double a, double b) { return a < b ? b - a : a - b; }

static void compare(Field *field)
{
    for (uint32_t i = 0; i < field->n; i++)
        for (uint32_t j = i + 1; j < field->n; j++) {
            Seat *const a = &field->seats[i], *const b = &field->seats[j];
            const double overlap = overlap_of(a, b);
            field->overlaps[i * field->n + j] = overlap;
            field->overlaps[j * field->n + i] = overlap;
            if (distance(a->pan, b->pan) >= a->amount + b->amount - LITTLE)
                continue;
            a->conflict += overlap;
            b->conflict += overlap;
            if (overlap > a->worst_overlap) {
                a->worst_overlap = overlap;
                a->worst = b->strip;
            }
            if (overlap > b->worst_overlap) {
                b->worst_overlap = overlap;
                b->worst = a->strip;
            }
        }
}

/* ---- the assignment ---- */

static bool is_movable(const Seat *seat) { return seat->conflict > 0; }

/* What is gained by seat i being on `side`, as the others are. */
static double gain_of(const Field *field, uint32_t i, int side)
{
    const Seat *const seat = &field->seats[i];
    double gain = side * seat->pan > 0 ? STAY : 0;
    for (uint32_t j = 0; j < field->n; j++) {
        if (j == i || field->seats[j].side == 0)
            continue;
        const bool apart = field->seats[j].side != side;
        gain += apart ? field->overlaps[i * field->n + j] + EVEN : 0;
    }
    return gain;
}

/* What is gained by its being on the other side. */
static double flip(const Field *field, uint32_t i)
{
    const int side = field->seats[i].side;
    return gain_of(field, i, -side) - gain_of(field, i, side);
}

/* The strip that is placed next: most conflict, then first by name; n: none. */
static uint32_t next_of(const Field *field)
{
    uint32_t next = field->n;
    for (uint32_t i = 0; i < field->n; i++) {
        const Seat *const seat = &field->seats[i];
        if (seat->side == 0 && is_movable(seat) &&
            (next == field->n || seat->conflict > field->seats[next].conflict + LITTLE))
            next = i;
    }
    return next;
}

/* Moves one to the other side, or two that are not on the same one both (what is between
 * them stays between the sides), where that gains most; false: nothing gains. */
static bool improve(Field *field)
{
    Seat *const seats = field->seats;
    double most = LITTLE;
    Seat *one = NULL, *other = NULL;
    for (uint32_t i = 0; i < field->n; i++)
        seats[i].flip = flip(field, i);
    for (uint32_t i = 0; i < field->n; i++)
        for (uint32_t j = i; j < field->n; j++) {
            if (!is_movable(&seats[i]) || !is_movable(&seats[j]) ||
                (j != i && seats[j].side == seats[i].side))
                continue;
            const double between = field->overlaps[i * field->n + j] + EVEN;
            const double gain =
                j == i ? seats[i].flip : seats[i].flip + seats[j].flip + 2 * between;
            if (gain > most + LITTLE) {
                most = gain;
                one = &seats[i];
                other = &seats[j];
            }
        }
    if (!one)
        return false;
    one->side = -one->side;
    if (other != one)
        other->side = -other->side;
    return true;
}

/* Nothing is made worse, so it ends; the bound is a patience. */
static void assign(Field *field)
{
    for (uint32_t i = 0; i < field->n; i++) {
        Seat *const seat = &field->seats[i];
        if (!is_movable(seat))
            seat->side = seat->pan > 0 ? 1 : seat->pan < 0 ? -1 : 0;
    }
    for (uint32_t i = next_of(field); i < field->n; i = next_of(field)) {
        field->seats[i].side = -1;
        if (flip(field, i) > LITTLE)
            field->seats[i].side = 1;
    }
    for (uint32_t round = 0; round < 4 * field->n && improve(field); round++)
        continue;
}

/* ---- the rule ---- */

/* Seats in the order of names. */
static void seat(Field *field, QmMix *mix, const QmMixStrip *strip, const double *s)
{
    uint32_t at = field->n++;
    while (at > 0 && qm_field_before(strip, field->seats[at - 1].strip)) {
        field->seats[at] = field->seats[at - 1];
        at--;
    }
    field->seats[at] = (Seat){.strip = (QmMixStrip *)strip,
                              .amount = s[AMOUNT],
                              .severity = s[SEVERITY],
                              .pan = qm_decided(mix, 0, "%s.fader.pan", strip->name)};
    take_spectrum(&field->seats[at]);
}

static bool gather(Field *field, QmMix *mix, const QmRule *rule)
{
    const size_t n = mix->n_strips;
    field->seats = QM_NEW_ARRAY(mix->arena, Seat, n);
    field->overlaps = QM_NEW_ARRAY(mix->arena, double, n *n);
    if (!field->seats || !field->overlaps)
        return false;
    for (uint32_t i = 0; i < mix->n_strips; i++) {
        const QmMixStrip *const strip = &mix->strips[i];
        uint32_t n_groups;
        const double *const s = qm_mix_settings(mix, rule, strip, &n_groups);
        if (s && s[AMOUNT] > 0 && qm_field_is_free(mix, strip, s[LEAN]) &&
            !strip->raw->lufs.why && !qm_overruled(mix, "%s.fader.pan", strip->name))
            seat(field, mix, strip, s);
    }
    return true;
}

static void move(QmMix *mix, const QmRule *rule, const Seat *seat)
{
    const double place = seat->side * seat->amount;
    if (!is_movable(seat) || seat->side * seat->pan >= seat->amount)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "against", seat->worst->name);
    qm_reason_number(&reason, "overlap", seat->worst_overlap, 2);
    if (seat->pan != 0)
        qm_reason_number(&reason, "was", seat->pan, 2);
    qm_decide(mix, rule, &reason, place, "%s.fader.pan", seat->strip->name);
}

static void decide(QmMix *mix, const QmRule *rule, const double *settings,
                   uint32_t n_groups)
{
    (void)settings;
    (void)n_groups;
    Field field = {0};
    if (!gather(&field, mix, rule))
        return;
    compare(&field);
    assign(&field);
    for (uint32_t i = 0; i < field.n; i++)
        move(mix, rule, &field.seats[i]);
}

const QmRule qm_rule_spatial_separate = {
    .id = "spatial.separate",
    .key = "separate",
    .stage = QM_STAGE_SPATIAL,
    .passes = QM_PASS_STEMS,
    .reads = "spectra, when strips play, pans as decided",
    .writes = "STRIP.fader.pan",
    .doc = "Moves strips that sound alike at the same time to different sides.",
    .params = params,
    .n_params = QM_COUNT(params),
    .mix = decide,
};
