#include "audit/receipt.h"

#include <assert.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/moment.h"
#include "crypto/x509.h"

#define HEAD "ward-redaction-receipt-v1"
#define SIGNATURE "signature "

enum { SIGNATURE_MAX = 80, AT_DIGITS_MAX = 20 };

static const char *const list_words[] = {"kind ", "rule ", "drop "};
enum list { LIST_KINDS, LIST_FOUND, LIST_DROPPED, LISTS };

static bool word_valid(struct text word)
{
    if (word.len == 0 || word.len > RECEIPT_WORD_MAX)
        return false;
    for (size_t i = 0; i < word.len; i++) {
        char at = word.at[i];

        if (!((at >= 'a' && at <= 'z') || (at >= '0' && at <= '9') || at == '.' || at == '_' ||
              at == '-'))
            return false;
    }
    return true;
}

/* ---- order ---- */

static int count_order(const void *left, const void *right)
{
    const struct receipt_count *a = left;
    const struct receipt_count *b = right;

    return strcmp(a->word, b->word);
}

static int rules_order(const void *left, const void *right)
{
    const struct receipt_rules *a = left;
    const struct receipt_rules *b = right;
    int order = strcmp(a->version, b->version);

    return order ? order : memcmp(a->hash.at, b->hash.at, HASH_SIZE);
}

static void sort(void *at, size_t count, size_t size, int (*order)(const void *, const void *))
{
    if (count)
        qsort(at, count, size, order);
}

void receipt_sort(struct receipt *receipt)
{
    sort(receipt->rules, receipt->rules_count, sizeof(*receipt->rules), rules_order);
    sort(receipt->kinds, receipt->kind_count, sizeof(*receipt->kinds), count_order);
    sort(receipt->found, receipt->found_count, sizeof(*receipt->found), count_order);
    sort(receipt->dropped, receipt->dropped_count, sizeof(*receipt->dropped), count_order);
}

static struct receipt_count *list_of(const struct receipt *receipt, enum list list, size_t *count)
{
    *count = list == LIST_KINDS   ? receipt->kind_count
             : list == LIST_FOUND ? receipt->found_count
                                  : receipt->dropped_count;
    return list == LIST_KINDS   ? receipt->kinds
           : list == LIST_FOUND ? receipt->found
                                : receipt->dropped;
}

static bool in_order(const struct receipt *receipt)
{
    if (receipt->rules_count > RECEIPT_RULES_MAX)
        return false;
    for (size_t i = 0; i < receipt->rules_count; i++) {
        if (!word_valid(text_of(receipt->rules[i].version)) ||
            (i && rules_order(&receipt->rules[i - 1], &receipt->rules[i]) >= 0))
            return false;
    }
    for (enum list list = LIST_KINDS; list < LISTS; list++) {
        size_t count;
        const struct receipt_count *rows = list_of(receipt, list, &count);

        if (count > RECEIPT_ROWS_MAX)
            return false;
        for (size_t i = 0; i < count; i++) {
            if (!word_valid(text_of(rows[i].word)) || rows[i].count == 0 ||
                (i && count_order(&rows[i - 1], &rows[i]) >= 0))
                return false;
        }
    }
    return true;
}

/* ---- out ---- */

static void print_head(const struct receipt *receipt, struct buffer *text)
{
    char device[2 * DEVICE_ID_SIZE + 1];
    char day[TIME_TEXT_SIZE];

    hex_print((struct bytes){.at = receipt->device.at, .len = DEVICE_ID_SIZE}, device);
    time_day_print(receipt->day, day);
    buffer_print(text, HEAD "\ndevice %s\nepoch %u\nday %s\nrevision %u\nstate %s\nwhole %s\n",
                 device, receipt->epoch, day, receipt->revision,
                 receipt->final ? "final" : "provisional", receipt->whole ? "yes" : "no");
    buffer_print(text, "made %lld\nbatches %llu %llu %llu\njudged %llu\ncanaries %llu %llu\n",
                 (long long)receipt->made_at, (unsigned long long)receipt->first_batch,
                 (unsigned long long)receipt->last_batch, (unsigned long long)receipt->through,
                 (unsigned long long)receipt->judged, (unsigned long long)receipt->canaries_run,
                 (unsigned long long)receipt->canaries_passed);
}

RESULT receipt_print(const struct receipt *receipt, struct buffer *ret_text)
{
    if (!in_order(receipt) || receipt->made_at < 0)
        return RECEIPT_INVALID;
    print_head(receipt, ret_text);
    for (size_t i = 0; i < receipt->rules_count; i++) {
        char hash[2 * HASH_SIZE + 1];

        hex_print((struct bytes){.at = receipt->rules[i].hash.at, .len = HASH_SIZE}, hash);
        buffer_print(ret_text, "rules %s %s\n", receipt->rules[i].version, hash);
    }
    for (enum list list = LIST_KINDS; list < LISTS; list++) {
        size_t count;
        const struct receipt_count *rows = list_of(receipt, list, &count);

        for (size_t i = 0; i < count; i++)
            buffer_print(ret_text, "%s%s %llu\n", list_words[list], rows[i].word,
                         (unsigned long long)rows[i].count);
    }
    return buffer_check(ret_text);
}

