/* links: formats */
/* tests: formats/template_styles formats/template_settings formats/targets_yaml */
/* tests: formats/roles_yaml mix/template */
/* How a template's settings are found: what goes before what, styles, every message. The
 * rules are the test's own, in the place of mix/list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/roles_yaml.h"
#include "formats/template_yaml.h"

#include <stdio.h>
#include <string.h>

/* ---- rules ---- */

static const char *const kinds[] = {"soft", "hard", NULL};
static const QmParam press_rows[] = {
    {.name = "threshold", .unit = QM_UNIT_DB, .min = -60, .max = 0, .def = -18},
    {.name = "ratio", .unit = QM_UNIT_RATIO, .min = 1, .max = 20, .def = 2},
    {.name = "attack", .unit = QM_UNIT_MS, .min = 1, .max = 500, .def = 10},
    {.name = "kind", .kind = QM_PARAM_CHOICE, .max = 1, .choices = kinds},
};
static const QmParam bands_rows[] = {
    {.name = "freq", .unit = QM_UNIT_HZ, .min = 20, .max = 20000, .def = 1000},
    {.name = "gain", .unit = QM_UNIT_DB, .min = -24, .max = 24},
};
static const QmParam shade_rows[] = {
    {.name = "kind", .kind = QM_PARAM_CHOICE, .max = 1, .choices = kinds}};
static const QmParam duck_rows[] = {{.name = "by",
                                     .kind = QM_PARAM_CHOICE,
                                     .max = QM_ROLE_COUNT - 1,
                                     .choices = qm_role_names,
                                     .def = QM_ROLE_KICK}};

enum { PRESS, SHADE, DUCK, BARE, LOUD, RULES };
static const QmRule rules[RULES] = {
    [PRESS] = {.id = "dynamics.press",
               .key = "press",
               .stage = QM_STAGE_DYNAMICS,
               .params = press_rows,
               .n_params = QM_COUNT(press_rows),
               .group_name = "bands",
               .group = bands_rows,
               .n_group = QM_COUNT(bands_rows),
               .max_groups = 3},
    [SHADE] = {.id = "eq.shade",
               .key = "shade",
               .stage = QM_STAGE_EQ,
               .params = shade_rows,
               .n_params = QM_COUNT(shade_rows)},
    [DUCK] = {.id = "dynamics.duck",
              .key = "duck",
              .stage = QM_STAGE_DYNAMICS,
              .params = duck_rows,
              .n_params = QM_COUNT(duck_rows)},
    [BARE] = {.id = "check.bare", .key = "bare", .stage = QM_STAGE_CHECK, .on = true},
    [LOUD] = {.id = "master.loud",
              .key = "loud",
              .stage = QM_STAGE_MASTER,
              .params = shade_rows,
              .n_params = QM_COUNT(shade_rows)},
};

uint32_t qm_rule_count(void) { return RULES; }
const QmRule *qm_rule_at(uint32_t index) { return &rules[index]; }
uint32_t qm_rule_index(const QmRule *rule) { return (uint32_t)(rule - rules); }
const QmRule *qm_rule_find(const char *id)
{
    for (uint32_t i = 0; i < RULES; i++)
        if (strcmp(rules[i].id, id) == 0)
            return &rules[i];
    return NULL;
}

/* ---- a bench ---- */

static QmArena arena;
static QmDiag diag;
static const QmTemplate *template;

