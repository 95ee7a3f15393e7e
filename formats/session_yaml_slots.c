/* What a strip begins with, and its insert chain. Their parameters come from the tables
 * of generators and processors: nothing here knows one by name. The generator that takes
 * clips is written `clip: {...}`, or `clips: [...]` for several. */
#include "formats/session_yaml_parts.h"

#include "model/address.h"

#include <string.h>

/* Several clips, beside the name of the generator that takes them. */
static const char clips_key[] = "clips";

/* ---- clips ---- */

static const QmParam clip_gain_row = {.name = "gain",
                                      .help = "level of the clip",
                                      .unit = QM_UNIT_DB,
                                      .min = -120,
                                      .max = 24};

static const QmField clip_fields[] = {
    {.key = "sound",
     .type = &qm_field_sound,
     .offset = offsetof(QmClip, sound),
     .required = true},
    {.key = "at", .type = &qm_field_position, .offset = offsetof(QmClip, at)},
    {.key = "from", .type = &qm_field_length, .offset = offsetof(QmClip, from)},
    {.key = "length", .type = &qm_field_length, .offset = offsetof(QmClip, length)},
    {.key = "fade-in", .type = &qm_field_length, .offset = offsetof(QmClip, fade_in)},
    {.key = "fade-out", .type = &qm_field_length, .offset = offsetof(QmClip, fade_out)},
    {.key = "gain",
     .type = &qm_field_number,
     .offset = offsetof(QmClip, gain_db),
     .row = &clip_gain_row},
};
static const QmSchema clip_schema = {"clip", clip_fields, QM_COUNT(clip_fields),
                                     sizeof(QmClip), 0};
static const QmField clips_field = {
    .key = clips_key,
    .type = &qm_field_list,
    .offset = offsetof(QmInput, clips),
    .items = &clip_schema,
    .count_offset = offsetof(QmInput, n_clips),
    .max_items = QM_MAX_CLIPS,
};

static QmStatus read_clip(QmSessionReader *self, const QmYamlNode *node, QmInput *input)
{
    QmClip *clip = QM_NEW(self->reader.arena, QmClip);
    if (!clip) {
        return qm_fail_memory(self->reader.diag);
    }
    const QmPart part = {.schema = &clip_schema, .base = clip};
    qm_schema_defaults(&clip_schema, clip);
    QmStatus status = qm_reader_kind(&self->reader, node, QM_YAML_MAP,
                                     "one clip (several are 'clips')");
    if (status == QM_OK) {
        status = qm_schema_read(&self->reader, node, "clip", &part, 1);
    }
    if (status == QM_OK) {
        input->clips = clip;
        input->n_clips = 1;
    }
    return status;
}

/* ---- inputs ---- */

static const QmField input_fields[] = {
    {.key = "sound",
     .type = &qm_field_sound,
     .offset = offsetof(QmInput, sound),
     .required = true},
};
static const QmSchema input_schema = {"input", input_fields, QM_COUNT(input_fields),
                                      sizeof(QmInput), 0};

/* The parts of a generator's map: its sound, if it takes one, and its rows. */
static uint32_t input_parts(QmInput *input, QmPart parts[2])
{
    uint32_t n = 0;
    if (input->generator->flags & QM_GEN_SOUND) {
        parts[n++] = (QmPart){.schema = &input_schema, .base = input};
    }
    parts[n++] = (QmPart){.rows = input->generator->params,
                          .n_rows = input->generator->n_params,
                          .values = input->params};
    return n;
}

uint32_t qm_input_keys(const char **keys)
{
    uint32_t n = 0;
    for (; n < qm_gen_count(); n++) {
        keys[n] = qm_gen_at(n)->name;
    }
    keys[n++] = clips_key;
    keys[n++] = qm_plugin_key;
    return n;
}

