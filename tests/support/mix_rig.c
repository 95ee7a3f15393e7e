/* See mix_rig.h. Powers are spread evenly over thirds and Bark bands; a tenth has the
 * energy that its place in the shape gives it, and all are scaled so that the gated
 * loudness is what was asked for. */
#include "tests/support/mix_rig.h"

#include "analysis/gating.h"
#include "base/qmath.h"
#include "model/address.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TENTH_S   0.1
#define HOP_S     (1024.0 / 48000)
#define SILENT    (-70.0)
#define LUFS_LESS 0.7 /* dB by which loudness is below the level */

/* ---- facts ---- */

static double or_else(double value, double otherwise)
{
    return value != 0 ? value : otherwise;
}

static double power_of(double db) { return qm_pow(10, db / 10); }

static MixSound complete(const MixSound *sound)
{
    MixSound s = *sound;
    s.lufs = or_else(s.lufs, -18);
    s.seconds = or_else(s.seconds, 10);
    s.low = or_else(s.low, 200);
    s.high = or_else(s.high, 2000);
    s.crest = or_else(s.crest, 12);
    s.side = or_else(s.side, -6);
    return s;
}

/* The power of the shape at a share 0..1 of the time. */
static double shape_at(const MixSound *s, double share)
{
    if (!s->shape)
        return 1;
    uint32_t i = (uint32_t)(share * s->n_shape);
    i = i < s->n_shape ? i : s->n_shape - 1;
    return s->shape[i] > QM_GAP ? power_of(s->shape[i]) : 0;
}

static void set_tenths(QmArena *arena, const MixSound *s, QmFacts *facts)
{
    const uint64_t n = (uint64_t)(s->seconds / TENTH_S + 1e-6);
    double *const tenths = QM_NEW_ARRAY(arena, double, n);
    assert(tenths);
    for (uint64_t i = 0; i < n; i++)
        tenths[i] = shape_at(s, ((double)i + 0.5) / (double)n);
    const QmTenthRun run = {tenths, n};
    const QmMeasured plain = qm_gated_loudness(&run, 1);
    const double scale = plain.why ? 0 : power_of(s->lufs - plain.value);
    uint64_t active = 0;
    for (uint64_t i = 0; i < n; i++) {
        tenths[i] *= scale;
        active += tenths[i] > 0 && qm_lufs(tenths[i]) > s->lufs - 20;
    }
    facts->tenth_s = TENTH_S;
    facts->tenths = tenths;
    facts->n_tenths = n;
    facts->active = n ? (double)active / (double)n : 0;
    facts->lufs = plain.why ? plain : qm_measured(s->lufs);
}

static bool covers(double low, double high, double from, double to)
{
    return to > low && from < high;
}

static void set_bark(QmArena *arena, const MixSound *s, double level, QmFacts *facts)
{
    QmBark *const bark = &facts->bark;
    uint32_t bands = 0;
    bool in[QM_BARKS];
    for (uint32_t b = 0; b < QM_BARKS; b++)
        bands += in[b] = covers(s->low, s->high, qm_bark_hz(b), qm_bark_hz(b + 1));
    *bark = (QmBark){.hop_s = HOP_S, .count = (int64_t)(s->seconds / HOP_S)};
    for (int64_t t = 0; t < bark->count; t += QM_BARK_CHUNK) {
        QmBarkFrame *const chunk = QM_NEW_ARRAY(arena, QmBarkFrame, QM_BARK_CHUNK);
        assert(chunk && qm_list_append(&bark->chunks, &chunk, 1, sizeof chunk, arena));
        for (int64_t i = 0; i < QM_BARK_CHUNK && t + i < bark->count; i++) {
            const double now = shape_at(s, (double)(t + i) / (double)bark->count);
            chunk[i].tonality = (uint16_t)(65535 * s->tonality);
            for (uint32_t b = 0; b < QM_BARKS; b++)
                if (in[b])
                    chunk[i].power[b] =
                        qm_bark_packed((float)(now * power_of(level) / bands));
        }
    }
}