static int begin(void **unused)
{
    (void)unused;
    qm_arena_init(&arena);
    memset(&diag, 0, sizeof diag);
    template = NULL;
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

static const char target_text[] =
    "targets:\n"
    "  stream: {lufs: -14, ceiling: -1, date: 2026-11, source: a page}\n"
    "  club: {lufs: -9, ceiling: -1, date: 2026-11, source: a house style}\n";
static const char curve_text[] = "curves: {pink: {source: s, points: {20: 0, 200: 0}}}";
#define HEAD "template: t\nabout: a\ntarget: stream\n"

/* Documents "0.yaml", "1.yaml", ...: bases first. */
static QmStatus make_of(const char *const *texts, uint32_t n)
{
    static const char *const names[] = {"0.yaml", "1.yaml", "2.yaml"};
    QmTemplateDocument documents[3] = {{0}};
    QmTargets targets = {0};
    QmTargetCurves curves = {0};
    QmStatus status = qm_targets_parse(target_text, strlen(target_text), "targets.yaml",
                                       &arena, &diag, &targets);
    status = status ? status
                    : qm_curves_parse(curve_text, strlen(curve_text), "curves.yaml",
                                      &arena, &diag, &curves);
    for (uint32_t i = 0; status == QM_OK && i < n; i++) {
        documents[i].file = names[i];
        status = qm_yaml_parse(texts[i], strlen(texts[i]), names[i], &arena, &diag,
                               &documents[i].root);
    }
    const QmTemplateMakings makings = {.documents = documents,
                                       .n = n,
                                       .targets = &targets,
                                       .curves = &curves};
    return status ? status : qm_template_make(&makings, &arena, &diag, &template);
}

static void make(const char *text)
{
    assert_int_equal(make_of(&text, 1), QM_OK);
    assert_non_null(template);
}

static const QmSettings *settings(int rule, QmRole role)
{
    return qm_template_settings(template, &rules[rule], role);
}

static double value(int rule, QmRole role, uint32_t param)
{
    return settings(rule, role)->values[param];
}

/* ---- what goes before what ---- */

static void defaults(void **unused)
{
    (void)unused;
    make(HEAD);
    assert_string_equal(template->name, "t");
    assert_string_equal(template->file, "0.yaml");
    assert_string_equal(template->target.name, "stream");
    assert_true(template->target.lufs == -14 && template->target.ceiling == -1);
    assert_null(template->curve);
    assert_null(template->sources[0]);
    for (uint32_t role = 0; role <= QM_ROLE_COUNT; role++) {
        assert_false(settings(PRESS, role)->on);
        assert_true(settings(BARE, role)->on);
        assert_true(value(PRESS, role, 0) == -18 && value(PRESS, role, 1) == 2);
        assert_true(settings(PRESS, role)->n_groups == 0);
        assert_string_equal(settings(PRESS, role)->style, "");
        assert_string_equal(settings(PRESS, role)->why, "");
    }
}

/* all < family < role, whatever the order in the file. */
static void layers(void **unused)
{
    (void)unused;
    make(HEAD "roles: {kick: {press: {ratio: 5}}}\n"
              "families: {drums: {press: {ratio: 4, attack: 20}}}\n"
              "all: {press: {ratio: 3, attack: 30, threshold: -30}}\n");
    assert_true(value(PRESS, QM_ROLE_KICK, 0) == -30);
    assert_true(value(PRESS, QM_ROLE_KICK, 1) == 5);
    assert_true(value(PRESS, QM_ROLE_KICK, 2) == 20);
    assert_true(value(PRESS, QM_ROLE_SNARE, 1) == 4);
    assert_true(value(PRESS, QM_ROLE_BASS, 1) == 3);
    assert_true(value(PRESS, QM_ROLE_COUNT, 1) == 3);
    assert_true(value(PRESS, QM_ROLE_COUNT, 2) == 30);
    assert_true(settings(PRESS, QM_ROLE_BASS)->on);
}

/* A template goes before its base within a layer, and a layer before both. */
static void bases(void **unused)
{
    (void)unused;
    static const char base[] =
        HEAD "curve: pink\nsources: [one]\n"
             "all: {press: {threshold: -10, ratio: 2}, bare: off}\n"
             "roles: {kick: {press: none}, bass: {press: glue}}\n";
    static const char derived[] = "template: derived\nabout: d\nbase: t\ntarget: club\n"
                                  "sources: [two]\nall: {press: {ratio: 9}}\n"
                                  "roles: {snare: {press: glue}}\n";
    const char *const texts[] = {"styles: {press: {glue: {ratio: 3}}}", base, derived};
    assert_int_equal(make_of(texts, 3), QM_OK);
    assert_string_equal(template->name, "derived");
    assert_string_equal(template->target.name, "club");
    assert_string_equal(template->target.source, "a house style, 2026-11");
    assert_string_equal(template->curve->name, "pink");
    assert_string_equal(template->sources[0], "two");
    assert_string_equal(template->sources[1], "one");
    assert_null(template->sources[2]);
    assert_false(settings(PRESS, QM_ROLE_KICK)->on);
    assert_false(settings(BARE, QM_ROLE_KICK)->on);
    assert_true(value(PRESS, QM_ROLE_OTHER, 1) == 9);
    assert_true(value(PRESS, QM_ROLE_OTHER, 0) == -10);
    assert_true(value(PRESS, QM_ROLE_BASS, 1) == 3);
    assert_true(value(PRESS, QM_ROLE_SNARE, 1) == 3);
}

/* A style takes back what the one before said, not what was said otherwise; what stands
 * beside it goes first; the last style of a name is meant everywhere. */
static void styles(void **unused)
{
    (void)unused;
    const char *const texts[] = {
        "styles: {press: {a: {threshold: -40, ratio: 3, why: one}, "
        "b: {ratio: 4, bands: [{freq: 100}, {gain: 3}]}}, "
        "master: {loud: {very: {kind: hard}}}}",
        HEAD
        "styles: {press: {b: {attack: 7, why: mine, bands: [{gain: -1}]}}}\n"
        "all: {press: a}\nmaster: {loud: very}\n"
        "families: {drums: {press: {attack: 30}}, bass: {press: {style: a, ratio: 9}}}\n"
        "roles: {kick: {press: b}, snare: {press: {ratio: 5 , style: b}}, "
        "bass: {press: {style: b, bands: []}}}\n",
    };
    assert_int_equal(make_of(texts, 2), QM_OK);
    assert_string_equal(settings(PRESS, QM_ROLE_PAD)->style, "a");
    assert_string_equal(settings(PRESS, QM_ROLE_PAD)->why, "one");
    assert_true(value(PRESS, QM_ROLE_PAD, 0) == -40 && value(PRESS, QM_ROLE_PAD, 1) == 3);
    /* a, then attack by itself, then b: a's threshold and ratio are gone */
    assert_string_equal(settings(PRESS, QM_ROLE_KICK)->style, "b");
    assert_string_equal(settings(PRESS, QM_ROLE_KICK)->why, "mine");
    assert_true(value(PRESS, QM_ROLE_KICK, 0) == -18);
    assert_true(value(PRESS, QM_ROLE_KICK, 1) == 2);
    assert_true(value(PRESS, QM_ROLE_KICK, 2) == 7);
    assert_int_equal(settings(PRESS, QM_ROLE_KICK)->n_groups, 1);
    assert_true(value(PRESS, QM_ROLE_KICK, 4) == 1000);
    assert_true(value(PRESS, QM_ROLE_KICK, 5) == -1);
    assert_true(value(PRESS, QM_ROLE_SNARE, 1) == 5);
    assert_true(value(PRESS, QM_ROLE_TOMS, 1) == 3 &&
                value(PRESS, QM_ROLE_TOMS, 2) == 30);
    /* said beside an earlier style: stays */
    assert_true(value(PRESS, QM_ROLE_BASS, 1) == 9);
    assert_int_equal(settings(PRESS, QM_ROLE_BASS)->n_groups, 0);
    assert_true(value(LOUD, QM_ROLE_COUNT, 0) == 1);
}

/* off keeps values for who turns it on again. */
static void scalars(void **unused)
{
    (void)unused;
    make(HEAD "all: {press: {ratio: 3}, shade: hard, duck: {by: bass}}\n"
              "families: {drums: {press: none, shade: no, bare: off}}\n"
              "roles: {kick: {press: yes}, snare: {press: -24 dB}, bass: {duck: snare}, "
              "hats: {bare: on}, toms: {shade: yes}}\n");
    assert_false(settings(PRESS, QM_ROLE_CLAP)->on);
    assert_true(settings(PRESS, QM_ROLE_KICK)->on);
    assert_true(value(PRESS, QM_ROLE_KICK, 1) == 3);
    assert_true(settings(PRESS, QM_ROLE_SNARE)->on);
    assert_true(value(PRESS, QM_ROLE_SNARE, 0) == -24);
    assert_false(settings(SHADE, QM_ROLE_KICK)->on);
    assert_true(settings(SHADE, QM_ROLE_TOMS)->on);
    assert_true(value(SHADE, QM_ROLE_TOMS, 0) == 1 && value(SHADE, QM_ROLE_PAD, 0) == 1);
    assert_false(settings(BARE, QM_ROLE_KICK)->on);
    assert_true(settings(BARE, QM_ROLE_HATS)->on);
    assert_true(value(DUCK, QM_ROLE_BASS, 0) == QM_ROLE_SNARE);
    assert_true(value(DUCK, QM_ROLE_PAD, 0) == QM_ROLE_BASS);
}

/* The rule's own, else the map's, else the style's. */
static void reasons(void **unused)
{
    (void)unused;
    make(HEAD "styles: {press: {a: {ratio: 3, why: style}}}\n"
              "all: {why: all, shade: hard, press: a}\n"
              "roles: {kick: {press: a}, snare: {why: map, press: a}, "
              "toms: {why: map, press: {style: a, why: own}}, hats: {press: off}}\n");
    assert_string_equal(settings(SHADE, QM_ROLE_KICK)->why, "all");
    assert_string_equal(settings(PRESS, QM_ROLE_PAD)->why, "all");
    assert_string_equal(settings(PRESS, QM_ROLE_KICK)->why, "style");
    assert_string_equal(settings(PRESS, QM_ROLE_SNARE)->why, "map");
    assert_string_equal(settings(PRESS, QM_ROLE_TOMS)->why, "own");
    assert_string_equal(settings(PRESS, QM_ROLE_HATS)->why, "");
}

static void own_target(void **unused)
{
    (void)unused;
    make("template: t\nabout: a\ntarget: {lufs: -11.5, ceiling: -0.5}\n");
    assert_true(template->target.lufs == -11.5 && template->target.ceiling == -0.5);
    assert_string_equal(template->target.source, "0.yaml");
}

/* ---- every message ---- */

/* Behind HEAD, which has three lines. */
static const struct {
    const char *text, *message;
} bad[] = {
    {"rols: {}", "0.yaml:4:1: unknown key 'rols', did you mean 'roles'?"},
    {"all: [press]", "0.yaml:4:6: all: expected a map of rules, found a list"},
    {"all: {pres: 3}", "0.yaml:4:7: all: unknown rule 'pres', did you mean 'press'?"},
    {"all: {loud: hard}", "0.yaml:4:7: all: 'loud' is a rule for the master: it stands "
                          "in 'master'"},
    {"master: {press: 3}", "0.yaml:4:10: master: 'press' is a rule for strips, not for "
                           "the master"},
    {"all: {press: [1]}", "0.yaml:4:14: all.press: expected a style, a value, a map of "
                          "settings, yes or none, found a list"},
    {"all: {press: }", "0.yaml:4:14: all.press: expected a style, a value, a map of "
                       "settings, yes or none, found nothing"},
    {"all: {press: 3}", "0.yaml:4:14: all.press: expected a number from -60 to 0 dB, "
                        "found '3'"},
    {"all: {press: {ratoi: 3}}",
     "0.yaml:4:15: all.press: unknown key 'ratoi', did you mean 'ratio'?"},
    {"all: {press: {ratio: 30}}",
     "0.yaml:4:22: all.press.ratio: expected a number from 1 to 20:1, found '30'"},
    {"all: {press: {attack: 3 dB}}",
     "0.yaml:4:23: all.press.attack: expected a number from 1 to 500 ms, found '3 dB'"},
    {"all: {press: {kind: had}}", "0.yaml:4:21: all.press.kind: expected one of soft, "
                                  "hard, found 'had', did you mean 'hard'?"},
    {"all: {press: {bands: {freq: 100}}}",
     "0.yaml:4:22: all.press.bands: expected a list, found a map"},
    {"all: {press: {bands: [{}, {}, {}, {}]}}",
     "0.yaml:4:22: all.press.bands: expected 3 bands at most, found 4"},
    {"all: {press: {bands: [{freq: 100}, {frq: 3}]}}",
     "0.yaml:4:37: all.press.bands.2: unknown key 'frq', did you mean 'freq'?"},
    {"all: {press: {bands: [3]}}",
     "0.yaml:4:23: all.press.bands.1: expected a map, found '3'"},
    {"all: {press: {why: []}}",
     "0.yaml:4:20: all.press.why: expected a text, found a list"},
    {"all: {why: {}}", "0.yaml:4:12: all.why: expected a text, found a map"},
    {"all: {press: {style: glu}}",
     "0.yaml:4:22: all.press.style: unknown style 'glu', did you mean 'glue'?"},
    {"all: {press: {style: {}}}",
     "0.yaml:4:22: all.press.style: expected a style, found a map"},
    {"all: {press: gleu}",
     "0.yaml:4:14: all.press: unknown style 'gleu', did you mean 'glue'?"},
    {"all: {shade: sfot}", "0.yaml:4:14: all.shade: expected one of soft, hard, found "
                           "'sfot', did you mean 'soft'?"},
    {"all: {bare: 3}", "0.yaml:4:13: all.bare: expected yes or none, found '3'"},
    {"families: {drum: {}}",
     "0.yaml:4:12: families: unknown family 'drum', did you mean 'drums'?"},
    {"families: []", "0.yaml:4:11: families: expected a map of families, found a list"},
    {"roles: 3", "0.yaml:4:8: roles: expected a map of roles, found '3'"},
    {"roles: {kik: {}}", "0.yaml:4:9: roles: unknown role 'kik', did you mean 'kick'?"},
    {"roles: {kick: loud}",
     "0.yaml:4:15: roles.kick: expected a map of rules, found 'loud'"},
    {"curve: pnik", "0.yaml:4:8: curve: unknown curve 'pnik', did you mean 'pink'?"},
    {"curve: []", "0.yaml:4:8: curve: expected a text, found a list"},
    {"base: []", "0.yaml:4:7: base: expected a text, found a list"},
    {"sources: one", "0.yaml:4:10: sources: expected a list of texts, found 'one'"},
    {"sources: [a, []]", "0.yaml:4:14: sources.2: expected a text, found a list"},
};

static const struct {
    const char *text, *message;
} bad_styles[] = {
    {"styles: [a]", "0.yaml:4:9: styles: expected a map of rules, found a list"},
    {"styles: {pres: {}}",
     "0.yaml:4:10: styles: unknown rule 'pres', did you mean 'press'?"},
    {"styles: {press: 3}",
     "0.yaml:4:17: styles.press: expected a map of styles, found '3'"},
    {"styles: {press: {a: 3}}", "0.yaml:4:21: styles.press.a: expected a map, found '3'"},
    {"styles: {press: {off: {ratio: 3}}}",
     "0.yaml:4:18: styles.press.off: a style cannot be called 'off'"},
    {"styles: {press: {3: {ratio: 3}}}",
     "0.yaml:4:18: styles.press.3: a style cannot be called '3'"},
    {"styles: {press: {a: {style: b}}}",
     "0.yaml:4:22: styles.press.a: unknown key 'style'"},
    {"styles: {loud: {a: {}}}",
     "0.yaml:4:10: styles: 'loud' is a rule for the master: it stands in 'master'"},
    {"styles: {master: {press: {}}}",
     "0.yaml:4:19: styles.master: 'press' is a rule for strips, not for the master"},
    {"styles: {master: 3}",
     "0.yaml:4:18: styles.master: expected a map of rules, found '3'"},
};

static void expect(const char *head, const char *text, const char *message)
{
    char whole[512];
    diag = (QmDiag){0};
    template = NULL;
    snprintf(whole, sizeof whole, "%s%s%s", head, text,
             strncmp(text, "styles", 6) ? "\nstyles: {press: {glue: {ratio: 3}}}" : "");
    const char *const texts[] = {whole};
    assert_int_equal(make_of(texts, 1), QM_ERR_INPUT);
    assert_string_equal(diag.text, message);
    assert_null(template);
}

static void every_message(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < QM_COUNT(bad); i++)
        expect(HEAD, bad[i].text, bad[i].message);
    for (size_t i = 0; i < QM_COUNT(bad_styles); i++)
        expect(HEAD, bad_styles[i].text, bad_styles[i].message);
    expect("", "about: a\ntarget: stream", "0.yaml:1:1: 'template' is missing");
    expect("", "template: a\ntarget: stream", "0.yaml:1:1: 'about' is missing");
    expect("", "template: a\nabout: b", "0.yaml:1:1: 'target' is missing");
    expect("template: a\nabout: b\n", "target: steam",
           "0.yaml:3:9: target: unknown target 'steam', did you mean 'stream'?");
    expect("template: a\nabout: b\n", "target: {lufs: -14}",
           "0.yaml:3:9: target: 'ceiling' is missing");
    expect("template: a\nabout: b\n", "target: {lufs: 14, ceiling: 0}",
           "0.yaml:3:16: target.lufs: expected a number from -70 to 0 LUFS, found '14'");
    expect("template: a\nabout: b\n", "target: [1]",
           "0.yaml:3:9: target: expected a target, found a list");
}

