/* Decisions in plain words.
 *
 * A form is a sentence for a place in a strip, with holes for values of the decisions
 * made there:
 *
 *     {freq}               the value of `freq`
 *     {|gain}              without its sign
 *     {gain?cuts:boosts}   one word if it is below zero, the other if not
 *     {at}                 the last word of the address: of sends the bus
 *     [, ratio {ratio}]    left out when a value in it was not decided
 *
 * The first form that fits the place, the choice that it asks for, and whose values are
 * there, is used; without one the edit is told as it is. */
#include "formats/report_mix_parts.h"

#include "base/number.h"

#include <string.h>

typedef struct Form {
    const char *place;         /* what the address behind the strip begins with */
    const char *param, *value; /* asked for; NULL: nothing is */
    const char *sentence;
} Form;

static const Form FORMS[] = {
    {"role", NULL, NULL, "is taken for {at=}"},
    {"to", NULL, NULL, "goes to {at=}"},
    {"trim", NULL, NULL, "comes in {gain?softer:louder} by {|gain}"},
    {"level", NULL, NULL, "is made {gain?softer:louder} by {|gain}"},
    {"fader.gain", NULL, NULL, "fader at {at=}"},
    {"fader.pan", "at=", "0", "sits in the middle"},
    {"fader.pan", NULL, NULL, "sits {|at=} {at=?left:right} of the middle"},
    {"fader.width", "at=", "0", "is made mono"},
    {"fader.width", NULL, NULL, "width {at=}, where 1 is as it came"},
    {"fader.mute", NULL, NULL, "is muted"},
    {"send", NULL, NULL, "is sent to {at} at {at=}"},
    {"eq", "type", "high-pass", "takes away what is below {freq}"},
    {"eq", "type", "low-pass", "takes away what is above {freq}"},
    {"eq", "type", "low-shelf", "{gain?lowers:raises} what is below {freq} by {|gain}"},
    {"eq", "type", "high-shelf", "{gain?lowers:raises} what is above {freq} by {|gain}"},
    {"eq", "type", "notch", "takes out {freq}"},
    {"eq", "type", "tilt", "tilts the spectrum around {freq} by {gain}"},
    {"eq", "freq", NULL, "{gain?cuts:boosts} {|gain} at {freq}[, q {q}]"},
    {"dynamic-eq", "freq", NULL,
     "holds {freq} back when it is louder than {threshold}[, at most by {range}]"},
    {"gate", NULL, NULL, "is shut below {threshold}[, down by {range}]"},
    {"compressor", NULL, NULL,
     "is compressed[ above {threshold}][, ratio {ratio}][, attack {attack}]"
     "[, release {release}][, makeup {makeup}]"},
    {"duck", NULL, NULL,
     "makes room for {key}[ above {threshold}][, ratio {ratio}][, attack {attack}]"
     "[, release {release}][, {mix} of it]"},
    {"ducker", NULL, NULL, "pumps[ by {depth}]"},
    {"multiband", "threshold", NULL,
     "is compressed in a band[ up to {upto}] above {threshold}[, ratio {ratio}]"},
    {"de-esser", NULL, NULL,
     "sibilance[ around {freq}] is softened[ above {threshold}][, at most by {range}]"},
    {"transient", NULL, NULL, "attacks {attack}[, what follows {sustain}]"},
    {"tape", NULL, NULL, "goes through tape[, drive {drive}][, {mix} of it]"},
    {"tube", NULL, NULL, "goes through a tube[, drive {drive}][, {mix} of it]"},
    {"reverb", NULL, NULL, "is a reverb[: {type}][, decay {decay}]"},
    {"delay", NULL, NULL, "echoes after {time}[, feedback {feedback}]"},
    {"limiter", NULL, NULL, "nothing passes {ceiling}"},
    {"mono-bass", NULL, NULL, "what is below {freq} is mono"},
    {"haas", NULL, NULL, "one side comes {delay} later[, {mix} of it]"},
    {"mid-side", NULL, NULL, "[middle {mid-gain}, ]sides {side-gain}"},
};

/* ---- values ---- */

static const QmDecision *decision(const MixGroup *group, size_t i)
{
    return ((const QmDecision *const *)group->decisions.items)[i];
}

/* What stands behind the strip and the place: "gain" of "bass.eq.2.gain". */
static const char *param_of(const MixGroup *group, const QmDecision *d)
{
    const size_t before = strlen(group->strip) + 1 + strlen(group->at);
    return strlen(d->target) > before && d->target[before] == '.' ? d->target + before + 1
                                                                  : "";
}

static const char *last_word(const char *at)
{
    const char *const dot = strrchr(at, '.');
    return dot ? dot + 1 : at;
}

/* The value of a param, of "at=" that of the place itself, of "at" the place's name. */
static const char *value_of(const MixGroup *group, const char *name, size_t length)
{
    if (length == 2 && strncmp(name, "at", 2) == 0)
        return last_word(group->at);
    const bool itself = length == 3 && strncmp(name, "at=", 3) == 0;
    for (size_t i = 0; i < group->decisions.count; i++) {
        const char *const param = param_of(group, decision(group, i));
        if (itself ? !param[0]
                   : strncmp(param, name, length) == 0 && !param[length] && length)
            return decision(group, i)->value;
    }
    return NULL;
}

