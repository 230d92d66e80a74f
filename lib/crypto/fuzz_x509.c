/*
 * Property: a request that is accepted gives a certificate that its CA knows again, with the id
 * that the issuer chose; a certificate that is accepted reads as one and has its moments in order;
 * PEM of what was accepted gives the same bytes. Everything else is refused without a crash.
 */

#include <assert.h>
#include <stdlib.h>

#include "base/moment.h"
#include "crypto/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 1 << 20 };

static const int64_t from_at = 1764000000000;
static const int64_t to_at = 1764000000000 + 30 * MS_PER_DAY;
static const struct device_id wanted = {{7, 7, 7}};

static struct buffer ca_key = {.max = ROOM};
static struct buffer ca = {.max = ROOM};

static void make_ca(void)
{
    if (ca.len > 0)
        return;
    if (x509_key_new(&ca_key) ||
        x509_ca_new(buffer_bytes(&ca_key), text_of("fuzz"), from_at, to_at, &ca))
        abort();
}

static void as_request(struct bytes input)
{
    CLEANUP(buffer_deinit) struct buffer made = buffer_init(ROOM);
    struct device_id device;

    int r = x509_issue_device(buffer_bytes(&ca_key), buffer_bytes(&ca), input, wanted, from_at,
                              to_at, &made);
    assert(r == 0 || r == X509_INVALID);
    assert((r == 0) == (made.len > 0));
    if (r)
        return;
    r = x509_check_device(buffer_bytes(&ca), buffer_bytes(&made), from_at, &device);
    assert(r == 0 && device_id_equal(device, wanted));
}

static void as_certificate(struct bytes input)
{
    CLEANUP(buffer_deinit) struct buffer pem = buffer_init((size_t)ROOM * 2);
    CLEANUP(buffer_deinit) struct buffer der = buffer_init(ROOM);
    struct device_id device;
    int64_t first_at = 0;
    int64_t last_at = 0;

    /* Nobody but us has the CA's key, and this CA is new in every run. */
    int r = x509_check_device(buffer_bytes(&ca), input, from_at, &device);
    assert(r == X509_INVALID || r == X509_FOREIGN || r == X509_EXPIRED);
    /* Its own issuer, perhaps: then it must be whole. */
    r = x509_validity(input, &first_at, &last_at);
    assert(r == 0 || r == X509_INVALID);
    if (r)
        return;
    r = x509_check_device(input, input, first_at, &device);
    assert(r >= 0);
    r = x509_pem(X509_CERTIFICATE, input, &pem);
    assert(r == 0);
    r = x509_from_pem(X509_CERTIFICATE, buffer_bytes(&pem), &der);
    assert(r == 0 && der.len == input.len && memcmp(der.at, input.at, der.len) == 0);
}

static void as_pem(struct bytes input)
{
    CLEANUP(buffer_deinit) struct buffer der = buffer_init(ROOM);

    int r = x509_from_pem(X509_CERTIFICATE, input, &der);
    assert(r == 0 || r == X509_INVALID);
    r = x509_from_pem(X509_KEY, input, &der);
    assert(r <= 0 || r == X509_INVALID);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct bytes input = {data, size};

    make_ca();
    as_request(input);
    as_certificate(input);
    as_pem(input);
    return 0;
}
