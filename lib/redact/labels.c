/*
 * Labels: a word that says what the number behind it is. Whole words only; a blank in a label
 * stands for a blank, a hyphen, an underline, a dot or nothing, so "patient id" is PatientID too.
 */

#include <assert.h>

#include "redact/redact-private.h"

enum label_says {
    SAYS_WHAT,      /* what the number behind it is */
    SAYS_PATIENT,   /* that too, and that the text speaks of a patient */
    SAYS_REFERENCE, /* a number of a ticket, a build, a commit: nobody's, but in a chart */
    SAYS_PUBLIC,    /* a code that is the same for everybody: a drug, a diagnosis */
};

struct label {
    const char *word;
    enum redact_kind kind; /* REDACT_KINDS: it names no value */
    uint8_t digits;        /* the least number of digits that its value has */
    enum label_says says;
};

/* clang-format off */
#define ID(word, kind, digits) {word, REDACT_##kind, digits, SAYS_PATIENT}
#define OTHER(word, kind, digits) {word, REDACT_##kind, digits, SAYS_WHAT}
#define SPEAKS(word) {word, REDACT_KINDS, 0, SAYS_PATIENT}
#define REFERENCE(word) {word, REDACT_KINDS, 0, SAYS_REFERENCE}
#define PUBLIC(word) {word, REDACT_KINDS, 0, SAYS_PUBLIC}
/* clang-format on */

