/* digests -> keys -> [it is there]  -> map
 *                    [it is not]    -> one render of all of them -> seal, name, map
 *
 * A file holds the tap's engine frames from 0 on: what a plan reads is the same frame,
 * and what a linear-phase filter rings before the song is there, too. What a song frame
 * asks for lies `latency` frames further on.
 *
 * Length. A plan of `length` song frames reads up to engine frame length + the largest
 * latency. Files are kept for at least TAIL_S behind the timeline's end and rounded up to
 * STEP_S, so that another tail or latency, which come and go while a mix is made, asks
 * for the same files. */
#include "render/freeze.h"

#include "base/text.h"
#include "graph/digest.h"
#include "render/frozen_file.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    TAIL_S = 8, /* what reverbs of songs need */
    STEP_S = 8,
};
#define SUFFIX ".frozen"

struct QmFreeze {
    QmFrozenStrip *strips; /* [n] */
    QmFrozenFile *files;   /* [n] */
    uint32_t n;
    QmFrozen *list; /* [n_list] */
    uint32_t n_list;
};

/* What the steps share. */
typedef struct Freezing {
    const QmFreezeRequest *request;
    QmFreeze *freeze;
    int64_t kept;                 /* engine frames of each file */
    char (*keys)[QM_SHA256_TEXT]; /* [n_strips]; "": it cannot be frozen */
    QmArena *arena, scratch;
    QmDiag *diag;
} Freezing;

/* --- what is asked for -------------------------------------------------------------- */

static QmTapPoint point_of(const QmSession *session, uint16_t strip)
{
    return session->strips[strip].kind == QM_STRIP_MASTER ? QM_POINT_IN : QM_POINT_PRE;
}

static int64_t frames_to_keep(const QmFreezeRequest *request)
{
    const QmGraph *graph = request->graph;
    const int64_t rate = request->session->rate, step = STEP_S * rate;
    const int64_t least = request->timeline->end + TAIL_S * rate;
    int64_t frames = qm_plan_length(graph, request->timeline, request->clock);
    uint32_t latency = 0;
    for (uint32_t s = 0; s < request->session->n_strips; s++)
        if (latency < graph->nodes[s].latency)
            latency = graph->nodes[s].latency;
    frames = (frames > least ? frames : least) + latency;
    return (frames + step - 1) / step * step;
}

static void make_key(const QmTapDigest *tap, int64_t kept, char key[QM_SHA256_TEXT])
{
    QmSha256 sha;
    uint8_t digest[QM_SHA256_BYTES];
    qm_sha256_init(&sha);
    qm_sha256_add(&sha, tap->bytes, sizeof tap->bytes);
    qm_sha256_add(&sha, &kept, sizeof kept);
    qm_sha256_end(&sha, digest);
    qm_sha256_text(digest, key);
}

static QmStatus name_strips(Freezing *f)
{
    const QmFreezeRequest *request = f->request;
    const QmSession *session = request->session;
    const QmDigestInput input = {.graph = request->graph,
                                 .timeline = request->timeline,
                                 .assets = request->assets,
                                 .hashes = request->hashes,
                                 .version = QM_VERSION};
    QmTapDigest *taps = NULL;
    f->keys = qm_arena_alloc(&f->scratch, session->n_strips, sizeof *f->keys);
    if (!f->keys)
        return qm_fail_memory(f->diag);
    const QmStatus status = qm_digest_taps(&input, &f->scratch, f->diag, &taps);
    for (uint16_t s = 0; status == QM_OK && s < session->n_strips; s++) {
        const QmTapPoint point = point_of(session, s);
        const QmTapDigest *tap = &taps[s * QM_POINT_COUNT + point];
        if (!tap->foreign && qm_plan_can_freeze(session, s, point))
            make_key(tap, f->kept, f->keys[s]);
    }
    return status;
}

/* --- what is there ------------------------------------------------------------------ */

/* The inserts of a strip that have readings, in chain order. */
static uint32_t measuring(const Freezing *f, uint16_t s, uint16_t list[QM_MAX_INSERTS])
{
    const QmSession *session = f->request->session;
    const QmStrip *strip = &session->strips[s];
    uint32_t n = 0;
    for (uint16_t i = 0; point_of(session, s) == QM_POINT_PRE && i < strip->n_inserts;
         i++)
        if (!strip->inserts[i].bypass && strip->inserts[i].proc->read)
            list[n++] = i;
    return n;
}

