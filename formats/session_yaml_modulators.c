/* Modulators: a map of named ones, each a map of one source and its targets.
 *
 *   wob: {lfo: {rate: 1/8, shape: triangle}, to: [{param: bass.eq.1.freq, amount: 0.4}]}
 *
 * Sources come from the table of modulation sources: nothing here knows one by name. A
 * source with the rows `rate` and `sync` may be given a note length as its rate, which is
 * its sync, and is printed so. A list of numbers (`values`) is the source's group. */
#include "formats/session_yaml_parts.h"

#include "model/address.h"

#include <string.h>

static const char to_key[] = "to";

/* ---- rate: 1/8 ---- */

/* Takes `rate: 1/8`; *taken says whether it was one. */
static QmStatus read_synced(QmReader *reader, const QmYamlNode *map,
                            QmModulator *modulator, bool *taken)
{
    const QmModDesc *source = modulator->source;
    const int sync = qm_mod_find_param(source, "sync");
    const QmYamlNode *rate = qm_yaml_get(map, "rate");
    *taken = sync >= 0 && qm_mod_find_param(source, "rate") >= 0 && rate &&
             rate->kind == QM_YAML_SCALAR && strchr(rate->text, '/');
    if (!*taken) {
        return QM_OK;
    }
    if (qm_yaml_get(map, "sync")) {
        return QM_READER_FAIL(reader, rate, "'rate' and 'sync' are both a note length");
    }
    const size_t mark = qm_reader_push(reader, rate->key);
    const QmStatus status =
        qm_reader_row(reader, rate, &source->params[sync], &modulator->params[sync]);
    qm_reader_pop(reader, mark);
    return status;
}

/* ---- sources ---- */

static const QmField strip_fields[] = {
    {.key = "strip",
     .type = &qm_field_strip,
     .offset = offsetof(QmModulator, strip),
     .required = true},
};
static const QmSchema strip_schema = {"modulator", strip_fields, QM_COUNT(strip_fields),
                                      sizeof(QmModulator), 0};

static bool has_strip(const QmModulator *modulator)
{
    return modulator->source->flags & (QM_MOD_LISTENS | QM_MOD_GATED);
}

/* The numbers of a source's list. */
static QmStatus read_values(QmReader *reader, const QmYamlNode *list,
                            QmModulator *modulator)
{
    const QmModDesc *source = modulator->source;
    double *value = modulator->params + source->n_params;
    QmStatus status = QM_OK;
    uint32_t number = 0;
    const size_t mark = qm_reader_push(reader, source->group_name);
    for (const QmYamlNode *node = list->first; status == QM_OK && node;
         node = node->next) {
        const size_t inner = qm_reader_push_item(reader, ++number);
        status = qm_reader_row(reader, node, source->group, value++);
        qm_reader_pop(reader, inner);
    }
    qm_reader_pop(reader, mark);
    return status;
}

/* Counts them, so that the flat array of params can be made. */
static QmStatus count_values(QmReader *reader, const QmYamlNode *map,
                             const QmYamlNode *list, QmModulator *modulator)
{
    const QmModDesc *source = modulator->source;
    if (!list) {
        return QM_READER_FAIL(reader, map, "'%s' is missing", source->group_name);
    }
    const size_t mark = qm_reader_push(reader, source->group_name);
    QmStatus status = qm_reader_kind(reader, list, QM_YAML_LIST, "a list of numbers");
    if (status == QM_OK && (list->n == 0 || list->n > source->max_groups)) {
        status = QM_READER_FAIL(reader, list, "expected from 1 to %u %s, found %u",
                                source->max_groups, source->group_name, list->n);
    }
    modulator->n_groups = list->n;
    qm_reader_pop(reader, mark);
    return status;
}

static QmStatus read_source(QmSessionReader *self, const QmYamlNode *map,
                            QmModulator *modulator)
{
    static const char *const rate_key[] = {"rate"};
    QmReader *reader = &self->reader;
    const QmModDesc *source = modulator->source;
    const QmYamlNode *list = NULL;
    QmStatus status =
        qm_yaml_is_empty(map) ? QM_OK : qm_reader_kind(reader, map, QM_YAML_MAP, "a map");
    if (status == QM_OK && source->group_name) {
        list = qm_yaml_get(map, source->group_name);
        status = count_values(reader, map, list, modulator);
    }
    if (status != QM_OK) {
        return status;
    }
    modulator->params =
        QM_NEW_ARRAY(reader->arena, double, source->n_params + modulator->n_groups);
    if (!modulator->params) {
        return qm_fail_memory(reader->diag);
    }
    qm_mod_defaults(source, modulator->n_groups, modulator->params);
    bool synced;
    status = read_synced(reader, map, modulator, &synced);
    const QmPart parts[] = {
        {.taken = rate_key, .n_taken = synced ? 1 : 0},
        {.rows = source->params, .n_rows = source->n_params, .values = modulator->params},
        {.taken = &source->group_name, .n_taken = source->group_name ? 1 : 0},
        {.schema = has_strip(modulator) ? &strip_schema : NULL, .base = modulator},
    };
    if (status == QM_OK) {
        status = qm_schema_read(reader, map, source->name, parts, QM_COUNT(parts));
    }
    return status == QM_OK && list ? read_values(reader, list, modulator) : status;
}

