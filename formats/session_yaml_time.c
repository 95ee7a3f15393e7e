/* What stands on the song's time line: tempo, meter, automation, arrangement. */
#include "formats/session_yaml_parts.h"

#include "model/address.h"
#include "model/position.h"

#include <string.h>

enum { MAX_CHANGES = 65536, MAX_POINTS = 1 << 20, MAX_PLACEMENTS = 1 << 20 };

static bool is_start(QmPosition at)
{
    return at.kind == QM_POS_BARS && at.bar == 1 && at.beat == 1 && at.sixteenth == 1;
}

/* ---- tempo: 126, or a list ---- */

static const QmParam ramp_row = {
    .name = "ramp",
    .help = "is reached in a straight line from the entry before",
    .kind = QM_PARAM_SWITCH,
    .max = 1};

static const QmField tempo_fields[] = {
    {.key = "at",
     .type = &qm_field_position,
     .offset = offsetof(QmTempo, at),
     .required = true},
    {.key = "bpm",
     .type = &qm_field_number,
     .offset = offsetof(QmTempo, bpm),
     .row = &qm_tempo_param,
     .required = true},
    {.key = "ramp",
     .type = &qm_field_switch,
     .offset = offsetof(QmTempo, ramp),
     .row = &ramp_row},
};
static const QmSchema tempo_schema = {"tempo", tempo_fields, QM_COUNT(tempo_fields),
                                      sizeof(QmTempo), offsetof(QmTempo, place)};
static const QmField tempo_list = {
    .key = "tempo",
    .type = &qm_field_list,
    .offset = offsetof(QmSession, tempo),
    .items = &tempo_schema,
    .count_offset = offsetof(QmSession, n_tempo),
    .max_items = MAX_CHANGES,
};

/* A list of at least one entry, the first at 1. */
static QmStatus read_changes(QmReader *reader, const QmYamlNode *node,
                             const QmField *list, QmSession *session, void *value)
{
    if (node->n == 0) {
        return QM_READER_FAIL(reader, node, "expected at least one entry, found none");
    }
    QmStatus status = list->type->read(reader, node, list, session, value);
    QmPosition first = {0}; /* entries begin with their position */
    if (status == QM_OK) {
        const char *entries;
        memcpy(&entries, value, sizeof entries);
        memcpy(&first, entries, sizeof first);
    }
    return status != QM_OK || is_start(first)
               ? status
               : QM_READER_FAIL(reader, node->first, "the first entry must be at 1");
}

static QmStatus read_tempo(QmReader *reader, const QmYamlNode *node, const QmField *field,
                           void *base, void *value)
{
    (void)field, (void)value;
    QmSession *session = base;
    if (node->kind == QM_YAML_LIST) {
        return read_changes(reader, node, &tempo_list, session, &session->tempo);
    }
    return qm_reader_row(reader, node, &qm_tempo_param, &session->tempo[0].bpm);
}

static bool is_one_tempo(const QmSession *session)
{
    return session->n_tempo == 1 && !session->tempo[0].ramp;
}

static void print_tempo(QmPrinter *printer, const QmField *field, const void *base,
                        const void *value)
{
    (void)field, (void)value;
    const QmSession *session = base;
    if (is_one_tempo(session)) {
        qm_printer_row(printer, &qm_tempo_param, session->tempo[0].bpm);
    } else {
        tempo_list.type->print(printer, &tempo_list, session, &session->tempo);
    }
}

static void default_header(const QmField *field, void *value)
{
    (void)field, (void)value; /* qm_session_new has set it */
}

static bool is_default_tempo(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)value;
    const QmSession *session = base;
    return is_one_tempo(session) && session->tempo[0].bpm == qm_tempo_param.def;
}

const QmFieldType qm_field_tempo = {read_tempo, print_tempo, default_header,
                                    is_default_tempo};

/* ---- meter: 3/4, or a list ---- */

static bool parse_meter(const char *text, QmTimeSignature *meter)
{
    int32_t number[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        if (*text < '1' || *text > '9') {
            return false;
        }
        while (*text >= '0' && *text <= '9' && number[i] <= 64) {
            number[i] = 10 * number[i] + (*text++ - '0');
        }
        if (i == 0 && *text++ != '/') {
            return false;
        }
    }
    const bool power = (number[1] & (number[1] - 1)) == 0;
    if (*text != '\0' || number[0] > 64 || number[1] > 32 || !power) {
        return false;
    }
    meter->beats = number[0];
    meter->unit = number[1];
    return true;
}

