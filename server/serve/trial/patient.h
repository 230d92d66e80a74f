#pragma once

/*
 * An invented patient, for trying to leak one: made so that it cannot be anybody's. Pure: chance is
 * a parameter.
 *
 * The number in the form of an SSN has an area that was never issued to anybody, nor as an ITIN
 * (9xx with a middle below 50); the telephone number is of the range kept for fiction (555-01xx).
 * Names are put together from pieces; that they are in no data yet is for the caller to see.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/needles.h"
#include "base/result.h"
#include "redact/redact.h"

#define PATIENT_CHANCE_SIZE 16

struct patient {
    struct text last_name;
    struct text first_name;
    struct text mrn;
    struct text birth_date; /* 04/17/1961 */
    struct text ssn;        /* 912-34-5678 */
    struct text phone;      /* (312) 555-0142 */
    struct text street;
};

/* Texts are in the arena. ERR_MEMORY. */
RESULT patient_invent(const uint8_t chance[PATIENT_CHANCE_SIZE], struct arena *arena,
                      struct patient *ret_patient);

/* The title of a window in which an application shows that patient. ERR_MEMORY. */
RESULT patient_title(const struct patient *patient, struct arena *arena, struct text *ret_title);

/* Which kinds a title holds, as a redactor judges it; what is only not known to be safe is none.
 * Outcomes of redact(). */
RESULT patient_kinds(const struct redactor *redactor, struct text title, struct arena *arena,
                     bool ret_kinds[REDACT_KINDS]);

/* What nothing of may be found afterwards: each part, and numbers also without what separates them.
 * Outcomes: NEEDLES_SHORT, NEEDLES_FULL: a part is too short or too long to be looked for. */
RESULT patient_needles(const struct patient *patient, struct needles *needles);
