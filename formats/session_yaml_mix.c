/* How a session is to be mixed:
 *
 *   mix: {template: edm, overrides: {bass.fader.gain: -4, lead.eq: off}}
 *   master: {target: spotify}       # or {lufs: -14, ceiling: -1}
 *
 * Only its form is looked at here: what templates, targets and addresses there are is
 * for who mixes to know (a rule's name is an address there). The target is the master's
 * and may be said in `mix` as well, once in all. */
#include "formats/session_yaml_parts.h"

#include <string.h>

/* ---- target ---- */

static const QmParam lufs_row = {.name = "lufs",
                                 .help = "integrated loudness",
                                 .unit = QM_UNIT_LUFS,
                                 .min = -70,
                                 .max = 0,
                                 .def = -14};
static const QmParam ceiling_row = {.name = "ceiling",
                                    .help = "true peak, dBTP",
                                    .unit = QM_UNIT_DB,
                                    .min = -20,
                                    .max = 0,
                                    .def = -1};

static const QmField level_fields[] = {
    {.key = "lufs",
     .type = &qm_field_number,
     .offset = offsetof(QmMixWish, lufs),
     .row = &lufs_row,
     .required = true},
    {.key = "ceiling",
     .type = &qm_field_number,
     .offset = offsetof(QmMixWish, ceiling),
     .row = &ceiling_row},
};
static const QmSchema level_schema = {"target", level_fields, QM_COUNT(level_fields),
                                      sizeof(QmMixWish), 0};

static QmStatus read_target(QmReader *reader, const QmYamlNode *node,
                            const QmField *field, void *base, void *value)
{
    (void)field, (void)value;
    QmMixWish *mix = base;
    const QmPart part = {.schema = &level_schema, .base = mix};
    if (mix->target || mix->has_lufs) {
        return QM_READER_FAIL(reader, node, "the target is said in line %u already",
                              mix->target_place.line);
    }
    mix->target_place = qm_reader_place(reader, node);
    if (node->kind == QM_YAML_MAP) {
        mix->has_lufs = true;
        qm_schema_defaults(&level_schema, mix);
        return qm_schema_read(reader, node, "target", &part, 1);
    }
    if (node->kind != QM_YAML_SCALAR || node->text[0] == '\0') {
        return qm_reader_expected(reader, node, "a target's name, a loudness, or a map");
    }
    mix->target = node->text;
    return QM_OK;
}

static void print_target(QmPrinter *printer, const QmField *field, const void *base,
                         const void *value)
{
    (void)field, (void)value;
    QmMixWish mix = *(const QmMixWish *)base;
    const QmPart part = {.schema = &level_schema, .base = &mix};
    if (mix.target) {
        qm_yaml_text(&printer->yaml, mix.target);
        return;
    }
    qm_yaml_begin_map(&printer->yaml, true);
    qm_schema_print(printer, &part, 1);
    qm_yaml_end(&printer->yaml);
}

static void default_target(const QmField *field, void *value)
{
    (void)field;
    *(const char **)value = NULL;
}

static bool is_default_target(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)value;
    const QmMixWish *mix = base;
    return !mix->target && !mix->has_lufs;
}

static const QmFieldType field_target = {read_target, print_target, default_target,
                                         is_default_target};

static const QmField target_fields[] = {
    {.key = "target", .type = &field_target, .offset = offsetof(QmMixWish, target)},
};
const QmSchema qm_mix_target_schema = {"master", target_fields, QM_COUNT(target_fields),
                                       sizeof(QmMixWish), 0};

/* ---- overrides ---- */

static QmStatus read_override(QmReader *reader, const QmYamlNode *node,
                              QmMixOverride *override)
{
    *override = (QmMixOverride){.address = node->key,
                                .value = node->text,
                                .place = qm_reader_key_place(reader, node)};
    if (node->key[0] == '\0' || strpbrk(node->key, " \t")) {
        return qm_fail(reader->diag, QM_ERR_INPUT, override->place, reader->path,
                       "expected an address such as 'bass.fader.gain', found '%s'",
                       node->key);
    }
    const size_t mark = qm_reader_push(reader, node->key);
    const QmStatus status = node->kind == QM_YAML_SCALAR && node->text[0] != '\0'
                                ? QM_OK
                                : qm_reader_expected(reader, node, "a value or 'off'");
    qm_reader_pop(reader, mark);
    return status;
}

