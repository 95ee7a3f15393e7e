/* Riding the fader, as a lane that can be edited: where a strip is softer or louder for
 * a while than it is on the whole, it is moved towards that.
 *
 *     L(t)   loudness of a window around t, of those tenths in which it plays
 *     want   integrated loudness - L(t), less the dead band, at most `depth`
 *
 * looked at every half second. In pauses the gain goes straight from one phrase to the
 * next, so noise is not pulled up. The mean over a window makes it smooth. Then the slope
 * is bounded: the mean of the largest curve below and the smallest one above it that are
 * nowhere steeper, which has neither attack nor release, is never late and cannot pump.
 * Of that curve so many points are kept that no other is farther than ERROR_DB from the
 * straight lines between them (Ramer 1972, Douglas and Peucker 1973); lines between
 * points of a curve are never steeper than it.
 *
 * The lane is the fader's gain plus that, less what it would change the integrated
 * loudness by: the balance stays. It is made anew when the fader moves. */
#include "analysis/gating.h"
#include "base/qmath.h"
#include "mix/fader.h"
#include "mix/playing.h"

enum { DEPTH, SLOPE, WINDOW, DEAD_BAND };

#define PLAYS    0.25 /* share of a window that has to play for it to count */
#define ERROR_DB 0.3  /* what points may leave out */
#define LEAST_DB 1.0  /* less than that is not worth a lane */

enum {
    GRID = 5, /* tenths from node to node */
    TRIES = 3 /* of making up for the change of loudness; each is off by a tenth of the
                 one before */
};

static const QmParam params[] = {
    [DEPTH] = {.name = "depth",
               .help = "most that it is moved by, either way",
               .unit = QM_UNIT_DB,
               .max = 12,
               .def = 3},
    [SLOPE] = {.name = "slope",
               .help = "steepest move, dB in a second",
               .min = 0.1,
               .max = 6,
               .def = 1.5},
    [WINDOW] = {.name = "window",
                .help = "length of what is heard as one",
                .unit = QM_UNIT_S,
                .min = 0.5,
                .max = 20,
                .def = 3},
    [DEAD_BAND] = {.name = "dead-band",
                   .help = "differences up to this are left alone",
                   .unit = QM_UNIT_LU,
                   .max = 12,
                   .def = 1},
};

/* A look at the strip, every GRID tenths. */
typedef struct Node {
    double loudness; /* of the window, LUFS */
    double gain;     /* dB */
    bool plays;      /* enough for `loudness` to mean something */
    bool kept;       /* is a point */
} Node;

typedef struct Ride {
    const QmFacts *chain;
    const double *settings;
    Node *nodes;
    uint64_t n;
    uint64_t first, last; /* that play */
    double step_s;        /* from node to node */
} Ride;

static double larger(double a, double b) { return a > b ? a : b; }
static double smaller(double a, double b) { return a < b ? a : b; }

/* ---- what is heard ---- */

/* Mean energy of the tenths of [from, to) that play; their share of them. */
static double mean_of(const QmFacts *chain, uint64_t from, uint64_t to, double *share)
{
    const double floor = qm_playing_from(chain);
    double sum = 0;
    uint64_t count = 0;
    for (uint64_t i = from; i < to; i++)
        if (chain->tenths[i] >= floor) {
            sum += chain->tenths[i];
            count++;
        }
    *share = to > from ? (double)count / (double)(to - from) : 0;
    return count ? sum / (double)count : 0;
}

static void listen(const Ride *ride)
{
    const QmFacts *const chain = ride->chain;
    const uint64_t half = (uint64_t)(0.5 * ride->settings[WINDOW] / chain->tenth_s + 0.5);
    for (uint64_t k = 0; k < ride->n; k++) {
        const uint64_t at = k * GRID, end = at + half;
        double share;
        const double energy =
            mean_of(chain, at > half ? at - half : 0,
                    end < chain->n_tenths ? end : chain->n_tenths, &share);
        ride->nodes[k].plays = share >= PLAYS;
        ride->nodes[k].loudness = energy > 0 ? qm_lufs(energy) : 0;
    }
}

/* ---- what is wanted ---- */

static double want(const Ride *ride, double loudness)
{
    const double dead = ride->settings[DEAD_BAND], depth = ride->settings[DEPTH];
    const double off = ride->chain->lufs.value - loudness;
    if (off > dead)
        return smaller(off - dead, depth);
    return off < -dead ? larger(off + dead, -depth) : 0;
}

