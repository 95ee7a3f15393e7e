/* links: formats */
/* tests: formats/template_yaml */
/* The templates that come with the tools: all of them load, say why, and keep what mixes
 * are held to: what carries the song in the middle, lows mono, nothing so far aside that
 * mono loses it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "formats/template_yaml.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static QmArena arena;
static QmDiag diag;

static int begin(void **unused)
{
    (void)unused;
    qm_arena_init(&arena);
    memset(&diag, 0, sizeof diag);
    setenv("QMIX_TEMPLATES", "templates", 1);
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    return 0;
}

static const QmTemplate *load(const char *name)
{
    const QmTemplate *template = NULL;
    const QmStatus status = qm_template_load(name, &arena, &diag, &template);
    if (status != QM_OK)
        fail_msg("%s: %s", name, diag.text);
    return template;
}

static const char *const *names(void)
{
    const char *const *list = NULL;
    assert_int_equal(qm_template_names(&arena, &diag, &list), QM_OK);
    return list;
}

/* A setting by names; NAN where its rule is off, or is none. */
static double setting(const QmTemplate *template, const char *id, QmRole role,
                      const char *param)
{
    const QmRule *rule = qm_rule_find(id);
    const QmSettings *s = rule ? qm_template_settings(template, rule, role) : NULL;
    for (uint32_t i = 0; s && s->on && i < rule->n_params; i++)
        if (strcmp(rule->params[i].name, param) == 0)
            return s->values[i];
    return NAN;
}

static void all_load(void **unused)
{
    (void)unused;
    static const char *const wanted[] = {"acoustic", "ambient", "base",    "classical",
                                         "edm",      "film",    "hiphop",  "house",
                                         "jazz",     "metal",   "podcast", "pop",
                                         "rock",     "techno"};
    const char *const *list = names();
    for (uint32_t i = 0; i < QM_COUNT(wanted); i++) {
        assert_non_null(list[i]);
        assert_string_equal(list[i], wanted[i]);
        const QmTemplate *template = load(list[i]);
        assert_string_equal(template->name, list[i]);
        assert_true(strlen(template->about) > 20);
        assert_non_null(template->sources[0]);
        assert_non_null(template->curve);
        assert_true(template->n_aliases > 100);
        assert_true(template->target.lufs >= -27 && template->target.lufs <= -9);
        assert_true(template->target.ceiling <= -1);
    }
    assert_null(list[QM_COUNT(wanted)]);
}

/* Whether anything of it is not what its table says anyway. */
static bool differs(const QmRule *rule, const QmSettings *s)
{
    bool found = s->on != rule->on || s->n_groups > 0;
    for (uint32_t i = 0; i < rule->n_params; i++)
        found |= s->values[i] != rule->params[i].def;
    return found;
}

/* No number without a reason. */
static void every_why(void **unused)
{
    (void)unused;
    for (const char *const *name = names(); *name; name++) {
        const QmTemplate *template = load(*name);
        for (uint32_t r = 0; r < qm_rule_count(); r++)
            for (uint32_t role = 0; role <= QM_ROLE_COUNT; role++) {
                const QmSettings *s = qm_template_settings(template, qm_rule_at(r), role);
                if (differs(qm_rule_at(r), s) && strlen(s->why) < 5)
                    fail_msg("%s: %s of %s says no why", *name, qm_rule_at(r)->key,
                             role < QM_ROLE_COUNT ? qm_role_names[role] : "all");
            }
    }
}

/* What templates can say depends upon the tables of rules. */
static void check_rows(const QmRule *rule, const QmParam *rows, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const QmParam *row = &rows[i];
        uint32_t choices = 0;
        while (row->kind == QM_PARAM_CHOICE && row->choices[choices])
            choices++;
        if (row->def < row->min || row->def > row->max || !row->help[0] ||
            qm_same(row->name, "style") || qm_same(row->name, "why") ||
            (choices && row->max + 1 != choices))
            fail_msg("%s: the row of %s", rule->id, row->name);
    }
}

static void tables(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < qm_rule_count(); i++) {
        const QmRule *rule = qm_rule_at(i);
        check_rows(rule, rule->params, rule->n_params);
        check_rows(rule, rule->group, rule->n_group);
        assert_ptr_equal(qm_rule_find(rule->id), rule);
        assert_string_equal(strchr(rule->id, '.') + 1, rule->key);
        assert_true(qm_starts_with(rule->id, qm_stage_names[rule->stage]));
        assert_true((rule->strip != NULL) != (rule->mix != NULL));
        for (uint32_t j = 0; j < i; j++) {
            const QmRule *other = qm_rule_at(j);
            assert_false(qm_same(other->key, rule->key) &&
                         (other->stage == QM_STAGE_MASTER) ==
                             (rule->stage == QM_STAGE_MASTER));
        }
    }
}

