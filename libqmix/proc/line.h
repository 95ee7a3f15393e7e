/* A gain on its straight way from one value to another, counted in whole frames, so that
 * its value depends on how many frames have passed and not on how they were asked for.
 *
 * The first frame is already one step on its way, the last one has arrived. */
#ifndef QM_PROC_LINE_H
#define QM_PROC_LINE_H

#include <stdbool.h>
#include <stdint.h>

enum { QM_LINE_MOST = 1 << 24 }; /* frames; every count below is a float */

typedef struct QmLine {
    float from, to;
    uint32_t total, left; /* frames */
} QmLine;

static inline float qm_line_value(const QmLine *line)
{
    if (line->left == 0) {
        return line->to;
    }
    const float part = (float)line->left * (1.0f / (float)line->total);
    return line->to + (line->from - line->to) * part;
}

/* From where it is to `to` within `frames`; 0: at once. */
static inline void qm_line_aim(QmLine *line, float to, int64_t frames)
{
    const uint32_t total = (uint32_t)(frames < QM_LINE_MOST ? frames : QM_LINE_MOST);
    *line = (QmLine){qm_line_value(line), to, total, total};
}

static inline bool qm_line_steady(const QmLine *line) { return line->left == 0; }

static inline void qm_line_skip(QmLine *line, int64_t frames)
{
    line->left -= (uint32_t)(frames < line->left ? frames : line->left);
}

/* The next n values; the line moves on. */
static inline void qm_line_fill(QmLine *line, uint32_t n, float *values)
{
    const float inverse = line->total ? 1.0f / (float)line->total : 0.0f;
    const float to = line->to, way = line->from - line->to;
    const int32_t left = (int32_t)line->left;
    for (uint32_t i = 0; i < n; i++) {
        const int32_t l = left - 1 - (int32_t)i;
        values[i] = to + way * ((float)(l > 0 ? l : 0) * inverse);
    }
    qm_line_skip(line, n);
}

#endif