/* Straight lines through nodes (from, to); at the ends of the song there is one of them
 * only. */
static void bridge(const Ride *ride, uint64_t from, uint64_t to, bool has_from)
{
    Node *const nodes = ride->nodes;
    for (uint64_t k = has_from ? from + 1 : 0; k < to && k < ride->n; k++) {
        const double x = has_from && to < ride->n
                             ? (double)(k - from) / (double)(to - from)
                             : (has_from ? 0 : 1);
        const double a = has_from ? nodes[from].gain : 0;
        const double b = to < ride->n ? nodes[to].gain : 0;
        nodes[k].gain = a + x * (b - a);
    }
}

static void aim(Ride *ride)
{
    bool any = false;
    for (uint64_t k = 0; k < ride->n; k++)
        if (ride->nodes[k].plays) {
            ride->nodes[k].gain = want(ride, ride->nodes[k].loudness);
            bridge(ride, ride->last, k, any);
            ride->first = any ? ride->first : k;
            ride->last = k;
            any = true;
        }
    bridge(ride, ride->last, ride->n, any);
}

/* ---- how fast ---- */

/* Each node becomes the mean of those less than half a window away. */
static bool smooth(const Ride *ride, QmArena *arena)
{
    const uint64_t half = (uint64_t)(0.5 * ride->settings[WINDOW] / ride->step_s);
    double *const sharp = QM_NEW_ARRAY(arena, double, ride->n);
    if (!sharp)
        return false;
    for (uint64_t k = 0; k < ride->n; k++)
        sharp[k] = ride->nodes[k].gain;
    for (uint64_t k = 0; k < ride->n; k++) {
        const uint64_t from = k > half ? k - half : 0;
        const uint64_t to = k + half < ride->n ? k + half + 1 : ride->n;
        double sum = 0;
        for (uint64_t i = from; i < to; i++)
            sum += sharp[i];
        ride->nodes[k].gain = sum / (double)(to - from);
    }
    return true;
}

/* One way over the nodes, from the one end or the other: what may be no more above the
 * one before than `most`, or (sign -1) below. */
static void sweep(double *curve, uint64_t n, double most, double sign, bool back)
{
    for (uint64_t i = 1; i < n; i++) {
        const uint64_t k = back ? n - 1 - i : i, before = back ? k + 1 : k - 1;
        const double limit = sign * curve[before] + most;
        if (sign * curve[k] > limit)
            curve[k] = sign * limit;
    }
}

static bool bound_slope(const Ride *ride, QmArena *arena)
{
    const double most = ride->settings[SLOPE] * ride->step_s;
    double *const below = QM_NEW_ARRAY(arena, double, ride->n);
    double *const above = QM_NEW_ARRAY(arena, double, ride->n);
    if (!below || !above)
        return false;
    for (uint64_t k = 0; k < ride->n; k++)
        below[k] = above[k] = ride->nodes[k].gain;
    for (int back = 0; back < 2; back++) {
        sweep(below, ride->n, most, 1, back);
        sweep(above, ride->n, most, -1, back);
    }
    for (uint64_t k = 0; k < ride->n; k++)
        ride->nodes[k].gain = 0.5 * (below[k] + above[k]);
    return true;
}

/* ---- points ---- */

/* The node between two that is farthest from the line through them. */
static uint64_t farthest(const Node *nodes, uint64_t from, uint64_t to, double *off)
{
    const double slope = (nodes[to].gain - nodes[from].gain) / (double)(to - from);
    uint64_t found = from;
    *off = 0;
    for (uint64_t k = from + 1; k < to; k++) {
        const double line = nodes[from].gain + slope * (double)(k - from);
        const double error = larger(nodes[k].gain - line, line - nodes[k].gain);
        if (error > *off) {
            *off = error;
            found = k;
        }
    }
    return found;
}

/* Keeps a node where the line from one kept node to the next is too far off, until it is
 * nowhere. */
static void reduce(const Ride *ride)
{
    Node *const nodes = ride->nodes;
    nodes[ride->first].kept = nodes[ride->last].kept = true;
    for (uint64_t from = ride->first; from < ride->last;) {
        uint64_t to = from + 1;
        while (!nodes[to].kept)
            to++;
        double off;
        const uint64_t k = farthest(nodes, from, to, &off);
        if (off > ERROR_DB)
            nodes[k].kept = true;
        else
            from = to;
    }
}

