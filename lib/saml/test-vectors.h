#pragma once

/*
 * Attacks: answers and metadata that have to be refused. The numbers in names are those of the list
 * in docs/operations/sso.md.
 */

#include "base/buffer.h"
#include "base/bytes.h"
#include "saml/refusals.h"

enum vector_kind { VECTOR_RESPONSE, VECTOR_METADATA };

struct vector {
    const char *name;
    const char *form; /* how the answer was signed before it was spoilt */
    enum vector_kind kind;
    enum saml_refusal wanted; /* SAML_FINE: any refusal will do */
    struct bytes xml;
};

/* All of them, made by the keys of test-idp.h; *ret_count of them. */
const struct vector *vectors_make(size_t *ret_count);
void vectors_free(void);

/* How each ends: 0 or a refusal. */
int vector_try(const struct vector *vector);

/* Metadata of the provider of test-idp.h; what is NULL is right. */
struct vector_metadata {
    const char *root;
    const char *attributes;
    const char *key_use;
    const char *certificate; /* base64 */
    bool expired;
    const char *binding;
    const char *location;
    const char *protocol;
    const char *extra; /* before the end of the root */
};
void vector_metadata_make(const struct vector_metadata *wanted, struct buffer *ret_xml);