/* ---- sentences ---- */

/* One hole, "{...}"; returns what is behind it. False: its value is not there. */
static bool fill(QmText *text, const MixGroup *group, const char **at)
{
    const char *name = *at + 1, *const end = strchr(name, '}');
    const bool bare = *name == '|';
    name += bare;
    const size_t length = strcspn(name, "?}");
    const char *value = value_of(group, name, length);
    *at = end + 1;
    if (!value)
        return false;
    if (name[length] == '?') {
        const char *const below = name + length + 1, *const colon = strchr(below, ':');
        const bool minus = value[0] == '-';
        qm_text_add_n(text, minus ? below : colon + 1,
                      (size_t)(minus ? colon - below : end - colon - 1));
        return true;
    }
    qm_text_add(text, bare && (*value == '-' || *value == '+') ? value + 1 : value);
    return true;
}

/* Up to `end`; false: a value is missing. */
static bool sentence(QmText *text, const MixGroup *group, const char *from,
                     const char *end)
{
    while (from < end) {
        if (*from == '[') {
            const char *const close = strchr(from, ']');
            QmText part;
            qm_text_init(&part, text->arena);
            if (sentence(&part, group, from + 1, close) && part.length)
                qm_text_add(text, part.data);
            from = close + 1;
        } else if (*from == '{') {
            if (!fill(text, group, &from))
                return false;
        } else {
            qm_text_add_n(text, from++, 1);
        }
    }
    return true;
}

static bool begins_with(const char *at, const char *place)
{
    const size_t length = strlen(place);
    return strncmp(at, place, length) == 0 && (!at[length] || at[length] == '.');
}

static bool fits(const Form *form, const MixGroup *group)
{
    if (!begins_with(group->at, form->place))
        return false;
    const char *const value =
        form->param ? value_of(group, form->param, strlen(form->param)) : NULL;
    return !form->param || (value && (!form->value || qm_same(value, form->value)));
}

/* Points of a lane: how many, and between which values. */
static bool moves(QmText *text, const MixGroup *group)
{
    const char *const point = strchr(group->at, '@');
    double low = 0, high = 0;
    const char *of_low = NULL, *of_high = NULL;
    if (!point)
        return false;
    for (size_t i = 0; i < group->decisions.count; i++) {
        const char *const value = decision(group, i)->value;
        double number;
        if (!qm_number_scan(value, 0, &number))
            continue;
        of_low = !of_low || number < low ? (low = number, value) : of_low;
        of_high = !of_high || number > high ? (high = number, value) : of_high;
    }
    qm_text_add_n(text, group->at, (size_t)(point - group->at));
    qm_text_printf(text, " moves over the song: %zu points", group->decisions.count);
    if (of_low)
        qm_text_printf(text, " from %s to %s", of_low, of_high);
    return true;
}

void mix_words(QmText *text, const MixGroup *group)
{
    if (moves(text, group))
        return;
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        const char *const form = FORMS[i].sentence;
        QmText tried;
        qm_text_init(&tried, text->arena);
        if (fits(&FORMS[i], group) &&
            sentence(&tried, group, form, form + strlen(form)) && !tried.failed) {
            qm_text_add(text, tried.data);
            return;
        }
    }
    for (size_t i = 0; i < group->decisions.count; i++) {
        const QmDecision *const d = decision(group, i);
        const char *const param = param_of(group, d);
        qm_text_printf(text, "%s%s%s%s to %s", i ? ", " : "sets ", group->at,
                       param[0] ? "." : "", param, d->value);
    }
}

/* ---- reasons ---- */

/* Words that a bare name says too little with; %s is the value. */
static const struct {
    const char *word, *before, *after;
} WORDS[] = {
    {"lufs", "", " LUFS"},
    {"target", "wanted ", ""},
    {"wanted", "wanted ", ""},
    {"masked", "it hid ", ""},
    {"masker", "hidden by ", ""},
    {"by", "by ", ""},
    {"true-peak", "true peak ", " dBTP"},
    {"lra", "loudness range ", " LU"},
    {"plr", "peak to loudness ", " dB"},
    {"bpm", "", " BPM"},
    {"total", "M_total ", ""},
};

static void say(QmText *text, const char *word, size_t length, const char *value,
                size_t size)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strncmp(word, WORDS[i].word, length) != 0 || WORDS[i].word[length])
            continue;
        qm_text_add(text, WORDS[i].before);
        qm_text_add_n(text, value, size);
        qm_text_add(text, WORDS[i].after);
        return;
    }
    for (size_t i = 0; i < length; i++)
        qm_text_add_n(text, word[i] == '-' ? " " : &word[i], 1);
    qm_text_add(text, " ");
    qm_text_add_n(text, value, size);
}

void mix_reason(QmText *text, const char *because)
{
    bool any = false;
    while (*because) {
        const size_t length = strcspn(because, " ");
        const char *const equal = memchr(because, '=', length);
        qm_text_add(text, !any ? "" : equal ? ", " : " ");
        if (equal)
            say(text, because, (size_t)(equal - because), equal + 1,
                (size_t)(because + length - equal - 1));
        else
            qm_text_add_n(text, because, length);
        any = true;
        because += length;
        because += strspn(because, " ");
    }
}
