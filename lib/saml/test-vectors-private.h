#pragma once

/* What the sources of the attacks share. */

#include "saml/test-idp.h"
#include "saml/test-vectors.h"

#define XML_MAX ((size_t)2 * 1024 * 1024)
#define SP "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\""
#define DS "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\""
#define EVIL "admin@example.org"

/* How an answer is signed before it is spoilt. */
struct vector_form {
    const char *name;
    bool default_ns;
    bool assertion;
    bool response;
    const char *encrypt;
};

struct idp_answer vector_answer(const struct vector_form *form);

/* One more attack. */
void vector_keep(const char *name, const char *form, enum vector_kind kind,
                 enum saml_refusal wanted, const struct buffer *xml);

/* Appends xml with the first `from` (NULL: the beginning) as `to`; nothing where there is none. */
void vector_replace(const struct buffer *xml, const char *from, const char *to, struct buffer *out);

/* Every wrapping of a signed assertion. */
void vectors_wrap(const struct vector_form *form);

void vectors_metadata(void);
