/* What was noticed, and what was decided, strip by strip.
 *
 * Decisions that make one thing together, those of one rule on one band or slot, are told
 * as one: a sentence, the reason, the addresses to overrule it by. */
#include "formats/report_mix_parts.h"

#include "base/number.h"

#include <string.h>

/* ---- groups ---- */

/* "eq.2" of "bass.eq.2.gain": with the number of a band; the whole address of what has no
 * slot ("fader.gain", "send.hall", "to"); of points up to and with the '@'. */
static size_t place_length(const char *address)
{
    static const char *const WHOLE[] = {"fader.", "send.", NULL};
    const char *const point = strchr(address, '@');
    if (point)
        return (size_t)(point - address) + 1;
    for (size_t i = 0; WHOLE[i]; i++)
        if (qm_starts_with(address, WHOLE[i]))
            return strlen(address);
    const size_t slot = strcspn(address, ".");
    if (!address[slot])
        return slot;
    const size_t band = strspn(address + slot + 1, "0123456789");
    return band && address[slot + 1 + band] == '.' ? slot + 1 + band : slot;
}

/* A strip's decisions; the song's own ("tempo") have none. */
static const char *behind_strip(const char *target)
{
    const char *const dot = strchr(target, '.');
    return dot ? dot + 1 : target;
}

static bool is_of(const char *target, const char *strip)
{
    const size_t length = strlen(strip);
    return strncmp(target, strip, length) == 0 &&
           (target[length] == '.' || (!length && !strchr(target, '.')));
}

static const QmDecision *first_of(const MixGroup *group)
{
    return *(const QmDecision *const *)group->decisions.items;
}

static bool belongs(const MixGroup *group, const QmDecision *d, size_t length)
{
    const char *const at = behind_strip(d->target);
    return strncmp(group->at, at, length) == 0 && !group->at[length] &&
           qm_same(first_of(group)->rule, d->rule);
}

static bool add_to_group(QmList *groups, const char *strip, const QmDecision *d,
                         QmArena *arena)
{
    const char *const at = behind_strip(d->target);
    const size_t length = place_length(at);
    MixGroup *found = NULL;
    for (size_t i = 0; i < groups->count && !found; i++)
        if (belongs((MixGroup *)groups->items + i, d, length))
            found = (MixGroup *)groups->items + i;
    if (!found && (found = qm_list_add(groups, sizeof *found, arena)))
        *found = (MixGroup){.strip = strip, .at = qm_arena_strndup(arena, at, length)};
    return found && found->at &&
           qm_list_append(&found->decisions, &d, 1, sizeof d, arena);
}

/* ---- a strip ---- */

static void add_addresses(QmText *text, const MixGroup *group)
{
    const size_t n = group->decisions.count;
    const QmDecision *const *const all = group->decisions.items;
    qm_text_add(text, "<td class=\"a\">");
    for (size_t i = 0; i < n; i++) {
        if (i == 6 && n > 8) { /* points of a lane, mostly */
            qm_text_printf(text, "<br/>\xe2\x80\xa6 %zu more", n - i);
            break;
        }
        qm_text_add(text, i ? "<br/>" : "");
        qm_xml_add(text, all[i]->target);
        qm_text_add(text, " = ");
        qm_xml_add(text, all[i]->value);
    }
    qm_text_add(text, "</td>");
}

/* The reasons of a group, each said once. */
static void add_reasons(const MixPart *part, const MixGroup *group)
{
    const QmDecision *const *const all = group->decisions.items;
    QmText reasons;
    const char *said = "";
    qm_text_init(&reasons, part->arena);
    for (size_t i = 0; i < group->decisions.count; i++) {
        if (!all[i]->because || !all[i]->because[0] || qm_same(said, all[i]->because) ||
            (i && qm_same(all[i]->because, all[0]->because)))
            continue;
        if (reasons.length > 200) /* of a lane's points: the first tell enough */
            break;
        said = all[i]->because;
        qm_text_add(&reasons, reasons.length ? "; " : "");
        mix_reason(&reasons, said);
    }
    if (reasons.length && !reasons.failed) {
        qm_text_add(part->page.text, "<br/><small>because ");
        qm_xml_add(part->page.text, reasons.data);
        qm_text_add(part->page.text, "</small>");
    }
}

