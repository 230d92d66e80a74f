/* The contract of patient.h, and that what it makes is what redaction is there for. */

#include "server/serve/trial/patient.h"

#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"
#include "redact/redact.h"
#include "tap.h"

static struct arena *arena;

static struct patient patient_of(uint8_t seed)
{
    uint8_t chance[PATIENT_CHANCE_SIZE] = {seed, (uint8_t)(seed * 7), 3};
    struct patient patient = {0};

    CHECK(patient_invent(chance, arena, &patient) == 0);
    return patient;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void a_patient_cannot_be_anybodys(void)
{
    for (unsigned seed = 0; seed < 256; seed++) {
        struct patient patient = patient_of((uint8_t)seed);

        /* Never issued: SSA gives no area from 900, the IRS no ITIN with a middle below 50. */
        CHECK(patient.ssn.len == 11 && patient.ssn.at[0] == '9');
        CHECK(patient.ssn.at[4] >= '1' && patient.ssn.at[4] < '5');
        CHECK(patient.phone.len == 14 && memcmp(patient.phone.at + 6, "555-01", 6) == 0);
        CHECK(patient.birth_date.len == 10 && patient.mrn.len == 8);
        arena_reset(arena);
    }
}

static void patients_differ(void)
{
    struct patient one = patient_of(1);
    struct patient other = patient_of(2);

    CHECK(!text_equal(one.mrn, other.mrn) && !text_equal(one.ssn, other.ssn));
}

static void every_part_is_looked_for_and_numbers_also_bare(void)
{
    struct patient patient = patient_of(3);
    struct needles needles = {0};
    struct needles_sweep sweep = {0};
    struct text title;

    CHECK(patient_needles(&patient, &needles) == 0 && needles.count == 10);
    CHECK(patient_title(&patient, arena, &title) == 0);
    needles_look(&needles, bytes_of_text(title), &sweep);
    CHECK(sweep.found == 7);
    char bare[9];
    size_t len = 0;
    for (size_t i = 0; i < patient.ssn.len; i++)
        if (is_digit(patient.ssn.at[i]))
            bare[len++] = patient.ssn.at[i];
    sweep.found = 0;
    needles_look(&needles, (struct bytes){(const uint8_t *)bare, len}, &sweep);
    CHECK(len == 9 && sweep.found == 1);
    struct text iso = arena_print(arena, "%.4s-%.2s-%.2s", patient.birth_date.at + 6,
                                  patient.birth_date.at, patient.birth_date.at + 3);
    sweep.found = 0;
    needles_look(&needles, bytes_of_text(iso), &sweep);
    CHECK(sweep.found == 1);
}

static void parts_that_mean_nothing_alone_are_refused(void)
{
    struct patient patient = patient_of(4);
    struct needles needles = {0};

    patient.last_name = text_of("Li");
    CHECK(patient_needles(&patient, &needles) == NEEDLES_SHORT);
}

/* A trial proves something only if the title is removed to the last part: also where what is
 * not known to be safe stays. */
static void nothing_of_a_title_is_left_by_redaction(void)
{
    static const enum redact_profile profiles[] = {REDACT_STRICT, REDACT_BALANCED};

    for (size_t i = 0; i < 2; i++) {
        CLEANUP(redactor_free) struct redactor *redactor = NULL;

        CHECK(redactor_new(&redactor, &(struct redactor_options){.profile = profiles[i]}, NULL) ==
              0);
        for (unsigned seed = 0; seed < 200; seed++) {
            struct patient patient = patient_of((uint8_t)seed);
            struct needles needles = {0};
            struct needles_sweep sweep = {0};
            struct redaction redaction;
            struct text title;
            char raw[REDACT_TEXT_MAX];

            CHECK(patient_title(&patient, arena, &title) == 0);
            CHECK(patient_needles(&patient, &needles) == 0);
            memcpy(raw, title.at, title.len);
            CHECK(redact(redactor, (struct raw_text){.at = raw, .len = title.len}, arena,
                         &redaction) == 0);
            needles_look(&needles, bytes_of_text(clean_text_view(redaction.clean)), &sweep);
            CHECK(sweep.found == 0);
            bool kinds[REDACT_KINDS];
            CHECK(patient_kinds(redactor, title, arena, kinds) == 0);
            CHECK(kinds[REDACT_NAME] && kinds[REDACT_MRN] && !kinds[REDACT_UNKNOWN]);
            CHECK(!kinds[REDACT_EMAIL] && !kinds[REDACT_IP]);
            arena_reset(arena);
        }
    }
}

int main(void)
{
    CHECK(arena_new(&arena, 1 << 22) == 0);
    RUN(a_patient_cannot_be_anybodys);
    RUN(patients_differ);
    RUN(every_part_is_looked_for_and_numbers_also_bare);
    RUN(parts_that_mean_nothing_alone_are_refused);
    RUN(nothing_of_a_title_is_left_by_redaction);
    arena = arena_free(arena);
    return tap_done();
}
