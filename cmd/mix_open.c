/* What goes in: a session, or stems that a session is made of; its sounds and what they
 * hold; what the user, the session and the template want, in this order. */
#include "base/text.h"
#include "cmd/folder.h"
#include "cmd/gauge.h"
#include "cmd/mixing.h"
#include "cmd/stem_session.h"
#include "formats/template_yaml.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

/* ---- the base ---- */

static bool is_session(const CliList *inputs)
{
    const char *const name = inputs->items[0];
    const char *const suffix = name + qm_path_stem(name);
    return inputs->count == 1 &&
           (qm_same(name, "-") || qm_same(suffix, ".yaml") || qm_same(suffix, ".yml"));
}

static QmStatus open_session(Mixing *mixing)
{
    const MixRequest *const request = mixing->request;
    const LoadRequest load = {.file = request->inputs.items[0], .seed = request->seed};
    mixing->mix.log.session = load.file;
    return load_read(&load, mixing->diag, &mixing->base);
}

/* Stems are read more than once. */
static QmStatus refuse_pipes(const CliList *files, QmDiag *diag)
{
    struct stat about;
    for (size_t i = 0; i < files->count; i++)
        if (stat(files->items[i], &about) == 0 && S_ISFIFO(about.st_mode))
            return qm_fail_plain(diag, QM_ERR_INPUT,
                                 "'%s' is a pipe: a stem has to be a file",
                                 files->items[i]);
    return QM_OK;
}

static QmStatus open_stems(Mixing *mixing)
{
    CliList files = {0};
    QmSession *session;
    QmStatus status =
        folder_expand(&mixing->request->inputs, &mixing->arena, mixing->diag, &files);
    if (status == QM_OK)
        status = refuse_pipes(&files, mixing->diag);
    if (status == QM_OK)
        status = stem_session(&files, &mixing->arena, mixing->diag, &session);
    if (status == QM_OK)
        status = load_seed(session, mixing->request->seed, mixing->diag);
    return status == QM_OK ? load_made("", session, mixing->diag, &mixing->base) : status;
}

/* ---- its sounds ---- */

/* The sound that a source strip plays; QM_NONE: none, or more than one. */
static uint16_t sound_of(const QmStrip *strip)
{
    uint16_t sound = strip->input.sound;
    for (uint32_t i = 0; i < strip->input.n_clips; i++) {
        const uint16_t next = strip->input.clips[i].sound;
        if (sound != QM_NONE && sound != next)
            return QM_NONE;
        sound = next;
    }
    return sound;
}

typedef struct Hashing {
    const Loaded *loaded;
    char (*hashes)[QM_SHA256_TEXT]; /* [n_sounds]; "": it failed */
    atomic_uint next;
} Hashing;

/* Hashes sounds that nobody has taken yet. */
static void *hash_some(void *argument)
{
    Hashing *const h = argument;
    const QmSession *const session = h->loaded->session;
    for (uint32_t i; (i = atomic_fetch_add(&h->next, 1)) < session->n_sounds;)
        if (gauge_hash(h->loaded, &session->sounds[i], NULL, h->hashes[i]) != QM_OK)
            h->hashes[i][0] = '\0';
    return NULL;
}

static void hash_all(Hashing *h, uint32_t n_threads)
{
    pthread_t threads[QM_MAX_THREADS];
    uint32_t n = 0;
    while (n + 1 < n_threads && n + 1 < h->loaded->session->n_sounds &&
           pthread_create(&threads[n], NULL, hash_some, h) == 0)
        n++;
    hash_some(h);
    while (n > 0)
        pthread_join(threads[--n], NULL);
}

