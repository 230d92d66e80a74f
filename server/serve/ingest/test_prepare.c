/* What a device sends is bounded, cut and redacted again, and what is odd is kept and flagged. */

#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "server/serve/ingest/prepare.h"
#include "tap.h"

#define DAY 20000
#define NOON (DAY * MS_PER_DAY + 12 * MS_PER_HOUR)

struct bench {
    struct arena *arena;
    struct redactor *redactor;
    struct redactor *balanced;
    struct prepare input;
    struct denied denied;
    struct batch batch;
    struct batch_span spans[4];
    struct raw_text strings[4];
    char texts[4][64];
    struct account_known account;
    struct spans_batch ready;
    uint64_t changed;
};

static void begin(struct bench *bench)
{
    *bench = (struct bench){0};
    bench->account.account.number = 7;
    CHECK(arena_new(&bench->arena, (size_t)4 * 1024 * 1024) == 0);
    CHECK(redactor_new(&bench->redactor, &(struct redactor_options){0}, NULL) == 0);
    CHECK(redactor_new(&bench->balanced, &(struct redactor_options){.profile = REDACT_BALANCED},
                       NULL) == 0);
    bench->batch = (struct batch){.sent_at = NOON,
                                  .strings = bench->strings,
                                  .string_count = 1,
                                  .account_count = 1,
                                  .spans = bench->spans};
}

static void end(struct bench *bench)
{
    arena_free(bench->arena);
    redactor_free(bench->redactor);
    redactor_free(bench->balanced);
}

static uint32_t text(struct bench *bench, const char *string)
{
    size_t at = bench->batch.string_count++;

    memcpy(bench->texts[at], string, strlen(string));
    bench->strings[at] = (struct raw_text){bench->texts[at], strlen(string)};
    return (uint32_t)at;
}

static struct batch_span *span(struct bench *bench, int64_t start_at, uint32_t duration_ms)
{
    struct batch_span *made = &bench->spans[bench->batch.span_count++];

    *made = (struct batch_span){.start_at = start_at, .duration_ms = duration_ms};
    return made;
}

static const struct spans_row *prepare(struct bench *bench, size_t rows)
{
    bench->input = (struct prepare){.redactor = bench->redactor,
                                    .balanced = bench->balanced,
                                    .denied = &bench->denied,
                                    .batch = &bench->batch,
                                    .accounts = &bench->account,
                                    .now = NOON,
                                    .retention_ms = 30 * MS_PER_DAY,
                                    .enrolled_at = NOON - 10 * MS_PER_DAY,
                                    .arena = bench->arena};

    CHECK(prepare_batch(&bench->input, &bench->ready, &bench->changed) == 0);
    CHECK(bench->ready.row_count == rows);
    return bench->ready.rows;
}

static struct text view(const struct bench *bench, uint32_t index)
{
    return clean_text_view(bench->ready.strings[index]);
}

static void a_span_over_midnight_is_two_that_add_up(void)
{
    struct bench bench;
    const struct spans_row *rows;

    begin(&bench);
    span(&bench, DAY * MS_PER_DAY - 1000, 3000);
    rows = prepare(&bench, 2);
    CHECK(rows[0].start_at == DAY * MS_PER_DAY - 1000 && rows[0].duration_ms == 1000);
    CHECK(rows[0].flags & SPAN_FLAG_CUT);
    CHECK(rows[1].start_at == DAY * MS_PER_DAY && rows[1].duration_ms == 2000);
    CHECK(!(rows[1].flags & SPAN_FLAG_OVERLAP));
    end(&bench);
}

static void a_span_that_ends_at_midnight_is_not_cut(void)
{
    struct bench bench;
    const struct spans_row *rows;

    begin(&bench);
    span(&bench, DAY * MS_PER_DAY - 1000, 1000);
    rows = prepare(&bench, 1);
    CHECK(rows[0].flags == 0);
    end(&bench);
}

