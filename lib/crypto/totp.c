#include "crypto/totp.h"

#include <liboath/oath.h>
#include <pthread.h>

#include "base/moment.h"
#include "base/wipe.h"

enum { DIGITS = 6, STEPS_AROUND = 1 };

#define STEP_MS (30 * MS_PER_SECOND)

static pthread_once_t oath_once = PTHREAD_ONCE_INIT;
static int oath_ready = OATH_CRYPTO_ERROR;

static void oath_begin(void)
{
    oath_ready = oath_init();
}

static int code_of_step(struct bytes seed, int64_t step, char ret_code[DIGITS + 1])
{
    if (seed.len != TOTP_SEED_SIZE)
        return FAULT(ERR_CORRUPT);
    if (pthread_once(&oath_once, oath_begin) || oath_ready != OATH_OK)
        return FAULT(ERR_CRYPTO);
    if (oath_hotp_generate((const char *)seed.at, seed.len, (uint64_t)step, DIGITS, false,
                           OATH_HOTP_DYNAMIC_TRUNCATION, ret_code) != OATH_OK)
        return FAULT(ERR_CRYPTO);
    return 0;
}

RESULT totp_check(struct bytes seed, struct text code, int64_t at, int64_t last_step,
                  int64_t *ret_step)
{
    const int64_t now = at / STEP_MS;
    char wanted[DIGITS + 1];
    int64_t found = 0;
    bool used = false;

    if (code.len != DIGITS)
        return TOTP_WRONG;
    /* All steps are always tried, so that time does not tell which one it was. */
    for (int64_t step = now - STEPS_AROUND; step <= now + STEPS_AROUND; step++) {
        int r = code_of_step(seed, step, wanted);
        if (r)
            return r;
        bool same = bytes_equal_secret(wanted, code.at, DIGITS);
        used = used || (same && step <= last_step);
        found = same && step > last_step ? step : found;
    }
    wipe(wanted, sizeof(wanted));
    if (found == 0)
        return used ? TOTP_USED : TOTP_WRONG;
    *ret_step = found;
    return 0;
}

RESULT totp_code(struct bytes seed, int64_t at, char ret_code[7])
{
    char code[DIGITS + 1];

    int r = code_of_step(seed, at / STEP_MS, code);
    if (r)
        return r;
    memcpy(ret_code, code, sizeof(code));
    wipe(code, sizeof(code));
    return 0;
}

void totp_seed_print(const uint8_t seed[TOTP_SEED_SIZE], char ret_text[33])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint32_t held = 0;
    int bits = 0;
    size_t len = 0;

    /* 160 bits are 32 letters of 5: nothing is left over and nothing is padded. */
    for (size_t i = 0; i < TOTP_SEED_SIZE; i++) {
        held = (held << 8 | seed[i]) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            ret_text[len++] = letters[held >> (bits - 5) & 31];
    }
    ret_text[len] = '\0';
}
