#include <pthread.h>

#include "base/hex.h"
#include "crypto/aead.h"
#include "tap.h"

enum { BOX_MAX = 1 << 16 };

static const uint8_t key_at[AEAD_KEY_SIZE] = {1, 2, 3};
static const struct bytes key = {key_at, sizeof(key_at)};

static struct bytes bytes_of(const char *string)
{
    return bytes_of_text(text_of(string));
}

static void unhex(const char *text, uint8_t *ret_bytes)
{
    CHECK(hex_parse(text_of(text), ret_bytes, strlen(text) / 2) == 0);
}

static void a_box_of_nist_opens(void)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_MAX);
    uint8_t nist_key[32];
    uint8_t context[20];
    uint8_t wanted[60];
    uint8_t box[12 + 60 + 16];

    unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", nist_key);
    unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2", context);
    unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
          wanted);
    unhex("cafebabefacedbaddecaf888"
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
          "76fc6ece0f4e1768cddf8853bb2d551b",
          box);
    CHECK(aead_open((struct bytes){nist_key, 32}, (struct bytes){context, 20},
                    (struct bytes){box, sizeof(box)}, &plain) == 0);
    CHECK(plain.len == sizeof(wanted) && memcmp(plain.at, wanted, sizeof(wanted)) == 0);
}

static void boxes_go_there_and_back_at_every_small_size(void)
{
    uint8_t text[70];

    memset(text, 'x', sizeof(text));
    for (size_t len = 0; len <= sizeof(text); len++) {
        CLEANUP(buffer_deinit) struct buffer box = buffer_init(BOX_MAX);
        CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_MAX);

        buffer_append_string(&box, "before");
        buffer_append_string(&plain, "held");
        CHECK(aead_seal(key, bytes_of("c"), (struct bytes){text, len}, &box) == 0);
        CHECK(box.len == 6 + len + AEAD_OVERHEAD && memcmp(box.at, "before", 6) == 0);
        struct bytes sealed = {box.at + 6, box.len - 6};
        CHECK(aead_open(key, bytes_of("c"), sealed, &plain) == 0);
        CHECK(plain.len == 4 + len && memcmp(plain.at, "held", 4) == 0);
        CHECK(memcmp(plain.at + 4, text, len) == 0);
    }
}

static void the_same_text_never_makes_the_same_box(void)
{
    CLEANUP(buffer_deinit) struct buffer a = buffer_init(BOX_MAX);
    CLEANUP(buffer_deinit) struct buffer b = buffer_init(BOX_MAX);

    CHECK(aead_seal(key, bytes_of(""), bytes_of("text"), &a) == 0);
    CHECK(aead_seal(key, bytes_of(""), bytes_of("text"), &b) == 0);
    CHECK(memcmp(a.at, b.at, 12) != 0 && memcmp(a.at + 12, b.at + 12, 4) != 0);
}

static void a_box_changed_anywhere_or_cut_is_refused_and_leaves_nothing(void)
{
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(BOX_MAX);
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_MAX);

    buffer_append_string(&plain, "held");
    CHECK(aead_seal(key, bytes_of("context"), bytes_of("a few words"), &box) == 0);
    for (size_t i = 0; i < box.len * 8; i++) {
        box.at[i / 8] ^= (uint8_t)(1 << i % 8);
        CHECK(aead_open(key, bytes_of("context"), buffer_bytes(&box), &plain) == AEAD_FORGED);
        box.at[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t len = 0; len < box.len; len++)
        CHECK(aead_open(key, bytes_of("context"), (struct bytes){box.at, len}, &plain) ==
              AEAD_FORGED);
    CHECK(plain.len == 4 && memcmp(plain.at, "held", 4) == 0);
}

static void another_key_or_context_is_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(BOX_MAX);
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_MAX);
    uint8_t other[AEAD_KEY_SIZE] = {1, 2, 4};

    CHECK(aead_seal(key, bytes_of("day 1"), bytes_of("text"), &box) == 0);
    CHECK(aead_open(key, bytes_of("day 2"), buffer_bytes(&box), &plain) == AEAD_FORGED);
    CHECK(aead_open(key, bytes_of(""), buffer_bytes(&box), &plain) == AEAD_FORGED);
    CHECK(aead_open((struct bytes){other, sizeof(other)}, bytes_of("day 1"), buffer_bytes(&box),
                    &plain) == AEAD_FORGED);
    CHECK(plain.len == 0);
}

static void a_box_that_does_not_fit_is_refused_and_leaves_nothing(void)
{
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(4 + AEAD_OVERHEAD - 1);

    CHECK(aead_seal(key, bytes_of(""), bytes_of("text"), &box) == ERR_MEMORY);
    CHECK(box.len == 0);
}

static void *seal_many(void *unused)
{
    for (int i = 0; i < 500; i++) {
        CLEANUP(buffer_deinit) struct buffer box = buffer_init(BOX_MAX);
        CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_MAX);

        if (aead_seal(key, bytes_of("c"), bytes_of("text"), &box) ||
            aead_open(key, bytes_of("c"), buffer_bytes(&box), &plain))
            return NULL;
    }
    return unused;
}

static void threads_may_seal_at_once(void)
{
    pthread_t threads[4];
    void *held = NULL;

    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, seal_many, threads) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], &held) == 0 && held == threads);
}

int main(void)
{
    RUN(a_box_of_nist_opens);
    RUN(boxes_go_there_and_back_at_every_small_size);
    RUN(the_same_text_never_makes_the_same_box);
    RUN(a_box_changed_anywhere_or_cut_is_refused_and_leaves_nothing);
    RUN(another_key_or_context_is_refused);
    RUN(a_box_that_does_not_fit_is_refused_and_leaves_nothing);
    RUN(threads_may_seal_at_once);
    return tap_done();
}
