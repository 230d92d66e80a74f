#include "server/parent/root.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/hex.h"
#include "base/wipe.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "os/secret.h"

#define ROOT_SIZE 32
#define ROOT_FILE_MAX ((size_t)256)

static const struct label {
    const char *info;
    size_t offset;
} labels[] = {
    {"ward records key v1", offsetof(struct handover, records_key)},
    {"ward keyring key v1", offsetof(struct handover, keyring_key)},
    {"ward instance key v1", offsetof(struct handover, instance_key)},
    {"ward signer key v1", offsetof(struct handover, signer_key)},
    {"ward saml key v1", offsetof(struct handover, saml_key)},
};

static int make(const char *path, uint8_t root[ROOT_SIZE])
{
    char text[2 * ROOT_SIZE + 2];
    int r = secret_random(root, ROOT_SIZE);

    if (r)
        return r;
    hex_print((struct bytes){.at = root, .len = ROOT_SIZE}, text);
    text[(size_t)2 * ROOT_SIZE] = '\n';
    r = file_replace(path, (struct bytes){.at = (uint8_t *)text, .len = 2 * ROOT_SIZE + 1}, 0600);
    wipe(text, sizeof text);
    if (r > 0) {
        (void)fprintf(stderr, "wardd: the root key cannot be written to %s: permission denied\n",
                      path);
        return ROOT_REFUSED;
    }
    return r;
}

static int refuse_missing(const char *path)
{
    (void)fprintf(
        stderr,
        "wardd: the root key %s is missing, but there is data that only it opens.\n"
        "wardd: restore it from where it is kept, or name it with --root-key FILE. Nobody can "
        "read the data without it.\n",
        path);
    return ROOT_REFUSED;
}

/* Only its owner may read it, and the owner is whoever runs wardd. */
static int check_mode(const char *path)
{
    struct stat info;

    if (stat(path, &info) < 0 || !S_ISREG(info.st_mode)) {
        (void)fprintf(stderr, "wardd: the root key %s is not a file that can be read\n", path);
        return ROOT_REFUSED;
    }
    if (info.st_mode & 077) {
        (void)fprintf(
            stderr,
            "wardd: the root key %s can be read by others (mode %04o).\n"
            "wardd: run: chmod 600 %s\n"
            "wardd: and consider who may have copied it: whoever has it can read the data.\n",
            path, (unsigned)info.st_mode & 07777, path);
        return ROOT_REFUSED;
    }
    return 0;
}

static int parse(const char *path, const struct buffer *file, uint8_t root[ROOT_SIZE])
{
    size_t len = file->len;

    while (len > 0 && (file->at[len - 1] == '\n' || file->at[len - 1] == '\r'))
        len--;
    if (hex_parse((struct text){.at = (const char *)file->at, .len = len}, root, ROOT_SIZE) == 0)
        return 0;
    (void)fprintf(stderr,
                  "wardd: %s is not a root key: it must be 64 hex digits (32 bytes), and has %zu "
                  "characters.\nwardd: restore the right file from where the root key is kept.\n",
                  path, len);
    return ROOT_REFUSED;
}

static int read_or_make(const char *path, bool established, uint8_t root[ROOT_SIZE])
{
    CLEANUP(buffer_deinit) struct buffer file = buffer_init(ROOT_FILE_MAX);
    int r;

    if (access(path, F_OK) < 0)
        return established ? refuse_missing(path) : make(path, root);
    r = check_mode(path);
    if (r)
        return r;
    r = file_read(path, &file);
    if (r < 0)
        return r;
    if (r) {
        (void)fprintf(stderr, "wardd: the root key %s cannot be read: run wardd as its owner\n",
                      path);
        return ROOT_REFUSED;
    }
    return parse(path, &file, root);
}

RESULT root_derive(const char *path, bool established, struct handover *handover)
{
    uint8_t root[ROOT_SIZE];
    int r = read_or_make(path, established, root);

    for (size_t i = 0; !r && i < sizeof labels / sizeof *labels; i++)
        r = hash_derive((struct bytes){.at = root, .len = ROOT_SIZE}, text_of(labels[i].info),
                        (uint8_t *)handover + labels[i].offset, AEAD_KEY_SIZE);
    wipe(root, sizeof root);
    return r;
}