/* ---- targets ---- */

static const char *const route_keys[] = {"param", "amount", "from", "to", "curve"};
enum { PARAM, AMOUNT, FROM, TO, CURVE, ROUTE_KEYS };

static QmStatus read_value(QmReader *reader, const QmYamlNode *node, const QmParam *row,
                           double *value)
{
    const size_t mark = qm_reader_push(reader, node->key);
    const QmStatus status = qm_reader_row(reader, node, row, value);
    qm_reader_pop(reader, mark);
    return status;
}

/* Modulators move strips only: their own bodies may not be read yet. */
static QmStatus check_owner(QmSessionReader *self, const QmYamlNode *node)
{
    for (uint32_t i = 0; i < self->session->n_modulators; i++) {
        const char *name = self->session->modulators[i].name;
        const size_t length = strlen(name);
        if (qm_starts_with(node->text, name) && node->text[length] == '.' &&
            qm_session_strip(self->session, name) == QM_NONE) {
            return QM_READER_FAIL(&self->reader, node,
                                  "a modulator moves strips; automation moves the "
                                  "modulators' numbers");
        }
    }
    return QM_OK;
}

static QmStatus read_target(QmSessionReader *self, const QmYamlNode *node,
                            QmTarget *target)
{
    QmReader *reader = &self->reader;
    const size_t mark = qm_reader_push(reader, node->key);
    QmStatus status = qm_reader_kind(reader, node, QM_YAML_SCALAR,
                                     "an address such as bass.fader.gain");
    if (status == QM_OK) {
        status = check_owner(self, node);
    }
    if (status == QM_OK) {
        status = qm_address_parse(self->session, node->text,
                                  qm_reader_place(reader, node), reader->diag, target);
    }
    qm_reader_pop(reader, mark);
    return status;
}

/* Whether a target has an amount, or both ends. */
static QmStatus check_ends(QmReader *reader, const QmYamlNode *map,
                           const QmYamlNode *const keys[ROUTE_KEYS])
{
    const bool ends = keys[FROM] || keys[TO];
    if (keys[AMOUNT] ? ends : !keys[FROM] || !keys[TO]) {
        return QM_READER_FAIL(reader, map, "expected 'amount', or 'from' and 'to'");
    }
    if (keys[AMOUNT] && keys[CURVE]) {
        return QM_READER_FAIL(reader, keys[CURVE], "a 'curve' goes with 'from' and 'to'");
    }
    return QM_OK;
}

static QmStatus read_route_values(QmReader *reader,
                                  const QmYamlNode *const keys[ROUTE_KEYS],
                                  QmRoute *route)
{
    QmStatus status = QM_OK;
    for (uint32_t i = 0; status == QM_OK && i < QM_ROUTE_PARAMS; i++) {
        const QmYamlNode *node = keys[AMOUNT + i];
        if (node) {
            status = read_value(reader, node, &route->rows[i], &route->params[i]);
        }
    }
    double curve = QM_CURVE_LINEAR;
    if (status == QM_OK && keys[CURVE]) {
        status = read_value(reader, keys[CURVE], &qm_route_curve_param, &curve);
    }
    route->sets = !keys[AMOUNT];
    route->curve = (QmCurve)curve;
    return status;
}

static QmStatus read_route(QmSessionReader *self, const QmYamlNode *map, QmRoute *route)
{
    QmReader *reader = &self->reader;
    const QmPart part = {.taken = route_keys, .n_taken = ROUTE_KEYS};
    const QmYamlNode *keys[ROUTE_KEYS];
    QmTarget target;
    QmStatus status = qm_reader_kind(reader, map, QM_YAML_MAP, "a map with 'param'");
    if (status == QM_OK) {
        status = qm_schema_read(reader, map, "target", &part, 1);
    }
    for (uint32_t i = 0; i < ROUTE_KEYS; i++) {
        keys[i] = status == QM_OK ? qm_yaml_get(map, route_keys[i]) : NULL;
    }
    if (status == QM_OK && !keys[PARAM]) {
        status = QM_READER_FAIL(reader, map, "'param' is missing");
    }
    if (status == QM_OK) {
        status = check_ends(reader, map, keys);
    }
    if (status == QM_OK) {
        status = read_target(self, keys[PARAM], &target);
    }
    if (status != QM_OK) {
        return status;
    }
    qm_route_init(route, target, qm_address_param(self->session, target));
    route->place = qm_reader_place(reader, keys[PARAM]);
    return read_route_values(reader, keys, route);
}