/* All nodes onto the lines between the kept ones. */
static void straighten(const Ride *ride)
{
    Node *const nodes = ride->nodes;
    for (uint64_t from = ride->first; from < ride->last;) {
        uint64_t to = from + 1;
        while (!nodes[to].kept)
            to++;
        const double slope = (nodes[to].gain - nodes[from].gain) / (double)(to - from);
        for (uint64_t k = from + 1; k < to; k++)
            nodes[k].gain = nodes[from].gain + slope * (double)(k - from);
        from = to;
    }
}

/* ---- loudness ---- */

/* What the lane makes of the integrated loudness, LU; false: out of memory. */
static bool change_of(const Ride *ride, QmArena *arena, double *change)
{
    const QmFacts *const chain = ride->chain;
    double *const tenths = QM_NEW_ARRAY(arena, double, chain->n_tenths);
    if (!tenths)
        return false;
    for (uint64_t i = 0; i < chain->n_tenths; i++) {
        const uint64_t k = i / GRID;
        const double x = ((double)(i % GRID) + 0.5) / GRID;
        const double a = ride->nodes[k].gain;
        const double b = ride->nodes[k + 1 < ride->n ? k + 1 : k].gain;
        tenths[i] = chain->tenths[i] * qm_pow(10, (a + x * (b - a)) / 10);
    }
    const QmTenthRun run = {tenths, chain->n_tenths};
    const QmMeasured now = qm_gated_loudness(&run, 1);
    *change = now.why ? 0 : now.value - chain->lufs.value;
    return true;
}

static bool make_up(const Ride *ride, QmArena *arena)
{
    for (uint32_t i = 0; i < TRIES; i++) {
        double change;
        if (!change_of(ride, arena, &change))
            return false;
        for (uint64_t k = 0; k < ride->n; k++)
            ride->nodes[k].gain -= change;
    }
    return true;
}

/* ---- the rule ---- */

static bool is_worth_it(const Ride *ride)
{
    for (uint64_t k = ride->first; k <= ride->last; k++)
        if (ride->nodes[k].gain >= LEAST_DB || ride->nodes[k].gain <= -LEAST_DB)
            return true;
    return false;
}

static void write_point(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                        const Ride *ride, uint64_t k, double fader)
{
    const Node *const node = &ride->nodes[k];
    QmText at;
    QmReason reason = qm_reason(mix);
    if (node->plays)
        qm_reason_number(&reason, "short-term", node->loudness, 1);
    else
        qm_reason_word(&reason, "short-term", "pause");
    qm_reason_measured(&reason, "lufs", ride->chain->lufs, 1);
    qm_text_init(&at, mix->arena);
    qm_mix_position((double)k * ride->step_s, &at);
    if (!at.failed)
        qm_decide(mix, rule, &reason, fader + node->gain, "%s.fader.gain@%s", strip->name,
                  at.data);
}

static bool plan(Ride *ride, QmArena *arena)
{
    ride->nodes = QM_NEW_ARRAY(arena, Node, ride->n);
    if (!ride->nodes)
        return false;
    listen(ride);
    aim(ride);
    if (!smooth(ride, arena) || !bound_slope(ride, arena))
        return false;
    reduce(ride);
    straighten(ride);
    return true;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const QmFacts *const chain = strip->chain;
    qm_take_back(mix, rule, "%s.fader.gain", strip->name);
    if (!qm_mix_heard(mix, strip) || qm_fader_is_automated(mix, strip) || !chain ||
        chain->lufs.why || settings[DEPTH] <= 0)
        return;
    Ride ride = {.chain = chain,
                 .settings = settings,
                 .n = chain->n_tenths / GRID + 1,
                 .step_s = GRID * chain->tenth_s};
    if (ride.n < 2 || !plan(&ride, mix->arena) || !is_worth_it(&ride) ||
        !make_up(&ride, mix->arena))
        return;
    const double fader = qm_decided(mix, 0, "%s.fader.gain", strip->name);
    for (uint64_t k = 0; k < ride.n; k++)
        if (ride.nodes[k].kept)
            write_point(mix, rule, strip, &ride, k, fader);
}

const QmRule qm_rule_gain_ride = {
    .id = "gain.ride",
    .key = "ride",
    .stage = QM_STAGE_GAIN,
    .passes = QM_PASS_CHAINS | QM_PASS_AGAIN,
    .reads = "loudness of every tenth of a second behind the inserts, the fader's gain",
    .writes = "STRIP.fader.gain@*",
    .doc = "Rides the fader: phrases that are softer or louder than the strip as a whole "
           "are moved towards it, within a depth and a slope.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
