/* exact -> (the same: done) -> align -> null, each a reading of its own. Files are opened
 * anew for each: what is compressed cannot be wound back. */
#include "render/compare.h"

#include "base/fpmode.h"

enum { PIECE = 4096 /* frames: two of them stay in the cache */, READINGS = 3 };

/* What a reading is for: n frames of both; NULL: that file has ended. */
typedef void (*Feed)(void *self, const float *a, const float *b, uint32_t n);

typedef struct Side {
    QmAudioReader reader;
    float *samples; /* [PIECE][channels] */
    int64_t frame;  /* the next one */
    uint32_t at, n; /* what is left of the piece */
    bool ended;
} Side;

typedef struct Work {
    const QmCompareRequest *request;
    QmArena *arena;
    QmCompared *compared;
    QmDiag *diag;
    Side sides[2];
    int reading;
} Work;

static QmStatus open_sides(Work *work)
{
    const QmCompareRequest *const r = work->request;
    QmStatus status = QM_OK;
    for (int i = 0; status == QM_OK && i < 2; i++) {
        Side *const side = &work->sides[i];
        *side = (Side){.samples = side->samples};
        status =
            r->open(r->context, r->names[i], (QmPlace){0}, work->diag, &side->reader);
        if (status != QM_OK)
            side->reader.close = NULL;
    }
    return status;
}

static void close_sides(Work *work)
{
    for (int i = 0; i < 2; i++) {
        Side *const side = &work->sides[i];
        if (!side->reader.close)
            continue;
        work->compared->not_finite[i] = side->reader.not_finite(side->reader.self);
        side->reader.close(side->reader.self);
        side->reader.close = NULL;
    }
}

/* The next piece, when the last one is used up. */
static QmStatus refill(Side *side, QmDiag *diag)
{
    if (side->at < side->n || side->ended)
        return QM_OK;
    side->at = side->n = 0;
    const QmStatus status = side->reader.read(side->reader.self, side->frame, PIECE,
                                              side->samples, &side->n, diag);
    side->frame += side->n;
    side->ended = side->n < PIECE;
    return status;
}

/* Steps over frames that nobody asks for. */
static QmStatus pass_over(Side *side, int64_t frames, QmDiag *diag)
{
    if (side->reader.info.seekable) {
        side->frame = frames;
        return QM_OK;
    }
    QmStatus status = refill(side, diag);
    while (status == QM_OK && frames > 0 && side->n) {
        const uint32_t left = side->n - side->at;
        const uint32_t now = frames < left ? (uint32_t)frames : left;
        side->at += now;
        frames -= now;
        status = refill(side, diag);
    }
    return status;
}

static QmStatus report(const Work *work, int64_t done)
{
    const QmCompareRequest *const r = work->request;
    int64_t total = -1;
    for (int i = 0; i < 2; i++)
        if (work->sides[i].reader.info.frames > total)
            total = work->sides[i].reader.info.frames;
    if (r->progress.report && total > 0)
        r->progress.report(r->progress.self, work->reading * total + done,
                           READINGS * total);
    if (r->cancel && *r->cancel)
        return qm_fail_plain(work->diag, QM_ERR_IO, "interrupted");
    return QM_OK;
}

static const float *rest_of(const Side *side)
{
    return side->at < side->n
               ? side->samples + (size_t)side->at * side->reader.info.channels
               : NULL;
}

/* Up to `span` pairs of frames; < 0: all there are. */
static QmStatus feed_all(Work *work, int64_t span, Feed feed, void *self)
{
    Side *const a = &work->sides[0], *const b = &work->sides[1];
    for (int64_t done = 0; span < 0 || done < span;) {
        QmStatus status = refill(a, work->diag);
        status = status == QM_OK ? refill(b, work->diag) : status;
        status = status == QM_OK ? report(work, done) : status;
        const float *const x = rest_of(a), *const y = rest_of(b);
        if (status != QM_OK || (!x && !y))
            return status;
        uint32_t n = PIECE;
        if (x && a->n - a->at < n)
            n = a->n - a->at;
        if (y && b->n - b->at < n)
            n = b->n - b->at;
        if (span >= 0 && span - done < n)
            n = (uint32_t)(span - done);
        feed(self, x, y, n);
        a->at += x ? n : 0;
        b->at += y ? n : 0;
        done += n;
    }
    return QM_OK;
}

/* Another reading of both, from skip[0] and skip[1] on. */
static QmStatus read_both(Work *work, const int64_t skip[2], int64_t span, Feed feed,
                          void *self)
{
    QmStatus status = open_sides(work);
    for (int i = 0; status == QM_OK && i < 2; i++)
        status = pass_over(&work->sides[i], skip[i], work->diag);
    if (status == QM_OK)
        status = feed_all(work, span, feed, self);
    close_sides(work);
    work->reading++;
    return status;
}

