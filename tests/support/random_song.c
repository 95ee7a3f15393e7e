/* A strip feeds and is keyed by strips of one direction only, so no route is a circle;
 * the same holds for what modulators hear. */
#include "tests/support/random_song.h"

#include "base/rand.h"
#include "base/sort.h"
#include "model/address.h"
#include "model/modulators.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

double song_draw(RandomSong *song) { return qm_rand(song->seed, 0, song->drawn++); }

uint32_t song_below(RandomSong *song, uint32_t n)
{
    return (uint32_t)(song_draw(song) * n) % n;
}

bool song_chance(RandomSong *song, double p) { return song_draw(song) < p; }

double song_value(RandomSong *song, const QmParam *row)
{
    const double x = song_chance(song, 0.1) ? song_below(song, 2) : song_draw(song);
    if (row->kind == QM_PARAM_CHOICE) {
        uint32_t n = 0;
        while (row->choices[n])
            n++;
        return song_below(song, n);
    }
    const double value = qm_mod_is_log(row) ? qm_mod_move(row, row->min, x)
                                            : row->min + (row->max - row->min) * x;
    return qm_param_clamp(row, value);
}

static int64_t any_frame(RandomSong *song, int64_t within)
{
    return (int64_t)(song_draw(song) * (double)within);
}

/* --- sounds ----------------------------------------------------------------------- */

static void fill_sound(RandomSong *song, uint32_t i)
{
    QmSha256 sha;
    uint8_t digest[QM_SHA256_BYTES];
    const uint64_t key = song_below(song, 1 << 30);
    for (uint32_t k = 0; k < 2 * SONG_SOUND_FRAMES; k++)
        song->audio[i][k] = (float)(qm_rand(key, i, k) - 0.5);
    qm_sha256_init(&sha);
    qm_sha256_add(&sha, song->audio[i], sizeof song->audio[i]);
    qm_sha256_end(&sha, digest);
    qm_sha256_text(digest, song->hash[i]);
    song->hashes[i] = song->hash[i];
}

static void add_sounds(RandomSong *song)
{
    for (uint32_t i = 0; i < SONG_SOUNDS; i++) {
        fill_sound(song, i);
        song->sounds[i] = (QmSound){.name = "sound", .file = "sound.wav"};
        song->assets[i] = (QmAsset){.name = "sound",
                                    .frames = SONG_SOUND_FRAMES,
                                    .resident = song->audio[i]};
    }
    song->rig.session->sounds = song->sounds;
    song->rig.session->n_sounds = SONG_SOUNDS;
    song->rig.assets = song->assets;
}

/* --- strips ----------------------------------------------------------------------- */

static void add_input(RandomSong *song, uint32_t s)
{
    static const QmGenDesc *const kinds[] = {&qm_gen_clip, &qm_gen_clip, &qm_gen_sampler,
                                             &qm_gen_tone, &qm_gen_click};
    QmInput *input = &song->rig.strips[s].input;
    input->generator = kinds[song_below(song, QM_COUNT(kinds))];
    input->params = song->input_params[s];
    input->sound = input->generator->flags & QM_GEN_SOUND
                       ? (uint16_t)song_below(song, SONG_SOUNDS)
                       : QM_NONE;
    qm_gen_defaults(input->generator, input->params);
    for (uint32_t i = 0; i < input->generator->n_params; i++)
        if (song_chance(song, 0.3))
            input->params[i] = song_value(song, &input->generator->params[i]);
}

static void add_insert(RandomSong *song, uint32_t s)
{
    const QmProcDesc *proc = qm_proc_at(song_below(song, qm_proc_count()));
    const uint32_t n_groups = proc->group_name ? 1 + song_below(song, 2) : 0;
    QmInsert *insert = rig_insert(&song->rig, s, proc->name, n_groups);
    for (uint32_t i = 0; i < qm_proc_n_params(proc, n_groups); i++)
        if (song_chance(song, 0.3))
            insert->params[i] = song_value(song, qm_proc_param(proc, i));
    insert->bypass = song_chance(song, 0.1);
    if (proc->flags & QM_PROC_KEYED && s && song_chance(song, 0.6))
        insert->key = (uint16_t)song_below(song, s);
}

