/* Who there is. lilv is asked once, when the first plug-in is; what was found is kept, so
 * that strips with the same plug-in share its table (and may share a gang). */
#include "render/lv2_host.h"

#include "base/hash.h"
#include "base/text.h"
#include "model/address.h"

#include <lv2/presets/presets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Found Found;
struct Found {
    QmLv2Plugin plugin;
    Found *next;
};

typedef struct Running Running;
struct Running {
    QmLv2Instance *instance;
    Running *next;
};

struct QmLv2 {
    QmPlugins plugins;
    const char *folder;
    QmArena *arena;
    LilvWorld *world; /* NULL: nobody has asked yet */
    QmLv2Shared shared;
    Found *found;
    Running *first, *last; /* in session order */
};

static QmStatus open_world(QmLv2 *host, uint32_t rate, QmDiag *diag)
{
    if (host->world) {
        return QM_OK;
    }
    host->world = lilv_world_new();
    if (!host->world) {
        return qm_fail_memory(diag);
    }
    lilv_world_load_all(host->world);
    qm_lv2_shared_init(&host->shared, rate);
    return QM_OK;
}

/* --- by URI ----------------------------------------------------------------------- */

static QmStatus unknown(QmLv2 *host, const QmPluginQuery *query, QmDiag *diag)
{
    const LilvPlugins *all = lilv_world_get_all_plugins(host->world);
    const char **uris = QM_NEW_ARRAY(host->arena, const char *, lilv_plugins_size(all));
    size_t n = 0;
    if (!uris) {
        return qm_fail_memory(diag);
    }
    LILV_FOREACH(plugins, i, all)
    {
        uris[n++] = lilv_node_as_uri(lilv_plugin_get_uri(lilv_plugins_get(all, i)));
    }
    return qm_fail_unknown(diag, query->place, query->path, "LV2 plug-in",
                           query->name.uri, uris, n);
}

static QmStatus find_lilv(QmLv2 *host, const QmPluginQuery *query, QmDiag *diag,
                          const LilvPlugin **plugin)
{
    *plugin = NULL;
    if (!strchr(query->name.uri, ':')) {
        return qm_fail(diag, QM_ERR_INPUT, query->place, query->path,
                       "expected the URI of an LV2 plug-in, such as 'http://...', found "
                       "'%s'",
                       query->name.uri);
    }
    LilvNode *uri = lilv_new_uri(host->world, query->name.uri);
    if (uri) {
        *plugin = lilv_plugins_get_by_uri(lilv_world_get_all_plugins(host->world), uri);
    }
    lilv_node_free(uri);
    return *plugin ? QM_OK : unknown(host, query, diag);
}

/* --- what it starts from ---------------------------------------------------------- */

/* The preset of that label or URI, or NULL; its names are added to `names`, if given. */
static LilvNode *find_preset(QmLv2 *host, const LilvPlugin *plugin, const char *wanted,
                             const char **names, size_t *n)
{
    LilvNode *class = lilv_new_uri(host->world, LV2_PRESETS__Preset);
    LilvNode *label = lilv_new_uri(host->world, LILV_NS_RDFS "label");
    LilvNodes *presets = lilv_plugin_get_related(plugin, class);
    LilvNode *found = NULL;
    LILV_FOREACH(nodes, i, presets)
    {
        const LilvNode *preset = lilv_nodes_get(presets, i);
        lilv_world_load_resource(host->world, preset);
        LilvNode *text = lilv_world_get(host->world, preset, label, NULL);
        const char *name = text ? lilv_node_as_string(text) : "";
        if (!found &&
            (qm_same(name, wanted) || qm_same(lilv_node_as_string(preset), wanted))) {
            found = lilv_node_duplicate(preset);
        }
        if (names) {
            names[*n] = qm_arena_strdup(host->arena, name);
            *n += names[*n] != NULL;
        }
        lilv_node_free(text);
    }
    lilv_nodes_free(presets);
    lilv_node_free(label);
    lilv_node_free(class);
    return found;
}