static QmStatus read_meter_text(QmReader *reader, const QmYamlNode *node,
                                const QmField *field, void *base, void *value)
{
    (void)field, (void)value;
    if (node->kind == QM_YAML_SCALAR && parse_meter(node->text, base)) {
        return QM_OK;
    }
    return qm_reader_expected(reader, node, "a meter such as 4/4 or 7/8");
}

static void print_meter_text(QmPrinter *printer, const QmField *field, const void *base,
                             const void *value)
{
    (void)field, (void)value;
    const QmTimeSignature *meter = base;
    printer->scratch.length = 0;
    qm_text_printf(&printer->scratch, "%d/%d", meter->beats, meter->unit);
    qm_printer_scratch(printer);
}

static bool is_never_default(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)base, (void)value;
    return false;
}

static const QmFieldType field_meter_text = {read_meter_text, print_meter_text,
                                             default_header, is_never_default};

static const QmField meter_fields[] = {
    {.key = "at",
     .type = &qm_field_position,
     .offset = offsetof(QmTimeSignature, at),
     .required = true},
    {.key = "meter", .type = &field_meter_text, .required = true},
};
static const QmSchema meter_schema = {"meter", meter_fields, QM_COUNT(meter_fields),
                                      sizeof(QmTimeSignature),
                                      offsetof(QmTimeSignature, place)};
static const QmField meter_list = {
    .key = "meter",
    .type = &qm_field_list,
    .offset = offsetof(QmSession, meter),
    .items = &meter_schema,
    .count_offset = offsetof(QmSession, n_meter),
    .max_items = MAX_CHANGES,
};

static QmStatus read_meter(QmReader *reader, const QmYamlNode *node, const QmField *field,
                           void *base, void *value)
{
    (void)value;
    QmSession *session = base;
    if (node->kind == QM_YAML_LIST) {
        return read_changes(reader, node, &meter_list, session, &session->meter);
    }
    return read_meter_text(reader, node, field, &session->meter[0], NULL);
}

static void print_meter(QmPrinter *printer, const QmField *field, const void *base,
                        const void *value)
{
    (void)value;
    const QmSession *session = base;
    if (session->n_meter == 1) {
        print_meter_text(printer, field, &session->meter[0], NULL);
    } else {
        meter_list.type->print(printer, &meter_list, session, &session->meter);
    }
}

static bool is_default_meter(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)value;
    const QmSession *session = base;
    return session->n_meter == 1 && session->meter[0].beats == 4 &&
           session->meter[0].unit == 4;
}

const QmFieldType qm_field_meter = {read_meter, print_meter, default_header,
                                    is_default_meter};

/* ---- automation ---- */

static const QmField point_fields[] = {
    {.key = "at",
     .type = &qm_field_position,
     .offset = offsetof(QmPoint, at),
     .required = true},
};
static const QmSchema point_schema = {"point", point_fields, QM_COUNT(point_fields),
                                      sizeof(QmPoint), 0};
/* its values depend on the lane's row */
static const char *const point_keys[] = {"value", "curve"};

static QmStatus read_value(QmReader *reader, const QmYamlNode *node, const QmParam *row,
                           double *value)
{
    const size_t mark = qm_reader_push(reader, node->key);
    const QmStatus status = qm_reader_row(reader, node, row, value);
    qm_reader_pop(reader, mark);
    return status;
}

static QmStatus read_point(QmReader *reader, const QmYamlNode *node, const QmParam *row,
                           QmPoint *point)
{
    const QmPart parts[] = {
        {.schema = &point_schema, .base = point},
        {.taken = point_keys, .n_taken = QM_COUNT(point_keys)},
    };
    QmStatus status = qm_schema_read(reader, node, "point", parts, QM_COUNT(parts));
    const QmYamlNode *value = qm_yaml_get(node, "value"),
                     *curve = qm_yaml_get(node, "curve");
    if (status == QM_OK && !value) {
        status = QM_READER_FAIL(reader, node, "'value' is missing");
    }
    if (status == QM_OK) {
        status = read_value(reader, value, row, &point->value);
    }
    double choice = qm_usual_curve(row);
    if (status == QM_OK && curve) {
        status = read_value(reader, curve, &qm_curve_param, &choice);
    }
    point->curve = (QmCurve)choice;
    if (status == QM_OK && row->kind != QM_PARAM_NUMBER &&
        point->curve != QM_CURVE_HOLD) {
        status =
            QM_READER_FAIL(reader, curve, "'%s' can only jump (curve: hold)", row->name);
    }
    return status;
}

