/* Replays a fuzzer's corpus without a fuzzer: `make check` runs every fuzz target this
 * way.
 *
 * A fuzz target is a file with LLVMFuzzerTestOneInput. Linked with libFuzzer it searches
 * (`make fuzz`); linked with this main it runs, as `tests/fuzz/fuzz_NAME [FILE]...`, the
 * given files, or else the empty input and every file of tests/fuzz/corpus/NAME. One TAP
 * result for each file; an input that crashes is the last one named. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int results;

static void report(const char *verdict, const char *path)
{
    printf("%s %d - %s\n", verdict, ++results, path);
    fflush(stdout);
}

/* The input in a block of its exact size, so that a sanitizer sees a read past its
 * end. */
static uint8_t *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    if (!file || fseek(file, 0, SEEK_END) != 0)
        goto out;
    const long end = ftell(file);
    rewind(file);
    if (end < 0 || !(data = malloc(end ? (size_t)end : 1)))
        goto out;
    *size = fread(data, 1, (size_t)end, file);
out:
    if (file)
        fclose(file);
    return data;
}

static int replay(const char *path)
{
    size_t size = 0;
    uint8_t *data = read_all(path, &size);
    if (!data) {
        report("not ok", path);
        return 1;
    }
    printf("# %s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    report("ok", path);
    return 0;
}

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static int replay_corpus(const char *name)
{
    char folder[512], path[1024];
    struct dirent **entries = NULL;
    int failures = 0;
    snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", name);
    const int n = scandir(folder, &entries, visible, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        failures += replay(path);
        free(entries[i]);
    }
    free(entries);
    return failures;
}

int main(int argc, char **argv)
{
    int failures = 0;
    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            failures += replay(argv[i]);
    } else {
        const char *slash = strrchr(argv[0], '/');
        const char *name = slash ? slash + 1 : argv[0];
        LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
        report("ok", "empty input");
        failures = replay_corpus(strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name);
    }
    printf("1..%d\n", results);
    return failures > 0;
}