/* The generator that a key of a source asks for, or NULL. */
static const QmGenDesc *find_generator(const char *key)
{
    for (uint32_t i = 0; qm_same(key, clips_key) && i < qm_gen_count(); i++) {
        if (qm_gen_at(i)->flags & QM_GEN_CLIPS) {
            return qm_gen_at(i);
        }
    }
    return qm_gen_find(key);
}

static QmStatus read_instrument(QmSessionReader *self, const QmYamlNode *node,
                                QmInput *input)
{
    QmReader *reader = &self->reader;
    const QmStatus status = qm_read_plugin(self, node, NULL, &input->plugin);
    if (status != QM_OK) {
        return status;
    }
    const QmGenDesc *generator = input->plugin->generator;
    input->place = qm_reader_key_place(reader, node);
    input->params = QM_NEW_ARRAY(reader->arena, double, generator->n_params);
    if (!input->params) {
        return qm_fail_memory(reader->diag);
    }
    input->generator = generator;
    qm_gen_defaults(generator, input->params);
    return qm_read_plugin_params(self, node, generator->params, generator->n_params,
                                 input->params);
}

static QmStatus read_generator(QmSessionReader *self, const QmYamlNode *node,
                               QmInput *input)
{
    QmReader *reader = &self->reader;
    QmPart parts[2];
    input->generator = find_generator(node->key);
    input->place = qm_reader_key_place(reader, node);
    input->params = QM_NEW_ARRAY(reader->arena, double, input->generator->n_params);
    if (!input->params) {
        return qm_fail_memory(reader->diag);
    }
    qm_gen_defaults(input->generator, input->params);
    if (qm_same(node->key, clips_key)) {
        return clips_field.type->read(reader, node, &clips_field, input, &input->clips);
    }
    if (input->generator->flags & QM_GEN_CLIPS) {
        return read_clip(self, node, input);
    }
    return qm_schema_read(reader, node, node->key, parts, input_parts(input, parts));
}

QmStatus qm_read_input(QmSessionReader *self, const QmYamlNode *strip_node,
                       QmStrip *strip)
{
    const QmYamlNode *found = NULL;
    for (const QmYamlNode *node = strip_node->first; node; node = node->next) {
        if (!find_generator(node->key) && !qm_same(node->key, qm_plugin_key)) {
            continue;
        }
        if (found) {
            return qm_fail(self->reader.diag, QM_ERR_INPUT,
                           qm_reader_key_place(&self->reader, node), self->reader.path,
                           "a source has one input, found '%s' and '%s'", found->key,
                           node->key);
        }
        found = node;
    }
    if (!found) {
        return QM_OK; /* validate has the message */
    }
    const size_t mark = qm_reader_push(&self->reader, found->key);
    const QmStatus status = qm_same(found->key, qm_plugin_key)
                                ? read_instrument(self, found, &strip->input)
                                : read_generator(self, found, &strip->input);
    qm_reader_pop(&self->reader, mark);
    return status;
}

static void print_map(QmPrinter *printer, const QmPart *parts, uint32_t n)
{
    qm_yaml_begin_map(&printer->yaml, true);
    qm_schema_print(printer, parts, n);
    qm_yaml_end(&printer->yaml);
}

void qm_print_input(QmPrinter *printer, const QmInput *input)
{
    QmInput shown = *input;
    QmPart parts[2];
    if (!input->generator) {
        return;
    }
    if (input->n_clips > 1) {
        qm_yaml_key(&printer->yaml, clips_key);
        clips_field.type->print(printer, &clips_field, input, &input->clips);
        return;
    }
    qm_yaml_key(&printer->yaml, input->generator->name);
    if (input->plugin) {
        qm_yaml_begin_map(&printer->yaml, true);
        qm_print_plugin(printer, input->plugin, input->generator->params,
                        input->generator->n_params, input->params);
        qm_yaml_end(&printer->yaml);
        return;
    }
    if (input->n_clips == 1) {
        const QmPart clip = {.schema = &clip_schema, .base = input->clips};
        print_map(printer, &clip, 1);
    } else {
        print_map(printer, parts, input_parts(&shown, parts));
    }
}