/* The files are independent. One that fails is tried again for what there is to say. */
static QmStatus hash_sounds(Mixing *mixing)
{
    const QmSession *const session = mixing->base.session;
    const uint32_t n = session->n_sounds;
    Hashing hashing = {.loaded = &mixing->base};
    hashing.hashes = qm_arena_alloc(&mixing->arena, n + 1, sizeof *hashing.hashes);
    mixing->hashes = QM_NEW_ARRAY(&mixing->arena, const char *, n + 1);
    if (!mixing->hashes || !hashing.hashes)
        return qm_fail_memory(mixing->diag);
    mixing_progress(mixing, "hashing stems");
    hash_all(&hashing, mixing->request->threads);
    mixing_step_end(mixing);
    QmStatus status = QM_OK;
    for (uint32_t i = 0; i < n && status == QM_OK; i++) {
        mixing->hashes[i] = hashing.hashes[i];
        if (!hashing.hashes[i][0])
            status = gauge_hash(&mixing->base, &session->sounds[i], mixing->diag,
                                hashing.hashes[i]);
    }
    return status;
}

static QmStatus log_input(Mixing *mixing, const char *strip, const char *file,
                          const char *hash)
{
    QmLogInput *const input =
        qm_list_add(&mixing->mix.log.inputs, sizeof *input, &mixing->arena);
    if (!input)
        return qm_fail_memory(mixing->diag);
    *input = (QmLogInput){.strip = strip, .file = file};
    memcpy(input->hash, hash, strnlen(hash, sizeof input->hash - 1));
    return QM_OK;
}

/* The hash of two sides is that of both; it stands beside the left one. */
static QmStatus log_inputs(Mixing *mixing)
{
    const QmSession *const session = mixing->base.session;
    QmStatus status = QM_OK;
    for (uint32_t s = 0; s < session->n_strips && status == QM_OK; s++) {
        const QmStrip *const strip = &session->strips[s];
        const uint16_t at = strip->input.generator ? sound_of(strip) : QM_NONE;
        if (at == QM_NONE)
            continue;
        const QmSound *const sound = &session->sounds[at];
        status = log_input(mixing, strip->name, sound->file, mixing->hashes[at]);
        if (status == QM_OK && sound->right)
            status = log_input(mixing, strip->name, sound->right, "");
    }
    return status;
}

/* ---- what is wanted ---- */

static QmStatus open_template(Mixing *mixing)
{
    const char *const wish = mixing->base.session->mix.template;
    const char *const said = mixing->request->template;
    return qm_template_load(said   ? said
                            : wish ? wish
                                   : "base",
                            &mixing->arena, mixing->diag, &mixing->mix.template);
}

static QmStatus choose_target(Mixing *mixing)
{
    QmMix *const mix = &mixing->mix;
    const QmMixWish *const wish = &mixing->base.session->mix;
    QmTemplateTarget target = mix->template->target;
    const char *const said =
        mixing->request->target ? mixing->request->target : wish->target;
    QmStatus status = QM_OK;
    if (said)
        status =
            qm_target_find(said, target.ceiling, &mixing->arena, mixing->diag, &target);
    else if (wish->has_lufs)
        target = (QmTemplateTarget){"", "", wish->lufs, wish->ceiling};
    mix->log.target = target.name ? target.name : "";
    mix->log.lufs = mix->lufs = target.lufs;
    mix->log.ceiling = mix->ceiling = target.ceiling;
    return status;
}

static QmStatus read_override(Mixing *mixing, const char *said, QmOverride *override)
{
    const char *const equals = strchr(said, '=');
    if (!equals || equals == said)
        return qm_fail_plain(mixing->diag, QM_ERR_USAGE,
                             "--set: expected ADDRESS=VALUE, found '%s'", said);
    *override = (QmOverride){.target = qm_arena_strndup(&mixing->arena, said,
                                                        (size_t)(equals - said)),
                             .value = equals + 1,
                             .why = "--set"};
    return override->target ? QM_OK : qm_fail_memory(mixing->diag);
}

/* Strips come later: only what is said of roles can be looked at now. */
static QmStatus check_roles(const QmMix *mix)
{
    for (uint32_t i = 0; i < mix->n_overrides; i++) {
        const QmOverride *const o = &mix->overrides[i];
        const char *const dot = strrchr(o->target, '.');
        if (!dot || strcmp(dot, ".role") != 0 || !qm_name_valid(o->value) ||
            qm_same(o->value, "off") || qm_role_find(o->value) != QM_ROLE_COUNT)
            continue;
        const char *const near = qm_near_miss(o->value, qm_role_names, QM_ROLE_COUNT);
        return qm_fail(mix->diag, QM_ERR_INPUT, o->place, NULL,
                       "%s: '%s' is no role%s%s%s", o->target, o->value,
                       near ? ", did you mean '" : "", near ? near : "",
                       near ? "'?" : "");
    }
    return QM_OK;
}

