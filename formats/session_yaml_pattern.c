/* Patterns: a map of tracks, each a text of steps or a map that says how its steps are
 * made. */
#include "formats/session_yaml_parts.h"

#include "model/address.h"
#include "model/steps.h"
#include "model/position.h"

#include <string.h>

enum {
    DEFAULT_STEPS = 16,
    MAX_ALL_STEPS =
        1 << 22, /* so that a few bytes (`euclid: [1, 1024]`) cannot fill memory */
};

static const QmParam steps_row = {.name = "steps",
                                  .help = "length in steps",
                                  .kind = QM_PARAM_INTEGER,
                                  .min = 1,
                                  .max = QM_MAX_STEPS,
                                  .def = 0};
static const QmParam swing_row = {
    .name = "swing",
    .help = "where the second step of a pair falls, 50 straight",
    .unit = QM_UNIT_PERCENT,
    .min = 50,
    .max = 75,
    .def = 50};

/* ---- tracks ---- */

static const char *const track_keys[] = {"steps", "notes", "euclid", "nudge"};
enum { NUDGE = 3 };

static QmStatus read_steps(QmReader *reader, const QmYamlNode *node, QmTrack *track)
{
    char found;
    QmStatus status =
        qm_reader_kind(reader, node, QM_YAML_SCALAR, "steps such as X...x...");
    if (status != QM_OK) {
        return status;
    }
    track->kind = QM_TRACK_STEPS;
    status =
        qm_steps_parse(node->text, reader->arena, &track->steps, &track->n_steps, &found);
    if (status == QM_ERR_MEMORY) {
        return qm_fail_memory(reader->diag);
    }
    if (status == QM_OK) {
        return QM_OK;
    }
    return found == '\0'
               ? QM_READER_FAIL(reader, node, "expected from 1 to %d steps", QM_MAX_STEPS)
               : QM_READER_FAIL(reader, node, "a step is X, x or '.', found '%c'",
                                (unsigned char)found < 0x80 ? found : '?');
}

static QmStatus read_notes(QmReader *reader, const QmYamlNode *node, QmTrack *track)
{
    char found[QM_NOTE_TEXT];
    QmStatus status =
        qm_reader_kind(reader, node, QM_YAML_SCALAR, "notes such as C2 . Eb2 .");
    if (status != QM_OK) {
        return status;
    }
    track->kind = QM_TRACK_NOTES;
    status =
        qm_notes_parse(node->text, reader->arena, &track->steps, &track->n_steps, found);
    if (status == QM_ERR_MEMORY) {
        return qm_fail_memory(reader->diag);
    }
    if (status == QM_OK) {
        return QM_OK;
    }
    return found[0] == '\0'
               ? QM_READER_FAIL(reader, node, "expected from 1 to %d notes", QM_MAX_STEPS)
               : QM_READER_FAIL(reader, node,
                                "a note is such as C2, F#3, Bb1 or '.', found '%s'",
                                found);
}

static QmStatus read_euclid(QmReader *reader, const QmYamlNode *node, QmTrack *track)
{
    static const QmParam rows[3] = {
        {.name = "hits",
         .kind = QM_PARAM_INTEGER,
         .min = -QM_MAX_STEPS,
         .max = QM_MAX_STEPS},
        {.name = "steps", .kind = QM_PARAM_INTEGER, .min = 1, .max = QM_MAX_STEPS},
        {.name = "rotation",
         .kind = QM_PARAM_INTEGER,
         .min = -QM_MAX_STEPS,
         .max = QM_MAX_STEPS},
    };
    if (node->kind != QM_YAML_LIST || node->n < 2 || node->n > QM_COUNT(rows)) {
        return qm_reader_expected(reader, node,
                                  "[hits, steps] or [hits, steps, rotation]");
    }
    uint32_t i = 0;
    for (const QmYamlNode *item = node->first; item; item = item->next, i++) {
        double value;
        const QmStatus status = qm_reader_row(reader, item, &rows[i], &value);
        if (status != QM_OK) {
            return status;
        }
        track->euclid[i] = (int32_t)value;
    }
    const int32_t hits = track->euclid[0], steps = track->euclid[1];
    if (hits > steps || -hits > steps) {
        return QM_READER_FAIL(reader, node, "%d hits do not fit into %d steps",
                              hits < 0 ? -hits : hits, steps);
    }
    track->kind = QM_TRACK_EUCLID;
    track->n_steps = (uint32_t)steps;
    track->steps = QM_NEW_ARRAY(reader->arena, QmStep, track->n_steps);
    if (!track->steps) {
        return qm_fail_memory(reader->diag);
    }
    qm_euclid(hits, track->n_steps, track->euclid[2], track->steps);
    return QM_OK;
}