/* A mistake is told with the file that it is in. */
static void place(void **unused)
{
    (void)unused;
    const char *const texts[] = {"styles: {press: {a: {ratio: 3}}}",
                                 HEAD "all:\n  press: {ratio: 0}\n",
                                 "template: d\nabout: a\n"};
    assert_int_equal(make_of(texts, 3), QM_ERR_INPUT);
    assert_string_equal(
        diag.text,
        "1.yaml:5:18: all.press.ratio: expected a number from 1 to 20:1, found '0'");
}

static void without_memory(void **unused)
{
    (void)unused;
    static const char text[] = HEAD "sources: [a, b]\ncurve: pink\n"
                                    "styles: {press: {a: {ratio: 3, bands: [{}]}}}\n"
                                    "all: {press: a}\nroles: {kick: {press: none}}\n";
    const char *const texts[] = {text};
    QmStatus status = QM_ERR_MEMORY;
    uint64_t at = 1;
    for (; status != QM_OK; at++) {
        qm_arena_release(&arena);
        arena = (QmArena){.fail_at = at};
        diag = (QmDiag){0};
        template = NULL;
        status = make_of(texts, 1);
        assert_true(status == QM_OK || status == QM_ERR_MEMORY);
        assert_true((status == QM_OK) == (template != NULL));
        assert_true(status == diag.status);
    }
    assert_true(at > 20);
}

