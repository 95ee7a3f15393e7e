/* The parts of the session language, one file each; for session_yaml*.c only. */
#ifndef QM_FORMATS_SESSION_YAML_PARTS_H
#define QM_FORMATS_SESSION_YAML_PARTS_H

#include "formats/names.h"
#include "formats/schema.h"

/* A session being read: all names are known before the first reference is. */
typedef struct QmSessionReader {
    QmReader reader; /* its context is this struct */
    QmSession *session;
    const QmPlugins *plugins; /* who finds them; NULL: nobody */
    QmNames strips, sounds, patterns;
    uint32_t sound_room;
    uint32_t n_steps; /* of all tracks together */
} QmSessionReader;

/* Adds a sound to the session and its name to the reader's. */
QmStatus qm_session_add_sound(QmSessionReader *self, const char *name, const char *file,
                              QmPlace place);

/* References, as uint16_t; default QM_NONE. */
extern const QmFieldType qm_field_strip;
extern const QmFieldType qm_field_sound; /* a name of the pool, or a file's path */
extern const QmFieldType qm_field_pattern;

/* Bodies of what is named already. Maps may be NULL: not written. */
QmStatus qm_read_sounds(QmSessionReader *self, const QmYamlNode *sounds);
QmStatus qm_read_strip(QmSessionReader *self, const QmYamlNode *node, QmStrip *strip);
QmStatus qm_read_patterns(QmSessionReader *self, const QmYamlNode *patterns);
QmStatus qm_read_modulators(QmSessionReader *self, const QmYamlNode *modulators);
QmStatus qm_read_automation(QmSessionReader *self, const QmYamlNode *automation);

void qm_print_sounds(QmPrinter *printer, const QmSession *session);
void qm_print_strip(QmPrinter *printer, const QmSession *session, const QmStrip *strip);
/* Whether printing it would say nothing. */
bool qm_strip_is_plain(const QmSession *session, const QmStrip *strip);
void qm_print_patterns(QmPrinter *printer, const QmSession *session);
void qm_print_modulators(QmPrinter *printer, const QmSession *session);
void qm_print_automation(QmPrinter *printer, const QmSession *session);

/* A strip's input and insert chain (session_yaml_slots.c). */
QmStatus qm_read_input(QmSessionReader *self, const QmYamlNode *strip_node,
                       QmStrip *strip);
void qm_print_input(QmPrinter *printer, const QmInput *input);
/* The keys that may name an input; `keys` has room for qm_gen_count() + QM_INPUT_KEYS. */
enum { QM_INPUT_KEYS = 2 };
uint32_t qm_input_keys(const char **keys);
extern const QmFieldType qm_field_inserts; /* of a QmStrip */

/* Plug-ins (session_yaml_plugin.c): the key that asks for one, what it is called, and its
 * params, once they are laid out. `fields`: those of an insert; NULL: it is an input. */
#define qm_plugin_key "lv2"
QmStatus qm_read_plugin(QmSessionReader *self, const QmYamlNode *node,
                        const QmPart *fields, const QmPlugin **plugin);
QmStatus qm_read_plugin_params(QmSessionReader *self, const QmYamlNode *node,
                               const QmParam *rows, uint32_t n_rows, double *values);
/* Into the map that was begun. */
void qm_print_plugin(QmPrinter *printer, const QmPlugin *plugin, const QmParam *rows,
                     uint32_t n_rows, double *values);

/* What is said of the mix (session_yaml_mix.c): `mix:` but for its target, which is the
 * master's as well and is printed there. */
#define qm_mix_key "mix"
QmStatus qm_read_mix(QmSessionReader *self, const QmYamlNode *mix);
bool qm_mix_is_said(const QmMixWish *mix);
void qm_print_mix(QmPrinter *printer, const QmMixWish *mix);
extern const QmSchema qm_mix_target_schema; /* of a QmMixWish: `target` */

/* Header fields and the timeline's lists (session_yaml_time.c). */
extern const QmFieldType qm_field_tempo;   /* of a QmSession */
extern const QmFieldType qm_field_meter;   /* of a QmSession */
extern const QmField qm_arrangement_field; /* of a QmSession */

#endif
