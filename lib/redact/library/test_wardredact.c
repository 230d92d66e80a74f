/* The contract of wardredact.h: outcomes, memory, streams. */

#include "redact/library/wardredact.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* ---- the heap, watched ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *at, size_t size);
void __real_free(void *at);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *at, size_t size);
void __wrap_free(void *at);

static size_t heap_calls;
static size_t fail_at; /* refuse the allocation of this number, counted from 1; 0: none */

static bool refused(void)
{
    heap_calls++;
    return fail_at && --fail_at == 0;
}

void *__wrap_malloc(size_t size)
{
    return refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *at, size_t size)
{
    return refused() ? NULL : __real_realloc(at, size);
}

void __wrap_free(void *at)
{
    heap_calls += at != NULL;
    __real_free(at);
}

#ifndef STACK_TIMES
#define STACK_TIMES 1
#endif

/* ---- helpers ---- */

#define PATTERNS                                                                                   \
    "list\tsite\n\tnorth\n\tsouth\nmrn-north\tmrn\tNC-{8 digits}\n"                                \
    "ward\tother_id\t{site}-##\n"
#define WORDS "frobnicator\nquuxulator\n"

static struct wardredact_options options(int profile)
{
    return (struct wardredact_options){.size = sizeof(struct wardredact_options),
                                       .profile = profile};
}

static struct wardredact_options options_full(int profile)
{
    struct wardredact_options full = options(profile);

    full.patterns = PATTERNS;
    full.patterns_len = strlen(PATTERNS);
    full.words = WORDS;
    full.words_len = strlen(WORDS);
    return full;
}

static struct wardredact *balanced;
static _Alignas(16) uint8_t scanner_room[65536];
static _Alignas(16) uint8_t stream_room[16384];

static struct wardredact_scanner *place(const struct wardredact *redactor)
{
    struct wardredact_scanner *scanner = NULL;

    CHECK(wardredact_scanner_place(&scanner, redactor, scanner_room, sizeof(scanner_room)) == 0);
    return scanner;
}

/* All of a sink's bytes. */
struct output {
    char at[1 << 18];
    size_t len;
    size_t calls;
    size_t stop_at; /* refuse this call; 0: none */
};

static struct output whole;
static struct output cut;

static int gather(void *context, const char *clean, size_t len)
{
    struct output *output = context;

    CHECK(len > 0);
    if (++output->calls == output->stop_at)
        return 1;
    CHECK(output->len + len <= sizeof(output->at));
    memcpy(output->at + output->len, clean, len);
    output->len += len;
    return 0;
}

static struct wardredact_stream *stream_to(struct output *output,
                                           struct wardredact_scanner *scanner)
{
    struct wardredact_stream *stream = NULL;

    output->len = 0;
    output->calls = 0;
    output->stop_at = 0;
    CHECK(wardredact_stream_place(&stream, scanner, stream_room, sizeof(stream_room), gather,
                                  output) == 0);
    return stream;
}

/* ---- tests ---- */

static void a_text_comes_out_without_its_identifiers(void)
{
    static const char in[] = "DOE, JOHN A | DOB: 01/02/1960 | MRN: 1234567 - Chart";
    struct wardredact_scanner *scanner = place(balanced);
    struct wardredact_found found[WARDREDACT_FOUND_MAX];
    char out[WARDREDACT_TEXT_MAX];
    size_t len;
    size_t count;

    CHECK(wardredact_text(scanner, in, strlen(in), out, sizeof(out), &len, found,
                          WARDREDACT_FOUND_MAX, &count) == WARDREDACT_OK);
    CHECK(len == strlen("[name] | DOB: [date] | MRN: [mrn] - Chart"));
    CHECK(memcmp(out, "[name] | DOB: [date] | MRN: [mrn] - Chart", len) == 0);
    CHECK(count == 3);
    CHECK(strcmp(wardredact_kind_word(found[0].kind), "name") == 0);
    CHECK(strcmp(wardredact_kind_label(found[2].kind), "medical record number") == 0);
    CHECK(found[2].start == 37 && found[2].end == 44 && found[2].score > 0);
    CHECK(strcmp(wardredact_rule_word(balanced, found[2].rule), "mrn.label") == 0);
    /* Found is not asked for; no text at all. */
    CHECK(wardredact_text(scanner, in, strlen(in), out, sizeof(out), &len, NULL, 0, &count) == 0);
    CHECK(count == 3);
    CHECK(wardredact_text(scanner, NULL, 0, NULL, 0, &len, NULL, 0, &count) == 0);
    CHECK(len == 0 && count == 0);
}

