/* The session: the document that everything starts from (READ FIRST).
 *
 * Text becomes a QmSession (formats/session_yaml), decisions and overrides are edits of
 * it (model/address), validate checks what one field alone cannot, and from then on it is
 * read-only: timeline, graph and plan are computed from it.
 *
 * A strip has one fixed shape, for sources, buses and the master alike:
 *
 *   input -> inserts -> [pre tap: pre sends, keys] -> fader: width, gain, pan, mute
 *                                                        -> [post tap: post sends] -> to
 *
 * Strips are one array in session order: sources, then buses, then the master (always
 * last). That order is the order of every sum (D4) and breaks every tie. All memory
 * belongs to `arena`. */
#ifndef QM_MODEL_SESSION_H
#define QM_MODEL_SESSION_H

#include "base/arena.h"
#include "base/diag.h"
#include "dsp/pan.h"
#include "model/plugin.h"
#include "proc/generator.h"
#include "proc/modulator.h"
#include "proc/proc.h"

enum {
    QM_MAX_STRIPS = 4096,
    QM_MAX_INSERTS = 32,  /* a strip */
    QM_MAX_SENDS = 64,    /* a strip */
    QM_MAX_CLIPS = 65536, /* a strip */
    QM_MAX_STEPS = 1024,  /* a pattern track */
    QM_MAX_OUTPUTS = 64,  /* hardware channels */
    QM_MAX_MODULATORS = 512,
    QM_MAX_ROUTES = 64, /* of a modulator */
    QM_MAX_NAME = 100,  /* bytes of a strip's, sound's, pattern's or slot's name */
    QM_NONE = 0xffff,   /* no strip, no sound */
};

/* A place in the song: `5.3.2` (bar, beat, sixteenth, each from 1), or a time from its
 * start. */
typedef struct QmPosition {
    enum { QM_POS_BARS, QM_POS_SECONDS, QM_POS_SAMPLES } kind;
    int32_t bar, beat, sixteenth; /* BARS */
    double value;                 /* SECONDS, SAMPLES; >= 0 */
} QmPosition;

/* How long: `4 bars`, `2 beats`, `1/16`, `250 ms`, `2.5 s`, `480 samples`. ms are kept as
 * ms so that text stays as it was written. */
typedef struct QmLength {
    enum {
        QM_LEN_BARS,
        QM_LEN_BEATS,
        QM_LEN_NOTE,
        QM_LEN_MS,
        QM_LEN_S,
        QM_LEN_SAMPLES
    } kind;
    double value; /* all but NOTE; may be negative where a table allows it */
    int32_t numerator, denominator; /* NOTE */
} QmLength;

typedef struct QmTempo {
    QmPosition at;
    double bpm;
    bool ramp; /* is reached in a straight line (over beats) from the entry before */
    QmPlace place;
} QmTempo;

typedef struct QmTimeSignature {
    QmPosition at;       /* a bar's start */
    int32_t beats, unit; /* 4/4: 4, 4 */
    QmPlace place;
} QmTimeSignature;

typedef struct QmSound {
    const char *name;
    const char *file;  /* as written, relative to the session's folder */
    const char *right; /* the right side, when `file` is the left one; NULL: none */
    uint32_t first_channel,
        second_channel; /* 1-based; equal: mono; 0, 0: not said (1-2) */
    QmPlace place;
} QmSound;

/* A piece of a sound placed in time. */
typedef struct QmClip {
    uint16_t sound;
    QmPosition at;
    QmLength from;   /* where in the sound it starts; 0 samples: its start */
    QmLength length; /* 0 samples: to its end */
    QmLength fade_in, fade_out;
    double gain_db;
} QmClip;

/* What a source strip begins with. Buses have generator NULL. */
typedef struct QmInput {
    const QmGenDesc *generator; /* clip, sampler, tone, click, a plug-in, or NULL */
    double *params;             /* [generator->n_params] */
    uint16_t sound;             /* QM_GEN_SOUND generators; else QM_NONE */
    QmClip *clips;              /* clip generator */
    uint32_t n_clips;
    const QmPlugin *plugin; /* that the generator is; NULL: one of our own */
    void *instance;         /* the plug-in's, from its host */
    QmPlace place;
} QmInput;

typedef struct QmInsert {
    const char *
        name; /* its slot in addresses: "eq", a second one "eq2", or as said by `name:` */
    const QmProcDesc *proc;
    uint32_t n_groups;
    double *params; /* [qm_proc_n_params(proc, n_groups)] */
    uint16_t key;   /* strip whose pre tap is the side-chain; QM_NONE: its own input */
    bool bypass;
    bool made;     /* by an edit (model/edit.h) */
    uint32_t idle; /* bit i: group i + 1 was made by an edit, and none has named it */
    const QmPlugin *plugin; /* that proc is; NULL: one of our own */
    void *instance;         /* the plug-in's, from its host */
    QmPlace place;
} QmInsert;

