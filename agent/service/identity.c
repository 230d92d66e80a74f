#include "service/identity.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/wipe.h"
#include "common/big-endian.h"
#include "common/vouch.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "os/secret.h"

enum { FIELD_MAX = 64 * 1024, SEALED_MAX = 256 * 1024, HEAD_SIZE = 8 + 16 + 4 + 2 + 8 };

static const char magic[8] = {'W', 'A', 'R', 'D', 'I', 'D', '1', '\n'};

void identity_init(struct identity *identity)
{
    *identity = (struct identity){0};
    for (int i = 0; i < IDENTITY_FIELDS; i++)
        identity->fields[i] = buffer_init(FIELD_MAX);
}

void identity_deinit(struct identity *identity)
{
    for (int i = 0; i < IDENTITY_FIELDS; i++)
        buffer_deinit(&identity->fields[i]);
    wipe(identity, sizeof(*identity));
}

static int outcome(int r)
{
    if (r == FILE_ABSENT)
        return IDENTITY_ABSENT;
    if (r == FILE_DENIED)
        return IDENTITY_DENIED;
    return r > 0 ? IDENTITY_BROKEN : r;
}

static int private_path(const char *directory, const char *name, char ret_path[PATH_MAX])
{
    int len = snprintf(ret_path, PATH_MAX, "%s/private/%s", directory, name);

    return len < 0 || len >= PATH_MAX ? FAULT(ERR_MEMORY) : 0;
}

RESULT identity_read_private(const char *directory, const char *name, struct buffer *ret_content)
{
    char path[PATH_MAX];
    int r = private_path(directory, name, path);

    return r ? r : outcome(file_read(path, ret_content));
}

RESULT identity_write_private(const char *directory, const char *name, struct bytes content)
{
    char path[PATH_MAX];
    int r = private_path(directory, name, path);

    return r ? r : outcome(file_replace(path, content, 0600));
}

static int sealing_key(const struct identity *identity, uint8_t ret_key[AEAD_KEY_SIZE])
{
    return hash_derive((struct bytes){.at = identity->spool_key, .len = 32},
                       text_of("ward-agent-identity-v1"), ret_key, AEAD_KEY_SIZE);
}

static void write_fields(const struct identity *identity, struct buffer *plain)
{
    uint8_t head[HEAD_SIZE];

    memcpy(head, magic, sizeof(magic));
    memcpy(head + 8, identity->device.at, DEVICE_ID_SIZE);
    big_endian_put(head + 24, 4, identity->epoch);
    big_endian_put(head + 28, 2, identity->agent_port);
    big_endian_put(head + 30, 8, (uint64_t)identity->enrolled_at);
    buffer_append(plain, head, sizeof(head));
    for (int i = 0; i < IDENTITY_FIELDS; i++) {
        uint8_t len[4];

        big_endian_put(len, 4, identity->fields[i].len);
        buffer_append(plain, len, sizeof(len));
        buffer_append(plain, identity->fields[i].at, identity->fields[i].len);
    }
}

static bool read_fields(struct bytes plain, struct identity *identity)
{
    if (plain.len < HEAD_SIZE || memcmp(plain.at, magic, sizeof(magic)) != 0)
        return false;
    memcpy(identity->device.at, plain.at + 8, DEVICE_ID_SIZE);
    identity->epoch = (uint32_t)big_endian_get(plain.at + 24, 4);
    identity->agent_port = (uint16_t)big_endian_get(plain.at + 28, 2);
    identity->enrolled_at = (int64_t)big_endian_get(plain.at + 30, 8);
    size_t at = HEAD_SIZE;
    for (int i = 0; i < IDENTITY_FIELDS; i++) {
        if (plain.len - at < 4)
            return false;
        size_t len = (size_t)big_endian_get(plain.at + at, 4);
        at += 4;
        if (plain.len - at < len)
            return false;
        buffer_append(&identity->fields[i], plain.at + at, len);
        at += len;
        if (identity->fields[i].failed)
            return false;
    }
    return at == plain.len && identity->fields[IDENTITY_POLICY_KEY].len == SIGN_PUBLIC_SIZE;
}