/* The session's, then those of the command line, which are stronger. */
static QmStatus gather_overrides(Mixing *mixing)
{
    const QmMixWish *const wish = &mixing->base.session->mix;
    const CliList *const set = &mixing->request->set;
    QmMix *const mix = &mixing->mix;
    QmStatus status = QM_OK;
    mix->overrides =
        QM_NEW_ARRAY(&mixing->arena, QmOverride, wish->n_overrides + set->count + 1);
    if (!mix->overrides)
        return qm_fail_memory(mixing->diag);
    for (uint32_t i = 0; i < wish->n_overrides; i++)
        mix->overrides[mix->n_overrides++] =
            (QmOverride){.target = wish->overrides[i].address,
                         .value = wish->overrides[i].value,
                         .why = "the session's overrides",
                         .place = wish->overrides[i].place};
    for (size_t i = 0; i < set->count && status == QM_OK; i++)
        status =
            read_override(mixing, set->items[i], &mix->overrides[mix->n_overrides++]);
    return status == QM_OK ? check_roles(mix) : status;
}

/* ---- strips ---- */

static QmStatus list_strips(Mixing *mixing)
{
    const QmSession *const session = mixing->base.session;
    QmMix *const mix = &mixing->mix;
    mix->strips = QM_NEW_ARRAY(&mixing->arena, QmMixStrip, session->n_strips);
    if (!mix->strips)
        return qm_fail_memory(mixing->diag);
    for (uint16_t s = 0; s < session->n_strips; s++) {
        const QmStrip *const strip = &session->strips[s];
        const uint16_t sound = strip->input.generator ? sound_of(strip) : QM_NONE;
        if (strip->kind != QM_STRIP_SOURCE || !strip->input.generator)
            continue;
        mix->strips[mix->n_strips++] = (QmMixStrip){
            .name = strip->name,
            .at = s,
            .role = QM_ROLE_OTHER,
            .wanted = qm_unmeasured("no balance was asked for"),
            .file = sound == QM_NONE ? "" : session->sounds[sound].file,
        };
    }
    if (!mix->n_strips)
        return qm_fail_plain(mixing->diag, QM_ERR_INPUT, "there is nothing to mix");
    return QM_OK;
}

static void start_log(Mixing *mixing)
{
    QmMix *const mix = &mixing->mix;
    mix->base = mixing->base.session;
    mix->seed = mix->base->seed;
    mix->log.version = QM_VERSION;
    mix->log.seed = mix->seed;
    mix->log.template =
        mixing->request->template ? mixing->request->template : mix->template->name;
}

QmStatus mixing_open(const MixRequest *request, QmDiag *diag, Mixing *mixing)
{
    *mixing = (Mixing){.request = request, .diag = diag, .spool = {.fd = -1}};
    qm_arena_init(&mixing->arena);
    mixing->mix.arena = &mixing->arena;
    mixing->mix.diag = diag;
    QmStatus status =
        is_session(&request->inputs) ? open_session(mixing) : open_stems(mixing);
    if (status == QM_OK)
        status = open_template(mixing);
    if (status == QM_OK)
        status = choose_target(mixing);
    if (status == QM_OK)
        status = gather_overrides(mixing);
    if (status == QM_OK)
        status = list_strips(mixing);
    if (status == QM_OK)
        status = load_start(&mixing->base, false, diag);
    if (status == QM_OK)
        status = hash_sounds(mixing);
    if (status == QM_OK)
        status = log_inputs(mixing);
    if (status == QM_OK)
        status = qm_cache_open(request->cache, request->cache_bytes, &mixing->arena, diag,
                               &mixing->cache);
    if (status == QM_OK) {
        qm_cache_trim(mixing->cache);
        start_log(mixing);
    }
    return status;
}
