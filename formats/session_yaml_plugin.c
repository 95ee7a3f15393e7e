/* Plug-ins in a session, as inserts and as inputs:
 *
 *   lv2: {uri: "http://...", preset: Warm, params: {threshold: 0.5}, key: kick}
 *
 * Who reads the session hands in whoever finds plug-ins; what was found brings the table
 * by which `params` is read and printed, as if it were one of our own processors. */
#include "formats/session_yaml_parts.h"

static const char params_key[] = "params";
static const char *const taken[] = {params_key};

static const QmField name_fields[] = {
    {.key = "uri",
     .type = &qm_field_text,
     .offset = offsetof(QmPluginName, uri),
     .required = true},
    {.key = "preset", .type = &qm_field_text, .offset = offsetof(QmPluginName, preset)},
    {.key = "state", .type = &qm_field_text, .offset = offsetof(QmPluginName, state)},
};
static const QmSchema name_schema = {qm_plugin_key, name_fields, QM_COUNT(name_fields),
                                     sizeof(QmPluginName), 0};

/* Where a message about the plug-in points: at its URI. */
static QmStatus find(QmSessionReader *self, const QmYamlNode *node, QmPluginName name,
                     bool instrument, const QmPlugin **plugin)
{
    QmReader *reader = &self->reader;
    const QmYamlNode *uri = qm_yaml_get(node, "uri");
    if (!self->plugins) {
        return QM_READER_FAIL(reader, node, "no plug-ins are hosted here");
    }
    const size_t mark = qm_reader_push(reader, "uri");
    const QmPluginQuery query = {.name = name,
                                 .instrument = instrument,
                                 .rate = self->session->rate,
                                 .place = qm_reader_place(reader, uri),
                                 .path = reader->path};
    const QmStatus status =
        self->plugins->find(self->plugins->self, &query, reader->diag, plugin);
    qm_reader_pop(reader, mark);
    return status;
}

QmStatus qm_read_plugin(QmSessionReader *self, const QmYamlNode *node,
                        const QmPart *fields, const QmPlugin **plugin)
{
    QmReader *reader = &self->reader;
    QmPluginName name = {0};
    const QmPart parts[] = {
        {.schema = &name_schema, .base = &name},
        {.taken = taken, .n_taken = QM_COUNT(taken)},
        fields ? *fields : (QmPart){0},
    };
    const QmStatus status =
        qm_schema_read(reader, node, qm_plugin_key, parts, QM_COUNT(parts));
    return status == QM_OK ? find(self, node, name, !fields, plugin) : status;
}

QmStatus qm_read_plugin_params(QmSessionReader *self, const QmYamlNode *node,
                               const QmParam *rows, uint32_t n_rows, double *values)
{
    const QmYamlNode *params = qm_yaml_get(node, params_key);
    const QmPart part = {.rows = rows, .n_rows = n_rows, .values = values};
    if (!params) {
        return QM_OK;
    }
    const size_t mark = qm_reader_push(&self->reader, params_key);
    const QmStatus status = qm_schema_read(&self->reader, params, params_key, &part, 1);
    qm_reader_pop(&self->reader, mark);
    return status;
}

void qm_print_plugin(QmPrinter *printer, const QmPlugin *plugin, const QmParam *rows,
                     uint32_t n_rows, double *values)
{
    QmPluginName said = plugin->said;
    const QmPart name = {.schema = &name_schema, .base = &said};
    const QmPart part = {.rows = rows, .n_rows = n_rows, .values = values};
    qm_schema_print(printer, &name, 1);
    if (!qm_schema_is_default(&part, 1)) {
        qm_yaml_key(&printer->yaml, params_key);
        qm_yaml_begin_map(&printer->yaml, true);
        qm_schema_print(printer, &part, 1);
        qm_yaml_end(&printer->yaml);
    }
}
