#include "sensor/sense.h"

#include <string.h>

#include "base/moment.h"
#include "tap.h"
#include "wire/local.h"

static const uint8_t key[HASH_SIZE] = {3};
static const int64_t noon = 1795003200000 / 1000 * 1000;
static int64_t now;

static struct sense *new_sense(struct policy *policy)
{
    struct sense *sense = NULL;

    *policy = policy_default();
    policy->hipaa = false;
    now = noon;
    CHECK(sense_new(&sense, key) == 0);
    CHECK(sense_set_policy(sense, policy) == 0);
    return sense;
}

/* Ten seconds of that in front, as the sensor sees it: a look at the change, then a tick. */
static void see_sight(struct sense *sense, const struct sight *sight)
{
    for (int i = 0; i < 2; i++) {
        CHECK(sense_take(sense, sight, now, now - noon + 1000) == 0);
        now += 5000;
    }
}

static void see(struct sense *sense, const char *application, const char *domain, const char *title)
{
    char a[64];
    char d[64];
    static char t[8192];

    memcpy(a, application, strlen(application));
    memcpy(d, domain, strlen(domain));
    memcpy(t, title, strlen(title));
    struct sight sight = {
        .application = {.at = a, .len = strlen(application)},
        .domain = {.at = d, .len = strlen(domain)},
        .title = {.at = t, .len = strlen(title)},
    };
    see_sight(sense, &sight);
}

static struct arena *arena;

static struct local_report reported(struct sense *sense)
{
    static uint8_t copy[65536];
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(65536);
    struct sense_reported told;
    struct local_report report = {0};

    CHECK(sense_end(sense) == 0);
    CHECK(sense_report(sense, &body, &told) == 0);
    arena_reset(arena);
    memcpy(copy, body.at ? body.at : copy, body.len);
    CHECK(local_report_decode((struct bytes){.at = copy, .len = body.len}, arena, &report) == 0);
    return report;
}

static bool is(struct raw_text raw, const char *wanted)
{
    return text_equal((struct text){.at = raw.at, .len = raw.len}, text_of(wanted));
}

static uint32_t counted(const struct local_report *report, enum redact_kind kind)
{
    uint32_t count = 0;

    for (size_t i = 0; i < report->count_count; i++)
        count += report->counts[i].kind == kind ? report->counts[i].count : 0;
    return count;
}

static void a_title_that_is_not_kept_is_still_counted(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);

    see(sense, "xterm", "", "mail jane.roe@example.org");
    struct local_report report = reported(sense);
    CHECK(report.span_count == 1);
    CHECK(is(report.spans[0].application, "xterm"));
    CHECK(report.spans[0].title.len == 0);
    CHECK(counted(&report, REDACT_EMAIL) == 1);
}

static void a_text_is_counted_once_however_long_it_stays(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);

    for (int i = 0; i < 5; i++)
        see(sense, "xterm", "", "mail jane.roe@example.org and jim.poe@example.org");
    see(sense, "xterm", "", "mail jack.doe@example.org");
    struct local_report report = reported(sense);
    CHECK(counted(&report, REDACT_EMAIL) == 2);
}

static void what_is_dropped_leaves_no_span_and_no_count(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);
    struct policy_rule rules[] = {
        {.application = text_of("diary"), .domain = {.at = ""}, .capture = POLICY_DROP}};

    policy.rules = rules;
    policy.rule_count = 1;
    see(sense, "diary", "", "mail jane.roe@example.org");
    struct local_report report = reported(sense);
    CHECK(report.count_count == 0);
    for (size_t i = 0; i < report.span_count; i++)
        CHECK(!is(report.spans[i].application, "diary"));
}