static void feed_exact(void *self, const float *a, const float *b, uint32_t n)
{
    qm_exact_add(self, a, b, n);
}

static void feed_align(void *self, const float *a, const float *b, uint32_t n)
{
    qm_align_add(self, a, b, n);
}

static void feed_null(void *self, const float *a, const float *b, uint32_t n)
{
    qm_null_add(self, a, b, n);
}

static const char *kinds_differ(const QmAudioInfo *a, const QmAudioInfo *b)
{
    if (a->rate != b->rate)
        return "rates differ";
    return a->channels != b->channels ? "channels differ" : NULL;
}

static bool make_room(Work *work, QmExact *exact)
{
    const uint32_t channels = work->compared->info[0].channels;
    bool ok = qm_exact_init(exact, channels, work->arena);
    for (int i = 0; ok && i < 2; i++) {
        work->sides[i].samples =
            QM_NEW_ARRAY(work->arena, float, (size_t)PIECE *channels);
        ok = work->sides[i].samples != NULL;
    }
    return ok;
}

/* *why is not NULL when the files are of two kinds, and were not read. */
static QmStatus read_exact(Work *work, QmExact *exact, const char **why)
{
    QmCompared *const compared = work->compared;
    QmStatus status = open_sides(work);
    *why = NULL;
    if (status == QM_OK) {
        for (int i = 0; i < 2; i++)
            compared->info[i] = work->sides[i].reader.info;
        *why = kinds_differ(&compared->info[0], &compared->info[1]);
        if (!*why && !make_room(work, exact))
            status = qm_fail_memory(work->diag);
    }
    if (status == QM_OK && !*why) {
        status = feed_all(work, -1, feed_exact, exact);
        for (int i = 0; i < 2; i++)
            compared->info[i].frames = exact->frames[i];
    }
    close_sides(work);
    work->reading++;
    return status;
}

static QmStatus find_delay(Work *work, const QmExact *exact, QmAlignment *alignment)
{
    static const int64_t from_the_start[2] = {0, 0};
    QmArena arena; /* it is large, and done with at the end */
    qm_arena_init(&arena);
    QmAlign *const align = qm_align_new(work->compared->info[0].rate, exact->channels,
                                        work->request->isa, &arena);
    QmStatus status = align ? QM_OK : qm_fail_memory(work->diag);
    if (status == QM_OK)
        status = read_both(work, from_the_start, -1, feed_align, align);
    if (status == QM_OK)
        *alignment = qm_align_find(align);
    qm_arena_release(&arena);
    return status;
}

static QmStatus take_away(Work *work, const QmExact *exact, const QmAlignment *alignment)
{
    QmNull null;
    if (!qm_null_init(&null, exact, alignment, work->compared->info[0].rate, work->arena))
        return qm_fail_memory(work->diag);
    const QmStatus status = read_both(work, null.skip, null.span, feed_null, &null);
    if (status != QM_OK)
        return status;
    return qm_difference(exact, alignment, &null, work->arena,
                         &work->compared->difference)
               ? QM_OK
               : qm_fail_memory(work->diag);
}

static QmStatus compare(Work *work)
{
    const char *why;
    QmExact exact;
    QmAlignment alignment;
    QmCompared *const compared = work->compared;
    QmStatus status = read_exact(work, &exact, &why);
    if (status == QM_OK && why)
        qm_difference_of_kinds(why, &compared->difference);
    if (status != QM_OK || why)
        return status;
    if (exact.differing == 0) {
        if (!qm_difference_none(&exact, work->arena, &compared->difference))
            return qm_fail_memory(work->diag);
        compared->difference.identical =
            compared->not_finite[0] == compared->not_finite[1];
        return QM_OK;
    }
    /* Whatever a reader warns of it has said in the first reading. */
    const uint32_t warnings = work->diag ? work->diag->n_warnings : 0;
    status = find_delay(work, &exact, &alignment);
    status = status == QM_OK ? take_away(work, &exact, &alignment) : status;
    if (work->diag)
        work->diag->n_warnings = warnings;
    return status;
}

QmStatus qm_compare(const QmCompareRequest *request, QmArena *arena, QmCompared *compared,
                    QmDiag *diag)
{
    *compared = (QmCompared){.info = {{.frames = -1}, {.frames = -1}}};
    Work work = {.request = request, .arena = arena, .compared = compared, .diag = diag};
    const uint64_t mode = qm_fpmode_enter();
    const QmStatus status = compare(&work);
    qm_fpmode_restore(mode);
    return status;
}