static void set_spectrum(const MixSound *s, double level, QmFacts *facts)
{
    uint32_t bands = 0;
    bool in[QM_THIRDS];
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        bands += in[i] = covers(s->low, s->high, qm_third_edge(i), qm_third_edge(i + 1));
    double parts[3] = {0, 0, 0};
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        const double hz = qm_third_middle(i);
        facts->thirds[i] = in[i] ? level - 10 * qm_log10(bands) : QM_GAP;
        if (in[i])
            parts[hz < 200 ? 0 : hz < 2000 ? 1 : 2] += 100.0 / bands;
    }
    facts->low = qm_measured(parts[0]);
    facts->mid = qm_measured(parts[1]);
    facts->high = qm_measured(parts[2]);
    facts->centroid = qm_measured(qm_sqrt(s->low * s->high));
    facts->rolloff_95 = qm_measured(s->high);
    facts->bandwidth = qm_measured(s->high - s->low);
    facts->tilt = qm_measured(0);
    facts->flatness_db = qm_measured(-60 * s->tonality);
}

static void set_stereo(const MixSound *s, QmFacts *facts)
{
    const double r = s->kind == QM_CHANNELS_STEREO ? power_of(s->side) : 1;
    if (s->kind == QM_CHANNELS_MONO) {
        QmMeasured *const all[] = {&facts->correlation,   &facts->width,
                                   &facts->side,          &facts->side_low,
                                   &facts->balance,       &facts->mono_loss_max,
                                   &facts->mono_loss_freq};
        for (uint32_t i = 0; i < QM_COUNT(all); i++)
            *all[i] = qm_unmeasured("not two channels");
        return;
    }
    facts->correlation = qm_measured((1 - r) / (1 + r));
    facts->width = qm_measured(r / (1 + r));
    facts->side = qm_measured(10 * qm_log10(r));
    facts->side_low = s->low < 120 ? facts->side : qm_unmeasured("nothing there");
    facts->balance = qm_measured(s->balance);
    facts->mono_loss_max = qm_measured(10 * qm_log10((1 + r) / 2));
    facts->mono_loss_freq = qm_measured(1000);
}

static void set_levels(const MixSound *s, double level, QmFacts *facts)
{
    facts->rms = qm_measured(level);
    facts->crest = qm_measured(s->crest);
    facts->peak = qm_measured(level + s->crest);
    facts->true_peak = qm_measured(level + s->crest + 0.2);
    facts->plr = qm_measured(facts->true_peak.value - s->lufs);
    facts->momentary_max = facts->short_term_max = facts->lufs;
    facts->lra = qm_measured(0);
    facts->noise_floor = qm_measured(-90);
    facts->dc = qm_measured(0);
    facts->transient_ratio = qm_measured(s->transient);
    facts->onset_rate = qm_measured(4 * s->transient);
    facts->attack = qm_measured(s->transient > 0.5 ? 5 : 50);
    facts->range = qm_measured(3);
}

void mix_rig_facts(QmArena *arena, const MixSound *sound, QmFacts *facts)
{
    const MixSound s = complete(sound);
    const double level = s.lufs + LUFS_LESS;
    *facts = (QmFacts){.rate = 48000,
                       .channels = s.kind == QM_CHANNELS_MONO ? 1 : 2,
                       .seconds = s.seconds,
                       .silent = s.lufs <= SILENT,
                       .kind = s.kind};
    set_levels(&s, level, facts);
    set_spectrum(&s, level, facts);
    set_stereo(&s, facts);
    set_bark(arena, &s, level, facts);
    set_tenths(arena, &s, facts);
}

static void louder_bark(QmArena *arena, QmBark *bark, double gain)
{
    const QmBark old = *bark;
    bark->chunks = (QmList){0};
    for (int64_t t = 0; t < old.count; t += QM_BARK_CHUNK) {
        QmBarkFrame *const chunk = QM_NEW_ARRAY(arena, QmBarkFrame, QM_BARK_CHUNK);
        assert(chunk && qm_list_append(&bark->chunks, &chunk, 1, sizeof chunk, arena));
        for (int64_t i = 0; i < QM_BARK_CHUNK && t + i < old.count; i++) {
            chunk[i] = *qm_bark_frame(&old, t + i);
            for (uint32_t b = 0; b < QM_BARKS; b++)
                chunk[i].power[b] = qm_bark_packed(
                    (float)(gain * (double)qm_bark_unpacked(chunk[i].power[b])));
        }
    }
}