/* The roles whose levels a template says; all of them in base. */
static void every_level(void **unused)
{
    (void)unused;
    static const char *const balances[] = {"level", "mix", "master", "stems"};
    for (const char *const *name = names(); *name; name++) {
        const QmTemplate *template = load(*name);
        for (uint32_t role = 0; role < QM_ROLE_COUNT; role++)
            for (uint32_t b = 0; b < 4; b++) {
                const double level = setting(template, "gain.level", role, balances[b]);
                assert_true(level >= -20 && level <= 3);
            }
    }
    /* Seed 003, the three balances. */
    static const struct {
        QmRole role;
        double mix, master, stems;
    } seed[] = {{QM_ROLE_KICK, 0, 0, 0},       {QM_ROLE_BASS, -3, -2, -1},
                {QM_ROLE_SNARE, -4, -2, -2},   {QM_ROLE_LEAD, -6, -4, -3},
                {QM_ROLE_HARMONY, -8, -5, -4}, {QM_ROLE_PAD, -10, -7, -5},
                {QM_ROLE_FX, -14, -10, -8},    {QM_ROLE_OTHER, -6, -6, -6}};
    const QmTemplate *base = load("base");
    for (uint32_t i = 0; i < QM_COUNT(seed); i++) {
        assert_true(setting(base, "gain.level", seed[i].role, "mix") == seed[i].mix);
        assert_true(setting(base, "gain.level", seed[i].role, "level") == seed[i].mix);
        assert_true(setting(base, "gain.level", seed[i].role, "master") ==
                    seed[i].master);
        assert_true(setting(base, "gain.level", seed[i].role, "stems") == seed[i].stems);
    }
}

/* Constant power: what stands at `pan` loses this in mono, against the middle. */
static double mono_loss(double pan)
{
    return -10 * log10((1 + sin(M_PI / 2 * (1 + fabs(pan)))) / 2);
}

static void places(void **unused)
{
    (void)unused;
    for (const char *const *name = names(); *name; name++) {
        const QmTemplate *template = load(*name);
        const bool stage = strcmp(*name, "classical") == 0;
        for (uint32_t role = 0; role < QM_ROLE_COUNT; role++) {
            const double pan = setting(template, "spatial.pan", role, "pan");
            const double amount = setting(template, "spatial.pan", role, "amount");
            if (isnan(pan))
                continue;
            /* Around its seat, or mirrored. */
            const double reach = stage ? fabs(pan) + amount : fmax(fabs(pan), amount);
            assert_true(mono_loss(reach) < 1.5);
            if (qm_roles[role].centred && !stage)
                assert_true(pan == 0);
        }
        for (uint32_t role = QM_ROLE_KICK; role <= QM_ROLE_SUB && !stage; role++)
            if (role == QM_ROLE_KICK || role == QM_ROLE_SUB)
                assert_true(setting(template, "spatial.width", role, "width") <= 0.2);
        assert_true(setting(template, "master.mono-low", QM_ROLE_COUNT, "side") <= -20);
    }
}

/* What the seed's two templates say. */
static void seeds(void **unused)
{
    (void)unused;
    const QmTemplate *edm = load("edm");
    assert_true(edm->target.lufs == -9);
    assert_true(setting(edm, "gain.level", QM_ROLE_LEAD, "level") == -6);
    assert_true(isnan(setting(edm, "dynamics.compress", QM_ROLE_KICK, "ratio")));
    assert_string_equal(
        qm_template_settings(edm, qm_rule_find("dynamics.compress"), QM_ROLE_BASS)->style,
        "glue");
    assert_true(setting(edm, "dynamics.compress", QM_ROLE_BASS, "attack") == 50);
    assert_true(setting(edm, "dynamics.duck", QM_ROLE_BASS, "by") == QM_ROLE_KICK);
    assert_true(setting(edm, "dynamics.duck", QM_ROLE_BASS, "amount") == 70);
    assert_true(setting(edm, "spatial.width", QM_ROLE_PAD, "width") == 1);
    assert_string_equal(
        qm_template_settings(edm, qm_rule_find("effects.reverb"), QM_ROLE_PAD)->style,
        "large");
    const QmTemplate *classical = load("classical");
    assert_true(classical->target.lufs == -18);
    for (uint32_t role = 0; role < QM_ROLE_COUNT; role++) {
        assert_true(setting(classical, "gain.level", role, "balance") == 4);
        assert_true(isnan(setting(classical, "effects.delay", role, "level")));
        const double ratio = setting(classical, "dynamics.compress", role, "ratio");
        assert_true(isnan(ratio) || ratio == 1.5);
    }
}