/* ---- in: read as it comes; that it is the canonical spelling is seen by printing it again ---- */

struct reader {
    struct text rest;
    bool failed;
};

/* What stands behind the word in the next line; without it nothing is taken. */
static bool line_of(struct reader *reader, const char *word, struct text *ret_value)
{
    size_t len = strlen(word);
    const char *end = reader->rest.len ? memchr(reader->rest.at, '\n', reader->rest.len) : NULL;
    size_t line = end ? (size_t)(end - reader->rest.at) : 0;

    if (!end || line < len || memcmp(reader->rest.at, word, len) != 0)
        return false;
    *ret_value = (struct text){.at = reader->rest.at + len, .len = line - len};
    reader->rest.at += line + 1;
    reader->rest.len -= line + 1;
    return true;
}

static struct text need(struct reader *reader, const char *word)
{
    struct text value = {.at = ""};

    if (!line_of(reader, word, &value))
        reader->failed = true;
    return value;
}

/* The first word of a value, which is shortened by it and the blank behind. */
static struct text first_word(struct text *value)
{
    const char *blank = value->len ? memchr(value->at, ' ', value->len) : NULL;
    size_t len = blank ? (size_t)(blank - value->at) : value->len;
    struct text word = {.at = value->at, .len = len};

    value->at += blank ? len + 1 : len;
    value->len -= blank ? len + 1 : len;
    return word;
}

static uint64_t number(struct reader *reader, struct text text, uint64_t max)
{
    uint64_t value = 0;

    if (text.len == 0 || text.len > AT_DIGITS_MAX)
        reader->failed = true;
    for (size_t i = 0; i < text.len && !reader->failed; i++) {
        uint64_t digit = (uint64_t)(text.at[i] - '0');

        if (text.at[i] < '0' || text.at[i] > '9' || value > (max - digit) / 10)
            reader->failed = true;
        else
            value = value * 10 + digit;
    }
    return value;
}

static bool either(struct reader *reader, const char *word, const char *yes)
{
    return text_equal(need(reader, word), text_of(yes));
}

static void read_head(struct reader *reader, struct receipt *receipt)
{
    struct text value = need(reader, HEAD);

    reader->failed = reader->failed || value.len ||
                     hex_parse(need(reader, "device "), receipt->device.at, DEVICE_ID_SIZE);
    receipt->epoch = (uint32_t)number(reader, need(reader, "epoch "), UINT32_MAX);
    if (time_day_parse(need(reader, "day "), &receipt->day))
        reader->failed = true;
    receipt->revision = (uint32_t)number(reader, need(reader, "revision "), UINT32_MAX);
    receipt->final = either(reader, "state ", "final");
    receipt->whole = either(reader, "whole ", "yes");
    receipt->made_at = (int64_t)number(reader, need(reader, "made "), INT64_MAX);
    value = need(reader, "batches ");
    receipt->first_batch = number(reader, first_word(&value), UINT64_MAX);
    receipt->last_batch = number(reader, first_word(&value), UINT64_MAX);
    receipt->through = number(reader, value, UINT64_MAX);
    receipt->judged = number(reader, need(reader, "judged "), UINT64_MAX);
    value = need(reader, "canaries ");
    receipt->canaries_run = number(reader, first_word(&value), UINT64_MAX);
    receipt->canaries_passed = number(reader, value, UINT64_MAX);
}

static void take_word(struct reader *reader, struct text word, char ret_word[RECEIPT_WORD_MAX + 1])
{
    if (!word_valid(word)) {
        reader->failed = true;
        return;
    }
    memcpy(ret_word, word.at, word.len);
    ret_word[word.len] = 0;
}

static RESULT read_rules(struct reader *reader, struct arena *arena, struct receipt *receipt)
{
    struct text value;

    receipt->rules = arena_take_array(arena, RECEIPT_RULES_MAX, sizeof(*receipt->rules));
    if (!receipt->rules)
        return FAULT(ERR_MEMORY);
    while (!reader->failed && line_of(reader, "rules ", &value)) {
        if (receipt->rules_count == RECEIPT_RULES_MAX) {
            reader->failed = true;
            break;
        }
        struct receipt_rules *rules = &receipt->rules[receipt->rules_count++];
        take_word(reader, first_word(&value), rules->version);
        if (hex_parse(value, rules->hash.at, HASH_SIZE))
            reader->failed = true;
    }
    return 0;
}

