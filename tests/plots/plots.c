/* The diagrams of docs/processors, drawn by the processors themselves.
 *
 *   plots FOLDER [NAME]      writes FOLDER/NAME.svg, or all of the table (table.h)
 *
 * A row of the table says what is measured of which settings; the measurements are below,
 * one function each. All at 48 kHz, one strip, in a gang of one. */
#include "tests/plots/svg.h"

#include "base/qmath.h"
#include "base/rand.h"
#include "dsp/lfo.h"
#include "model/address.h"
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 48000, FRAMES = 8 * RATE, POINTS = 1024, MOST_SERIES = 6 };

typedef struct Series {
    const char *label, *proc, *settings;
    uint32_t groups;
    enum { LEFT, RIGHT, MID, SIDE } out;
    uint32_t nth; /* see the measurement */
} Series;

typedef struct Trace {
    double x[POINTS], y[POINTS];
    uint32_t n;
} Trace;

typedef struct Plot Plot;
typedef void Measure(const Plot *plot, const Series *series, Trace *trace);

struct Plot {
    const char *name, *title;
    Measure *measure;
    double argument; /* a tone's frequency, a level or a time: see the measurement */
    double x_from, x_to, x_tick;
    const char *y_label;
    double y_from, y_to, y_tick;
    Series series[MOST_SERIES];
};

/* ---- running a processor ----------------------------------------------------------- */

static QmVec rows[FRAMES];

static void fail(const char *what, const char *which)
{
    fprintf(stderr, "plots: %s '%s'\n", what, which);
    exit(1);
}

static double value_of(const QmParam *row, const char *text)
{
    QmArena arena;
    QmDiag diag = {0};
    double value = 0;
    qm_arena_init(&arena);
    if (qm_param_parse(row, text, (QmPlace){0}, NULL, &diag, &value) != QM_OK)
        fail("no value", text);
    qm_arena_release(&arena);
    return value;
}

/* "1.freq=200 type=hall" */
static void apply(const Series *series, double *params)
{
    const QmProcDesc *desc = qm_proc_find(series->proc);
    char text[512];
    snprintf(text, sizeof text, "%s", series->settings);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        char *const value = strchr(word, '='), *name = word;
        *value = '\0';
        const bool grouped = word[0] >= '0' && word[0] <= '9';
        const uint32_t group = grouped ? (uint32_t)strtoul(word, &name, 10) : 0;
        const int index = qm_proc_find_param(desc, group, grouped ? name + 1 : name);
        if (index < 0)
            fail("no param", word);
        params[index] = value_of(qm_proc_param(desc, (uint32_t)index), value + 1);
    }
}

static void open_series(ProcGang *gang, const Series *series)
{
    static double params[1][QM_MAX_PARAMS];
    const QmProcDesc *desc = qm_proc_find(series->proc);
    if (!desc)
        fail("no processor", series->proc);
    qm_proc_defaults(desc, series->groups, params[0]);
    apply(series, params[0]);
    gang_open(gang, desc, RATE, series->groups, 1,
              (const double(*)[QM_MAX_PARAMS])params);
}

/* Runs the first n rows through it; what comes out starts without its latency. */
static void run(const Series *series, uint32_t n)
{
    ProcGang gang;
    open_series(&gang, series);
    const uint32_t late = gang.desc->latency ? gang.desc->latency(&gang.spec[0]) : 0;
    gang_run(&gang, rows, NULL, n, QM_QUANTUM);
    gang_close(&gang);
    memmove(rows, rows + late, (n - late) * sizeof *rows);
    memset(rows + n - late, 0, late * sizeof *rows);
}

static double heard(const Series *series, uint32_t i)
{
    const double l = (double)rows[i][0], r = (double)rows[i][1];
    const double all[] = {
        [LEFT] = l, [RIGHT] = r, [MID] = (l + r) / 2, [SIDE] = (l - r) / 2};
    return all[series->out];
}

/* What a series listens to decides what goes in: mono, or one side against the other for
 * SIDE. */
static void feed(const Series *series, uint32_t i, double x)
{
    rows[i] = qm_vec((float)x);
    if (series->out == SIDE)
        rows[i][1] = -rows[i][0];
}