/* ---- targets ---- */

static void bad_targets(void **unused)
{
    (void)unused;
    static const char *const cases[][2] = {
        {"targets: {a: {lufs: 1, ceiling: 0, date: 2026-11, source: s}}",
         "x:1:21: targets.a.lufs: expected a number from -70 to 0 LUFS, found '1'"},
        {"targets: {a: {lufs: -9, ceiling: -1, date: May, source: s}}",
         "x:1:44: targets.a.date: expected a month such as 2024-05, found 'May'"},
        {"targets: {a: {lufs: -9, ceiling: -1, date: 2026-11}}",
         "x:1:14: targets.a: 'source' is missing"},
        {"targets: {a: -9}", "x:1:14: targets.a: expected a target, found '-9'"},
        {"targets: []", "x:1:10: targets: expected a map of targets, found a list"},
        {"target: {}", "x:1:1: unknown key 'target', did you mean 'targets'?"},
        {"{}", "x:1:1: 'targets' is missing"},
    };
    for (size_t i = 0; i < QM_COUNT(cases); i++) {
        QmTargets targets = {0};
        diag = (QmDiag){0};
        assert_int_equal(qm_targets_parse(cases[i][0], strlen(cases[i][0]), "x", &arena,
                                          &diag, &targets),
                         QM_ERR_INPUT);
        assert_string_equal(diag.text, cases[i][1]);
        assert_int_equal(targets.n, 0);
    }
}

