/* A plug-in's ports.
 *
 *   audio in     the first two are the input; those marked as side-chain, and further
 *                ones, are the key
 *   audio out    the first two are the output
 *   control in   a row of the table, called by its symbol
 *   event in     the one that understands MIDI gets the notes; all others stay empty
 *
 * A row's range is what the plug-in's data say. LV2 means it as advice to people; here it
 * is checked like any other. The default is the port's, or what the preset or state has
 * for it, so that `params` says what differs from that. */
#include "render/lv2_host.h"

#include "base/text.h"

#include <lv2/atom/atom.h>
#include <lv2/midi/midi.h>
#include <lv2/port-groups/port-groups.h>
#include <lv2/resize-port/resize-port.h>
#include <lv2/units/units.h>
#include <string.h>

enum { EVENT_BYTES = 1 << 15 }; /* of an event port that does not ask for more */
#define UNBOUNDED  1e9          /* of a port that says no range */
/* newer than the oldest header that will do */
#define SIDE_CHAIN LV2_CORE_PREFIX "isSideChain"

typedef struct Reading {
    QmLv2Plugin *plugin;
    LilvWorld *world;
    const QmLv2Shared *shared;
    const QmPluginQuery *query;
    QmArena *arena;
    QmDiag *diag;
} Reading;

/* --- asking lilv ------------------------------------------------------------------ */

static bool is_a(const Reading *r, const LilvPort *port, const char *uri)
{
    LilvNode *class = lilv_new_uri(r->world, uri);
    const bool is = lilv_port_is_a(r->plugin->lilv, port, class);
    lilv_node_free(class);
    return is;
}

static bool has_property(const Reading *r, const LilvPort *port, const char *uri)
{
    LilvNode *property = lilv_new_uri(r->world, uri);
    const bool has = lilv_port_has_property(r->plugin->lilv, port, property);
    lilv_node_free(property);
    return has;
}

static bool understands(const Reading *r, const LilvPort *port, const char *uri)
{
    LilvNode *event = lilv_new_uri(r->world, uri);
    const bool does = lilv_port_supports_event(r->plugin->lilv, port, event);
    lilv_node_free(event);
    return does;
}

/* To be freed; NULL: not said. */
static LilvNode *said(const Reading *r, const LilvPort *port, const char *uri)
{
    LilvNode *predicate = lilv_new_uri(r->world, uri);
    LilvNode *value = lilv_port_get(r->plugin->lilv, port, predicate);
    lilv_node_free(predicate);
    return value;
}

static bool is_designated(const Reading *r, const LilvPort *port, const char *uri)
{
    LilvNode *value = said(r, port, LV2_CORE__designation);
    const bool is = value && qm_same(lilv_node_as_string(value), uri);
    lilv_node_free(value);
    return is;
}

/* By its own mark, or by that of the group it belongs to. */
static bool is_side_chain(const Reading *r, const LilvPort *port)
{
    if (has_property(r, port, SIDE_CHAIN)) {
        return true;
    }
    LilvNode *group = said(r, port, LV2_PORT_GROUPS__group);
    if (!group) {
        return false;
    }
    LilvNode *of = lilv_new_uri(r->world, LV2_PORT_GROUPS__sideChainOf);
    LilvNode *main = lilv_world_get(r->world, group, of, NULL);
    const bool is = main;
    lilv_node_free(main);
    lilv_node_free(of);
    lilv_node_free(group);
    return is;
}

/* --- numbers ---------------------------------------------------------------------- */

/* The double with the fewest decimals that is the same float: 0.1, not
 * 0.10000000149011612. */
static double tidy(float value)
{
    double scale = 1;
    for (int decimals = 0; decimals <= 12; decimals++, scale *= 10) {
        const double scaled = (double)value * scale;
        if (!(scaled > -9e15 && scaled < 9e15)) {
            break;
        }
        const int64_t whole = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        const double tidied = (double)whole / scale;
        if ((float)tidied == value) {
            return tidied + 0.0;
        }
    }
    return (double)value;
}

static bool is_number(const LilvNode *node)
{
    return node && (lilv_node_is_float(node) || lilv_node_is_int(node) ||
                    lilv_node_is_bool(node));
}

