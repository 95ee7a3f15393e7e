/* The louder of two mixes sounds better whatever else it is, so both are brought to the
 * integrated loudness of the softer one (never up: nothing can clip by it).
 *
 * The next mix fades in over the last FADE_S before the beat, so that the downbeat is all
 * its own. Both are the same song at the same place, mostly alike, so gains that add up
 * to 1 keep the level. */
#include "cmd/mixes_compare.h"

#include "base/qmath.h"
#include "base/text.h"
#include "cmd/inputs.h"
#include "cmd/mixes_diff.h"
#include "formats/audio_write.h"

#include <stdio.h>

enum { PIECE = 4096 /* frames at a time */ };

#define FADE_S 0.008 /* too short to be heard as one, long enough not to click */

/* ---- plan ---- */

static bool same_tempo(const QmSession *a, const QmSession *b)
{
    if (a->n_tempo != b->n_tempo || a->n_meter != b->n_meter)
        return false;
    for (uint32_t i = 0; i < a->n_tempo; i++)
        if (a->tempo[i].bpm != b->tempo[i].bpm || a->tempo[i].ramp != b->tempo[i].ramp)
            return false;
    return true;
}

static QmStatus check(const MixesCompare *compare, QmDiag *diag)
{
    const MixTake *const a = compare->takes[0], *const b = compare->takes[1];
    if (a->rate != b->rate || a->spool.width != b->spool.width)
        return qm_fail_plain(diag, QM_ERR_INPUT,
                             "'%s' and '%s' have different rates or outputs",
                             compare->names[0], compare->names[1]);
    if (!same_tempo(a->render.loaded.session, b->render.loaded.session))
        qm_warn(diag, (QmPlace){0}, NULL,
                "the tempo of '%s' is another: bars are those of '%s'", compare->names[1],
                compare->names[0]);
    return QM_OK;
}

static void match(MixesCompare *compare)
{
    const QmMeasured a = compare->takes[0]->lufs, b = compare->takes[1]->lufs;
    const double softer = a.value < b.value ? a.value : b.value;
    const bool measured = !a.why && !b.why; /* silence is not matched */
    compare->gain_db[0] = measured ? softer - a.value : 0;
    compare->gain_db[1] = measured ? softer - b.value : 0;
}

static int64_t bar_frame(const MixesCompare *compare, int32_t bar)
{
    const QmPosition at = {.kind = QM_POS_BARS, .bar = bar, .beat = 1, .sixteenth = 1};
    return qm_clock_frame(compare->takes[0]->render.loaded.clock, at);
}

QmStatus mixes_compare_plan(MixesCompare *compare, QmArena *arena, QmDiag *diag)
{
    const int64_t a = compare->takes[0]->spool.frames,
                  b = compare->takes[1]->spool.frames;
    const QmStatus status = check(compare, diag);
    if (status != QM_OK)
        return status;
    match(compare);
    compare->frames = a > b ? a : b;
    const QmClock *const clock = compare->takes[0]->render.loaded.clock;
    const int32_t end =
        qm_clock_position(clock, qm_clock_tick_of_frame(clock, compare->frames - 1)).bar;
    bool second = false;
    for (int32_t bar = 1; bar_frame(compare, bar) < compare->frames; bar += MIXES_BARS) {
        MixesTurn *const turn = qm_list_add(&compare->turns, sizeof *turn, arena);
        const int64_t to = bar_frame(compare, bar + MIXES_BARS);
        if (!turn)
            return qm_fail_memory(diag);
        *turn =
            (MixesTurn){.from = bar_frame(compare, bar),
                        .to = to < compare->frames ? to : compare->frames,
                        .bar = bar,
                        .last_bar = end < bar + MIXES_BARS ? end : bar + MIXES_BARS - 1,
                        .second = second};
        second = !second;
    }
    return QM_OK;
}

/* ---- audio ---- */

typedef struct Writer {
    const MixesCompare *compare;
    QmSink *sink;
    float *in[2], *out; /* [PIECE][width] */
    uint32_t width;
    int64_t fade; /* frames */
    float gain[2];
} Writer;

/* Reads a piece; behind the end is silence. */
static void fetch(const Writer *writer, int side, int64_t frame, uint32_t n)
{
    const QmSpool *const spool = &writer->compare->takes[side]->spool;
    const int64_t left = spool->frames - frame;
    const uint32_t there = left <= 0 ? 0 : left < n ? (uint32_t)left : n;
    const uint32_t got = qm_spool_read(spool, frame, there, writer->in[side]);
    for (size_t i = (size_t)got * writer->width; i < (size_t)n * writer->width; i++)
        writer->in[side][i] = 0;
}

/* The part of the next mix at a frame of a turn that ends at `to`. */
static float part_of_next(const Writer *writer, int64_t to, int64_t frame)
{
    const int64_t begin = to - writer->fade;
    return frame <= begin ? 0 : (float)(frame - begin) / (float)writer->fade;
}

static QmStatus write_turn(const Writer *writer, const MixesTurn *turn, bool last,
                           QmDiag *diag)
{
    const int now = turn->second, next = !turn->second;
    for (int64_t frame = turn->from; frame < turn->to;) {
        const int64_t left = turn->to - frame;
        const uint32_t n = left < PIECE ? (uint32_t)left : PIECE;
        fetch(writer, 0, frame, n);
        fetch(writer, 1, frame, n);
        for (uint32_t i = 0; i < n; i++) {
            const float part = last ? 0 : part_of_next(writer, turn->to, frame + i);
            for (uint32_t c = i * writer->width; c < (i + 1) * writer->width; c++)
                writer->out[c] = (1 - part) * writer->gain[now] * writer->in[now][c] +
                                 part * writer->gain[next] * writer->in[next][c];
        }
        const QmStatus status =
            writer->sink->write(writer->sink->self, frame, writer->out, n, diag);
        if (status != QM_OK)
            return status;
        frame += n;
    }
    return QM_OK;
}

