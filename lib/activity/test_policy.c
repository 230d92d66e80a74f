#include "activity/policy.h"
#include "activity/span.h"
#include "tap.h"

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

static enum policy_capture decide(const struct policy *policy, const char *application,
                                  const char *domain)
{
    return policy_decide(policy, text_of(application), text_of(domain));
}

static void the_default_keeps_application_and_domain_and_no_title(void)
{
    struct policy policy = policy_default();

    CHECK(policy.version == 0 && policy.hipaa && !policy.incognito);
    CHECK(decide(&policy, "firefox", "example.org") == POLICY_DOMAIN);
    CHECK(decide(&policy, "", "") == POLICY_DOMAIN);
}

static void the_most_private_rule_that_matches_wins(void)
{
    struct policy_rule rules[] = {
        {.application = TEXT("firefox"), .capture = POLICY_TITLE},
        {.domain = TEXT("bank.example"), .capture = POLICY_DROP},
        {.application = TEXT("fire*"),
         .domain = TEXT("mail.example"),
         .capture = POLICY_APPLICATION},
    };
    struct policy policy = policy_default();

    policy.rules = rules;
    policy.rule_count = 3;
    CHECK(decide(&policy, "firefox", "example.org") == POLICY_TITLE);
    CHECK(decide(&policy, "firefox", "bank.example") == POLICY_DROP);
    CHECK(decide(&policy, "chromium", "bank.example") == POLICY_DROP);
    CHECK(decide(&policy, "firefox", "mail.example") == POLICY_APPLICATION);
    CHECK(decide(&policy, "chromium", "mail.example") == POLICY_DOMAIN);
    policy.capture = POLICY_DROP;
    CHECK(decide(&policy, "chromium", "") == POLICY_DROP);
    CHECK(decide(&policy, "firefox", "") == POLICY_TITLE);
}

static void a_star_matches_the_rest_and_nothing_before_it(void)
{
    struct policy_rule rule = {.application = TEXT("note*"), .capture = POLICY_DROP};
    struct policy policy = policy_default();

    policy.rules = &rule;
    policy.rule_count = 1;
    CHECK(decide(&policy, "note", "") == POLICY_DROP);
    CHECK(decide(&policy, "notepad", "") == POLICY_DROP);
    CHECK(decide(&policy, "not", "") == POLICY_DOMAIN);
    CHECK(decide(&policy, "keynote", "") == POLICY_DOMAIN);
    rule.application = TEXT("note");
    CHECK(decide(&policy, "notepad", "") == POLICY_DOMAIN);
    rule.application = TEXT("n*te");
    CHECK(decide(&policy, "note", "") == POLICY_DOMAIN);
    rule.application = TEXT("*");
    CHECK(decide(&policy, "anything", "") == POLICY_DROP);
}

static void titles_of_applications_with_patients_are_never_kept(void)
{
    static const char *const named[] = {
        "hyperspace", "hyperspace.exe", "epichyperspace", "powerchart.exe", "meditech",
        "athenanet",  "synapse",        "radiant.exe",    "medisoft",       "mstsc.exe",
        "vmview",     "wfica32.exe",    "xfreerdp",       "remmina",        "org.remmina.remmina",
        "weasis",     "powerscribe360", "eclinicalworks", "nextgen",        "openemr",
    };
    struct policy_rule rule = {.capture = POLICY_TITLE};
    struct policy policy = policy_default();

    policy.rules = &rule;
    policy.rule_count = 1;
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        CHECK(policy_hipaa_names(text_of(named[i])));
        CHECK(decide(&policy, named[i], "") == POLICY_DOMAIN);
    }
    CHECK(decide(&policy, "libreoffice", "") == POLICY_TITLE);
    CHECK(!policy_hipaa_names(text_of("")) && !policy_hipaa_names(text_of(".exe")));
    rule.capture = POLICY_DROP;
    CHECK(decide(&policy, "epic", "") == POLICY_DROP);
    rule.capture = POLICY_TITLE;
    policy.hipaa = false;
    CHECK(decide(&policy, "epic", "") == POLICY_TITLE);
}

static void stations_are_known_by_name_in_any_case(void)
{
    struct text stations[] = {TEXT("ward7"), TEXT("CLINIC\\kiosk")};
    struct policy policy = policy_default();

    CHECK(!policy_is_station(&policy, text_of("ward7")));
    policy.stations = stations;
    policy.station_count = 2;
    CHECK(policy_is_station(&policy, text_of("WARD7")));
    CHECK(policy_is_station(&policy, text_of("clinic\\Kiosk")));
    CHECK(!policy_is_station(&policy, text_of("ward70")));
    CHECK(!policy_is_station(&policy, text_of("")));
}

static void every_number_of_the_contract_has_its_word(void)
{
    CHECK(text_equal(text_of(policy_capture_word(POLICY_DROP)), text_of("drop")));
    CHECK(text_equal(text_of(policy_capture_word(POLICY_APPLICATION)), text_of("application")));
    CHECK(text_equal(text_of(policy_capture_word(POLICY_DOMAIN)), text_of("domain")));
    CHECK(text_equal(text_of(policy_capture_word(POLICY_TITLE)), text_of("title")));
    CHECK(text_equal(text_of(span_state_word(SPAN_ACTIVE)), text_of("active")));
    CHECK(text_equal(text_of(span_state_word(SPAN_PASSIVE)), text_of("passive")));
    CHECK(text_equal(text_of(span_state_word(SPAN_IDLE)), text_of("idle")));
    CHECK(text_equal(text_of(span_state_word(SPAN_LOCKED)), text_of("locked")));
}

int main(void)
{
    RUN(the_default_keeps_application_and_domain_and_no_title);
    RUN(the_most_private_rule_that_matches_wins);
    RUN(a_star_matches_the_rest_and_nothing_before_it);
    RUN(titles_of_applications_with_patients_are_never_kept);
    RUN(stations_are_known_by_name_in_any_case);
    RUN(every_number_of_the_contract_has_its_word);
    return tap_done();
}
