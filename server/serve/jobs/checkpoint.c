/* Checkpoints: the signer vouches for the log as it is, if it continues what it vouched for before.
 */

#include "audit/checkpoint.h"
#include "base/log.h"
#include "os/clock.h"
#include "server/serve/serve.h"
#include "store/records/nouns.h"

#define NOTE_MAX ((size_t)4096)

/* One at a time: two that overlap would ask for sizes in the wrong order. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

struct state {
    struct arena *arena;
    uint64_t kept_size;   /* of the newest note in records */
    uint64_t signed_size; /* that the signer signed last: more, if serve ended before it kept it */
    struct signer_message message;
};

/* One snapshot: size, root, and the proof from what was signed last. */
static int look(struct records_tx *tx, void *context)
{
    struct state *state = context;
    struct bytes note;
    int r = records_checkpoint_newest(tx, state->arena, &state->kept_size, &note);

    if (r < 0)
        return r;
    if (r)
        state->kept_size = 0;
    r = records_audit_size(tx, &state->message.size);
    if (r || state->message.size == state->kept_size)
        return r;
    /* A log shorter than what was signed was rewound: the signer will say so. */
    if (state->message.size < state->signed_size)
        return 0;
    r = records_audit_root(tx, state->message.size, &state->message.root);
    if (!r && state->signed_size)
        r = records_audit_consistency(tx, state->signed_size, state->message.size,
                                      &state->message.proof);
    return r;
}

struct note {
    uint64_t size;
    struct bytes bytes;
};

static int keep(struct records_tx *tx, void *context)
{
    const struct note *note = context;

    return records_checkpoint_add(tx, note->size, clock_now_ms(), note->bytes);
}

static int ask_last(struct serve *serve, uint64_t *ret_size)
{
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(NOTE_MAX);
    struct signer_message message = {.kind = SIGNER_LAST};
    int r = signer_client_ask(serve->signer, &message, &answer);

    if (!r)
        r = signer_last_decode(buffer_bytes(&answer), ret_size);
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

static int sign(struct serve *serve, struct state *state)
{
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(NOTE_MAX);
    struct note note;
    int r = ask_last(serve, &state->signed_size);

    if (!r)
        r = records_read(serve->records, look, state);
    if (r || state->message.size == state->kept_size)
        return r < 0 ? r : r ? FAULT(ERR_CORRUPT) : 0;
    r = signer_client_ask(serve->signer, &state->message, &bytes);
    if (r == SIGNER_REFUSED) {
        /* The signer has signed a longer or another log: somebody rewound records.db. */
        log_event(LOG_ERROR, "audit.inconsistent", LOG_U64("size", state->message.size));
        return FAULT(ERR_CORRUPT);
    }
    if (r)
        return r;
    note = (struct note){.size = state->message.size, .bytes = buffer_bytes(&bytes)};
    return records_act(serve->records, keep, &note);
}

RESULT serve_checkpoint(struct serve *serve)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct state state = {.message = {.kind = SIGNER_SIGN_CHECKPOINT}};
    int r = arena_new(&arena, 64 * 1024);

    if (r)
        return r;
    state.arena = arena;
    pthread_mutex_lock(&one_at_a_time);
    r = sign(serve, &state);
    pthread_mutex_unlock(&one_at_a_time);
    return r;
}