/* ---- inserts ---- */

static const QmParam bypass_row = {.name = "bypass",
                                   .help = "passes its input on",
                                   .kind = QM_PARAM_SWITCH,
                                   .max = 1};

static const QmField insert_fields[] = {
    {.key = "key", .type = &qm_field_strip, .offset = offsetof(QmInsert, key)},
    {.key = "name", .type = &qm_field_text, .offset = offsetof(QmInsert, name)},
    {.key = "bypass",
     .type = &qm_field_switch,
     .offset = offsetof(QmInsert, bypass),
     .row = &bypass_row},
};
static const QmSchema insert_schema = {"insert", insert_fields, QM_COUNT(insert_fields),
                                       sizeof(QmInsert), 0};

/* What insert `index` is called by itself: "eq", the second of its kind "eq2"; plug-ins
 * "lv2", "lv2-2". An input of the kind is the first. */
static const char *own_name(const QmStrip *strip, uint32_t index, QmText *text)
{
    const char *name = strip->inserts[index].proc->name;
    const QmGenDesc *generator = strip->input.generator;
    uint32_t number = generator && qm_same(generator->name, name) ? 2 : 1;
    for (uint32_t i = 0; i < index; i++) {
        number += qm_same(strip->inserts[i].proc->name, name);
    }
    if (number == 1) {
        return name;
    }
    text->length = 0;
    qm_text_printf(text, strip->inserts[index].plugin ? "%s-%u" : "%s%u", name, number);
    return text->failed ? NULL : text->data;
}

static QmStatus read_groups(QmSessionReader *self, const QmYamlNode *groups,
                            QmInsert *insert)
{
    const QmProcDesc *proc = insert->proc;
    double *values = insert->params + proc->n_params;
    QmStatus status = QM_OK;
    uint32_t number = 0;
    const size_t mark = qm_reader_push(&self->reader, proc->group_name);
    for (const QmYamlNode *node = groups->first; status == QM_OK && node;
         node = node->next) {
        const QmPart part = {.rows = proc->group,
                             .n_rows = proc->n_group,
                             .values = values};
        const size_t inner = qm_reader_push_item(&self->reader, ++number);
        status = qm_reader_kind(&self->reader, node, QM_YAML_MAP, "a map");
        if (status == QM_OK) {
            status = qm_schema_read(&self->reader, node, proc->group_name, &part, 1);
        }
        qm_reader_pop(&self->reader, inner);
        values += proc->n_group;
    }
    qm_reader_pop(&self->reader, mark);
    return status;
}

/* Counts the groups, so that the flat array of params can be made. */
static QmStatus count_groups(QmSessionReader *self, const QmYamlNode *groups,
                             QmInsert *insert)
{
    const QmProcDesc *proc = insert->proc;
    const size_t mark = qm_reader_push(&self->reader, proc->group_name);
    QmStatus status = qm_reader_kind(&self->reader, groups, QM_YAML_LIST, "a list");
    if (status == QM_OK && groups->n > proc->max_groups) {
        status = QM_READER_FAIL(&self->reader, groups, "expected at most %u %s, found %u",
                                proc->max_groups, proc->group_name, groups->n);
    }
    insert->n_groups = groups->n;
    qm_reader_pop(&self->reader, mark);
    return status;
}

/* The parameters of an insert; `node` is their map, or NULL. */
static QmStatus read_params(QmSessionReader *self, const QmYamlNode *node,
                            QmInsert *insert)
{
    const QmProcDesc *proc = insert->proc;
    const QmYamlNode *groups =
        node && proc->group_name ? qm_yaml_get(node, proc->group_name) : NULL;
    QmStatus status = groups ? count_groups(self, groups, insert) : QM_OK;
    if (status != QM_OK) {
        return status;
    }
    insert->params = QM_NEW_ARRAY(self->reader.arena, double,
                                  qm_proc_n_params(proc, insert->n_groups));
    if (!insert->params) {
        return qm_fail_memory(self->reader.diag);
    }
    qm_proc_defaults(proc, insert->n_groups, insert->params);
    if (!node) {
        return QM_OK;
    }
    const QmPart parts[] = {
        {.rows = proc->params, .n_rows = proc->n_params, .values = insert->params},
        {.taken = &proc->group_name, .n_taken = proc->group_name ? 1 : 0},
        {.schema = &insert_schema, .base = insert},
    };
    status = qm_schema_read(&self->reader, node, proc->name, parts, QM_COUNT(parts));
    return status == QM_OK && groups ? read_groups(self, groups, insert) : status;
}