/* ---- roles ---- */

static QmStatus roles(const char *text, const QmRoleAlias **aliases, uint32_t *n)
{
    *aliases = NULL;
    *n = 0;
    diag = (QmDiag){0};
    return qm_roles_parse(text, strlen(text), "x", &arena, &diag, aliases, n);
}

static void aliases(void **unused)
{
    (void)unused;
    const QmRoleAlias *found;
    uint32_t n;
    assert_int_equal(roles("roles:\n"
                           "  kick: {words: [bd, bass drum], weak: [\"808\"]}\n"
                           "  sub: {weak: [\"808\"]}\n"
                           "  pad: {}\n",
                           &found, &n),
                     QM_OK);
    assert_int_equal(n, 4);
    assert_string_equal(found[1].word, "bass drum");
    assert_int_equal(found[1].role, QM_ROLE_KICK);
    assert_true(found[1].weight == 1 && found[2].weight == 0.5);
    assert_int_equal(found[3].role, QM_ROLE_SUB);
}

static void bad_roles(void **unused)
{
    (void)unused;
    static const char *const cases[][2] = {
        {"roles: {kik: {}}", "x:1:9: roles: unknown role 'kik', did you mean 'kick'?"},
        {"roles: {kick: [bd]}", "x:1:15: roles.kick: expected a map, found a list"},
        {"roles: {kick: {wrods: []}}",
         "x:1:16: roles.kick: unknown key 'wrods', did you mean 'words'?"},
        {"roles: {kick: {words: bd}}",
         "x:1:23: roles.kick.words: expected a list of words, found 'bd'"},
        {"roles: {kick: {words: [BD]}}", "x:1:24: roles.kick.words.1: expected words in "
                                         "lower case with one space between, found 'BD'"},
        {"roles: {kick: {words: ['a  b']}}",
         "x:1:24: roles.kick.words.1: expected words in lower case with one space "
         "between, found 'a  b'"},
        {"roles: {kick: {words: [bd, bd]}}",
         "x:1:28: roles.kick.words.2: 'bd' stands for 'kick' already"},
        {"roles: {kick: {words: [bd]}, sub: {weak: [bd]}}",
         "x:1:43: roles.sub.weak.1: 'bd' stands for 'kick' already"},
        {"roles: 3", "x:1:8: roles: expected a map of roles, found '3'"},
        {"{}", "x:1:1: 'roles' is missing"},
    };
    for (size_t i = 0; i < QM_COUNT(cases); i++) {
        const QmRoleAlias *found;
        uint32_t n;
        assert_int_equal(roles(cases[i][0], &found, &n), QM_ERR_INPUT);
        assert_string_equal(diag.text, cases[i][1]);
        assert_int_equal(n, 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(defaults, begin, end),
        cmocka_unit_test_setup_teardown(layers, begin, end),
        cmocka_unit_test_setup_teardown(bases, begin, end),
        cmocka_unit_test_setup_teardown(styles, begin, end),
        cmocka_unit_test_setup_teardown(scalars, begin, end),
        cmocka_unit_test_setup_teardown(reasons, begin, end),
        cmocka_unit_test_setup_teardown(own_target, begin, end),
        cmocka_unit_test_setup_teardown(every_message, begin, end),
        cmocka_unit_test_setup_teardown(place, begin, end),
        cmocka_unit_test_setup_teardown(without_memory, begin, end),
        cmocka_unit_test_setup_teardown(bad_targets, begin, end),
        cmocka_unit_test_setup_teardown(aliases, begin, end),
        cmocka_unit_test_setup_teardown(bad_roles, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