typedef struct QmFader {
    double gain_db; /* -120 (off) .. 24 */
    double pan;     /* -1 left .. 1 right */
    double width;   /* 0 mono, 1 as it is, 2 sides doubled */
    QmPanLaw pan_law;
    QmPanMode pan_mode;
    bool mute, solo, solo_safe;
} QmFader;

/* Gain sharing between the strips that feed a bus (dsp/gain_share.h). */
enum { QM_SHARE_ATTACK, QM_SHARE_RELEASE, QM_SHARE_FLOOR, QM_SHARE_PARAMS };
typedef struct QmShare {
    bool on;
    double params[QM_SHARE_PARAMS]; /* as qm_share_params */
} QmShare;

typedef enum QmTap { QM_TAP_POST, QM_TAP_PRE } QmTap;

typedef struct QmSend {
    uint16_t bus;
    double level_db;
    QmTap tap;
    QmPlace place;
} QmSend;

typedef enum QmStripKind { QM_STRIP_SOURCE, QM_STRIP_BUS, QM_STRIP_MASTER } QmStripKind;

typedef struct QmStrip {
    const char *name;
    QmStripKind kind;
    const char *role; /* as said, or NULL */
    QmInput input;    /* sources */
    QmInsert *inserts;
    uint32_t n_inserts;
    QmFader fader;
    QmSend *sends;
    uint32_t n_sends;
    QmShare share;    /* buses and the master */
    double weight_db; /* of its power where a bus that it feeds shares gain */
    uint16_t
        to; /* strip that gets its post tap; QM_NONE: nowhere (master, output buses) */
    uint32_t output; /* first hardware channel of its pair, 1-based; 0: none. Master: 1 */
    QmPlace place;
} QmStrip;

/* One step of a pattern track. */
typedef struct QmStep {
    float velocity;   /* linear gain; 0: rest */
    int8_t semitones; /* notes: from C4 = 0; steps: 0 */
} QmStep;

typedef enum QmTrackKind { QM_TRACK_STEPS, QM_TRACK_NOTES, QM_TRACK_EUCLID } QmTrackKind;

typedef struct QmTrack {
    uint16_t strip;
    QmTrackKind kind; /* how it was written, and is printed */
    QmStep *steps;
    uint32_t n_steps;
    int32_t euclid[3]; /* hits, steps, rotation: EUCLID only (steps holds the result) */
    QmLength *nudge;   /* [n_steps], signed; or NULL */
    QmPlace place;
} QmTrack;

typedef struct QmPattern {
    const char *name;
    uint32_t
        n_steps; /* its length in steps; a track's own length may differ and then loops */
    QmLength step; /* NOTE: 1/16 */
    double swing;  /* percent: where the second step of a pair falls; 50 straight */
    QmTrack *tracks;
    uint32_t n_tracks;
    QmPlace place;
} QmPattern;

/* A pattern on the timeline. */
typedef struct QmPlacement {
    QmPosition at;
    uint16_t pattern;
    QmLength length; /* 0 bars: once */
    QmPlace place;
} QmPlacement;

/* What a parameter is called: strip, slot, flat param index. See model/address.h. */
typedef struct QmTarget {
    uint16_t strip; /* from QM_SLOT_SOURCE on: the modulator */
    uint16_t slot;  /* QM_SLOT_* or QM_SLOT_INSERT + i or QM_SLOT_SEND + i */
    uint16_t param; /* flat index in the slot */
} QmTarget;

enum {
    QM_SLOT_FADER = 0,    /* params: QM_FADER_* */
    QM_SLOT_INPUT = 1,    /* the generator's params */
    QM_SLOT_INSERT = 2,   /* + index of the insert */
    QM_SLOT_SEND = 128,   /* + index of the send; param 0: level */
    QM_SLOT_SOURCE = 256, /* a modulator's params */
    QM_SLOT_ROUTE = 257,  /* + index of the route; params: QM_ROUTE_* */
};
static inline bool qm_target_is_modulator(QmTarget target)
{
    return target.slot >= QM_SLOT_SOURCE;
}
enum { QM_FADER_GAIN, QM_FADER_PAN, QM_FADER_WIDTH, QM_FADER_MUTE, QM_FADER_PARAMS };

typedef enum QmCurve { QM_CURVE_LINEAR, QM_CURVE_EXP, QM_CURVE_HOLD } QmCurve;

typedef struct QmPoint {
    QmPosition at;
    double value;
    QmCurve
        curve; /* how it is reached from the point before: straight, exponential, jump */
} QmPoint;

typedef struct QmLane {
    QmTarget target;
    QmPoint *points; /* in time order */
    uint32_t n_points;
    uint32_t room; /* how many points fit, if more than there are (model/edit.h) */
    QmPlace place;
} QmLane;

