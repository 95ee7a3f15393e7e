/* Headroom by section: which parts of the song drive the master too hard.
 *
 *     peak of a section = its loudness + the mix's peak to loudness ratio
 *                         + what the master will raise the mix by
 *
 * The peaks of a section are not known by themselves, so that of the mix stands for all;
 * the delivered peak is measured exactly later. What is more than `over` above the
 * ceiling asks for more limiting than is unheard: of the sections that are louder than
 * the song the worst is noted, and with a depth above 0 all of them are turned down in
 * front of the master's inserts. */
#include "mix/mix.h"

enum { DEPTH, OVER, FADE };

#define LOUDER_LU 1.0 /* than the song: else it is the mix that is hot, not the section */

static const QmParam params[] = {
    [DEPTH] = {.name = "depth",
               .help = "most that a section is turned down by, 0: it is noted only",
               .unit = QM_UNIT_DB,
               .max = 6},
    [OVER] = {.name = "over",
              .help = "predicted peak over the ceiling that the limiter is to take",
              .unit = QM_UNIT_DB,
              .max = 24,
              .def = 6},
    [FADE] = {.name = "fade",
              .help = "time from one level to the other",
              .unit = QM_UNIT_S,
              .min = 0.1,
              .max = 10,
              .def = 1},
};

/* A section's part in it. */
typedef struct Drive {
    const QmSongSection *section;
    double peak;   /* predicted, dBTP */
    double excess; /* above what the limiter is to take, dB; 0: none */
    double gain;   /* dB */
} Drive;

static Drive drive_of(const QmMix *mix, const QmSongSection *section, const double *s)
{
    const QmMeasured lufs = qm_facts_loudness(mix->sum, section->from, section->to);
    Drive drive = {.section = section};
    if (lufs.why || lufs.value - mix->sum->lufs.value < LOUDER_LU)
        return drive;
    drive.peak = lufs.value + mix->sum->plr.value + mix->lufs - mix->sum->lufs.value;
    const double excess = drive.peak - mix->ceiling - s[OVER];
    drive.excess = excess > 0 ? excess : 0;
    drive.gain = drive.excess < s[DEPTH] ? 0 - drive.excess : 0 - s[DEPTH];
    return drive;
}

static QmReason reason_of(QmMix *mix, const Drive *drive)
{
    const char label[] = {drive->section->label, '\0'};
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "section", label);
    qm_reason_number(&reason, "from", drive->section->from, 1);
    qm_reason_number(&reason, "to", drive->section->to, 1);
    qm_reason_number(&reason, "predicted-peak", drive->peak, 1);
    qm_reason_number(&reason, "ceiling", mix->ceiling, 1);
    return reason;
}

static void point(QmMix *mix, const QmRule *rule, const Drive *drive, double seconds)
{
    QmText at;
    const QmReason reason = reason_of(mix, drive);
    qm_text_init(&at, mix->arena);
    qm_mix_position(seconds, &at);
    if (!at.failed)
        qm_decide(mix, rule, &reason, drive->gain, "master.trim.gain@%s", at.data);
}

/* The gain goes from one section's to the next one's in a straight line around the border
 * between them, that takes half of the shorter one at most. */
static void turn_down(QmMix *mix, const QmRule *rule, const Drive *drives, uint64_t n,
                      double fade)
{
    point(mix, rule, &drives[0], drives[0].section->from);
    for (uint64_t i = 1; i < n; i++) {
        const QmSongSection *const a = drives[i - 1].section, *const b =
                                                                  drives[i].section;
        double half = 0.5 * fade;
        half = half < 0.25 * (a->to - a->from) ? half : 0.25 * (a->to - a->from);
        half = half < 0.25 * (b->to - b->from) ? half : 0.25 * (b->to - b->from);
        if (drives[i].gain == drives[i - 1].gain)
            continue;
        point(mix, rule, &drives[i - 1], b->from - half);
        point(mix, rule, &drives[i], b->from + half);
    }
}

static void decide(QmMix *mix, const QmRule *rule, const double *s, uint32_t n_groups)
{
    (void)n_groups;
    const QmSongFacts *const song = mix->song;
    if (!song || song->n_sections == 0 || mix->sum->lufs.why || mix->sum->plr.why)
        return;
    Drive *const drives = QM_NEW_ARRAY(mix->arena, Drive, song->n_sections);
    uint64_t worst = 0;
    for (uint64_t i = 0; drives && i < song->n_sections; i++) {
        drives[i] = drive_of(mix, &song->sections[i], s);
        worst = drives[i].excess > drives[worst].excess ? i : worst;
    }
    if (!drives || drives[worst].excess <= 0)
        return;
    const QmReason reason = reason_of(mix, &drives[worst]);
    qm_note(mix, rule, &reason, "master");
    if (s[DEPTH] > 0)
        turn_down(mix, rule, drives, song->n_sections, s[FADE]);
}

const QmRule qm_rule_gain_section = {
    .id = "gain.section",
    .key = "section",
    .stage = QM_STAGE_GAIN,
    .passes = QM_PASS_SUM,
    .reads = "loudness of sections, peak to loudness ratio of the mix, target",
    .writes = "master.trim.gain@*",
    .doc = "Predicts the peaks of sections at the target loudness, says which is the "
           "worst of those that ask for much limiting, and turns them down if it is let.",
    .params = params,
    .n_params = QM_COUNT(params),
    .mix = decide,
};