static double decibel(double x) { return 20 * log10(fabs(x) + 1e-12); }

static void add(Trace *trace, double x, double y)
{
    if (trace->n < POINTS) {
        trace->x[trace->n] = x;
        trace->y[trace->n++] = y;
    }
}

/* ---- measurements ---------------------------------------------------------------- */

/* The response to an impulse of level `argument` (dB). */
static void response(const Plot *plot, const Series *series, Trace *trace)
{
    const double height = pow(10, plot->argument / 20);
    for (uint32_t i = 0; i < SPECTRUM; i++)
        feed(series, i, i == 0 ? height : 0);
    run(series, SPECTRUM);
    for (int k = 0; k <= 400; k++) {
        const double hz = plot->x_from * pow(plot->x_to / plot->x_from, k / 400.0);
        double _Complex sum = 0;
        for (uint32_t i = 0; i < SPECTRUM; i++)
            if (heard(series, i) != 0)
                sum += heard(series, i) * cexp(-2 * M_PI * I * hz / RATE * i);
        add(trace, hz, decibel(cabs(sum) / height));
    }
}

/* What comes out of a steady tone of `argument` Hz at every level; both in dB of a sine's
 * peak. */
static void static_curve(const Plot *plot, const Series *series, Trace *trace)
{
    for (double level = plot->x_from; level <= plot->x_to; level += 1) {
        const double peak = pow(10, level / 20);
        double power = 0;
        for (uint32_t i = 0; i < RATE; i++)
            feed(series, i, peak * sin(2 * M_PI * plot->argument * i / RATE));
        run(series, RATE);
        for (uint32_t i = RATE / 2; i < RATE * 3 / 4; i++)
            power += heard(series, i) * heard(series, i);
        add(trace, level, 10 * log10(2 * power / (RATE / 4.0) + 1e-12));
    }
}

/* The gain over time (ms) of a tone of 4 kHz that is loud (-6 dB) from 100 to `argument`
 * ms and soft (-40 dB) before and after, of each of its waves. What a filter still rings
 * of the loud tone when the soft one has come back is no gain: 4 ms are left out. */
static void gain_steps(const Plot *plot, const Series *series, Trace *trace)
{
    const uint32_t n = (uint32_t)(plot->x_to / 1000 * RATE), period = 12;
    static double input[FRAMES];
    for (uint32_t i = 0; i < n + RATE; i++) {
        const double ms = 1000.0 * i / RATE;
        const double level = ms >= 100 && ms < plot->argument ? -6 : -40;
        input[i] = pow(10, level / 20) * sin(2 * M_PI * (i + 0.5) / period);
        feed(series, i, input[i]);
    }
    run(series, n + RATE);
    const uint32_t step = (n / POINTS / period + 1) * period;
    for (uint32_t i = 0; i + period < n; i += step) {
        double in = 0, out = 0;
        for (uint32_t k = i; k < i + period; k++) {
            in += input[k] * input[k];
            out += heard(series, k) * heard(series, k);
        }
        const double ms = 1000.0 * i / RATE;
        if (ms < plot->argument - 1 || ms > plot->argument + 4)
            add(trace, ms, 10 * log10(out / in + 1e-12));
    }
}

/* The lines of a tone near `argument` Hz at -1 dBFS, above the lowest level shown. */
static void tone_spectrum(const Plot *plot, const Series *series, Trace *trace)
{
    static double power[SPECTRUM / 2 + 1];
    const double hz = spectrum_tone(plot->argument, RATE);
    for (uint32_t i = 0; i < 2 * SPECTRUM; i++)
        feed(series, i, 0.891 * sin(2 * M_PI * hz / RATE * i));
    run(series, 2 * SPECTRUM);
    memmove(rows, rows + SPECTRUM / 2, SPECTRUM * sizeof *rows);
    spectrum(rows, series->out == RIGHT, power);
    for (uint32_t k = 1; k <= SPECTRUM / 2; k++)
        if (spectrum_db(power, k) > plot->y_from &&
            (double)k * RATE / SPECTRUM >= plot->x_from)
            add(trace, (double)k * RATE / SPECTRUM, spectrum_db(power, k));
}

