#include "server/serve/listeners.h"

#include "os/file.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"
#include "wire/limits.h"

/* Contexts live as long as the process: there is one serve in it. */
static struct api_listener contexts[] = {
    [LISTENER_PEOPLE] = {.listener = ROUTE_PEOPLE},
    [LISTENER_AGENTS] = {.listener = ROUTE_AGENTS},
    [LISTENER_LOCAL] = {.listener = ROUTE_PEOPLE, .local = true},
};

static struct http_identity own(const struct serve *serve)
{
    return (struct http_identity){.chain = text_of_bytes(buffer_bytes(&serve->identity.own_chain)),
                                  .key = text_of_bytes(buffer_bytes(&serve->identity.own_key))};
}

static struct http_identity other(const struct serve *serve)
{
    return (struct http_identity){.chain =
                                      text_of_bytes(buffer_bytes(&serve->identity.other_chain)),
                                  .key = text_of_bytes(buffer_bytes(&serve->identity.other_key))};
}

/* The ceilings of each; what differs is what it serves. */
static struct http_listener ceilings(struct serve *serve, enum listener_kind kind)
{
    struct http_listener listener = {
        .body_max = WIRE_BODY_MAX,
        .head_deadline_ms = 10000,
        .body_deadline_ms = 30000,
        .idle_ms = 60000,
        .connections_max = 1024,
        .connections_per_address_max = 256,
        .threads = 1,
        .workers = 4,
        .queue_max = 256,
        .streams_max = EVENTS_STREAMS_MAX,
        .handle = api_handle,
        .context = &contexts[kind],
    };

    contexts[kind].serve = serve;
    if (kind == LISTENER_AGENTS) {
        /* A whole organisation may come through one address; agents reconnect rarely. */
        listener.connections_max = 12000;
        listener.connections_per_address_max = 12000;
        listener.idle_ms = 180000;
        listener.threads = 2;
        listener.queue_max = 2048;
        listener.streams_max = 1;
    }
    if (kind == LISTENER_LOCAL) {
        listener.body_max = 2 * WIRE_BODY_MAX; /* a policy with long lists */
        listener.connections_max = 64;
        listener.connections_per_address_max = 64;
        listener.workers = 2;
    }
    return listener;
}

static int open_local(struct serve *serve, struct http_listener *listener)
{
    char path[HANDOVER_PATH_MAX];
    int r = file_path(path, sizeof path, serve->handover.data, "ward.sock");

    if (r)
        return r;
    listener->name = "local";
    listener->address = path;
    return http_server_new(&serve->local, listener);
}

RESULT listeners_open(struct serve *serve, enum listener_kind kind)
{
    struct http_listener listener = ceilings(serve, kind);

    if (kind == LISTENER_LOCAL)
        return open_local(serve, &listener);
    listener.identity = own(serve);
    if (kind == LISTENER_PEOPLE) {
        listener.name = "people";
        listener.address = serve->handover.people_address;
        listener.port = (uint16_t)serve->handover.people_port;
        listener.identity_other = other(serve);
        return http_server_new(&serve->people, &listener);
    }
    listener.name = "agents";
    listener.address = serve->handover.agents_address;
    listener.port = (uint16_t)serve->handover.agents_port;
    listener.client_ca = text_of_bytes(buffer_bytes(&serve->identity.own_ca));
    return http_server_new(&serve->agents, &listener);
}