void mix_rig_louder(QmArena *arena, QmFacts *facts, double db)
{
    QmMeasured *const levels[] = {&facts->lufs,           &facts->momentary_max,
                                  &facts->short_term_max, &facts->peak,
                                  &facts->true_peak,      &facts->rms,
                                  &facts->noise_floor};
    double *const tenths = QM_NEW_ARRAY(arena, double, facts->n_tenths);
    assert(tenths);
    for (uint32_t i = 0; i < QM_COUNT(levels); i++)
        if (!levels[i]->why)
            levels[i]->value += db;
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        if (facts->thirds[i] > QM_GAP)
            facts->thirds[i] += db;
    for (uint64_t i = 0; i < facts->n_tenths; i++)
        tenths[i] = facts->tenths[i] * power_of(db);
    facts->tenths = tenths;
    louder_bark(arena, &facts->bark, power_of(db));
}

/* ---- strips ---- */

void mix_rig_open(MixRig *rig)
{
    memset(rig, 0, sizeof *rig);
    qm_arena_init(&rig->arena);
    rig->session = qm_session_new(&rig->arena);
    assert(rig->session);
    rig->session->strips = QM_NEW_ARRAY(&rig->arena, QmStrip, MIX_RIG_STRIPS + 1);
    rig->session->sounds = QM_NEW_ARRAY(&rig->arena, QmSound, MIX_RIG_STRIPS);
    rig->settings =
        QM_NEW_ARRAY(&rig->arena, QmSettings, qm_rule_count() * (QM_ROLE_COUNT + 1));
    assert(rig->session->strips && rig->session->sounds && rig->settings);
    rig->session->n_strips = 0;
    rig->template = (QmTemplate){.name = "rig",
                                 .about = "",
                                 .file = "rig.yaml",
                                 .settings = rig->settings};
    for (uint32_t i = 0; i < qm_rule_count() * (QM_ROLE_COUNT + 1); i++) {
        const QmRule *const rule = qm_rule_at(i / (QM_ROLE_COUNT + 1));
        double *const values =
            QM_NEW_ARRAY(&rig->arena, double,
                         rule->n_params + rule->n_group * rule->max_groups + 1);
        for (uint32_t k = 0; k < rule->n_params; k++)
            values[k] = rule->params[k].def;
        for (uint32_t k = 0; k < rule->n_group * rule->max_groups; k++)
            values[rule->n_params + k] = rule->group[k % rule->n_group].def;
        rig->settings[i] = (QmSettings){.style = "", .values = values, .why = ""};
    }
    rig->mix = (QmMix){.arena = &rig->arena,
                       .diag = &rig->diag,
                       .base = rig->session,
                       .template = &rig->template,
                       .seed = 1,
                       .lufs = -14,
                       .ceiling = -1,
                       .strips = rig->strips,
                       .overrides = rig->overrides};
}

void mix_rig_close(MixRig *rig) { qm_arena_release(&rig->arena); }

QmMixStrip *mix_rig_add(MixRig *rig, const char *name, QmRole role, const MixSound *sound)
{
    const uint32_t i = rig->mix.n_strips++;
    QmSession *const session = rig->session;
    assert(i < MIX_RIG_STRIPS);
    session->sounds[session->n_sounds++] = (QmSound){.name = name, .file = "x.wav"};
    QmStrip *const strip = &session->strips[session->n_strips++];
    qm_strip_init(strip, name, QM_STRIP_SOURCE);
    QmClip *const clip = QM_NEW(&rig->arena, QmClip);
    *clip = (QmClip){.sound = (uint16_t)i,
                     .at = {QM_POS_BARS, 1, 1, 1, 0},
                     .from = {.kind = QM_LEN_SAMPLES},
                     .length = {.kind = QM_LEN_SAMPLES},
                     .fade_in = {.kind = QM_LEN_SAMPLES},
                     .fade_out = {.kind = QM_LEN_SAMPLES}};
    strip->input = (QmInput){.generator = qm_gen_find("clip"),
                             .sound = QM_NONE,
                             .clips = clip,
                             .n_clips = 1};
    assert(strip->input.generator);
    strip->input.params =
        QM_NEW_ARRAY(&rig->arena, double, strip->input.generator->n_params);
    qm_gen_defaults(strip->input.generator, strip->input.params);
    mix_rig_facts(&rig->arena, sound, &rig->raw[i]);
    rig->strips[i] = (QmMixStrip){.name = name,
                                  .at = (uint16_t)i,
                                  .role = role,
                                  .raw = &rig->raw[i],
                                  .readings = rig->readings[i],
                                  .file = "x.wav"};
    return &rig->strips[i];
}

