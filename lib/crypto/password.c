#include "crypto/password.h"

#include <errno.h>
#include <sodium.h>
#include <zxcvbn.h>

#include "base/utf8.h"
#include "base/wipe.h"

enum {
    PASSES = 3,
    MEMORY_BYTES = 64 * 1024 * 1024,
    WORDS_MAX = 16,
    WORD_MIN = 3,     /* shorter ones occur in everything */
    WORDS_SIZE = 256, /* of a name, as much as this is looked at */
    CHARACTERS_USED =
        100 /* zxcvbn's time grows with the square; so long a text is judged by its head */
};

static const double bits_min = 30; /* 2^30 guesses: what an attacker has to spend at least */

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "libsodium's text fits exactly");

RESULT password_hash(struct text password, char ret_hash[PASSWORD_HASH_SIZE])
{
    char hash[PASSWORD_HASH_SIZE];

    if (password.len > PASSWORD_MAX_BYTES)
        return PASSWORD_LONG;
    if (sodium_init() < 0)
        return FAULT(ERR_CRYPTO);
    if (crypto_pwhash_str_alg(hash, password.at, password.len, PASSES, MEMORY_BYTES,
                              crypto_pwhash_ALG_ARGON2ID13))
        return FAULT(ERR_MEMORY);
    memcpy(ret_hash, hash, sizeof(hash));
    return 0;
}

RESULT password_check(struct text password, const char *hash)
{
    if (password.len > PASSWORD_MAX_BYTES)
        return PASSWORD_WRONG; /* whoever the user is: it cannot have been accepted */
    if (sodium_init() < 0)
        return FAULT(ERR_CRYPTO);
    if (crypto_pwhash_str_needs_rehash(hash, PASSES, MEMORY_BYTES) < 0)
        return FAULT(ERR_CORRUPT);
    errno = 0;
    if (crypto_pwhash_str_verify(hash, password.at, password.len) == 0)
        return 0;
    /* libsodium tells a mismatch from memory refused by this only. */
    return errno == EINVAL ? PASSWORD_WRONG : FAULT(ERR_MEMORY);
}

/* The hash of 32 random bytes that were thrown away: being constant, it costs no first call. */
const char *password_nobody(void)
{
    return "$argon2id$v=19$m=65536,t=3,p=1$d0dQEfO8iGcbixfzld44K"
           "w$7aXTMcSZaRcjgkVjFjaMzPbLI2Ah+to7POeZPkWGmvs";
}

static size_t characters(struct text text)
{
    size_t count = 0;
    uint32_t point = 0;

    for (size_t len = 0; (len = utf8_next(text, &point)) > 0; count++)
        text = (struct text){text.at + len, text.len - len};
    return count;
}

static bool is_in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

/* The words of a name, beside our own; room holds them. */
static void words_of(struct text name, char room[WORDS_SIZE], const char *words[WORDS_MAX + 1])
{
    size_t count = 0;
    size_t len = name.len < WORDS_SIZE - 1 ? name.len : WORDS_SIZE - 1;
    size_t start = 0;

    words[count++] = "ward";
    for (size_t i = 0; i < len; i++)
        room[i] = lower(name.at[i]);
    room[len] = '\0';
    for (size_t i = 0; i <= len; i++) {
        if (is_in_word(room[i]))
            continue;
        room[i] = '\0';
        if (i - start >= WORD_MIN && count < WORDS_MAX)
            words[count++] = room + start;
        start = i + 1;
    }
    words[count] = NULL;
}

RESULT password_judge(struct text password, struct text user_name)
{
    char copy[CHARACTERS_USED + 1];
    char room[WORDS_SIZE];
    const char *words[WORDS_MAX + 1];

    if (password.len > PASSWORD_MAX_BYTES)
        return PASSWORD_LONG;
    if (password.len == 0)
        return PASSWORD_SHORT;
    if (!utf8_valid(password) || memchr(password.at, '\0', password.len))
        return PASSWORD_INVALID;
    if (characters(password) < PASSWORD_MIN_CHARACTERS)
        return PASSWORD_SHORT;
    size_t len = password.len < CHARACTERS_USED ? password.len : CHARACTERS_USED;
    memcpy(copy, password.at, len);
    copy[len] = '\0';
    words_of(user_name, room, words);
    double bits = ZxcvbnMatch(copy, words, NULL);
    wipe(copy, sizeof(copy));
    return bits < bits_min ? PASSWORD_COMMON : 0;
}
