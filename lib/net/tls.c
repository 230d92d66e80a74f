#include "server-private.h"

#include <gnutls/x509.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/*
 * TLS identities
 *
 * Every session is given credentials of ours before its handshake, so that an identity can be
 * replaced while connections of the older one live on, and the one to serve is chosen by the name
 * asked for. Session tickets are not offered: a resumed session would skip the check of the
 * certificate, which may have expired since.
 */

/* AEAD with forward secrecy only. Not SECURE256: it refuses P-256, which our CA uses. */
const char tls_priorities[] =
    "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:"
    "+AES-128-GCM:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:%SERVER_PRECEDENCE";

enum { REFUSED_READS_MAX = 8 };

/* Shared by sessions; never changed once made. */
struct tls {
    atomic_uint references;
    gnutls_certificate_credentials_t own;
    gnutls_certificate_credentials_t other; /* NULL: own is served to all */
    struct buffer own_chain;                /* kept for tls_new_other() */
    struct buffer own_key;
    struct buffer client_ca;
};

/*
 * Tells the client why, which MHD would not. What it has sent meanwhile (in TLS 1.3 a whole
 * request) is read past: closing a socket with bytes unread resets the connection, and the client
 * would lose the alert.
 */
static int refuse(gnutls_session_t session, gnutls_alert_description_t why)
{
    const struct connection *connection = gnutls_session_get_ptr(session);
    char at[4096];

    (void)gnutls_alert_send(session, GNUTLS_AL_FATAL, why);
    for (int i = 0; i < REFUSED_READS_MAX; i++)
        if (recv(connection->fd, at, sizeof(at), MSG_DONTWAIT) <= 0)
            break;
    return GNUTLS_E_CERTIFICATE_ERROR;
}

static int verify_client(gnutls_session_t session)
{
    gnutls_typed_vdata_st use = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
                                 .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT};
    unsigned status = 0;
    unsigned count = 0;

    if (!gnutls_certificate_get_peers(session, &count) || count == 0)
        return refuse(session, gnutls_protocol_get_version(session) == GNUTLS_TLS1_3
                                   ? GNUTLS_A_CERTIFICATE_REQUIRED
                                   : GNUTLS_A_BAD_CERTIFICATE);
    if (gnutls_certificate_verify_peers(session, &use, 1, &status) < 0)
        return refuse(session, GNUTLS_A_BAD_CERTIFICATE);
    if (status & (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED))
        return refuse(session, GNUTLS_A_CERTIFICATE_EXPIRED);
    if (status & GNUTLS_CERT_SIGNER_NOT_FOUND)
        return refuse(session, GNUTLS_A_UNKNOWN_CA);
    return status == 0 ? 0 : refuse(session, GNUTLS_A_BAD_CERTIFICATE);
}

static int datum_of(struct text text, gnutls_datum_t *ret_datum)
{
    if (text.len == 0 || text.len > UINT_MAX)
        return FAULT(ERR_CRYPTO);
    *ret_datum =
        (gnutls_datum_t){.data = (unsigned char *)(uintptr_t)text.at, .size = (unsigned)text.len};
    return 0;
}

static int credentials_new(const struct http_identity *identity, struct text client_ca,
                           gnutls_certificate_credentials_t *ret_credentials)
{
    gnutls_certificate_credentials_t credentials = NULL;
    gnutls_datum_t chain, key, ca;

    if (datum_of(identity->chain, &chain) || datum_of(identity->key, &key))
        return FAULT(ERR_CRYPTO);
    if (gnutls_certificate_allocate_credentials(&credentials) < 0)
        return FAULT(ERR_MEMORY);
    bool good = gnutls_certificate_set_x509_key_mem2(credentials, &chain, &key, GNUTLS_X509_FMT_PEM,
                                                     NULL, 0) >= 0;
    if (good && client_ca.len > 0) {
        good = datum_of(client_ca, &ca) == 0 &&
               gnutls_certificate_set_x509_trust_mem(credentials, &ca, GNUTLS_X509_FMT_PEM) > 0;
        gnutls_certificate_set_verify_function(credentials, verify_client);
    }
    if (!good) {
        gnutls_certificate_free_credentials(credentials);
        return FAULT(ERR_CRYPTO);
    }
    *ret_credentials = credentials;
    return 0;
}