static size_t count_presets(QmLv2 *host, const LilvPlugin *plugin)
{
    LilvNode *class = lilv_new_uri(host->world, LV2_PRESETS__Preset);
    LilvNodes *presets = lilv_plugin_get_related(plugin, class);
    const size_t n = lilv_nodes_size(presets);
    lilv_nodes_free(presets);
    lilv_node_free(class);
    return n;
}

static QmStatus load_preset(QmLv2 *host, const QmPluginQuery *query, QmLv2Plugin *plugin,
                            QmDiag *diag)
{
    const char *wanted = query->name.preset;
    LilvNode *preset = find_preset(host, plugin->lilv, wanted, NULL, NULL);
    if (preset) {
        plugin->state =
            lilv_state_new_from_world(host->world, &host->shared.uris.map, preset);
        lilv_node_free(preset);
    }
    if (plugin->state) {
        return QM_OK;
    }
    size_t n = 0;
    const char **names =
        QM_NEW_ARRAY(host->arena, const char *, count_presets(host, plugin->lilv));
    if (!names) {
        return qm_fail_memory(diag);
    }
    find_preset(host, plugin->lilv, "", names, &n);
    return qm_fail_unknown(diag, query->place, query->path, "preset", wanted, names, n);
}

static QmStatus load_state(QmLv2 *host, const QmPluginQuery *query, QmLv2Plugin *plugin,
                           QmDiag *diag)
{
    const char *name = query->name.state;
    QmText path;
    qm_text_init(&path, host->arena);
    qm_text_printf(&path, "%s%s", name[0] == '/' ? "" : host->folder, name);
    if (path.failed) {
        return qm_fail_memory(diag);
    }
    FILE *file = fopen(path.data, "rb");
    if (!file) {
        return qm_fail(diag, QM_ERR_INPUT, query->place, query->path,
                       "cannot open the state '%s'", path.data);
    }
    fclose(file);
    plugin->state =
        lilv_state_new_from_file(host->world, &host->shared.uris.map, NULL, path.data);
    const LilvNode *uri = plugin->state ? lilv_state_get_plugin_uri(plugin->state) : NULL;
    if (uri && qm_same(lilv_node_as_string(uri), query->name.uri)) {
        return QM_OK;
    }
    return qm_fail(diag, QM_ERR_INPUT, query->place, query->path,
                   "'%s' is no state of '%s'", path.data, query->name.uri);
}

/* Most plug-ins are at their default by themselves; some want to be told. */
static void load_default(QmLv2 *host, QmLv2Plugin *plugin)
{
    LilvNode *wish = lilv_new_uri(host->world, LV2_STATE__loadDefaultState);
    if (lilv_plugin_has_feature(plugin->lilv, wish)) {
        plugin->state = lilv_state_new_from_world(host->world, &host->shared.uris.map,
                                                  lilv_plugin_get_uri(plugin->lilv));
    }
    lilv_node_free(wish);
}

static QmStatus load_start(QmLv2 *host, const QmPluginQuery *query, QmLv2Plugin *plugin,
                           QmDiag *diag)
{
    if (query->name.preset && query->name.state) {
        return qm_fail(diag, QM_ERR_INPUT, query->place, query->path,
                       "a plug-in starts from a 'preset' or from a 'state', not both");
    }
    if (query->name.preset) {
        return load_preset(host, query, plugin, diag);
    }
    if (query->name.state) {
        return load_state(host, query, plugin, diag);
    }
    load_default(host, plugin);
    return QM_OK;
}

/* --- what is told of it ----------------------------------------------------------- */

static int whole_value(QmLv2 *host, const LilvPlugin *plugin, const char *uri)
{
    LilvNode *predicate = lilv_new_uri(host->world, uri);
    LilvNodes *values = lilv_plugin_get_value(plugin, predicate);
    const LilvNode *value = values ? lilv_nodes_get_first(values) : NULL;
    const int found = value && lilv_node_is_int(value) ? lilv_node_as_int(value) : -1;
    lilv_nodes_free(values);
    lilv_node_free(predicate);
    return found;
}