static RESULT read_list(struct reader *reader, const char *word, struct arena *arena,
                        struct receipt_count **ret_rows, size_t *ret_count)
{
    struct receipt_count *rows = arena_take_array(arena, RECEIPT_ROWS_MAX, sizeof(*rows));
    struct text value;
    size_t count = 0;

    if (!rows)
        return FAULT(ERR_MEMORY);
    while (!reader->failed && line_of(reader, word, &value)) {
        if (count == RECEIPT_ROWS_MAX) {
            reader->failed = true;
            break;
        }
        take_word(reader, first_word(&value), rows[count].word);
        rows[count++].count = number(reader, value, UINT64_MAX);
    }
    *ret_rows = rows;
    *ret_count = count;
    return 0;
}

RESULT receipt_parse(struct text text, struct arena *arena, struct receipt *ret_receipt)
{
    CLEANUP(buffer_deinit) struct buffer again = buffer_init(RECEIPT_MAX);
    struct reader reader = {.rest = text};
    struct receipt receipt = {0};

    if (text.len > RECEIPT_MAX)
        return RECEIPT_INVALID;
    read_head(&reader, &receipt);
    int r = reader.failed ? RECEIPT_INVALID : read_rules(&reader, arena, &receipt);
    if (r == 0)
        r = read_list(&reader, list_words[LIST_KINDS], arena, &receipt.kinds, &receipt.kind_count);
    if (r == 0)
        r = read_list(&reader, list_words[LIST_FOUND], arena, &receipt.found, &receipt.found_count);
    if (r == 0)
        r = read_list(&reader, list_words[LIST_DROPPED], arena, &receipt.dropped,
                      &receipt.dropped_count);
    if (r == 0 && (reader.failed || reader.rest.len))
        r = RECEIPT_INVALID;
    if (r == 0)
        r = receipt_print(&receipt, &again);
    if (r == 0 && !text_equal(text_of_bytes(buffer_bytes(&again)), text))
        r = RECEIPT_INVALID;
    if (r == 0)
        *ret_receipt = receipt;
    return r;
}

/* ---- signed ---- */

RESULT receipt_sign(const struct receipt *receipt, struct bytes key, struct buffer *ret_signed)
{
    CLEANUP(buffer_deinit) struct buffer text = buffer_init(RECEIPT_MAX);
    CLEANUP(buffer_deinit) struct buffer signature = buffer_init(SIGNATURE_MAX);
    char printed[BASE64URL_SIZE(SIGNATURE_MAX)];
    int r = receipt_print(receipt, &text);

    if (r == 0)
        r = x509_sign(key, buffer_bytes(&text), &signature);
    if (r)
        return r;
    base64url_print(buffer_bytes(&signature), printed);
    buffer_append(ret_signed, text.at, text.len);
    buffer_print(ret_signed, SIGNATURE "%s\n", printed);
    return buffer_check(ret_signed);
}

/* The text and the signature under it. */
static bool split(struct text signed_text, struct text *ret_text, uint8_t ret_at[SIGNATURE_MAX],
                  size_t *ret_len)
{
    size_t begin = signed_text.len;
    struct text value;

    if (signed_text.len < 2 || signed_text.len > RECEIPT_MAX)
        return false;
    for (begin--; begin > 0 && signed_text.at[begin - 1] != '\n'; begin--)
        ;
    struct reader reader = {.rest = {.at = signed_text.at + begin, .len = signed_text.len - begin}};
    if (!line_of(&reader, SIGNATURE, &value) || reader.rest.len)
        return false;
    *ret_len = value.len * 3 / 4;
    *ret_text = (struct text){.at = signed_text.at, .len = begin};
    return *ret_len > 0 && *ret_len <= SIGNATURE_MAX &&
           base64url_parse(value, ret_at, *ret_len) == 0;
}

RESULT receipt_read(struct text signed_text, struct arena *arena, struct receipt *ret_receipt)
{
    uint8_t signature[SIGNATURE_MAX];
    struct text text;
    size_t len;

    if (!split(signed_text, &text, signature, &len))
        return RECEIPT_INVALID;
    return receipt_parse(text, arena, ret_receipt);
}

RESULT receipt_verify(struct text signed_text, struct bytes certificate, struct arena *arena,
                      struct receipt *ret_receipt)
{
    uint8_t signature[SIGNATURE_MAX];
    struct receipt receipt;
    struct text text;
    size_t len;

    if (!split(signed_text, &text, signature, &len))
        return RECEIPT_INVALID;
    int r = receipt_parse(text, arena, &receipt);
    if (r)
        return r;
    r = x509_verify(certificate, bytes_of_text(text), (struct bytes){.at = signature, .len = len});
    if (r)
        return r < 0 ? r : RECEIPT_FORGED;
    *ret_receipt = receipt;
    return 0;
}
