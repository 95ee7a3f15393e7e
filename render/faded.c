/* asset -> out = self * in + cross * swapped in */
#include "render/faded.h"

#include "graph/fader.h"

typedef struct Faded {
    const QmAsset *asset;
    int64_t frames;
    bool plain;
    float coeffs[2][QM_FADER_COEFFS];
} Faded;

static void fade(const Faded *faded, uint32_t n, float *pairs)
{
    const float(*c)[QM_FADER_COEFFS] = faded->coeffs;
    for (uint32_t i = 0; i < n; i++) {
        const float left = pairs[2 * i], right = pairs[2 * i + 1];
        pairs[2 * i] = c[0][QM_FADER_SELF] * left + c[0][QM_FADER_CROSS] * right;
        pairs[2 * i + 1] = c[1][QM_FADER_SELF] * right + c[1][QM_FADER_CROSS] * left;
    }
}

static QmStatus read(void *self, int64_t frame, uint32_t n, float *out, uint32_t *got,
                     QmDiag *diag)
{
    const Faded *faded = self;
    const int64_t left = frame < faded->frames ? faded->frames - frame : 0;
    (void)diag;
    *got = left < n ? (uint32_t)left : n;
    qm_asset_read(faded->asset, 0, frame, *got, out);
    if (!faded->plain)
        fade(faded, *got, out);
    return QM_OK;
}

static void close(void *self) { (void)self; }

static uint64_t not_finite(const void *self)
{
    (void)self;
    return 0;
}

QmStatus qm_faded_reader(const QmAsset *asset, int64_t frames, uint32_t rate,
                         const QmFader *fader, QmArena *arena, QmDiag *diag,
                         QmAudioReader *reader)
{
    Faded *faded = QM_NEW(arena, Faded);
    if (!faded)
        return qm_fail_memory(diag);
    *faded = (Faded){.asset = asset, .frames = frames, .plain = !fader};
    if (fader)
        qm_fader_coeffs(fader, 1.0, fader->pan, fader->width, faded->coeffs);
    *reader = (QmAudioReader){.info = {.rate = rate,
                                       .channels = 2,
                                       .frames = frames,
                                       .seekable = true,
                                       .format = "frozen",
                                       .announced = frames},
                              .read = read,
                              .close = close,
                              .not_finite = not_finite,
                              .self = faded};
    return QM_OK;
}