static void add_fader(RandomSong *song, uint32_t s, double solo)
{
    QmFader *fader = &song->rig.strips[s].fader;
    fader->gain_db = -12 * song_draw(song);
    fader->pan = 2 * song_draw(song) - 1;
    fader->width = 2 * song_draw(song);
    fader->mute = song_chance(song, 0.05);
    fader->solo = song_chance(song, solo);
}

static void add_ways(RandomSong *song, uint32_t s)
{
    QmStrip *strip = &song->rig.strips[s];
    const uint32_t last = song->rig.session->n_strips - 1;
    uint32_t first = s + 1;
    while (first < last && song->rig.strips[first].kind != QM_STRIP_BUS)
        first++;
    if (first < last && song_chance(song, 0.5))
        strip->to = (uint16_t)(first + song_below(song, last - first));
    if (first < last && song_chance(song, 0.5)) {
        const uint16_t bus = (uint16_t)(first + song_below(song, last - first));
        rig_send(&song->rig, s, bus, -12 * song_draw(song))->tap =
            (QmTap)song_below(song, 2);
    }
    strip->share.on = strip->kind == QM_STRIP_BUS && song_chance(song, 0.3);
    for (uint32_t i = 0; i < QM_SHARE_PARAMS; i++)
        strip->share.params[i] = qm_share_params[i].def;
}

/* --- what happens ----------------------------------------------------------------- */

static bool any_target(RandomSong *song, bool modulated, QmTarget *target)
{
    const QmSession *session = song->rig.session;
    const uint16_t s = (uint16_t)song_below(song, session->n_strips);
    const QmStrip *strip = &session->strips[s];
    const QmGenDesc *generator = strip->input.generator;
    *target = (QmTarget){.strip = s, .param = (uint16_t)song_below(song, 3)};
    if (strip->n_sends && song_chance(song, 0.3))
        *target = (QmTarget){.strip = s, .slot = QM_SLOT_SEND};
    if (generator && generator->n_params && song_chance(song, 0.2))
        *target =
            (QmTarget){s, QM_SLOT_INPUT, (uint16_t)song_below(song, generator->n_params)};
    if (strip->n_inserts && song_chance(song, 0.6)) {
        const uint32_t i = song_below(song, strip->n_inserts);
        const QmInsert *insert = &strip->inserts[i];
        const uint32_t n = qm_proc_n_params(insert->proc, insert->n_groups);
        if (!n)
            return false;
        *target =
            (QmTarget){s, (uint16_t)(QM_SLOT_INSERT + i), (uint16_t)song_below(song, n)};
    }
    const QmParam *row = qm_address_param(session, *target);
    return !(row->flags & QM_PARAM_STRUCTURAL) &&
           (!modulated || row->kind == QM_PARAM_NUMBER);
}

static void add_move(RandomSong *song, QmTarget target)
{
    const QmParam *row = qm_address_param(song->rig.session, target);
    const bool moves = row->kind == QM_PARAM_NUMBER && song_chance(song, 0.5);
    const double from = song_value(song, row), to = song_value(song, row);
    QmEvent *event = rig_event(&song->rig, any_frame(song, song->frames), target, from,
                               to, moves ? any_frame(song, song->frames / 2) : 0);
    event->param.curve = moves && song_chance(song, 0.5) ? QM_CURVE_EXP : QM_CURVE_LINEAR;
    if (qm_target_is_modulator(target))
        event->strip = QM_NONE;
}

static void add_automation(RandomSong *song)
{
    const QmSession *session = song->rig.session;
    for (uint32_t i = song_below(song, 40); i > 0; i--) {
        QmTarget target;
        if (any_target(song, false, &target))
            add_move(song, target);
    }
    for (uint16_t i = 0; i < session->n_modulators; i++) {
        const QmModulator *m = &session->modulators[i];
        const uint16_t param = (uint16_t)song_below(song, m->source->n_params);
        if (!(m->source->params[param].flags & QM_PARAM_STRUCTURAL) &&
            song_chance(song, 0.5))
            add_move(song, (QmTarget){i, QM_SLOT_SOURCE, param});
        if (m->n_routes && song_chance(song, 0.5))
            add_move(song, (QmTarget){i, QM_SLOT_ROUTE, QM_ROUTE_AMOUNT});
    }
}

