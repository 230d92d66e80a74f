#include "audit/actions.h"
#include "audit/entry.h"

#include <stdio.h>

#include "tap.h"

static const char example[] =
    "{\"v\":1,\"at\":1790000000000,\"actor\":\"user\",\"actor_id\":\"17\",\"action\":\"person."
    "view\","
    "\"target\":\"person:4\",\"outcome\":\"denied\",\"source\":\"192.0.2.7\",\"factors\":"
    "\"password+totp\",\"purpose\":\"say \\\"why\\\"\\n\\u0001\",\"detail\":\"{\\\"days\\\":2}\","
    "\"request\":\"r-1\"}";

static struct audit_entry example_entry(void)
{
    return (struct audit_entry){
        .at = 1790000000000,
        .actor = AUDIT_USER,
        .actor_id = text_of("17"),
        .action = text_of("person.view"),
        .target = text_of("person:4"),
        .outcome = AUDIT_DENIED,
        .source = text_of("192.0.2.7"),
        .factors = text_of("password+totp"),
        .purpose = text_of("say \"why\"\n\x01"),
        .detail = text_of("{\"days\":2}"),
        .request = text_of("r-1"),
    };
}

static struct buffer encode(const struct audit_entry *entry)
{
    struct buffer bytes = buffer_init(AUDIT_ENTRY_MAX);

    CHECK(audit_entry_encode(entry, &bytes) == 0);
    return bytes;
}

static int decode(struct bytes bytes, struct arena *arena, struct audit_entry *ret_entry)
{
    return audit_entry_decode(bytes, arena, ret_entry);
}

static bool same(const struct audit_entry *a, const struct audit_entry *b)
{
    return a->at == b->at && a->actor == b->actor && a->outcome == b->outcome &&
           text_equal(a->actor_id, b->actor_id) && text_equal(a->action, b->action) &&
           text_equal(a->target, b->target) && text_equal(a->source, b->source) &&
           text_equal(a->factors, b->factors) && text_equal(a->purpose, b->purpose) &&
           text_equal(a->detail, b->detail) && text_equal(a->request, b->request) &&
           a->emergency == b->emergency;
}

static void an_entry_has_the_bytes_of_the_format_page(void)
{
    struct audit_entry entry = example_entry();
    CLEANUP(buffer_deinit) struct buffer bytes = encode(&entry);

    CHECK(text_equal(text_of_bytes(buffer_bytes(&bytes)), text_of(example)));
}

static void what_was_encoded_decodes_to_the_same(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct audit_entry entry = example_entry();
    struct audit_entry back;
    static const int64_t moments[] = {0, -1, 1, INT64_MIN, INT64_MAX};

    CHECK(arena_new(&arena, 1 << 20) == 0);
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        CLEANUP(buffer_deinit) struct buffer bytes = {0};

        entry.at = moments[i];
        entry.actor = (enum audit_actor)(i % 4);
        entry.outcome = (enum audit_outcome)(i % 3);
        entry.emergency = i % 2 ? (uint64_t)INT64_MAX >> i : 0;
        bytes = encode(&entry);
        CHECK(decode(buffer_bytes(&bytes), arena, &back) == 0);
        CHECK(same(&entry, &back));
    }
}

static void every_character_survives(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct audit_entry entry = example_entry();
    struct audit_entry back;
    char all[128 + 8];

    CHECK(arena_new(&arena, 1 << 20) == 0);
    for (int i = 0; i < 128; i++)
        all[i] = (char)i;
    memcpy(all + 128, "\xf0\x9f\x8c\xbf\xc3\xa4", 7);
    entry.purpose = (struct text){all, 134};
    {
        CLEANUP(buffer_deinit) struct buffer bytes = encode(&entry);

        CHECK(decode(buffer_bytes(&bytes), arena, &back) == 0);
        CHECK(same(&entry, &back));
    }
}

static void what_is_not_utf8_is_replaced_and_still_recorded(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct audit_entry entry = example_entry();
    struct audit_entry back;

    entry.target = text_of("a\xff"
                           "b\xc3");
    CHECK(arena_new(&arena, 1 << 20) == 0);
    {
        CLEANUP(buffer_deinit) struct buffer bytes = encode(&entry);

        CHECK(decode(buffer_bytes(&bytes), arena, &back) == 0);
        CHECK(text_equal(back.target, text_of("a\xef\xbf\xbd"
                                              "b\xef\xbf\xbd")));
    }
}

static void a_text_that_is_too_long_is_cut_at_a_character_and_says_so(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct audit_entry entry = example_entry();
    struct audit_entry back;
    static char umlauts[2 * 3000];

    CHECK(arena_new(&arena, 1 << 20) == 0);
    for (size_t i = 0; i < sizeof(umlauts); i++)
        umlauts[i] = i % 2 ? '\xa4' : '\xc3';
    for (size_t len = AUDIT_TEXT_MAX; len <= sizeof(umlauts); len += 622) {
        CLEANUP(buffer_deinit) struct buffer bytes = {0};

        entry.purpose = (struct text){umlauts, len};
        bytes = encode(&entry);
        CHECK(decode(buffer_bytes(&bytes), arena, &back) == 0);
        if (len == AUDIT_TEXT_MAX) {
            CHECK(text_equal(back.purpose, entry.purpose));
            continue;
        }
        CHECK(back.purpose.len == 1020 + 3);
        CHECK(memcmp(back.purpose.at, umlauts, 1020) == 0);
        CHECK(memcmp(back.purpose.at + 1020, "\xe2\x80\xa6", 3) == 0);
    }
}

