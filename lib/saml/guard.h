#pragma once

/* Guards: every refusal but the few without which nothing can go on passes through here. */

#include <stdbool.h>

#include "saml/refusals.h"

#ifdef SAML_GUARDS_SWITCHABLE
/* Only in test_guards: the guard that is switched off, or SAML_FINE. */
extern enum saml_refusal saml_guard_off;
#endif

/* refusal when bad, else 0. */
static inline int guard(bool bad, enum saml_refusal refusal)
{
#ifdef SAML_GUARDS_SWITCHABLE
    if (refusal == saml_guard_off)
        return 0;
#endif
    return bad ? (int)refusal : 0;
}