static void add_trigger(RandomSong *song, uint16_t s, uint32_t note)
{
    const QmInput *input = &song->rig.strips[s].input;
    const bool clip = input->generator->flags & QM_GEN_CLIPS;
    QmEvent *event = rig_event(&song->rig, any_frame(song, song->frames * 3 / 4),
                               (QmTarget){.strip = s}, 0, 0, 0);
    event->rank = QM_RANK_TRIGGER;
    event->trigger.sound = clip ? (uint16_t)song_below(song, SONG_SOUNDS) : input->sound;
    event->trigger.held = 64 + any_frame(song, 2000);
    event->trigger.play =
        (QmTrigger){.from = clip ? any_frame(song, SONG_SOUND_FRAMES / 2) : 0,
                    .frames = clip ? 1 + any_frame(song, SONG_SOUND_FRAMES / 2) : -1,
                    .fade_in = clip ? any_frame(song, 100) : 0,
                    .fade_out = clip ? any_frame(song, 100) : 0,
                    .gain = 0.2 + song_draw(song),
                    .pitch = clip ? 0 : song_below(song, 12),
                    .accent = song_chance(song, 0.3),
                    .note = note};
    if (!input->generator->release)
        return;
    const QmEvent on = *event;
    QmEvent *off = rig_event(&song->rig, on.frame + on.trigger.held,
                             (QmTarget){.strip = s}, 0, 0, 0);
    off->rank = QM_RANK_RELEASE;
    off->trigger.sound = on.trigger.sound;
    off->trigger.play = on.trigger.play;
    off->trigger.held = on.trigger.held;
}

static int compare_events(const void *a, const void *b)
{
    const QmEvent *x = a, *y = b;
    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->strip > y->strip) - (x->strip < y->strip);
}

static void sort_events(RandomSong *song)
{
    QmTimeline *timeline = &song->rig.timeline;
    assert_int_equal(qm_sort(song->rig.events, timeline->n_events, sizeof(QmEvent),
                             compare_events, &song->rig.arena),
                     QM_OK);
    for (size_t i = 0; i < timeline->n_events; i++)
        song->rig.events[i].sequence = (uint32_t)i;
    timeline->end = song->frames * 3 / 4;
}

/* --- modulators ------------------------------------------------------------------- */

static bool is_heard_in_time(const QmSession *session, const QmModulator *modulator,
                             QmTarget target)
{
    return !(modulator->source->flags & QM_MOD_LISTENS) ||
           qm_target_acts_in(session, target) > modulator->strip;
}

static void add_modulators(RandomSong *song)
{
    static const char *const names[] = {"m", "n", "o", "p", "q"};
    QmSession *session = song->rig.session;
    uint32_t n_sources = 0;
    while (song->rig.strips[n_sources].kind == QM_STRIP_SOURCE)
        n_sources++;
    session->modulators = song->modulators;
    session->n_modulators = song_below(song, SONG_MODULATORS + 1);
    for (uint32_t i = 0; i < session->n_modulators; i++) {
        QmModulator *m = &song->modulators[i];
        *m = (QmModulator){.name = names[i],
                           .source = qm_mod_at(song_below(song, qm_mod_count())),
                           .params = song->modulator_params[i],
                           .strip = (uint16_t)song_below(song, n_sources),
                           .routes = song->routes[i]};
        m->n_groups = m->source->group_name ? 3 : 0;
        qm_mod_defaults(m->source, m->n_groups, m->params);
        for (uint32_t k = 0; k < m->source->n_params + m->n_groups; k++)
            if (song_chance(song, 0.4))
                m->params[k] = song_value(song, qm_mod_param(m->source, k));
        for (uint32_t k = 0; k < SONG_ROUTES; k++) {
            QmTarget target;
            if (!any_target(song, true, &target) || !is_heard_in_time(session, m, target))
                continue;
            QmRoute *route = &m->routes[m->n_routes++];
            const QmParam *row = qm_address_param(session, target);
            qm_route_init(route, target, row);
            route->params[QM_ROUTE_AMOUNT] = song_draw(song) - 0.5;
            route->sets = song_chance(song, 0.3);
            route->params[QM_ROUTE_FROM] = song_value(song, row);
            route->params[QM_ROUTE_TO] = song_value(song, row);
        }
    }
}