static void a_site_is_kept_by_default_and_a_private_window_s_is_not(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);
    char application[] = "chromium";
    char domain[] = "example.org";
    char title[] = "mail jane.roe@example.org";
    struct sight sight = {.application = {.at = application, .len = strlen(application)},
                          .domain = {.at = domain, .len = strlen(domain)},
                          .title = {.at = title, .len = strlen(title)}};

    see_sight(sense, &sight);
    struct local_report report = reported(sense);
    CHECK(report.span_count == 1 && is(report.spans[0].domain, "example.org"));
    CHECK(counted(&report, REDACT_EMAIL) == 1);
    sight.incognito = true;
    see_sight(sense, &sight);
    report = reported(sense);
    CHECK(report.span_count == 1 && report.spans[0].domain.len == 0);
    CHECK(report.count_count == 0);
    policy.incognito = true;
    CHECK(sense_set_policy(sense, &policy) == 0);
    see_sight(sense, &sight);
    report = reported(sense);
    CHECK(report.span_count == 1 && is(report.spans[0].domain, "example.org"));
}

static void a_title_is_kept_clean_where_the_policy_says_so(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);
    struct policy_rule rules[] = {
        {.application = text_of("editor"), .domain = {.at = ""}, .capture = POLICY_TITLE}};

    policy.rules = rules;
    policy.rule_count = 1;
    policy.capture = POLICY_TITLE;
    CHECK(sense_set_policy(sense, &policy) == 0);
    see(sense, "editor", "", "notes for jane.roe@example.org");
    struct local_report report = reported(sense);
    CHECK(report.span_count == 1);
    CHECK(report.spans[0].title.len > 0);
    CHECK(memmem(report.spans[0].title.at, report.spans[0].title.len, "jane", 4) == NULL);
}

static void a_title_that_is_too_long_or_broken_is_dropped_and_the_reason_counted(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);
    static char title[REDACT_TEXT_MAX + 2];

    memset(title, 'a', REDACT_TEXT_MAX + 1);
    see(sense, "xterm", "", title);
    see(sense, "xterm", "", "broken \xff\xfe");
    struct local_report report = reported(sense);
    unsigned reasons[BATCH_DROP_REASONS] = {0};
    for (size_t i = 0; i < report.drop_count; i++)
        reasons[report.drops[i].reason] += report.drops[i].count;
    CHECK(reasons[BATCH_DROP_LONG] == 1 && reasons[BATCH_DROP_INVALID] == 1);
    CHECK(report.span_count >= 1);
}

static void an_application_that_cannot_be_kept_is_unknown(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);

    see(sense, "jane.roe@example.org", "", "");
    struct local_report report = reported(sense);
    CHECK(report.span_count == 1);
    CHECK(memmem(report.spans[0].application.at, report.spans[0].application.len, "jane", 4) ==
          NULL);
}

static void a_locked_session_tells_nothing_of_what_is_behind_the_lock(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);
    char application[] = "xterm";
    char title[] = "mail jane.roe@example.org";
    struct sight sight = {.application = {.at = application, .len = strlen(application)},
                          .title = {.at = title, .len = strlen(title)},
                          .locked = true};

    see_sight(sense, &sight);
    struct local_report report = reported(sense);
    CHECK(report.span_count == 1 && report.spans[0].state == SPAN_LOCKED);
    CHECK(!is(report.spans[0].application, "xterm") && report.count_count == 0);
}

static uint64_t found_by(const struct local_report *report, const char *word)
{
    uint64_t count = 0;

    for (size_t i = 0; i < report->evidence.count_count; i++) {
        if (strstr(report->evidence.counts[i].rule, word))
            count += report->evidence.counts[i].count;
    }
    return count;
}

