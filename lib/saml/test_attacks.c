/* Every attack is refused, and for the reason that it should be refused for. */

#include <stdio.h>

#include "saml/test-idp.h"
#include "saml/test-vectors.h"
#include "tap.h"

static const struct vector *vectors;
static size_t count;

static void there_are_at_least_three_hundred(void)
{
    (void)printf("# %zu attacks\n", count);
    CHECK(count >= 300);
}

static void each_is_refused_for_its_own_reason(void)
{
    size_t bad = 0;

    for (size_t i = 0; i < count; i++) {
        int r = vector_try(&vectors[i]);

        if (r > 0 && (vectors[i].wanted == SAML_FINE || r == (int)vectors[i].wanted))
            continue;
        (void)printf("# %s (%s): %s, not %s\n", vectors[i].name, vectors[i].form,
                     r ? saml_refusal_word(r) : "let in",
                     saml_refusal_word((int)vectors[i].wanted));
        bad++;
    }
    CHECK(bad == 0);
}

static void every_reason_has_words(void)
{
    for (int i = SAML_FINE + 1; i < SAML_REFUSAL_END; i++) {
        CHECK(saml_refusal_word(i)[0]);
        CHECK(saml_refusal_sentence(i)[0]);
    }
    CHECK(saml_refusal_word(SAML_REFUSAL_END)[0]);
    CHECK(saml_refusal_sentence(-1)[0]);
}

int main(void)
{
    idp_begin();
    vectors = vectors_make(&count);
    RUN(there_are_at_least_three_hundred);
    RUN(each_is_refused_for_its_own_reason);
    RUN(every_reason_has_words);
    vectors_free();
    idp_end();
    return tap_done();
}
