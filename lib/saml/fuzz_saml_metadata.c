/* Metadata that is taken has a name, an address that no page or header trips over, and keys that
 * can be used. */

#include <assert.h>

#include "base/moment.h"
#include "crypto/rsa.h"
#include "crypto/x509.h"
#include "saml/saml-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct saml_provider provider;
    int r = begun ? 0 : saml_begin();

    assert(r == 0);
    begun = true;
    r = arena_new(&arena, SAML_ARENA_MAX);
    assert(r == 0);
    r = saml_provider_read((struct bytes){.at = data, .len = size}, 20800 * MS_PER_DAY, arena,
                           &provider);
    assert(r >= 0 && r < SAML_REFUSAL_END);
    if (r)
        return 0;
    assert(plain(provider.entity_id) && url_is_plain(provider.sign_in_url));
    assert(provider.certificate_count > 0 && provider.certificate_count <= SAML_CERTIFICATES_MAX);
    for (size_t i = 0; i < provider.certificate_count; i++) {
        r = rsa_check_stranger(provider.certificates[i]);
        assert(r == 0);
    }
    return 0;
}