static void a_clock_a_year_off_is_clamped_and_flagged(void)
{
    struct bench bench;
    const struct spans_row *rows;

    begin(&bench);
    span(&bench, NOON - 365 * MS_PER_DAY, 1000);
    span(&bench, NOON + 365 * MS_PER_DAY, 1000);
    rows = prepare(&bench, 2);
    CHECK(rows[0].start_at == NOON - 30 * MS_PER_DAY && rows[0].flags & SPAN_FLAG_SKEWED);
    CHECK(rows[0].flags & SPAN_FLAG_ABSURD);
    CHECK(rows[1].start_at == NOON + MS_PER_DAY && rows[1].flags & SPAN_FLAG_SKEWED);
    end(&bench);
}

static void ten_minutes_of_skew_pass_and_more_is_flagged(void)
{
    struct bench bench;

    begin(&bench);
    span(&bench, NOON - 5000, 1000);
    bench.batch.sent_at = NOON + PREPARE_SKEW_MS;
    CHECK(prepare(&bench, 1)[0].flags == 0);
    bench.batch.sent_at++;
    CHECK(prepare(&bench, 1)[0].flags == SPAN_FLAG_SKEWED);
    end(&bench);
}

static void a_duration_of_weeks_is_a_day_and_flagged(void)
{
    struct bench bench;
    const struct spans_row *rows;

    begin(&bench);
    span(&bench, NOON - 2 * MS_PER_DAY, UINT32_MAX);
    rows = prepare(&bench, 2);
    CHECK(rows[0].flags & SPAN_FLAG_ABSURD && rows[1].flags & SPAN_FLAG_ABSURD);
    CHECK((int64_t)rows[0].duration_ms + rows[1].duration_ms == MS_PER_DAY);
    end(&bench);
}

static void overlapping_spans_of_an_account_are_flagged(void)
{
    struct bench bench;
    const struct spans_row *rows;

    begin(&bench);
    span(&bench, NOON - 5000, 3000);
    span(&bench, NOON - 3000, 1000);
    span(&bench, NOON - 2000, 1000);
    rows = prepare(&bench, 3);
    CHECK(!(rows[0].flags & SPAN_FLAG_OVERLAP));
    CHECK(rows[1].flags & SPAN_FLAG_OVERLAP);
    CHECK(!(rows[2].flags & SPAN_FLAG_OVERLAP));
    end(&bench);
}

static void a_title_that_an_agent_let_through_is_not_kept_and_says_by_which_rule(void)
{
    struct bench bench;
    const struct spans_row *rows;
    bool found = false;

    begin(&bench);
    uint32_t title = text(&bench, "DOE, JOHN 123-45-6789");
    for (int i = 0; i < 2; i++) { /* one text, however often it was in front */
        struct batch_span *made = span(&bench, NOON - 5000 + i * 1000, 500);

        made->application = i ? bench.spans[0].application : text(&bench, "xterm");
        made->title = title;
    }
    rows = prepare(&bench, 2);
    CHECK(text_equal(view(&bench, rows[0].application), text_of("xterm")));
    CHECK(rows[0].title == 0 && rows[1].title == 0);
    CHECK(bench.changed == 1 && bench.input.missed_count >= 1);
    for (size_t i = 0; i < bench.input.missed_count; i++) {
        CHECK(bench.input.missed[i].day == DAY && bench.input.missed[i].count == 1);
        CHECK(evidence_word_valid(text_of(bench.input.missed[i].rule)));
        found = found || bench.input.missed[i].kind == REDACT_SSN;
    }
    CHECK(found);
    end(&bench);
}

static void what_only_strict_redaction_changes_is_no_miss(void)
{
    struct bench bench;
    const struct spans_row *rows;

    begin(&bench);
    /* What a device in the balanced profile may send: no recogniser finds anything in it. */
    span(&bench, NOON - 5000, 3000)->title = text(&bench, "Zqxvwk settings");
    rows = prepare(&bench, 1);
    CHECK(bench.changed == 1 && bench.input.missed_count == 0);
    CHECK(!memmem(view(&bench, rows[0].title).at, view(&bench, rows[0].title).len, "Zqx", 3));
    end(&bench);
}

