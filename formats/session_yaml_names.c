/* The pool of sounds, and fields that name a strip, a sound or a pattern.
 *
 * A sound outside the pool is asked for by its file: `clip: {sound: takes/vox.wav}`. It
 * joins the session behind the pool when it is first met, and is printed where it is
 * used, not in the pool. */
#include "formats/session_yaml_parts.h"

#include "model/address.h"

#include <string.h>

enum { MAX_CHANNEL = 32 };

/* ---- channels: 3 or 1-2 ---- */

static const char *read_channel(const char *text, uint32_t *channel)
{
    uint32_t number = 0;
    const size_t digits = strspn(text, "0123456789");
    for (size_t i = 0; i < digits && number <= MAX_CHANNEL; i++) {
        number = 10 * number + (uint32_t)(text[i] - '0');
    }
    *channel = number;
    return digits == 0 || text[0] == '0' || number > MAX_CHANNEL ? NULL : text + digits;
}

static QmStatus read_channels(QmReader *reader, const QmYamlNode *node,
                              const QmField *field, void *base, void *value)
{
    (void)field, (void)value;
    QmSound *sound = base;
    uint32_t first = 0, second = 0;
    const char *rest =
        node->kind == QM_YAML_SCALAR ? read_channel(node->text, &first) : NULL;
    second = first;
    if (rest && *rest == '-') {
        rest = read_channel(rest + 1, &second);
    }
    if (!rest || *rest != '\0') {
        return qm_reader_expected(reader, node,
                                  "a channel such as 3, or two such as 1-2");
    }
    sound->first_channel = first;
    sound->second_channel = second;
    return QM_OK;
}

static void print_channels(QmPrinter *printer, const QmField *field, const void *base,
                           const void *value)
{
    (void)field, (void)value;
    const QmSound *sound = base;
    printer->scratch.length = 0;
    qm_text_printf(&printer->scratch, "%u", sound->first_channel);
    if (sound->second_channel != sound->first_channel) {
        qm_text_printf(&printer->scratch, "-%u", sound->second_channel);
    }
    qm_printer_scratch(printer);
}

static void default_channels(const QmField *field, void *value)
{
    (void)field;
    *(uint32_t *)value = 0;
}

static bool is_default_channels(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)base;
    return *(const uint32_t *)value == 0;
}

static const QmFieldType field_channels = {read_channels, print_channels,
                                           default_channels, is_default_channels};

/* ---- sounds ---- */

static const QmField sound_fields[] = {
    {.key = "file",
     .type = &qm_field_text,
     .offset = offsetof(QmSound, file),
     .required = true},
    {.key = "right", .type = &qm_field_text, .offset = offsetof(QmSound, right)},
    {.key = "channels",
     .type = &field_channels,
     .offset = offsetof(QmSound, first_channel)},
};
static const QmSchema sound_schema = {"sound", sound_fields, QM_COUNT(sound_fields),
                                      sizeof(QmSound), 0};

QmStatus qm_session_add_sound(QmSessionReader *self, const char *name, const char *file,
                              QmPlace place)
{
    QmSession *session = self->session;
    if (session->n_sounds == QM_NONE - 1) {
        return qm_fail(self->reader.diag, QM_ERR_INPUT, place, self->reader.path,
                       "there are more than %d sounds", QM_NONE - 1);
    }
    if (session->n_sounds == self->sound_room) {
        const uint32_t room = self->sound_room == 0 ? 16 : 2 * self->sound_room;
        QmSound *sounds = qm_arena_grow(self->reader.arena, session->sounds,
                                        session->n_sounds, room, sizeof *sounds);
        if (!sounds) {
            return qm_fail_memory(self->reader.diag);
        }
        session->sounds = sounds;
        self->sound_room = room;
    }
    if (qm_names_add(&self->sounds, self->reader.arena, name) != QM_OK) {
        return qm_fail_memory(self->reader.diag);
    }
    session->sounds[session->n_sounds++] =
        (QmSound){.name = name, .file = file, .place = place};
    return QM_OK;
}

static QmStatus read_sound(QmSessionReader *self, const QmYamlNode *node)
{
    const QmPlace place = qm_reader_key_place(&self->reader, node);
    if (!qm_name_valid(node->key)) {
        return qm_fail(
            self->reader.diag, QM_ERR_INPUT, place, self->reader.path,
            "expected a name of letters, digits, '_' and '-' that is no number, "
            "found '%s'",
            node->key);
    }
    QmStatus status = qm_session_add_sound(self, node->key, "", place);
    if (status != QM_OK) {
        return status;
    }
    QmSound *sound = &self->session->sounds[self->session->n_sounds - 1];
    if (node->kind == QM_YAML_SCALAR && !qm_yaml_is_empty(node)) {
        sound->file = node->text;
        return QM_OK;
    }
    const QmPart part = {.schema = &sound_schema, .base = sound};
    status =
        qm_reader_kind(&self->reader, node, QM_YAML_MAP, "a file, or a map with 'file'");
    return status == QM_OK ? qm_schema_read(&self->reader, node, "sound", &part, 1)
                           : status;
}