static void targets(void **unused)
{
    (void)unused;
    static const struct {
        const char *name;
        double lufs, ceiling;
    } rows[] = {{"spotify", -14, -1},    {"apple-music", -16, -1},
                {"youtube", -14, -1},    {"tidal", -14, -1},
                {"amazon", -14, -2},     {"deezer", -15, -1},
                {"club", -9, -1},        {"ebu-r128", -23, -1},
                {"atsc-a85", -24, -2},   {"podcast", -16, -1},
                {"film", -27, -2},       {"vinyl", -18, -1},
                {"soundcloud", -14, -1}, {"aes-td1008-music", -16, -1}};
    QmTemplateTarget target;
    for (uint32_t i = 0; i < QM_COUNT(rows); i++) {
        assert_int_equal(qm_target_find(rows[i].name, 0, &arena, &diag, &target), QM_OK);
        assert_true(target.lufs == rows[i].lufs && target.ceiling == rows[i].ceiling);
        assert_true(strlen(target.source) > 20);
    }
    assert_int_equal(qm_target_find("-12.5 LUFS", -2, &arena, &diag, &target), QM_OK);
    assert_true(target.lufs == -12.5 && target.ceiling == -2);
    assert_string_equal(target.name, "");
    assert_int_equal(qm_target_find("sptoify", 0, &arena, &diag, &target), QM_ERR_INPUT);
    assert_non_null(
        strstr(diag.text, "unknown target 'sptoify', did you mean 'spotify'?"));
    diag = (QmDiag){0};
    assert_int_equal(qm_target_find("3", 0, &arena, &diag, &target), QM_ERR_INPUT);
    assert_string_equal(diag.text, "expected a loudness from -70 to 0 LUFS, found '3'");
}

/* ---- files of one's own ---- */

static char folder[] = "/tmp/qmix-templates-XXXXXX";

static const char *file(const char *name, const char *text)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    return path;
}

static void fails(const char *name, const char *message)
{
    const QmTemplate *template = NULL;
    diag = (QmDiag){0};
    assert_int_equal(qm_template_load(name, &arena, &diag, &template), QM_ERR_INPUT);
    if (!strstr(diag.text, message))
        fail_msg("expected '%s', found '%s'", message, diag.text);
    assert_null(template);
}

static void own_files(void **unused)
{
    (void)unused;
    char own[160], other[160];
    assert_non_null(mkdtemp(folder));
    snprintf(own, sizeof own, "%s",
             file("own.yaml", "template: own\nabout: mine\nbase: pop\n"
                              "roles: {vocal: {level: {level: 2, why: louder}}}\n"));
    const QmTemplate *template = load(own);
    assert_string_equal(template->name, "own");
    assert_true(template->target.lufs == load("pop")->target.lufs);
    assert_true(setting(template, "gain.level", QM_ROLE_VOCAL, "level") == 2);
    /* beside the file that names it */
    snprintf(other, sizeof other, "%s",
             file("other.yaml", "template: other\nabout: mine\nbase: own.yaml\n"));
    assert_true(setting(load(other), "gain.level", QM_ROLE_VOCAL, "level") == 2);

    file("own.yaml", "template: own\nabout: mine\nbase: ./other.yaml\n");
    fails(other, "builds upon itself");
    file("own.yaml", "template: own\nabout: mine\nbase: pip\n");
    fails(own, "own.yaml:3:7: base: unknown template 'pip', did you mean 'pop'?");
    fails("edn", "unknown template 'edn', did you mean 'edm'?");
    unlink(own);
    fails(other, "own.yaml");
    unlink(other);
    rmdir(folder);
    setenv("QMIX_TEMPLATES", "/nowhere", 1);
    fails("edm", "/nowhere");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tables, begin, end),
        cmocka_unit_test_setup_teardown(all_load, begin, end),
        cmocka_unit_test_setup_teardown(every_why, begin, end),
        cmocka_unit_test_setup_teardown(every_level, begin, end),
        cmocka_unit_test_setup_teardown(places, begin, end),
        cmocka_unit_test_setup_teardown(seeds, begin, end),
        cmocka_unit_test_setup_teardown(targets, begin, end),
        cmocka_unit_test_setup_teardown(own_files, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