static int outcome(const char *in, size_t len, size_t out_size, size_t found_max)
{
    struct wardredact_found found[WARDREDACT_FOUND_MAX];
    static char out[WARDREDACT_TEXT_MAX];
    size_t out_len = 99;
    size_t count = 99;

    memset(out, 'z', sizeof(out));
    int r = wardredact_text(place(balanced), in, len, out, out_size, &out_len, found, found_max,
                            &count);
    if (r) {
        CHECK(out_len == 0 && count == 0);
        for (size_t i = 0; i < sizeof(out); i++)
            CHECK(out[i] == 'z');
    }
    return r;
}

static void what_cannot_be_redacted_is_refused_and_nothing_of_it_is_out(void)
{
    static char in[WARDREDACT_TEXT_MAX + 1];

    memset(in, 'a', sizeof(in));
    CHECK(outcome(in, WARDREDACT_TEXT_MAX, WARDREDACT_TEXT_MAX, 0) == WARDREDACT_OK);
    CHECK(outcome(in, sizeof(in), WARDREDACT_TEXT_MAX, 256) == WARDREDACT_LONG);
    CHECK(outcome("a\x80", 2, WARDREDACT_TEXT_MAX, 256) == WARDREDACT_INVALID);
    CHECK(outcome("a\x01", 2, WARDREDACT_TEXT_MAX, 256) == WARDREDACT_INVALID);
    CHECK(outcome("a\0b", 3, WARDREDACT_TEXT_MAX, 256) == WARDREDACT_INVALID);
    CHECK(outcome("a\tb", 3, WARDREDACT_TEXT_MAX, 256) == WARDREDACT_OK);
    CHECK(outcome("233-67-2090", 11, 5, 1) == WARDREDACT_OK);
    CHECK(outcome("233-67-2090", 11, 4, 1) == WARDREDACT_ROOM);
    CHECK(outcome("233-67-2090", 11, 5, 0) == WARDREDACT_ROOM);
    for (size_t i = 0; i + 12 <= WARDREDACT_TEXT_MAX; i += 12)
        memcpy(in + i, "1.2.3.4 a@b ", 12);
    CHECK(outcome(in, 4092, WARDREDACT_TEXT_MAX, 256) == WARDREDACT_CROWDED);
}