/* What is added to a soft tone, summed over thirds of an octave, beside flat dither of
 * `argument` bits. */
static void error_noise(const Plot *plot, const Series *series, Trace *trace)
{
    static double power[SPECTRUM / 2 + 1];
    static float tone[SPECTRUM];
    for (uint32_t i = 0; i < SPECTRUM; i++) {
        tone[i] = (float)(0.1 * sin(2 * M_PI * spectrum_tone(440, RATE) / RATE * i));
        feed(series, i, (double)tone[i]);
    }
    run(series, SPECTRUM);
    for (uint32_t i = 0; i < SPECTRUM; i++)
        rows[i] -= qm_vec(tone[i]);
    spectrum(rows, series->out == RIGHT, power);
    const double flat = 0.25 * exp2(2 - 2 * plot->argument) / (SPECTRUM / 2);
    for (double hz = plot->x_from; hz < 0.44 * RATE; hz *= exp2(1 / 12.0)) {
        const uint32_t from = (uint32_t)(hz * exp2(-1 / 6.0) / RATE * SPECTRUM);
        const uint32_t to = (uint32_t)(hz * exp2(1 / 6.0) / RATE * SPECTRUM) + 1;
        add(trace, hz,
            10 * log10(spectrum_sum(power, from, to) / (flat * (to - from + 1))));
    }
}

/* Out over in, of a sine of 200 Hz with a peak of `argument`, in its third second. */
static void transfer(const Plot *plot, const Series *series, Trace *trace)
{
    for (uint32_t i = 0; i < 4 * RATE; i++)
        feed(series, i, plot->argument * sin(2 * M_PI * 200.0 * i / RATE));
    run(series, 4 * RATE);
    for (uint32_t i = 3 * RATE - 60; i < 3 * RATE + 61; i++)
        add(trace, plot->argument * sin(2 * M_PI * 200.0 * i / RATE), heard(series, i));
}

/* What a constant of one becomes over `x_to` seconds. */
static void level(const Plot *plot, const Series *series, Trace *trace)
{
    const uint32_t n = (uint32_t)(plot->x_to * RATE);
    for (uint32_t i = 0; i < n; i++)
        feed(series, i, 1);
    run(series, n);
    for (uint32_t k = 0; k < POINTS; k++)
        add(trace, k * plot->x_to / POINTS, heard(series, k * (n / POINTS)));
}

/* The loudest sample of every stretch of an impulse's answer, in dB over seconds. */
static void echoes(const Plot *plot, const Series *series, Trace *trace)
{
    const uint32_t n = (uint32_t)(plot->x_to * RATE), step = n / POINTS + 1;
    for (uint32_t i = 0; i < n; i++)
        feed(series, i, i == 0);
    run(series, n);
    for (uint32_t i = 0; i + step < n; i += step) {
        double most = 0;
        for (uint32_t k = i; k < i + step; k++)
            most = fmax(most, fabs(heard(series, k)));
        add(trace, (double)i / RATE, decibel(most));
    }
}

/* An octave around `hz` of what an impulse becomes. */
static void octave(const Series *series, double hz, double *band)
{
    const double w = 2 * M_PI * hz / RATE, alpha = sin(w) / (2 * M_SQRT2);
    for (uint32_t i = 0; i < FRAMES; i++)
        feed(series, i, i == 0);
    run(series, FRAMES);
    for (uint32_t i = 0; i < FRAMES; i++)
        band[i] = heard(series, i);
    for (int pass = 0; pass < 2; pass++) {
        double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
        for (uint32_t i = 0; i < FRAMES; i++) {
            const double x = band[i];
            const double y =
                (alpha * (x - x2) + 2 * cos(w) * y1 - (1 - alpha) * y2) / (1 + alpha);
            x2 = x1, x1 = x, y2 = y1, y1 = y;
            band[i] = y;
        }
    }
}