static QmStatus read_overrides(QmReader *reader, const QmYamlNode *map,
                               const QmField *field, void *base, void *value)
{
    (void)field, (void)value;
    QmMixWish *mix = base;
    QmStatus status = qm_reader_kind(reader, map, QM_YAML_MAP, "a map of addresses");
    if (status != QM_OK) {
        return status;
    }
    QmMixOverride *overrides = QM_NEW_ARRAY(reader->arena, QmMixOverride, map->n);
    if (!overrides) {
        return qm_fail_memory(reader->diag);
    }
    mix->overrides = overrides;
    for (const QmYamlNode *node = map->first; status == QM_OK && node;
         node = node->next) {
        status = read_override(reader, node, &overrides[mix->n_overrides++]);
    }
    return status;
}

/* Numbers and switches stand bare: they are text to this reader, and read well. */
static void print_value(QmPrinter *printer, const char *value)
{
    static const char *const words[] = {"off", "on", "yes", "no"};
    double number;
    bool bare = qm_number_parse(value, &number);
    for (uint32_t i = 0; i < QM_COUNT(words); i++) {
        bare = bare || qm_same(value, words[i]);
    }
    if (bare) {
        qm_yaml_bare(&printer->yaml, value);
    } else {
        qm_yaml_text(&printer->yaml, value);
    }
}

static void print_overrides(QmPrinter *printer, const QmField *field, const void *base,
                            const void *value)
{
    (void)field, (void)value;
    const QmMixWish *mix = base;
    qm_yaml_begin_map(&printer->yaml, false);
    for (uint32_t i = 0; i < mix->n_overrides; i++) {
        qm_yaml_key(&printer->yaml, mix->overrides[i].address);
        print_value(printer, mix->overrides[i].value);
    }
    qm_yaml_end(&printer->yaml);
}

static void default_overrides(const QmField *field, void *value)
{
    (void)field;
    *(const QmMixOverride **)value = NULL;
}

static bool is_default_overrides(const QmField *field, const void *base,
                                 const void *value)
{
    (void)field, (void)value;
    return ((const QmMixWish *)base)->n_overrides == 0;
}

static const QmFieldType field_overrides = {read_overrides, print_overrides,
                                            default_overrides, is_default_overrides};

/* ---- mix ---- */

static const QmField mix_fields[] = {
    {.key = "template", .type = &qm_field_text, .offset = offsetof(QmMixWish, template)},
    {.key = "overrides",
     .type = &field_overrides,
     .offset = offsetof(QmMixWish, overrides)},
};
static const QmSchema mix_schema = {qm_mix_key, mix_fields, QM_COUNT(mix_fields),
                                    sizeof(QmMixWish), 0};

QmStatus qm_read_mix(QmSessionReader *self, const QmYamlNode *node)
{
    QmReader *reader = &self->reader;
    QmMixWish *mix = &self->session->mix;
    const QmPart parts[] = {{.schema = &mix_schema, .base = mix},
                            {.schema = &qm_mix_target_schema, .base = mix}};
    if (!node || qm_yaml_is_empty(node)) {
        return QM_OK;
    }
    const size_t mark = qm_reader_push(reader, qm_mix_key);
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_MAP, "a map");
    if (status == QM_OK) {
        status = qm_schema_read(reader, node, qm_mix_key, parts, QM_COUNT(parts));
    }
    const QmYamlNode *template = status == QM_OK ? qm_yaml_get(node, "template") : NULL;
    if (template) {
        mix->template_place = qm_reader_place(reader, template);
    }
    qm_reader_pop(reader, mark);
    return status;
}

static QmPart mix_part(QmMixWish *mix)
{
    return (QmPart){.schema = &mix_schema, .base = mix};
}

bool qm_mix_is_said(const QmMixWish *mix)
{
    QmMixWish copy = *mix;
    const QmPart part = mix_part(&copy);
    return !qm_schema_is_default(&part, 1);
}

void qm_print_mix(QmPrinter *printer, const QmMixWish *mix)
{
    QmMixWish copy = *mix;
    const QmPart part = mix_part(&copy);
    qm_yaml_begin_map(&printer->yaml, false);
    qm_schema_print(printer, &part, 1);
    qm_yaml_end(&printer->yaml);
}
