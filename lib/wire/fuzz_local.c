#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "wire/local.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Property: what decodes keeps the promises of local.h, and encoded again decodes to the same. */
static void require(bool held)
{
    if (!held)
        abort();
}

static const struct clean_text *clean(struct raw_text raw, struct arena *arena)
{
    const struct clean_text *text = NULL;
    struct bytes bytes = {(const uint8_t *)raw.at, raw.len};

    require(raw.len <= WIRE_STRING_BYTES_MAX && utf8_valid(text_of_bytes(bytes)));
    require(raw.len == 0 || !memchr(raw.at, 0, raw.len));
    if (raw.len == 0)
        return NULL;
    require(redact_restore(bytes, arena, &text) == 0);
    return text;
}

static bool raw_equal(struct raw_text a, struct raw_text b)
{
    return text_equal((struct text){a.at, a.len}, (struct text){b.at, b.len});
}

static void compare(const struct local_report *a, const struct local_report *b)
{
    require(a->span_count == b->span_count && a->count_count == b->count_count);
    require(a->drop_count == b->drop_count);
    for (size_t i = 0; i < a->span_count; i++) {
        const struct local_in_span *x = &a->spans[i];
        const struct local_in_span *y = &b->spans[i];

        require(x->start_at == y->start_at && x->duration_ms == y->duration_ms);
        require(x->state == y->state && x->flags == y->flags);
        require(raw_equal(x->application, y->application) && raw_equal(x->domain, y->domain));
        require(raw_equal(x->title, y->title));
    }
    for (size_t i = 0; i < a->count_count; i++)
        require(a->counts[i].kind == b->counts[i].kind && a->counts[i].day == b->counts[i].day &&
                raw_equal(a->counts[i].domain, b->counts[i].domain));
    for (size_t i = 0; i < a->drop_count; i++)
        require(a->drops[i].reason == b->drops[i].reason && a->drops[i].day == b->drops[i].day);
    require(a->evidence.rules_count == b->evidence.rules_count && b->evidence.rules_count <= 1);
    require(a->evidence.count_count == b->evidence.count_count);
    require(a->evidence.judged_count == b->evidence.judged_count);
    for (size_t i = 0; i < a->evidence.count_count; i++)
        require(a->evidence.counts[i].count == b->evidence.counts[i].count &&
                evidence_word_valid(text_of(a->evidence.counts[i].rule)) &&
                strcmp(a->evidence.counts[i].rule, b->evidence.counts[i].rule) == 0);
}

static void check_report(const struct local_report *report, struct arena *arena)
{
    static struct span spans[WIRE_REPORT_MAX];
    static struct local_count counts[WIRE_REPORT_MAX];
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
    struct local_report again;

    require(report->span_count <= WIRE_REPORT_MAX && report->count_count <= WIRE_REPORT_MAX);
    for (size_t i = 0; i < report->span_count; i++) {
        const struct local_in_span *in = &report->spans[i];

        require(in->state < SPAN_STATES);
        spans[i] = (struct span){.start_at = in->start_at,
                                 .duration_ms = in->duration_ms,
                                 .state = in->state,
                                 .flags = in->flags,
                                 .application = clean(in->application, arena),
                                 .domain = clean(in->domain, arena),
                                 .title = clean(in->title, arena)};
    }
    for (size_t i = 0; i < report->count_count; i++) {
        const struct local_in_count *in = &report->counts[i];

        require(in->kind < REDACT_KINDS);
        counts[i] = (struct local_count){.day = in->day,
                                         .application = clean(in->application, arena),
                                         .domain = clean(in->domain, arena),
                                         .kind = in->kind,
                                         .count = in->count};
    }
    int r = local_report_encode(spans, report->span_count, counts, report->count_count,
                                report->drops, report->drop_count, &report->evidence, &body);
    require(r == 0 || r == BATCH_LARGE); /* columns that were absent are whole now */
    if (r)
        return;
    require(local_report_decode(buffer_bytes(&body), arena, &again) == 0);
    compare(report, &again);
}

/* What is asked to be looked for is found in the asking. */
static void check_search(struct bytes body)
{
    struct needles needles = {0};
    struct needles_sweep sweep = {0};

    if (needles_add_lines(&needles, text_of_bytes(body)))
        return;
    require(needles.count <= NEEDLES_MAX);
    needles_look(&needles, body, &sweep);
    require(sweep.found >= needles.count && sweep.bytes == body.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
    struct local_report report;
    struct local_pause pause;
    struct local_pause again;

    require(arena_new(&arena, 4 * MESSAGE_ARENA_MAX) == 0);
    check_search((struct bytes){data, size});
    if (local_report_decode((struct bytes){data, size}, arena, &report) == 0)
        check_report(&report, arena);
    if (local_pause_decode((struct bytes){data, size}, arena, &pause) == 0) {
        struct text reason = {pause.reason.at, pause.reason.len};

        require(local_pause_encode(pause.minutes, reason, &body) == 0);
        require(local_pause_decode(buffer_bytes(&body), arena, &again) == 0);
        require(pause.minutes == again.minutes && raw_equal(pause.reason, again.reason));
    }
    return 0;
}