static QmStatus read_nudge(QmReader *reader, const QmYamlNode *node, QmTrack *track)
{
    const QmParam step_row = {.name = "step",
                              .kind = QM_PARAM_INTEGER,
                              .min = 1,
                              .max = track->n_steps};
    const QmField length = {.key = "nudge", .type = &qm_field_length, .negative = true};
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_MAP, "a map of steps");
    if (status != QM_OK) {
        return status;
    }
    track->nudge = QM_NEW_ARRAY(reader->arena, QmLength, track->n_steps);
    if (!track->nudge) {
        return qm_fail_memory(reader->diag);
    }
    for (uint32_t i = 0; i < track->n_steps; i++) {
        track->nudge[i] = (QmLength){.kind = QM_LEN_MS};
    }
    for (const QmYamlNode *item = node->first; status == QM_OK && item;
         item = item->next) {
        double step;
        const size_t mark = qm_reader_push(reader, item->key);
        status = qm_param_parse(&step_row, item->key, qm_reader_key_place(reader, item),
                                reader->path, reader->diag, &step);
        if (status == QM_OK) {
            status = length.type->read(reader, item, &length, NULL,
                                       &track->nudge[(uint32_t)step - 1]);
        }
        qm_reader_pop(reader, mark);
    }
    return status;
}

static QmStatus read_track_map(QmReader *reader, const QmYamlNode *node, QmTrack *track)
{
    static QmStatus (*const readers[])(QmReader *, const QmYamlNode *,
                                       QmTrack *) = {read_steps, read_notes, read_euclid};
    const QmPart part = {.taken = track_keys, .n_taken = QM_COUNT(track_keys)};
    QmStatus status = qm_schema_read(reader, node, "track", &part, 1);
    uint32_t made = 0;
    for (int i = 0; status == QM_OK && i < NUDGE; i++) {
        const QmYamlNode *value = qm_yaml_get(node, track_keys[i]);
        if (value && made++ == 0) {
            const size_t mark = qm_reader_push(reader, track_keys[i]);
            status = readers[i](reader, value, track);
            qm_reader_pop(reader, mark);
        }
    }
    if (status == QM_OK && made != 1) {
        return QM_READER_FAIL(reader, node, "a track has one of steps, notes and euclid");
    }
    const QmYamlNode *nudge = qm_yaml_get(node, track_keys[NUDGE]);
    if (status == QM_OK && nudge) {
        const size_t mark = qm_reader_push(reader, track_keys[NUDGE]);
        status = read_nudge(reader, nudge, track);
        qm_reader_pop(reader, mark);
    }
    return status;
}

static QmStatus read_track(QmReader *reader, const QmYamlNode *node, QmTrack *track)
{
    QmSessionReader *self = reader->context;
    track->place = qm_reader_key_place(reader, node);
    const uint32_t strip = qm_names_find(&self->strips, node->key);
    if (strip == QM_NAMES_NONE) {
        return qm_fail_unknown(reader->diag, track->place, reader->path, "strip",
                               node->key, self->strips.name, self->strips.n);
    }
    track->strip = (uint16_t)strip;
    const QmStatus status = node->kind == QM_YAML_MAP
                                ? read_track_map(reader, node, track)
                                : read_steps(reader, node, track);
    self->n_steps += track->n_steps;
    return status == QM_OK && self->n_steps > MAX_ALL_STEPS
               ? QM_READER_FAIL(reader, node,
                                "the patterns have more than %d steps together",
                                MAX_ALL_STEPS)
               : status;
}

