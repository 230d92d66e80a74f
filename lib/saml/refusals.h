#pragma once

/*
 * Why a message is refused: a closed list
 *
 * The word goes to the audit log and to the administrator with the sentence; whoever sent the
 * message is told neither. Each row is one guard with that number: test_guards.c switches each off
 * and shows that an attack then passes. NEED: without it nothing can go on, so it has no switch.
 */

/* clang-format off */
#define SAML_REFUSALS(GUARD, NEED) \
    /* the document */ \
    NEED(LARGE, "large", "The message is larger than 256 KB.") \
    NEED(ENCODING, "encoding", "The message is not UTF-8, or says that it is written in something else.") \
    GUARD(DECLARATION, "declaration", "The message has a DOCTYPE, an entity, a comment or a CDATA section; SAML needs none.") \
    GUARD(INSTRUCTION, "instruction", "The message has an XML processing instruction; SAML needs none.") \
    NEED(NOT_XML, "not-xml", "The message is not well-formed XML.") \
    GUARD(DEPTH, "depth", "Elements are nested more than 32 deep, or there are more than 8,192.") \
    GUARD(NAMESPACE, "namespace", "A namespace is missing, relative or bound to a reserved prefix.") \
    GUARD(DECOY, "decoy", "An element is named like one of SAML's or of XML Signature's but is of another namespace.") \
    GUARD(ATTRIBUTE_FOREIGN, "attribute-foreign", "An element of SAML carries an attribute of another namespace.") \
    GUARD(ID_SPELLING, "id-spelling", "An ID is spelt in another way than SAML does, or is not a plain name.") \
    GUARD(ID_TWICE, "id-twice", "Two elements have the same ID, or there are more than 64.") \
    /* the shape of an answer */ \
    GUARD(NOT_RESPONSE, "not-response", "The message is not a SAML Response.") \
    GUARD(VERSION, "version", "The message is not of SAML version 2.0.") \
    GUARD(PARTS, "parts", "The answer holds an element that Ward does not take, such as Extensions or Advice.") \
    GUARD(VALUE, "value", "A value holds more than text.") \
    GUARD(ASSERTIONS, "assertions", "There is not exactly one assertion where it belongs.") \
    GUARD(STATUS, "status", "The identity provider answered that the sign-in did not succeed.") \
    /* signatures */ \
    GUARD(SIGNATURE_ABSENT, "signature-absent", "Neither the answer nor its assertion is signed.") \
    GUARD(SIGNATURE_PLACE, "signature-place", "A signature stands where none belongs.") \
    GUARD(SIGNATURE_PARTS, "signature-parts", "A signature does not have exactly the parts that SAML allows.") \
    GUARD(REFERENCE, "reference", "A signature is not over the element that it stands in.") \
    GUARD(TRANSFORMS, "transforms", "A signature changes what it covers: only enveloped-signature and exclusive canonicalisation are taken.") \
    GUARD(ALGORITHM, "algorithm", "A signature or digest algorithm is not allowed: RSA or ECDSA with SHA-256 or better.") \
    GUARD(SIGNATURE_WRONG, "signature-wrong", "A signature does not hold under any key pinned for this identity provider. Has it changed its certificate?") \
    NEED(CANONICAL, "canonical", "What is signed has no canonical form.") \
    /* encryption */ \
    NEED(ENCRYPTED_PARTS, "encrypted-parts", "The encrypted assertion does not have exactly one key and one content.") \
    GUARD(ENCRYPTED_ALGORITHM, "encrypted-algorithm", "The encryption is not allowed: AES-GCM or AES-CBC with RSA-OAEP.") \
    NEED(ENCRYPTED_WRONG, "encrypted-wrong", "The assertion cannot be decrypted. Does the provider have Ward's newest certificate?") \
    GUARD(ENCRYPTED_UNSIGNED, "encrypted-unsigned", "The encrypted assertion is not signed itself; a signature around it says nothing about its content.") \
    /* for whom, by whom, when */ \
    GUARD(ISSUER, "issuer", "The answer or its assertion is of another issuer than this identity provider.") \
    GUARD(DESTINATION, "destination", "The answer was made for another address than Ward's.") \
    GUARD(IN_RESPONSE_TO, "in-response-to", "The answer is not to the request that this browser was sent with.") \
    GUARD(ISSUED, "issued", "The answer says that it was made in the future, or long ago. Compare the clocks.") \
    GUARD(SUBJECT, "subject", "The assertion does not name exactly one subject in plain text.") \
    GUARD(CONFIRMATION, "confirmation", "The subject is not confirmed as bearer exactly once.") \
    GUARD(RECIPIENT, "recipient", "The assertion was made for another recipient than Ward.") \
    GUARD(CONFIRMATION_TIME, "confirmation-time", "The confirmation has no end, has ended, or says that it begins later.") \
    GUARD(CONDITIONS, "conditions", "The assertion does not have exactly one set of conditions, or has one that Ward does not know.") \
    GUARD(NOT_YET, "not-yet", "The assertion begins later. Compare the clocks.") \
    GUARD(EXPIRED, "expired", "The assertion has ended. Compare the clocks.") \
    GUARD(AUDIENCE, "audience", "The assertion is for another audience than Ward, or for none.") \
    GUARD(STATEMENT, "statement", "The assertion does not say exactly once how and when the person signed in.") \
    GUARD(SESSION_OVER, "session-over", "The session at the identity provider has ended.") \
    GUARD(TIME, "time", "A moment is not in the form that SAML has.") \
    GUARD(MANY, "many", "There are more attributes or values than Ward takes, or longer ones.") \
    GUARD(CONTROL, "control", "A name, an id or a value is empty where it may not be, or holds control characters.") \
    /* metadata */ \
    GUARD(META_KIND, "metadata-kind", "This is not metadata of one identity provider (EntityDescriptor).") \
    GUARD(META_ROLE, "metadata-role", "The metadata does not describe exactly one SAML 2.0 identity provider.") \
    GUARD(META_LOCATION, "metadata-location", "The metadata names no HTTP-Redirect address to sign in at.") \
    GUARD(META_INSECURE, "metadata-insecure", "An address is not https, or holds what none may.") \
    GUARD(META_KEYS, "metadata-keys", "The metadata holds no signing certificate, more than four, or one that is damaged.") \
    GUARD(META_WEAK, "metadata-weak", "A signing certificate is too weak: RSA of 2,048 to 8,192 bits, or P-256, P-384, P-521.") \
    GUARD(META_OVER, "metadata-over", "The metadata has ended (validUntil). Download it again.") \
    GUARD(META_CERTIFICATE_OVER, "metadata-certificate-over", "No signing certificate is valid today. Has the provider a newer one?")
/* clang-format on */

#define SAML_REFUSAL_NAME(name, word, sentence) SAML_##name,

enum saml_refusal {
    SAML_FINE = 0,
    SAML_REFUSALS(SAML_REFUSAL_NAME, SAML_REFUSAL_NAME) SAML_REFUSAL_END,
};

#undef SAML_REFUSAL_NAME

/* "audience"; "unknown" for what is no refusal. */
const char *saml_refusal_word(int refusal);

/* A sentence for the administrator. */
const char *saml_refusal_sentence(int refusal);
