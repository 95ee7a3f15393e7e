/* Reading goes in the order in which things can be referred to: the header, then the
 * names of all sounds, strips and patterns, then their bodies (every reference is
 * resolved at once), then modulators and automation, whose addresses look into finished
 * strips, then the arrangement. validate looks at the whole.
 *
 * Printing walks the same tables. */
#include "formats/session_yaml.h"

#include "formats/session_yaml_parts.h"
#include "model/position.h"
#include "model/validate.h"

/* What the language has and this version does not build. */
static const QmUnbuilt unbuilt[] = {
    {"session", "kits"},
    {"session", "scenes"},
    {"session", "snapshots"},
    {"session", "crossfader"},
    {"session", "performance"},
    {"sound", "bpm"},
    {"sound", "warp"},
    {"sound", "slices"},
    {"sound", "loop"},
    {"sound", "pitch"},
    {"sound", "start"},
    {"source", "looper"},
    {"source", "input"},
    {"source", "kit"},
    {"bus", "level"},
    {"bus", "split"},
    {"target", "style"},
    {"patterns", "chain"},
    {"pattern", "rhythm"},
    {"track", "locks"},
    {"track", "when"},
    {"arrangement", "scene"},
    {NULL, NULL},
};

/* Maps of named things, read after the header. */
enum { SOUNDS, SOURCES, BUSES, MASTER, PATTERNS, MODULATORS, AUTOMATION, N_SECTIONS };
static const char *const sections[N_SECTIONS] = {"sounds",    "sources",  "buses",
                                                 "master",    "patterns", "modulators",
                                                 "automation"};

/* ---- seed: 64 bits, which a double does not hold ---- */

static QmStatus read_seed(QmReader *reader, const QmYamlNode *node, const QmField *field,
                          void *base, void *value)
{
    (void)field, (void)base;
    static const char expected[] = "a whole number from 0 to 18446744073709551615";
    uint64_t seed = 0;
    if (node->kind != QM_YAML_SCALAR || node->text[0] == '\0') {
        return qm_reader_expected(reader, node, expected);
    }
    for (const char *c = node->text; *c != '\0'; c++) {
        const uint64_t digit = (uint64_t)(*c - '0');
        if (*c < '0' || *c > '9' || seed > (UINT64_MAX - digit) / 10) {
            return qm_reader_expected(reader, node, expected);
        }
        seed = 10 * seed + digit;
    }
    *(uint64_t *)value = seed;
    return QM_OK;
}

static void print_seed(QmPrinter *printer, const QmField *field, const void *base,
                       const void *value)
{
    (void)field, (void)base;
    char digits[24] = "", *at = digits + sizeof digits - 1;
    uint64_t seed = *(const uint64_t *)value;
    do {
        *--at = (char)('0' + seed % 10);
        seed /= 10;
    } while (seed != 0);
    qm_yaml_bare(&printer->yaml, at);
}

static void default_seed(const QmField *field, void *value)
{
    (void)field;
    *(uint64_t *)value = 0;
}

static bool is_default_seed(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)base;
    return *(const uint64_t *)value == 0;
}

static const QmFieldType field_seed = {read_seed, print_seed, default_seed,
                                       is_default_seed};

/* ---- tail: a length, or as long as the processors say ---- */

static bool is_default_tail(const QmField *field, const void *base, const void *value)
{
    (void)field, (void)base;
    return qm_length_negative(*(const QmLength *)value);
}

static QmStatus read_tail(QmReader *reader, const QmYamlNode *node, const QmField *field,
                          void *base, void *value)
{
    return qm_field_length.read(reader, node, field, base, value);
}

static void print_tail(QmPrinter *printer, const QmField *field, const void *base,
                       const void *value)
{
    qm_field_length.print(printer, field, base, value);
}

static void default_tail(const QmField *field, void *value)
{
    (void)field;
    *(QmLength *)value = (QmLength){.kind = QM_LEN_S, .value = -1};
}

static const QmFieldType field_tail = {read_tail, print_tail, default_tail,
                                       is_default_tail};

/* ---- header ---- */

static const QmParam rate_row = {.name = "rate",
                                 .help = "sample rate of the session",
                                 .kind = QM_PARAM_INTEGER,
                                 .unit = QM_UNIT_HZ,
                                 .min = 8000,
                                 .max = 192000,
                                 .def = 48000};