static double number(const LilvNode *node, double otherwise)
{
    if (!is_number(node)) {
        return otherwise;
    }
    const float value = lilv_node_is_bool(node) ? (float)lilv_node_as_bool(node)
                                                : lilv_node_as_float(node);
    return value - value == 0.0f ? tidy(value) : otherwise;
}

/* --- rows ------------------------------------------------------------------------- */

static QmUnit unit_of(const Reading *r, const LilvPort *port)
{
    static const struct {
        const char *uri;
        QmUnit unit;
    } units[] = {
        {LV2_UNITS__db, QM_UNIT_DB},         {LV2_UNITS__hz, QM_UNIT_HZ},
        {LV2_UNITS__ms, QM_UNIT_MS},         {LV2_UNITS__s, QM_UNIT_S},
        {LV2_UNITS__pc, QM_UNIT_PERCENT},    {LV2_UNITS__semitone12TET, QM_UNIT_SEMITONE},
        {LV2_UNITS__bpm, QM_UNIT_BPM},       {LV2_UNITS__degree, QM_UNIT_DEGREE},
        {LV2_UNITS__frame, QM_UNIT_SAMPLES},
    };
    LilvNode *value = said(r, port, LV2_UNITS__unit);
    QmUnit unit = QM_UNIT_NONE;
    for (uint32_t i = 0; value && i < QM_COUNT(units); i++) {
        if (qm_same(lilv_node_as_string(value), units[i].uri)) {
            unit = units[i].unit;
        }
    }
    lilv_node_free(value);
    return unit;
}

/* Adds what the value after `*before` is called; false: that was the last. lilv has them
 * in no order. */
static bool add_next_point(const LilvScalePoints *points, double *before, QmText *text)
{
    const LilvScalePoint *next = NULL;
    double value = 0;
    LILV_FOREACH(scale_points, i, points)
    {
        const LilvScalePoint *point = lilv_scale_points_get(points, i);
        const LilvNode *node = lilv_scale_point_get_value(point);
        const double found = is_number(node) ? number(node, *before) : *before;
        if (found > *before && (!next || found < value)) {
            next = point;
            value = found;
        }
    }
    if (!next) {
        return false;
    }
    char figure[QM_NUMBER_TEXT];
    qm_number_text(value, figure);
    qm_text_printf(text, "%s%s %s", *before < -UNBOUNDED ? ": " : ", ", figure,
                   lilv_node_as_string(lilv_scale_point_get_label(next)));
    *before = value;
    return true;
}

/* "Mode: 0 Peak, 1 RMS" */
static const char *help_of(const Reading *r, const LilvPort *port)
{
    QmText text;
    qm_text_init(&text, r->arena);
    LilvNode *name = lilv_port_get_name(r->plugin->lilv, port);
    qm_text_add(&text, name ? lilv_node_as_string(name) : "");
    lilv_node_free(name);
    LilvScalePoints *points = lilv_port_get_scale_points(r->plugin->lilv, port);
    double before = -2 * UNBOUNDED;
    while (points && add_next_point(points, &before, &text)) {
    }
    lilv_scale_points_free(points);
    return text.failed ? NULL : text.data;
}

/* A toggle is 0 or 1, so that every param of a plug-in is a number. */
static void read_range(const Reading *r, const LilvPort *port, QmParam *row)
{
    LilvNode *def, *min, *max;
    lilv_port_get_range(r->plugin->lilv, port, &def, &min, &max);
    const bool toggle = has_property(r, port, LV2_CORE__toggled);
    const bool enabled = is_designated(r, port, LV2_CORE__enabled);
    const double scale =
        has_property(r, port, LV2_CORE__sampleRate) ? (double)r->shared->rate : 1;
    row->kind = toggle || has_property(r, port, LV2_CORE__integer) ? QM_PARAM_INTEGER
                                                                   : QM_PARAM_NUMBER;
    row->min = toggle ? 0 : scale * number(min, -UNBOUNDED);
    row->max = toggle ? 1 : scale * number(max, UNBOUNDED);
    const double low = row->min > 0 ? row->min : 0;
    row->def = enabled ? number(def, 1) : scale * number(def, low < row->max ? low : 0);
    lilv_node_free(def);
    lilv_node_free(min);
    lilv_node_free(max);
}