/* Whose decisions they are, where that is not for measured reasons alone. */
static const char *said_by(const MixGroup *group)
{
    const QmDecision *const *const all = group->decisions.items;
    size_t n[3] = {0};
    for (size_t i = 0; i < group->decisions.count; i++)
        n[all[i]->origin]++;
    if (n[QM_ORIGIN_USER])
        return n[QM_ORIGIN_USER] == group->decisions.count ? " (you said so)"
                                                           : " (in part you said so)";
    return n[QM_ORIGIN_AUTO] ? "" : " (the template says so)";
}

static void add_group(const MixPart *part, const MixGroup *group)
{
    QmText *text = part->page.text;
    QmText words;
    qm_text_init(&words, part->arena);
    mix_words(&words, group);
    qm_text_add(text, "<tr><td>");
    qm_xml_add(text, words.failed ? "" : words.data);
    qm_text_add(text, said_by(group));
    add_reasons(part, group);
    qm_text_add(text, "</td>");
    add_addresses(text, group);
    qm_text_add(text, "<td class=\"u\">");
    qm_xml_add(text, first_of(group)->rule);
    qm_text_add(text, "</td></tr>\n");
}

/* "kick, -18.3 LUFS" */
static void add_about(const MixPart *part, const char *strip)
{
    const QmMix *const mix = part->report->mix;
    QmText *text = part->page.text;
    for (uint32_t i = 0; i < mix->n_strips; i++) {
        if (!qm_same(mix->strips[i].name, strip))
            continue;
        const QmMeasured *const loudness =
            part->report->after.loudness ? &part->report->after.loudness[i] : NULL;
        qm_text_add(text, " <small>");
        if (mix->strips[i].role < QM_ROLE_COUNT)
            qm_xml_add(text, qm_roles[mix->strips[i].role].name);
        if (loudness && !loudness->why) {
            qm_text_add(text, ", ");
            report_number(text, loudness->value, 1);
            qm_text_add(text, " LUFS");
        }
        qm_text_add(text, "</small>");
    }
}

static void add_strip(const MixPart *part, const char *strip, const char *title)
{
    const QmDecisionLog *const log = &part->report->mix->log;
    const QmDecision *const all = log->decisions.items;
    QmText *text = part->page.text;
    QmList groups = {0};
    for (size_t i = 0; i < log->decisions.count; i++)
        if (!qm_decision_is_note(&all[i]) && is_of(all[i].target, strip) &&
            !add_to_group(&groups, strip, &all[i], part->arena))
            text->failed = true;
    if (!groups.count)
        return;
    qm_text_add(text, "<h3>");
    qm_xml_add(text, title);
    add_about(part, strip);
    qm_text_add(text, "</h3>\n<div class=\"wide\"><table class=\"d\">\n<tbody>\n");
    for (size_t i = 0; i < groups.count; i++)
        add_group(part, (const MixGroup *)groups.items + i);
    qm_text_add(text, "</tbody></table></div>\n");
}

/* ---- all of them ---- */

/* Names that targets begin with, each once. */
static bool named(const QmList *names, const char *target)
{
    for (size_t i = 0; i < names->count; i++)
        if (is_of(target, ((const char *const *)names->items)[i]))
            return true;
    return false;
}

/* What is no strip of the session as it was: buses that were made, macros. In the order
 * of the log. */
static void add_others(const MixPart *part, QmList *names)
{
    const QmDecisionLog *const log = &part->report->mix->log;
    const QmDecision *const all = log->decisions.items;
    for (size_t i = 0; i < log->decisions.count; i++) {
        const char *const target = all[i].target;
        if (qm_decision_is_note(&all[i]) || named(names, target))
            continue;
        const char *const name =
            qm_arena_strndup(part->arena, target,
                             strchr(target, '.') ? strcspn(target, ".") : 0);
        if (!name || !qm_list_append(names, &name, 1, sizeof name, part->arena)) {
            part->page.text->failed = true;
            return;
        }
        add_strip(part, name, name[0] ? name : "the song");
    }
}

