/* Each sound goes through the same door once:
 *
 *   open -> which channels -> (spool: decode, pick, convert)
 *                                -> resident: read into memory
 *                                -> streamed: a QmStream a strip
 *
 * Streams are laid out for every strip that has clips of the sound before anything runs;
 * a stream opens its own reader when it is first read from (the first gets the one the
 * sound was looked at through), so strips never share a file position. A failure in the
 * middle of a render cannot be returned by QmAsset.read: it becomes silence, and the
 * first one (by session order of sounds, so that threads do not decide which) is kept for
 * qm_prepared_check. */
#include "render/prepare.h"

#include "render/joined.h"
#include "render/spool.h"
#include "render/stream.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>

enum {
    RATE_MIN = 4000,
    RATE_MAX = 768000,
    SPARE_FILES = 64, /* descriptors for everything else */
};
#define RESIDENT_MAX ((int64_t)2 << 30) /* bytes */

typedef struct Sound Sound;

/* One strip's way through one sound. */
typedef struct Reader {
    QmStream stream;
    Sound *sound;
    uint32_t strip;
    bool open, broken;
    QmAudioReader reader; /* when `open` */
} Reader;

struct Sound {
    QmPrepared *owner;
    const QmSound *what;
    uint32_t index;
    bool by_other;       /* a sampler has it */
    uint32_t n_by_clip;  /* strips that have clips of it */
    uint32_t last_strip; /* while counting: the last of them */
    QmAudioInfo info;
    QmSpool spool;
    Reader *readers; /* [n_by_clip], by rising strip */
    uint32_t n_readers;
    uint64_t not_finite; /* of readers that are closed */
};

struct QmPrepared {
    const QmSession *session;
    QmAudioOpen open;
    void *context;
    QmArena *arena;
    bool resident;
    int64_t resident_bytes;
    uint32_t n_streams;
    Sound *sounds;
    QmAsset *assets;
    int64_t *frames;
    pthread_mutex_t lock; /* of what is below, and of `open` */
    QmDiag failure;
    uint32_t failed_sound;
};

/* ---- while the render runs --------------------------------------------------------- */

static void remember(Sound *sound, const QmDiag *diag)
{
    QmPrepared *p = sound->owner;
    pthread_mutex_lock(&p->lock);
    if (!p->failure.status || sound->index < p->failed_sound) {
        p->failure = *diag;
        p->failed_sound = sound->index;
    }
    pthread_mutex_unlock(&p->lock);
}

/* The same sound again, for another strip. */
static QmStatus open_again(Reader *reader, QmDiag *diag)
{
    Sound *sound = reader->sound;
    QmPrepared *p = sound->owner;
    pthread_mutex_lock(&p->lock);
    const QmStatus status = qm_open_sound(p->open, p->context, sound->what,
                                          sound->what->place, diag, &reader->reader);
    pthread_mutex_unlock(&p->lock);
    if (status) {
        return status;
    }
    reader->open = true;
    const QmAudioInfo *now = &reader->reader.info, *then = &sound->info;
    return now->rate == then->rate && now->channels == then->channels &&
                   now->frames == then->frames
               ? QM_OK
               : qm_fail(diag, QM_ERR_INPUT, sound->what->place, NULL,
                         "sound '%s' was changed while it was read", sound->what->name);
}

static QmStatus read_file(Reader *reader, int64_t frame, uint32_t n, float *out,
                          uint32_t *got, QmDiag *diag)
{
    QmStatus status = reader->open ? QM_OK : open_again(reader, diag);
    if (!status) {
        status = reader->reader.read(reader->reader.self, frame, n, out, got, diag);
    }
    return status;
}

static void fetch(void *self, int64_t frame, uint32_t n, float *out)
{
    Reader *reader = self;
    Sound *sound = reader->sound;
    uint32_t got = 0;
    if (!reader->broken) {
        QmDiag diag = {0};
        QmStatus status = QM_OK;
        if (sound->spool.fd >= 0) {
            got = qm_spool_read(&sound->spool, frame, n, out);
        } else {
            status = read_file(reader, frame, n, out, &got, &diag);
        }
        if (!status && got < n) {
            status = qm_fail(&diag, QM_ERR_INPUT, sound->what->place, NULL,
                             "sound '%s' ended at frame %lld of %lld while it was read",
                             sound->what->name, (long long)(frame + got),
                             (long long)reader->stream.frames);
        }
        if (status) {
            reader->broken = true;
            remember(sound, &diag);
        }
    }
    const uint32_t width = reader->stream.width;
    memset(out + (size_t)got * width, 0, (size_t)(n - got) * width * sizeof *out);
}