/* In the order of their first letters: labels_index() counts on it. */
static const struct label labels[] = {
    OTHER("a c", ACCOUNT, 7),
    OTHER("aba", ACCOUNT, 6),
    OTHER("acc", OTHER_ID, 5),
    OTHER("accession", OTHER_ID, 3),
    OTHER("account", ACCOUNT, 4),
    OTHER("acct", ACCOUNT, 4),
    SPEAKS("admit"),
    SPEAKS("admitted"),
    SPEAKS("allergies"),
    SPEAKS("appt"),
    REFERENCE("artifact"),
    OTHER("asset tag", DEVICE, 3),
    OTHER("auth", OTHER_ID, 5),
    OTHER("authorization", OTHER_ID, 5),
    OTHER("badge", OTHER_ID, 3),
    OTHER("bank", ACCOUNT, 6),
    OTHER("beneficiary", HEALTH_PLAN, 5),
    OTHER("biometric", BIOMETRIC, 3),
    ID("birth date", DATE, 4),
    ID("birthdate", DATE, 4),
    ID("birthday", DATE, 4),
    ID("born", DATE, 4),
    REFERENCE("bug"),
    REFERENCE("build"),
    OTHER("card", CARD, 4),
    OTHER("case", OTHER_ID, 5),
    OTHER("cc", CARD, 12),
    OTHER("cell", PHONE, 7),
    OTHER("certificate", LICENSE, 4),
    ID("chart", MRN, 4),
    REFERENCE("chg"),
    OTHER("claim", OTHER_ID, 4),
    REFERENCE("commit"),
    OTHER("confirmation", OTHER_ID, 5),
    OTHER("contact", PHONE, 7),
    OTHER("contract", HEALTH_PLAN, 5),
    PUBLIC("cpt"),
    ID("csn", OTHER_ID, 4),
    SPEAKS("d c"),
    ID("date of birth", DATE, 4),
    ID("date of death", DATE, 4),
    OTHER("dea", LICENSE, 5),
    OTHER("device", DEVICE, 5),
    OTHER("device id", DEVICE, 3),
    SPEAKS("discharge"),
    OTHER("dl", LICENSE, 4),
    ID("dob", DATE, 2),
    ID("dod", DATE, 2),
    PUBLIC("doi"),
    ID("dos", DATE, 2),
    OTHER("driver license", LICENSE, 4),
    OTHER("driver s license", LICENSE, 4),
    OTHER("drivers license", LICENSE, 4),
    OTHER("driving licence", LICENSE, 4),
    OTHER("ein", OTHER_ID, 7),
    ID("empi", MRN, 4),
    OTHER("employee id", OTHER_ID, 3),
    ID("emrn", MRN, 3),
    OTHER("enc", OTHER_ID, 4),
    ID("encounter", OTHER_ID, 3),
    ID("encounters", OTHER_ID, 3),
    ID("epi", MRN, 4),
    OTHER("extension", PHONE, 3),
    OTHER("fax", FAX, 7),
    OTHER("fin", OTHER_ID, 5),
    OTHER("fingerprint", BIOMETRIC, 3),
    OTHER("group", HEALTH_PLAN, 4),
    OTHER("guarantor", ACCOUNT, 3),
    ID("har", ACCOUNT, 5),
    OTHER("hcn", HEALTH_PLAN, 5),
    OTHER("health plan", HEALTH_PLAN, 4),
    OTHER("hicn", HEALTH_PLAN, 5),
    ID("hospital id", MRN, 4),
    ID("hospital number", MRN, 4),
    OTHER("iban", ACCOUNT, 6),
    PUBLIC("icd"),
    ID("identifier", MRN, 4),
    OTHER("imei", DEVICE, 6),
    OTHER("implant", DEVICE, 4),
    REFERENCE("inc"),
    OTHER("insurance", HEALTH_PLAN, 5),
    REFERENCE("invoice"),
    REFERENCE("issue"),
    REFERENCE("issues"),
    OTHER("itin", SSN, 4),
    REFERENCE("kb"),
    SPEAKS("labs"),
    OTHER("last 4", SSN, 4),
    OTHER("last four", SSN, 4),
    OTHER("lic", LICENSE, 4),
    OTHER("licence", LICENSE, 4),
    OTHER("license", LICENSE, 4),
    OTHER("license plate", VEHICLE, 2),
    PUBLIC("loinc"),
    OTHER("lot", DEVICE, 5),
    OTHER("mac", DEVICE, 6),
    OTHER("mbi", HEALTH_PLAN, 4),
    ID("med rec", MRN, 3),
    OTHER("medicaid", HEALTH_PLAN, 5),
    OTHER("medical license", LICENSE, 4),
    ID("medical record", MRN, 3),
    ID("medical record number", MRN, 3),
    OTHER("medicare", HEALTH_PLAN, 5),
    OTHER("member", HEALTH_PLAN, 4),
    OTHER("mobile", PHONE, 7),
    OTHER("model", DEVICE, 6),
    ID("mr", MRN, 4),
    ID("mrn", MRN, 2),
    OTHER("national id", OTHER_ID, 4),
    PUBLIC("nct"),
    PUBLIC("ndc"),
    ID("nhs", MRN, 8),
    OTHER("npi", LICENSE, 6),
    REFERENCE("order"),
    OTHER("pager", PHONE, 4),
    OTHER("passport", OTHER_ID, 4),
    OTHER("password", OTHER_ID, 1),
    ID("patient", MRN, 4),
    ID("patient id", MRN, 3),
    ID("patients", MRN, 4),
    OTHER("payer", HEALTH_PLAN, 5),
    OTHER("ph", PHONE, 7),
    OTHER("phone", PHONE, 7),
    OTHER("photo", PHOTO, 4),
    ID("pid", MRN, 4),
    OTHER("pin", OTHER_ID, 4),
    OTHER("plate", VEHICLE, 2),
    PUBLIC("pmid"),
    OTHER("policy", HEALTH_PLAN, 4),
    OTHER("postal code", GEO, 3),
    REFERENCE("pr"),
    OTHER("prescription", OTHER_ID, 5),
    ID("pt", MRN, 4),
    REFERENCE("pull"),
    OTHER("record", MRN, 5),
    OTHER("ref", OTHER_ID, 6),
    ID("referral", OTHER_ID, 5),
    REFERENCE("release"),
    REFERENCE("req"),
    OTHER("retina", BIOMETRIC, 3),
    REFERENCE("ritm"),
    OTHER("routing", ACCOUNT, 6),
    OTHER("rx", OTHER_ID, 5),
    PUBLIC("rxcui"),
    PUBLIC("rxnorm"),
    OTHER("s n", DEVICE, 4),
    OTHER("serial", DEVICE, 3),
    OTHER("serial number", DEVICE, 2),
    OTHER("sn", DEVICE, 4),
    PUBLIC("snomed"),
    OTHER("soc sec", SSN, 4),
    OTHER("social", SSN, 4),
    OTHER("social security", SSN, 4),
    OTHER("specimen", OTHER_ID, 4),
    OTHER("ss", SSN, 4),
    OTHER("ssn", SSN, 4),
    OTHER("student id", OTHER_ID, 3),
    OTHER("study id", OTHER_ID, 3),
    ID("subject", OTHER_ID, 5),
    OTHER("subscriber", HEALTH_PLAN, 4),
    OTHER("swift", ACCOUNT, 1),
    OTHER("tax id", SSN, 4),
    OTHER("tel", PHONE, 7),
    SPEAKS("telehealth"),
    OTHER("telephone", PHONE, 7),
    REFERENCE("ticket"),
    REFERENCE("tkt"),
    OTHER("udi", DEVICE, 5),
    ID("unit number", MRN, 4),
    OTHER("vehicle", VEHICLE, 4),
    REFERENCE("version"),
    OTHER("vin", VEHICLE, 1),
    ID("visit", OTHER_ID, 4),
    OTHER("voiceprint", BIOMETRIC, 3),
    OTHER("voter id", OTHER_ID, 4),
    OTHER("xray", OTHER_ID, 6),
    OTHER("zip", GEO, 3),
    OTHER("zip code", GEO, 3),
    OTHER("zipcode", GEO, 3),
};

