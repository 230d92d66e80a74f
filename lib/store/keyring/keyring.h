#pragma once

/*
 * The keyring: one AES-256 key per day of spans, in a file of its own, sealed under the keyring key
 *
 * Destroying a day's key destroys the day, in every backup of spans.db too. Keys are made for 35
 * days ahead, so that none is first used before it was kept. The file is replaced as a whole, never
 * changed in place (docs/formats/keyring.md). Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

#define KEYRING_DAYS_AHEAD 35
#define KEYRING_DAYS_MAX 16384 /* keys in one keyring: 44 years */
#define KEYRING_KEY_SIZE 32
#define KEYRING_IDENTITY_SIZE 16
#define KEYRING_KEY_ID_SIZE 16

enum {
    KEYRING_KEY = 1,   /* the file is not opened by this key */
    KEYRING_DESTROYED, /* that day's key is gone, with what it sealed */
    KEYRING_ABSENT,    /* that day's key was never made */
    KEYRING_NEWER,     /* written by a newer version of Ward */
};

struct keyring;

/* Opens or makes the keyring file; path NULL keeps it in memory (tests). key is 32 bytes. Outcomes:
 * KEYRING_KEY, KEYRING_NEWER. */
RESULT keyring_open(struct keyring **ret_keyring, const char *path, struct bytes key);
struct keyring *keyring_free(struct keyring *keyring);
DEFINE_CLEANUP(struct keyring *, keyring_free)

/* What tells one keyring from another, for as long as it lives: a store remembers whose keys seal
 * it. No secret. */
void keyring_identity(const struct keyring *keyring, uint8_t ret_identity[KEYRING_IDENTITY_SIZE]);

/* Makes the keys of all days in [from, to] that were never made, durably. Destroyed days stay
 * destroyed. ERR_FULL above KEYRING_DAYS_MAX keys. */
RESULT keyring_ensure(struct keyring *keyring, int32_t from, int32_t to);

/* Copies the key of a day that keyring_ensure() has made. Callers wipe it. Outcomes:
 * KEYRING_DESTROYED, KEYRING_ABSENT. */
RESULT keyring_day_key(struct keyring *keyring, int32_t day, uint8_t ret_key[KEYRING_KEY_SIZE]);

/* Destroys the keys of all days before day: durable when it returns. */
RESULT keyring_destroy_before(struct keyring *keyring, int32_t day, uint32_t *ret_destroyed);

/* ---- another key for a day ----
 *
 *     replace_begin: both keys in the file ──▶ the store seals the day anew ──▶ replace_end: the
 * old key is gone from file and memory, or replace_cancel: the new one is
 *
 * One day at a time. A program that ended in between finds both keys: keyring_replacing(). */

/* Tells keys apart without giving them away. */
RESULT keyring_key_id(const uint8_t key[KEYRING_KEY_SIZE], uint8_t ret_key_id[KEYRING_KEY_ID_SIZE]);

/* Makes a second key for a day, durably. Of the same day again: the one that was made. ERR_BUSY:
 * one of another day is under way. Outcomes: KEYRING_DESTROYED, KEYRING_ABSENT. */
RESULT keyring_replace_begin(struct keyring *keyring, int32_t day,
                             uint8_t ret_key[KEYRING_KEY_SIZE]);
/* The day's new key is its only one from now on: keyring_day_key() gives it, whatever is returned.
 * Durable on 0: the old one is destroyed. On a fault the file still has both; to be called again.
 */
RESULT keyring_replace_end(struct keyring *keyring, int32_t day);
/* The new key is destroyed instead. */
RESULT keyring_replace_cancel(struct keyring *keyring, int32_t day);
/* False: none is under way. */
bool keyring_replacing(struct keyring *keyring, int32_t *ret_day,
                       uint8_t ret_key_id[KEYRING_KEY_ID_SIZE]);