static void arguments_that_the_contract_forbids_are_refused(void)
{
    struct wardredact_options bad = options(WARDREDACT_STRICT);
    struct wardredact *redactor = NULL;
    struct wardredact_scanner *scanner = NULL;
    struct wardredact_stream *stream = NULL;
    size_t len;
    size_t count;

    CHECK(wardredact_new(&redactor, NULL, NULL) == WARDREDACT_USAGE);
    bad.size--;
    CHECK(wardredact_new(&redactor, &bad, NULL) == WARDREDACT_USAGE);
    bad = options(2);
    CHECK(wardredact_new(&redactor, &bad, NULL) == WARDREDACT_USAGE);
    bad = options(WARDREDACT_STRICT);
    bad.patterns_len = 1;
    CHECK(wardredact_new(&redactor, &bad, NULL) == WARDREDACT_USAGE);
    bad = options(WARDREDACT_STRICT);
    bad.release = (void (*)(void *, void *))(uintptr_t)1;
    CHECK(wardredact_new(&redactor, &bad, NULL) == WARDREDACT_USAGE);
    CHECK(redactor == NULL);
    CHECK(wardredact_scanner_place(&scanner, balanced, scanner_room, 100) == WARDREDACT_ROOM);
    CHECK(wardredact_scanner_place(&scanner, balanced, scanner_room + 8, 65528) ==
          WARDREDACT_USAGE);
    CHECK(wardredact_scanner_place(&scanner, NULL, scanner_room, 65536) == WARDREDACT_USAGE);
    CHECK(scanner == NULL);
    scanner = place(balanced);
    CHECK(wardredact_text(scanner, NULL, 1, NULL, 0, &len, NULL, 0, &count) == WARDREDACT_USAGE);
    CHECK(wardredact_text(scanner, "a", 1, NULL, 9, &len, NULL, 0, &count) == WARDREDACT_USAGE);
    CHECK(wardredact_text(scanner, "a", 1, NULL, 0, &len, NULL, 0, NULL) == WARDREDACT_USAGE);
    CHECK(wardredact_stream_place(&stream, scanner, stream_room, 99, gather, &whole) ==
          WARDREDACT_ROOM);
    CHECK(wardredact_stream_place(&stream, scanner, stream_room, 16384, NULL, NULL) ==
          WARDREDACT_USAGE);
    CHECK(stream == NULL);
    CHECK(wardredact_stream_feed(NULL, "", 0) == WARDREDACT_USAGE);
    wardredact_free(NULL);
    wardredact_scanner_free(NULL);
}

static void patterns_that_do_not_parse_are_told_by_line_and_column(void)
{
    struct wardredact_options bad = options(WARDREDACT_STRICT);
    struct wardredact_where where = {0};
    struct wardredact *redactor = NULL;

    bad.patterns = "good\tmrn\tA-####\nbad\tnothing\tA-####\n";
    bad.patterns_len = strlen(bad.patterns);
    CHECK(wardredact_new(&redactor, &bad, &where) == WARDREDACT_PATTERNS && redactor == NULL);
    CHECK(where.line == 2 && where.column == 5 && strcmp(where.field, "kind") == 0);
    CHECK(where.expected && where.expected[0]);
    CHECK(wardredact_new(&redactor, &bad, NULL) == WARDREDACT_PATTERNS);
}

static void own_patterns_and_words_are_heard(void)
{
    struct wardredact_options full = options_full(WARDREDACT_STRICT);
    struct wardredact *redactor = NULL;
    struct wardredact_found found[4];
    char out[64];
    size_t len;
    size_t count;

    CHECK(wardredact_new(&redactor, &full, NULL) == 0);
    CHECK(wardredact_text(place(redactor), "frobnicator NC-00481923", 23, out, sizeof(out), &len,
                          found, 4, &count) == 0);
    CHECK(len == 17 && memcmp(out, "frobnicator [mrn]", len) == 0 && count == 1);
    CHECK(strcmp(wardredact_rule_word(redactor, found[0].rule), "org.mrn-north") == 0);
    CHECK(wardredact_rule_word(NULL, found[0].rule) == NULL);
    wardredact_free(redactor);
}

static void feed_all(struct wardredact_stream *stream, const char *in, size_t len, size_t step)
{
    for (size_t at = 0; at < len; at += step) {
        size_t some = len - at < step ? len - at : step;

        CHECK(wardredact_stream_feed(stream, in + at, some) == 0);
    }
    CHECK(wardredact_stream_end(stream) == 0);
}

