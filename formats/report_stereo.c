/* The stereo field: where the energy lies between the channels, and what they share in
 * each 1/3 octave.
 *
 * The field is a fan of sectors, 5 degrees each, as a goniometer stands: the middle is
 * up, left and right are at 45 degrees, what has opposite polarity lies flat. A sector's
 * area is the share of the energy, octaves weighted by their power: its radius is the
 * square root. */
#include "formats/report_parts.h"

#include "analysis/bands.h"
#include "analysis/stereo.h"
#include "base/qmath.h"

#include <math.h>

enum {
    RADIUS = 190,
    FAN_X = REPORT_HALF / 2,
    FAN_Y = 232, /* of the middle of the fan */
    FAN_HEIGHT = 262,
    PANE = 66,
    ROOM = 26,
    TOP = 18,
    BOTTOM = 30,
    PANES_HEIGHT = TOP + 3 * PANE + 2 * ROOM + BOTTOM,
    LEFT = 44,
};

/* ---- the fan ---- */

/* The share of each direction in the whole; false: there is no energy. */
static bool directions(const QmStereo *stereo, double share[QM_STEREO_ANGLES])
{
    const double *field = stereo->field.items;
    double total = 0;
    for (uint32_t o = 0; o < stereo->octaves.count; o++) {
        const QmStereoBand *band = (const QmStereoBand *)stereo->octaves.items + o;
        const double power = band->level.why ? 0 : qm_db_to_gain(2 * band->level.value);
        for (uint32_t a = 0; a < QM_STEREO_ANGLES; a++) {
            const double part = power * field[o * QM_STEREO_ANGLES + a];
            share[a] += part;
            total += part;
        }
    }
    for (uint32_t a = 0; a < QM_STEREO_ANGLES && total > 0; a++) {
        share[a] /= total;
    }
    return total > 0;
}

/* A place in the fan: `degrees` right of up. */
static void polar(QmText *text, char command, double radius, double degrees)
{
    qm_svg_point(text, command, FAN_X + radius * qm_sin_turns(degrees / 360),
                 FAN_Y - radius * qm_cos_turns(degrees / 360));
}

static void sector(QmText *text, double radius, double from, double to)
{
    qm_text_add(text, "<path fill=\"var(--core)\" d=\"");
    qm_svg_point(text, 'M', FAN_X, FAN_Y);
    polar(text, 'L', radius, from);
    qm_text_add(text, "A");
    qm_svg_number(text, radius);
    qm_text_add(text, " ");
    qm_svg_number(text, radius);
    qm_text_add(text, " 0 0 1 ");
    polar(text, ' ', radius, to);
    qm_text_add(text, "z\"/>\n");
}

static void fan_grid(QmText *text)
{
    static const struct {
        double degrees;
        const char *name, *anchor;
    } RAYS[] = {{-90, NULL, ""},
                {-45, "left", "end"},
                {0, "middle", "middle"},
                {45, "right", "start"},
                {90, NULL, ""}};
    for (int ring = 1; ring <= 2; ring++) {
        const double radius = RADIUS * (ring == 2 ? 1 : sqrt(0.5));
        qm_text_add(text, "<path stroke=\"var(--grid)\" d=\"");
        polar(text, 'M', radius, -90);
        qm_text_add(text, "A");
        qm_svg_number(text, radius);
        qm_text_add(text, " ");
        qm_svg_number(text, radius);
        qm_text_add(text, " 0 0 1 ");
        polar(text, ' ', radius, 90);
        qm_text_add(text, "\"/>\n");
    }
    for (size_t i = 0; i < sizeof RAYS / sizeof *RAYS; i++) {
        const double turns = RAYS[i].degrees / 360;
        const double x = FAN_X + (RADIUS + 8) * qm_sin_turns(turns);
        const double y = FAN_Y - (RADIUS + 8) * qm_cos_turns(turns);
        qm_text_add(text, "<path stroke=\"var(--grid)\" d=\"");
        qm_svg_point(text, 'M', FAN_X, FAN_Y);
        polar(text, 'L', RADIUS, RAYS[i].degrees);
        qm_text_add(text, "\"/>\n");
        if (RAYS[i].name) {
            qm_svg_label(text, x, y, RAYS[i].anchor, RAYS[i].name);
        }
    }
    qm_svg_label(text, FAN_X - RADIUS, FAN_Y + 18, "start", "opposite polarity");
    qm_svg_label(text, FAN_X + RADIUS, FAN_Y + 18, "end", "opposite polarity");
}