/* What a plan plays of a file. */
static QmFrozen frozen_of(const Freezing *f, uint16_t s, const QmFrozenFile *file)
{
    const QmSession *session = f->request->session;
    return (QmFrozen){s,
                      point_of(session, s),
                      {.name = session->strips[s].name,
                       .frames = file->frames,
                       .resident = file->pairs}};
}

/* A mapped file becomes a frozen strip. */
static QmStatus take_file(Freezing *f, uint32_t i)
{
    QmFrozenStrip *strip = &f->freeze->strips[i];
    const QmFrozenFile *file = &f->freeze->files[i];
    const QmFrozen frozen = frozen_of(f, strip->strip, file);
    const uint32_t latency =
        qm_point_latency(f->request->graph, strip->strip, frozen.point);
    uint16_t inserts[QM_MAX_INSERTS];
    strip->n_readings = measuring(f, strip->strip, inserts);
    QmSlotReadings *readings = QM_NEW_ARRAY(f->arena, QmSlotReadings, strip->n_readings);
    if (!readings)
        return qm_fail_memory(f->diag);
    for (uint32_t k = 0; k < strip->n_readings; k++) {
        readings[k] = (QmSlotReadings){.strip = strip->strip, .insert = inserts[k]};
        memcpy(readings[k].values, file->readings[k], sizeof readings[k].values);
    }
    strip->readings = readings;
    strip->frames = file->frames - latency;
    strip->asset = (QmAsset){.name = frozen.asset.name,
                             .frames = strip->frames,
                             .resident = file->pairs + 2 * (size_t)latency};
    f->freeze->list[f->freeze->n_list++] = frozen;
    return QM_OK;
}

/* Maps what was written or found; the descriptor stays open. */
static bool map_file(const Freezing *f, uint16_t s, int fd, QmFrozenFile *file)
{
    uint16_t inserts[QM_MAX_INSERTS];
    if (!qm_frozen_file_open(fd, f->keys[s], f->kept, file))
        return false;
    if (file->n_readings == measuring(f, s, inserts))
        return true;
    qm_frozen_file_close(file);
    return false;
}

static bool find_before(const Freezing *f, uint16_t s, QmFrozenFile *file)
{
    const QmFreeze *before = f->request->before;
    for (uint32_t i = 0; before && i < before->n; i++)
        if (before->strips[i].frames && qm_same(before->strips[i].key, f->keys[s]))
            return qm_frozen_file_share(&before->files[i], file);
    return false;
}

/* Whether what a strip gives is there. */
static bool find(const Freezing *f, uint16_t s, QmFrozenFile *file)
{
    QmCache *cache = f->request->cache;
    if (!f->keys[s][0])
        return false;
    if (find_before(f, s, file))
        return true;
    const int fd = qm_cache_get(cache, f->keys[s], SUFFIX);
    if (fd < 0)
        return false;
    const bool found = map_file(f, s, fd, file);
    close(fd);
    if (!found)
        qm_cache_drop(cache, f->keys[s], SUFFIX);
    return found;
}

static QmStatus look_up(Freezing *f, const uint16_t *which)
{
    QmStatus status = QM_OK;
    for (uint32_t i = 0; status == QM_OK && i < f->freeze->n; i++) {
        QmFrozenStrip *strip = &f->freeze->strips[i];
        strip->strip = which[i];
        memcpy(strip->key, f->keys[which[i]], sizeof strip->key);
        strip->cached = find(f, which[i], &f->freeze->files[i]);
        if (strip->cached)
            status = take_file(f, i);
    }
    return status;
}

/* --- what is not ------------------------------------------------------------------ */

/* Those that have to be rendered. */
typedef struct Missing {
    uint32_t n;
    uint32_t *index; /* [n] of the strips asked for */
    QmPickup *stems;
    QmFrozenWriter *writers;
    QmSink *sinks;
    int *fds; /* -1: not open */
    QmSlotReadings *readings;
    uint32_t n_readings;
} Missing;

