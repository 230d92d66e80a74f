#pragma once

/*
 * serve: network and store. It holds data keys and the TLS key, never the root key and no signing
 * key.
 *
 * One struct of what lives as long as the process; each part guards itself, and any thread may use
 * any part.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "access/backoff.h"
#include "base/buffer.h"
#include "net/server.h"
#include "os/secret.h"
#include "redact/redact.h"
#include "server/link/handover.h"
#include "server/link/refusal.h"
#include "server/serve/api/events.h"
#include "server/serve/api/views.h"
#include "server/serve/identity.h"
#include "server/serve/ingest/accounts.h"
#include "server/serve/ingest/devices.h"
#include "server/serve/ingest/live.h"
#include "server/serve/policies.h"
#include "server/serve/saml_client.h"
#include "server/serve/settings.h"
#include "server/serve/signer_client.h"
#include "server/serve/site.h"
#include "server/serve/spills/denials.h"
#include "server/serve/spills/spills.h"
#include "server/serve/trial/trials.h"
#include "store/keyring/keyring.h"
#include "store/records/records.h"
#include "store/spans/spans.h"

/* What was counted since the start; for `ward status`. */
struct serve_counts {
    atomic_uint_fast64_t batches;
    atomic_uint_fast64_t spans;
    atomic_uint_fast64_t changed_again; /* texts that redaction changed once more on arrival */
    atomic_int_fast64_t last_at;
};

struct serve {
    struct handover handover; /* keys wiped */
    enum link_sandbox sandbox;
    int64_t started_at;
    struct records *records;
    struct keyring *keyring;
    struct spans *spans;
    struct redactor *balanced; /* what it finds, every device should have removed */
    struct signer_client *signer;
    struct saml_client *saml;
    struct secret *instance_key;
    struct secret *flow_key;      /* tags of single sign-on's cookies; of this start only */
    struct secret *challenge_key; /* of this run: challenges of passkeys do not outlive it */
    struct backoff *backoff;
    struct settings_cache *settings;
    struct policies *policies;
    struct devices *devices;
    struct accounts *accounts;
    struct live_table *live;
    struct events *events;
    struct views *views;
    struct site *site;
    struct denials *denials;
    struct spills *spills;
    struct trials *trials;
    struct identity identity;
    struct http_server *people;
    struct http_server *agents;
    struct http_server *local;
    struct serve_counts counts;
    atomic_bool stopping; /* asked to end, by the parent or for a new certificate */
    atomic_uint signer_pid;
    atomic_uint signer_sandbox;
    atomic_uint saml_sandbox;
    int wake; /* eventfd that ends the main thread's wait */
};

/* `wardd --role serve`: the exit status. */
int serve_main(void);

/* How confined the signer says it is. */
enum link_sandbox serve_signer_sandbox(const struct serve *serve);
enum link_sandbox serve_saml_sandbox(const struct serve *serve);

/* Makes the signer sign the log as it is, when it grew; the note is stored. */
RESULT serve_checkpoint(struct serve *serve);

/* Asks the process to end; the parent starts it again. */
void serve_restart(struct serve *serve);