static QmStatus read_lane(QmSessionReader *self, const QmYamlNode *node, QmLane *lane)
{
    QmReader *reader = &self->reader;
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_LIST, "a list of points");
    if (status == QM_OK && (node->n == 0 || node->n > MAX_POINTS)) {
        status = QM_READER_FAIL(reader, node, "expected from 1 to %d points, found %u",
                                MAX_POINTS, node->n);
    }
    if (status != QM_OK) {
        return status;
    }
    const QmParam *row = qm_address_param(self->session, lane->target);
    lane->points = QM_NEW_ARRAY(reader->arena, QmPoint, node->n);
    if (!lane->points) {
        return qm_fail_memory(reader->diag);
    }
    lane->n_points = node->n;
    uint32_t i = 0;
    for (const QmYamlNode *item = node->first; status == QM_OK && item;
         item = item->next) {
        const size_t mark = qm_reader_push_item(reader, i + 1);
        status = read_point(reader, item, row, &lane->points[i++]);
        qm_reader_pop(reader, mark);
    }
    return status;
}

QmStatus qm_read_automation(QmSessionReader *self, const QmYamlNode *automation)
{
    QmStatus status = QM_OK;
    if (!automation) {
        return QM_OK;
    }
    self->session->lanes = QM_NEW_ARRAY(self->reader.arena, QmLane, automation->n);
    if (!self->session->lanes) {
        return qm_fail_memory(self->reader.diag);
    }
    const size_t mark = qm_reader_push(&self->reader, "automation");
    for (const QmYamlNode *node = automation->first; status == QM_OK && node;
         node = node->next) {
        QmLane *lane = &self->session->lanes[self->session->n_lanes++];
        lane->place = qm_reader_key_place(&self->reader, node);
        status = qm_address_parse(self->session, node->key, lane->place,
                                  self->reader.diag, &lane->target);
        const size_t inner = qm_reader_push(&self->reader, node->key);
        if (status == QM_OK) {
            status = read_lane(self, node, lane);
        }
        qm_reader_pop(&self->reader, inner);
    }
    qm_reader_pop(&self->reader, mark);
    return status;
}

static void print_point(QmPrinter *printer, const QmParam *row, const QmPoint *point)
{
    QmPoint shown = *point;
    const QmPart part = {.schema = &point_schema, .base = &shown};
    qm_yaml_begin_map(&printer->yaml, true);
    qm_schema_print(printer, &part, 1);
    qm_yaml_key(&printer->yaml, "value");
    qm_printer_row(printer, row, point->value);
    if (point->curve != qm_usual_curve(row)) {
        qm_yaml_key(&printer->yaml, "curve");
        qm_printer_row(printer, &qm_curve_param, point->curve);
    }
    qm_yaml_end(&printer->yaml);
}

void qm_print_automation(QmPrinter *printer, const QmSession *session)
{
    qm_yaml_begin_map(&printer->yaml, false);
    for (uint32_t i = 0; i < session->n_lanes; i++) {
        const QmLane *lane = &session->lanes[i];
        const QmParam *row = qm_address_param(session, lane->target);
        printer->scratch.length = 0;
        qm_address_print(session, lane->target, &printer->scratch);
        if (printer->scratch.failed) {
            printer->yaml.text->failed = true;
            return;
        }
        qm_yaml_key(&printer->yaml, printer->scratch.data);
        qm_yaml_begin_list(&printer->yaml, false);
        for (uint32_t k = 0; k < lane->n_points; k++) {
            qm_yaml_item(&printer->yaml);
            print_point(printer, row, &lane->points[k]);
        }
        qm_yaml_end(&printer->yaml);
    }
    qm_yaml_end(&printer->yaml);
}

/* ---- arrangement ---- */

static const QmField placement_fields[] = {
    {.key = "at",
     .type = &qm_field_position,
     .offset = offsetof(QmPlacement, at),
     .required = true},
    {.key = "pattern",
     .type = &qm_field_pattern,
     .offset = offsetof(QmPlacement, pattern),
     .required = true},
    {.key = "for",
     .type = &qm_field_length,
     .offset = offsetof(QmPlacement, length),
     .def = "0 bars"},
};
static const QmSchema placement_schema = {"arrangement", placement_fields,
                                          QM_COUNT(placement_fields), sizeof(QmPlacement),
                                          offsetof(QmPlacement, place)};
const QmField qm_arrangement_field = {
    .key = "arrangement",
    .type = &qm_field_list,
    .offset = offsetof(QmSession, placements),
    .items = &placement_schema,
    .count_offset = offsetof(QmSession, n_placements),
    .max_items = MAX_PLACEMENTS,
};
