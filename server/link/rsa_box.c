#include "server/link/rsa_box.h"

#include <stdlib.h>

#include "base/moment.h"
#include "base/wipe.h"
#include "crypto/aead.h"
#include "crypto/rsa.h"
#include "os/file.h"
#include "server/link/handover.h"

#define FILE_MAX ((size_t)32 * 1024)
#define YEARS 10

struct rsa_box {
    char path[HANDOVER_PATH_MAX + 32];
    const char *context;
    struct secret *seal;
    struct buffer plain; /* u32 length of the key, key, certificate */
    struct bytes key;
    struct bytes certificate;
};

struct rsa_box *rsa_box_free(struct rsa_box *box)
{
    if (!box)
        return NULL;
    secret_free(box->seal);
    buffer_deinit(&box->plain);
    free(box);
    return NULL;
}

static int split(struct rsa_box *box)
{
    const uint8_t *at = box->plain.at;
    size_t len;

    if (box->plain.len < 4)
        return FAULT(ERR_CORRUPT);
    len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
    if (len > box->plain.len - 4)
        return FAULT(ERR_CORRUPT);
    box->key = (struct bytes){.at = at + 4, .len = len};
    box->certificate = (struct bytes){.at = at + 4 + len, .len = box->plain.len - 4 - len};
    return 0;
}

static int load(struct rsa_box *box)
{
    CLEANUP(buffer_deinit) struct buffer sealed = buffer_init(FILE_MAX);
    int r = file_read(box->path, &sealed);

    if (r == FILE_ABSENT)
        return 0;
    if (r)
        return r < 0 ? r : r == FILE_DENIED ? RSA_BOX_DENIED : RSA_BOX_KEY;
    r = aead_open(secret_bytes(box->seal), bytes_of_text(text_of(box->context)),
                  buffer_bytes(&sealed), &box->plain);
    if (r)
        return r < 0 ? r : RSA_BOX_KEY;
    return split(box);
}

RESULT rsa_box_open(struct rsa_box **ret_box, const char *directory, const char *name,
                    const char *context, struct bytes key)
{
    CLEANUP(rsa_box_free) struct rsa_box *box = calloc(1, sizeof *box);
    int r;

    if (!box)
        return FAULT(ERR_MEMORY);
    box->plain = buffer_init(FILE_MAX);
    box->context = context;
    r = file_path(box->path, sizeof box->path, directory, name);
    if (!r)
        r = secret_new_copy(&box->seal, key);
    if (!r)
        r = load(box);
    if (r)
        return r;
    *ret_box = TAKE(box);
    return 0;
}

static int make(struct rsa_box *box, int64_t now)
{
    CLEANUP(buffer_deinit) struct buffer key = buffer_init(FILE_MAX);
    CLEANUP(buffer_deinit) struct buffer certificate = buffer_init(FILE_MAX);
    CLEANUP(buffer_deinit) struct buffer sealed = buffer_init(FILE_MAX);
    uint8_t head[4];
    int r = rsa_key_new(&key);

    if (!r)
        r = rsa_certificate_new(buffer_bytes(&key), text_of("Ward"), now - MS_PER_DAY,
                                now + YEARS * 365 * MS_PER_DAY, &certificate);
    if (r)
        return r;
    for (size_t i = 0; i < 4; i++)
        head[i] = (uint8_t)(key.len >> (24 - 8 * i));
    buffer_clear(&box->plain);
    buffer_append(&box->plain, head, sizeof head);
    buffer_append(&box->plain, key.at, key.len);
    buffer_append(&box->plain, certificate.at, certificate.len);
    r = buffer_check(&box->plain);
    if (!r)
        r = aead_seal(secret_bytes(box->seal), bytes_of_text(text_of(box->context)),
                      buffer_bytes(&box->plain), &sealed);
    if (!r)
        r = file_replace(box->path, buffer_bytes(&sealed), 0600);
    if (r)
        return r < 0 ? r : RSA_BOX_DENIED;
    return split(box);
}

RESULT rsa_box_get(struct rsa_box *box, int64_t now, struct bytes *ret_key,
                   struct bytes *ret_certificate)
{
    int r = box->key.len ? 0 : make(box, now);

    if (r)
        return r;
    *ret_key = box->key;
    *ret_certificate = box->certificate;
    return 0;
}