/* `lv2: {uri: ..., ...}`; `node` is the map, or NULL. */
static QmStatus read_hosted(QmSessionReader *self, const QmYamlNode *item,
                            const QmYamlNode *node, QmInsert *insert)
{
    QmReader *reader = &self->reader;
    const QmPart fields = {.schema = &insert_schema, .base = insert};
    if (!node) {
        return QM_READER_FAIL(reader, item, "expected 'lv2: {uri: ...}'");
    }
    const QmStatus status = qm_read_plugin(self, node, &fields, &insert->plugin);
    if (status != QM_OK) {
        return status;
    }
    insert->proc = insert->plugin->proc;
    insert->params = QM_NEW_ARRAY(reader->arena, double, insert->proc->n_params);
    if (!insert->params) {
        return qm_fail_memory(reader->diag);
    }
    qm_proc_defaults(insert->proc, 0, insert->params);
    return qm_read_plugin_params(self, node, insert->proc->params, insert->proc->n_params,
                                 insert->params);
}

static QmStatus find_proc(QmSessionReader *self, QmPlace place, const char *name,
                          const QmProcDesc **proc)
{
    const uint32_t n = qm_proc_count();
    *proc = qm_proc_find(name);
    if (*proc) {
        return QM_OK;
    }
    const char **names = QM_NEW_ARRAY(self->reader.arena, const char *, n);
    if (!names) {
        return qm_fail_memory(self->reader.diag);
    }
    for (uint32_t i = 0; i < n; i++) {
        names[i] = qm_proc_at(i)->name;
    }
    return qm_fail_unknown(self->reader.diag, place, self->reader.path, "processor", name,
                           names, n);
}

/* One item: `limiter`, or a map of one key, `limiter: {ceiling: -1}`. */
static QmStatus read_insert(QmSessionReader *self, const QmYamlNode *item, QmStrip *strip,
                            uint32_t index)
{
    static const char expected[] = "a processor such as 'limiter' or 'eq: {...}'";
    QmReader *reader = &self->reader;
    QmInsert *insert = &strip->inserts[index];
    const bool map = item->kind == QM_YAML_MAP;
    if (map && item->n > 1) {
        const QmYamlNode *second = item->first->next;
        return qm_fail(reader->diag, QM_ERR_INPUT, qm_reader_key_place(reader, second),
                       reader->path, "expected one processor, found '%s' beside '%s'",
                       second->key, item->first->key);
    }
    if (map ? item->n == 0 : item->kind != QM_YAML_SCALAR || qm_yaml_is_empty(item)) {
        return qm_reader_expected(reader, item, expected);
    }
    const char *name = map ? item->first->key : item->text;
    *insert = (QmInsert){.key = QM_NONE,
                         .place = qm_reader_key_place(reader, map ? item->first : item)};
    const bool hosted = qm_same(name, qm_plugin_key);
    QmStatus status =
        hosted ? QM_OK : find_proc(self, insert->place, name, &insert->proc);
    if (status != QM_OK) {
        return status;
    }
    const size_t mark = qm_reader_push(reader, name);
    const QmYamlNode *body = map ? item->first : NULL;
    status =
        hosted ? read_hosted(self, item, body, insert) : read_params(self, body, insert);
    qm_reader_pop(reader, mark);
    if (status == QM_OK && !insert->name) {
        QmText text;
        qm_text_init(&text, reader->arena);
        insert->name = own_name(strip, index, &text);
        status = insert->name ? QM_OK : qm_fail_memory(reader->diag);
    }
    return status;
}