static QmStatus read_tracks(QmReader *reader, const QmYamlNode *node,
                            const QmField *field, void *base, void *value)
{
    (void)field, (void)value;
    QmPattern *pattern = base;
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_MAP, "a map of tracks");
    if (status != QM_OK) {
        return status;
    }
    pattern->tracks = QM_NEW_ARRAY(reader->arena, QmTrack, node->n);
    if (!pattern->tracks) {
        return qm_fail_memory(reader->diag);
    }
    for (const QmYamlNode *item = node->first; status == QM_OK && item;
         item = item->next) {
        const size_t mark = qm_reader_push(reader, item->key);
        status = read_track(reader, item, &pattern->tracks[pattern->n_tracks++]);
        qm_reader_pop(reader, mark);
    }
    return status;
}

static void print_steps(QmPrinter *printer, const QmTrack *track)
{
    printer->scratch.length = 0;
    qm_steps_print(track->steps, track->n_steps, &printer->scratch);
    printer->yaml.text->failed |= printer->scratch.failed;
    if (!printer->scratch.failed) {
        qm_yaml_quoted(&printer->yaml, printer->scratch.data);
    }
}

static void print_notes(QmPrinter *printer, const QmTrack *track)
{
    printer->scratch.length = 0;
    qm_notes_print(track->steps, track->n_steps, &printer->scratch);
    printer->yaml.text->failed |= printer->scratch.failed;
    if (!printer->scratch.failed) {
        qm_yaml_quoted(&printer->yaml, printer->scratch.data);
    }
}

static void print_euclid(QmPrinter *printer, const QmTrack *track)
{
    qm_yaml_begin_list(&printer->yaml, true);
    for (uint32_t i = 0; i < (track->euclid[2] == 0 ? 2u : 3u); i++) {
        printer->scratch.length = 0;
        qm_text_printf(&printer->scratch, "%d", track->euclid[i]);
        qm_yaml_item(&printer->yaml);
        qm_printer_scratch(printer);
    }
    qm_yaml_end(&printer->yaml);
}

static bool is_nudged(const QmTrack *track)
{
    for (uint32_t i = 0; track->nudge && i < track->n_steps; i++) {
        if (!qm_length_zero(track->nudge[i])) {
            return true;
        }
    }
    return false;
}

static void print_nudge(QmPrinter *printer, const QmTrack *track)
{
    qm_yaml_key(&printer->yaml, track_keys[NUDGE]);
    qm_yaml_begin_map(&printer->yaml, true);
    for (uint32_t i = 0; i < track->n_steps; i++) {
        char number[QM_NUMBER_TEXT];
        if (qm_length_zero(track->nudge[i])) {
            continue;
        }
        qm_number_text(i + 1, number);
        qm_yaml_bare_key(&printer->yaml, number);
        printer->scratch.length = 0;
        qm_length_print(track->nudge[i], &printer->scratch);
        qm_printer_scratch(printer);
    }
    qm_yaml_end(&printer->yaml);
}

static void print_track(QmPrinter *printer, const QmTrack *track)
{
    static void (*const printers[])(QmPrinter *, const QmTrack *) = {
        [QM_TRACK_STEPS] = print_steps,
        [QM_TRACK_NOTES] = print_notes,
        [QM_TRACK_EUCLID] = print_euclid,
    };
    const QmSession *session = printer->context;
    qm_yaml_key(&printer->yaml, session->strips[track->strip].name);
    if (track->kind == QM_TRACK_STEPS && !is_nudged(track)) {
        print_steps(printer, track);
        return;
    }
    qm_yaml_begin_map(&printer->yaml, true);
    qm_yaml_key(&printer->yaml, track_keys[track->kind]);
    printers[track->kind](printer, track);
    if (is_nudged(track)) {
        print_nudge(printer, track);
    }
    qm_yaml_end(&printer->yaml);
}

static void print_tracks(QmPrinter *printer, const QmField *field, const void *base,
                         const void *value)
{
    (void)field, (void)value;
    const QmPattern *pattern = base;
    qm_yaml_begin_map(&printer->yaml, false);
    for (uint32_t i = 0; i < pattern->n_tracks; i++) {
        print_track(printer, &pattern->tracks[i]);
    }
    qm_yaml_end(&printer->yaml);
}

