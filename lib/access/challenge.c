#include "access/challenge.h"

#include "os/secret.h"

/* expires_at (8 bytes) | random (8) | tag (16) */
enum { TIME_SIZE = 8, TAG_AT = 16, TAG_SIZE = CHALLENGE_SIZE - TAG_AT };

static int tag_of(const struct challenge_use *use, const uint8_t *head, struct hash *ret_tag)
{
    static const char label[] = "ward challenge";
    const uint8_t purpose = (uint8_t)use->purpose;
    const struct bytes pieces[] = {
        {(const uint8_t *)label, sizeof label},
        {&purpose, 1},
        {use->session.at, sizeof use->session.at},
        {head, TAG_AT},
    };

    return hash_hmac(use->key, pieces, sizeof pieces / sizeof pieces[0], ret_tag);
}

RESULT challenge_make(const struct challenge_use *use, int64_t now,
                      uint8_t ret_challenge[CHALLENGE_SIZE])
{
    uint8_t challenge[CHALLENGE_SIZE];
    uint64_t expires_at = (uint64_t)(now + CHALLENGE_MS);
    struct hash tag;
    int r = secret_random(challenge + TIME_SIZE, TAG_AT - TIME_SIZE);

    for (unsigned i = 0; i < TIME_SIZE; i++)
        challenge[i] = (uint8_t)(expires_at >> (56 - 8 * i));
    if (!r)
        r = tag_of(use, challenge, &tag);
    if (r)
        return r;
    memcpy(challenge + TAG_AT, tag.at, TAG_SIZE);
    memcpy(ret_challenge, challenge, sizeof challenge);
    return 0;
}

RESULT challenge_take(struct records_tx *tx, const struct challenge_use *use,
                      const uint8_t challenge[CHALLENGE_SIZE], int64_t now)
{
    uint64_t expires_at = 0;
    struct hash tag;
    int r = tag_of(use, challenge, &tag);

    if (r)
        return r;
    if (!bytes_equal_secret(tag.at, challenge + TAG_AT, TAG_SIZE))
        return CHALLENGE_FOREIGN;
    for (unsigned i = 0; i < TIME_SIZE; i++)
        expires_at = expires_at << 8 | challenge[i];
    /* A clock that was set back makes none hold longer than it should. */
    if (now >= (int64_t)expires_at || (int64_t)expires_at > now + CHALLENGE_MS)
        return CHALLENGE_OVER;
    r = records_challenge_use(tx, (struct bytes){challenge, CHALLENGE_SIZE}, (int64_t)expires_at,
                              now);
    return r == RECORDS_EXISTS ? CHALLENGE_USED : r;
}
