#include "server-private.h"

/*
 * The policy of the dashboard: everything from us, nothing inline, never framed. A web build that
 * needs a Trusted Types policy names it in TRUSTED_TYPES.
 */
#define TRUSTED_TYPES "'none'"

static const char content_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types " TRUSTED_TYPES;

static const struct {
    const char *name;
    const char *value;
} rows[] = {
    {"Content-Security-Policy", content_policy},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), "
                           "gyroscope=(), microphone=(), midi=(), payment=(), usb=()"},
};

static const char *const caches[] = {
    [REPLY_NO_STORE] = "no-store",
    /* Files of ours that change with a release and hold nobody's data. */
    [REPLY_REVALIDATE] = "no-cache",
    [REPLY_IMMUTABLE] = "public, max-age=31536000, immutable",
};

bool headers_add_security(struct MHD_Response *response, bool tls, enum reply_cache cache)
{
    bool good = MHD_add_response_header(response, "Cache-Control", caches[cache]) == MHD_YES;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        good = good && MHD_add_response_header(response, rows[i].name, rows[i].value) == MHD_YES;
    if (tls)
        good = good && MHD_add_response_header(response, "Strict-Transport-Security",
                                               "max-age=31536000") == MHD_YES;
    return good;
}