static QmStatus write_all(Writer *writer, QmArena *arena, QmDiag *diag)
{
    const MixesCompare *const compare = writer->compare;
    const size_t room = (size_t)PIECE * writer->width;
    writer->in[0] = QM_NEW_ARRAY(arena, float, room);
    writer->in[1] = QM_NEW_ARRAY(arena, float, room);
    writer->out = QM_NEW_ARRAY(arena, float, room);
    if (!writer->in[0] || !writer->in[1] || !writer->out)
        return qm_fail_memory(diag);
    QmStatus status = QM_OK;
    for (size_t i = 0; i < compare->turns.count && status == QM_OK; i++)
        status = write_turn(writer, (const MixesTurn *)compare->turns.items + i,
                            i + 1 == compare->turns.count, diag);
    return status == QM_OK ? writer->sink->finish(writer->sink->self, diag) : status;
}

QmStatus mixes_compare_write(const MixesCompare *compare, const char *output,
                             QmArena *arena, QmDiag *diag)
{
    const MixTake *const take = compare->takes[0];
    QmSink sink;
    QmStatus status = QM_OK;
    for (int side = 0; side < 2 && status == QM_OK; side++)
        status = inputs_keep(&compare->takes[side]->render.loaded, output, diag);
    const QmAudioFormat format = {take->rate, take->spool.width, QM_BITS_24,
                                  QM_DITHER_AUTO, 0};
    if (status == QM_OK)
        status = qm_audio_sink_open(output, &format, arena, diag, &sink);
    if (status != QM_OK)
        return status;
    Writer writer = {.compare = compare,
                     .sink = &sink,
                     .width = take->spool.width,
                     .fade = (int64_t)(FADE_S * take->rate),
                     .gain = {(float)qm_db_to_gain(compare->gain_db[0]),
                              (float)qm_db_to_gain(compare->gain_db[1])}};
    status = write_all(&writer, arena, diag);
    sink.close(sink.self);
    return status;
}

/* ---- the report ---- */

static void print_level(QmMeasured level, const char *unit)
{
    char number[QM_NUMBER_TEXT];
    qm_fixed_text(level.value, 2, number);
    printf("  %7s %s", level.why ? "-" : number, unit);
}

/* "1:23.456" */
static void print_time(double seconds)
{
    char number[QM_NUMBER_TEXT];
    const int minutes = (int)(seconds / 60);
    const double rest = seconds - 60.0 * minutes;
    qm_fixed_text(rest, 3, number);
    printf("%3d:%s%s", minutes, rest < 9.9995 ? "0" : "", number);
}

void mixes_compare_print(const MixesCompare *compare, const QmMixDiff *diff)
{
    const MixesTurn *const turns = compare->turns.items;
    for (int side = 0; side < 2; side++) {
        printf("%c  ", 'A' + side);
        cli_print_name(compare->names[side]);
        print_level(compare->takes[side]->lufs, "LUFS");
        print_level(compare->takes[side]->true_peak, "dBTP");
        print_level(qm_measured(compare->gain_db[side]), "dB of gain");
        printf("\n");
    }
    printf("\n");
    for (size_t i = 0; i < compare->turns.count; i++) {
        print_time((double)turns[i].from / compare->takes[0]->rate);
        printf(" ");
        print_time((double)turns[i].to / compare->takes[0]->rate);
        printf("   bars %3d to %3d   %c  ", turns[i].bar, turns[i].last_bar,
               turns[i].second ? 'B' : 'A');
        cli_print_name(compare->names[turns[i].second]);
        printf("\n");
    }
    printf("\nfrom A to B:\n");
    mixes_diff_print(diff);
}

static json_t *rounded(double value, int decimals)
{
    char number[QM_NUMBER_TEXT];
    double read = 0;
    qm_fixed_text(value, decimals, number);
    qm_number_parse(number, &read);
    return json_real(read);
}

static json_t *measured(QmMeasured value)
{
    return value.why ? json_null() : rounded(value.value, 2);
}

QmStatus mixes_compare_json(const MixesCompare *compare, const char *output,
                            const QmMixDiff *difference, QmDiag *diag)
{
    const MixesTurn *const turns = compare->turns.items;
    CliJson json = {0};
    cli_json_open(&json, '{');
    cli_json_set(&json, "file", cli_json_text(output));
    cli_json_key(&json, "mixes");
    cli_json_open(&json, '[');
    for (int side = 0; side < 2; side++) {
        cli_json_open(&json, '{');
        cli_json_set(&json, "name", cli_json_text(compare->names[side]));
        cli_json_set(&json, "lufs", measured(compare->takes[side]->lufs));
        cli_json_set(&json, "true_peak", measured(compare->takes[side]->true_peak));
        cli_json_set(&json, "gain", rounded(compare->gain_db[side], 2));
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, ']');
    cli_json_key(&json, "turns");
    cli_json_open(&json, '[');
    for (size_t i = 0; i < compare->turns.count; i++) {
        const double rate = compare->takes[0]->rate;
        cli_json_open(&json, '{');
        cli_json_set(&json, "from", rounded((double)turns[i].from / rate, 3));
        cli_json_set(&json, "to", rounded((double)turns[i].to / rate, 3));
        cli_json_set(&json, "bar", json_integer(turns[i].bar));
        cli_json_set(&json, "mix", cli_json_text(compare->names[turns[i].second]));
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, ']');
    mixes_diff_json(&json, difference);
    cli_json_close(&json, '}');
    return cli_json_end(&json, diag);
}