static void the_longest_entry_fits_its_ceiling(void)
{
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(AUDIT_ENTRY_MAX);
    static char controls[AUDIT_TEXT_MAX];
    struct text text = {controls, sizeof(controls)};
    struct audit_entry entry = {.at = INT64_MIN,
                                .actor_id = text,
                                .action = text,
                                .target = text,
                                .source = text,
                                .factors = text,
                                .purpose = text,
                                .detail = text,
                                .request = text};

    memset(controls, 1, sizeof(controls));
    CHECK(audit_entry_encode(&entry, &bytes) == 0);
}

static void every_other_spelling_is_refused(void)
{
    static const char *const changes[][2] = {
        {"{\"v\":1", "{ \"v\":1"},
        {"\"v\":1", "\"v\":2"},
        {"1790000000000", "01790000000000"},
        {"1790000000000", "-0"},
        {"1790000000000", "1.5"},
        {"1790000000000", "9223372036854775808"},
        {"1790000000000", "-9223372036854775809"},
        {"1790000000000", "99999999999999999999999"},
        {"1790000000000", ""},
        {"\"user\"", "\"User\""},
        {"\"user\"", "\"users\""},
        {"\"user\"", "\"\""},
        {"\"denied\"", "\"maybe\""},
        {"person:4", "person\\u003a4"},
        {"person:4", "person\\/4"},
        {"person:4", "person\x01"},
        {"person:4", "person\xff"},
        {"person:4", "person\\"},
        {"\\u0001", "\\u000A"},
        {"\\u0001", "\\u000a"},
        {"\\u0001", "\\u0022"},
        {"\\u0001", "\\u001F"},
        {"\\u0001", "\\u00"},
        {"\"request\":\"r-1\"}", "\"request\":\"r-1\"} "},
        {"\"request\":\"r-1\"}", "\"request\":\"r-1\",\"more\":\"\"}"},
        {",\"request\":\"r-1\"}", "}"},
        {"\"request\":\"r-1\"}", "\"request\":\"r-1\",\"emergency\":0}"},
        {"\"request\":\"r-1\"}", "\"request\":\"r-1\",\"emergency\":-1}"},
        {"\"request\":\"r-1\"}", "\"request\":\"r-1\",\"emergency\":07}"},
        {"\"request\":\"r-1\"}", "\"request\":\"r-1\",\"emergency\":\"7\"}"},
        {"\"request\":\"r-1\"}", "\"request\":\"r-1\",\"emergency\":7"},
        {"\"source\":\"192.0.2.7\",", ""},
    };
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct audit_entry entry;

    CHECK(arena_new(&arena, 1 << 20) == 0);
    CHECK(decode(bytes_of_text(text_of(example)), arena, &entry) == 0);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        const char *found = strstr(example, changes[i][0]);
        char changed[1024];

        CHECK(found != NULL);
        (void)snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(found - example), example,
                       changes[i][1], found + strlen(changes[i][0]));
        CHECK(decode(bytes_of_text(text_of(changed)), arena, &entry) == AUDIT_INVALID);
    }
}

static void an_entry_cut_anywhere_is_refused(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct audit_entry entry;

    CHECK(arena_new(&arena, 1 << 20) == 0);
    for (size_t len = 0; len < strlen(example); len++)
        CHECK(decode((struct bytes){(const uint8_t *)example, len}, arena, &entry) ==
              AUDIT_INVALID);
}

static void a_text_past_the_ceiling_is_refused(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(8192);
    struct audit_entry entry;
    const char *found = strstr(example, "person:4");

    CHECK(arena_new(&arena, 1 << 20) == 0);
    buffer_append(&bytes, example, (size_t)(found - example));
    for (int i = 0; i < AUDIT_TEXT_MAX + 1; i++)
        buffer_append(&bytes, "x", 1);
    buffer_append_string(&bytes, found + strlen("person:4"));
    CHECK(buffer_check(&bytes) == 0);
    CHECK(decode(buffer_bytes(&bytes), arena, &entry) == AUDIT_INVALID);
}

static void a_small_arena_is_a_fault_and_not_an_invalid_entry(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct audit_entry entry;

    CHECK(arena_new(&arena, 16) == 0);
    CHECK(decode(bytes_of_text(text_of(example)), arena, &entry) == ERR_MEMORY);
}

static void every_action_has_one_word_and_a_label(void)
{
    for (size_t i = 0; audit_action_word(i); i++) {
        CHECK(audit_action_label(text_of(audit_action_word(i))) != NULL);
        for (size_t j = 0; j < i; j++)
            CHECK(strcmp(audit_action_word(i), audit_action_word(j)) != 0);
    }
    CHECK(audit_action_label(text_of("make.coffee")) == NULL);
    CHECK(audit_action_label(text_of("")) == NULL);
}

int main(void)
{
    RUN(an_entry_has_the_bytes_of_the_format_page);
    RUN(what_was_encoded_decodes_to_the_same);
    RUN(every_character_survives);
    RUN(what_is_not_utf8_is_replaced_and_still_recorded);
    RUN(a_text_that_is_too_long_is_cut_at_a_character_and_says_so);
    RUN(the_longest_entry_fits_its_ceiling);
    RUN(every_other_spelling_is_refused);
    RUN(an_entry_cut_anywhere_is_refused);
    RUN(a_text_past_the_ceiling_is_refused);
    RUN(a_small_arena_is_a_fault_and_not_an_invalid_entry);
    RUN(every_action_has_one_word_and_a_label);
    return tap_done();
}
