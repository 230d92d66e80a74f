#pragma once

/*
 * The way of one browser to the identity provider and back
 *
 *     start    a random flow goes to the browser as a cookie with a tag; the request's id is
 * derived from it, so that nothing is kept here and nobody can fill anything answer   the cookie
 * that comes along says which request this browser was sent with; request and assertion are used
 * once, in the transaction that begins the session
 */

#include "saml/refusals.h"
#include "saml/saml.h"
#include "server/serve/api/call.h"
#include "store/records/saml.h"

#define FLOW_COOKIE "__Host-ward-saml"
#define FLOW_MS ((int64_t)10 * 60 * 1000)
#define FLOW_ID_SIZE 42 /* "_", 40 hex digits, NUL */

struct flow {
    int64_t begun_at;
    uint32_t tester; /* the user who tries it out; 0: a sign-in */
    char id[FLOW_ID_SIZE];
};

/* A new one, as the value of a cookie. */
RESULT flow_begin(struct api_call *call, uint32_t tester, struct flow *ret_flow);

enum {
    FLOW_ABSENT = 1, /* no cookie, not of ours, or older than FLOW_MS */
};

/* The flow of the browser that asks. Outcome: FLOW_ABSENT. */
RESULT flow_find(struct api_call *call, struct flow *ret_flow);

/* The cookie is of no more use. */
RESULT flow_end(struct api_call *call);

/* Where Ward is for its people, and from that our names to the provider. */
struct flow_self {
    struct text address;
    struct text entity_id;
    struct text acs_url;
};
RESULT flow_self(struct api_call *call, struct flow_self *ret_self);

/* Where to send the browser. */
RESULT flow_location(struct api_call *call, const struct records_saml *provider,
                     const struct flow *flow, struct text *ret_url);

/* Certificates of the row, as saml_expected has them; views into the row. */
RESULT flow_certificates(struct bytes packed, struct bytes certificates[SAML_CERTIFICATES_MAX],
                         size_t *ret_count);

/* Answers with a redirect within Ward. */
RESULT flow_go(struct api_call *call, const char *path);

/* May a class be given by an identity provider? None that changes what others see or do. */
bool flow_class_may_be_given(struct text class);
