/* Levels that are no number (silence) are "-inf" for people and null with a "why" in
 * JSON. */
#include "cmd/outcome.h"

#include "base/qmath.h"
#include "base/units.h"
#include "cmd/json.h"
#include "cmd/plugins.h"

#include <stdio.h>

#define SILENCE_DB (-390.0)

static double seconds(const Outcome *outcome)
{
    return (double)outcome->frames / outcome->session->rate;
}

static const char *level(double db, char text[QM_NUMBER_TEXT])
{
    if (db < SILENCE_DB)
        return "-inf";
    qm_fixed_text(db, 2, text);
    return text;
}

/* --- for people ------------------------------------------------------------------ */

static void print_meters(const Outcome *outcome)
{
    char peak[QM_NUMBER_TEXT], rms[QM_NUMBER_TEXT];
    fprintf(stderr, "%-20s %9s %9s\n", "after the fader", "peak dBFS", "rms dBFS");
    for (uint32_t s = 0; s < outcome->session->n_strips; s++)
        fprintf(stderr, "%-20s %9s %9s\n", outcome->session->strips[s].name,
                level(qm_meter_peak_db(&outcome->meters[s]), peak),
                level(qm_meter_rms_db(&outcome->meters[s]), rms));
}

static const QmInsert *insert_of(const Outcome *outcome, const QmSlotReadings *slot)
{
    return &outcome->session->strips[slot->strip].inserts[slot->insert];
}

static void print_readings(const Outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->n_readings; i++) {
        const QmSlotReadings *slot = &outcome->readings[i];
        const QmInsert *insert = insert_of(outcome, slot);
        fprintf(stderr, "%s.%s:", outcome->session->strips[slot->strip].name,
                insert->name);
        for (uint32_t k = 0; k < insert->proc->n_readings; k++) {
            const QmReading *reading = &insert->proc->readings[k];
            char text[QM_NUMBER_TEXT];
            qm_fixed_text(slot->values[k], 2, text);
            fprintf(stderr, "%s %s %s%s%s", k ? "," : "", reading->name, text,
                    reading->unit ? " " : "", qm_unit_name(reading->unit));
        }
        fputc('\n', stderr);
    }
}

static void print_plugins(const Outcome *outcome)
{
    PluginUse use;
    for (uint32_t at = 0; plugins_next(outcome->session, &at, &use);)
        fprintf(stderr, "%s.%s: %s%s%s, %s, latency %u frames\n", use.strip->name,
                use.slot, use.plugin->name, use.plugin->version[0] ? " " : "",
                use.plugin->version, use.plugin->library, use.latency);
}

void outcome_text(const Outcome *outcome)
{
    char length[QM_NUMBER_TEXT], peak[QM_NUMBER_TEXT], speed[QM_NUMBER_TEXT];
    qm_fixed_text(seconds(outcome), 2, length);
    qm_fixed_text(outcome->elapsed_s > 0 ? seconds(outcome) / outcome->elapsed_s : 0, 1,
                  speed);
    if (outcome->meters)
        print_meters(outcome);
    print_readings(outcome);
    if (outcome->meters)
        print_plugins(outcome);
    if (outcome->file) {
        fprintf(stderr, "%s: %s s, %u Hz, %u channels, peak %s dBFS", outcome->file,
                length, outcome->session->rate, outcome->channels,
                level(qm_gain_to_db((double)outcome->stats.peak), peak));
        if (outcome->stats.clipped)
            fprintf(stderr, ", %llu samples clipped",
                    (unsigned long long)outcome->stats.clipped);
        if (outcome->stats.not_finite)
            fprintf(stderr, ", %llu samples not finite, written as 0",
                    (unsigned long long)outcome->stats.not_finite);
        fprintf(stderr, ", %s x real time\n", speed);
    }
    if (outcome->stems)
        fprintf(stderr, "%s: %u stems\n", outcome->stems, outcome->n_stems);
    if (outcome->sum)
        fprintf(stderr, "%s: sums of %s s\n", outcome->sum, length);
    if (outcome->verified)
        fprintf(stderr, "%s: the same, %s s\n", outcome->verified, length);
    const uint32_t plugins = plugins_count(outcome->session);
    if (plugins)
        fprintf(stderr, "%u LV2 plug-in%s: outside of the bit-exact promise\n", plugins,
                plugins > 1 ? "s" : "");
}

/* --- for machines ------------------------------------------------------------------ */

static void put_level(json_t *object, const char *key, double db)
{
    if (db < SILENCE_DB) {
        json_object_set_new(object, key, json_null());
        json_object_set_new(object, "why", json_string("silence"));
    } else {
        json_object_set_new(object, key, json_real(db));
    }
}

/* [{"name": "compressor", "reduction": 6.1}] */
static json_t *readings(const Outcome *outcome, uint32_t strip)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < outcome->n_readings; i++) {
        const QmSlotReadings *slot = &outcome->readings[i];
        if (slot->strip != strip)
            continue;
        const QmInsert *insert = insert_of(outcome, slot);
        json_t *object = json_pack("{s:s}", "name", insert->name);
        for (uint32_t k = 0; k < insert->proc->n_readings; k++)
            json_object_set_new(object, insert->proc->readings[k].name,
                                json_real(slot->values[k]));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *strips(const Outcome *outcome)
{
    json_t *list = json_array();
    for (uint32_t s = 0; s < outcome->session->n_strips; s++) {
        json_t *strip = json_pack("{s:s}", "name", outcome->session->strips[s].name);
        put_level(strip, "peak", qm_meter_peak_db(&outcome->meters[s]));
        put_level(strip, "rms", qm_meter_rms_db(&outcome->meters[s]));
        json_object_set_new(strip, "inserts", readings(outcome, s));
        json_array_append_new(list, strip);
    }
    return list;
}

/* [{"strip": "vox", "slot": "lv2", "uri": ..., "bit_exact": false}] */
static json_t *plugins(const QmSession *session)
{
    json_t *list = json_array();
    PluginUse use;
    for (uint32_t at = 0; plugins_next(session, &at, &use);) {
        const QmPlugin *plugin = use.plugin;
        json_t *object = json_object();
        json_object_set_new(object, "strip", json_string(use.strip->name));
        json_object_set_new(object, "slot", json_string(use.slot));
        json_object_set_new(object, "uri", cli_json_text(plugin->said.uri));
        json_object_set_new(object, "name", cli_json_text(plugin->name));
        json_object_set_new(object, "version", json_string(plugin->version));
        json_object_set_new(object, "library", cli_json_text(plugin->library));
        json_object_set_new(object, "latency", json_integer(use.latency));
        json_object_set_new(object, "bit_exact", json_false());
        json_array_append_new(list, object);
    }
    return list;
}

void outcome_json(const Outcome *outcome)
{
    json_t *object = json_object();
    if (outcome->file)
        json_object_set_new(object, "file", cli_json_text(outcome->file));
    json_object_set_new(object, "rate", json_integer(outcome->session->rate));
    json_object_set_new(object, "channels", json_integer(outcome->channels));
    json_object_set_new(object, "frames", json_integer(outcome->frames));
    json_object_set_new(object, "seconds", json_real(seconds(outcome)));
    if (outcome->file) {
        json_object_set_new(object, "clipped",
                            json_integer((json_int_t)outcome->stats.clipped));
        put_level(object, "peak", qm_gain_to_db((double)outcome->stats.peak));
    }
    if (outcome->meters)
        json_object_set_new(object, "strips", strips(outcome));
    if (plugins_count(outcome->session))
        json_object_set_new(object, "plugins", plugins(outcome->session));
    cli_json_print(object);
}
