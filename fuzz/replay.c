/*
 * Runs a fuzz target over given files, or the files of given directories, so that every corpus is a
 * regression test in every build. An empty input always runs.
 */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int runs;

static int replay_file(const char *path)
{
    static uint8_t data[1 << 20];
    FILE *file = fopen(path, "rb");

    if (!file)
        return -1;
    size_t size = fread(data, 1, sizeof(data), file);
    (void)fclose(file);
    /* A copy of its own size, so that a sanitizer sees reads past the end. */
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return -1;
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    runs++;
    return 0;
}

static int replay_directory(DIR *directory, const char *path)
{
    char name[4096];
    const struct dirent *entry;

    while ((entry = readdir(directory))) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        if (replay_file(name))
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        DIR *directory = opendir(argv[i]);
        int r = directory ? replay_directory(directory, argv[i]) : replay_file(argv[i]);

        if (directory)
            (void)closedir(directory);
        if (r) {
            (void)fprintf(stderr, "%s: cannot be read\n", argv[i]);
            return EXIT_FAILURE;
        }
    }
    (void)printf("%d inputs replayed\n", runs);
    return EXIT_SUCCESS;
}
