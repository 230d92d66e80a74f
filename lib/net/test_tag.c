#include "net/tag.h"

#include "base/hex.h"
#include "tap.h"

static const struct bytes key = {(const uint8_t *)"0123456789abcdef0123456789abcdef", 32};

static struct tag_request sample(void)
{
    return (struct tag_request){
        .method = text_of("POST"),
        .path = text_of("/agent/v1/batches"),
        .device = text_of("000102030405060708090a0b0c0d0e0f"),
        .epoch = 3,
        .sequence = 41,
        .body = bytes_of_text(text_of("body")),
    };
}

static void make(const struct tag_request *request, char ret_text[2 * HASH_SIZE + 1])
{
    struct hash tag;

    CHECK(tag_make(key, request, &tag) == 0);
    hex_print((struct bytes){tag.at, HASH_SIZE}, ret_text);
}

static void a_tag_is_the_one_that_the_format_says(void)
{
    struct tag_request request = sample();
    char text[2 * HASH_SIZE + 1];

    make(&request, text);
    /* printf
     * 'ward-request-v1\nPOST\n/agent/v1/batches\n000102030405060708090a0b0c0d0e0f\n3\n41\n%s'
     * "$(printf body | sha256sum | cut -c1-64)" | openssl dgst -sha256 -hmac 0123... */
    CHECK(text_equal(text_of(text),
                     text_of("cd73a088461ae8f6e170c823dc9ca81356823ab510b1c0188de2b6bc90f24f8b")));
    CHECK(tag_check(key, &request, text_of(text)) == 0);
}

static void any_change_of_any_part_is_forged(void)
{
    struct tag_request changed[6];
    char text[2 * HASH_SIZE + 1];

    for (size_t i = 0; i < 6; i++)
        changed[i] = sample();
    make(&changed[0], text);
    changed[0].method = text_of("PUT");
    changed[1].path = text_of("/agent/v1/batche");
    changed[2].device = text_of("");
    changed[3].epoch++;
    changed[4].sequence++;
    changed[5].body = bytes_of_text(text_of("Body"));
    for (size_t i = 0; i < 6; i++)
        CHECK(tag_check(key, &changed[i], text_of(text)) == TAG_FORGED);
    struct tag_request same = sample();
    CHECK(tag_check((struct bytes){key.at, 31}, &same, text_of(text)) == TAG_FORGED);
    for (size_t i = 0; i < (size_t)2 * HASH_SIZE; i++) {
        char flipped[2 * HASH_SIZE + 1];
        memcpy(flipped, text, sizeof(flipped));
        flipped[i] = flipped[i] == '0' ? '1' : '0';
        CHECK(tag_check(key, &same, text_of(flipped)) == TAG_FORGED);
        CHECK(tag_check(key, &same, (struct text){text, i}) == TAG_FORGED);
    }
    CHECK(tag_check(key, &same, (struct text){0}) == TAG_FORGED);
}

static void a_line_end_cannot_move_one_part_into_the_next(void)
{
    struct tag_request request = sample();
    struct hash tag;

    request.method = text_of("POST\n/agent/v1/batches");
    request.path = text_of("");
    CHECK(tag_make(key, &request, &tag) == ERR_CRYPTO);
    CHECK(tag_check(key, &request, text_of("00")) == TAG_FORGED);
}

int main(void)
{
    RUN(a_tag_is_the_one_that_the_format_says);
    RUN(any_change_of_any_part_is_forged);
    RUN(a_line_end_cannot_move_one_part_into_the_next);
    return tap_done();
}
