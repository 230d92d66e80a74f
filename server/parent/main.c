/* wardd: one program in four roles. See docs/man/wardd.8. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/process.h"
#include "redact/redact.h"
#include "server/parent/options.h"
#include "server/parent/parent.h"
#include "server/saml/process.h"
#include "server/serve/serve.h"
#include "server/signer/signer.h"

int main(int argc, char **argv)
{
    static struct options options;

    if (process_harden())
        return 1;
    if (redact_is_off() && !getenv("WARD_TEST_BUILD")) {
        (void)fputs("wardd: built without redaction, for a test of its own only\n", stderr);
        return 1;
    }
    if (options_read(&options, argc, argv))
        return 2;
    if (options.help) {
        options_help();
        return 0;
    }
    if (options.version) {
        (void)puts("wardd " WARD_VERSION);
        return 0;
    }
    if (strcmp(options.role, "signer") == 0)
        return signer_main();
    if (strcmp(options.role, "saml") == 0)
        return saml_main();
    if (strcmp(options.role, "serve") == 0)
        return serve_main();
    if (options.role[0]) {
        (void)fputs("wardd: --role is for wardd itself\n", stderr);
        return 2;
    }
    return parent_main(&options);
}