/* The range holds the default, whole numbers are whole. */
static void mend_row(QmParam *row)
{
    if (row->min > row->max) {
        const double min = row->max;
        row->max = row->min;
        row->min = min;
    }
    row->min = row->def < row->min ? row->def : row->min;
    row->max = row->def > row->max ? row->def : row->max;
    const double def = row->def;
    if (row->kind == QM_PARAM_INTEGER && qm_param_clamp(row, def) != def) {
        row->kind = QM_PARAM_NUMBER;
    }
}

static QmStatus read_row(const Reading *r, const LilvPort *port, QmParam *row)
{
    const LilvNode *symbol = lilv_port_get_symbol(r->plugin->lilv, port);
    row->name = qm_arena_strdup(r->arena, lilv_node_as_string(symbol));
    row->help = help_of(r, port);
    row->unit = unit_of(r, port);
    row->flags = QM_PARAM_STEPPED;
    read_range(r, port, row);
    return row->name && row->help ? QM_OK : qm_fail_memory(r->diag);
}

/* What a preset or state says of a port is where its param starts. */
static void take_state(const char *symbol, void *self, const void *value, uint32_t size,
                       uint32_t type)
{
    const Reading *r = self;
    const QmLv2Shared *shared = r->shared;
    const int row = qm_proc_find_param(&r->plugin->proc, 0, symbol);
    if (row < 0) {
        return;
    }
    double found;
    if (type == shared->type_float && size == sizeof(float)) {
        found = tidy(*(const float *)value);
    } else if (type == shared->type_double && size == sizeof(double)) {
        found = *(const double *)value;
    } else if (type == shared->type_int && size == sizeof(int32_t)) {
        found = *(const int32_t *)value;
    } else if (type == shared->type_long && size == sizeof(int64_t)) {
        found = (double)*(const int64_t *)value;
    } else {
        return;
    }
    if (found - found == 0.0) {
        r->plugin->rows[row].def = found;
    }
}

/* --- roles ------------------------------------------------------------------------ */

static uint32_t event_bytes(const Reading *r, const LilvPort *port)
{
    LilvNode *value = said(r, port, LV2_RESIZE_PORT__minimumSize);
    const int asked = value && lilv_node_is_int(value) ? lilv_node_as_int(value) : 0;
    lilv_node_free(value);
    return asked > EVENT_BYTES ? (uint32_t)asked : EVENT_BYTES;
}

/* False: a port of a kind that is not known here. */
static bool find_role(const Reading *r, const LilvPort *port, QmLv2Port *found)
{
    const bool in = is_a(r, port, LV2_CORE__InputPort);
    if (is_a(r, port, LV2_CORE__AudioPort)) {
        found->role = !in                      ? QM_LV2_AUDIO_OUT
                      : is_side_chain(r, port) ? QM_LV2_KEY_IN
                                               : QM_LV2_AUDIO_IN;
    } else if (is_a(r, port, LV2_CORE__ControlPort)) {
        found->role = in ? QM_LV2_PARAM : QM_LV2_READOUT;
    } else if (is_a(r, port, LV2_CORE__CVPort)) {
        found->role = QM_LV2_CV;
    } else if (is_a(r, port, LV2_ATOM__AtomPort)) {
        found->role = in ? QM_LV2_EVENTS_IN : QM_LV2_EVENTS_OUT;
        found->size = event_bytes(r, port);
    } else {
        found->role = QM_LV2_IDLE;
        return has_property(r, port, LV2_CORE__connectionOptional);
    }
    return true;
}

static QmStatus refuse(const Reading *r, const char *why, const char *what)
{
    return qm_fail(r->diag, QM_ERR_INPUT, r->query->place, r->query->path,
                   "'%s' cannot be hosted: %s%s", r->query->name.uri, why, what);
}

