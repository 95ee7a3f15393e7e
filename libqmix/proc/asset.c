/* Reading a sound past its ends gives silence, so that what plays it needs no special
 * case:
 *
 *         frame                         frame + n
 *           |--- before ---|--- inside ---|--- after ---|
 *                          0            frames */
#include "proc/asset.h"

#include <string.h>

enum { PAIR = 2 * sizeof(float) };

static int64_t clamp(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

void qm_asset_read(const QmAsset *asset, uint32_t reader, int64_t frame, uint32_t n,
                   float *out)
{
    const int64_t first = clamp(frame, 0, asset->frames);
    const int64_t last = clamp(frame + n, first, asset->frames);
    const uint32_t before = (uint32_t)clamp(-frame, 0, n),
                   inside = (uint32_t)(last - first);
    memset(out, 0, (size_t)before * PAIR);
    out += 2 * (size_t)before;
    if (inside && asset->resident) {
        memcpy(out, asset->resident + 2 * first, (size_t)inside * PAIR);
    } else if (inside) {
        asset->read(asset->self, reader, first, inside, out);
    }
    out += 2 * (size_t)inside;
    memset(out, 0, (size_t)(n - before - inside) * PAIR);
}

const float *qm_asset_view(const QmAsset *asset, uint32_t reader, int64_t frame,
                           uint32_t n)
{
    if (frame < 0 || n > asset->frames - frame) {
        return NULL;
    }
    if (asset->resident) {
        return asset->resident + 2 * frame;
    }
    return asset->view ? asset->view(asset->self, reader, frame, n) : NULL;
}
