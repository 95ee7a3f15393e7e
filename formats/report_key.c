/* How much of each note there is: what the key is guessed from. */
#include "formats/report_parts.h"

#include "analysis/key.h"

#include <stdio.h>
#include <string.h>

enum {
    NOTES = 12,
    HEIGHT = 250,
    TOP = 30,
    BOTTOM = 46,
    LEFT = 8,
    BAR = 26,
};

static void bars(QmText *text, const QmSvgFrame *f, const QmKey *key)
{
    static const char *const NAMES[NOTES] = {"C",  "C#", "D",  "D#", "E",  "F",
                                             "F#", "G",  "G#", "A",  "A#", "B"};
    for (int i = 0; i < NOTES; i++) {
        const double value = ((const double *)key->chroma.items)[i];
        const double x = qm_svg_x(f, i + 0.5), y = report_y(f, value);
        qm_svg_rect(text, x - BAR / 2.0, y, BAR, f->bottom - y,
                    i == key->tonic ? " fill=\"var(--core)\"" : " fill=\"var(--body)\"");
        if (i == key->tonic) {
            char name[8];
            snprintf(name, sizeof name, "%.*s", (int)strcspn(key->key, " "), key->key);
            qm_svg_label(text, x, f->bottom + 16, "middle", name); /* Db, not C# */
            qm_svg_label(text, x, f->bottom + 32, "middle", "tonic");
        } else {
            qm_svg_label(text, x, f->bottom + 16, "middle", NAMES[i]);
        }
    }
}

void report_key(const ReportPart *part)
{
    const QmKey *key = report_result(part->file->analysis, &qm_feature_key);
    QmText *text = part->text;
    if (!key || key->chroma.count < NOTES) {
        return;
    }
    const QmSvgFrame f = {.left = LEFT,
                          .top = TOP,
                          .right = REPORT_HALF - LEFT,
                          .bottom = HEIGHT - BOTTOM,
                          .x = {.to = NOTES},
                          .y = {.to = 1}};
    qm_text_add(text, "<section>\n<h2>Notes</h2>\n");
    report_open(part, "notes", REPORT_HALF, HEIGHT, "Notes",
                "How much of each of the twelve notes there is.");
    qm_svg_stroke(text, f.left, f.bottom, f.right, f.bottom, "var(--soft)");
    bars(text, &f, key);
    QmText caption;
    qm_text_init(&caption, text->arena);
    qm_text_add(&caption, key->key ? key->key : "No key");
    if (key->key) {
        qm_text_add(&caption, ", a guess with a confidence of ");
        report_number(&caption, key->confidence.value, 2);
    }
    qm_text_add(&caption, ". How much of each note there is, against the strongest.");
    report_close(part, caption.failed ? NULL : caption.data);
    qm_text_add(text, "</section>\n");
}
