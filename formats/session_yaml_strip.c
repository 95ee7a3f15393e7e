/* Strips: sources, buses and the master share one table; what a kind may not have is left
 * out of its schema, so that the walker refuses it. */
#include "formats/session_yaml_parts.h"

/* ---- output: 3-4 ---- */

static QmStatus read_output(QmReader *reader, const QmYamlNode *node,
                            const QmField *field, void *base, void *value)
{
    (void)field, (void)base;
    const char *text = node->kind == QM_YAML_SCALAR ? node->text : "";
    uint32_t channel[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        while (*text >= '0' && *text <= '9' && channel[i] <= QM_MAX_OUTPUTS) {
            channel[i] = 10 * channel[i] + (uint32_t)(*text++ - '0');
        }
        if (i == 0 && *text++ != '-') {
            return qm_reader_expected(reader, node, "a pair of outputs such as 3-4");
        }
    }
    if (*text != '\0' || channel[0] == 0 || channel[1] != channel[0] + 1 ||
        channel[1] > QM_MAX_OUTPUTS) {
        return qm_reader_expected(reader, node,
                                  "a pair of outputs such as 3-4, at most 63-64");
    }
    *(uint32_t *)value = channel[0];
    return QM_OK;
}

static void print_output(QmPrinter *printer, const QmField *field, const void *base,
                         const void *value)
{
    (void)field, (void)base;
    const uint32_t first = *(const uint32_t *)value;
    printer->scratch.length = 0;
    qm_text_printf(&printer->scratch, "%u-%u", first, first + 1);
    qm_printer_scratch(printer);
}

static void default_output(const QmField *field, void *value)
{
    (void)field;
    *(uint32_t *)value = 0;
}

static bool is_default_output(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)base;
    return *(const uint32_t *)value == 0;
}

static const QmFieldType field_output = {read_output, print_output, default_output,
                                         is_default_output};

/* ---- fader ---- */

/* The words for QmPanLaw, in dB at the centre, and for QmPanMode. */
static const char *const pan_law_names[] = {"0", "-3", "-4.5", "-6", NULL};
static const char *const pan_mode_names[] = {"balance", "stereo", NULL};
static const QmParam pan_law_row = {.name = "pan-law",
                                    .help = "level at the centre in dB",
                                    .kind = QM_PARAM_CHOICE,
                                    .choices = pan_law_names};
static const QmParam pan_mode_row = {.name = "pan-mode",
                                     .help = "weighs the channels, or moves them",
                                     .kind = QM_PARAM_CHOICE,
                                     .choices = pan_mode_names};
static const QmParam solo_row = {.name = "solo",
                                 .help = "mutes what is not soloed",
                                 .kind = QM_PARAM_SWITCH,
                                 .max = 1};
static const QmParam solo_safe_row = {.name = "solo-safe",
                                      .help = "never muted by a solo",
                                      .kind = QM_PARAM_SWITCH,
                                      .max = 1};

static const QmField fader_fields[] = {
    {.key = "gain",
     .type = &qm_field_number,
     .offset = offsetof(QmFader, gain_db),
     .row = &qm_fader_params[QM_FADER_GAIN]},
    {.key = "pan",
     .type = &qm_field_number,
     .offset = offsetof(QmFader, pan),
     .row = &qm_fader_params[QM_FADER_PAN]},
    {.key = "width",
     .type = &qm_field_number,
     .offset = offsetof(QmFader, width),
     .row = &qm_fader_params[QM_FADER_WIDTH]},
    {.key = "pan-law",
     .type = &qm_field_choice,
     .offset = offsetof(QmFader, pan_law),
     .row = &pan_law_row},
    {.key = "pan-mode",
     .type = &qm_field_choice,
     .offset = offsetof(QmFader, pan_mode),
     .row = &pan_mode_row},
    {.key = "mute",
     .type = &qm_field_switch,
     .offset = offsetof(QmFader, mute),
     .row = &qm_fader_params[QM_FADER_MUTE]},
    {.key = "solo",
     .type = &qm_field_switch,
     .offset = offsetof(QmFader, solo),
     .row = &solo_row},
    {.key = "solo-safe",
     .type = &qm_field_switch,
     .offset = offsetof(QmFader, solo_safe),
     .row = &solo_safe_row},
};
enum { SOLO = 6, SOLO_SAFE = 7 };
/* solo-safe is read in the fader and beside it, and printed beside it */
static const QmSchema fader_read = {"fader", fader_fields, QM_COUNT(fader_fields),
                                    sizeof(QmFader), 0};
static const QmSchema fader_print = {"fader", fader_fields, SOLO_SAFE, sizeof(QmFader),
                                     0};
static const QmSchema master_fader = {"fader", fader_fields, SOLO, sizeof(QmFader), 0};