static int copy_text(struct buffer *buffer, struct text text)
{
    *buffer = buffer_init(text.len);
    buffer_append_text(buffer, text);
    return buffer_check(buffer);
}

RESULT tls_new(struct tls **ret_tls, const struct http_identity *own,
               const struct http_identity *other, struct text client_ca)
{
    struct tls *tls = calloc(1, sizeof(*tls));

    if (!tls)
        return FAULT(ERR_MEMORY);
    atomic_init(&tls->references, 1);
    int r = copy_text(&tls->own_chain, own->chain);
    if (!r)
        r = copy_text(&tls->own_key, own->key);
    if (!r)
        r = copy_text(&tls->client_ca, client_ca);
    if (!r)
        r = credentials_new(own, client_ca, &tls->own);
    if (!r && other->chain.len > 0)
        r = credentials_new(other, client_ca, &tls->other);
    if (r) {
        tls_unref(tls);
        return r;
    }
    *ret_tls = tls;
    return 0;
}

RESULT tls_new_other(struct tls **ret_tls, const struct tls *tls, const struct http_identity *other)
{
    struct http_identity own = {.chain = text_of_bytes(buffer_bytes(&tls->own_chain)),
                                .key = text_of_bytes(buffer_bytes(&tls->own_key))};

    return tls_new(ret_tls, &own, other, text_of_bytes(buffer_bytes(&tls->client_ca)));
}

struct tls *tls_ref(struct tls *tls)
{
    atomic_fetch_add(&tls->references, 1);
    return tls;
}

struct tls *tls_unref(struct tls *tls)
{
    if (!tls || atomic_fetch_sub(&tls->references, 1) > 1)
        return NULL;
    if (tls->own)
        gnutls_certificate_free_credentials(tls->own);
    if (tls->other)
        gnutls_certificate_free_credentials(tls->other);
    buffer_deinit(&tls->own_chain);
    buffer_deinit(&tls->own_key);
    buffer_deinit(&tls->client_ca);
    free(tls);
    return NULL;
}

/* The client has said hello: agents, who ask for our own name, get our own certificate. */
static int choose_identity(gnutls_session_t session)
{
    const struct connection *connection = gnutls_session_get_ptr(session);
    char name[256];
    size_t len = sizeof(name);
    unsigned type = 0;

    bool named =
        gnutls_server_name_get(session, name, &len, &type, 0) == 0 && type == GNUTLS_NAME_DNS;
    if (named && strcmp(name, HTTP_AGENT_NAME) == 0)
        return 0;
    return gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, connection->tls->other);
}

bool tls_wants_certificate(const struct tls *tls)
{
    return tls->client_ca.len > 0;
}

void tls_start(struct connection *connection, gnutls_session_t session)
{
    struct tls *tls = connection->tls;

    gnutls_session_set_ptr(session, connection);
    /* An allocation refused here leaves MHD's empty credentials: the handshake fails. */
    (void)gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, tls->own);
    /* Not GNUTLS_CERT_REQUIRE, which fails without an alert before verify_client() is asked. */
    gnutls_certificate_server_set_request(session, tls_wants_certificate(tls) ? GNUTLS_CERT_REQUEST
                                                                              : GNUTLS_CERT_IGNORE);
    if (tls->other)
        gnutls_handshake_set_post_client_hello_function(session, choose_identity);
}

int tls_no_certificate(gnutls_session_t session, const gnutls_datum_t *names, int name_count,
                       const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                       gnutls_pcert_st **ret_chain, unsigned *ret_count, gnutls_privkey_t *ret_key)
{
    (void)session;
    (void)names;
    (void)name_count;
    (void)algorithms;
    (void)algorithm_count;
    (void)ret_chain;
    (void)ret_count;
    (void)ret_key;
    return GNUTLS_E_INSUFFICIENT_CREDENTIALS;
}