static const QmField header_fields[] = {
    {.key = "title", .type = &qm_field_text, .offset = offsetof(QmSession, title)},
    {.key = "seed", .type = &field_seed, .offset = offsetof(QmSession, seed)},
    {.key = "rate",
     .type = &qm_field_whole,
     .offset = offsetof(QmSession, rate),
     .row = &rate_row},
    {.key = "tempo", .type = &qm_field_tempo},
    {.key = "meter", .type = &qm_field_meter},
    {.key = "tail", .type = &field_tail, .offset = offsetof(QmSession, tail)},
};
static const QmSchema header_schema = {"session", header_fields, QM_COUNT(header_fields),
                                       sizeof(QmSession), 0};

static QmStatus read_version(QmSessionReader *self, const QmYamlNode *root)
{
    const QmYamlNode *version = qm_yaml_get(root, "qmix");
    if (!version) {
        return QM_READER_FAIL(&self->reader, root,
                              "this is no session: it does not say 'qmix: 1'");
    }
    if (version->kind == QM_YAML_SCALAR && qm_same(version->text, "1")) {
        return QM_OK;
    }
    const size_t mark = qm_reader_push(&self->reader, "qmix");
    const QmStatus status =
        qm_reader_expected(&self->reader, version, "1 (the format's version)");
    qm_reader_pop(&self->reader, mark);
    return status;
}

static QmStatus read_header(QmSessionReader *self, const QmYamlNode *root)
{
    static const char *const version[] = {"qmix"}, *const last[] = {"arrangement",
                                                                    qm_mix_key};
    const QmPart parts[] = {
        {.taken = version, .n_taken = 1},
        {.schema = &header_schema, .base = self->session},
        {.taken = sections, .n_taken = N_SECTIONS},
        {.taken = last, .n_taken = QM_COUNT(last)},
    };
    QmStatus status = qm_reader_kind(&self->reader, root, QM_YAML_MAP, "a map");
    if (status == QM_OK) {
        status = read_version(self, root);
    }
    if (status == QM_OK) {
        status = qm_schema_read(&self->reader, root, "session", parts, QM_COUNT(parts));
    }
    if (status == QM_OK && !self->session->title) {
        self->session->title = "";
    }
    return status;
}

/* ---- names ---- */

/* The sections' nodes; NULL where nothing is written. */
static QmStatus find_sections(QmSessionReader *self, const QmYamlNode *root,
                              const QmYamlNode *nodes[N_SECTIONS])
{
    QmStatus status = QM_OK;
    for (int i = 0; status == QM_OK && i < N_SECTIONS; i++) {
        nodes[i] = qm_yaml_get(root, sections[i]);
        if (nodes[i] && qm_yaml_is_empty(nodes[i])) {
            nodes[i] = NULL;
        }
        if (nodes[i]) {
            const size_t mark = qm_reader_push(&self->reader, sections[i]);
            status = qm_reader_kind(&self->reader, nodes[i], QM_YAML_MAP, "a map");
            qm_reader_pop(&self->reader, mark);
        }
    }
    return status;
}

static QmStatus add_names(QmSessionReader *self, QmNames *names, const QmYamlNode *map)
{
    QmStatus status = QM_OK;
    for (const QmYamlNode *node = map ? map->first : NULL; status == QM_OK && node;
         node = node->next) {
        if (names->n == QM_NONE - 1) {
            return QM_READER_FAIL(&self->reader, node, "there are more than %d names",
                                  QM_NONE - 1);
        }
        status = qm_names_add(names, self->reader.arena, node->key);
    }
    return status == QM_OK ? QM_OK : qm_fail_memory(self->reader.diag);
}

static void init_strips(QmSessionReader *self, const QmYamlNode *map, QmStripKind kind,
                        uint32_t *at)
{
    for (const QmYamlNode *node = map ? map->first : NULL; node; node = node->next) {
        QmStrip *strip = &self->session->strips[(*at)++];
        qm_strip_init(strip, node->key, kind);
        strip->place = qm_reader_key_place(&self->reader, node);
    }
}