/* --- the whole -------------------------------------------------------------------- */

void random_song(RandomSong *song, uint64_t seed, int64_t frames)
{
    memset(song, 0, sizeof *song);
    song->seed = seed;
    song->frames = frames;
    const uint32_t n_sources = 1 + song_below(song, 8);
    const uint32_t n_buses = song_below(song, 4);
    const double solo = song_chance(song, 0.2) ? 0.3 : 0;
    rig_start(&song->rig, n_sources, n_buses);
    QmSession *session = song->rig.session;
    session->seed = seed;
    song->tempo[0] = session->tempo[0];
    song->tempo[0].bpm = 60 + 100 * song_draw(song);
    session->tempo = song->tempo;
    add_sounds(song);
    for (uint32_t s = 0; s < session->n_strips; s++) {
        if (s < n_sources)
            add_input(song, s);
        for (uint32_t i = song_below(song, RIG_INSERTS); i > 0; i--)
            add_insert(song, s);
        add_fader(song, s, solo);
        if (s + 1 < session->n_strips)
            add_ways(song, s);
    }
    add_modulators(song);
    add_automation(song);
    uint32_t note = 0;
    for (uint16_t s = 0; s < n_sources; s++)
        for (uint32_t i = 1 + song_below(song, 4); i > 0; i--)
            add_trigger(song, s, ++note);
    sort_events(song);
}

void random_song_end(RandomSong *song) { rig_end(&song->rig); }

/* --- changes ---------------------------------------------------------------------- */

static QmStrip *any_strip(RandomSong *song)
{
    return &song->rig.strips[song_below(song, song->rig.session->n_strips)];
}

static QmInsert *any_insert(RandomSong *song)
{
    QmStrip *strip = any_strip(song);
    return strip->n_inserts ? &strip->inserts[song_below(song, strip->n_inserts)] : NULL;
}

static bool change_param(RandomSong *song)
{
    QmInsert *insert = any_insert(song);
    const uint32_t n = insert ? qm_proc_n_params(insert->proc, insert->n_groups) : 0;
    const uint32_t i = n ? song_below(song, n) : 0;
    if (n)
        insert->params[i] = song_value(song, qm_proc_param(insert->proc, i));
    return n;
}

static bool change_bypass(RandomSong *song)
{
    QmInsert *insert = any_insert(song);
    if (insert)
        insert->bypass = !insert->bypass;
    return insert;
}

static bool change_key(RandomSong *song)
{
    const uint32_t s = song_below(song, song->rig.session->n_strips);
    QmStrip *strip = &song->rig.strips[s];
    for (uint32_t i = 0; s && i < strip->n_inserts; i++)
        if (strip->inserts[i].proc->flags & QM_PROC_KEYED) {
            strip->inserts[i].key =
                song_chance(song, 0.3) ? QM_NONE : (uint16_t)song_below(song, s);
            return true;
        }
    return false;
}

static bool change_order(RandomSong *song)
{
    QmStrip *strip = any_strip(song);
    if (strip->n_inserts < 2 || song->rig.session->n_modulators)
        return false; /* routes go by the place */
    for (size_t i = 0; i < song->rig.timeline.n_events; i++)
        if (song->rig.events[i].rank == QM_RANK_PARAM)
            return false;
    const QmInsert first = strip->inserts[0];
    strip->inserts[0] = strip->inserts[1];
    strip->inserts[1] = first;
    return true;
}