static QmStatus read_routes(QmSessionReader *self, const QmYamlNode *list,
                            QmModulator *modulator)
{
    QmReader *reader = &self->reader;
    const size_t mark = qm_reader_push(reader, to_key);
    QmStatus status = qm_reader_kind(reader, list, QM_YAML_LIST, "a list of targets");
    if (status == QM_OK && (list->n == 0 || list->n > QM_MAX_ROUTES)) {
        status = QM_READER_FAIL(reader, list, "expected from 1 to %d targets, found %u",
                                QM_MAX_ROUTES, list->n);
    }
    modulator->routes =
        status == QM_OK ? QM_NEW_ARRAY(reader->arena, QmRoute, list->n) : NULL;
    if (status == QM_OK && !modulator->routes) {
        status = qm_fail_memory(reader->diag);
    }
    for (const QmYamlNode *item = list->first; status == QM_OK && item;
         item = item->next) {
        const size_t inner = qm_reader_push_item(reader, modulator->n_routes + 1);
        status = read_route(self, item, &modulator->routes[modulator->n_routes++]);
        qm_reader_pop(reader, inner);
    }
    qm_reader_pop(reader, mark);
    return status;
}

/* ---- modulators ---- */

static QmStatus find_source(QmSessionReader *self, const QmYamlNode *map,
                            const QmYamlNode **found)
{
    QmReader *reader = &self->reader;
    *found = NULL;
    for (const QmYamlNode *node = map->first; node; node = node->next) {
        if (!qm_mod_find(node->key)) {
            continue;
        }
        if (*found) {
            return qm_fail(reader->diag, QM_ERR_INPUT, qm_reader_key_place(reader, node),
                           reader->path,
                           "a modulator has one source, found '%s' and '%s'",
                           (*found)->key, node->key);
        }
        *found = node;
    }
    return *found ? QM_OK
                  : QM_READER_FAIL(reader, map,
                                   "a modulator needs a source: lfo, "
                                   "envelope, adsr, steps or macro");
}

static QmStatus read_modulator(QmSessionReader *self, const QmYamlNode *map,
                               QmModulator *modulator)
{
    QmReader *reader = &self->reader;
    const uint32_t n = qm_mod_count();
    const char **names = QM_NEW_ARRAY(reader->arena, const char *, n + 1);
    if (!names) {
        return qm_fail_memory(reader->diag);
    }
    for (uint32_t i = 0; i < n; i++) {
        names[i] = qm_mod_at(i)->name;
    }
    names[n] = to_key;
    const QmPart part = {.taken = names, .n_taken = n + 1};
    const QmYamlNode *source, *to;
    QmStatus status = qm_reader_kind(reader, map, QM_YAML_MAP, "a map");
    if (status == QM_OK) {
        status = qm_schema_read(reader, map, "modulator", &part, 1);
    }
    if (status == QM_OK) {
        status = find_source(self, map, &source);
    }
    if (status == QM_OK) {
        const size_t mark = qm_reader_push(reader, source->key);
        modulator->source = qm_mod_find(source->key);
        status = read_source(self, source, modulator);
        qm_reader_pop(reader, mark);
    }
    to = status == QM_OK ? qm_yaml_get(map, to_key) : NULL;
    if (status == QM_OK && !to) {
        status = QM_READER_FAIL(reader, map, "'to' is missing");
    }
    return status == QM_OK ? read_routes(self, to, modulator) : status;
}

QmStatus qm_read_modulators(QmSessionReader *self, const QmYamlNode *modulators)
{
    QmReader *reader = &self->reader;
    QmSession *session = self->session;
    QmStatus status = QM_OK;
    if (!modulators) {
        return QM_OK;
    }
    const size_t mark = qm_reader_push(reader, "modulators");
    if (modulators->n > QM_MAX_MODULATORS) {
        status =
            QM_READER_FAIL(reader, modulators, "expected at most %d modulators, found %u",
                           QM_MAX_MODULATORS, modulators->n);
    }
    session->modulators =
        status == QM_OK ? QM_NEW_ARRAY(reader->arena, QmModulator, modulators->n) : NULL;
    if (status == QM_OK && !session->modulators) {
        status = qm_fail_memory(reader->diag);
    }
    for (const QmYamlNode *node = modulators->first; status == QM_OK && node;
         node = node->next) {
        session->modulators[session->n_modulators++] =
            (QmModulator){.name = node->key,
                          .strip = QM_NONE,
                          .place = qm_reader_key_place(reader, node)};
    }
    uint32_t i = 0;
    for (const QmYamlNode *node = modulators->first; status == QM_OK && node;
         node = node->next) {
        const size_t inner = qm_reader_push(reader, node->key);
        status = read_modulator(self, node, &session->modulators[i++]);
        qm_reader_pop(reader, inner);
    }
    qm_reader_pop(reader, mark);
    return status;
}

