/*
 * How fast a server reads batches: 500 spans with 62 texts of one device, decompressed, decoded and
 * checked by batch_decode(); beside them the same rows and texts as JSON arrays read by jansson,
 * not compressed and not checked. Processor time of one thread. Prints a JSON object a figure.
 */

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wire/batch.h"

enum { SPANS = 500, APPLICATIONS = 12, DOMAINS = 20, TITLES = 30, ROW = 7 };

static const int64_t noon = INT64_C(1763899200000);

static void require(bool held, const char *what)
{
    if (held)
        return;
    (void)fprintf(stderr, "bench_wire: %s failed\n", what);
    exit(EXIT_FAILURE);
}

static double cpu_seconds(void)
{
    struct timespec at;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static uint32_t dice(uint32_t sides)
{
    static uint32_t state = 1;

    state = state * 1664525 + 1013904223;
    return (state >> 8) % sides;
}

enum field { APPLICATION, DOMAIN_NAME, TITLE };

static const struct clean_text *clean(const struct redactor *redactor, struct arena *arena,
                                      enum field field, unsigned number)
{
    char at[64];
    struct redaction redaction = {0};
    struct raw_text raw = {.at = at};
    int r = 0;

    if (field == APPLICATION) {
        raw.len = (size_t)snprintf(at, sizeof(at), "program%c", 'a' + (int)number);
        r = redact_application(redactor, raw, arena, &redaction);
    } else if (field == DOMAIN_NAME) {
        raw.len = (size_t)snprintf(at, sizeof(at), "site%c.example.org", 'a' + (int)number);
        r = redact_domain(redactor, raw, arena, &redaction);
    } else {
        raw.len = (size_t)snprintf(at, sizeof(at), "report %c%c - writer", 'a' + (int)number % 26,
                                   'a' + (int)number / 26);
        r = redact(redactor, raw, arena, &redaction);
    }
    require(r == 0, "redaction");
    return redaction.clean;
}

static void batch_make(struct arena *arena, struct buffer *ret_bytes)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    const struct device_id device = {{7}};
    struct span span = {.start_at = noon};
    uint32_t account;

    require(redactor_new(&redactor, &(struct redactor_options){.profile = REDACT_BALANCED}, NULL) ==
                0,
            "redactor");
    require(batch_writer_new(&writer) == 0, "writer");
    require(batch_writer_account(writer, text_of("nurse"), BATCH_PERSON, &account) == 0, "account");
    for (int i = 0; i < SPANS; i++) {
        span.duration_ms = 1000 + dice(600000);
        span.state = dice(5) ? SPAN_ACTIVE : SPAN_PASSIVE;
        span.application = clean(redactor, arena, APPLICATION, dice(APPLICATIONS));
        span.domain = dice(2) ? clean(redactor, arena, DOMAIN_NAME, dice(DOMAINS)) : NULL;
        span.title = clean(redactor, arena, TITLE, dice(TITLES));
        require(batch_writer_span(writer, account, &span) == 0, "span");
        span.start_at += span.duration_ms + (dice(10) ? 0 : dice(90000));
    }
    require(batch_writer_finish(writer, device, 1, 1, noon, 0, ret_bytes) == 0, "finish");
}

static char *json_make(const struct batch *batch)
{
    json_t *strings = json_array();
    json_t *spans = json_array();

    for (size_t i = 0; i < batch->string_count; i++)
        (void)json_array_append_new(
            strings,
            json_stringn(batch->strings[i].at ? batch->strings[i].at : "", batch->strings[i].len));
    for (size_t i = 0; i < batch->span_count; i++) {
        const struct batch_span *s = &batch->spans[i];

        (void)json_array_append_new(spans, json_pack("[I,I,i,i,i,i,i]", (json_int_t)s->start_at,
                                                     (json_int_t)s->duration_ms, (int)s->account,
                                                     (int)s->application, (int)s->domain,
                                                     (int)s->title, (int)s->state));
    }
    json_t *all = json_pack("{s:o,s:o}", "strings", strings, "spans", spans);
    char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;
    json_decref(all);
    require(text != NULL, "JSON");
    return text;
}

static void json_read(const char *text, size_t len, struct batch_span *spans)
{
    json_t *all = json_loadb(text, len, 0, NULL);
    const json_t *rows = json_object_get(all, "spans");

    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);

        require(json_array_size(row) == ROW, "row");
        spans[i] = (struct batch_span){
            .start_at = json_integer_value(json_array_get(row, 0)),
            .duration_ms = (uint32_t)json_integer_value(json_array_get(row, 1)),
            .account = (uint32_t)json_integer_value(json_array_get(row, 2)),
            .application = (uint32_t)json_integer_value(json_array_get(row, 3)),
            .domain = (uint32_t)json_integer_value(json_array_get(row, 4)),
            .title = (uint32_t)json_integer_value(json_array_get(row, 5)),
            .state = (enum span_state)json_integer_value(json_array_get(row, 6)),
        };
    }
    json_decref(all);
}

static double measure_batches(struct bytes bytes, struct arena *arena)
{
    double start = cpu_seconds();
    double spent = 0;
    size_t spans = 0;

    while (spent < 1) {
        for (int i = 0; i < 200; i++) {
            struct batch batch;

            arena_reset(arena);
            require(batch_decode(bytes, arena, &batch) == 0, "decode");
            spans += batch.span_count;
        }
        spent = cpu_seconds() - start;
    }
    return (double)spans / spent;
}

static double measure_json(const char *text)
{
    static struct batch_span read[SPANS];
    double start = cpu_seconds();
    double spent = 0;
    size_t spans = 0;

    while (spent < 1) {
        json_read(text, strlen(text), read);
        spans += SPANS;
        spent = cpu_seconds() - start;
    }
    return (double)spans / spent;
}

int main(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct batch batch;

    require(arena_new(&arena, BATCH_ARENA_MAX) == 0, "arena");
    batch_make(arena, &bytes);
    require(batch_decode(buffer_bytes(&bytes), arena, &batch) == 0, "decode");
    char *text = json_make(&batch);
    double batches = measure_batches(buffer_bytes(&bytes), arena);
    double json = measure_json(text);
    (void)printf(
        "{\"name\":\"batch_decode_spans_per_s\",\"value\":%.0f,\"unit\":\"spans/s\","
        "\"peers\":[{\"name\":\"jansson, JSON arrays, not compressed\",\"value\":%.0f}]}\n",
        batches, json);
    (void)printf("{\"name\":\"batch_bytes_per_span\",\"value\":%.1f,\"unit\":\"B\",\"peers\":"
                 "[{\"name\":\"JSON arrays, not compressed\",\"value\":%.1f}]}\n",
                 (double)bytes.len / SPANS, (double)strlen(text) / SPANS);
    free(text);
    return EXIT_SUCCESS;
}