static QmStatus read_inserts(QmReader *reader, const QmYamlNode *node,
                             const QmField *field, void *base, void *value)
{
    (void)field, (void)value;
    QmStrip *strip = base;
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_LIST, "a list of processors");
    if (status == QM_OK && node->n > QM_MAX_INSERTS) {
        status = QM_READER_FAIL(reader, node, "expected at most %d inserts, found %u",
                                QM_MAX_INSERTS, node->n);
    }
    if (status != QM_OK) {
        return status;
    }
    strip->inserts = QM_NEW_ARRAY(reader->arena, QmInsert, node->n);
    if (!strip->inserts) {
        return qm_fail_memory(reader->diag);
    }
    uint32_t i = 0;
    for (const QmYamlNode *item = node->first; status == QM_OK && item;
         item = item->next) {
        const size_t mark = qm_reader_push_item(reader, i + 1);
        status = read_insert(reader->context, item, strip, i++);
        qm_reader_pop(reader, mark);
    }
    strip->n_inserts = node->n;
    return status;
}

static void print_groups(QmPrinter *printer, const QmInsert *insert)
{
    const QmProcDesc *proc = insert->proc;
    if (insert->n_groups == 0) {
        return;
    }
    qm_yaml_key(&printer->yaml, proc->group_name);
    qm_yaml_begin_list(&printer->yaml, true);
    for (uint32_t i = 0; i < insert->n_groups; i++) {
        const QmPart part = {.rows = proc->group,
                             .n_rows = proc->n_group,
                             .values =
                                 insert->params + proc->n_params + i * proc->n_group};
        qm_yaml_item(&printer->yaml);
        print_map(printer, &part, 1);
    }
    qm_yaml_end(&printer->yaml);
}

static void print_insert(QmPrinter *printer, const QmInsert *insert, const char *own)
{
    QmInsert shown = *insert;
    const QmProcDesc *proc = insert->proc;
    const QmPart rows = {.rows = proc->params,
                         .n_rows = proc->n_params,
                         .values = insert->params};
    const QmPart fields = {.schema = &insert_schema, .base = &shown};
    if (qm_same(shown.name, own)) {
        shown.name = NULL;
    }
    if (!insert->plugin && insert->n_groups == 0 && qm_schema_is_default(&rows, 1) &&
        qm_schema_is_default(&fields, 1)) {
        qm_yaml_text(&printer->yaml, proc->name);
        return;
    }
    qm_yaml_begin_map(&printer->yaml, false);
    qm_yaml_key(&printer->yaml, proc->name);
    qm_yaml_begin_map(&printer->yaml, true);
    if (insert->plugin) {
        qm_print_plugin(printer, insert->plugin, proc->params, proc->n_params,
                        insert->params);
    } else {
        qm_schema_print(printer, &rows, 1);
        print_groups(printer, insert);
    }
    qm_schema_print(printer, &fields, 1);
    qm_yaml_end(&printer->yaml);
    qm_yaml_end(&printer->yaml);
}

static void print_inserts(QmPrinter *printer, const QmField *field, const void *base,
                          const void *value)
{
    (void)field, (void)value;
    const QmStrip *strip = base;
    qm_yaml_begin_list(&printer->yaml, false);
    for (uint32_t i = 0; i < strip->n_inserts; i++) {
        qm_yaml_item(&printer->yaml);
        print_insert(printer, &strip->inserts[i], own_name(strip, i, &printer->scratch));
    }
    qm_yaml_end(&printer->yaml);
}

static void default_inserts(const QmField *field, void *value)
{
    (void)field;
    *(QmInsert **)value = NULL;
}

static bool is_default_inserts(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)value;
    return ((const QmStrip *)base)->n_inserts == 0;
}

const QmFieldType qm_field_inserts = {read_inserts, print_inserts, default_inserts,
                                      is_default_inserts};
