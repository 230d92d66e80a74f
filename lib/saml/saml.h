#pragma once

/*
 * SAML 2.0 (OASIS, Web Browser SSO profile), the service provider's side
 *
 *     administrator   metadata of the identity provider ──▶ saml_provider_read() ──▶ settings
 *     browser         «sign in» ──▶ saml_request_url() ──▶ 303 to the provider, which asks who it
 * is browser         POST of the provider's answer ──▶ saml_response_read() ──▶ struct saml_claims
 *
 * The rule above all others: whatever is read was signed. A signature is checked with the keys that
 * an administrator pinned, over canonical bytes; these bytes are then parsed as a document of their
 * own, and only that document is read. What the first parser saw around them cannot be reached.
 *
 * Pure: no clock, no files, no network. Not for threads to share.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "saml/refusals.h"

#define SAML_MESSAGE_MAX ((size_t)256 * 1024)    /* bytes of XML */
#define SAML_ARENA_MAX ((size_t)4 * 1024 * 1024) /* what one message needs at most */
#define SAML_TEXT_MAX ((size_t)1024)             /* bytes of one value */
#define SAML_URL_MAX ((size_t)1024)
#define SAML_CERTIFICATES_MAX ((size_t)4) /* two, while a provider changes its key; and room */
#define SAML_CERTIFICATE_MAX ((size_t)8192)
#define SAML_ATTRIBUTES_MAX ((size_t)64)
#define SAML_VALUES_MAX ((size_t)512) /* of all attributes: groups can be many */
#define SAML_SKEW_MS ((int64_t)90 * 1000)

/* Once, before any other function here and before a sandbox is entered. */
RESULT saml_begin(void);

/* ---- the identity provider ---- */

struct saml_provider {
    struct text entity_id;
    struct text sign_in_url; /* HTTP-Redirect binding, https */
    int64_t valid_until;     /* of the metadata; 0: it does not say */
    bool wants_signed;       /* WantAuthnRequestsSigned: said to the administrator, always done */
    size_t certificate_count;
    struct bytes certificates[SAML_CERTIFICATES_MAX]; /* DER, for signing */
};

/*
 * Reads metadata; texts live in arena. Nothing is taken on trust: whoever calls shows it to an
 * administrator. Outcomes: enum saml_refusal.
 */
RESULT saml_provider_read(struct bytes metadata, int64_t now, struct arena *arena,
                          struct saml_provider *ret_provider);

/* ---- the answer ---- */

/* What an answer has to be for. */
struct saml_expected {
    struct text entity_id;   /* ours: the audience */
    struct text acs_url;     /* ours: recipient and destination */
    struct text provider;    /* the issuer's entity id */
    struct text in_reply_to; /* the request's id; empty: unsolicited answers are let in */
    size_t certificate_count;
    struct bytes certificates[SAML_CERTIFICATES_MAX]; /* pinned; KeyInfo is never looked at */
    struct bytes decryption_key;                      /* RSA, PKCS#8 DER */
    int64_t now;
};

struct saml_attribute {
    struct text name;
    size_t value_count;
    const struct text *values;
};

struct saml_claims {
    struct text assertion_id;
    struct text issuer;
    struct text name_id;
    struct text name_format; /* empty: not said */
    struct text session_index;
    struct text context; /* AuthnContextClassRef: how the provider asked who it is */
    struct text in_reply_to;
    int64_t authenticated_at;
    int64_t valid_until;   /* after this moment (skew included) it would be refused: replays too */
    int64_t session_until; /* SessionNotOnOrAfter; 0: not said */
    bool encrypted;
    size_t attribute_count;
    const struct saml_attribute *attributes;
};

/* Reads an answer (XML, base64 undone). Outcomes: enum saml_refusal; on any, nothing is told. */
RESULT saml_response_read(struct bytes xml, const struct saml_expected *expected,
                          struct arena *arena, struct saml_claims *ret_claims);

/* The values of an attribute by its exact name; NULL: absent. */
const struct saml_attribute *saml_claims_find(const struct saml_claims *claims, struct text name);

/* ---- what we say ---- */

struct saml_request {
    struct text id; /* "_" and hex digits */
    int64_t now;
    struct text entity_id;
    struct text acs_url;
    struct text sign_in_url;
    struct text relay; /* opaque; empty: none */
    bool ask_again;    /* ForceAuthn */
};

/* The query that is signed (HTTP-Redirect binding, RSA-SHA256): SAMLRequest, RelayState, SigAlg. */
RESULT saml_request_query(const struct saml_request *request, struct buffer *ret_query);

/* sign_in_url, query and its signature as one location. */
RESULT saml_request_url(struct text sign_in_url, struct bytes query, struct bytes signature,
                        struct buffer *ret_url);

/* Our own metadata, for the provider's administrator. */
struct saml_self {
    struct text entity_id;
    struct text acs_url;
    struct bytes signing_certificate;
    struct bytes encryption_certificate;
};
RESULT saml_self_print(const struct saml_self *self, struct buffer *ret_xml);
