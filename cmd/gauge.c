/* What is missing in the cache is analysed in one go, so that all threads are busy. An
 * item goes through the analysis under a name that is its number. */
#include "cmd/gauge.h"

#include "base/hash.h"
#include "base/number.h"
#include "formats/file.h"
#include "render/faded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FACTS = 256 << 20 /* bytes of a cached entry */ };

typedef struct Gauge {
    const GaugeRequest *request;
    Gauged *items;
    uint32_t *missing; /* which of them are analysed */
    QmArena *arena;
    QmDiag *diag;
} Gauge;

/* ---- cache ---- */

static const char *entry_of(const Gauged *item, const GaugeRequest *request,
                            QmArena *arena)
{
    QmText text;
    char number[3][QM_NUMBER_TEXT];
    qm_number_text(item->fader.pan, number[0]);
    qm_number_text(item->fader.width, number[1]);
    qm_number_text(item->fader.gain_db, number[2]);
    qm_text_init(&text, arena);
    qm_text_printf(&text, "%s %s %s %s %d %d %s %s %u", item->key, number[0], number[1],
                   number[2], (int)item->fader.pan_law, (int)item->fader.pan_mode,
                   request->kind, QM_VERSION, request->features);
    if (text.failed)
        return NULL;
    QmSha256 sha;
    uint8_t digest[QM_SHA256_BYTES];
    char *const entry = qm_arena_alloc(arena, 1, QM_SHA256_TEXT);
    qm_sha256_init(&sha);
    qm_sha256_add(&sha, text.data, text.length);
    qm_sha256_end(&sha, digest);
    if (entry)
        qm_sha256_text(digest, entry);
    return entry;
}

static bool read_facts(int fd, QmArena *arena, QmFacts *facts)
{
    const off_t size = lseek(fd, 0, SEEK_END);
    void *const bytes = size > 0 && size <= MAX_FACTS ? malloc((size_t)size) : NULL;
    const bool good = bytes && pread(fd, bytes, (size_t)size, 0) == size &&
                      qm_facts_read(bytes, (size_t)size, arena, facts);
    free(bytes);
    return good;
}

static bool find(const Gauge *gauge, const Gauged *item)
{
    const GaugeRequest *const request = gauge->request;
    const char *const entry =
        item->key && !request->keep ? entry_of(item, request, gauge->arena) : NULL;
    const int fd = entry ? qm_cache_get(request->cache, entry, ".facts") : -1;
    if (fd < 0)
        return false;
    const bool found = read_facts(fd, gauge->arena, item->facts);
    close(fd);
    return found;
}

static void keep(const Gauge *gauge, const Gauged *item)
{
    const char *const entry =
        item->key ? entry_of(item, gauge->request, gauge->arena) : NULL;
    const int fd = entry ? qm_cache_new(gauge->request->cache) : -1;
    QmArena scratch;
    QmText bytes;
    if (fd < 0)
        return;
    qm_arena_init(&scratch);
    qm_text_init(&bytes, &scratch);
    if (qm_facts_write(item->facts, &bytes) &&
        write(fd, bytes.data, bytes.length) == (ssize_t)bytes.length)
        qm_cache_put(gauge->request->cache, fd, entry, ".facts");
    close(fd);
    qm_arena_release(&scratch);
}

/* ---- analysis ---- */

static QmStatus open_item(void *context, const char *name, QmPlace place, QmDiag *diag,
                          QmAudioReader *reader)
{
    const Gauge *const gauge = context;
    Gauged *const item = &gauge->items[strtoul(name, NULL, 10)];
    if (item->sound)
        return load_open_sound(item->loaded, item->sound, place, diag, reader);
    if (item->spool) {
        *reader = qm_spool_reader(item->spool, item->rate);
        return QM_OK;
    }
    return qm_faded_reader(item->asset, item->asset->frames, item->rate, &item->fader,
                           &item->room, diag, reader);
}

static QmStatus done(void *self, uint32_t index, QmAnalysedFile *file)
{
    Gauge *const gauge = self;
    Gauged *const item = &gauge->items[gauge->missing[index]];
    if (file->status != QM_OK) {
        *gauge->diag = file->diag;
        return file->status;
    }
    if (!qm_facts_draw(file->analysis, file->not_finite, gauge->arena, item->facts))
        return qm_fail_memory(gauge->diag);
    keep(gauge, item);
    if (gauge->request->keep) {
        item->analysis = file->analysis;
        file->analysis = NULL;
    }
    return QM_OK;
}

static QmStatus analyse(Gauge *gauge, uint32_t n)
{
    const GaugeRequest *const request = gauge->request;
    const char **const names = QM_NEW_ARRAY(gauge->arena, const char *, n + 1);
    char(*const numbers)[16] = qm_arena_alloc(gauge->arena, n + 1, 16);
    if (!names || !numbers)
        return qm_fail_memory(gauge->diag);
    for (uint32_t i = 0; i < n; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%u", gauge->missing[i]);
        names[i] = numbers[i];
    }
    const QmAnalyseRequest work = {
        .names = names,
        .n_names = n,
        .open = open_item,
        .context = gauge,
        .features = request->features,
        .threads = request->threads,
        .isa = QM_ISA_BEST,
        .options = {.dual_mono = true, .fine_peak = request->fine_peak},
        .done = done,
        .self = gauge,
        .progress = request->progress,
        .cancel = request->cancel,
    };
    const QmStatus status = n ? qm_analyse(&work, gauge->diag) : QM_OK;
    for (uint32_t i = 0; i < n; i++)
        qm_arena_release(&gauge->items[gauge->missing[i]].room);
    return status;
}

QmStatus gauge_all(const GaugeRequest *request, Gauged *items, uint32_t n, QmArena *arena,
                   QmDiag *diag)
{
    Gauge gauge = {.request = request, .items = items, .arena = arena, .diag = diag};
    uint32_t n_missing = 0;
    gauge.missing = QM_NEW_ARRAY(arena, uint32_t, n + 1);
    if (!gauge.missing)
        return qm_fail_memory(diag);
    for (uint32_t i = 0; i < n; i++) {
        items[i].facts = QM_NEW_ARRAY(arena, QmFacts, 1);
        if (!items[i].facts)
            return qm_fail_memory(diag);
        if (!find(&gauge, &items[i]))
            gauge.missing[n_missing++] = i;
    }
    return analyse(&gauge, n_missing);
}

/* ---- content ---- */

/* Of one of a sound's files. */
static QmStatus hash_file(const Loaded *loaded, const QmSound *sound, const char *file,
                          QmDiag *diag, QmSha256 *sha)
{
    char path[LOAD_PATH];
    if (!load_sound_path(loaded, file, path))
        return qm_fail(diag, QM_ERR_INPUT, sound->place, NULL,
                       "the path of '%s' is too long", file);
    return qm_file_hash(path, sha, diag);
}

QmStatus gauge_hash(const Loaded *loaded, const QmSound *sound, QmDiag *diag,
                    char hash[QM_SHA256_TEXT])
{
    QmSha256 sha;
    uint8_t digest[QM_SHA256_BYTES];
    qm_sha256_init(&sha);
    QmStatus status = hash_file(loaded, sound, sound->file, diag, &sha);
    if (status == QM_OK && sound->right)
        status = hash_file(loaded, sound, sound->right, diag, &sha);
    qm_sha256_end(&sha, digest);
    qm_sha256_text(digest, hash);
    return status;
}