static QmStatus name_strips(QmSessionReader *self, const QmYamlNode *nodes[N_SECTIONS])
{
    QmStatus status = add_names(self, &self->strips, nodes[SOURCES]);
    if (status == QM_OK) {
        status = add_names(self, &self->strips, nodes[BUSES]);
    }
    if (status != QM_OK) {
        return status;
    }
    if (self->strips.n >= QM_MAX_STRIPS) {
        const QmPlace place = {.file = self->reader.file};
        return qm_fail(self->reader.diag, QM_ERR_INPUT, place, NULL,
                       "expected at most %d sources and buses, found %u",
                       QM_MAX_STRIPS - 1, self->strips.n);
    }
    const uint32_t n = self->strips.n + 1;
    QmStrip *strips = QM_NEW_ARRAY(self->reader.arena, QmStrip, n);
    uint32_t at = 0;
    if (!strips || qm_names_add(&self->strips, self->reader.arena, "master") != QM_OK) {
        return qm_fail_memory(self->reader.diag);
    }
    self->session->strips = strips;
    self->session->n_strips = n;
    init_strips(self, nodes[SOURCES], QM_STRIP_SOURCE, &at);
    init_strips(self, nodes[BUSES], QM_STRIP_BUS, &at);
    qm_strip_init(&strips[at], "master", QM_STRIP_MASTER);
    strips[at].place = nodes[MASTER] ? qm_reader_key_place(&self->reader, nodes[MASTER])
                                     : (QmPlace){.file = self->reader.file};
    return QM_OK;
}

static QmStatus name_patterns(QmSessionReader *self, const QmYamlNode *patterns)
{
    for (const QmYamlNode *node = patterns ? patterns->first : NULL; node;
         node = node->next) {
        const size_t mark = qm_reader_push(&self->reader, "patterns");
        const QmStatus status = qm_reader_built(&self->reader, node, "patterns");
        qm_reader_pop(&self->reader, mark);
        if (status != QM_OK) {
            return status;
        }
    }
    return add_names(self, &self->patterns, patterns);
}

/* ---- bodies ---- */

static QmStatus read_strips(QmSessionReader *self, const QmYamlNode *map,
                            const char *section, uint32_t *at)
{
    QmStatus status = QM_OK;
    const size_t mark = qm_reader_push(&self->reader, section);
    for (const QmYamlNode *node = map ? map->first : NULL; status == QM_OK && node;
         node = node->next) {
        const size_t inner = qm_reader_push(&self->reader, node->key);
        status = qm_read_strip(self, node, &self->session->strips[(*at)++]);
        qm_reader_pop(&self->reader, inner);
    }
    qm_reader_pop(&self->reader, mark);
    return status;
}

static QmStatus read_all_strips(QmSessionReader *self,
                                const QmYamlNode *nodes[N_SECTIONS])
{
    uint32_t at = 0;
    QmStatus status = read_strips(self, nodes[SOURCES], sections[SOURCES], &at);
    if (status == QM_OK) {
        status = read_strips(self, nodes[BUSES], sections[BUSES], &at);
    }
    if (status == QM_OK && nodes[MASTER]) {
        const size_t mark = qm_reader_push(&self->reader, sections[MASTER]);
        status = qm_read_strip(self, nodes[MASTER], &self->session->strips[at]);
        qm_reader_pop(&self->reader, mark);
    }
    return status;
}

static QmStatus read_arrangement(QmSessionReader *self, const QmYamlNode *root)
{
    const QmField *field = &qm_arrangement_field;
    const QmYamlNode *node = qm_yaml_get(root, field->key);
    if (!node || qm_yaml_is_empty(node)) {
        return QM_OK;
    }
    const size_t mark = qm_reader_push(&self->reader, field->key);
    const QmStatus status = field->type->read(&self->reader, node, field, self->session,
                                              (char *)self->session + field->offset);
    qm_reader_pop(&self->reader, mark);
    return status;
}

static QmStatus read_session(QmSessionReader *self, const QmYamlNode *root)
{
    const QmYamlNode *nodes[N_SECTIONS];
    QmStatus status = read_header(self, root);
    if (status == QM_OK) {
        status = find_sections(self, root, nodes);
    }
    if (status == QM_OK) {
        status = qm_read_sounds(self, nodes[SOUNDS]);
    }
    if (status == QM_OK) {
        status = name_strips(self, nodes);
    }
    if (status == QM_OK) {
        status = name_patterns(self, nodes[PATTERNS]);
    }
    if (status == QM_OK) {
        status = read_all_strips(self, nodes);
    }
    if (status == QM_OK) {
        status = qm_read_patterns(self, nodes[PATTERNS]);
    }
    if (status == QM_OK) {
        status = qm_read_modulators(self, nodes[MODULATORS]);
    }
    if (status == QM_OK) {
        status = qm_read_automation(self, nodes[AUTOMATION]);
    }
    if (status == QM_OK) {
        status = read_arrangement(self, root);
    }
    return status == QM_OK ? qm_read_mix(self, qm_yaml_get(root, qm_mix_key)) : status;
}

