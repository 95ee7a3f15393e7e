/* tests: proc/room
 *
 * What every type of reverb keeps: the decay that was asked for, echoes that are dense
 * soon, a late spectrum without tones, two sides that do not cancel, and an end. The
 * power of a dense reverb's spectrum is distributed as that of noise (Schroeder,
 * Kuttruff, "On frequency response curves in rooms", JASA 34, 1962): its mean square is
 * twice the square of its mean, and among N frequencies the greatest is about ln N times
 * the mean. A network with too few modes, or with a mode that lasts, has more of both. */
#include "tests/support/proc_harness.h"
#include "tests/support/response.h"

#include "proc/room.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static Response answer;
static double p[QM_MAX_PARAMS];
static const char *const names[] = QM_ROOM_NAMES;

static void set(const char *param, double value)
{
    p[qm_proc_find_param(qm_proc_find("reverb"), 0, param)] = value;
}

/* Reverb alone, otherwise as it comes. */
static void room(uint32_t type, double decay)
{
    qm_proc_defaults(qm_proc_find("reverb"), 0, p);
    set("type", type);
    set("mix", 1);
    set("decay", decay);
}

static void hear(double seconds, float left, float right)
{
    respond(&answer, "reverb", p, 48000, (uint32_t)(48000 * seconds), left, right);
}

#define expect(condition, type, ...)                                                     \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            print_error("%s: ", names[type]);                                            \
            fail_msg(__VA_ARGS__);                                                       \
        }                                                                                \
    } while (0)

/* Every band alike. Springs from 0.6 s on: below, they have but three echoes. */
static void test_decay_is_as_asked(void **unused)
{
    (void)unused;
    static const double decays[] = {0.3, 0.6, 2, 8}, hz[] = {500, 1000, 2000, 4000};
    for (uint32_t type = 0; type < QM_ROOMS; type++)
        for (uint32_t d = type == QM_ROOM_SPRING; d < QM_COUNT(decays); d++) {
            room(type, decays[d]);
            set("low-decay", decays[d]);
            set("damping", 0);
            hear(1.2 * decays[d] + 0.5, 1, 1);
            const uint32_t bands = type == QM_ROOM_SPRING ? 3 : 4;
            for (uint32_t b = 0; b < bands; b++) {
                const double got = 0.5 * (response_t60(&answer, 0, hz[b], 1.4) +
                                          response_t60(&answer, 1, hz[b], 1.4));
                expect(fabs(got / decays[d] - 1) < 0.1, type,
                       "%d ms instead of %d at %d Hz", (int)(1000 * got),
                       (int)(1000 * decays[d]), (int)hz[b]);
            }
        }
}

/* The cubics of the moving taps take some of the highest highs, 4 of 16 lines, more often
 * the shorter the lines: at 12 kHz a decay of 2 s loses a tenth, one of 8 s a quarter. In
 * air of 20 degrees and 50 % humidity nothing at 12 kHz lasts longer than 1.3 s. */
static void test_highest_highs_lose_little(void **unused)
{
    (void)unused;
    for (uint32_t type = 0; type < QM_ROOM_SPRING; type++)
        for (int slow = 0; slow < 2; slow++) {
            const double decay = slow ? 8 : 2;
            room(type, decay);
            set("damping", 0);
            hear(1.2 * decay, 1, 1);
            const double at_8k = response_t60(&answer, 0, 8000, 3) / decay;
            const double at_12k = response_t60(&answer, 0, 12000, 3) / decay;
            expect(at_8k > (slow ? 0.85 : 0.94), type, "8 kHz: %d %%",
                   (int)(100 * at_8k));
            expect(at_12k > (slow ? 0.7 : 0.87), type, "12 kHz: %d %%",
                   (int)(100 * at_12k));
        }
}

static void test_echoes_are_dense_soon(void **unused)
{
    (void)unused;
    for (uint32_t type = 0; type < QM_ROOM_SPRING; type++) {
        room(type, 2);
        set("damping", 0); /* dull samples hang together: their count would say little */
        hear(1.1, 1, 1);
        double mean = 0;
        for (uint32_t k = 0; k < 24; k++)
            for (uint32_t side = 0; side < 2; side++) {
                const double got = response_density(&answer, side, 0.04 + 0.04 * k);
                mean += got / 48;
                expect(got > 0.85, type, "density %d %% at %u ms", (int)(100 * got),
                       40 + 40 * k);
            }
        expect(mean > 0.95 && mean < 1.05, type, "density %d %%", (int)(100 * mean));
    }
}

