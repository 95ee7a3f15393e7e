/* A folder beside the log; what is in it is found by listing it, so that files may come
 * and go by other hands. */
#include "cmd/mix_store.h"

#include "base/hash.h"
#include "base/text.h"
#include "formats/decision_text.h"
#include "formats/file.h"
#include "formats/file_out.h"
#include "formats/yaml_tree.h"
#include "model/session.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char HEAD[] = "qmix "; /* what a log begins with */

/* ---- names ---- */

/* "a/b" + "c" + ".log"; NULL: out of memory. */
static const char *path_of(QmArena *arena, const char *folder, const char *name,
                           const char *suffix)
{
    QmText text;
    qm_text_init(&text, arena);
    qm_text_printf(&text, "%s/%s%s", folder, name, suffix);
    return text.failed ? NULL : text.data;
}

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static QmStatus store_of(const char *log, QmArena *arena, QmDiag *diag, MixStore *store)
{
    QmText text;
    qm_text_init(&text, arena);
    qm_text_add_n(&text, log, qm_path_stem(log));
    qm_text_add(&text, ".mixes");
    store->folder = text.failed ? NULL : text.data;
    store->log = qm_arena_strndup(arena, log, strlen(log));
    return store->folder && store->log ? QM_OK : qm_fail_memory(diag);
}

/* ---- which log ---- */

static bool begins_as_log(const char *path)
{
    char head[sizeof HEAD] = "";
    FILE *const file = fopen(path, "re");
    const bool is = file && fread(head, 1, sizeof HEAD - 1, file) == sizeof HEAD - 1 &&
                    qm_same(head, HEAD);
    if (file)
        fclose(file);
    return is;
}

/* The log that an entry of the current folder stands for: itself, or the one whose saved
 * mixes it holds. NULL: none. */
static const char *log_of(const char *entry, QmArena *arena)
{
    struct stat info;
    const size_t stem = qm_path_stem(entry);
    if (ends_with(entry, ".log") && begins_as_log(entry))
        return qm_arena_strndup(arena, entry, strlen(entry));
    if (!ends_with(entry, ".mixes") || stat(entry, &info) != 0 || !S_ISDIR(info.st_mode))
        return NULL;
    QmText text;
    qm_text_init(&text, arena);
    qm_text_add_n(&text, entry, stem);
    qm_text_add(&text, ".log");
    return text.failed ? NULL : text.data;
}

static int shown(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void free_entries(struct dirent **entries, int n)
{
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
}

static QmStatus find_here(QmArena *arena, QmDiag *diag, MixStore *store)
{
    struct dirent **entries = NULL;
    QmText found;
    const char *only = NULL;
    uint32_t count = 0;
    const int n = scandir(".", &entries, shown, by_bytes);
    if (n < 0)
        return qm_fail_plain(diag, QM_ERR_INPUT, "cannot read the current folder: %s",
                             strerror(errno));
    qm_text_init(&found, arena);
    for (int i = 0; i < n; i++) {
        const char *const log = log_of(entries[i]->d_name, arena);
        if (!log || qm_same(log, only)) /* a log and its mixes come together */
            continue;
        qm_text_printf(&found, "%s%s", count++ ? ", " : "", log);
        only = log;
    }
    free_entries(entries, n);
    if (count == 0)
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "there is no log of a mix in this folder: name one");
    if (count > 1)
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "there are several logs in this folder, name one: %s",
                             found.failed ? "" : found.data);
    return store_of(only, arena, diag, store);
}

QmStatus mix_store_find(const char *log, QmArena *arena, QmDiag *diag, MixStore *store)
{
    return log ? store_of(log, arena, diag, store) : find_here(arena, diag, store);
}

/* ---- what there is ---- */

/* Digits as the number they make, all else as bytes. */
static int by_name(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    const char *const first = x, *const second = y;
    while (*x && *y) {
        const size_t n = strspn(x, "0123456789"), m = strspn(y, "0123456789");
        if (n && m) {
            const size_t zeros_x = strspn(x, "0"), zeros_y = strspn(y, "0");
            const size_t long_x = zeros_x < n ? n - zeros_x : 0,
                         long_y = zeros_y < m ? m - zeros_y : 0;
            if (long_x != long_y)
                return long_x < long_y ? -1 : 1;
            const int order = strncmp(x + n - long_x, y + m - long_y, long_x);
            if (order)
                return order;
            x += n;
            y += m;
        } else if (*x != *y) {
            return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
        } else {
            x++;
            y++;
        }
    }
    return *x || *y ? (*x ? 1 : -1) : strcmp(first, second);
}

static int saved(const struct dirent *entry)
{
    return shown(entry) && ends_with(entry->d_name, ".log");
}

QmStatus mix_store_names(const MixStore *store, QmArena *arena, QmDiag *diag,
                         const char ***names, size_t *n)
{
    struct dirent **entries = NULL;
    const int count = scandir(store->folder, &entries, saved, by_bytes);
    if (count < 0 && errno != ENOENT)
        return qm_fail_plain(diag, QM_ERR_INPUT, "cannot read folder '%s': %s",
                             store->folder, strerror(errno));
    *n = 0;
    *names = QM_NEW_ARRAY(arena, const char *, count > 0 ? (size_t)count : 1);
    QmStatus status = *names ? QM_OK : qm_fail_memory(diag);
    for (int i = 0; i < count && status == QM_OK; i++) {
        const char *const file = entries[i]->d_name;
        char *const name = qm_arena_strndup(arena, file, strlen(file) - strlen(".log"));
        if (!name)
            status = qm_fail_memory(diag);
        else if (qm_name_valid(name))
            (*names)[(*n)++] = name;
    }
    free_entries(entries, count);
    if (status == QM_OK)
        qsort(*names, *n, sizeof **names, by_name);
    return status;
}