static void a_report_says_which_rules_judged_and_what_each_found(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);
    const struct evidence_rules own = evidence_rules_own();

    see(sense, "xterm", "", "mail jane.roe@example.org and john.doe@example.org");
    struct local_report report = reported(sense);
    CHECK(report.evidence.rules_count == 1);
    CHECK(evidence_rules_equal(&report.evidence.rules[0], &own));
    CHECK(found_by(&report, "email") == 1); /* once for a text, as kinds are counted */
    CHECK(report.evidence.judged_count == 1);
    CHECK(report.evidence.judged[0].count == 2); /* the application and the title */
    CHECK(report.evidence.judged[0].day == report.counts[0].day);
    see(sense, "xterm", "", "Terminal");
    report = reported(sense);
    CHECK(found_by(&report, "") == 0); /* what was told is not told again */
}

static void canaries_go_the_way_of_a_title_and_are_nobody_s(void)
{
    const struct canary missed[] = {{REDACT_NAME, "Chart Review - {ZYLLOWSKA, MARIBETH}"},
                                    {REDACT_OTHER_ID, "Patient list of {today} - Viewer"}};
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);
    struct canary_verdict verdict;

    see(sense, "xterm", "", "mail jane.roe@example.org");
    CHECK(sense_canaries(sense, canary_list, canary_count, &verdict) == 0);
    CHECK(verdict.run == canary_count && canary_all_passed(&verdict));
    /* An ordinary word in braces is kept by any redactor: such a canary must fail. */
    CHECK(sense_canaries(sense, missed, 2, &verdict) == 0);
    CHECK(verdict.run == 2 && verdict.passed == 1 && verdict.failed == REDACT_OTHER_ID);
    struct local_report report = reported(sense);
    CHECK(report.count_count == 1 && counted(&report, REDACT_EMAIL) == 1);
    CHECK(report.drop_count == 0 && report.evidence.judged[0].count == 2);
    for (size_t i = 0; i < report.span_count; i++)
        CHECK(!is(report.spans[i].application, "canary"));
}

static void canaries_run_in_the_profile_that_is_in_use(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);
    struct canary_verdict verdict;

    policy.hipaa = !policy.hipaa;
    CHECK(sense_set_policy(sense, &policy) == 0);
    CHECK(sense_canaries(sense, canary_list, canary_count, &verdict) == 0);
    CHECK(canary_all_passed(&verdict));
}

static void what_is_forgotten_is_not_reported(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);

    see(sense, "xterm", "", "mail jane.roe@example.org");
    see(sense, "editor", "", "broken \xff\xfe");
    CHECK(sense_forget(sense) == 0);
    struct local_report report = reported(sense);
    CHECK(report.span_count == 0 && report.count_count == 0 && report.drop_count == 0);
    CHECK(report.evidence.count_count == 0 && report.evidence.judged_count == 0);
}

static void a_denied_string_reaches_nothing_that_is_told(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);
    char string[] = "Quiet Orchard";
    const uint8_t salt[DENIED_SALT_SIZE] = {8};
    struct denied_rule rule;
    struct policy_rule keep = {.capture = POLICY_TITLE};

    policy.capture = POLICY_TITLE;
    policy.rules = &keep;
    policy.rule_count = 1;
    CHECK(sense_set_policy(sense, &policy) == 0);
    see(sense, "editor", "", "meeting of the quiet orchard");
    see(sense, "quiet-orchard", "orchard.example", "meeting");
    struct local_report before = reported(sense);
    CHECK(before.span_count == 2 && before.spans[0].title.len > 0);
    CHECK(is(before.spans[1].application, "quiet-orchard"));

    CHECK(denied_make((struct raw_text){.at = string, .len = strlen(string)}, salt, hash_salted,
                      &rule) == 0);
    policy.denied = &rule;
    policy.denied_count = 1;
    CHECK(sense_set_policy(sense, &policy) == 0);
    see(sense, "editor", "", "meeting of the quiet orchard");
    see(sense, "quiet-orchard", "quiet.orchard", "meeting");
    struct local_report after = reported(sense);
    CHECK(after.span_count == 2);
    CHECK(is(after.spans[0].application, "editor") && after.spans[0].title.len == 0);
    CHECK(is(after.spans[1].application, "unknown") && after.spans[1].domain.len == 0);
    CHECK(is(after.spans[1].title, "meeting"));
}