#define LABELS (sizeof(labels) / sizeof(labels[0]))

void labels_index(uint8_t index[LETTERS + 1])
{
    size_t l = 0;

    _Static_assert(LABELS <= UINT8_MAX, "an index is a byte");
    for (size_t letter = 0; letter < LETTERS; letter++) {
        index[letter] = (uint8_t)l;
        while (l < LABELS && labels[l].word[0] == (char)('a' + letter))
            l++;
    }
    assert(l == LABELS);
    index[LETTERS] = (uint8_t)l;
}

static bool label_gap(uint8_t c)
{
    return c == ' ' || c == '-' || c == '_' || c == '.' || c == '/' || c == '\'';
}

/* End of the label at i, or 0. */
static size_t label_end(const struct view *view, size_t i, const char *word)
{
    for (; *word; word++) {
        if (*word == ' ') {
            i += label_gap(view_at(view, i));
            continue;
        }
        if (view_at(view, i) != (uint8_t)*word)
            return 0;
        i++;
    }
    /* "mrn12345" and "PatientId" end a word where letters end or a capital begins. */
    uint8_t c = view_at(view, i);
    return !is_letter(c) || (view->at[i] != c && view->at[i - 1] == view->lower[i - 1]) ? i : 0;
}

static const struct label *label_at(const struct view *view, size_t i, size_t *ret_end)
{
    uint8_t first = view_at(view, i);
    const struct label *best = NULL;

    if (first < 'a' || first > 'z')
        return NULL;
    const uint8_t *index = &view->redactor->label_index[first - 'a'];
    for (size_t l = index[0]; l < index[1]; l++) {
        size_t end = label_end(view, i, labels[l].word);
        if (end && (!best || end > *ret_end)) {
            best = &labels[l];
            *ret_end = end;
        }
    }
    return best;
}

/* A word, and not one inside a code: "3acc9". */
static bool may_label(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    return token->shape != TOKEN_NUMBER &&
           !(token->start > 0 && is_digit(view_at(view, token->start - 1u)));
}

/* Signs and small words between a label and its value: "MRN is #", "Member ID no.: ". */
static size_t filler_end(const struct view *view, size_t i)
{
    static const char *const words[] = {"number", "num", "no",  "nr",     "id", "is",  "was",
                                        "code",   "key", "ref", "ending", "in", "nbr", "value"};

    for (size_t round = 0; round < 4; round++) {
        size_t before = i;

        for (size_t n = 0; n < 6 && view_at(view, i) && strchr(" :#=.-_|/([\"'?&", view->lower[i]);
             n++)
            i++;
        for (size_t w = 0; i > before && w < sizeof(words) / sizeof(words[0]); w++)
            if (view_is_word(view, i, words[w]))
                i += strlen(words[w]);
        if (i == before)
            break;
    }
    return i;
}

/* True when behind the sign at i a part with a digit follows, or a short one inside: "8842-AX-19".
 */
static bool value_goes_on(const struct view *view, size_t i)
{
    size_t end = view_run_end(view, i + 1);

    for (size_t n = i + 1; n < end; n++)
        if (is_digit(view_at(view, n)))
            return true;
    return end > i + 1 && end - i <= 4 && view_at(view, i) == '-' && view_at(view, end) == '-' &&
           is_digit(view_at(view, end + 1));
}