/* What is left of the energy from every frame on (Schroeder's decay), in dB of all. */
static void energy_left(double *band)
{
    double left = 0;
    for (uint32_t i = FRAMES; i-- > 0;)
        band[i] = left += band[i] * band[i];
    for (uint32_t i = FRAMES; i-- > 0;)
        band[i] = 10 * log10(band[i] / left + 1e-12);
}

static double band[FRAMES];

/* The decay of an octave of noise around `argument` Hz that stops at 0 s. */
static void decay(const Plot *plot, const Series *series, Trace *trace)
{
    octave(series, plot->argument, band);
    energy_left(band);
    const uint32_t step = (uint32_t)(plot->x_to * RATE / POINTS) + 1;
    for (uint32_t i = 0; i < FRAMES && i < plot->x_to * RATE; i += step)
        add(trace, (double)i / RATE, band[i]);
}

/* The time for 60 dB, from the way between -5 and -35 dB, octave by octave. */
static void decay_times(const Plot *plot, const Series *series, Trace *trace)
{
    for (double hz = plot->x_from; hz <= plot->x_to; hz *= M_SQRT2) {
        uint32_t from = 0, to = 0;
        octave(series, hz, band);
        energy_left(band);
        while (from < FRAMES && band[from] > -5)
            from++;
        while (to < FRAMES && band[to] > -35)
            to++;
        add(trace, hz, 2.0 * (to - from) / RATE);
    }
}

/* The response of the answer's nth piece of `argument` seconds (of a delay: repeat). */
static void repeats(const Plot *plot, const Series *series, Trace *trace)
{
    const uint32_t piece = (uint32_t)(plot->argument * RATE);
    const uint32_t at = series->nth * piece - piece / 2;
    for (uint32_t i = 0; i < FRAMES; i++)
        feed(series, i, i == 0);
    run(series, FRAMES);
    for (int k = 0; k <= 200; k++) {
        const double hz = plot->x_from * pow(plot->x_to / plot->x_from, k / 200.0);
        double _Complex sum = 0;
        for (uint32_t i = at; i < at + piece; i++)
            sum += heard(series, i) * cexp(-2 * M_PI * I * hz / RATE * i);
        add(trace, hz, decibel(cabs(sum)));
    }
}

/* The gain of steady tones of `argument` dB, by their frequency. */
static void tone_response(const Plot *plot, const Series *series, Trace *trace)
{
    const double peak = pow(10, plot->argument / 20);
    for (double hz = plot->x_from; hz <= plot->x_to; hz *= exp2(1 / 6.0)) {
        double in = 0, out = 0;
        for (uint32_t i = 0; i < RATE; i++)
            feed(series, i, peak * sin(2 * M_PI * hz * i / RATE));
        for (uint32_t i = RATE / 2; i < RATE * 3 / 4; i++)
            in += (double)rows[i][0] * (double)rows[i][0];
        run(series, RATE);
        for (uint32_t i = RATE / 2; i < RATE * 3 / 4; i++)
            out += heard(series, i) * heard(series, i);
        add(trace, hz, 10 * log10(out / in + 1e-12));
    }
}

/* What a click of one on the left becomes, over ms. */
static void click(const Plot *plot, const Series *series, Trace *trace)
{
    const uint32_t n = (uint32_t)(plot->x_to / 1000 * RATE), before = RATE / 1000;
    memset(rows, 0, RATE * sizeof *rows);
    rows[before][0] = 1;
    run(series, RATE);
    for (uint32_t i = 0; i < n && i < POINTS; i++)
        add(trace, 1000.0 * i / RATE, heard(series, i));
}

/* The gain of an analogue bell or shelf of 6 dB at `nth` Hz and q 0.7071, as the cookbook
 * has it before the bilinear transform. */
static void analogue(const Plot *plot, const Series *series, Trace *trace, bool shelf)
{
    const double a = pow(10, 6 / 40.0), q = M_SQRT1_2;
    for (int k = 0; k <= 400; k++) {
        const double hz = plot->x_from * pow(plot->x_to / plot->x_from, k / 400.0);
        const double _Complex s = I * hz / series->nth, r = sqrt(a) / q * s;
        const double _Complex bell = (s * s + s * a / q + 1) / (s * s + s / (a * q) + 1);
        const double _Complex high = a * (a * s * s + r + 1) / (s * s + r + a);
        add(trace, hz, decibel(cabs(shelf ? high : bell)));
    }
}

