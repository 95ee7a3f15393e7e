/* Blocks are cut as render/analyse cuts them, and may be scanned backwards. */
#include "tests/support/analyse_rig.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t features_of(const char *names)
{
    char copy[256];
    assert(strlen(names) < sizeof copy);
    strcpy(copy, names);
    uint32_t features = 0;
    for (char *name = strtok(copy, " "); name; name = strtok(NULL, " ")) {
        uint32_t i = 0;
        while (i < qm_feature_count() && strcmp(qm_feature_at(i)->name, name) != 0)
            i++;
        assert(i < qm_feature_count() && "a feature of the list");
        features |= 1u << i;
    }
    return features;
}

static QmBlock block_at(const AnalyseRig *rig, const QmScanSpec *spec, int64_t index)
{
    QmBlock block = {.at = index * spec->block, .n = spec->block};
    if (block.at + block.n >= rig->frames) {
        block.n = (uint32_t)(rig->frames - block.at);
        block.last = true;
    }
    return block;
}

/* The block with what is around it; freed with its first channel's begin. */
static void scan(const AnalyseRig *rig, const QmAnalysis *a, const QmBlock *block,
                 void *partials)
{
    const QmScanSpec *const spec = &a->spec;
    const size_t width = spec->block + 2 * (size_t)spec->around;
    const float *channels[32];
    float *samples = calloc(width * rig->n_channels, sizeof *samples);
    for (uint32_t c = 0; c < rig->n_channels; c++) {
        float *const begin = samples + c * width;
        channels[c] = begin + spec->around;
        for (size_t i = 0; i < width; i++) {
            const int64_t frame = block->at - spec->around + (int64_t)i;
            begin[i] = frame >= 0 && frame < rig->frames ? rig->channels[c][frame] : 0;
        }
    }
    QmBlock seen = *block;
    seen.channel = channels;
    void *const work = aligned_alloc(64, (a->work_size + 127) / 64 * 64);
    qm_analysis_scan(a, &seen, partials, work);
    free(work);
    free(samples);
}

QmAnalysis *analyse(const AnalyseRig *rig)
{
    const QmScanSpec spec =
        qm_scan_spec(rig->rate, rig->n_channels,
                     rig->otherwise ? QM_ISA_BASE : QM_ISA_BEST, rig->options);
    QmAnalysis *a = qm_analysis_new(&spec, features_of(rig->features));
    assert(a);
    const int64_t n = (rig->frames + spec.block - 1) / spec.block;
    const size_t size = (a->partials_size + 127) / 64 * 64;
    char *partials = aligned_alloc(64, (size_t)(n + 1) * size);
    for (int64_t i = 0; i < n; i++) {
        const int64_t index = rig->otherwise ? n - 1 - i : i;
        const QmBlock block = block_at(rig, &spec, index);
        scan(rig, a, &block, partials + (size_t)index * size);
    }
    for (int64_t i = 0; i < n; i++) {
        const QmBlock block = block_at(rig, &spec, i);
        const bool merged = qm_analysis_merge(a, &block, partials + (size_t)i * size);
        assert(merged);
        (void)merged;
    }
    free(partials);
    const bool finished = qm_analysis_finish(a);
    assert(finished);
    (void)finished;
    return a;
}

QmAnalysis *analyse_mono(const char *features, const float *x, int64_t frames,
                         double rate)
{
    return analyse(&(AnalyseRig){(const float *const[]){x}, 1, frames, rate, features});
}

QmAnalysis *analyse_stereo(const char *features, const float *left, const float *right,
                           int64_t frames, double rate)
{
    return analyse(
        &(AnalyseRig){(const float *const[]){left, right}, 2, frames, rate, features});
}