/* Early reflections come where a room has them, before the network's first line. */
static void test_early_reflections(void **unused)
{
    (void)unused;
    for (uint32_t type = 0; type < QM_ROOM_SPRING; type++) {
        room(type, 2);
        const QmRoom *const r = &qm_rooms[type];
        set("size", r->size);
        set("diffusion", 0);
        hear(0.1, 1, 1);
        uint32_t line[QM_FDN_LINES], shortest = 48000;
        qm_room_lines(r, r->size, 48000, line);
        for (uint32_t k = 0; k < QM_FDN_LINES; k++)
            shortest = line[k] < shortest ? line[k] : shortest;
        uint32_t stages = 48000; /* at diffusion 0 they are plain delays */
        for (uint32_t side = 0; side < 2; side++) {
            uint32_t sum = 0;
            for (uint32_t k = 0; k < QM_ROOM_STAGES; k++)
                sum += qm_room_stage(r, r->size, 48000, side, k);
            stages = sum < stages ? sum : stages;
        }
        uint32_t first = 0;
        while (answer.side[0][first] == 0 && answer.side[1][first] == 0)
            first++;
        if (r->early > 0)
            expect(first < stages + shortest && first >= stages + 96, type,
                   "first sound at %u", first);
        else
            expect(first >= stages + shortest, type, "first sound at %u", first);
    }
}

static void test_no_tone_rings_on(void **unused)
{
    (void)unused;
    enum { COUNT = 600 };
    static double power[COUNT];
    static const double from[] = {150, 400, 1100, 2000};
    for (uint32_t type = 0; type < QM_ROOM_SPRING; type++) {
        double unevenness = 0, most = 0;
        room(type, 2);
        hear(1.5, 1, 1);
        for (uint32_t k = 0; k < 8; k++) {
            response_spectrum(&answer, k % 2, 0.3, from[k / 2], 1, COUNT, power);
            double mean = 0, square = 0;
            for (uint32_t i = 0; i < COUNT; i++) {
                mean += power[i] / COUNT;
                square += power[i] * power[i] / COUNT;
            }
            unevenness += square / mean / mean / 8;
            for (uint32_t i = 0; i < COUNT; i++)
                most = power[i] / mean > most ? power[i] / mean : most;
        }
        expect(unevenness < 3.4, type, "%d %% of noise", (int)(50 * unevenness));
        expect(10 * log10(most) < 15, type, "a line of %d dB", (int)(10 * log10(most)));
    }
}

/* What two sides of a noise that do not know of each other lose in mono is nothing. */
static void test_mono_is_safe(void **unused)
{
    (void)unused;
    for (uint32_t type = 0; type < QM_ROOMS; type++)
        for (int one_side = 0; one_side < 2; one_side++) {
            room(type, 2);
            hear(3, 1, one_side ? 0 : 1);
            double mono = 0;
            for (uint32_t i = 0; i < answer.n; i++)
                mono += pow(answer.side[0][i] + answer.side[1][i], 2);
            const double l = response_energy(answer.side[0], 0, answer.n);
            const double r = response_energy(answer.side[1], 0, answer.n);
            expect(fabs(10 * log10(mono / (l + r))) < 0.5, type, "mono off by %d mB",
                   (int)(1000 * log10(mono / (l + r))));
            static const double from[] = {0, 0.1, 0.5}, to[] = {0.1, 0.5, 1.5};
            for (uint32_t k = 0; k < 3; k++) {
                const double alike = response_correlation(&answer, from[k], to[k]);
                expect(fabs(alike) < 0.3, type, "correlation of %d %%",
                       (int)(100 * alike));
            }
            if (!one_side)
                expect(fabs(10 * log10(l / r)) < 1, type, "sides differ");
        }
}

/* A second of a constant does not pile up, at 20 s of decay: at 0 Hz the network answers
 * about as loud as to a noise. */
static void test_no_constant_builds_up(void **unused)
{
    (void)unused;
    for (uint32_t type = 0; type < QM_ROOMS; type++) {
        room(type, 20);
        hear(12, 1, 1);
        double sum = 0, most = 0;
        for (uint32_t i = 0; i < answer.n; i++) {
            sum += answer.side[0][i];
            most = fabs(sum) > most ? fabs(sum) : most;
        }
        expect(most < 16, type, "a gain of %d at 0 Hz", (int)most);
        const double early = response_energy(answer.side[0], 48000, 96000);
        const double late = response_energy(answer.side[0], 11 * 48000, 12 * 48000);
        expect(late < early && late > 1e-5 * early, type, "a freeze that does not hold");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decay_is_as_asked),
        cmocka_unit_test(test_highest_highs_lose_little),
        cmocka_unit_test(test_echoes_are_dense_soon),
        cmocka_unit_test(test_early_reflections),
        cmocka_unit_test(test_no_tone_rings_on),
        cmocka_unit_test(test_mono_is_safe),
        cmocka_unit_test(test_no_constant_builds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
