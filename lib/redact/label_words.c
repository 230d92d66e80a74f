/*
 * The words of labels, as systems print them: EHR and HIS screens and reports, HL7 v2 field names
 * (PID, PV1, IN1, ORC), forms of insurers (CMS-1500, UB-04), and the national numbers by their own
 * names. Whole words only; a blank in a label stands for a blank, a hyphen, an underline, a dot, a
 * slash, an apostrophe or nothing, so "patient id" is PatientID too.
 */

#include <assert.h>

#include "redact/labels.h"

/* clang-format off */
#define ROW(word, kind, digits, enough, says, check) {word, kind, digits, enough, says, check}
#define ID(word, kind, digits) ROW(word, REDACT_##kind, digits, 0, SAYS_PATIENT, CHECK_KIND)
#define LONG_ID(word, kind, digits, enough) \
    ROW(word, REDACT_##kind, digits, enough, SAYS_PATIENT, CHECK_KIND)
#define NHS(word, digits) ROW(word, REDACT_MRN, digits, 10, SAYS_PATIENT, CHECK_NHS)
#define OTHER(word, kind, digits) ROW(word, REDACT_##kind, digits, 0, SAYS_WHAT, CHECK_KIND)
#define LONG(word, kind, digits, enough) \
    ROW(word, REDACT_##kind, digits, enough, SAYS_WHAT, CHECK_KIND)
#define CHECKED(word, kind, digits, check) \
    ROW(word, REDACT_##kind, digits, 0, SAYS_WHAT, CHECK_##check)
#define SPEAKS(word) ROW(word, REDACT_KINDS, 0, 0, SAYS_PATIENT, CHECK_KIND)
#define REFERENCE(word, digits) ROW(word, REDACT_OTHER_ID, digits, 0, SAYS_REFERENCE, CHECK_KIND)
#define MACHINE(word) ROW(word, REDACT_KINDS, 0, 0, SAYS_REFERENCE, CHECK_KIND)
#define PUBLIC(word) ROW(word, REDACT_KINDS, 0, 0, SAYS_PUBLIC, CHECK_KIND)
/* clang-format on */

/* In the order of their first two letters: labels_index() counts on it. */
static const struct label labels[] = {
    OTHER("a c", ACCOUNT, 7),
    LONG("aadhaar", OTHER_ID, 4, 12),
    LONG("aadhar", OTHER_ID, 4, 12),
    CHECKED("aba", ACCOUNT, 6, ABA),
    OTHER("abha", HEALTH_PLAN, 8),
    OTHER("acc", OTHER_ID, 5),
    OTHER("accession", OTHER_ID, 3),
    OTHER("account", ACCOUNT, 4),
    OTHER("acct", ACCOUNT, 4),
    OTHER("admission", OTHER_ID, 5),
    SPEAKS("admit"),
    SPEAKS("admitted"),
    OTHER("alien", OTHER_ID, 4),
    SPEAKS("allergies"),
    OTHER("amex", CARD, 4),
    OTHER("applicant", OTHER_ID, 5),
    OTHER("application id", OTHER_ID, 5),
    OTHER("appointment", OTHER_ID, 5),
    OTHER("approval", OTHER_ID, 5),
    SPEAKS("appt"),
    MACHINE("artifact"),
    OTHER("asset tag", DEVICE, 3),
    OTHER("auth", OTHER_ID, 5),
    OTHER("authorisation", OTHER_ID, 5),
    OTHER("authorization", OTHER_ID, 5),
    OTHER("badge", OTHER_ID, 3),
    OTHER("bank", ACCOUNT, 6),
    OTHER("barcode", OTHER_ID, 4),
    REFERENCE("batch", 4),
    OTHER("beneficiary", HEALTH_PLAN, 5),
    OTHER("biometric", BIOMETRIC, 2),
    OTHER("birth certificate", LICENSE, 4),
    ID("birth date", DATE, 4),
    ID("birthdate", DATE, 4),
    ID("birthday", DATE, 4),
    OTHER("booking", OTHER_ID, 5),
    ID("born", DATE, 4),
    OTHER("bsb", ACCOUNT, 6),
    OTHER("bsn", OTHER_ID, 7),
    MACHINE("bug"),
    MACHINE("build"),
    OTHER("car reg", VEHICLE, 2),
    OTHER("card", CARD, 4),
    LONG("carte vitale", HEALTH_PLAN, 8, 10),
    PUBLIC("cas"),
    OTHER("case", OTHER_ID, 5),
    OTHER("cc", CARD, 12),
    OTHER("cedula", OTHER_ID, 7),
    OTHER("cell", PHONE, 7),
    OTHER("cellphone", PHONE, 7),
    OTHER("cert", LICENSE, 4),
    OTHER("certificate", LICENSE, 4),
    ID("chart", MRN, 4),
    REFERENCE("chg", 4),
    LONG_ID("chi", MRN, 9, 10),
    OTHER("claim", OTHER_ID, 4),
    OTHER("claims", OTHER_ID, 4),
    OTHER("client", OTHER_ID, 5),
    OTHER("cnp", OTHER_ID, 7),
    MACHINE("commit"),
    OTHER("confirmation", OTHER_ID, 5),
    OTHER("contact", PHONE, 7),
    OTHER("contract", HEALTH_PLAN, 5),
    OTHER("cpap", DEVICE, 4),
    LONG("cpf", OTHER_ID, 7, 11),
    PUBLIC("cpt"),
    OTHER("credit card", CARD, 4),
    ID("csn", OTHER_ID, 4),
    OTHER("curp", OTHER_ID, 4),
    OTHER("customer", OTHER_ID, 5),
    PUBLIC("cve"),
    SPEAKS("d c"),
    OTHER("d l", LICENSE, 4),
    ID("date de naissance", DATE, 4),
    ID("date of birth", DATE, 4),
    ID("date of death", DATE, 4),
    ID("date of service", DATE, 4),
    CHECKED("dea", LICENSE, 5, DEA),
    OTHER("debit card", CARD, 4),
    OTHER("defibrillator", DEVICE, 4),
    OTHER("device", DEVICE, 5),
    OTHER("device id", DEVICE, 3),
    PUBLIC("din"),
    SPEAKS("discharge"),
    OTHER("dl", LICENSE, 4),
    OTHER("dln", LICENSE, 4),
    OTHER("dni", OTHER_ID, 7),
    ID("dob", DATE, 2),
    OTHER("document id", OTHER_ID, 6),
    ID("dod", DATE, 2),
    PUBLIC("doi"),
    OTHER("donation", OTHER_ID, 5),
    OTHER("donor", OTHER_ID, 4),
    ID("dos", DATE, 2),
    ID("dossier", MRN, 4),
    PUBLIC("drg"),
    OTHER("driver licence", LICENSE, 4),
    OTHER("driver license", LICENSE, 4),
    OTHER("driver s licence", LICENSE, 4),
    OTHER("driver s license", LICENSE, 4),
    OTHER("drivers licence", LICENSE, 4),
    OTHER("drivers license", LICENSE, 4),
    OTHER("driving licence", LICENSE, 4),
    OTHER("driving license", LICENSE, 4),
    OTHER("dva", HEALTH_PLAN, 4),
    PUBLIC("ean"),
    OTHER("edipi", OTHER_ID, 7),
    OTHER("ehic", HEALTH_PLAN, 6),
    OTHER("ein", OTHER_ID, 7),
    OTHER("emp id", OTHER_ID, 3),
    ID("empi", MRN, 4),
    OTHER("employee", OTHER_ID, 3),
    OTHER("employee id", OTHER_ID, 3),
    OTHER("employee no", OTHER_ID, 3),
    ID("emrn", MRN, 3),
    OTHER("enc", OTHER_ID, 4),
    ID("encounter", OTHER_ID, 3),
    ID("encounters", OTHER_ID, 3),
    ID("epi", MRN, 4),
    OTHER("episode", OTHER_ID, 5),
    MACHINE("error"),
    MACHINE("event"),
    OTHER("exam", OTHER_ID, 5),
    OTHER("ext", PHONE, 3),
    OTHER("extension", PHONE, 3),
    OTHER("face id", BIOMETRIC, 2),
    OTHER("face photo", PHOTO, 2),
    OTHER("faceprint", BIOMETRIC, 2),
    OTHER("facsimile", FAX, 7),
    OTHER("fax", FAX, 7),
    ID("fecha de nacimiento", DATE, 4),
    ID("file no", MRN, 4),
    ID("file number", MRN, 4),
    OTHER("fin", OTHER_ID, 5),
    OTHER("fingerprint", BIOMETRIC, 2),
    OTHER("folio", OTHER_ID, 4),
    OTHER("full face", PHOTO, 2),
    ID("geburtsdatum", DATE, 4),
    OTHER("glucometer", DEVICE, 4),
    OTHER("gmc", LICENSE, 6),
    OTHER("green card", OTHER_ID, 4),
    OTHER("group", HEALTH_PLAN, 4),
    OTHER("gtin", DEVICE, 8),
    OTHER("guarantor", ACCOUNT, 3),
    OTHER("handy", PHONE, 7),
    ID("har", ACCOUNT, 5),
    LONG("hcn", HEALTH_PLAN, 4, 10),
    PUBLIC("hcpcs"),
    OTHER("headshot", PHOTO, 2),
    LONG("health card", HEALTH_PLAN, 4, 10),
    LONG("health insurance", HEALTH_PLAN, 4, 10),
    OTHER("health plan", HEALTH_PLAN, 4),
    LONG("healthcard", HEALTH_PLAN, 4, 10),
    OTHER("hetu", OTHER_ID, 7),
    OTHER("hic", HEALTH_PLAN, 5),
    OTHER("hicn", HEALTH_PLAN, 5),
    ID("historia clinica", MRN, 4),
    OTHER("hkid", OTHER_ID, 4),
    OTHER("hn", MRN, 5),
    ID("hospital id", MRN, 4),
    ID("hospital no", MRN, 4),
    ID("hospital number", MRN, 4),
    CHECKED("iban", ACCOUNT, 6, IBAN),
    OTHER("iccid", DEVICE, 10),
    PUBLIC("icd"),
    OTHER("icn", MRN, 5),
    OTHER("id", OTHER_ID, 6),
    OTHER("id card", OTHER_ID, 4),
    ID("identifier", MRN, 4),
    OTHER("identity card", OTHER_ID, 4),
    PUBLIC("iec"),
    PUBLIC("ieee"),
    LONG("ihi", HEALTH_PLAN, 8, 10),
    CHECKED("imei", DEVICE, 6, IMEI),
    OTHER("imeisv", DEVICE, 6),
    OTHER("implant", DEVICE, 4),
    OTHER("imsi", DEVICE, 8),
    REFERENCE("inc", 4),
    REFERENCE("incident", 4),
    OTHER("insurance", HEALTH_PLAN, 5),
    OTHER("insured", HEALTH_PLAN, 5),
    OTHER("insured id", HEALTH_PLAN, 4),
    REFERENCE("inv", 4),
    REFERENCE("invoice", 4),
    OTHER("ird", OTHER_ID, 7),
    OTHER("iris", BIOMETRIC, 2),
    OTHER("iris scan", BIOMETRIC, 2),
    PUBLIC("isbn"),
    PUBLIC("iso"),
    PUBLIC("issn"),
    MACHINE("issue"),
    MACHINE("issues"),
    LONG("itin", SSN, 4, 9),
    REFERENCE("job", 4),
    MACHINE("kb"),
    OTHER("konto", ACCOUNT, 4),
    OTHER("kvnr", HEALTH_PLAN, 8),
    OTHER("lab no", OTHER_ID, 4),
    OTHER("lab number", OTHER_ID, 4),
    SPEAKS("labs"),
    LONG("last 4", SSN, 4, 9),
    LONG("last four", SSN, 4, 9),
    OTHER("lic", LICENSE, 4),
    OTHER("licence", LICENSE, 4),
    OTHER("licence plate", VEHICLE, 2),
    OTHER("license", LICENSE, 4),
    OTHER("license plate", VEHICLE, 2),
    OTHER("license tag", VEHICLE, 2),
    MACHINE("line"),
    PUBLIC("loinc"),
    OTHER("loop recorder", DEVICE, 3),
    OTHER("lot", DEVICE, 5),
    OTHER("loyalty", OTHER_ID, 6),
    OTHER("lvad", DEVICE, 4),
    OTHER("mac", DEVICE, 6),
    OTHER("mastercard", CARD, 4),
    OTHER("matricule", OTHER_ID, 4),
    OTHER("mbi", HEALTH_PLAN, 4),
    ID("med rec", MRN, 3),
    ID("med record", MRN, 3),
    OTHER("medicaid", HEALTH_PLAN, 5),
    ID("medical id", MRN, 3),
    OTHER("medical licence", LICENSE, 4),
    OTHER("medical license", LICENSE, 4),
    ID("medical rec", MRN, 3),
    ID("medical record", MRN, 3),
    LONG("medicare", HEALTH_PLAN, 5, 10),
    OTHER("meid", DEVICE, 5),
    OTHER("member", HEALTH_PLAN, 4),
    OTHER("membership", HEALTH_PLAN, 4),
    PUBLIC("mesh"),
    OTHER("microchip", DEVICE, 8),
    OTHER("military id", OTHER_ID, 4),
    OTHER("mobil", PHONE, 7),
    OTHER("mobile", PHONE, 7),
    OTHER("model", DEVICE, 6),
    OTHER("monitor", DEVICE, 4),
    ID("mpi", MRN, 4),
    ID("mr", MRN, 4),
    ID("mrn", MRN, 2),
    OTHER("msisdn", PHONE, 7),
    OTHER("mugshot", PHOTO, 2),
    LONG("my number", OTHER_ID, 4, 12),
    OTHER("mykad", OTHER_ID, 7),
    OTHER("national id", OTHER_ID, 4),
    LONG("national insurance", OTHER_ID, 4, 6),
    CHECKED("national provider identifier", LICENSE, 6, NPI),
    PUBLIC("nct"),
    PUBLIC("ndc"),
    OTHER("neurostimulator", DEVICE, 4),
    ID("nhi", MRN, 4),
    NHS("nhs", 4),
    LONG("ni", OTHER_ID, 4, 6),
    OTHER("nie", OTHER_ID, 4),
    OTHER("nif", OTHER_ID, 4),
    OTHER("nin", OTHER_ID, 7),
    LONG("nino", OTHER_ID, 4, 6),
    OTHER("nir", OTHER_ID, 7),
    CHECKED("npi", LICENSE, 6, NPI),
    OTHER("nric", OTHER_ID, 4),
    OTHER("nuip", OTHER_ID, 7),
    OTHER("number plate", VEHICLE, 2),
    LONG("ohip", HEALTH_PLAN, 8, 10),
    OTHER("oib", OTHER_ID, 7),
    PUBLIC("omim"),
    OTHER("operator licence", LICENSE, 4),
    OTHER("operator license", LICENSE, 4),
    OTHER("operator s licence", LICENSE, 4),
    OTHER("operator s license", LICENSE, 4),
    REFERENCE("order", 4),
    OTHER("pacemaker", DEVICE, 4),
    MACHINE("page"),
    OTHER("pager", PHONE, 4),
    OTHER("palm print", BIOMETRIC, 2),
    OTHER("palmprint", BIOMETRIC, 2),
    OTHER("pan", OTHER_ID, 4),
    OTHER("pasaporte", OTHER_ID, 4),
    OTHER("passaporte", OTHER_ID, 4),
    OTHER("passcode", OTHER_ID, 4),
    OTHER("passeport", OTHER_ID, 4),
    OTHER("passport", OTHER_ID, 4),
    OTHER("password", OTHER_ID, 1),
    ID("patient", MRN, 4),
    ID("patient id", MRN, 3),
    OTHER("patient photo", PHOTO, 2),
    ID("patientennummer", MRN, 4),
    ID("patients", MRN, 4),
    OTHER("payer", HEALTH_PLAN, 5),
    OTHER("payor", HEALTH_PLAN, 5),
    OTHER("pcn", HEALTH_PLAN, 3),
    OTHER("personnummer", OTHER_ID, 7),
    OTHER("pesel", OTHER_ID, 7),
    OTHER("ph", PHONE, 7),
    LONG("phn", HEALTH_PLAN, 8, 10),
    OTHER("phone", PHONE, 7),
    OTHER("photo", PHOTO, 4),
    ID("pid", MRN, 4),
    OTHER("pin", OTHER_ID, 4),
    OTHER("plan id", HEALTH_PLAN, 4),
    OTHER("plate", VEHICLE, 2),
    OTHER("plz", GEO, 3),
    PUBLIC("pmc"),
    PUBLIC("pmcid"),
    PUBLIC("pmid"),
    REFERENCE("po", 4),
    OTHER("policy", HEALTH_PLAN, 4),
    MACHINE("port"),
    OTHER("portrait photo", PHOTO, 2),
    OTHER("postal code", GEO, 3),
    OTHER("postcode", GEO, 3),
    OTHER("pps", OTHER_ID, 4),
    OTHER("ppsn", OTHER_ID, 4),
    MACHINE("pr"),
    OTHER("prescription", OTHER_ID, 5),
    OTHER("prior auth", OTHER_ID, 4),
    OTHER("prior authorisation", OTHER_ID, 4),
    OTHER("prior authorization", OTHER_ID, 4),
    OTHER("provider id", LICENSE, 5),
    CHECKED("provider identifier", LICENSE, 6, NPI),
    ID("pt", MRN, 4),
    MACHINE("pull"),
    OTHER("pump", DEVICE, 4),
    REFERENCE("purchase order", 4),
    REFERENCE("receipt", 4),
    OTHER("recipient", HEALTH_PLAN, 6),
    OTHER("record", MRN, 5),
    OTHER("ref", OTHER_ID, 6),
    OTHER("reference", OTHER_ID, 6),
    ID("referral", OTHER_ID, 5),
    OTHER("registration", OTHER_ID, 4),
    OTHER("registration plate", VEHICLE, 2),
    MACHINE("release"),
    REFERENCE("req", 4),
    OTHER("requisition", OTHER_ID, 5),
    OTHER("reservation", OTHER_ID, 5),
    ID("resident id", OTHER_ID, 4),
    OTHER("retina", BIOMETRIC, 2),
    OTHER("retinal scan", BIOMETRIC, 2),
    PUBLIC("rfc"),
    REFERENCE("ritm", 4),
    CHECKED("routing", ACCOUNT, 6, ABA),
    MACHINE("row"),
    CHECKED("rtn", ACCOUNT, 6, ABA),
    OTHER("rut", OTHER_ID, 7),
    OTHER("rx", OTHER_ID, 5),
    OTHER("rx bin", HEALTH_PLAN, 5),
    OTHER("rx group", HEALTH_PLAN, 5),
    OTHER("rxbin", HEALTH_PLAN, 5),
    PUBLIC("rxcui"),
    OTHER("rxgrp", HEALTH_PLAN, 5),
    PUBLIC("rxnorm"),
    OTHER("s n", DEVICE, 4),
    OTHER("sample", OTHER_ID, 4),
    PUBLIC("sct"),
    OTHER("selfie", PHOTO, 2),
    OTHER("sensor", DEVICE, 4),
    OTHER("ser no", DEVICE, 3),
    OTHER("serial", DEVICE, 3),
    OTHER("serial no", DEVICE, 3),
    OTHER("serial number", DEVICE, 2),
    LONG("sin", OTHER_ID, 6, 9),
    MACHINE("sku"),
    MACHINE("slide"),
    OTHER("sn", DEVICE, 4),
    PUBLIC("snomed"),
    LONG("soc sec", SSN, 4, 9),
    LONG("social", SSN, 4, 9),
    LONG("social insurance", OTHER_ID, 6, 9),
    LONG("social security", SSN, 4, 9),
    OTHER("sort code", ACCOUNT, 6),
    OTHER("specimen", OTHER_ID, 4),
    LONG("ss", SSN, 4, 9),
    LONG("ssn", SSN, 4, 9),
    OTHER("staff id", OTHER_ID, 3),
    OTHER("stent", DEVICE, 4),
    LONG("steuer id", OTHER_ID, 7, 11),
    OTHER("student id", OTHER_ID, 3),
    OTHER("student no", OTHER_ID, 3),
    OTHER("study id", OTHER_ID, 3),
    ID("subject", OTHER_ID, 5),
    OTHER("subscriber", HEALTH_PLAN, 4),
    OTHER("svnr", OTHER_ID, 7),
    OTHER("swift", ACCOUNT, 1),
    LONG("tax file", OTHER_ID, 6, 9),
    LONG("tax id", SSN, 4, 9),
    LONG("taxpayer", SSN, 4, 9),
    OTHER("tel", PHONE, 7),
    OTHER("telefax", FAX, 7),
    OTHER("telefon", PHONE, 7),
    OTHER("telefono", PHONE, 7),
    SPEAKS("telehealth"),
    OTHER("telephone", PHONE, 7),
    LONG("tfn", OTHER_ID, 6, 9),
    OTHER("thumbprint", BIOMETRIC, 2),
    REFERENCE("ticket", 4),
    LONG("tin", SSN, 8, 9),
    REFERENCE("tkt", 4),
    OTHER("tracking", OTHER_ID, 8),
    OTHER("transaction", OTHER_ID, 6),
    OTHER("txn", OTHER_ID, 6),
    LONG("uci", OTHER_ID, 7, 11),
    OTHER("udi", DEVICE, 5),
    ID("uhid", MRN, 3),
    OTHER("uid", OTHER_ID, 5),
    PUBLIC("umls"),
    ID("umrn", MRN, 3),
    ID("unit no", MRN, 4),
    ID("unit number", MRN, 4),
    PUBLIC("unspsc"),
    PUBLIC("upc"),
    OTHER("ur", MRN, 5),
    OTHER("urn", MRN, 5),
    OTHER("vehicle", VEHICLE, 4),
    OTHER("vehicle reg", VEHICLE, 2),
    OTHER("vehicle registration", VEHICLE, 2),
    OTHER("ventilator", DEVICE, 4),
    OTHER("versichertennummer", HEALTH_PLAN, 8),
    MACHINE("version"),
    CHECKED("vin", VEHICLE, 1, VIN),
    OTHER("visa", CARD, 4),
    ID("visit", OTHER_ID, 4),
    OTHER("voice print", BIOMETRIC, 2),
    OTHER("voiceprint", BIOMETRIC, 2),
    OTHER("voter id", OTHER_ID, 4),
    OTHER("whatsapp", PHONE, 7),
    REFERENCE("wo", 4),
    REFERENCE("work order", 4),
    OTHER("workers comp", OTHER_ID, 4),
    ID("wristband", OTHER_ID, 4),
    OTHER("xray", OTHER_ID, 6),
    OTHER("zip", GEO, 3),
    OTHER("zip code", GEO, 3),
    OTHER("zipcode", GEO, 3),
};

#define LABELS (sizeof(labels) / sizeof(labels[0]))

/* Of a first letter, and a second one or a blank. */
static size_t pair_of(uint8_t first, uint8_t second)
{
    return (first - 'a') * 27u + (second == ' ' ? 0 : second - 'a' + 1u);
}

void labels_index(uint16_t index[LABEL_PAIRS + 1])
{
    size_t l = 0;

    _Static_assert(LABELS <= UINT16_MAX, "an index is of 16 bits");
    for (size_t pair = 0; pair < LABEL_PAIRS; pair++) {
        index[pair] = (uint16_t)l;
        while (l < LABELS &&
               pair_of((uint8_t)labels[l].word[0], (uint8_t)labels[l].word[1]) == pair)
            l++;
    }
    assert(l == LABELS);
    index[LABEL_PAIRS] = (uint16_t)l;
}

static bool label_gap(uint8_t c)
{
    return c == ' ' || c == '-' || c == '_' || c == '.' || c == '/' || c == '\'';
}

/* End of the label word at i, or 0. What is behind the text is zero, and fits none. */
static size_t label_end(const struct view *view, size_t i, const char *word)
{
    const uint8_t *lower = view->lower;

    view_step(view, 1);
    for (; *word; word++) {
        if (*word == ' ') {
            i += label_gap(lower[i]);
            i += lower[i] == ' '; /* "soc. sec." */
            continue;
        }
        if (lower[i] != (uint8_t)*word)
            return 0;
        i++;
    }
    /* "mrn12345" and "PatientId" end a word where letters end or a capital begins. */
    uint8_t c = lower[i];
    return !is_letter(c) || (view->at[i] != c && view->at[i - 1] == lower[i - 1]) ? i : 0;
}

/* The longest of those of a pair, or best. */
static const struct label *longest_of(const struct view *view, size_t i, size_t pair,
                                      const struct label *best, size_t *ret_end)
{
    const uint16_t *index = &view->redactor->label_index[pair];

    for (size_t l = index[0]; l < index[1]; l++) {
        const char *word = labels[l].word;

        if (word[2] > ' ' && view->lower[i + 2] != (uint8_t)word[2])
            continue;
        size_t end = label_end(view, i, word);
        if (end && (!best || end > *ret_end)) {
            best = &labels[l];
            *ret_end = end;
        }
    }
    return best;
}

const struct label *label_at(const struct view *view, size_t i, size_t *ret_end)
{
    uint8_t first = view_at(view, i);
    uint8_t second = view_at(view, i + 1);

    if (first < 'a' || first > 'z')
        return NULL;
    const struct label *best = longest_of(view, i, pair_of(first, ' '), NULL, ret_end);
    if (second < 'a' || second > 'z')
        return best;
    return longest_of(view, i, pair_of(first, second), best, ret_end);
}
