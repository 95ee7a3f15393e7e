/* What makes one reverb another: the lengths of its parts, and its early reflections.
 *
 * Lengths are given at size 0 and grow with it, 2^(2.1 size): 4.3 times at size 1. A
 * network rings in modes of its own where these are too few for its decay: the sum of its
 * lines ought to be 0.15 of the decay or more (Jot). It is 0.7 to 0.8 s at size 0.6 in
 * all rooms, enough for 4.6 s; what makes a room small are its early reflections and its
 * all-passes.
 *
 * Early reflections are those of image sources (Allen, Berkley, JASA 65, 1979), orders 0
 * to 3, the eight strongest a side, in ms after the direct sound (a plate: the drive):
 *
 *     small   3.6 x 4.3 x 2.5 m    walls keep 0.8 in level
 *     medium  7.3 x 9.1 x 3.4 m    0.8
 *     large   17.5 x 23 x 8.1 m    0.85
 *     plate   a steel sheet of 2 x 1 m, 0.5 mm thick, driven near its middle, with the
 *             speed of its bending waves at 1 kHz, 137 m/s; edges invert
 *
 * They leave behind the all-passes, so that diffusion softens them, and they fall with
 * decay. A hall has none: its all-passes are as long as its early field. */
#ifndef QM_PROC_ROOM_H
#define QM_PROC_ROOM_H

#include "base/qmath.h"
#include "dsp/fdn.h"

typedef enum QmRoomType {
    QM_ROOM_SMALL,
    QM_ROOM_MEDIUM,
    QM_ROOM_LARGE,
    QM_ROOM_HALL,
    QM_ROOM_PLATE,
    QM_ROOM_SPRING,
    QM_ROOMS,
} QmRoomType;

#define QM_ROOM_NAMES                                                                    \
    {                                                                                    \
        "small", "medium", "large", "hall", "plate", "spring", NULL                      \
    }

enum { QM_ROOM_STAGES = 6, QM_ROOM_TAPS = 8 };

typedef struct QmRoomTap {
    double ms; /* at the size for which the room was drawn */
    double level;
    bool crossed; /* from the other side's source */
} QmRoomTap;

typedef struct QmRoom {
    double longest_s; /* line, at size 0 */
    double shortest;  /* as a part of it */
    double stages;    /* length of the all-passes beside a hall's */
    double moving;    /* depth of movement beside a hall's */
    bool disperses;   /* highs come first */
    double early;     /* share of the early reflections in the power */
    double size;      /* for which they were drawn */
    QmRoomTap tap[2][QM_ROOM_TAPS];
} QmRoom;

static const QmRoom qm_rooms[QM_ROOM_SPRING] = {
    [QM_ROOM_SMALL] = {.longest_s = 0.028,
                       .shortest = 0.35,
                       .stages = 0.55,
                       .moving = 1,
                       .early = 0.4,
                       .size = 0.3,
                       .tap = {{{3.32, 0.52, false},
                                {3.48, 0.51, true},
                                {3.82, 0.49, false},
                                {4.75, 0.45, true},
                                {5.16, 0.43, false},
                                {5.50, 0.42, true},
                                {7.06, 0.37, true},
                                {7.97, 0.35, true}},
                               {{3.56, 0.49, false},
                                {3.95, 0.52, true},
                                {4.09, 0.52, true},
                                {5.11, 0.47, true},
                                {5.63, 0.44, true},
                                {7.62, 0.38, true},
                                {8.47, 0.32, false},
                                {8.88, 0.34, true}}}},
    [QM_ROOM_MEDIUM] = {.longest_s = 0.031,
                        .shortest = 0.25,
                        .stages = 0.75,
                        .moving = 1,
                        .early = 0.3,
                        .size = 0.6,
                        .tap = {{{2.52, 0.66, false},
                                 {3.01, 0.66, true},
                                 {4.75, 0.57, false},
                                 {5.01, 0.59, true},
                                 {7.69, 0.49, false},
                                 {9.22, 0.45, false},
                                 {10.16, 0.45, true},
                                 {13.98, 0.38, true}},
                                {{2.88, 0.63, false},
                                 {3.90, 0.66, true},
                                 {4.84, 0.55, false},
                                 {5.91, 0.58, true},
                                 {8.59, 0.45, false},
                                 {10.18, 0.47, true},
                                 {10.80, 0.45, true},
                                 {15.45, 0.37, true}}}},
    [QM_ROOM_LARGE] = {.longest_s = 0.035,
                       .shortest = 0.18,
                       .stages = 1,
                       .moving = 1,
                       .early = 0.2,
                       .size = 0.9,
                       .tap = {{{2.33, 0.78, false},
                                {3.57, 0.78, true},
                                {18.36, 0.50, false},
                                {18.86, 0.51, true},
                                {21.14, 0.47, false},
                                {24.31, 0.44, false},
                                {26.23, 0.44, true},
                                {28.02, 0.43, true}},
                               {{2.79, 0.76, false},
                                {5.38, 0.78, true},
                                {18.87, 0.47, false},
                                {20.83, 0.51, true},
                                {23.23, 0.43, false},
                                {26.27, 0.45, true},
                                {29.04, 0.43, true},
                                {36.95, 0.37, true}}}},
    [QM_ROOM_HALL] = {.longest_s = 0.035, .shortest = 0.13, .stages = 1, .moving = 1},
    [QM_ROOM_PLATE] = {.longest_s = 0.033,
                       .shortest = 0.3,
                       .stages = 0.5,
                       .moving = 1,
                       .disperses = true,
                       .early = 0.35,
                       .size = 0.5,
                       .tap = {{{4.28, 1.00, false},
                                {7.90, -0.70, false},
                                {8.91, -0.66, false},
                                {9.47, -0.64, false},
                                {11.57, 0.55, false},
                                {12.28, 0.53, false},
                                {14.20, 0.50, false},
                                {16.17, 0.46, false}},
                               {{4.78, 1.00, false},
                                {7.48, -0.76, false},
                                {9.93, -0.66, false},
                                {11.00, -0.63, false},
                                {12.41, 0.56, false},
                                {14.02, 0.53, false},
                                {16.30, 0.49, false},
                                {18.28, -0.49, false}}}},
};