static QmStream *stream_of(Sound *sound, uint32_t strip)
{
    uint32_t low = 0, high = sound->n_readers;
    while (low + 1 < high) {
        const uint32_t middle = (low + high) / 2;
        *(sound->readers[middle].strip <= strip ? &low : &high) = middle;
    }
    assert(low < high && sound->readers[low].strip == strip);
    return &sound->readers[low].stream;
}

static void read_asset(void *self, uint32_t strip, int64_t frame, uint32_t n, float *out)
{
    qm_stream_read(stream_of(self, strip), frame, n, out);
}

static const float *view_asset(void *self, uint32_t strip, int64_t frame, uint32_t n)
{
    return qm_stream_view(stream_of(self, strip), frame, n);
}

/* ---- before ------------------------------------------------------------------------ */

static bool is_used(const Sound *sound) { return sound->n_by_clip || sound->by_other; }

/* Calls for each sound and strip that has clips of it, by rising strip. */
static void each_user(QmPrepared *p, void (*visit)(Sound *sound, uint32_t strip))
{
    for (uint32_t i = 0; i < p->session->n_sounds; i++) {
        p->sounds[i].last_strip = QM_NONE;
    }
    for (uint32_t s = 0; s < p->session->n_strips; s++) {
        const QmInput *input = &p->session->strips[s].input;
        for (uint32_t i = 0; i < input->n_clips; i++) {
            Sound *sound = &p->sounds[input->clips[i].sound];
            if (sound->last_strip != s) {
                sound->last_strip = s;
                visit(sound, s);
            }
        }
    }
}

static void count_user(Sound *sound, uint32_t strip)
{
    (void)strip;
    sound->n_by_clip++;
}

/* Readers are only named here, so that each has its strip before sounds are opened. */
static void add_user(Sound *sound, uint32_t strip)
{
    sound->readers[sound->n_readers++].strip = strip;
}

static QmStatus find_users(QmPrepared *p, QmDiag *diag)
{
    each_user(p, count_user);
    for (uint32_t s = 0; s < p->session->n_strips; s++) {
        const QmInput *input = &p->session->strips[s].input;
        if (input->generator && !input->n_clips && input->sound != QM_NONE) {
            p->sounds[input->sound].by_other = true;
        }
    }
    for (uint32_t i = 0; i < p->session->n_sounds; i++) {
        Sound *sound = &p->sounds[i];
        sound->readers = QM_NEW_ARRAY(p->arena, Reader, sound->n_by_clip);
        if (!sound->readers) {
            return qm_fail_memory(diag);
        }
    }
    each_user(p, add_user);
    return QM_OK;
}

/* Which channels are the pair, 0-based. */
static QmStatus choose_channels(const Sound *sound, uint32_t pair[2], QmDiag *diag)
{
    const QmSound *what = sound->what;
    const uint32_t channels = sound->info.channels;
    if (!what->first_channel) {
        if (channels > 2) {
            qm_warn(diag, what->place, NULL,
                    "sound '%s' has %u channels: taking 1-2, say 'channels:'", what->name,
                    channels);
        }
        pair[0] = 0;
        pair[1] = channels > 1;
        return QM_OK;
    }
    const uint32_t last = what->first_channel > what->second_channel
                              ? what->first_channel
                              : what->second_channel;
    if (last > channels) {
        return qm_fail(diag, QM_ERR_INPUT, what->place, NULL,
                       "sound '%s': expected channels from 1 to %u, found %u", what->name,
                       channels, last);
    }
    pair[0] = what->first_channel - 1;
    pair[1] = what->second_channel - 1;
    return QM_OK;
}

static QmStatus check_rate(const Sound *sound, QmDiag *diag)
{
    const uint32_t rate = sound->info.rate;
    return rate >= RATE_MIN && rate <= RATE_MAX
               ? QM_OK
               : qm_fail(diag, QM_ERR_INPUT, sound->what->place, NULL,
                         "sound '%s': expected a sample rate from %d to %d Hz, found %u",
                         sound->what->name, RATE_MIN, RATE_MAX, rate);
}

