#include "saml/refusals.h"

#include <stddef.h>

#define ROW(name, word, sentence) [SAML_##name] = {word, sentence},

static const struct {
    const char *word;
    const char *sentence;
} rows[SAML_REFUSAL_END] = {SAML_REFUSALS(ROW, ROW)};

const char *saml_refusal_word(int refusal)
{
    return refusal > SAML_FINE && refusal < SAML_REFUSAL_END ? rows[refusal].word : "unknown";
}

const char *saml_refusal_sentence(int refusal)
{
    return refusal > SAML_FINE && refusal < SAML_REFUSAL_END ? rows[refusal].sentence
                                                             : "The reason is not known.";
}
