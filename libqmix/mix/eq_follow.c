/* The value of a curve c, in dB by band, is
 *
 *     value(c) = - sum of slope(b) (c(b) - shift(c)),    shift(c) = loudness it adds,
 *
 * since behind the equaliser the fader takes back the shift in all bands. Where a slope
 * is straight, the best curve within +- depth goes from one end to the other, so the
 * choices are bells, shelves and tilts at a few gains; of `count` of them the best are
 * looked for one after another, and then each again while the others stay, until that
 * changes nothing. The depth is kept at each of the QM_EQ_POINTS places of a band, not by
 * its mean: bands that meet between two means add up. */
#include "mix/eq_follow.h"

#include "base/qmath.h"

enum {
    STEPS = 6,   /* of the gain, each way */
    ROUNDS = 4,  /* of looking again */
    PLACES = 22, /* in Bark from the bottom: up to 9 kHz, where bands are broad anyway */
};

static const double bell_q[] = {0.5, 0.7, 1.0, 1.5, 2.5};
enum {
    BELL_QS = sizeof bell_q / sizeof bell_q[0],
    MOST = PLACES * (BELL_QS + 3) * 2 * STEPS,
};

#define SHELF_Q 0.7
#define SPILL   0.5 /* of the depth: what skirts may lift where no boost is wanted */
#define TOP_HZ  20000.0
#define ALIKE   1e-9 /* dB, of rounding */

/* A curve at the places of each band and above them all, where shelves that do nothing
 * elsewhere still add up; dB. */
typedef struct Places {
    double db[QM_BARKS][QM_EQ_POINTS], top;
} Places;

typedef struct Choice {
    QmEqBand band;
    Places places;
    double db[QM_BARKS];    /* its curve */
    double power[QM_BARKS]; /* the same as factors */
} Choice;

struct QmEqChoices {
    uint32_t n;
    Choice list[MOST];
};

static void look_at(const QmEqPoints *points, const QmEqBand *band, Places *places)
{
    for (uint32_t b = 0; b < QM_BARKS; b++)
        for (uint32_t i = 0; i < QM_EQ_POINTS; i++)
            places->db[b][i] = 10 * qm_log10(qm_eq_power(band, points->hz[b][i]));
    places->top = 10 * qm_log10(qm_eq_power(band, TOP_HZ));
}

static void add_gains(QmEqChoices *choices, const QmEqPoints *points, QmEqShape shape,
                      double freq, double q, double depth)
{
    for (int step = -STEPS; step <= STEPS; step++) {
        if (step == 0)
            continue;
        Choice *const c = &choices->list[choices->n++];
        c->band = (QmEqBand){shape, freq, step * depth / STEPS, q};
        qm_eq_barks(points, &c->band, 1, c->db);
        for (uint32_t b = 0; b < QM_BARKS; b++)
            c->power[b] = qm_pow(10, c->db[b] / 10);
        look_at(points, &c->band, &c->places);
    }
}

QmEqChoices *qm_eq_choices(double depth, QmArena *arena)
{
    QmEqChoices *const choices = QM_NEW(arena, QmEqChoices);
    QmEqPoints points;
    qm_eq_points(&points);
    for (uint32_t p = 0; choices && p < PLACES; p++) {
        const double edge = qm_bark_hz(p + 1), middle = qm_bark_hz(p + 0.5);
        add_gains(choices, &points, QM_EQ_LOW_SHELF, edge, SHELF_Q, depth);
        add_gains(choices, &points, QM_EQ_HIGH_SHELF, edge, SHELF_Q, depth);
        add_gains(choices, &points, QM_EQ_TILT, edge, SHELF_Q, depth);
        for (uint32_t i = 0; i < BELL_QS; i++)
            add_gains(choices, &points, QM_EQ_BELL, middle, bell_q[i], depth);
    }
    return choices;
}

double qm_eq_shift(const QmEqWish *wish, const double db[QM_BARKS])
{
    double power = 0;
    for (uint32_t b = 0; b < QM_BARKS; b++)
        power += wish->share[b] * qm_pow(10, db[b] / 10);
    return 10 * qm_log10(power);
}

double qm_eq_value(const QmEqWish *wish, const double db[QM_BARKS])
{
    const double shift = qm_eq_shift(wish, db);
    double value = 0;
    for (uint32_t b = 0; b < QM_BARKS; b++)
        value -= wish->slope[b] * (db[b] - shift);
    return value;
}