bool mix_store_has(const MixStore *store, const char *name, QmArena *arena)
{
    struct stat info;
    const char *const path = path_of(arena, store->folder, name, ".log");
    return path && stat(path, &info) == 0;
}

void mix_store_hash(const char *text, size_t size, char hash[17])
{
    QmSha256 sha;
    uint8_t digest[QM_SHA256_BYTES];
    char all[QM_SHA256_TEXT];
    qm_sha256_init(&sha);
    qm_sha256_add(&sha, text, size);
    qm_sha256_end(&sha, digest);
    qm_sha256_text(digest, all);
    memcpy(hash, all, 16);
    hash[16] = '\0';
}

/* ---- reading ---- */

static QmStatus not_there(const MixStore *store, const char *name, QmArena *arena,
                          QmDiag *diag)
{
    const char **names;
    size_t n;
    const QmStatus status = mix_store_names(store, arena, diag, &names, &n);
    if (status != QM_OK)
        return status;
    const char *const near = qm_near_miss(name, names, n);
    return qm_fail_plain(diag, QM_ERR_INPUT, "there is no mix '%s' in '%s'%s%s%s", name,
                         store->folder, near ? ", did you mean '" : "", near ? near : "",
                         near ? "'?" : "");
}

/* A mix without facts is a mix: they may have been lost, or never merged. */
static QmStatus read_facts(const char *path, QmArena *arena, QmDiag *diag,
                           MixEntry *entry)
{
    char *text, hash[17];
    size_t size;
    struct stat info;
    qm_saved_facts_init(&entry->facts);
    if (!path || stat(path, &info) != 0)
        return path ? QM_OK : qm_fail_memory(diag);
    QmStatus status = qm_file_read(path, QM_YAML_MAX_SIZE, arena, diag, &text, &size);
    if (status == QM_OK)
        status = qm_saved_facts_parse(text, size, path, arena, diag, &entry->facts);
    mix_store_hash(entry->text, entry->size, hash);
    entry->edited = !qm_same(hash, entry->facts.log);
    return status;
}

QmStatus mix_store_read(const MixStore *store, const char *name, QmArena *arena,
                        QmDiag *diag, MixEntry *entry)
{
    struct stat info;
    if (name && !mix_store_has(store, name, arena))
        return not_there(store, name, arena, diag);
    *entry = (MixEntry){.name = name ? name : store->log};
    entry->path = name ? path_of(arena, store->folder, name, ".log") : store->log;
    if (!entry->path)
        return qm_fail_memory(diag);
    QmStatus status = qm_file_read(entry->path, QM_YAML_MAX_SIZE, arena, diag,
                                   &entry->text, &entry->size);
    if (status == QM_OK)
        status =
            qm_log_parse(entry->text, entry->size, entry->path, arena, diag, &entry->log);
    if (status == QM_OK && name)
        status =
            read_facts(path_of(arena, store->folder, name, ".yaml"), arena, diag, entry);
    else
        qm_saved_facts_init(&entry->facts);
    if (stat(entry->path, &info) == 0)
        entry->written_s = info.st_mtime;
    return status;
}

QmStatus mix_store_unsaved(const MixStore *store, QmArena *arena, QmDiag *diag,
                           bool *unsaved)
{
    struct stat info;
    char *now, *then;
    size_t size, n, length;
    const char **names;
    *unsaved = false;
    if (stat(store->log, &info) != 0)
        return QM_OK;
    QmStatus status =
        qm_file_read(store->log, QM_YAML_MAX_SIZE, arena, diag, &now, &size);
    if (status == QM_OK)
        status = mix_store_names(store, arena, diag, &names, &n);
    bool found = false;
    for (size_t i = 0; status == QM_OK && i < n && !found; i++) {
        const char *const path = path_of(arena, store->folder, names[i], ".log");
        if (!path)
            return qm_fail_memory(diag);
        status = qm_file_read(path, QM_YAML_MAX_SIZE, arena, diag, &then, &length);
        found = status == QM_OK && length == size && memcmp(now, then, size) == 0;
    }
    *unsaved = status == QM_OK && !found;
    return status;
}

/* ---- writing ---- */

QmStatus mix_store_write(const MixStore *store, const char *name, const char *text,
                         size_t size, const QmSavedFacts *facts, QmArena *arena,
                         QmDiag *diag)
{
    if (!qm_name_valid(name))
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "'%s' is no name: letters, digits, '_' and '-', at most %d",
                             name, QM_MAX_NAME);
    QmText yaml;
    qm_text_init(&yaml, arena);
    qm_saved_facts_print(facts, &yaml);
    const char *const log_path = path_of(arena, store->folder, name, ".log");
    const char *const facts_path = path_of(arena, store->folder, name, ".yaml");
    if (yaml.failed || !log_path || !facts_path)
        return qm_fail_memory(diag);
    if (mkdir(store->folder, 0777) != 0 && errno != EEXIST)
        return qm_fail_plain(diag, QM_ERR_IO, "cannot make the folder '%s': %s",
                             store->folder, strerror(errno));
    const QmStatus status =
        qm_file_out_whole(facts_path, yaml.data, yaml.length, arena, diag);
    return status == QM_OK ? qm_file_out_whole(log_path, text, size, arena, diag)
                           : status;
}