static bool change_fader(RandomSong *song)
{
    QmFader *fader = &any_strip(song)->fader;
    switch (song_below(song, 8)) {
    case 0:
        fader->gain_db = -24 * song_draw(song);
        break;
    case 1:
        fader->pan = 2 * song_draw(song) - 1;
        break;
    case 2:
        fader->width = 2 * song_draw(song);
        break;
    case 3:
        fader->mute = !fader->mute;
        break;
    case 4:
        fader->solo = !fader->solo;
        break;
    case 5:
        fader->solo_safe = !fader->solo_safe;
        break;
    case 6:
        fader->pan_law = (QmPanLaw)song_below(song, QM_PAN_LAWS);
        break;
    default:
        fader->pan_mode = (QmPanMode)song_below(song, 2);
        break;
    }
    return true;
}

static bool change_way(RandomSong *song)
{
    QmStrip *strip = any_strip(song);
    if (!strip->n_sends) {
        if (strip->kind != QM_STRIP_MASTER)
            strip->to = song_chance(song, 0.5)
                            ? QM_NONE
                            : (uint16_t)(song->rig.session->n_strips - 1);
        return strip->kind != QM_STRIP_MASTER;
    }
    if (song_chance(song, 0.5))
        strip->sends[0].level_db = -24 * song_draw(song);
    else
        strip->sends[0].tap = (QmTap)!strip->sends[0].tap;
    return true;
}

static bool change_share(RandomSong *song)
{
    QmStrip *strip = any_strip(song);
    const uint32_t i = song_below(song, QM_SHARE_PARAMS);
    strip->weight_db = 12 * song_draw(song);
    strip->share.params[i] = song_value(song, &qm_share_params[i]);
    if (strip->kind == QM_STRIP_BUS && song_chance(song, 0.5))
        strip->share.on = !strip->share.on;
    return true;
}

static bool change_move(RandomSong *song, QmEvent *event)
{
    const QmParam *row = qm_address_param(song->rig.session, event->param.target);
    switch (song_below(song, 5)) {
    case 0:
        event->frame = any_frame(song, song->frames);
        break;
    case 1:
        event->param.from = song_value(song, row);
        break;
    case 2:
        event->param.to = song_value(song, row);
        break;
    case 3:
        event->param.curve = event->param.curve ? QM_CURVE_LINEAR : QM_CURVE_EXP;
        break;
    default:
        event->param.frames =
            row->kind == QM_PARAM_NUMBER ? any_frame(song, song->frames) : 0;
        break;
    }
    return true;
}

static bool change_trigger(RandomSong *song, QmEvent *event)
{
    QmTrigger *play = &event->trigger.play;
    const bool clip = song->rig.strips[event->strip].input.generator == &qm_gen_clip;
    switch (song_below(song, 9)) {
    case 0:
        event->frame = any_frame(song, event->frame + 64);
        break;
    case 1:
        play->gain = song_draw(song);
        break;
    case 2:
        play->pitch = clip ? 0 : song_below(song, 12);
        break;
    case 3:
        play->accent = !play->accent;
        break;
    case 4:
        play->from = clip ? any_frame(song, SONG_SOUND_FRAMES / 2) : 0;
        break;
    case 5:
        play->frames = clip ? 1 + any_frame(song, SONG_SOUND_FRAMES / 2) : -1;
        break;
    case 6:
        play->fade_in = any_frame(song, clip ? 300 : 1);
        break;
    case 7:
        play->fade_out = any_frame(song, clip ? 300 : 1);
        break;
    default:
        event->trigger.held = 64 + any_frame(song, 3000);
        break;
    }
    return true;
}

static bool change_event(RandomSong *song)
{
    QmTimeline *timeline = &song->rig.timeline;
    const size_t i = song_below(song, (uint32_t)timeline->n_events);
    QmEvent *event = &song->rig.events[i];
    if (event->rank == QM_RANK_PARAM)
        change_move(song, event);
    else if (event->rank == QM_RANK_TRIGGER)
        change_trigger(song, event);
    else
        event->frame += any_frame(song, 1000);
    sort_events(song);
    return true;
}

static bool change_event_away(RandomSong *song)
{
    QmTimeline *timeline = &song->rig.timeline;
    const size_t i = song_below(song, (uint32_t)timeline->n_events);
    if (song->rig.events[i].rank == QM_RANK_TRIGGER)
        return false; /* its release would be left */
    song->rig.events[i] = song->rig.events[--timeline->n_events];
    sort_events(song);
    return true;
}