/* Reads all of a sound into memory, from its file or its spool, through `stream`. */
static QmStatus make_resident(Sound *sound, QmStream *stream, QmDiag *diag)
{
    QmPrepared *p = sound->owner;
    const int64_t frames = stream->frames;
    p->resident_bytes +=
        frames < RESIDENT_MAX ? 2 * (int64_t)sizeof(float) * frames : RESIDENT_MAX;
    if (p->resident_bytes > RESIDENT_MAX) {
        return qm_fail(
            diag, QM_ERR_INPUT, sound->what->place, NULL,
            "sound '%s' does not fit into memory: together, sounds that must be held "
            "there may take 2 GiB",
            sound->what->name);
    }
    float *data = QM_NEW_ARRAY(p->arena, float, 2 * (size_t)frames);
    if (!data) {
        return qm_fail_memory(diag);
    }
    for (int64_t at = 0; at < frames; at += QM_STREAM_WINDOW) {
        const int64_t left = frames - at;
        qm_stream_read(stream, at,
                       left < QM_STREAM_WINDOW ? (uint32_t)left : QM_STREAM_WINDOW,
                       data + 2 * at);
    }
    p->assets[sound->index].resident = data;
    return qm_prepared_check(p, diag);
}

/* Readies the readers of all its strips. */
static QmStatus init_readers(Sound *sound, const QmStream *like, QmDiag *diag)
{
    QmPrepared *p = sound->owner;
    for (uint32_t i = 0; i < sound->n_readers; i++) {
        Reader *reader = &sound->readers[i];
        reader->sound = sound;
        reader->stream = *like;
        reader->stream.self = reader;
        if (!qm_stream_init(&reader->stream, p->arena)) {
            return qm_fail_memory(diag);
        }
    }
    p->n_streams += sound->spool.fd < 0 ? sound->n_readers : 1;
    return QM_OK;
}

/* Makes the spool, if the sound needs one; `pair` then counts in it. */
static QmStatus spool_if_needed(Sound *sound, const QmAudioReader *reader,
                                uint32_t pair[2], QmDiag *diag)
{
    const uint32_t rate = sound->owner->session->rate;
    if (sound->info.seekable && sound->info.rate == rate) {
        return QM_OK;
    }
    const uint32_t width = pair[0] == pair[1] ? 1 : 2;
    const QmStatus status = qm_spool_make(reader, pair, width, rate, diag, &sound->spool);
    pair[0] = 0;
    pair[1] = width - 1;
    return status;
}

/* `reader` was just opened for it; *kept: a Reader of the sound has it now. */
static QmStatus take_sound(Sound *sound, const QmAudioReader *reader, bool *kept,
                           QmDiag *diag)
{
    QmPrepared *p = sound->owner;
    sound->info = reader->info;
    uint32_t pair[2];
    QmStatus status = check_rate(sound, diag);
    status = status ? status : choose_channels(sound, pair, diag);
    status = status ? status : spool_if_needed(sound, reader, pair, diag);
    if (status) {
        return status;
    }
    const bool spooled = sound->spool.fd >= 0;
    QmAsset *asset = &p->assets[sound->index];
    asset->frames = spooled ? sound->spool.frames : sound->info.frames;
    p->frames[sound->index] = asset->frames;
    Reader once = {.sound = sound, .open = true, .reader = *reader};
    once.stream = (QmStream){.fetch = fetch,
                             .self = &once,
                             .frames = asset->frames,
                             .width = spooled ? sound->spool.width : sound->info.channels,
                             .left = pair[0],
                             .right = pair[1]};
    if (p->resident || sound->by_other) {
        QmArena scratch;
        qm_arena_init(&scratch);
        status = qm_stream_init(&once.stream, &scratch)
                     ? make_resident(sound, &once.stream, diag)
                     : qm_fail_memory(diag);
        qm_arena_release(&scratch);
        qm_spool_close(&sound->spool);
        return status;
    }
    asset->read = read_asset;
    asset->view = view_asset;
    asset->self = sound;
    status = init_readers(sound, &once.stream, diag);
    if (!status && !spooled) {
        sound->readers[0].reader = *reader;
        sound->readers[0].open = *kept = true;
    }
    return status;
}