void report_fan(const ReportPart *part, const char *id, const char *title,
                const QmStereo *stereo, const char *caption)
{
    double share[QM_STEREO_ANGLES] = {0}, most = 0;
    if (!directions(stereo, share)) {
        return;
    }
    for (uint32_t a = 0; a < QM_STEREO_ANGLES; a++) {
        most = share[a] > most ? share[a] : most;
    }
    report_open(part, id, REPORT_HALF, FAN_HEIGHT, title,
                "How the energy is spread over directions from left to right.");
    fan_grid(part->text);
    for (uint32_t a = 0; a < QM_STEREO_ANGLES; a++) {
        const double half = QM_STEREO_ANGLE_STEP / 2.0;
        const double middle = QM_STEREO_ANGLE_STEP * ((double)a + 1) - 90;
        const double radius = RADIUS * sqrt(share[a] / most);
        if (radius < 0.5) {
            continue;
        }
        sector(part->text, radius, middle - half + 0.3,
               middle == 90 ? 90 : middle + half - 0.3);
        if (middle == 90) { /* the other half of it is at -90 */
            sector(part->text, radius, -90, -90 + half - 0.3);
        }
    }
    report_close(part, caption);
}

/* ---- by frequency ---- */

typedef struct Pane {
    const char *name;
    size_t offset;
    double from, to, tick;
} Pane;

static void pane(QmText *text, QmSvgFrame *f, const QmStereo *stereo, const Pane *pane)
{
    f->y = (QmSvgAxis){.from = pane->from, .to = pane->to, .tick = pane->tick};
    QmSvgFrame levels = *f;
    levels.x.scale = QM_SVG_LINEAR; /* without its numbers: those are below all */
    qm_svg_grid(text, &qm_svg_page, &levels);
    for (uint32_t i = 0; i < stereo->thirds.count; i++) {
        const char *band = (const char *)stereo->thirds.items + i * sizeof(QmStereoBand);
        const QmMeasured *value = (const QmMeasured *)(band + pane->offset);
        const double from = qm_svg_x(f, qm_third_edge(i)) + 0.7;
        const double to = qm_svg_x(f, qm_third_edge(i + 1)) - 0.7;
        if (value->why) {
            continue;
        }
        const double y = report_y(f, value->value), zero = qm_svg_y(f, 0);
        qm_svg_rect(text, from, y < zero ? y : zero, to - from, fabs(y - zero),
                    " fill=\"var(--core)\"");
    }
    qm_svg_stroke(text, f->left, qm_svg_y(f, 0), f->right, qm_svg_y(f, 0), "var(--soft)");
    qm_svg_label(text, f->left, f->top - 6, "start", pane->name);
}

void report_bands(const ReportPart *part, const char *id, const char *title,
                  const QmStereo *stereo, const char *caption)
{
    double most = 3;
    for (uint32_t i = 0; i < stereo->thirds.count; i++) {
        const QmStereoBand *band = (const QmStereoBand *)stereo->thirds.items + i;
        most = band->mono_loss.value > most ? band->mono_loss.value : most;
    }
    most = most > 12 ? 12 : 3 * ceil(most / 3);
    const Pane panes[] = {
        {"correlation", offsetof(QmStereoBand, correlation), -1, 1, 1},
        {"width", offsetof(QmStereoBand, width), 0, 1, 0.5},
        {"lost in mono, dB", offsetof(QmStereoBand, mono_loss), -3, most,
         most > 6 ? 6 : 3},
    };
    QmSvgFrame f = {.left = LEFT,
                    .right = REPORT_HALF - 8,
                    .top = TOP,
                    .x = {.from = qm_third_edge(0),
                          .to = qm_third_edge(QM_THIRDS),
                          .scale = QM_SVG_LOG}};
    report_open(part, id, REPORT_HALF, PANES_HEIGHT, title,
                "Correlation, width and what is lost in mono, of each 1/3 octave.");
    f.bottom = PANES_HEIGHT - BOTTOM;
    qm_svg_grid(part->text, &qm_svg_page, &f);
    for (size_t i = 0; i < sizeof panes / sizeof *panes; i++) {
        f.bottom = f.top + PANE;
        pane(part->text, &f, stereo, &panes[i]);
        f.top = f.bottom + ROOM;
    }
    report_close(part, caption);
}

bool report_has_field(const QmStereo *stereo)
{
    return stereo && !stereo->correlation.why && stereo->field.count;
}

void report_stereo(const ReportPart *part)
{
    const QmStereo *stereo = report_result(part->file->analysis, &qm_feature_stereo);
    if (!report_has_field(stereo)) {
        return;
    }
    qm_text_add(part->text, "<h2>Stereo</h2>\n<div class=\"pair\">\n");
    report_fan(part, "field", "Stereo field", stereo,
               "Where the energy lies between the channels: the area of a sector is its "
               "share.");
    report_bands(part, "bands", "Stereo by frequency", stereo,
                 "Of each 1/3 octave. Lost in mono: against unrelated channels; what is "
                 "in the middle gains 3 dB.");
    qm_text_add(part->text, "</div>\n");
}
