#include "os/sandbox.h"

/* For builds without libseccomp: says so, instead of pretending. */
RESULT sandbox_enter(const struct sandbox *sandbox)
{
    (void)sandbox;
    return SANDBOX_NONE;
}