QmStatus qm_session_parse(const char *text, size_t size, const char *file_name,
                          QmArena *arena, QmDiag *diag, QmSession **session)
{
    return qm_session_parse_with(text, size, file_name, NULL, arena, diag, session);
}

QmStatus qm_session_parse_with(const char *text, size_t size, const char *file_name,
                               const QmPlugins *plugins, QmArena *arena, QmDiag *diag,
                               QmSession **session)
{
    const QmYamlNode *root;
    const char *file = qm_arena_strdup(arena, file_name);
    QmSessionReader self = {
        .reader = {.arena = arena, .diag = diag, .file = file, .unbuilt = unbuilt},
        .session = qm_session_new(arena),
        .plugins = plugins,
    };
    if (!file || !self.session) {
        return qm_fail_memory(diag);
    }
    self.reader.context = &self;
    self.session->file = file;
    QmStatus status = qm_yaml_parse(text, size, file, arena, diag, &root);
    if (status == QM_OK) {
        status = read_session(&self, root);
    }
    if (status == QM_OK) {
        status = qm_session_validate(self.session, diag);
    }
    if (status == QM_OK) {
        *session = self.session;
    }
    return status;
}

/* ---- printing ---- */

static void begin_section(QmPrinter *printer, const char *key)
{
    qm_yaml_gap(&printer->yaml);
    qm_yaml_key(&printer->yaml, key);
}

static void print_strips(QmPrinter *printer, const QmSession *session, QmStripKind kind)
{
    bool begun = false;
    for (uint32_t i = 0; i < session->n_strips; i++) {
        if (session->strips[i].kind != kind) {
            continue;
        }
        if (!begun) {
            begin_section(printer, sections[kind == QM_STRIP_SOURCE ? SOURCES : BUSES]);
            qm_yaml_begin_map(&printer->yaml, false);
            begun = true;
        }
        qm_yaml_key(&printer->yaml, session->strips[i].name);
        qm_print_strip(printer, session, &session->strips[i]);
    }
    if (begun) {
        qm_yaml_end(&printer->yaml);
    }
}

static void print_arrangement(QmPrinter *printer, const QmSession *session)
{
    const QmField *field = &qm_arrangement_field;
    const void *value = (const char *)session + field->offset;
    if (!field->type->is_default(field, session, value)) {
        begin_section(printer, field->key);
        field->type->print(printer, field, session, value);
    }
}

static void print_sections(QmPrinter *printer, const QmSession *session)
{
    const QmStrip *master = &session->strips[session->n_strips - 1];
    qm_print_sounds(printer, session);
    print_strips(printer, session, QM_STRIP_SOURCE);
    print_strips(printer, session, QM_STRIP_BUS);
    if (!qm_strip_is_plain(session, master)) {
        begin_section(printer, sections[MASTER]);
        qm_print_strip(printer, session, master);
    }
    if (session->n_patterns != 0) {
        begin_section(printer, sections[PATTERNS]);
        qm_print_patterns(printer, session);
    }
    if (session->n_modulators != 0) {
        begin_section(printer, sections[MODULATORS]);
        qm_print_modulators(printer, session);
    }
    if (session->n_lanes != 0) {
        begin_section(printer, sections[AUTOMATION]);
        qm_print_automation(printer, session);
    }
    print_arrangement(printer, session);
    if (qm_mix_is_said(&session->mix)) {
        begin_section(printer, qm_mix_key);
        qm_print_mix(printer, &session->mix);
    }
}

void qm_session_print(const QmSession *session, QmText *text)
{
    QmSession copy = *session; /* the walker takes no const base */
    QmPrinter printer = {.yaml = {.text = text}, .context = session};
    const QmPart header = {.schema = &header_schema, .base = &copy};
    qm_text_init(&printer.scratch, text->arena);
    qm_yaml_begin_map(&printer.yaml, false);
    qm_yaml_key(&printer.yaml, "qmix");
    qm_yaml_bare(&printer.yaml, "1");
    qm_schema_print(&printer, &header, 1);
    print_sections(&printer, session);
    qm_yaml_end(&printer.yaml);
}