void mix_rig_reading(MixRig *rig, QmMixStrip *strip, const char *slot, const char *name,
                     double value)
{
    assert(strip->n_readings < MIX_RIG_READINGS);
    rig->readings[strip - rig->strips][strip->n_readings++] =
        (QmMixReading){slot, name, value};
}

/* ---- settings ---- */

static const QmRule *find_rule(const char *id)
{
    const QmRule *const rule = qm_rule_find(id);
    if (!rule)
        fprintf(stderr, "there is no rule %s in libqmix/mix/list.h\n", id);
    assert(rule);
    return rule;
}

/* Calls `change` for a role, or for all of them and the mix. */
static void change_all(MixRig *rig, const QmRule *rule, QmRole role,
                       void (*change)(QmSettings *settings, const void *what),
                       const void *what)
{
    QmSettings *const row = rig->settings + qm_rule_index(rule) * (QM_ROLE_COUNT + 1);
    const uint32_t first = role == QM_ROLE_COUNT ? 0 : (uint32_t)role;
    for (uint32_t r = first; r <= (uint32_t)role; r++)
        change(&row[r], what);
}

static void switch_to(QmSettings *settings, const void *on)
{
    settings->on = *(const bool *)on;
}

void mix_rig_on(MixRig *rig, const char *rule, QmRole role)
{
    change_all(rig, find_rule(rule), role, switch_to, &(bool){true});
}

void mix_rig_off(MixRig *rig, const char *rule, QmRole role)
{
    change_all(rig, find_rule(rule), role, switch_to, &(bool){false});
}

typedef struct Change {
    uint32_t index, n_groups;
    double value;
} Change;

static void set_value(QmSettings *settings, const void *what)
{
    const Change *const change = what;
    ((double *)settings->values)[change->index] = change->value;
    if (settings->n_groups < change->n_groups)
        settings->n_groups = change->n_groups;
}

/* The row of a setting, and where its value is. */
static const QmParam *find_setting(const QmRule *rule, const char *setting,
                                   Change *change)
{
    for (uint32_t i = 0; i < rule->n_params; i++)
        if (qm_same(rule->params[i].name, setting)) {
            *change = (Change){.index = i};
            return &rule->params[i];
        }
    const uint32_t group = (uint32_t)(setting[0] - '0');
    for (uint32_t i = 0; i < rule->n_group && group >= 1 && setting[1] == '.'; i++)
        if (qm_same(rule->group[i].name, setting + 2) && group <= rule->max_groups) {
            *change = (Change){.index = rule->n_params + (group - 1) * rule->n_group + i,
                               .n_groups = group};
            return &rule->group[i];
        }
    fprintf(stderr, "%s has no setting %s\n", rule->id, setting);
    assert(false);
    return NULL;
}

void mix_rig_set(MixRig *rig, const char *rule, QmRole role, const char *setting,
                 double value)
{
    Change change;
    const QmParam *const row = find_setting(find_rule(rule), setting, &change);
    assert(row->kind == QM_PARAM_CHOICE || (value >= row->min && value <= row->max));
    change.value = value;
    change_all(rig, find_rule(rule), role, set_value, &change);
}

void mix_rig_choose(MixRig *rig, const char *rule, QmRole role, const char *setting,
                    const char *choice)
{
    Change change;
    const QmParam *const row = find_setting(find_rule(rule), setting, &change);
    uint32_t i = 0;
    while (row->choices[i] && !qm_same(row->choices[i], choice))
        i++;
    assert(row->choices[i]);
    mix_rig_set(rig, rule, role, setting, i);
}

void mix_rig_override(MixRig *rig, const char *target, const char *value)
{
    assert(rig->mix.n_overrides < MIX_RIG_OVERRIDES);
    rig->overrides[rig->mix.n_overrides++] = (QmOverride){target, value, ""};
}

/* ---- running ---- */

static void check(const MixRig *rig, QmStatus status)
{
    if (status != QM_OK)
        fprintf(stderr, "%s\n", rig->diag.text);
    assert(status == QM_OK);
}

