/* links: formats
 * Axes, ticks and what is written of them. */
#include "formats/svg.h"

#include "base/qmath.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const QmSvgFrame FRAME = {.left = 50,
                                 .top = 10,
                                 .right = 250,
                                 .bottom = 110,
                                 .x = {.from = 20, .to = 20000, .scale = QM_SVG_LOG},
                                 .y = {.from = -60, .to = 0, .tick = 20}};

static void near_to(double found, double expected)
{
    assert_true(fabs(found - expected) < 1e-9);
}

static void places(void **state)
{
    (void)state;
    near_to(qm_svg_x(&FRAME, 20), 50);
    near_to(qm_svg_x(&FRAME, 20000), 250);
    near_to(qm_svg_x(&FRAME, 20 * sqrt(1000)), 150); /* the middle of three decades */
    near_to(qm_svg_y(&FRAME, -60), 110);
    near_to(qm_svg_y(&FRAME, 0), 10);
    near_to(qm_svg_y(&FRAME, -45), 85);
    near_to(qm_svg_y(&FRAME, 30), -40); /* not limited */
}

/* 1, 2 or 5 times a power of ten, at most `most` parts and no coarser than needed. */
static void ticks(void **state)
{
    (void)state;
    for (double range = 1e-5; range < 1e6; range *= 1.37) {
        for (uint32_t most = 3; most <= 12; most++) {
            const double tick = qm_svg_tick(range, most, QM_SVG_LINEAR);
            const double power = pow(10, floor(log10(tick) + 1e-9));
            const double digit = round(tick / power);
            assert_true(digit == 1 || digit == 2 || digit == 5);
            assert_true(range / tick <= most * (1 + 1e-9));
            assert_true(range / tick * 2.5 >= most * (1 - 1e-9));
        }
    }
    static const struct {
        double range, tick;
    } TIMES[] = {{0.5, 0.05}, {10, 1},   {11, 1},   {30, 5},     {60, 5},
                 {61, 10},    {200, 30}, {600, 60}, {3600, 300}, {36000, 3600}};
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        near_to(qm_svg_tick(TIMES[i].range, 12, QM_SVG_TIME), TIMES[i].tick);
    }
}

static char *grid(QmArena *arena, const QmSvgFrame *frame)
{
    QmText text;
    qm_arena_init(arena);
    qm_text_init(&text, arena);
    qm_text_add(&text, "");
    qm_svg_grid(&text, &qm_svg_paper, frame);
    assert_false(text.failed);
    return text.data;
}

/* The numbers on the axes, in order, with a blank behind each. */
static void numbers(const char *text, char *found, size_t size)
{
    found[0] = '\0';
    for (const char *p = text; (p = strstr(p, "<text")); p++) {
        const char *from = strchr(p, '>') + 1;
        const size_t length = (size_t)(strchr(from, '<') - from);
        assert_true(strlen(found) + length + 2 < size);
        strncat(found, from, length);
        strcat(found, " ");
    }
}

static void numbers_on_axes(void **state)
{
    (void)state;
    static const struct {
        QmSvgAxis axis;
        const char *numbers;
    } CASES[] = {
        {{.from = -60, .to = 0, .tick = 20}, "-60 -40 -20 0 "},
        {{.from = 0, .to = 0.5, .tick = 0.1}, "0 0.1 0.2 0.3 0.4 0.5 "},
        {{.from = 900, .to = 2100, .tick = 500}, "1k 1.5k 2k "},
        {{.from = 20, .to = 2000, .scale = QM_SVG_LOG}, "20 50 100 200 500 1k 2k "},
        {{.to = 90, .tick = 30, .scale = QM_SVG_TIME}, "0:00 0:30 1:00 1:30 "},
        {{.from = 3500, .to = 3700, .tick = 60, .scale = QM_SVG_TIME},
         "59:00 1:00:00 1:01:00 "},
        {{.from = 59, .to = 60.1, .tick = 0.5, .scale = QM_SVG_TIME},
         "0:59.0 0:59.5 1:00.0 "},
        {{.to = 0.3, .tick = 0.1, .scale = QM_SVG_TIME}, "0:00.0 0:00.1 0:00.2 0:00.3 "},
        {{.to = 10, .tick = 0}, ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        QmSvgFrame frame = FRAME;
        char found[256];
        QmArena arena;
        frame.x = CASES[i].axis;
        frame.y.tick = 0;
        numbers(grid(&arena, &frame), found, sizeof found);
        assert_string_equal(found, CASES[i].numbers);
        qm_arena_release(&arena);
    }
}

static void pieces(void **state)
{
    (void)state;
    QmArena arena;
    QmText text;
    qm_arena_init(&arena);
    qm_text_init(&text, &arena);
    qm_svg_stroke(&text, 1, 2.25, -0.04, 1e3, "#123456");
    qm_svg_label(&text, 3, 4, "end", "a < b");
    qm_svg_rect(&text, 1, 2, 3, 4, " fill=\"none\"");
    assert_string_equal(text.data,
                        "<path d=\"M1.0 2.3L0.0 1000.0\" stroke=\"#123456\"/>\n"
                        "<text x=\"3.0\" y=\"4.0\" text-anchor=\"end\">a &lt; b</text>\n"
                        "<rect x=\"1.0\" y=\"2.0\" width=\"3.0\" height=\"4.0\" "
                        "fill=\"none\"/>\n");
    qm_arena_release(&arena);
}

/* Without memory nothing is written, and it is said. */
static void no_memory(void **state)
{
    (void)state;
    QmArena arena;
    QmText text;
    qm_arena_init(&arena);
    arena.fail_at = 1;
    qm_text_init(&text, &arena);
    qm_svg_grid(&text, &qm_svg_paper, &FRAME);
    qm_svg_label(&text, 1, 1, "end", "x");
    assert_true(text.failed);
    assert_null(text.data);
    qm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),          cmocka_unit_test(ticks),
        cmocka_unit_test(numbers_on_axes), cmocka_unit_test(pieces),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
