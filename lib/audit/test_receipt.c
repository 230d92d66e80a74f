#include "audit/receipt.h"

#include <string.h>

#include "crypto/x509.h"
#include "tap.h"

static struct arena *arena;

struct device {
    struct buffer key;
    struct buffer certificate;
};

static struct device device_new(void)
{
    struct device device = {.key = buffer_init(4096), .certificate = buffer_init(4096)};

    CHECK(x509_key_new(&device.key) == 0);
    CHECK(x509_ca_new(buffer_bytes(&device.key), text_of("device"), 0, INT64_C(1800000000000),
                      &device.certificate) == 0);
    return device;
}

static void device_end(struct device *device)
{
    buffer_deinit(&device->key);
    buffer_deinit(&device->certificate);
}

static struct receipt_rules rules[] = {{.version = "2", .hash = {{9}}}, {.version = "1"}};
static struct receipt_count kinds[] = {{"mrn", 3}, {"email", 1}};
static struct receipt_count found[] = {{"mrn.label", 3}, {"email", 1}};
static struct receipt_count dropped[] = {{"long", 2}};

static struct receipt example(void)
{
    struct receipt receipt = {
        .device = {.at = {0xab, 1}},
        .epoch = 2,
        .day = 20780,
        .revision = 7,
        .final = true,
        .whole = true,
        .made_at = INT64_C(1795400000000),
        .first_batch = 4,
        .last_batch = 90,
        .through = 91,
        .judged = UINT64_MAX,
        .canaries_run = 44,
        .canaries_passed = 44,
        .rules = rules,
        .rules_count = 2,
        .kinds = kinds,
        .kind_count = 2,
        .found = found,
        .found_count = 2,
        .dropped = dropped,
        .dropped_count = 1,
    };

    receipt_sort(&receipt);
    return receipt;
}

static void a_receipt_has_one_spelling(void)
{
    static const char expected[] =
        "ward-redaction-receipt-v1\n"
        "device ab010000000000000000000000000000\n"
        "epoch 2\nday 2026-11-23\nrevision 7\nstate final\nwhole yes\nmade 1795400000000\n"
        "batches 4 90 91\njudged 18446744073709551615\ncanaries 44 44\n"
        "rules 1 0000000000000000000000000000000000000000000000000000000000000000\n"
        "rules 2 0900000000000000000000000000000000000000000000000000000000000000\n"
        "kind email 1\nkind mrn 3\nrule email 1\nrule mrn.label 3\ndrop long 2\n";
    CLEANUP(buffer_deinit) struct buffer text = buffer_init(RECEIPT_MAX);
    const struct receipt receipt = example();
    struct receipt read;

    CHECK(receipt_print(&receipt, &text) == 0);
    CHECK(text_equal(text_of_bytes(buffer_bytes(&text)), text_of(expected)));
    CHECK(receipt_parse(text_of(expected), arena, &read) == 0);
    CHECK(read.judged == UINT64_MAX && read.kind_count == 2 && read.through == 91 && read.final);
    CHECK(strcmp(read.found[1].word, "mrn.label") == 0 && read.found[1].count == 3);
}

static void another_spelling_is_refused(void)
{
    static const struct {
        const char *from;
        const char *to;
    } changes[] = {
        {"epoch 2\n", "epoch 02\n"},
        {"epoch 2\n", "epoch 4294967296\n"},
        {"state final", "state Final"},
        {"whole yes", "whole maybe"},
        {"kind email 1\n", "kind mrn 3\n"},   /* twice */
        {"kind mrn 3", "kind aaa 3"},         /* out of order */
        {"kind mrn 3", "kind mrn 0"},         /* nothing to say */
        {"kind mrn 3", "kind Doe 3"},         /* not a word */
        {"rule email 1\n", "drop email 1\n"}, /* a list in the middle of another */
        {"day 2026-11-23", "day 2026-13-23"},
        {"judged 18446744073709551615", "judged 18446744073709551616"},
        {"device ab", "device AB"},
        {"drop long 2\n", "drop long 2\n\n"},
        {"v1\n", "v2\n"},
    };
    CLEANUP(buffer_deinit) struct buffer text = buffer_init(RECEIPT_MAX);
    const struct receipt receipt = example();
    struct receipt read;

    CHECK(receipt_print(&receipt, &text) == 0);
    buffer_append(&text, "", 1);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        CLEANUP(buffer_deinit) struct buffer changed = buffer_init(RECEIPT_MAX);
        const char *at = strstr((const char *)text.at, changes[i].from);

        CHECK(at != NULL);
        buffer_append(&changed, text.at, (size_t)(at - (const char *)text.at));
        buffer_append_string(&changed, changes[i].to);
        buffer_append_string(&changed, at + strlen(changes[i].from));
        CHECK(receipt_parse(text_of_bytes(buffer_bytes(&changed)), arena, &read) ==
              RECEIPT_INVALID);
    }
}

static void lists_out_of_order_are_not_printed(void)
{
    CLEANUP(buffer_deinit) struct buffer text = buffer_init(RECEIPT_MAX);
    struct receipt_count twice[] = {{"mrn", 1}, {"mrn", 1}};
    struct receipt receipt = example();

    receipt.kinds = twice;
    CHECK(receipt_print(&receipt, &text) == RECEIPT_INVALID);
}

static void only_the_device_s_key_signs_for_it(void)
{
    struct device device = device_new();
    struct device other = device_new();
    CLEANUP(buffer_deinit) struct buffer text = buffer_init(RECEIPT_MAX);
    const struct receipt receipt = example();
    struct receipt read;

    CHECK(receipt_sign(&receipt, buffer_bytes(&device.key), &text) == 0);
    struct text signed_text = text_of_bytes(buffer_bytes(&text));
    CHECK(receipt_verify(signed_text, buffer_bytes(&device.certificate), arena, &read) == 0);
    CHECK(read.revision == 7 && read.kinds[1].count == 3);
    CHECK(receipt_read(signed_text, arena, &read) == 0 && read.epoch == 2);
    CHECK(receipt_verify(signed_text, buffer_bytes(&other.certificate), arena, &read) ==
          RECEIPT_FORGED);
    CHECK(receipt_verify(signed_text, (struct bytes){0}, arena, &read) == RECEIPT_FORGED);
    device_end(&device);
    device_end(&other);
}

static void a_changed_or_cut_receipt_never_verifies(void)
{
    struct device device = device_new();
    CLEANUP(buffer_deinit) struct buffer text = buffer_init(RECEIPT_MAX);
    const struct receipt receipt = example();
    struct receipt read;

    CHECK(receipt_sign(&receipt, buffer_bytes(&device.key), &text) == 0);
    for (size_t i = 0; i < text.len; i++) {
        arena_reset(arena);
        text.at[i] ^= 1;
        CHECK(receipt_verify(text_of_bytes(buffer_bytes(&text)), buffer_bytes(&device.certificate),
                             arena, &read) > 0);
        text.at[i] ^= 1;
        struct text cut = {.at = (const char *)text.at, .len = i};
        CHECK(receipt_verify(cut, buffer_bytes(&device.certificate), arena, &read) ==
              RECEIPT_INVALID);
    }
    device_end(&device);
}

int main(void)
{
    CHECK(arena_new(&arena, (size_t)8 << 20) == 0);
    RUN(a_receipt_has_one_spelling);
    RUN(another_spelling_is_refused);
    RUN(lists_out_of_order_are_not_printed);
    RUN(only_the_device_s_key_signs_for_it);
    RUN(a_changed_or_cut_receipt_never_verifies);
    arena = arena_free(arena);
    return tap_done();
}