/* The plain sum: as loud as all powers together. */
static void add_up(MixRig *rig)
{
    double power = 0, seconds = 0;
    for (uint32_t i = 0; i < rig->mix.n_strips; i++) {
        const QmFacts *const raw = &rig->raw[i];
        power += raw->silent ? 0 : power_of(raw->lufs.value);
        seconds = raw->seconds > seconds ? raw->seconds : seconds;
    }
    const MixSound sound = {.lufs = power > 0 ? 10 * qm_log10(power) : SILENT,
                            .seconds = seconds,
                            .low = 30,
                            .high = 15000,
                            .kind = QM_CHANNELS_STEREO};
    mix_rig_facts(&rig->arena, &sound, &rig->sum);
    rig->song.sum = rig->out = rig->sum;
    rig->song.bpm = qm_unmeasured("not looked for");
    rig->song.first_beat = rig->song.bpm;
    rig->song.beats_in_bar = 4;
}

void mix_rig_ready(MixRig *rig)
{
    QmSession *const session = rig->session;
    qm_strip_init(&session->strips[session->n_strips], "master", QM_STRIP_MASTER);
    for (uint32_t i = 0; i < session->n_strips; i++)
        session->strips[i].to = (uint16_t)session->n_strips;
    session->n_strips++;
    if (rig->sum.seconds == 0)
        add_up(rig);
    rig->mix.song = &rig->song;
    rig->mix.sum = &rig->sum;
    rig->mix.out = &rig->out;
}

void mix_rig_begin(MixRig *rig)
{
    mix_rig_ready(rig);
    check(rig, qm_mix_begin(&rig->mix));
}

void mix_rig_again(MixRig *rig, QmPass pass, uint32_t round)
{
    check(rig, qm_mix_pass(&rig->mix, pass, round));
}

void mix_rig_pass(MixRig *rig, QmPass pass) { mix_rig_again(rig, pass, 0); }

void mix_rig_freeze(MixRig *rig)
{
    for (uint32_t i = 0; i < rig->mix.n_strips; i++) {
        QmMixStrip *const strip = &rig->strips[i];
        const double trim = qm_decided(&rig->mix, 0, "%s.trim.gain", strip->name);
        rig->chain[i] = rig->raw[i];
        mix_rig_louder(&rig->arena, &rig->chain[i], trim);
        strip->chain = &rig->chain[i];
        if (!strip->first) {
            rig->first[i] = rig->chain[i];
            strip->first = &rig->first[i];
        }
    }
}

QmSession *mix_rig_session(MixRig *rig)
{
    QmSession *session;
    check(rig, qm_mix_settle(&rig->mix));
    check(rig, qm_mix_session(&rig->mix, &rig->arena, &session));
    return session;
}

/* ---- looking ---- */

const char *mix_rig_text(const MixRig *rig, const char *address)
{
    const QmDecision *const decision = qm_log_find(&rig->mix.log, address);
    return decision ? decision->value : NULL;
}

double mix_rig_number(const MixRig *rig, const char *address)
{
    const char *const text = mix_rig_text(rig, address);
    QmDiag diag = {.status = QM_OK};
    QmEditWhat what;
    double value = NAN;
    if (!text)
        return NAN;
    assert(qm_edit_what(rig->mix.session, address, (QmPlace){0}, &diag, &what) == QM_OK);
    assert(what.row);
    assert(qm_param_parse(what.row, text, (QmPlace){0}, address, &diag, &value) == QM_OK);
    return value;
}

const char *mix_rig_because(const MixRig *rig, const char *address)
{
    const QmDecision *const decision = qm_log_find(&rig->mix.log, address);
    return decision ? decision->because : NULL;
}

uint32_t mix_rig_count(const MixRig *rig, const char *rule)
{
    const QmDecision *const decisions = rig->mix.log.decisions.items;
    uint32_t count = 0;
    for (size_t i = 0; i < rig->mix.log.decisions.count; i++)
        count += qm_same(decisions[i].rule, rule);
    return count;
}

const char *mix_rig_note(const MixRig *rig, const char *rule, const char *strip)
{
    const QmDecision *const decisions = rig->mix.log.decisions.items;
    for (size_t i = 0; i < rig->mix.log.decisions.count; i++)
        if (qm_decision_is_note(&decisions[i]) && qm_same(decisions[i].rule, rule) &&
            qm_same(decisions[i].target, strip))
            return decisions[i].because;
    return NULL;
}