static void nothing_is_allocated_after_the_start(void)
{
    static char in[20000];
    struct wardredact_options full = options_full(WARDREDACT_BALANCED);
    struct wardredact *redactor = NULL;
    char out[WARDREDACT_TEXT_MAX];
    size_t len;
    size_t count;

    CHECK(wardredact_new(&redactor, &full, NULL) == 0);
    for (size_t i = 0; i < sizeof(in); i++)
        in[i] = "Jane Doe, MRN 00481923, caf\xc3\xa9 %4a%6f 4111 1111 1111 1111\n"[i % 52];
    size_t before = heap_calls;
    struct wardredact_scanner *scanner = place(redactor);
    struct wardredact_stream *stream = stream_to(&whole, scanner);
    for (size_t i = 0; i < 4000; i++)
        (void)!wardredact_text(scanner, in + i, i, out, sizeof(out), &len, NULL, 0, &count);
    feed_all(stream, in, sizeof(in), 777);
    for (size_t i = 0; i < sizeof(in); i++)
        if (in[i] == '\n')
            in[i] = ' ';
    feed_all(stream, in, sizeof(in), 4099);
    wardredact_scanner_free(scanner);
    CHECK(heap_calls == before);
    CHECK(whole.len > 10000);
    CHECK(wardredact_scanner_new(&scanner, redactor) == 0 && heap_calls == before + 1);
    wardredact_scanner_free(scanner);
    wardredact_free(redactor);
}

static void an_allocation_refused_anywhere_is_an_outcome(void)
{
    struct wardredact_options full = options_full(WARDREDACT_STRICT);
    struct wardredact *redactor = NULL;
    size_t n = 1;

    for (;; n++) {
        fail_at = n;
        int r = wardredact_new(&redactor, &full, NULL);
        if (r == 0)
            break;
        CHECK(r == WARDREDACT_MEMORY && redactor == NULL);
    }
    fail_at = 1;
    struct wardredact_scanner *scanner = NULL;
    CHECK(wardredact_scanner_new(&scanner, redactor) == WARDREDACT_MEMORY && scanner == NULL);
    fail_at = 0;
    CHECK(n > 5);
    wardredact_free(redactor);
}

/* A source as an embedded user would write one: from one end, last in first out or not at all. */
struct pool {
    uint8_t *at;
    size_t used;
    size_t size;
    size_t taken;
    size_t given;
};

static void *pool_take(void *context, size_t size)
{
    struct pool *pool = context;

    size = (size + 15) / 16 * 16;
    if (size > pool->size - pool->used)
        return NULL;
    void *at = pool->at + pool->used;
    pool->used += size;
    pool->taken++;
    return at;
}

static void pool_give(void *context, void *at)
{
    struct pool *pool = context;

    CHECK((uint8_t *)at >= pool->at && (uint8_t *)at < pool->at + pool->used);
    pool->given++;
}

static void a_redactor_can_live_in_memory_of_the_callers(void)
{
    static _Alignas(16) uint8_t room[1 << 18];
    struct pool pool = {.at = room, .size = sizeof(room)};
    struct wardredact_options full = options_full(WARDREDACT_STRICT);
    struct wardredact *redactor = NULL;
    struct wardredact_scanner *scanner = NULL;
    char out[64];
    size_t len;
    size_t count;
    size_t before = heap_calls;

    full.allocate = pool_take;
    full.release = pool_give;
    full.context = &pool;
    CHECK(wardredact_new(&redactor, &full, NULL) == 0);
    CHECK(wardredact_scanner_new(&scanner, redactor) == 0);
    CHECK(wardredact_text(scanner, "quuxulator SOUTH-12", 19, out, sizeof(out), &len, NULL, 0,
                          &count) == 0);
    CHECK(len == 21 && memcmp(out, "quuxulator [other_id]", len) == 0);
    wardredact_scanner_free(scanner);
    wardredact_free(redactor);
    CHECK(heap_calls == before);
    CHECK(pool.taken == pool.given && pool.taken > 5);
    for (size_t size = 0; size < pool.used; size += 4096) {
        pool = (struct pool){.at = room, .size = size};
        int r = wardredact_new(&redactor, &full, NULL);
        CHECK(r == 0 || r == WARDREDACT_MEMORY);
        CHECK(r == 0 || pool.taken == pool.given);
    }
    CHECK(heap_calls == before);
}