static QmStatus list_missing(Freezing *f, Missing *missing)
{
    const QmSession *session = f->request->session;
    const uint32_t n = f->freeze->n;
    uint32_t n_inserts = 0;
    for (uint32_t s = 0; s < session->n_strips; s++)
        n_inserts += session->strips[s].n_inserts;
    *missing =
        (Missing){.index = QM_NEW_ARRAY(&f->scratch, uint32_t, n),
                  .stems = QM_NEW_ARRAY(&f->scratch, QmPickup, n),
                  .writers = QM_NEW_ARRAY(&f->scratch, QmFrozenWriter, n),
                  .sinks = QM_NEW_ARRAY(&f->scratch, QmSink, n),
                  .fds = QM_NEW_ARRAY(&f->scratch, int, n),
                  .readings = QM_NEW_ARRAY(&f->scratch, QmSlotReadings, n_inserts)};
    if (!missing->index || !missing->stems || !missing->writers || !missing->sinks ||
        !missing->fds || !missing->readings)
        return qm_fail_memory(f->diag);
    for (uint32_t i = 0; i < n; i++) {
        const QmFrozenStrip *strip = &f->freeze->strips[i];
        if (!strip->key[0] || strip->cached)
            continue;
        missing->fds[missing->n] = -1;
        missing->stems[missing->n] =
            (QmPickup){.strip = strip->strip, .point = point_of(session, strip->strip)};
        missing->index[missing->n++] = i;
    }
    return QM_OK;
}

/* Allows for so many more descriptors, where the system lets us. */
static void allow_files(uint32_t more)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        const rlim_t need = limit.rlim_cur + more;
        limit.rlim_cur = need < limit.rlim_max ? need : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static QmStatus open_writers(Freezing *f, Missing *missing)
{
    QmStatus status = QM_OK;
    allow_files(missing->n);
    for (uint32_t k = 0; status == QM_OK && k < missing->n; k++) {
        const QmPickup *stem = &missing->stems[k];
        const int64_t late =
            qm_point_latency(f->request->graph, stem->strip, stem->point);
        missing->fds[k] = qm_cache_new(f->request->cache);
        if (missing->fds[k] < 0)
            return qm_fail_plain(f->diag, QM_ERR_IO,
                                 "cannot make a file in '%s' to freeze to: %s",
                                 qm_cache_folder(f->request->cache),
                                 strerrordesc_np(errno));
        status =
            qm_frozen_writer_open(missing->fds[k], qm_cache_folder(f->request->cache),
                                  -late, f->kept, &f->scratch, f->diag,
                                  &missing->writers[k], &missing->sinks[k]);
    }
    return status;
}

/* Whatever else is there, for this one render. */
typedef struct Others {
    QmFrozen *list; /* those that were asked for among them */
    QmFrozenFile *files;
    uint32_t n, n_files;
} Others;

static QmStatus find_others(Freezing *f, Others *others)
{
    const QmSession *session = f->request->session;
    const uint32_t n = session->n_strips;
    bool *asked = QM_NEW_ARRAY(&f->scratch, bool, n);
    *others = (Others){.list = QM_NEW_ARRAY(&f->scratch, QmFrozen, n),
                       .files = QM_NEW_ARRAY(&f->scratch, QmFrozenFile, n)};
    if (!asked || !others->list || !others->files)
        return qm_fail_memory(f->diag);
    for (uint32_t i = 0; i < f->freeze->n; i++)
        asked[f->freeze->strips[i].strip] = true;
    for (uint32_t i = 0; i < f->freeze->n_list; i++)
        others->list[others->n++] = f->freeze->list[i];
    for (uint16_t s = 0; s + 1u < n; s++)
        if (!asked[s] && find(f, s, &others->files[others->n_files]))
            others->list[others->n++] =
                frozen_of(f, s, &others->files[others->n_files++]);
    return QM_OK;
}

static QmStatus render_with(Freezing *f, Missing *missing, const Others *others)
{
    const QmFreezeRequest *r = f->request;
    const QmPlanRequest request = {.isa = r->isa,
                                   .frozen = others->list,
                                   .n_frozen = others->n,
                                   .stems = missing->stems,
                                   .n_stems = missing->n,
                                   .stems_only = true};
    QmPlan plan;
    const QmStatus status = qm_plan_new(r->graph, r->timeline, r->assets, r->clock,
                                        &request, &f->scratch, f->diag, &plan);
    if (status != QM_OK)
        return status;
    const QmOfflineConfig config = {.threads = r->threads,
                                    .from = -(int64_t)plan.latency,
                                    .to = f->kept,
                                    .stems = missing->sinks,
                                    .progress = r->progress,
                                    .cancel = r->cancel,
                                    .check = r->check,
                                    .check_self = r->check_self,
                                    .readings = missing->readings,
                                    .n_readings = &missing->n_readings};
    return qm_offline_render(&plan, &config, f->diag);
}