static QmStatus prepare_sound(Sound *sound, QmDiag *diag)
{
    QmPrepared *p = sound->owner;
    QmAudioReader reader;
    QmStatus status = qm_open_sound(p->open, p->context, sound->what, sound->what->place,
                                    diag, &reader);
    if (status) {
        return status;
    }
    bool kept = false;
    status = take_sound(sound, &reader, &kept, diag);
    if (!status && p->frames[sound->index] == 0) {
        qm_warn(diag, sound->what->place, NULL, "sound '%s' is empty", sound->what->name);
    }
    if (!kept) {
        sound->not_finite += reader.not_finite(reader.self);
        reader.close(reader.self);
    }
    return status;
}

/* Allows as many open files as the streams may need, where the system lets us. */
static void allow_files(uint32_t streams)
{
    struct rlimit limit;
    const rlim_t need = (rlim_t)streams + SPARE_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < need) {
        limit.rlim_cur = need < limit.rlim_max ? need : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

QmStatus qm_prepare(const QmSession *session, QmAudioOpen open, void *context,
                    bool resident, QmArena *arena, QmDiag *diag, QmPrepared **prepared)
{
    QmPrepared *p = QM_NEW(arena, QmPrepared);
    if (!p) {
        return qm_fail_memory(diag);
    }
    p->session = session;
    p->open = open;
    p->context = context;
    p->arena = arena;
    p->resident = resident;
    p->sounds = QM_NEW_ARRAY(arena, Sound, session->n_sounds);
    p->assets = QM_NEW_ARRAY(arena, QmAsset, session->n_sounds);
    p->frames = QM_NEW_ARRAY(arena, int64_t, session->n_sounds);
    if (!p->sounds || !p->assets || !p->frames) {
        return qm_fail_memory(diag);
    }
    pthread_mutex_init(&p->lock, NULL);
    for (uint32_t i = 0; i < session->n_sounds; i++) {
        p->sounds[i] =
            (Sound){.owner = p, .what = &session->sounds[i], .index = i, .spool.fd = -1};
        p->assets[i].name = session->sounds[i].name;
    }
    QmStatus status = find_users(p, diag);
    for (uint32_t i = 0; i < session->n_sounds && !status; i++) {
        if (is_used(&p->sounds[i])) {
            allow_files(p->n_streams);
            status = prepare_sound(&p->sounds[i], diag);
        }
    }
    if (status) {
        qm_prepared_release(p);
        return status;
    }
    allow_files(p->n_streams);
    *prepared = p;
    return QM_OK;
}

/* ---- after ------------------------------------------------------------------------- */

const QmAsset *qm_prepared_assets(const QmPrepared *prepared) { return prepared->assets; }
const int64_t *qm_prepared_frames(const QmPrepared *prepared) { return prepared->frames; }

QmStatus qm_prepared_check(QmPrepared *p, QmDiag *diag)
{
    pthread_mutex_lock(&p->lock);
    const QmStatus status = p->failure.status;
    if (status) {
        qm_fail_plain(diag, status, "%s", p->failure.text);
    }
    pthread_mutex_unlock(&p->lock);
    return status;
}

void qm_prepared_warnings(const QmPrepared *p, QmDiag *diag)
{
    for (uint32_t i = 0; i < p->session->n_sounds; i++) {
        const Sound *sound = &p->sounds[i];
        uint64_t count = sound->not_finite;
        for (uint32_t k = 0; k < sound->n_readers; k++) {
            const Reader *reader = &sound->readers[k];
            count += reader->open ? reader->reader.not_finite(reader->reader.self) : 0;
        }
        if (count) {
            qm_warn(diag, sound->what->place, NULL,
                    "sound '%s': %llu samples that are not numbers were taken as silence",
                    sound->what->name, (unsigned long long)count);
        }
    }
}

void qm_prepared_release(QmPrepared *p)
{
    if (!p) {
        return;
    }
    for (uint32_t i = 0; i < p->session->n_sounds; i++) {
        Sound *sound = &p->sounds[i];
        qm_spool_close(&sound->spool);
        for (uint32_t k = 0; k < sound->n_readers; k++) {
            if (sound->readers[k].open) {
                sound->readers[k].reader.close(sound->readers[k].reader.self);
            }
        }
    }
    pthread_mutex_destroy(&p->lock);
}