/* ---- printing ---- */

static void print_values(QmPrinter *printer, const QmModulator *modulator)
{
    const QmModDesc *source = modulator->source;
    if (!source->group_name) {
        return;
    }
    qm_yaml_key(&printer->yaml, source->group_name);
    qm_yaml_begin_list(&printer->yaml, true);
    for (uint32_t i = 0; i < modulator->n_groups; i++) {
        qm_yaml_item(&printer->yaml);
        qm_printer_row(printer, source->group, modulator->params[source->n_params + i]);
    }
    qm_yaml_end(&printer->yaml);
}

/* Prints `rate: 1/8` where that says it all; gives how many of the first rows are told
 * then. */
static uint32_t print_synced(QmPrinter *printer, const QmModulator *modulator)
{
    const QmModDesc *source = modulator->source;
    const int rate = qm_mod_find_param(source, "rate");
    const int sync = qm_mod_find_param(source, "sync");
    if (rate != 0 || sync != 1 || modulator->params[sync] == 0 ||
        modulator->params[rate] != source->params[rate].def) {
        return 0;
    }
    qm_yaml_key(&printer->yaml, "rate");
    qm_printer_row(printer, &source->params[sync], modulator->params[sync]);
    return 2;
}

static void print_source(QmPrinter *printer, const QmModulator *modulator)
{
    const QmModDesc *source = modulator->source;
    QmModulator shown = *modulator;
    const QmPart strip = {.schema = &strip_schema, .base = &shown};
    qm_yaml_key(&printer->yaml, source->name);
    qm_yaml_begin_map(&printer->yaml, true);
    if (has_strip(modulator)) {
        qm_schema_print(printer, &strip, 1);
    }
    const uint32_t told = print_synced(printer, modulator);
    const QmPart rows = {.rows = source->params + told,
                         .n_rows = source->n_params - told,
                         .values = modulator->params + told};
    qm_schema_print(printer, &rows, 1);
    print_values(printer, modulator);
    qm_yaml_end(&printer->yaml);
}

static void print_route(QmPrinter *printer, const QmSession *session,
                        const QmRoute *route)
{
    const uint32_t first = route->sets ? QM_ROUTE_FROM : QM_ROUTE_AMOUNT;
    const uint32_t last = route->sets ? QM_ROUTE_TO : QM_ROUTE_AMOUNT;
    qm_yaml_begin_map(&printer->yaml, true);
    qm_yaml_key(&printer->yaml, route_keys[PARAM]);
    printer->scratch.length = 0;
    qm_address_print(session, route->target, &printer->scratch);
    qm_printer_scratch(printer);
    for (uint32_t i = first; i <= last; i++) {
        qm_yaml_key(&printer->yaml, route->rows[i].name);
        qm_printer_row(printer, &route->rows[i], route->params[i]);
    }
    if (route->sets && route->curve != QM_CURVE_LINEAR) {
        qm_yaml_key(&printer->yaml, qm_route_curve_param.name);
        qm_printer_row(printer, &qm_route_curve_param, route->curve);
    }
    qm_yaml_end(&printer->yaml);
}

void qm_print_modulators(QmPrinter *printer, const QmSession *session)
{
    qm_yaml_begin_map(&printer->yaml, false);
    for (uint32_t i = 0; i < session->n_modulators; i++) {
        const QmModulator *modulator = &session->modulators[i];
        qm_yaml_key(&printer->yaml, modulator->name);
        qm_yaml_begin_map(&printer->yaml, false);
        print_source(printer, modulator);
        qm_yaml_key(&printer->yaml, to_key);
        qm_yaml_begin_list(&printer->yaml, false);
        for (uint32_t k = 0; k < modulator->n_routes; k++) {
            qm_yaml_item(&printer->yaml);
            print_route(printer, session, &modulator->routes[k]);
        }
        qm_yaml_end(&printer->yaml);
        qm_yaml_end(&printer->yaml);
    }
    qm_yaml_end(&printer->yaml);
}
