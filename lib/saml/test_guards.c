/*
 * No guard is there for show: with each switched off, at least one attack is let in. The sources
 * are built again for this program with SAML_GUARDS_SWITCHABLE; what Ward runs has no such switch.
 */

#include <stdio.h>

#include "saml/guard.h"
#include "saml/test-idp.h"
#include "saml/test-vectors.h"
#include "tap.h"

enum saml_refusal saml_guard_off = SAML_FINE;

static const struct vector *vectors;
static size_t count;

#define SWITCH(name, word, sentence) SAML_##name,
#define NONE(name, word, sentence)

static const enum saml_refusal guards[] = {SAML_REFUSALS(SWITCH, NONE)};

static void with_all_on_nothing_is_let_in(void)
{
    for (size_t i = 0; i < count; i++)
        CHECK(vector_try(&vectors[i]) > 0);
}

/* How many it alone keeps out of those for which this refusal is wanted. */
static size_t let_in(enum saml_refusal off, enum saml_refusal wanted)
{
    size_t passed = 0;

    saml_guard_off = off;
    for (size_t i = 0; i < count; i++)
        passed += vectors[i].wanted == wanted && vector_try(&vectors[i]) == 0;
    saml_guard_off = SAML_FINE;
    return passed;
}

static void each_guard_alone_stops_an_attack(void)
{
    size_t idle = 0;

    for (size_t i = 0; i < sizeof guards / sizeof *guards; i++) {
        size_t passed = let_in(guards[i], guards[i]);

        if (!passed)
            passed = let_in(guards[i], SAML_FINE);
        (void)printf("# guard %2d %-26s off: %zu let in\n", (int)guards[i],
                     saml_refusal_word((int)guards[i]), passed);
        idle += passed == 0;
    }
    CHECK(idle == 0);
}

int main(void)
{
    idp_begin();
    vectors = vectors_make(&count);
    RUN(with_all_on_nothing_is_let_in);
    RUN(each_guard_alone_stops_an_attack);
    vectors_free();
    idp_end();
    return tap_done();
}