/* Where a modulator goes: a param, and how far. An amount is added to what the strip and
 * its automation say, in parts of the row's range (qm_mod_move); `from` and `to` take
 * their place. */
enum { QM_ROUTE_AMOUNT, QM_ROUTE_FROM, QM_ROUTE_TO, QM_ROUTE_PARAMS };
typedef struct QmRoute {
    QmTarget target;
    bool sets; /* has from and to; else an amount */
    double params[QM_ROUTE_PARAMS];
    QmParam rows[QM_ROUTE_PARAMS]; /* of params: from and to are in the target's unit */
    QmCurve curve;                 /* from..to: LINEAR or EXP */
    QmPlace place;
} QmRoute;

typedef struct QmModulator {
    const char *name;
    const QmModDesc *source;
    uint32_t n_groups;
    double *params; /* [source->n_params + n_groups] */
    uint16_t strip; /* what it listens to, or whose notes it is told; else QM_NONE */
    QmRoute *routes;
    uint32_t n_routes;
    QmPlace place;
} QmModulator;

/* A decision of the mix engine that is overruled: an address (or what it is within, a
 * rule, a stage) and its value as written; "off": none. */
typedef struct QmMixOverride {
    const char *address, *value;
    QmPlace place;
} QmMixOverride;

/* How the session is to be mixed (`mix:`, and `target:` of the master). */
typedef struct QmMixWish {
    const char *template; /* name or file; NULL: not said */
    const char *target;   /* name or loudness ("spotify", "-14 LUFS"); NULL: not so */
    bool has_lufs;        /* said as numbers: */
    double lufs, ceiling; /* LUFS, dBTP */
    const QmMixOverride *overrides; /* in the order of the file */
    uint32_t n_overrides;
    QmPlace template_place, target_place;
} QmMixWish;

typedef struct QmSession {
    QmArena *arena;
    const char *file; /* for diagnostics; "" when made in memory */
    const char *title;
    uint64_t seed;
    uint32_t rate; /* Hz, 8000..192000 */
    QmTempo *tempo;
    uint32_t n_tempo; /* >= 1, first at 1.1.1 */
    QmTimeSignature *meter;
    uint32_t n_meter; /* >= 1, first at 1.1.1 */
    QmLength
        tail; /* rendered after the last event; negative: as long as the processors say */
    QmSound *sounds;
    uint32_t n_sounds;
    QmStrip *strips;
    uint32_t n_strips;
    QmPattern *patterns;
    uint32_t n_patterns;
    QmModulator *modulators;
    uint32_t n_modulators;
    QmLane *lanes;
    uint32_t n_lanes;
    QmPlacement *placements;
    uint32_t n_placements;
    QmMixWish mix;
} QmSession;

/* The fader's and a send's rows, so that they parse, print and automate like any
 * processor's; likewise a tempo, and the curves of points and of routes (QmCurve). */
extern const QmParam qm_fader_params[QM_FADER_PARAMS];
extern const QmParam qm_send_param;
extern const QmParam qm_share_params[QM_SHARE_PARAMS];
extern const QmParam qm_weight_param;
extern const QmParam qm_tempo_param;
extern const QmParam qm_curve_param, qm_route_curve_param;
/* How a point of a lane of `row` is reached unless it is said: what cannot be in between
 * jumps. */
QmCurve qm_usual_curve(const QmParam *row);

/* An empty session at 48 kHz, 120 bpm, 4/4, with a master strip. NULL: out of memory. */
QmSession *qm_session_new(QmArena *arena);
/* Index of a strip, sound, pattern or modulator by name; QM_NONE: none. */
uint16_t qm_session_strip(const QmSession *session, const char *name);
uint16_t qm_session_sound(const QmSession *session, const char *name);
uint16_t qm_session_pattern(const QmSession *session, const char *name);
uint16_t qm_session_modulator(const QmSession *session, const char *name);
/* How many hardware channels the session has: at least 2. */
uint32_t qm_session_outputs(const QmSession *session);
/* A route to `target`, whose table row is `row`, with an amount of 0. */
void qm_route_init(QmRoute *route, QmTarget target, const QmParam *row);
/* A strip with everything at its default, `to` nowhere. `name` is borrowed. */
void qm_strip_init(QmStrip *strip, const char *name, QmStripKind kind);
/* Names of strips, sounds, patterns and slots: at most QM_MAX_NAME letters, digits, '_'
 * and '-' (not first), and not a number, so that a name is one word of an address and
 * never a group's number. */
bool qm_name_valid(const char *name);
/* Where a sound is asked for, a text with a '.' or '/' is no name but a file: it is a
 * sound outside the pool, called like its file. */
bool qm_sound_is_path(const char *name);

#endif