static const char *version_of(QmLv2 *host, const LilvPlugin *plugin)
{
    const int minor = whole_value(host, plugin, LV2_CORE__minorVersion);
    const int micro = whole_value(host, plugin, LV2_CORE__microVersion);
    QmText text;
    qm_text_init(&text, host->arena);
    if (minor < 0 && micro < 0) {
        return "";
    }
    qm_text_printf(&text, "%d.%d", minor < 0 ? 0 : minor, micro < 0 ? 0 : micro);
    return text.failed ? NULL : text.data;
}

/* The first 64 bits of its SHA-256, in hex: enough to tell builds apart. */
static bool hash_file(const char *path, char hash[17])
{
    FILE *file = fopen(path, "rb");
    static const size_t size = 1 << 16;
    char *buffer = file ? malloc(size) : NULL;
    QmSha256 sha;
    uint8_t digest[QM_SHA256_BYTES];
    char text[QM_SHA256_TEXT];
    qm_sha256_init(&sha);
    for (size_t n; buffer && (n = fread(buffer, 1, size, file)) > 0;) {
        qm_sha256_add(&sha, buffer, n);
    }
    const bool read = buffer && !ferror(file);
    qm_sha256_end(&sha, digest);
    qm_sha256_text(digest, text);
    memcpy(hash, text, 16);
    hash[16] = '\0';
    free(buffer);
    if (file) {
        fclose(file);
    }
    return read;
}

static const char *library_of(QmLv2 *host, const LilvPlugin *plugin)
{
    const LilvNode *uri = lilv_plugin_get_library_uri(plugin);
    char *path = uri ? lilv_node_get_path(uri, NULL) : NULL;
    char hash[17];
    QmText text;
    qm_text_init(&text, host->arena);
    if (path) {
        const char *slash = strrchr(path, '/');
        const bool read = hash_file(path, hash);
        qm_text_printf(&text, "%s%s%s", slash ? slash + 1 : path, read ? " " : "",
                       read ? hash : "");
    } else {
        qm_text_add(&text, "no library");
    }
    lilv_free(path);
    return text.failed ? NULL : text.data;
}

/* --- finding ---------------------------------------------------------------------- */

static QmStatus describe(QmLv2 *host, const QmPluginQuery *query, QmLv2Plugin *plugin,
                         QmDiag *diag)
{
    const char *uri = query->name.uri;
    char *missing = qm_lv2_missing(host->world, plugin->lilv);
    if (missing) {
        const QmStatus refused =
            qm_fail(diag, QM_ERR_INPUT, query->place, query->path,
                    "'%s' cannot be hosted: it requires <%s>", uri, missing);
        free(missing);
        return refused;
    }
    LilvNode *name = lilv_plugin_get_name(plugin->lilv);
    QmPlugin *told = &plugin->plugin;
    told->name = qm_arena_strdup(host->arena, name ? lilv_node_as_string(name) : uri);
    told->version = version_of(host, plugin->lilv);
    told->library = library_of(host, plugin->lilv);
    lilv_node_free(name);
    if (!told->name || !told->version || !told->library) {
        return qm_fail_memory(diag);
    }
    QmStatus status = load_start(host, query, plugin, diag);
    if (status == QM_OK) {
        status = qm_lv2_read_ports(plugin, host->world, &host->shared, query, host->arena,
                                   diag);
    }
    if (status == QM_OK) {
        qm_lv2_describe(plugin);
    }
    return status;
}

static bool is_asked(const QmLv2Plugin *plugin, const QmPluginQuery *query)
{
    const QmPluginName *a = &plugin->plugin.said, *b = &query->name;
    return plugin->instrument == query->instrument && qm_same(a->uri, b->uri) &&
           qm_same(a->preset, b->preset) && qm_same(a->state, b->state);
}