QmStatus qm_read_sounds(QmSessionReader *self, const QmYamlNode *sounds)
{
    QmStatus status = QM_OK;
    const size_t mark = qm_reader_push(&self->reader, "sounds");
    for (const QmYamlNode *node = sounds ? sounds->first : NULL; status == QM_OK && node;
         node = node->next) {
        const size_t inner = qm_reader_push(&self->reader, node->key);
        status = read_sound(self, node);
        qm_reader_pop(&self->reader, inner);
    }
    qm_reader_pop(&self->reader, mark);
    return status;
}

void qm_print_sounds(QmPrinter *printer, const QmSession *session)
{
    bool begun = false;
    for (uint32_t i = 0; i < session->n_sounds; i++) {
        QmSound sound = session->sounds[i];
        if (qm_sound_is_path(sound.name)) {
            continue;
        }
        if (!begun) {
            qm_yaml_gap(&printer->yaml);
            qm_yaml_key(&printer->yaml, "sounds");
            qm_yaml_begin_map(&printer->yaml, false);
            begun = true;
        }
        qm_yaml_key(&printer->yaml, sound.name);
        if (sound.first_channel == 0 && !sound.right) {
            qm_yaml_text(&printer->yaml, sound.file);
        } else {
            const QmPart part = {.schema = &sound_schema, .base = &sound};
            qm_yaml_begin_map(&printer->yaml, true);
            qm_schema_print(printer, &part, 1);
            qm_yaml_end(&printer->yaml);
        }
    }
    if (begun) {
        qm_yaml_end(&printer->yaml);
    }
}

/* ---- references ---- */

static void default_reference(const QmField *field, void *value)
{
    (void)field;
    *(uint16_t *)value = QM_NONE;
}

static bool is_default_reference(const QmField *field, const void *base,
                                 const void *value)
{
    (void)field, (void)base;
    return *(const uint16_t *)value == QM_NONE;
}

static QmStatus find_name(QmReader *reader, const QmYamlNode *node, const QmNames *names,
                          const char *what, void *value)
{
    const uint32_t index = qm_names_find(names, node->text);
    if (index == QM_NAMES_NONE) {
        return qm_fail_unknown(reader->diag, qm_reader_place(reader, node), reader->path,
                               what, node->text, names->name, names->n);
    }
    *(uint16_t *)value = (uint16_t)index;
    return QM_OK;
}

static QmStatus read_strip_name(QmReader *reader, const QmYamlNode *node,
                                const QmField *field, void *base, void *value)
{
    (void)field, (void)base;
    const QmSessionReader *self = reader->context;
    const QmStatus status =
        qm_reader_kind(reader, node, QM_YAML_SCALAR, "the name of a strip");
    return status == QM_OK ? find_name(reader, node, &self->strips, "strip", value)
                           : status;
}

static void print_strip_name(QmPrinter *printer, const QmField *field, const void *base,
                             const void *value)
{
    (void)field, (void)base;
    const QmSession *session = printer->context;
    qm_yaml_text(&printer->yaml, session->strips[*(const uint16_t *)value].name);
}

const QmFieldType qm_field_strip = {read_strip_name, print_strip_name, default_reference,
                                    is_default_reference};

static QmStatus read_sound_name(QmReader *reader, const QmYamlNode *node,
                                const QmField *field, void *base, void *value)
{
    (void)field, (void)base;
    QmSessionReader *self = reader->context;
    QmStatus status =
        qm_reader_kind(reader, node, QM_YAML_SCALAR, "a sound's name or file");
    if (status == QM_OK && qm_sound_is_path(node->text) &&
        qm_names_find(&self->sounds, node->text) == QM_NAMES_NONE) {
        status = qm_session_add_sound(self, node->text, node->text,
                                      qm_reader_place(reader, node));
    }
    return status == QM_OK ? find_name(reader, node, &self->sounds, "sound", value)
                           : status;
}

static void print_sound_name(QmPrinter *printer, const QmField *field, const void *base,
                             const void *value)
{
    (void)field, (void)base;
    const QmSession *session = printer->context;
    qm_yaml_text(&printer->yaml, session->sounds[*(const uint16_t *)value].name);
}

const QmFieldType qm_field_sound = {read_sound_name, print_sound_name, default_reference,
                                    is_default_reference};

static QmStatus read_pattern_name(QmReader *reader, const QmYamlNode *node,
                                  const QmField *field, void *base, void *value)
{
    (void)field, (void)base;
    const QmSessionReader *self = reader->context;
    const QmStatus status =
        qm_reader_kind(reader, node, QM_YAML_SCALAR, "the name of a pattern");
    return status == QM_OK ? find_name(reader, node, &self->patterns, "pattern", value)
                           : status;
}

static void print_pattern_name(QmPrinter *printer, const QmField *field, const void *base,
                               const void *value)
{
    (void)field, (void)base;
    const QmSession *session = printer->context;
    qm_yaml_text(&printer->yaml, session->patterns[*(const uint16_t *)value].name);
}

const QmFieldType qm_field_pattern = {read_pattern_name, print_pattern_name,
                                      default_reference, is_default_reference};