static QmStatus read_fader(QmReader *reader, const QmYamlNode *node, const QmField *field,
                           void *base, void *value)
{
    (void)field;
    const QmStrip *strip = base;
    const bool master = strip->kind == QM_STRIP_MASTER;
    const QmPart part = {.schema = master ? &master_fader : &fader_read, .base = value};
    return qm_schema_read(reader, node, "fader", &part, 1);
}

static void print_fader(QmPrinter *printer, const QmField *field, const void *base,
                        const void *value)
{
    (void)field, (void)base;
    QmFader fader = *(const QmFader *)value;
    const QmPart part = {.schema = &fader_print, .base = &fader};
    qm_yaml_begin_map(&printer->yaml, true);
    qm_schema_print(printer, &part, 1);
    qm_yaml_end(&printer->yaml);
}

static void default_fader(const QmField *field, void *value)
{
    (void)field;
    qm_schema_defaults(&fader_read, value);
}

static bool is_default_fader(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)base;
    QmFader fader = *(const QmFader *)value;
    const QmPart part = {.schema = &fader_print, .base = &fader};
    return qm_schema_is_default(&part, 1);
}

static const QmFieldType field_fader = {read_fader, print_fader, default_fader,
                                        is_default_fader};

/* ---- gain-share: {attack: 10} ---- */

static QmPart share_part(QmShare *share)
{
    return (QmPart){.rows = qm_share_params,
                    .n_rows = QM_SHARE_PARAMS,
                    .values = share->params};
}

static QmStatus read_share(QmReader *reader, const QmYamlNode *node, const QmField *field,
                           void *base, void *value)
{
    (void)field, (void)base;
    QmShare *const share = value;
    const QmPart part = share_part(share);
    share->on = true;
    return qm_schema_read(reader, node, "gain-share", &part, 1);
}

static void print_share(QmPrinter *printer, const QmField *field, const void *base,
                        const void *value)
{
    (void)field, (void)base;
    QmShare share = *(const QmShare *)value;
    const QmPart part = share_part(&share);
    qm_yaml_begin_map(&printer->yaml, true);
    qm_schema_print(printer, &part, 1);
    qm_yaml_end(&printer->yaml);
}

static void default_share(const QmField *field, void *value)
{
    (void)field;
    QmShare *const share = value;
    share->on = false;
    for (uint32_t i = 0; i < QM_SHARE_PARAMS; i++) {
        share->params[i] = qm_share_params[i].def;
    }
}

static bool is_default_share(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)base;
    return !((const QmShare *)value)->on;
}

static const QmFieldType field_share = {read_share, print_share, default_share,
                                        is_default_share};

/* ---- sends ---- */

static const char *const tap_names[] = {"post", "pre", NULL};
static const QmParam tap_row = {.name = "tap",
                                .help = "after or before the fader",
                                .kind = QM_PARAM_CHOICE,
                                .choices = tap_names};

static const QmField send_fields[] = {
    {.key = "bus",
     .type = &qm_field_strip,
     .offset = offsetof(QmSend, bus),
     .required = true},
    {.key = "level",
     .type = &qm_field_number,
     .offset = offsetof(QmSend, level_db),
     .row = &qm_send_param},
    {.key = "tap",
     .type = &qm_field_choice,
     .offset = offsetof(QmSend, tap),
     .row = &tap_row},
};
static const QmSchema send_schema = {"send", send_fields, QM_COUNT(send_fields),
                                     sizeof(QmSend), offsetof(QmSend, place)};

/* ---- strips ---- */

/* What stands before the input, */
static const QmField head_fields[] = {
    {.key = "role", .type = &qm_field_text, .offset = offsetof(QmStrip, role)},
};
/* the chain that all strips have, */
static const QmField chain_fields[] = {
    {.key = "inserts", .type = &qm_field_inserts, .offset = offsetof(QmStrip, inserts)},
    {.key = "fader", .type = &field_fader, .offset = offsetof(QmStrip, fader)},
};
/* where it goes, */
static const QmField route_fields[] = {
    {.key = "to", .type = &qm_field_strip, .offset = offsetof(QmStrip, to)},
    {.key = "sends",
     .type = &qm_field_list,
     .offset = offsetof(QmStrip, sends),
     .items = &send_schema,
     .count_offset = offsetof(QmStrip, n_sends),
     .max_items = QM_MAX_SENDS},
    {.key = "weight",
     .type = &qm_field_number,
     .offset = offsetof(QmStrip, weight_db),
     .row = &qm_weight_param},
    {.key = "solo-safe",
     .type = &qm_field_switch,
     .offset = offsetof(QmStrip, fader.solo_safe),
     .row = &solo_safe_row},
};
/* what buses and the master have, */
static const QmField sum_fields[] = {
    {.key = "gain-share", .type = &field_share, .offset = offsetof(QmStrip, share)},
};
/* and what only a bus has. */
static const QmField bus_fields[] = {
    {.key = "output", .type = &field_output, .offset = offsetof(QmStrip, output)},
};

