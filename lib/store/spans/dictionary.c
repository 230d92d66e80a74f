#include "store/spans/dictionary.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buffer.h"

enum { FIRST_SLOTS = 256 };

struct entry {
    uint32_t end; /* of its text; it begins where the one before ends */
    uint32_t hash;
};

/*
 * Invariants: slots hold numbers (0: empty) and are a power of two, at most half of them taken;
 * entries[0] is the empty text with number 0, so that entries[n - 1].end begins text n.
 */
struct dictionary {
    struct buffer text;
    struct entry *entries;
    uint32_t count;
    uint32_t room;
    uint32_t max_texts;
    uint32_t *slots;
    uint32_t slot_count;
};

/* ---- SipHash-2-4 ---- */

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static uint64_t load64(const uint8_t *at, size_t len)
{
    uint64_t value = 0;

    for (size_t i = 0; i < len; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}

uint64_t dictionary_hash(const struct dictionary_seed *seed, struct text text)
{
    uint64_t k0 = load64(seed->at, 8);
    uint64_t k1 = load64(seed->at + 8, 8);
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                     k1 ^ 0x7465646279746573};
    const uint8_t *at = (const uint8_t *)text.at;
    size_t left = text.len;

    for (;;) {
        uint64_t word = load64(at, left < 8 ? left : 8);

        if (left < 8)
            word |= (uint64_t)text.len << 56;
        v[3] ^= word;
        sip_round(v);
        sip_round(v);
        v[0] ^= word;
        if (left < 8)
            break;
        at += 8;
        left -= 8;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* ---- one dictionary ---- */

struct dictionary *dictionary_free(struct dictionary *dictionary)
{
    if (!dictionary)
        return NULL;
    buffer_deinit(&dictionary->text);
    free(dictionary->entries);
    free(dictionary->slots);
    free(dictionary);
    return NULL;
}

RESULT dictionary_new(struct dictionary **ret_dictionary, uint32_t max_texts, size_t max_bytes)
{
    struct dictionary *dictionary = calloc(1, sizeof(*dictionary));

    assert(max_texts <= UINT32_MAX / 4 && max_bytes <= UINT32_MAX);
    if (!dictionary)
        return FAULT(ERR_MEMORY);
    dictionary->text = buffer_init(max_bytes);
    dictionary->max_texts = max_texts;
    dictionary->room = FIRST_SLOTS / 2;
    dictionary->entries = calloc(dictionary->room + 1, sizeof(*dictionary->entries));
    dictionary->slot_count = FIRST_SLOTS;
    dictionary->slots = calloc(dictionary->slot_count, sizeof(*dictionary->slots));
    if (!dictionary->entries || !dictionary->slots) {
        (void)dictionary_free(dictionary);
        return FAULT(ERR_MEMORY);
    }
    *ret_dictionary = dictionary;
    return 0;
}

static RESULT grow(struct dictionary *dictionary)
{
    uint32_t room = dictionary->room * 2;
    uint32_t slot_count = dictionary->slot_count * 2;
    struct entry *entries = realloc(dictionary->entries, (room + 1) * sizeof(*entries));

    if (!entries)
        return FAULT(ERR_MEMORY);
    dictionary->entries = entries;
    uint32_t *slots = calloc(slot_count, sizeof(*slots));
    if (!slots)
        return FAULT(ERR_MEMORY);
    for (uint32_t number = 1; number <= dictionary->count; number++) {
        uint32_t slot = entries[number].hash & (slot_count - 1);

        while (slots[slot])
            slot = (slot + 1) & (slot_count - 1);
        slots[slot] = number;
    }
    free(dictionary->slots);
    dictionary->slots = slots;
    dictionary->slot_count = slot_count;
    dictionary->room = room;
    return 0;
}

/* The slot that holds the text, or the empty one where it belongs. */
static uint32_t slot_of(const struct dictionary *dictionary, struct text text, uint32_t hash)
{
    uint32_t slot = hash & (dictionary->slot_count - 1);

    for (; dictionary->slots[slot]; slot = (slot + 1) & (dictionary->slot_count - 1)) {
        uint32_t number = dictionary->slots[slot];

        if (dictionary->entries[number].hash == hash &&
            text_equal(dictionary_text(dictionary, number), text))
            break;
    }
    return slot;
}

RESULT dictionary_intern(struct dictionary *dictionary, struct text text, uint64_t hash,
                         uint32_t *ret_number)
{
    uint32_t slot = slot_of(dictionary, text, (uint32_t)hash);
    int r;

    if (dictionary->slots[slot]) {
        *ret_number = dictionary->slots[slot];
        return 0;
    }
    if (dictionary->count == dictionary->max_texts ||
        text.len > dictionary->text.max - dictionary->text.len)
        return DICTIONARY_FULL;
    if (dictionary->count == dictionary->room) {
        r = grow(dictionary);
        if (r)
            return r;
        slot = slot_of(dictionary, text, (uint32_t)hash);
    }
    buffer_append_text(&dictionary->text, text);
    if (dictionary->text.failed) {
        dictionary->text.failed = false;
        return FAULT(ERR_MEMORY);
    }
    uint32_t number = ++dictionary->count;
    dictionary->entries[number].end = (uint32_t)dictionary->text.len;
    dictionary->entries[number].hash = (uint32_t)hash;
    dictionary->slots[slot] = number;
    *ret_number = number;
    return 0;
}

uint32_t dictionary_count(const struct dictionary *dictionary)
{
    return dictionary->count;
}

size_t dictionary_bytes(const struct dictionary *dictionary)
{
    return dictionary->text.room + dictionary->room * sizeof(*dictionary->entries) +
           dictionary->slot_count * sizeof(*dictionary->slots);
}

struct text dictionary_text(const struct dictionary *dictionary, uint32_t number)
{
    assert(number > 0 && number <= dictionary->count);
    uint32_t begin = dictionary->entries[number - 1].end;

    return (struct text){.at = (const char *)dictionary->text.at + begin,
                         .len = dictionary->entries[number].end - begin};
}

/* ---- days ---- */

struct held_day {
    struct dictionary *dictionary; /* NULL: free */
    int32_t day;
    uint64_t used; /* when last, in calls */
};

struct dictionary_days {
    struct held_day held[DICTIONARY_DAYS_MAX];
    uint64_t calls;
    size_t max_bytes;
};

RESULT dictionary_days_new(struct dictionary_days **ret_days, size_t max_bytes)
{
    struct dictionary_days *days = calloc(1, sizeof(*days));

    if (!days)
        return FAULT(ERR_MEMORY);
    days->max_bytes = max_bytes;
    *ret_days = days;
    return 0;
}

void dictionary_days_forget_all(struct dictionary_days *days)
{
    for (size_t i = 0; i < DICTIONARY_DAYS_MAX; i++)
        days->held[i].dictionary = dictionary_free(days->held[i].dictionary);
}

struct dictionary_days *dictionary_days_free(struct dictionary_days *days)
{
    if (days)
        dictionary_days_forget_all(days);
    free(days);
    return NULL;
}

void dictionary_days_forget(struct dictionary_days *days, int32_t day)
{
    for (size_t i = 0; i < DICTIONARY_DAYS_MAX; i++) {
        if (days->held[i].dictionary && days->held[i].day == day)
            days->held[i].dictionary = dictionary_free(days->held[i].dictionary);
    }
}

/* Forgets the least used days until the rest hold no more than the ceiling; gives a free place. */
static struct held_day *make_place(struct dictionary_days *days)
{
    for (;;) {
        struct held_day *place = NULL;
        struct held_day *oldest = NULL;
        size_t bytes = 0;

        for (size_t i = 0; i < DICTIONARY_DAYS_MAX; i++) {
            struct held_day *held = &days->held[i];

            if (!held->dictionary) {
                place = held;
                continue;
            }
            bytes += dictionary_bytes(held->dictionary);
            if (!oldest || held->used < oldest->used)
                oldest = held;
        }
        if (place && (!oldest || bytes <= days->max_bytes))
            return place;
        oldest->dictionary = dictionary_free(oldest->dictionary);
    }
}

RESULT dictionary_days_get(struct dictionary_days *days, int32_t day,
                           struct dictionary **ret_dictionary)
{
    int r;

    days->calls++;
    for (size_t i = 0; i < DICTIONARY_DAYS_MAX; i++) {
        struct held_day *held = &days->held[i];

        if (held->dictionary && held->day == day) {
            held->used = days->calls;
            *ret_dictionary = held->dictionary;
            return 0;
        }
    }
    struct held_day *place = make_place(days);
    struct dictionary *dictionary = NULL;
    r = dictionary_new(&dictionary, DICTIONARY_DAY_TEXTS_MAX, DICTIONARY_DAY_BYTES_MAX);
    if (r)
        return r;
    *place = (struct held_day){.dictionary = dictionary, .day = day, .used = days->calls};
    *ret_dictionary = dictionary;
    return 0;
}

void dictionary_days_look(const struct dictionary_days *days, const struct needles *needles,
                          struct needles_sweep *sweep)
{
    for (size_t i = 0; i < DICTIONARY_DAYS_MAX; i++) {
        const struct dictionary *dictionary = days->held[i].dictionary;

        for (uint32_t number = 1; dictionary && number <= dictionary->count; number++)
            needles_look(needles, bytes_of_text(dictionary_text(dictionary, number)), sweep);
    }
}
