#include "access/recovery.h"

#include "base/wipe.h"
#include "os/secret.h"

enum {
    LETTERS = RECOVERY_BYTES * 8 / 5,
    GROUP = 4,
    NO_LETTER = 255,
};

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

void recovery_print(const uint8_t bytes[RECOVERY_BYTES], char ret_code[RECOVERY_SIZE])
{
    char *at = ret_code;

    for (unsigned i = 0; i < LETTERS; i++) {
        unsigned bit = i * 5;
        unsigned pair = (unsigned)bytes[bit / 8] << 8;

        if (bit / 8 + 1 < RECOVERY_BYTES)
            pair |= bytes[bit / 8 + 1];
        if (i && i % GROUP == 0)
            *at++ = '-';
        *at++ = alphabet[pair >> (11 - bit % 8) & 31];
    }
    *at = '\0';
}

static uint8_t value_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        letter = (char)(letter - 'A' + 'a');
    if (letter == 'o')
        return 0;
    if (letter == 'i' || letter == 'l')
        return 1;
    for (uint8_t i = 0; i < 32; i++)
        if (alphabet[i] == letter)
            return i;
    return NO_LETTER;
}

RESULT recovery_parse(struct text code, uint8_t ret_bytes[RECOVERY_BYTES])
{
    uint8_t bytes[RECOVERY_BYTES] = {0};
    unsigned letters = 0;
    bool fits = true;

    for (size_t i = 0; i < code.len && fits; i++) {
        uint8_t value = value_of(code.at[i]);
        unsigned bit = letters * 5;

        if (code.at[i] == '-' || code.at[i] == ' ')
            continue;
        fits = value != NO_LETTER && letters < LETTERS;
        if (!fits)
            break;
        bytes[bit / 8] |= (uint8_t)(value << 3 >> bit % 8);
        if (bit % 8 > 3)
            bytes[bit / 8 + 1] |= (uint8_t)(value << (11 - bit % 8));
        letters++;
    }
    fits = fits && letters == LETTERS;
    if (fits)
        memcpy(ret_bytes, bytes, sizeof bytes);
    wipe(bytes, sizeof bytes);
    return fits ? 0 : RECOVERY_INVALID;
}

/* The user's number is part of it: a code is nobody else's. */
static int hash_of(struct user_id user, const uint8_t bytes[RECOVERY_BYTES], struct hash *ret_hash)
{
    static const char purpose[] = "ward recovery v1";
    const uint8_t number[] = {(uint8_t)(user.number >> 24), (uint8_t)(user.number >> 16),
                              (uint8_t)(user.number >> 8), (uint8_t)user.number};
    const struct bytes pieces[] = {{(const uint8_t *)purpose, sizeof purpose},
                                   {number, sizeof number},
                                   {bytes, RECOVERY_BYTES}};

    return hash_pieces(pieces, 3, ret_hash);
}

RESULT recovery_new(struct user_id user, char ret_code[RECOVERY_SIZE], struct hash *ret_hash)
{
    uint8_t bytes[RECOVERY_BYTES];
    int r = secret_random(bytes, sizeof bytes);

    if (!r)
        r = hash_of(user, bytes, ret_hash);
    if (!r)
        recovery_print(bytes, ret_code);
    wipe(bytes, sizeof bytes);
    return r;
}

RESULT recovery_hash(struct user_id user, struct text code, struct hash *ret_hash)
{
    uint8_t bytes[RECOVERY_BYTES];
    int r = recovery_parse(code, bytes);

    if (r)
        return r;
    r = hash_of(user, bytes, ret_hash);
    wipe(bytes, sizeof bytes);
    return r;
}

size_t recovery_find(const struct hash *hashes, size_t count, const struct hash *wanted)
{
    size_t found = count;

    for (size_t i = 0; i < count; i++) {
        /* All ones where they are equal. */
        size_t same = 0 - (size_t)bytes_equal_secret(hashes[i].at, wanted->at, HASH_SIZE);

        found = (found & ~same) | (i & same);
    }
    return found;
}