#define STRIP_SCHEMA(fields)                                                             \
    {                                                                                    \
        "strip", fields, QM_COUNT(fields), sizeof(QmStrip), 0                            \
    }
static const QmSchema head_schema = STRIP_SCHEMA(head_fields);
static const QmSchema chain_schema = STRIP_SCHEMA(chain_fields);
static const QmSchema route_schema = STRIP_SCHEMA(route_fields);
static const QmSchema sum_schema = STRIP_SCHEMA(sum_fields);
static const QmSchema bus_schema = STRIP_SCHEMA(bus_fields);

enum { MAX_PARTS = 4 };

/* The parts that a kind of strip has, in the order in which they are printed behind the
 * input. The master says how loud the mix is to be. */
static uint32_t parts_of(QmStrip *strip, QmMixWish *mix, QmPart parts[MAX_PARTS])
{
    uint32_t n = 0;
    parts[n++] = (QmPart){.schema = &chain_schema, .base = strip};
    if (strip->kind != QM_STRIP_MASTER) {
        parts[n++] = (QmPart){.schema = &route_schema, .base = strip};
    }
    if (strip->kind != QM_STRIP_SOURCE) {
        parts[n++] = (QmPart){.schema = &sum_schema, .base = strip};
    }
    if (strip->kind == QM_STRIP_BUS) {
        parts[n++] = (QmPart){.schema = &bus_schema, .base = strip};
    }
    if (strip->kind == QM_STRIP_MASTER) {
        parts[n++] = (QmPart){.schema = &qm_mix_target_schema, .base = mix};
    }
    return n;
}

static QmStatus check_solo_safe(QmReader *reader, const QmYamlNode *node)
{
    const QmYamlNode *fader = qm_yaml_get(node, "fader");
    const QmYamlNode *said = qm_yaml_get(node, "solo-safe");
    return fader && said && qm_yaml_get(fader, "solo-safe")
               ? QM_READER_FAIL(reader, said, "'solo-safe' is said in 'fader' already")
               : QM_OK;
}

static QmStatus read_source(QmSessionReader *self, const QmYamlNode *node, QmStrip *strip)
{
    const uint32_t room = qm_gen_count() + QM_INPUT_KEYS;
    const char **keys = QM_NEW_ARRAY(self->reader.arena, const char *, room);
    QmPart parts[MAX_PARTS + 2];
    if (!keys) {
        return qm_fail_memory(self->reader.diag);
    }
    uint32_t n = parts_of(strip, NULL, parts);
    parts[n++] = (QmPart){.schema = &head_schema, .base = strip};
    parts[n++] = (QmPart){.taken = keys, .n_taken = qm_input_keys(keys)};
    /* the input first: inserts are called by what it is not */
    const QmStatus status = qm_read_input(self, node, strip);
    return status == QM_OK ? qm_schema_read(&self->reader, node, "source", parts, n)
                           : status;
}

QmStatus qm_read_strip(QmSessionReader *self, const QmYamlNode *node, QmStrip *strip)
{
    static const char *const names[] = {"source", "bus", "master"};
    QmPart parts[MAX_PARTS];
    QmStatus status;
    if (strip->kind == QM_STRIP_SOURCE) {
        status = read_source(self, node, strip);
    } else {
        const uint32_t n = parts_of(strip, &self->session->mix, parts);
        status = qm_schema_read(&self->reader, node, names[strip->kind], parts, n);
    }
    if (status == QM_OK) {
        status = check_solo_safe(&self->reader, node);
    }
    if (strip->kind != QM_STRIP_MASTER && strip->to == QM_NONE && strip->output == 0) {
        strip->to = (uint16_t)(self->session->n_strips - 1);
    }
    return status;
}

/* A copy as it is printed: the master as destination is left out. */
static QmStrip as_printed(const QmSession *session, const QmStrip *strip)
{
    QmStrip shown = *strip;
    if (shown.to == session->n_strips - 1) {
        shown.to = QM_NONE;
    }
    return shown;
}

bool qm_strip_is_plain(const QmSession *session, const QmStrip *strip)
{
    QmStrip shown = as_printed(session, strip);
    QmMixWish mix = session->mix;
    QmPart parts[MAX_PARTS];
    const uint32_t n = parts_of(&shown, &mix, parts);
    return qm_schema_is_default(parts, n);
}

void qm_print_strip(QmPrinter *printer, const QmSession *session, const QmStrip *strip)
{
    QmStrip shown = as_printed(session, strip);
    const QmPart head = {.schema = &head_schema, .base = &shown};
    QmMixWish mix = session->mix;
    QmPart parts[MAX_PARTS];
    const uint32_t n = parts_of(&shown, &mix, parts);
    qm_yaml_begin_map(&printer->yaml, false);
    if (shown.kind == QM_STRIP_SOURCE) {
        qm_schema_print(printer, &head, 1);
        qm_print_input(printer, &shown.input);
    }
    qm_schema_print(printer, parts, n);
    qm_yaml_end(&printer->yaml);
}