static void a_scanner_is_wiped_when_it_is_given_back(void)
{
    struct wardredact_scanner *scanner = place(balanced);
    static const char secret[] = "zyxwv quplo MRN 00481923";
    char out[64];
    size_t len;
    size_t count;

    CHECK(wardredact_text(scanner, secret, strlen(secret), out, sizeof(out), &len, NULL, 0,
                          &count) == 0);
    /* Even before, nothing that could be read. */
    for (size_t i = 0; i + 5 < sizeof(scanner_room); i++)
        CHECK(memcmp(scanner_room + i, "zyxwv", 5) != 0 &&
              memcmp(scanner_room + i, "00481", 5) != 0);
    wardredact_scanner_free(scanner);
    for (size_t i = 0; i < wardredact_scanner_size(); i++)
        CHECK(scanner_room[i] == 0);
    CHECK(wardredact_scanner_size() <= 65536 && wardredact_stream_size() <= 16384);
}

static void a_stream_answers_line_by_line(void)
{
    static const char in[] = "Jane Doe\r\n\nssn 233-67-2090\nbad \x80 line\nlast";
    static const char want[] = "[name]\r\n\nssn [ssn]\n\nlast\n";
    struct wardredact_stream *stream = stream_to(&whole, place(balanced));

    feed_all(stream, in, sizeof(in) - 1, sizeof(in));
    CHECK(whole.len == sizeof(want) - 1 && memcmp(whole.at, want, whole.len) == 0);
    CHECK(wardredact_stream_count(stream, 0) == 1 && wardredact_stream_refused(stream) == 1);
    CHECK(wardredact_stream_count(stream, 9999) == 0);
    /* Nothing of it stays behind the end. */
    for (size_t i = 0; i + 4 < sizeof(stream_room); i++)
        CHECK(memcmp(stream_room + i, "Jane", 4) != 0 && memcmp(stream_room + i, "last", 4) != 0);
    CHECK(wardredact_stream_end(stream) == 0 && whole.len == sizeof(want) - 1);
}

static void a_sink_that_refuses_stops_the_stream_for_good(void)
{
    struct wardredact_stream *stream = stream_to(&whole, place(balanced));

    whole.stop_at = 2;
    CHECK(wardredact_stream_feed(stream, "a\nb\nc\n", 6) == WARDREDACT_STOPPED);
    CHECK(whole.calls == 2 && whole.len == 1);
    CHECK(wardredact_stream_feed(stream, "d\n", 2) == WARDREDACT_STOPPED);
    CHECK(wardredact_stream_end(stream) == WARDREDACT_STOPPED);
    CHECK(whole.calls == 2);
}

/* Lines around every ceiling, crowded ones, lines that break in the middle, with every end. */
static size_t hard_lines(char *at)
{
    static const size_t lens[] = {0, 1, 2047, 2048, 2050, 4094, 4095, 4096, 4097, 4098, 4099, 9000};
    size_t len = 0;

    for (size_t n = 0; n < 4 * sizeof(lens) / sizeof(lens[0]); n++) {
        const char *word = n % 4 == 0   ? "Jane Doe, DOB 01/02/1960; "
                           : n % 4 == 1 ? "table caf\xc3\xa9 "
                           : n % 4 == 2 ? "1.2.3.4 a@b "
                                        : "x\r";
        size_t size = lens[n / 4];

        for (size_t i = 0; i < size; i++)
            at[len + i] = word[i % strlen(word)];
        if (n % 4 == 3 && size > 2000)
            memcpy(at + len + 3000 % size, "\xff", 1);
        len += size;
        if (n % 3 == 0)
            at[len++] = '\r';
        at[len++] = '\n';
    }
    memcpy(at + len, "MRN 00481923\r", 13);
    return len + 13;
}