/* What is chosen so far; NULL among it: a place that is looked at again. */
typedef struct There {
    const Choice *chosen[QM_EQ_FOLLOW_MAX];
    uint32_t n;
    double db[QM_BARKS]; /* their curve */
    Places places;
} There;

/* Whether it may stand beside what is there: two of a shape at one place would be one
 * band of more than the depth. */
static bool fits(const QmEqWish *wish, const There *there, const Choice *c)
{
    for (uint32_t i = 0; i < there->n; i++)
        if (there->chosen[i] && there->chosen[i]->band.shape == c->band.shape &&
            there->chosen[i]->band.freq == c->band.freq)
            return false;
    const double top = there->places.top + c->places.top;
    if (top > wish->depth + ALIKE || top < -wish->depth - ALIKE)
        return false;
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        const double most = wish->may_boost[b] ? wish->depth : SPILL * wish->depth;
        for (uint32_t i = 0; i < QM_EQ_POINTS; i++) {
            const double sum = there->places.db[b][i] + c->places.db[b][i];
            if (sum > most + ALIKE || sum < -wish->depth - ALIKE)
                return false;
        }
    }
    return true;
}

/* The best choice beside what is there; NULL: nothing is better than `least`. */
static const Choice *best_beside(const QmEqChoices *choices, const QmEqWish *wish,
                                 const double *gives, const There *there, double *least)
{
    double power[QM_BARKS], sum = 0, all = 0;
    const Choice *best = NULL;
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        power[b] = wish->share[b] * qm_pow(10, there->db[b] / 10);
        all += wish->slope[b];
        sum -= wish->slope[b] * there->db[b];
    }
    for (uint32_t i = 0; i < choices->n; i++) {
        const Choice *const c = &choices->list[i];
        double loud = 0;
        for (uint32_t b = 0; b < QM_BARKS; b++)
            loud += power[b] * c->power[b];
        const double shift = 10 * qm_log10(loud);
        const double value = sum + gives[i] + all * shift;
        if (value <= *least || shift > wish->shift || shift < -wish->shift ||
            !fits(wish, there, c))
            continue;
        *least = value;
        best = c;
    }
    return best;
}

static void put(There *there, const Choice *c, double sign)
{
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        there->db[b] += sign * c->db[b];
        for (uint32_t i = 0; i < QM_EQ_POINTS; i++)
            there->places.db[b][i] += sign * c->places.db[b][i];
    }
    there->places.top += sign * c->places.top;
}

/* Each again while the others stay. False: they are the best. */
static bool look_again(const QmEqChoices *choices, const QmEqWish *wish,
                       const double *gives, There *there, double *value)
{
    bool changed = false;
    for (uint32_t i = 0; i < there->n; i++) {
        const Choice *const was = there->chosen[i];
        double least = *value + ALIKE;
        put(there, was, -1);
        there->chosen[i] = NULL;
        const Choice *const other = best_beside(choices, wish, gives, there, &least);
        if (other) {
            *value = least;
            changed = true;
        }
        there->chosen[i] = other ? other : was;
        put(there, there->chosen[i], 1);
    }
    return changed;
}

void qm_eq_follow(const QmEqChoices *choices, const QmEqWish *wish, QmEqAnswer *answer)
{
    There there = {.n = 0};
    double gives[MOST];
    *answer = (QmEqAnswer){0};
    for (uint32_t i = 0; i < choices->n; i++) {
        gives[i] = 0;
        for (uint32_t b = 0; b < QM_BARKS; b++)
            gives[i] -= wish->slope[b] * choices->list[i].db[b];
    }
    while (there.n < wish->count) {
        double value = answer->value + wish->worth;
        const Choice *const next = best_beside(choices, wish, gives, &there, &value);
        if (!next)
            break;
        there.chosen[there.n++] = next;
        answer->value = value;
        put(&there, next, 1);
    }
    for (uint32_t round = 0; round < ROUNDS; round++)
        if (!look_again(choices, wish, gives, &there, &answer->value))
            break;
    answer->n = there.n;
    for (uint32_t i = 0; i < there.n; i++)
        answer->bands[i] = there.chosen[i]->band;
    for (uint32_t b = 0; b < QM_BARKS; b++)
        answer->db[b] = there.db[b];
    answer->loudness = qm_eq_shift(wish, answer->db);
}
