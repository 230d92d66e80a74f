#pragma once

/* What the sources of this module share. */

#include <libxml/tree.h>

#include "saml/guard.h"
#include "saml/saml.h"
#include "saml/xml.h"

/* "2026-11-27T16:40:00.123Z" and its kin (UTC only: SAML core §1.3.3). Outcome: SAML_TIME. */
RESULT moment_read(struct text text, int64_t *ret_at);

/* A moment of an attribute; absent: 0. Outcome: SAML_TIME. */
RESULT moment_attribute(const xmlNode *node, const char *name, struct arena *arena,
                        int64_t *ret_at);

/* Not empty, no control characters. */
bool plain(struct text text);

/* https, a host, and nothing that a header or a page could trip over. */
bool url_is_plain(struct text url);

/*
 * The signature that is a child of parent, over parent: checks its form and that it holds under one
 * of the keys; gives what it covers (parent without that signature) as a tree made of the verified
 * bytes alone. Outcomes: enum saml_refusal.
 */
RESULT signature_read(xmlNode *parent, const struct saml_expected *expected, struct arena *arena,
                      xmlDoc **ret_verified);

/* What an EncryptedAssertion holds, as a tree of its own. Outcomes: enum saml_refusal. */
RESULT encrypted_read(xmlNode *encrypted, const struct saml_expected *expected, struct arena *arena,
                      xmlDoc **ret_plain);

/* What an Assertion says, from a tree that was signed. Outcomes: enum saml_refusal. */
RESULT assertion_read(const xmlNode *assertion, const struct saml_expected *expected,
                      struct arena *arena, struct saml_claims *ret_claims);

/* Issuer as a child, which has to be the provider; absent is fine where it may be. */
RESULT issuer_check(const xmlNode *node, bool needed, const struct saml_expected *expected,
                    struct arena *arena);
