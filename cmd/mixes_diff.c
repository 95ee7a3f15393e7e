/* kick
 *   ~ fader.gain    -3 dB -> -4 dB      gain.level: lufs=...
 *   + eq.1.type     high-pass           eq.clean: low=...
 *   + eq.1.freq     30 Hz
 *   - gate.ratio    4                   dynamics.gate: ...
 *
 * The reason is that of the new decision; of one that is gone, the old one's. What has
 * the same reason as the line before does not say it again. */
#include "cmd/mixes_diff.h"

#include "base/text.h"
#include "cmd/cli.h"

#include <stdio.h>
#include <string.h>

enum { TARGET_WIDTH = 26, VALUE_WIDTH = 26 };

/* ---- for people ---- */

static size_t print_padded(const char *text, size_t width)
{
    const size_t length = strlen(text);
    cli_print_name(text);
    if (length < width)
        printf("%*s", (int)(width - length), "");
    return length;
}

static void print_heads(const QmMixDiff *diff)
{
    const QmHeadChange *const heads = diff->heads.items;
    for (size_t i = 0; i < diff->heads.count; i++) {
        printf("%c ", !heads[i].from ? '+' : !heads[i].to ? '-' : '~');
        print_padded(heads[i].what, 12);
        printf("  ");
        cli_print_name(heads[i].from ? heads[i].from : heads[i].to);
        if (heads[i].from && heads[i].to) {
            printf(" -> ");
            cli_print_name(heads[i].to);
        }
        printf("\n");
    }
}

static const QmDecision *told(const QmMixChange *change)
{
    return change->to ? change->to : change->from;
}

static void print_reason(const QmDecision *decision)
{
    printf("  ");
    cli_print_name(decision->rule ? decision->rule : "");
    if (decision->because && decision->because[0]) {
        printf(": ");
        cli_print_name(decision->because);
    }
}

/* `before`: the line before in the same strip; NULL: none. */
static void print_change(const QmMixChange *change, const QmMixChange *before)
{
    static const char SIGNS[] = "+-~";
    const QmDecision *const decision = told(change);
    const size_t strip = strlen(change->strip);
    printf("  %c ", SIGNS[change->kind]);
    print_padded(decision->target + (strip ? strip + 1 : 0), TARGET_WIDTH);
    printf(" ");
    size_t length = 0;
    if (change->kind == QM_CHANGED) {
        length = print_padded(change->from->value, 0) + strlen(" -> ");
        printf(" -> ");
    }
    print_padded(decision->value, length < VALUE_WIDTH ? VALUE_WIDTH - length : 0);
    if (!before || !qm_same(told(before)->rule, decision->rule) ||
        !qm_same(told(before)->because, decision->because))
        print_reason(decision);
    printf("\n");
}

void mixes_diff_print(const QmMixDiff *diff)
{
    const QmMixChange *const changes = diff->changes.items;
    if (qm_mix_same(diff)) {
        printf("the same decisions, made from the same\n");
        return;
    }
    print_heads(diff);
    for (size_t i = 0; i < diff->changes.count; i++) {
        const bool first = i == 0 || !qm_same(changes[i].strip, changes[i - 1].strip);
        if (first) {
            cli_print_name(changes[i].strip[0] ? changes[i].strip : "the song");
            printf("\n");
        }
        print_change(&changes[i], first ? NULL : &changes[i - 1]);
    }
}

/* ---- for machines ---- */

static json_t *text_or_null(const char *text)
{
    return text ? cli_json_text(text) : json_null();
}

static void heads_json(CliJson *json, const QmMixDiff *diff)
{
    const QmHeadChange *const heads = diff->heads.items;
    cli_json_key(json, "head");
    cli_json_open(json, '[');
    for (size_t i = 0; i < diff->heads.count; i++) {
        cli_json_open(json, '{');
        cli_json_set(json, "what", cli_json_text(heads[i].what));
        cli_json_set(json, "from", text_or_null(heads[i].from));
        cli_json_set(json, "to", text_or_null(heads[i].to));
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

static void side_json(CliJson *json, const char *key, const QmDecision *decision)
{
    if (!decision) {
        cli_json_set(json, key, json_null());
        return;
    }
    cli_json_key(json, key);
    cli_json_open(json, '{');
    cli_json_set(json, "value", cli_json_text(decision->value));
    cli_json_set(json, "origin", cli_json_text(qm_origin_names[decision->origin]));
    cli_json_set(json, "rule", cli_json_text(decision->rule));
    cli_json_set(json, "because", cli_json_text(decision->because));
    cli_json_close(json, '}');
}

void mixes_diff_json(CliJson *json, const QmMixDiff *diff)
{
    const QmMixChange *const changes = diff->changes.items;
    heads_json(json, diff);
    cli_json_key(json, "changes");
    cli_json_open(json, '[');
    for (size_t i = 0; i < diff->changes.count; i++) {
        const QmMixChange *const c = &changes[i];
        cli_json_open(json, '{');
        cli_json_set(json, "change", json_string(qm_change_names[c->kind]));
        cli_json_set(json, "strip", cli_json_text(c->strip));
        cli_json_set(json, "stage", json_string(qm_stage_names[told(c)->stage]));
        cli_json_set(json, "target", cli_json_text(told(c)->target));
        side_json(json, "from", c->from);
        side_json(json, "to", c->to);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}
