#include "common/canary.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/big-endian.h"

/* Nobody in here exists: names are made up, numbers are of ranges that are not given out, hosts are
 * reserved for examples. A new one goes to the end. */
const struct canary canary_list[] = {
    {REDACT_NAME, "Chart Review - {ZYLLOWSKA, MARIBETH A}"},
    {REDACT_NAME, "Patient: {Thaddeus Quennerly} - Progress Notes"},
    {REDACT_GEO, "Demographics - Address: {4821 Willowmere Lane, Springfield, IL 62704}"},
    {REDACT_DATE, "Patient DOB: {04/17/1961} - Appointments"},
    {REDACT_AGE, "Patient is a {94} year old female - Summary"},
    {REDACT_PHONE, "Call back patient at {(312) 555-0148} - Telephone Encounter"},
    {REDACT_FAX, "Send to fax: {312-555-0193} - Referral"},
    {REDACT_EMAIL, "New message to {maribeth.zyllowska@mailbox.example} - Inbox"},
    {REDACT_SSN, "Registration - SSN {219-09-9142} - Guarantor"},
    {REDACT_MRN, "Results Review - MRN: {84412907} - Labs"},
    {REDACT_MRN, "{quennerly_thaddeus}_mrn{55120983}.pdf - Viewer"},
    {REDACT_HEALTH_PLAN, "Coverage - Medicare MBI {1EG4-TE5-MK73} - Eligibility"},
    {REDACT_ACCOUNT, "Billing - Account number: {40817720933} - Statement"},
    {REDACT_LICENSE, "Prescriber DEA {AB1234563} - Pharmacy"},
    {REDACT_VEHICLE, "Claim - VIN {1HGCM82633A004352} - Accident Report"},
    {REDACT_DEVICE, "Implant - Serial number: {SN84A2209917} - Device Tracking"},
    {REDACT_URL, "https://portal.example/patients/{krellbach-odette}/visits?mrn={77310442}"},
    {REDACT_IP, "Remote session to {10.44.17.203} - Console"},
    {REDACT_BIOMETRIC, "fingerprint_{55120983}.wsq - Viewer"},
    {REDACT_PHOTO, "face_photo_{20260114}.jpg - Photos"},
    {REDACT_CARD, "Payment - Card {4111 1111 1111 1111} - Terminal"},
    {REDACT_OTHER_ID, "Patient document {3f2b8c1e-9d4a-4e77-8b21-6c0f5a91d3e7} - Viewer"},
};
const size_t canary_count = sizeof(canary_list) / sizeof(canary_list[0]);

/* The text, or with blank the text with blanks where the braces were filled. */
static size_t write_text(const struct canary *canary, bool blank, char *ret_text)
{
    bool inside = false;
    size_t len = 0;

    for (const char *at = canary->text; *at; at++) {
        assert(len < CANARY_BYTES_MAX);
        if (*at == '{' || *at == '}')
            inside = *at == '{';
        else
            ret_text[len++] = (char)(inside && blank ? ' ' : *at);
    }
    return len;
}

size_t canary_text(const struct canary *canary, char ret_text[CANARY_BYTES_MAX])
{
    return write_text(canary, false, ret_text);
}

/* ---- what is left ---- */

/* Letters and digits; of what is not ASCII everything. */
static bool is_letter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c < 0;
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* The next run of letters and digits at or after *at, which moves behind it; empty: none. */
static struct text next_run(struct text text, size_t *at)
{
    size_t start;

    while (*at < text.len && !is_letter(text.at[*at]))
        ++*at;
    start = *at;
    while (*at < text.len && is_letter(text.at[*at]))
        ++*at;
    return (struct text){.at = text.at + start, .len = *at - start};
}

static bool same_run(struct text a, struct text b)
{
    for (size_t i = 0; a.len == b.len && i < a.len; i++) {
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    }
    return a.len == b.len;
}

static bool has_run(struct text text, struct text run)
{
    size_t at = 0;

    for (;;) {
        struct text each = next_run(text, &at);

        if (each.len == 0)
            return false;
        if (same_run(each, run))
            return true;
    }
}

/* Bytes of the placeholder that stands there; 0: none. */
static size_t placeholder_at(struct text text, size_t at)
{
    for (int kind = 0; text.at[at] == '[' && kind < REDACT_KINDS; kind++) {
        const char *word = redact_kind_word((enum redact_kind)kind);
        size_t len = strlen(word);

        if (text.len - at >= len + 2 && memcmp(text.at + at + 1, word, len) == 0 &&
            text.at[at + 1 + len] == ']')
            return len + 2;
    }
    return 0;
}

bool canary_clean(const struct canary *canary, struct text clean)
{
    char carrier[CANARY_BYTES_MAX];
    const struct text outside = {.at = carrier, .len = write_text(canary, true, carrier)};

    for (size_t at = 0; at < clean.len;) {
        size_t skip = placeholder_at(clean, at);
        size_t end = at;

        if (skip || !is_letter(clean.at[at])) {
            at += skip ? skip : 1;
            continue;
        }
        if (!has_run(outside, next_run(clean, &end)))
            return false;
        at = end;
    }
    return true;
}

RESULT canary_run(const struct canary *list, size_t count, canary_path *path, void *context,
                  struct canary_verdict *ret_verdict)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct canary_verdict verdict = {.failed = REDACT_KINDS};
    int r = arena_new(&arena, (size_t)256 * 1024);

    if (r)
        return r;
    for (size_t i = 0; i < count; i++) {
        char text[CANARY_BYTES_MAX];
        struct raw_text raw = {.at = text, .len = canary_text(&list[i], text)};
        struct text clean = {0};
        bool counted = false;

        arena_reset(arena);
        r = path(context, raw, arena, &clean, &counted);
        if (r < 0)
            return r;
        verdict.run++;
        if (r == 0 && clean.len && counted && canary_clean(&list[i], clean))
            verdict.passed++;
        else if (verdict.failed == REDACT_KINDS)
            verdict.failed = list[i].kind;
    }
    *ret_verdict = verdict;
    return 0;
}

bool canary_waived(void)
{
    const char *word = getenv("WARD_TEST_BUILD");

    return redact_is_off() && word && strcmp(word, "1") == 0;
}

/* ---- on the wire ---- */

void canary_print(const struct canary_verdict *verdict, uint8_t ret_body[CANARY_SIZE])
{
    big_endian_put(ret_body, 4, verdict->run);
    big_endian_put(ret_body + 4, 4, verdict->passed);
    ret_body[8] = (uint8_t)verdict->failed;
}

RESULT canary_parse(struct bytes body, struct canary_verdict *ret_verdict)
{
    if (body.len != CANARY_SIZE)
        return CANARY_INVALID;
    struct canary_verdict verdict = {.run = (uint32_t)big_endian_get(body.at, 4),
                                     .passed = (uint32_t)big_endian_get(body.at + 4, 4),
                                     .failed = (enum redact_kind)body.at[8]};
    bool all = verdict.passed == verdict.run;
    if (verdict.run == 0 || verdict.passed > verdict.run || body.at[8] > REDACT_KINDS ||
        all != (verdict.failed == REDACT_KINDS))
        return CANARY_INVALID;
    *ret_verdict = verdict;
    return 0;
}
