#include "audit/checkpoint.h"

#include "tap.h"

static const uint8_t seed_bytes[SIGN_SEED_SIZE] = "the seed of the checkpoint tests";
static const struct bytes seed = {seed_bytes, SIGN_SEED_SIZE};

static void make(const char *origin, uint64_t size, struct buffer *ret_note)
{
    struct checkpoint checkpoint = {.origin = text_of(origin), .size = size};

    for (size_t i = 0; i < HASH_SIZE; i++)
        checkpoint.root.at[i] = (uint8_t)(i * 9);
    CHECK(checkpoint_sign(&checkpoint, seed, ret_note) == 0);
}

static void public_of(uint8_t ret_public[SIGN_PUBLIC_SIZE])
{
    CHECK(sign_public(seed, ret_public) == 0);
}

static void a_note_opens_to_what_was_signed(void)
{
    static const uint64_t sizes[] = {0, 1, 10, UINT64_MAX};
    uint8_t public_key[SIGN_PUBLIC_SIZE];

    public_of(public_key);
    for (size_t i = 0; i < 4; i++) {
        CLEANUP(buffer_deinit) struct buffer note = buffer_init(CHECKPOINT_NOTE_MAX);
        struct checkpoint back;

        make("ward/00ff", sizes[i], &note);
        CHECK(checkpoint_open(buffer_bytes(&note), public_key, &back) == 0);
        CHECK(back.size == sizes[i] && back.root.at[3] == 27);
        CHECK(text_equal(back.origin, text_of("ward/00ff")));
    }
}

static void a_note_has_the_form_of_the_standard(void)
{
    CLEANUP(buffer_deinit) struct buffer note = buffer_init(CHECKPOINT_NOTE_MAX);
    static const char expected[] = "ward/00ff\n7\nAAkSGyQtNj9IUVpjbHV+h5CZoqu0vcbP2OHq8/wFDhc=\n\n"
                                   "\xe2\x80\x94 ward/00ff ";

    make("ward/00ff", 7, &note);
    CHECK(note.len == sizeof(expected) - 1 + 92 + 1);
    CHECK(memcmp(note.at, expected, sizeof(expected) - 1) == 0);
    CHECK(note.at[note.len - 1] == '\n');
}

static void every_flipped_bit_is_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer note = buffer_init(CHECKPOINT_NOTE_MAX);
    uint8_t public_key[SIGN_PUBLIC_SIZE];
    struct checkpoint back;

    public_of(public_key);
    make("ward/00ff", 1234, &note);
    for (size_t bit = 0; bit < note.len * 8; bit++) {
        int r;

        note.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        r = checkpoint_open(buffer_bytes(&note), public_key, &back);
        CHECK(r == CHECKPOINT_INVALID || r == CHECKPOINT_FORGED);
        note.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    CHECK(checkpoint_open(buffer_bytes(&note), public_key, &back) == 0);
}

static void a_note_cut_or_lengthened_is_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer note = buffer_init(CHECKPOINT_NOTE_MAX);
    uint8_t public_key[SIGN_PUBLIC_SIZE];
    struct checkpoint back;

    public_of(public_key);
    make("ward/00ff", 1234, &note);
    for (size_t len = 0; len < note.len; len++)
        CHECK(checkpoint_open((struct bytes){note.at, len}, public_key, &back) ==
              CHECKPOINT_INVALID);
    buffer_append_string(&note, "\n");
    CHECK(checkpoint_open(buffer_bytes(&note), public_key, &back) == CHECKPOINT_INVALID);
}

static void a_note_of_another_key_is_forged(void)
{
    CLEANUP(buffer_deinit) struct buffer note = buffer_init(CHECKPOINT_NOTE_MAX);
    static const uint8_t other_seed[SIGN_SEED_SIZE] = "another seed of checkpoint tests";
    uint8_t public_key[SIGN_PUBLIC_SIZE];
    struct checkpoint back;

    CHECK(sign_public((struct bytes){other_seed, SIGN_SEED_SIZE}, public_key) == 0);
    make("ward/00ff", 1234, &note);
    CHECK(checkpoint_open(buffer_bytes(&note), public_key, &back) == CHECKPOINT_FORGED);
}

static void an_origin_that_is_no_name_is_not_signed(void)
{
    static const char *const origins[] = {"", "two words", "a+b", "line\n", "\xc3\xa4"};

    for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
        CLEANUP(buffer_deinit) struct buffer note = buffer_init(CHECKPOINT_NOTE_MAX);
        struct checkpoint checkpoint = {.origin = text_of(origins[i])};

        CHECK(checkpoint_sign(&checkpoint, seed, &note) == CHECKPOINT_INVALID);
        CHECK(note.len == 0);
    }
}

int main(void)
{
    RUN(a_note_opens_to_what_was_signed);
    RUN(a_note_has_the_form_of_the_standard);
    RUN(every_flipped_bit_is_refused);
    RUN(a_note_cut_or_lengthened_is_refused);
    RUN(a_note_of_another_key_is_forged);
    RUN(an_origin_that_is_no_name_is_not_signed);
    return tap_done();
}