/* ---- lengths in frames ---- */

/* Of an odd number from 3 on. */
static inline bool qm_is_prime(uint32_t n)
{
    for (uint32_t d = 3; d * d <= n; d += 2)
        if (n % d == 0)
            return false;
    return true;
}

/* The first prime from `frames` on, if that is no shorter than `least`. */
static inline uint32_t qm_prime(double frames, uint32_t least)
{
    uint32_t n = (uint32_t)frames;
    n = n < least ? least : n;
    n |= 1;
    while (!qm_is_prime(n))
        n += 2;
    return n;
}

static inline double qm_room_longer(double size) { return qm_exp2(2.1 * size); }

/* The lines' lengths, increasing as in a hall: parts of the longest. Which line has the
 * how-many-th one is an order found by trying many, together with the signs of dsp/fdn.h:
 * both sides have short and long ones alike, and the late spectrum is even; an unlucky
 * order rings twice as unevenly. */
static inline void qm_room_lines(const QmRoom *room, double size, double rate_hz,
                                 uint32_t delay[QM_FDN_LINES])
{
    static const uint8_t rank_of[QM_FDN_LINES] = {5,  4, 3,  11, 0,  1, 9, 13,
                                                  10, 7, 15, 8,  12, 2, 6, 14};
    static const double spread[QM_FDN_LINES] = {0.13, 0.17,  0.215, 0.26, 0.31, 0.365,
                                                0.42, 0.475, 0.53,  0.59, 0.65, 0.715,
                                                0.78, 0.85,  0.925, 1.0};
    const double longest = room->longest_s * qm_room_longer(size) * rate_hz;
    const double narrow = (1 - room->shortest) / (1 - spread[0]);
    uint32_t sorted[QM_FDN_LINES], least = QM_FDN_SHORTEST;
    for (uint32_t r = 0; r < QM_FDN_LINES; r++) {
        sorted[r] = qm_prime(longest * (1 - (1 - spread[r]) * narrow), least);
        least = sorted[r] + 1;
    }
    for (uint32_t k = 0; k < QM_FDN_LINES; k++)
        delay[k] = sorted[rank_of[k]];
}

/* The length of an all-pass. */
static inline uint32_t qm_room_stage(const QmRoom *room, double size, double rate_hz,
                                     uint32_t side, uint32_t stage)
{
    static const double hall_ms[2][QM_ROOM_STAGES] = {
        /* at size 0.5 */
        {2.51, 8.03, 4.27, 1.93, 6.11, 3.31},
        {2.27, 7.39, 4.67, 1.79, 5.59, 3.01}};
    const double ms = hall_ms[side][stage] * room->stages * (0.5 + size);
    return qm_prime(ms * 1e-3 * rate_hz, QM_FDN_SHORTEST + 8 * stage + 4 * side);
}

static inline uint32_t qm_room_tap(const QmRoom *room, double size, double rate_hz,
                                   uint32_t side, uint32_t tap)
{
    const double longer = qm_room_longer(size - room->size);
    return (uint32_t)(room->tap[side][tap].ms * 1e-3 * longer * rate_hz + 0.5);
}

#endif
