#pragma once

/*
 * An identity provider for tests: makes answers as real ones do and signs them with keys of its
 * own, or makes them wrong in one stated way and signs that.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "saml/saml.h"

#define IDP_ENTITY "https://idp.example.org/metadata"
#define IDP_ACS "https://ward.example.org:8443/api/v1/session/saml"
#define IDP_AUDIENCE "https://ward.example.org:8443/api/v1/session/saml/metadata"
#define IDP_REQUEST "_6b1f0d6c3f0a4f0e9c2d5a7b8c9d0e1f"
#define IDP_NOW INT64_C(1795795200000) /* 2026-11-27T16:00:00Z */
#define IDP_NAME "alice@example.org"

#define DSIG_MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define XENC_11 "http://www.w3.org/2009/xmlenc11#"
#define XENC "http://www.w3.org/2001/04/xmlenc#"
#define BEARER "urn:oasis:names:tc:SAML:2.0:cm:bearer"
#define ASSERTION_NS "urn:oasis:names:tc:SAML:2.0:assertion"

enum idp_key { IDP_KEY_RSA, IDP_KEY_EC, IDP_KEY_STRANGER, IDP_KEY_HMAC };

/* Everything that an answer says; idp_usual() is right in all of it. Texts are raw XML. */
struct idp_answer {
    const char *whole; /* instead of all below but encrypt and keys: XML with empty signatures */
    bool default_ns;   /* no prefixes, as Entra has it */
    bool sign_assertion;
    bool sign_response;
    const char *encrypt; /* algorithm; NULL: not */
    const char *transport;
    bool key_beside; /* EncryptedKey beside EncryptedData */
    enum idp_key key;
    /* signatures */
    const char *c14n;
    const char *method;
    const char *digest;
    const char *transforms; /* NULL: the usual two */
    const char *uri;        /* NULL: "#ID" */
    const char *key_info;
    const char *in_signature;
    const char *in_info;
    /* Response */
    const char *root; /* local name */
    const char *response_id;
    const char *response_version;
    const char *response_issued;
    const char *response_issuer; /* NULL: none */
    const char *destination;     /* NULL: none */
    const char *response_reply;  /* NULL: none */
    const char *status;
    const char *in_response;
    const char *response_attributes;
    /* Assertion */
    const char *assertion_id;
    const char *version;
    const char *issued;
    const char *issuer;
    const char *name_id;      /* inside NameID */
    const char *subject;      /* instead of all of Subject */
    const char *confirmation; /* instead of SubjectConfirmation */
    const char *method_of_confirmation;
    const char *recipient;
    const char *reply; /* NULL: none */
    const char *confirmed_until;
    const char *confirmed_from;
    const char *conditions; /* instead of Conditions */
    const char *from;
    const char *until;
    const char *in_conditions; /* AudienceRestriction */
    const char *statement;     /* instead of AuthnStatement */
    const char *authenticated;
    const char *session_until;
    const char *attributes; /* inside AttributeStatement */
    const char *in_assertion;
    const char *assertion_attributes;
};

/* Makes the keys; once. */
void idp_begin(void);
void idp_end(void);

struct idp_answer idp_usual(void);

/* The answer as bytes of XML, with a closing NUL that len does not count. False: what it says has
 * no canonical form, so that a signature was left empty. */
bool idp_make(const struct idp_answer *answer, struct buffer *ret_xml);

/* What a service provider that knows this one expects at IDP_NOW. */
struct saml_expected idp_expected(void);

struct bytes idp_certificate(enum idp_key key);