/* Notes get other numbers, in the same order. */
static bool change_notes(RandomSong *song)
{
    for (size_t i = 0; i < song->rig.timeline.n_events; i++)
        if (song->rig.events[i].rank != QM_RANK_PARAM)
            song->rig.events[i].trigger.play.note += 17;
    return true;
}

static bool change_input(RandomSong *song)
{
    const QmInput *input = &any_strip(song)->input;
    const uint32_t n = input->generator ? input->generator->n_params : 0;
    const uint32_t i = n ? song_below(song, n) : 0;
    if (n)
        input->params[i] = song_value(song, &input->generator->params[i]);
    return n;
}

static bool change_sound(RandomSong *song)
{
    fill_sound(song, song_below(song, SONG_SOUNDS));
    return true;
}

static bool change_sound_length(RandomSong *song)
{
    song->assets[song_below(song, SONG_SOUNDS)].frames =
        SONG_SOUND_FRAMES - any_frame(song, 2000);
    return true;
}

static bool change_modulator(RandomSong *song)
{
    const QmSession *session = song->rig.session;
    QmModulator *m = session->n_modulators
                         ? &session->modulators[song_below(song, session->n_modulators)]
                         : NULL;
    if (!m)
        return false;
    QmRoute *route = m->n_routes ? &m->routes[song_below(song, m->n_routes)] : NULL;
    const uint32_t i = song_below(song, m->source->n_params + m->n_groups);
    switch (song_below(song, 5)) {
    case 0:
        m->params[i] = song_value(song, qm_mod_param(m->source, i));
        break;
    case 1:
        if (route)
            route->params[QM_ROUTE_AMOUNT] = song_draw(song) - 0.5;
        break;
    case 2:
        if (route)
            route->sets = !route->sets;
        break;
    case 3:
        if (route)
            route->params[QM_ROUTE_TO] =
                song_value(song, qm_address_param(session, route->target));
        break;
    default:
        if (route)
            route->curve = route->curve ? QM_CURVE_LINEAR : QM_CURVE_EXP;
        break;
    }
    return true;
}

/* To a strip in front of the one that it listened to: still in time. */
static bool change_heard(RandomSong *song)
{
    const QmSession *session = song->rig.session;
    for (uint32_t i = 0; i < session->n_modulators; i++) {
        QmModulator *m = &session->modulators[i];
        if (m->source->flags & (QM_MOD_LISTENS | QM_MOD_GATED) && m->strip) {
            m->strip = (uint16_t)song_below(song, m->strip);
            return true;
        }
    }
    return false;
}

static bool change_seed(RandomSong *song)
{
    song->rig.session->seed++;
    return true;
}

static bool change_tempo(RandomSong *song)
{
    song->tempo[0].bpm = 60 + 100 * song_draw(song);
    return true;
}

static bool change_rate(RandomSong *song)
{
    song->rig.session->rate = song->rig.session->rate == 48000 ? 44100 : 48000;
    return true;
}

static bool change_name(RandomSong *song)
{
    QmStrip *strip = any_strip(song);
    strip->name = strip->name[0] == 'z' ? "zz" : "z";
    return true;
}

const char *song_change(RandomSong *song)
{
    static const struct {
        const char *name;
        bool (*make)(RandomSong *song);
    } changes[] = {
        {"param", change_param},
        {"bypass", change_bypass},
        {"key", change_key},
        {"order", change_order},
        {"fader", change_fader},
        {"way", change_way},
        {"share", change_share},
        {"event", change_event},
        {"event", change_event},
        {"event away", change_event_away},
        {"notes", change_notes},
        {"input", change_input},
        {"sound", change_sound},
        {"sound length", change_sound_length},
        {"modulator", change_modulator},
        {"heard", change_heard},
        {"seed", change_seed},
        {"tempo", change_tempo},
        {"rate", change_rate},
        {"name", change_name},
    };
    for (;;) {
        const uint32_t i = song_below(song, QM_COUNT(changes));
        if (changes[i].make(song))
            return changes[i].name;
    }
}