static QmStatus find(void *self, const QmPluginQuery *query, QmDiag *diag,
                     const QmPlugin **plugin)
{
    QmLv2 *host = self;
    const LilvPlugin *lilv;
    QmStatus status = open_world(host, query->rate, diag);
    for (const Found *f = host->found; status == QM_OK && f; f = f->next) {
        if (is_asked(&f->plugin, query)) {
            *plugin = &f->plugin.plugin;
            return QM_OK;
        }
    }
    if (status == QM_OK) {
        status = find_lilv(host, query, diag, &lilv);
    }
    if (status != QM_OK) {
        return status;
    }
    Found *made = QM_NEW(host->arena, Found);
    if (!made) {
        return qm_fail_memory(diag);
    }
    made->plugin = (QmLv2Plugin){.plugin.said = query->name,
                                 .host = host,
                                 .instrument = query->instrument,
                                 .lilv = lilv};
    status = describe(host, query, &made->plugin, diag);
    if (status != QM_OK) {
        lilv_state_free(made->plugin.state);
        return status;
    }
    made->next = host->found;
    host->found = made;
    *plugin = &made->plugin.plugin;
    return QM_OK;
}

/* --- running ---------------------------------------------------------------------- */

static QmStatus run(QmLv2 *host, const QmPlugin *plugin, const double *params,
                    QmPlace place, const char *path, QmDiag *diag, void **instance)
{
    QmLv2Instance *made = NULL;
    Running *running = QM_NEW(host->arena, Running);
    if (!running) {
        return qm_fail_memory(diag);
    }
    const QmStatus status =
        qm_lv2_instance_new((const QmLv2Plugin *)plugin, &host->shared, params, place,
                            path, host->arena, diag, &made);
    if (made) {
        running->instance = made;
        *(host->last ? &host->last->next : &host->first) = running;
        host->last = running;
    }
    *instance = made;
    return status;
}

static const char *path_of(QmLv2 *host, const QmStrip *strip, const char *slot)
{
    QmText text;
    qm_text_init(&text, host->arena);
    qm_text_printf(&text, "%s.%s", strip->name, slot);
    return text.failed ? NULL : text.data;
}

static QmStatus start_strip(QmLv2 *host, QmStrip *strip, QmDiag *diag)
{
    QmInput *input = &strip->input;
    QmStatus status = QM_OK;
    if (input->plugin) {
        status =
            run(host, input->plugin, input->params, input->place,
                path_of(host, strip, input->generator->name), diag, &input->instance);
    }
    for (uint32_t i = 0; status == QM_OK && i < strip->n_inserts; i++) {
        QmInsert *insert = &strip->inserts[i];
        if (insert->plugin && !insert->bypass) {
            status = run(host, insert->plugin, insert->params, insert->place,
                         path_of(host, strip, insert->name), diag, &insert->instance);
        }
    }
    return status;
}

QmStatus qm_lv2_start(QmLv2 *host, const QmSession *session, QmDiag *diag)
{
    QmStatus status = QM_OK;
    for (uint32_t s = 0; status == QM_OK && s < session->n_strips; s++) {
        status = start_strip(host, &session->strips[s], diag);
    }
    return status;
}

/* ---------------------------------------------------------------------------------- */

QmStatus qm_lv2_new(const char *folder, QmArena *arena, QmDiag *diag, QmLv2 **host)
{
    QmLv2 *made = QM_NEW(arena, QmLv2);
    if (!made) {
        return qm_fail_memory(diag);
    }
    *made = (QmLv2){.plugins = {find, made}, .folder = folder, .arena = arena};
    *host = made;
    return QM_OK;
}

const QmPlugins *qm_lv2_plugins(const QmLv2 *host) { return &host->plugins; }

void qm_lv2_warnings(const QmLv2 *host, QmDiag *diag)
{
    for (const Running *r = host->first; r; r = r->next) {
        qm_lv2_instance_warn(r->instance, diag);
    }
}

void qm_lv2_release(QmLv2 *host)
{
    if (!host || !host->world) {
        return;
    }
    for (const Running *r = host->first; r; r = r->next) {
        qm_lv2_instance_end(r->instance);
    }
    for (const Found *f = host->found; f; f = f->next) {
        lilv_state_free(f->plugin.state);
    }
    lilv_world_free(host->world);
    qm_lv2_shared_release(&host->shared);
    host->world = NULL;
}