static void how_the_bytes_are_cut_does_not_show(void)
{
    static char in[1 << 18];
    static const size_t steps[] = {1,    2,    3,    7,    64,   1000, 2047,
                                   2048, 4095, 4096, 4097, 4098, 4099, 8191};
    size_t len = hard_lines(in);
    struct wardredact_scanner *scanner = place(balanced);

    feed_all(stream_to(&whole, scanner), in, len, len);
    CHECK(whole.len > 20000);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        feed_all(stream_to(&cut, scanner), in, len, steps[i]);
        CHECK(cut.len == whole.len && memcmp(cut.at, whole.at, cut.len) == 0);
    }
}

static void *redact_small(void *arg)
{
    static const char in[] =
        "DOE, JANE 233-67-2090 https://a.example/%2531?q=%4d a@b.example 1.2.3.4";
    struct wardredact_scanner *scanner = arg;
    static char out[WARDREDACT_TEXT_MAX];
    size_t len;
    size_t count;

    for (size_t i = 0; i < sizeof(in); i++)
        CHECK(wardredact_text(scanner, in, i, out, sizeof(out), &len, NULL, 0, &count) == 0);
    CHECK(count > 3);
    return NULL;
}

static void a_small_stack_is_enough(void)
{
    /* As much as any system wants a thread to have; how far it was written to is counted. */
    static _Alignas(4096) uint8_t stack[131072 * STACK_TIMES];
    pthread_attr_t attributes;
    pthread_t thread;
    size_t untouched = 0;

    memset(stack, 0xa5, sizeof(stack));
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstack(&attributes, stack, sizeof(stack)) == 0);
    CHECK(pthread_create(&thread, &attributes, redact_small, place(balanced)) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    (void)pthread_attr_destroy(&attributes);
    while (untouched < sizeof(stack) && stack[untouched] == 0xa5)
        untouched++;
    /* What a thread begins with is in it too. */
    CHECK(sizeof(stack) - untouched <= (size_t)32768 * STACK_TIMES);
}

static void every_number_has_a_word(void)
{
    uint8_t hash[WARDREDACT_HASH_SIZE] = {0};
    uint8_t none[WARDREDACT_HASH_SIZE] = {0};

    CHECK(wardredact_abi_version() == WARDREDACT_ABI_VERSION);
    for (unsigned kind = 0; kind < wardredact_kinds_count(); kind++)
        CHECK(wardredact_kind_word(kind)[0] && wardredact_kind_label(kind)[0]);
    CHECK(wardredact_kind_word(wardredact_kinds_count()) == NULL);
    CHECK(wardredact_kind_label(wardredact_kinds_count()) == NULL);
    for (int error = 0; error <= WARDREDACT_STOPPED; error++)
        CHECK(strcmp(wardredact_error_word(error), "unknown") != 0);
    CHECK(strcmp(wardredact_error_word(-1), "unknown") == 0);
    CHECK(strcmp(wardredact_error_word(99), "unknown") == 0);
    CHECK(wardredact_rules_version()[0]);
    wardredact_rules_hash(hash);
    CHECK(memcmp(hash, none, sizeof(hash)) != 0);
}

int main(void)
{
    struct wardredact_options plain = options(WARDREDACT_BALANCED);

    CHECK(wardredact_new(&balanced, &plain, NULL) == 0);
    RUN(a_text_comes_out_without_its_identifiers);
    RUN(what_cannot_be_redacted_is_refused_and_nothing_of_it_is_out);
    RUN(arguments_that_the_contract_forbids_are_refused);
    RUN(patterns_that_do_not_parse_are_told_by_line_and_column);
    RUN(own_patterns_and_words_are_heard);
    RUN(nothing_is_allocated_after_the_start);
    RUN(an_allocation_refused_anywhere_is_an_outcome);
    RUN(a_redactor_can_live_in_memory_of_the_callers);
    RUN(a_scanner_is_wiped_when_it_is_given_back);
    RUN(a_stream_answers_line_by_line);
    RUN(a_sink_that_refuses_stops_the_stream_for_good);
    RUN(how_the_bytes_are_cut_does_not_show);
    RUN(a_small_stack_is_enough);
    RUN(every_number_has_a_word);
    wardredact_free(balanced);
    return tap_done();
}