static void add_rules(const MixPart *part)
{
    const QmDecisionLog *const log = &part->report->mix->log;
    const QmDecision *const all = log->decisions.items;
    QmText *text = part->page.text;
    qm_text_add(text, "<h2>The rules</h2>\n<div class=\"wide\"><table class=\"r\">\n"
                      "<thead><tr><th scope=\"col\">rule</th><th scope=\"col\" "
                      "class=\"n\">decisions</th><th scope=\"col\">what it does</th></tr>"
                      "</thead>\n<tbody>\n");
    for (uint32_t r = 0; r < qm_rule_count(); r++) {
        const QmRule *const rule = qm_rule_at(r);
        size_t n = 0;
        for (size_t i = 0; i < log->decisions.count; i++)
            n += !qm_decision_is_note(&all[i]) && qm_same(all[i].rule, rule->id);
        if (!n)
            continue;
        qm_text_printf(text, "<tr><th scope=\"row\">%s</th><td class=\"n\">%zu</td><td>",
                       rule->id, n);
        qm_xml_add(text, rule->doc);
        qm_text_add(text, "</td></tr>\n");
    }
    qm_text_add(text, "</tbody></table></div>\n");
}

void mix_part_decisions(const MixPart *part)
{
    const QmMix *const mix = part->report->mix;
    static const char MASTER[] = "master";
    const char *const master = MASTER;
    QmText *text = part->page.text;
    QmList names = {0};
    bool room = true;
    qm_text_add(text,
                "<h2>Decisions</h2>\n<p class=\"lead\">Each can be overruled by its "
                "address: <code>--set ADDRESS=VALUE</code>, or <code>=off</code>."
                "</p>\n");
    for (uint32_t i = 0; i < mix->n_strips; i++) {
        const char *const name = mix->strips[i].name;
        add_strip(part, name, name);
        room = room && qm_list_append(&names, &name, 1, sizeof name, part->arena);
    }
    room = room && qm_list_append(&names, &master, 1, sizeof master, part->arena);
    text->failed = text->failed || !room;
    add_others(part, &names);
    add_strip(part, MASTER, "master");
    add_rules(part);
}

/* ---- notes ---- */

/* What a rule noticed, in words; the rest of them tell by their reason. */
static const struct {
    const char *rule, *words;
} NOTES[] = {
    {"check.silent", "is silent"},
    {"check.clipped", "is clipped"},
    {"check.hot", "came in very hot"},
    {"check.dc", "has a DC offset"},
    {"check.duplicate", "is there twice"},
    {"check.polarity", "works against another strip: flipped polarity"},
    {"check.channels", "has channels that are not what they seem"},
    {"check.rate", "has another sample rate"},
    {"role.role", "is not surely recognised"},
};

static void add_note(const MixPart *part, const QmDecision *note)
{
    QmText *text = part->page.text;
    const char *words = NULL;
    QmText reason;
    for (size_t i = 0; i < sizeof NOTES / sizeof *NOTES && !words; i++)
        words = qm_same(NOTES[i].rule, note->rule) ? NOTES[i].words : NULL;
    qm_text_init(&reason, part->arena);
    mix_reason(&reason, note->because ? note->because : "");
    qm_text_add(text, "<li><b>");
    qm_xml_add(text, note->target);
    qm_text_add(text, "</b> ");
    qm_xml_add(text, words ? words : note->rule);
    qm_text_add(text, reason.length ? ": " : "");
    qm_xml_add(text, reason.data);
    qm_text_add(text, "</li>\n");
}

void mix_part_notes(const MixPart *part)
{
    const QmDecisionLog *const log = &part->report->mix->log;
    const QmDecision *const all = log->decisions.items;
    bool any = false;
    for (size_t i = 0; i < log->decisions.count; i++) {
        if (!qm_decision_is_note(&all[i]))
            continue;
        qm_text_add(part->page.text, any ? "" : "<ul class=\"remarks\">\n");
        any = true;
        add_note(part, &all[i]);
    }
    qm_text_add(part->page.text, any ? "</ul>\n" : "");
}