static void what_an_agent_of_these_rules_sends_is_never_missed(void)
{
    static const char *const titles[] = {"Chart - DOE, JOHN MRN 84412907", "Inbox jane@example.org",
                                         "Zqxvwk settings for 219-09-9142"};

    for (size_t i = 0; i < 6; i++) {
        struct bench bench;
        struct redaction redaction;
        char raw[64];

        begin(&bench);
        memcpy(raw, titles[i / 2], strlen(titles[i / 2]) + 1);
        CHECK(redact(i % 2 ? bench.redactor : bench.balanced, (struct raw_text){raw, strlen(raw)},
                     bench.arena, &redaction) == 0);
        struct text clean = clean_text_view(redaction.clean);
        memcpy(raw, clean.at, clean.len);
        raw[clean.len] = 0;
        span(&bench, NOON - 5000, 3000)->title = text(&bench, raw);
        prepare(&bench, 1);
        CHECK(bench.input.missed_count == 0);
        end(&bench);
    }
}

static void what_cannot_be_an_application_is_unknown(void)
{
    struct bench bench;
    const struct spans_row *rows;

    begin(&bench);
    span(&bench, NOON - 5000, 3000)->application = text(&bench, "\xff\xfe");
    span(&bench, NOON - 1000, 500);
    rows = prepare(&bench, 2);
    CHECK(text_equal(view(&bench, rows[0].application), text_of("unknown")));
    CHECK(rows[1].application == rows[0].application);
    end(&bench);
}

static void rules_pass_and_days_nobody_can_have_are_clamped(void)
{
    struct bench bench;
    const struct evidence_rules rules = {.version = "1", .hash = {9}};
    const struct evidence_count counts[] = {{DAY, 2, "mrn"}, {DAY + 400, 3, "ssn"}};
    const struct evidence_judged judged = {-5, 7};

    begin(&bench);
    bench.batch.evidence = (struct evidence){&rules, 1, counts, 2, &judged, 1};
    prepare(&bench, 0);
    CHECK(bench.ready.evidence.rules_count == 1 && bench.ready.evidence.rules[0].hash[0] == 9);
    CHECK(bench.ready.evidence.count_count == 2 && bench.ready.evidence.counts[0].day == DAY);
    CHECK(bench.ready.evidence.counts[1].day == DAY + 1);
    CHECK(bench.ready.evidence.judged[0].day == DAY - 30);
    end(&bench);
}

static void login_names_are_checked_not_redacted(void)
{
    struct bench bench;
    char good[] = "CLINIC\\jdoe";
    char bad[] = "two\nlines";
    struct text name;

    begin(&bench);
    CHECK(prepare_account_name((struct raw_text){good, sizeof good - 1}, bench.arena, &name) == 0);
    CHECK(text_equal(name, text_of("CLINIC\\jdoe")));
    CHECK(prepare_account_name((struct raw_text){bad, sizeof bad - 1}, bench.arena, &name) ==
          PREPARE_NAME);
    CHECK(prepare_account_name((struct raw_text){0}, bench.arena, &name) == PREPARE_NAME);
    end(&bench);
}

int main(void)
{
    RUN(a_span_over_midnight_is_two_that_add_up);
    RUN(a_span_that_ends_at_midnight_is_not_cut);
    RUN(a_clock_a_year_off_is_clamped_and_flagged);
    RUN(ten_minutes_of_skew_pass_and_more_is_flagged);
    RUN(a_duration_of_weeks_is_a_day_and_flagged);
    RUN(overlapping_spans_of_an_account_are_flagged);
    RUN(a_title_that_an_agent_let_through_is_not_kept_and_says_by_which_rule);
    RUN(what_only_strict_redaction_changes_is_no_miss);
    RUN(what_an_agent_of_these_rules_sends_is_never_missed);
    RUN(what_cannot_be_an_application_is_unknown);
    RUN(rules_pass_and_days_nobody_can_have_are_clamped);
    RUN(login_names_are_checked_not_redacted);
    return tap_done();
}