static QmStatus render(Freezing *f, Missing *missing)
{
    Others others = {.n = 0};
    QmStatus status = find_others(f, &others);
    if (status == QM_OK)
        status = render_with(f, missing, &others);
    for (uint32_t i = 0; i < others.n_files; i++)
        qm_frozen_file_close(&others.files[i]);
    return status;
}

/* What was rendered gets its header and its name. */
static QmStatus keep(Freezing *f, const Missing *missing, uint32_t k)
{
    const uint32_t i = missing->index[k];
    const QmFrozenStrip *strip = &f->freeze->strips[i];
    double values[QM_MAX_INSERTS][QM_MAX_READINGS];
    uint32_t n = 0;
    for (uint32_t r = 0; r < missing->n_readings; r++)
        if (missing->readings[r].strip == strip->strip &&
            missing->stems[k].point == QM_POINT_PRE)
            memcpy(values[n++], missing->readings[r].values, sizeof *values);
    const QmStatus status =
        qm_frozen_writer_seal(&missing->writers[k], strip->key, n,
                              (const double(*)[QM_MAX_READINGS])values, f->diag);
    if (status != QM_OK)
        return status;
    qm_cache_put(f->request->cache, missing->fds[k], strip->key, SUFFIX);
    return map_file(f, strip->strip, missing->fds[k], &f->freeze->files[i])
               ? take_file(f, i)
               : qm_fail_plain(f->diag, QM_ERR_IO,
                               "cannot map what is frozen in '%s': %s",
                               qm_cache_folder(f->request->cache),
                               strerrordesc_np(errno));
}

static QmStatus render_missing(Freezing *f)
{
    Missing missing;
    QmStatus status = list_missing(f, &missing);
    if (status != QM_OK || missing.n == 0)
        return status;
    status = open_writers(f, &missing);
    if (status == QM_OK)
        status = render(f, &missing);
    for (uint32_t k = 0; k < missing.n; k++) {
        if (status == QM_OK)
            status = keep(f, &missing, k);
        if (missing.fds[k] >= 0)
            close(missing.fds[k]);
    }
    return status;
}

/* --- the whole -------------------------------------------------------------------- */

static QmStatus run(Freezing *f, const uint16_t *which)
{
    QmStatus status = name_strips(f);
    if (status == QM_OK)
        status = look_up(f, which);
    return status == QM_OK ? render_missing(f) : status;
}

QmStatus qm_freeze(const QmFreezeRequest *request, const uint16_t *which, uint32_t n,
                   QmArena *arena, QmDiag *diag, QmFreeze **freeze)
{
    QmFreeze *made = QM_NEW(arena, QmFreeze);
    if (!made)
        return qm_fail_memory(diag);
    *made = (QmFreeze){.strips = QM_NEW_ARRAY(arena, QmFrozenStrip, n),
                       .files = QM_NEW_ARRAY(arena, QmFrozenFile, n),
                       .n = n,
                       .list = QM_NEW_ARRAY(arena, QmFrozen, n)};
    if (!made->strips || !made->files || !made->list)
        return qm_fail_memory(diag);
    Freezing f = {.request = request,
                  .freeze = made,
                  .kept = frames_to_keep(request),
                  .arena = arena,
                  .diag = diag};
    qm_arena_init(&f.scratch);
    const QmStatus status = run(&f, which);
    qm_arena_release(&f.scratch);
    if (status != QM_OK) {
        qm_freeze_release(made);
        return status;
    }
    *freeze = made;
    return QM_OK;
}

const QmFrozenStrip *qm_freeze_strips(const QmFreeze *freeze) { return freeze->strips; }

const QmFrozen *qm_freeze_list(const QmFreeze *freeze, uint32_t *n)
{
    *n = freeze->n_list;
    return freeze->list;
}

void qm_freeze_release(QmFreeze *freeze)
{
    for (uint32_t i = 0; freeze && i < freeze->n; i++)
        qm_frozen_file_close(&freeze->files[i]);
}