/* End of the value at i: letters and digits with single signs between, at least digits of them;
 * blanks too while there are fewer than enough. */
static size_t value_end(const struct view *view, size_t i, size_t digits, size_t enough)
{
    size_t start = i;
    size_t end = i;
    size_t count = 0;

    for (; i - start < WINDOW; i++) {
        uint8_t c = view_at(view, i);

        if (is_alnum(c)) {
            count += is_digit(c);
            end = i + 1;
            continue;
        }
        /* A word without digits behind a sign belongs to what follows: "12345-chart". */
        bool sign = c == '-' || c == '.' || c == '/';
        bool blank = c == ' ' && count && count < enough && is_digit(view_at(view, i + 1));
        if (i == start || !(blank || (sign && value_goes_on(view, i))))
            break;
    }
    return count >= digits ? end : 0;
}

static float label_score(const struct label *label)
{
    bool exact = label->digits < 5 || label->kind == REDACT_FAX || label->kind == REDACT_PHONE;

    /* A label says more than a shape, unless it is a short word that means many things. */
    return exact ? 0.97f : 0.8f;
}

static void label_apply(struct view *view, const struct label *label, size_t end)
{
    size_t start = filler_end(view, end);
    enum redact_kind kind = label->kind;

    if (start - end > 24)
        return;
    bool spaced = kind == REDACT_PHONE || kind == REDACT_FAX || kind == REDACT_SSN ||
                  kind == REDACT_CARD || kind == REDACT_ACCOUNT;
    /* "mrn 12 34 56" goes on until it is long enough to be one. */
    size_t enough = spaced ? WINDOW : kind == REDACT_MRN ? 6 : 0;
    size_t value = value_end(view, start, label->digits, enough);
    if (!value || (start == end && kind == REDACT_DATE && value - start < 6))
        return;
    hits_add(view, start, value, kind, label_score(label));
}

void recognise_labels(struct view *view)
{
    for (size_t t = 0; t < view->tokens; t++) {
        const struct token *token = &view->token[t];

        if (token->label && labels[token->label - 1].kind < REDACT_KINDS)
            label_apply(view, &labels[token->label - 1],
                        label_end(view, token->start, labels[token->label - 1].word));
    }
}

void view_label(struct view *view)
{
    view->clinical = false;
    for (size_t i = 0; i < view->len && !view->clinical; i++)
        view->clinical = is_placeholder(view->at[i]) &&
                         view->at[i] != VIEW_PLACEHOLDER + REDACT_UNKNOWN &&
                         view->at[i] != VIEW_PLACEHOLDER + REDACT_IP &&
                         view->at[i] != VIEW_PLACEHOLDER + REDACT_EMAIL;
    for (size_t t = 0; t < view->tokens; t++) {
        struct token *token = &view->token[t];
        size_t end = 0;
        const struct label *label = token_has(token, WORD(LABEL)) && may_label(view, t)
                                        ? label_at(view, token->start, &end)
                                        : NULL;

        if (!label)
            continue;
        token->label = (uint8_t)(label - labels + 1);
        view->clinical = view->clinical || label->says == SAYS_PATIENT;
    }
}

/* The label right before start, or NULL. */
static const struct label *label_before(const struct view *view, size_t start)
{
    size_t i = start;
    size_t end = 0;

    while (i > 0 && start - i < 4 && !is_alnum(view_at(view, i - 1)) &&
           !is_placeholder(view->at[i - 1]))
        i--;
    size_t word = view_run_start(view, i);
    if (word == i)
        return NULL;
    const struct label *label = label_at(view, word, &end);
    return label && end == i ? label : NULL;
}

bool reference_before(const struct view *view, size_t start)
{
    const struct label *label = label_before(view, start);

    return label && (label->says == SAYS_PUBLIC || label->says == SAYS_REFERENCE);
}

bool public_code_before(const struct view *view, size_t start)
{
    const struct label *label = label_before(view, start);

    return label && label->says == SAYS_PUBLIC;
}

bool is_label(const struct view *view, size_t start, size_t end)
{
    size_t label = 0;
    const struct label *found = label_at(view, start, &label);

    return found && found->kind < REDACT_KINDS && label == end;
}