static QmStatus find_roles(const Reading *r)
{
    QmLv2Plugin *p = r->plugin;
    for (uint32_t i = 0; i < p->n_ports; i++) {
        const LilvPort *port = lilv_plugin_get_port_by_index(p->lilv, i);
        QmLv2Port *found = &p->ports[i];
        if (!find_role(r, port, found)) {
            return refuse(r, "it has a port of an unknown kind, ",
                          lilv_node_as_string(lilv_port_get_symbol(p->lilv, port)));
        }
        if (found->role == QM_LV2_AUDIO_IN) {
            found->role = p->n_in < 2 ? QM_LV2_AUDIO_IN : QM_LV2_KEY_IN;
            found->index = found->role == QM_LV2_AUDIO_IN ? p->n_in++ : p->n_key++;
        } else if (found->role == QM_LV2_KEY_IN) {
            found->index = p->n_key++;
        } else if (found->role == QM_LV2_AUDIO_OUT) {
            found->index = p->n_out++;
        } else if (found->role == QM_LV2_PARAM) {
            found->index = p->n_rows++;
        } else if (found->role == QM_LV2_EVENTS_IN && p->notes_port < 0 &&
                   understands(r, port, LV2_MIDI__MidiEvent)) {
            p->notes_port = (int)i;
        } else if (found->role == QM_LV2_READOUT &&
                   (has_property(r, port, LV2_CORE__reportsLatency) ||
                    is_designated(r, port, LV2_CORE__latency))) {
            p->latency_port = (int)i;
        }
    }
    return QM_OK;
}

static QmStatus check_roles(const Reading *r)
{
    const QmLv2Plugin *p = r->plugin;
    if (p->n_out == 0) {
        return refuse(r, "it has no audio output", "");
    }
    if (p->instrument && p->notes_port < 0) {
        return refuse(r, "it takes no notes, so it is no instrument", "");
    }
    if (!p->instrument && p->n_in == 0) {
        return refuse(r, "it has no audio input, so it is no insert", "");
    }
    if (p->n_rows > QM_MAX_COEFFS) {
        char most[QM_NUMBER_TEXT];
        qm_number_text(QM_MAX_COEFFS, most);
        return refuse(r, "it has more params than ", most);
    }
    return QM_OK;
}

static QmStatus read_rows(const Reading *r)
{
    QmLv2Plugin *p = r->plugin;
    for (uint32_t i = 0; i < p->n_ports; i++) {
        if (p->ports[i].role == QM_LV2_PARAM) {
            const LilvPort *port = lilv_plugin_get_port_by_index(p->lilv, i);
            const QmStatus status = read_row(r, port, &p->rows[p->ports[i].index]);
            if (status != QM_OK) {
                return status;
            }
        }
    }
    p->proc.params = p->rows;
    p->proc.n_params = p->n_rows;
    if (p->state) {
        lilv_state_emit_port_values(p->state, take_state, (void *)r);
    }
    for (uint32_t i = 0; i < p->n_rows; i++) {
        mend_row(&p->rows[i]);
    }
    return QM_OK;
}

QmStatus qm_lv2_read_ports(QmLv2Plugin *plugin, LilvWorld *world,
                           const QmLv2Shared *shared, const QmPluginQuery *query,
                           QmArena *arena, QmDiag *diag)
{
    Reading r = {plugin, world, shared, query, arena, diag};
    plugin->n_ports = lilv_plugin_get_num_ports(plugin->lilv);
    plugin->ports = QM_NEW_ARRAY(arena, QmLv2Port, plugin->n_ports);
    plugin->latency_port = plugin->notes_port = -1;
    if (!plugin->ports) {
        return qm_fail_memory(diag);
    }
    QmStatus status = find_roles(&r);
    if (status == QM_OK) {
        status = check_roles(&r);
    }
    if (status != QM_OK) {
        return status;
    }
    /* one in, one out: each channel has a copy of its own */
    plugin->copies =
        !plugin->instrument && plugin->n_in == 1 && plugin->n_out == 1 ? 2 : 1;
    plugin->rows = QM_NEW_ARRAY(arena, QmParam, plugin->n_rows);
    return plugin->rows ? read_rows(&r) : qm_fail_memory(diag);
}