static void bells(const Plot *plot, const Series *series, Trace *trace)
{
    if (series->proc)
        response(plot, series, trace);
    else
        analogue(plot, series, trace, false);
}

static void shelves(const Plot *plot, const Series *series, Trace *trace)
{
    if (series->proc)
        response(plot, series, trace);
    else
        analogue(plot, series, trace, true);
}

/* A drum: noise that is struck every half second and dies away; the level in dB of every
 * 5 ms of it, over seconds. */
static void drum(const Plot *plot, const Series *series, Trace *trace)
{
    const uint32_t n = (uint32_t)(plot->x_to * RATE), step = RATE / 200;
    for (uint32_t i = 0; i < n; i++) {
        const double since = (double)(i % (RATE / 2)) / RATE;
        feed(series, i, 0.5 * exp(-since / plot->argument) * (2 * qm_rand(1, 1, i) - 1));
    }
    run(series, n);
    for (uint32_t i = 0; i + step <= n; i += step) {
        double power = 0;
        for (uint32_t k = i; k < i + step; k++)
            power += heard(series, k) * heard(series, k);
        add(trace, (double)i / RATE, 10 * log10(power / step + 1e-12));
    }
}

/* A shape of the LFO (the series' label) over two cycles. */
static void lfo_shape(const Plot *plot, const Series *series, Trace *trace)
{
    static const char *const names[] = QM_LFO_NAMES;
    for (uint32_t k = 0; k < POINTS; k++) {
        const double turns = k * plot->x_to / POINTS;
        const uint32_t cycle = (uint32_t)turns;
        for (int shape = 0; shape < QM_LFO_SHAPES; shape++)
            if (strcmp(names[shape], series->label) == 0)
                add(trace, turns,
                    qm_lfo_value((QmLfoShape)shape, (uint32_t)((turns - cycle) * 0x1p32),
                                 cycle, 7));
    }
}

#include "tests/plots/table.h"

/* ---- drawing --------------------------------------------------------------------- */

static bool log_x(const Plot *plot) { return plot->x_tick == 0; }

static const char *x_label(const Plot *plot)
{
    static const struct {
        Measure *measure;
        const char *label;
    } labels[] = {
        {static_curve, "input, dBFS"}, {gain_steps, "ms"},    {click, "ms"},
        {transfer, "input"},           {lfo_shape, "cycles"},
    };
    for (uint32_t i = 0; i < QM_COUNT(labels); i++)
        if (labels[i].measure == plot->measure)
            return labels[i].label;
    return log_x(plot) ? "Hz" : "s";
}

static void draw(const Plot *plot, const char *folder)
{
    static Trace traces[MOST_SERIES];
    SvgLine lines[MOST_SERIES];
    char path[4096];
    uint32_t n = 0;
    for (; n < MOST_SERIES && plot->series[n].label; n++) {
        traces[n].n = 0;
        plot->measure(plot, &plot->series[n], &traces[n]);
        lines[n] = (SvgLine){.label = plot->series[n].label,
                             .x = traces[n].x,
                             .y = traces[n].y,
                             .n = traces[n].n,
                             .stems = plot->measure == tone_spectrum};
    }
    const SvgPlot svg = {
        .title = plot->title,
        .x = {x_label(plot), plot->x_from, plot->x_to, plot->x_tick,
              log_x(plot) ? QM_SVG_LOG : QM_SVG_LINEAR},
        .y = {plot->y_label, plot->y_from, plot->y_to, plot->y_tick, QM_SVG_LINEAR},
        .lines = lines,
        .n_lines = n,
    };
    snprintf(path, sizeof path, "%s/%s.svg", folder, plot->name);
    if (!svg_write(path, &svg))
        fail("cannot write", path);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        fail("usage:", "plots FOLDER [NAME]");
    for (uint32_t i = 0; i < QM_COUNT(plots); i++)
        if (argc == 2 || strcmp(argv[2], plots[i].name) == 0)
            draw(&plots[i], argv[1]);
    return 0;
}