static void default_tracks(const QmField *field, void *value)
{
    (void)field;
    *(QmTrack **)value = NULL;
}

static bool is_default_tracks(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)value;
    return ((const QmPattern *)base)->n_tracks == 0;
}

static const QmFieldType field_tracks = {read_tracks, print_tracks, default_tracks,
                                         is_default_tracks};

/* ---- patterns ---- */

static const QmField pattern_fields[] = {
    {.key = "steps",
     .type = &qm_field_whole,
     .offset = offsetof(QmPattern, n_steps),
     .row = &steps_row},
    {.key = "step",
     .type = &qm_field_length,
     .offset = offsetof(QmPattern, step),
     .def = "1/16"},
    {.key = "swing",
     .type = &qm_field_number,
     .offset = offsetof(QmPattern, swing),
     .row = &swing_row},
    {.key = "tracks", .type = &field_tracks, .offset = offsetof(QmPattern, tracks)},
};
static const QmSchema pattern_schema = {"pattern", pattern_fields,
                                        QM_COUNT(pattern_fields), sizeof(QmPattern), 0};

/* A pattern that does not say its length is as long as its longest track. */
static void settle_length(QmPattern *pattern)
{
    uint32_t longest = 0;
    for (uint32_t i = 0; i < pattern->n_tracks; i++) {
        const uint32_t n = pattern->tracks[i].n_steps;
        longest = n > longest ? n : longest;
    }
    if (pattern->n_steps == 0) {
        pattern->n_steps = longest == 0 ? DEFAULT_STEPS : longest;
    }
}

static QmStatus read_pattern(QmSessionReader *self, const QmYamlNode *node,
                             QmPattern *pattern)
{
    const QmPart part = {.schema = &pattern_schema, .base = pattern};
    qm_schema_defaults(&pattern_schema, pattern);
    pattern->name = node->key;
    pattern->place = qm_reader_key_place(&self->reader, node);
    const QmStatus status = qm_schema_read(&self->reader, node, "pattern", &part, 1);
    if (status != QM_OK) {
        return status;
    }
    if (pattern->step.kind != QM_LEN_NOTE) {
        const size_t mark = qm_reader_push(&self->reader, "step");
        const QmStatus wrong =
            qm_reader_expected(&self->reader, qm_yaml_get(node, "step"),
                               "a note's length such as 1/16");
        qm_reader_pop(&self->reader, mark);
        return wrong;
    }
    settle_length(pattern);
    return QM_OK;
}

QmStatus qm_read_patterns(QmSessionReader *self, const QmYamlNode *patterns)
{
    QmSession *session = self->session;
    QmStatus status = QM_OK;
    if (!patterns) {
        return QM_OK;
    }
    session->patterns = QM_NEW_ARRAY(self->reader.arena, QmPattern, patterns->n);
    if (!session->patterns) {
        return qm_fail_memory(self->reader.diag);
    }
    const size_t mark = qm_reader_push(&self->reader, "patterns");
    for (const QmYamlNode *node = patterns->first; status == QM_OK && node;
         node = node->next) {
        const size_t inner = qm_reader_push(&self->reader, node->key);
        status = read_pattern(self, node, &session->patterns[session->n_patterns++]);
        qm_reader_pop(&self->reader, inner);
    }
    qm_reader_pop(&self->reader, mark);
    return status;
}

void qm_print_patterns(QmPrinter *printer, const QmSession *session)
{
    qm_yaml_begin_map(&printer->yaml, false);
    for (uint32_t i = 0; i < session->n_patterns; i++) {
        QmPattern pattern = session->patterns[i];
        const QmPart part = {.schema = &pattern_schema, .base = &pattern};
        qm_yaml_key(&printer->yaml, pattern.name);
        qm_yaml_begin_map(&printer->yaml, false);
        qm_schema_print(printer, &part, 1);
        qm_yaml_end(&printer->yaml);
    }
    qm_yaml_end(&printer->yaml);
}
