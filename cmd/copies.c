/* What is no regular file is read once: standard input, a FIFO, a shell's <(...). */
#include "cmd/copies.h"

#include "base/text.h"

#include <sys/stat.h>

bool copies_needed(const char *name)
{
    struct stat facts;
    /* What is not there is for the reader to complain about. */
    return qm_same(name, "-") || (stat(name, &facts) == 0 && !S_ISREG(facts.st_mode) &&
                                  !S_ISDIR(facts.st_mode));
}

static Copy *find(Copies *copies, const char *name)
{
    for (uint32_t i = 0; i < copies->n; i++)
        if (qm_same(copies->items[i].name, name))
            return &copies->items[i];
    return NULL;
}

QmStatus copies_add(Copies *copies, const char *name, QmDiag *diag)
{
    uint32_t all[32];
    if (!copies_needed(name))
        return QM_OK;
    if (find(copies, name))
        return qm_fail_plain(diag, QM_ERR_USAGE, "'%s' can be read only once", name);
    QmAudioReader reader;
    QmStatus status = copies->open(copies->context, name, (QmPlace){0}, diag, &reader);
    if (status != QM_OK)
        return status;
    Copy *const copy = &copies->items[copies->n];
    *copy = (Copy){.name = name, .info = reader.info};
    for (uint32_t c = 0; c < 32; c++)
        all[c] = c;
    status = qm_spool_make(&reader, all, reader.info.channels, reader.info.rate, diag,
                           &copy->spool);
    copy->not_finite = reader.not_finite(reader.self);
    reader.close(reader.self);
    if (status != QM_OK)
        return status;
    copy->info.frames = copy->spool.frames;
    copy->info.seekable = true;
    copies->n++;
    return QM_OK;
}

void copies_release(Copies *copies)
{
    while (copies->n > 0)
        qm_spool_close(&copies->items[--copies->n].spool);
}

static QmStatus read_copy(void *self, int64_t frame, uint32_t n, float *out,
                          uint32_t *got, QmDiag *diag)
{
    (void)diag;
    const Copy *const copy = self;
    *got = qm_spool_read(&copy->spool, frame, n, out);
    return QM_OK;
}

static void leave_copy(void *self) { (void)self; }

static uint64_t not_finite_in_copy(const void *self)
{
    const Copy *const copy = self;
    return copy->not_finite;
}

QmStatus copies_open(void *context, const char *name, QmPlace place, QmDiag *diag,
                     QmAudioReader *reader)
{
    Copies *const copies = context;
    Copy *const copy = find(copies, name);
    if (!copy)
        return copies->open(copies->context, name, place, diag, reader);
    *reader =
        (QmAudioReader){copy->info, read_copy, leave_copy, not_finite_in_copy, copy};
    return QM_OK;
}