static void an_organisations_patterns_count_under_their_words_across_policies(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);

    policy.capture = POLICY_TITLE;
    policy.patterns = text_of("north\tmrn\tzq-####\nsouth\tmrn\tzs-####\n");
    CHECK(sense_set_policy(sense, &policy) == 0);
    see(sense, "editor", "", "ward list zq-1234");
    see(sense, "editor", "", "ward list zs-1234");
    /* In the next policy one has another number, and one is gone. */
    policy.patterns = text_of("west\tmrn\tzw-####\nnorth\tmrn\tzq-####\n");
    CHECK(sense_set_policy(sense, &policy) == 0);
    see(sense, "editor", "", "ward list zq-5678 zs-5678");
    struct local_report report = reported(sense);
    CHECK(found_by(&report, "org.north") == 2 && found_by(&report, "org.west") == 0);
    CHECK(found_by(&report, "org.south") == 1 && found_by(&report, "pattern") == 0);
    for (size_t i = 0; i < report.span_count; i++)
        CHECK(memmem(report.spans[i].title.at, report.spans[i].title.len, "zq-", 3) == NULL);
}

static void patterns_that_are_not_understood_drop_titles_and_say_so(void)
{
    struct policy policy;
    CLEANUP(sense_free) struct sense *sense = new_sense(&policy);

    policy.capture = POLICY_TITLE;
    policy.patterns = text_of("north\tmrn\tzq-####\n");
    CHECK(sense_set_policy(sense, &policy) == 0);
    policy.patterns = text_of("north\tmrn\t<something newer>?+\n");
    CHECK(sense_set_policy(sense, &policy) == SENSE_BLIND);
    see(sense, "editor-zq-1234", "", "minutes of the meeting");
    struct local_report report = reported(sense);
    CHECK(report.span_count == 1 && report.spans[0].title.len == 0);
    /* Names of applications are judged by the patterns of before. */
    CHECK(is(report.spans[0].application, "editor-[mrn]"));
    CHECK(report.drop_count == 1 && report.drops[0].reason == BATCH_DROP_FAULT);
    policy.patterns = (struct text){0};
    policy.words = text_of("smith\n");
    CHECK(sense_set_policy(sense, &policy) == SENSE_BLIND);
    policy.words = text_of("smith!\n");
    CHECK(sense_set_policy(sense, &policy) == 0);
    see(sense, "editor", "", "minutes of the meeting");
    report = reported(sense);
    CHECK(report.span_count == 1 && is(report.spans[0].title, "minutes of the meeting"));
    CHECK(report.drop_count == 0);
}

int main(void)
{
    CHECK(arena_new(&arena, 1 << 20) == 0);
    RUN(a_title_that_is_not_kept_is_still_counted);
    RUN(a_text_is_counted_once_however_long_it_stays);
    RUN(what_is_dropped_leaves_no_span_and_no_count);
    RUN(a_site_is_kept_by_default_and_a_private_window_s_is_not);
    RUN(a_title_is_kept_clean_where_the_policy_says_so);
    RUN(a_title_that_is_too_long_or_broken_is_dropped_and_the_reason_counted);
    RUN(an_application_that_cannot_be_kept_is_unknown);
    RUN(a_locked_session_tells_nothing_of_what_is_behind_the_lock);
    RUN(canaries_go_the_way_of_a_title_and_are_nobody_s);
    RUN(canaries_run_in_the_profile_that_is_in_use);
    RUN(what_is_forgotten_is_not_reported);
    RUN(a_denied_string_reaches_nothing_that_is_told);
    RUN(a_report_says_which_rules_judged_and_what_each_found);
    RUN(an_organisations_patterns_count_under_their_words_across_policies);
    RUN(patterns_that_are_not_understood_drop_titles_and_say_so);
    arena_free(arena);
    return tap_done();
}