static int load(const char *directory, struct identity *identity)
{
    CLEANUP(buffer_deinit) struct buffer key = buffer_init(32);
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(SEALED_MAX);
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(SEALED_MAX);
    uint8_t sealing[AEAD_KEY_SIZE];
    int r = identity_read_private(directory, "identity", &box);

    if (r == 0)
        r = identity_read_private(directory, "spool.key", &key);
    if (r)
        return r;
    if (key.len != 32)
        return IDENTITY_BROKEN;
    memcpy(identity->spool_key, key.at, 32);
    r = sealing_key(identity, sealing);
    if (r == 0)
        r = aead_open((struct bytes){.at = sealing, .len = sizeof(sealing)},
                      bytes_of_text(text_of("ward-agent-identity-v1")), buffer_bytes(&box), &plain);
    wipe(sealing, sizeof(sealing));
    if (r)
        return r < 0 ? r : IDENTITY_BROKEN;
    return read_fields(buffer_bytes(&plain), identity) ? 0 : IDENTITY_BROKEN;
}

RESULT identity_load(const char *directory, struct identity *ret_identity)
{
    struct identity identity;

    identity_init(&identity);
    int r = load(directory, &identity);
    if (r) {
        identity_deinit(&identity);
        return r;
    }
    *ret_identity = identity;
    return 0;
}

static int make_directories(const char *directory)
{
    static const struct {
        const char *name;
        unsigned mode;
    } below[] = {{"private", 0700}, {"spool", 0700}, {"public", 0755}};
    char path[PATH_MAX];
    int r = file_make_directory(directory, 0711);

    for (size_t i = 0; r == 0 && i < sizeof(below) / sizeof(below[0]); i++) {
        r = file_path(path, sizeof(path), directory, below[i].name);
        if (r == 0)
            r = file_make_directory(path, below[i].mode);
        if (r == 0 && chmod(path, (mode_t)below[i].mode)) /* past the umask */
            r = FAULT(ERR_SYSTEM);
    }
    if (r == 0 && chmod(directory, 0711))
        r = FAULT(ERR_SYSTEM);
    return outcome(r);
}

/* The key of this machine: made once, and kept over re-enrolments. */
static int spool_key_keep(const char *directory, struct identity *identity)
{
    CLEANUP(buffer_deinit) struct buffer key = buffer_init(32);
    int r = identity_read_private(directory, "spool.key", &key);

    if (r == 0 && key.len == 32) {
        memcpy(identity->spool_key, key.at, 32);
        return 0;
    }
    if (r < 0)
        return r;
    r = secret_random(identity->spool_key, 32);
    if (r)
        return r;
    return identity_write_private(directory, "spool.key",
                                  (struct bytes){.at = identity->spool_key, .len = 32});
}

RESULT identity_store(const char *directory, struct identity *identity)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(SEALED_MAX);
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(SEALED_MAX);
    uint8_t sealing[AEAD_KEY_SIZE];
    char path[PATH_MAX];
    int r = make_directories(directory);

    if (r == 0)
        r = spool_key_keep(directory, identity);
    if (r)
        return r;
    write_fields(identity, &plain);
    r = buffer_check(&plain);
    if (r == 0)
        r = sealing_key(identity, sealing);
    if (r == 0)
        r = aead_seal((struct bytes){.at = sealing, .len = sizeof(sealing)},
                      bytes_of_text(text_of("ward-agent-identity-v1")), buffer_bytes(&plain), &box);
    wipe(sealing, sizeof(sealing));
    if (r == 0)
        r = identity_write_private(directory, "identity", buffer_bytes(&box));
    if (r)
        return r;
    r = file_path(path, sizeof(path), directory, AGENT_POLICY_KEY);
    if (r)
        return r;
    return outcome(file_replace(path, identity_bytes(identity, IDENTITY_POLICY_KEY), 0644));
}
