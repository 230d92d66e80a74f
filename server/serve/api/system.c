/* How Ward is: health, status, the document of this API, and which certificate people see. */

#include <inttypes.h>
#include <unistd.h>

#include "os/file.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/api/facts.h"
#include "server/serve/serve.h"
#include "server/serve/signer_client.h"

static const char *const sandbox_words[] = {
    [LINK_SANDBOX_FULL] = "full", [LINK_SANDBOX_PARTIAL] = "partial", [LINK_SANDBOX_NONE] = "none"};

int api_get_openapi(struct api_call *call)
{
    http_reply_static(call->request, "application/json", NULL,
                      (struct bytes){(const uint8_t *)api_document, api_document_len}, false);
    return 0;
}

int api_get_health(struct api_call *call)
{
    static const char body[] = "{\"status\":\"ok\"}";

    http_reply(call->request, 200, "application/json",
               (struct bytes){(const uint8_t *)body, sizeof body - 1});
    return 0;
}

static void write_process(struct json_out *out, const char *name, uint32_t pid, uint32_t uid,
                          enum link_sandbox sandbox)
{
    json_out_object(out, NULL);
    json_out_string(out, "name", name);
    json_out_integer(out, "pid", pid);
    json_out_integer(out, "uid", uid);
    json_out_string(out, "sandbox", sandbox_words[sandbox]);
    json_out_object_end(out);
}

static void write_processes(const struct serve *serve, struct json_out *out)
{
    const struct handover *handover = &serve->handover;

    json_out_array(out, "processes");
    write_process(out, "parent", handover->parent_pid, handover->own_uids ? 0 : geteuid(),
                  LINK_SANDBOX_NONE);
    write_process(out, "serve", (uint32_t)getpid(), geteuid(), serve->sandbox);
    write_process(out, "signer", atomic_load(&serve->signer_pid), handover->signer_uid,
                  serve_signer_sandbox(serve));
    json_out_array_end(out);
}

static void write_facts(const struct serve *serve, const struct facts *facts, struct json_out *out)
{
    const struct signer_keys *keys = signer_client_keys(serve->signer);

    json_out_object(out, "devices");
    json_out_integer(out, "enrolled", (int64_t)facts->enrolled);
    json_out_integer(out, "live", (int64_t)facts->live);
    json_out_integer(out, "revoked", (int64_t)facts->revoked);
    json_out_integer(out, "waiting", (int64_t)facts->waiting);
    json_out_object_end(out);
    json_out_object(out, "audit");
    json_out_integer(out, "size", (int64_t)facts->audit_size);
    json_out_integer(out, "checkpoint_size", (int64_t)facts->checkpoint_size);
    json_out_moment_or_null(out, "checkpoint_at", facts->checkpoint_at);
    json_out_base64url(out, "key", (struct bytes){keys->audit, sizeof keys->audit});
    json_out_object_end(out);
}

int api_get_status(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct serve *serve = call->serve;
    struct settings settings;
    struct facts facts;
    uint64_t disk = 0;
    int r = facts_read(serve, call->now, call->arena, &facts);

    if (!r)
        r = file_free_bytes(serve->handover.data, &disk);
    if (r)
        return r;
    settings_get(serve->settings, &settings);
    json_out_object(&out, NULL);
    json_out_string(&out, "version", WARD_VERSION);
    json_out_moment(&out, "started_at", serve->started_at);
    json_out_string(&out, "organisation", settings.organisation);
    write_processes(serve, &out);
    json_out_object(&out, "spans");
    json_out_integer(&out, "batches", (int64_t)atomic_load(&serve->counts.batches));
    json_out_integer(&out, "spans", (int64_t)atomic_load(&serve->counts.spans));
    json_out_moment_or_null(&out, "last_at", atomic_load(&serve->counts.last_at));
    json_out_object_end(&out);
    write_facts(serve, &facts, &out);
    json_out_integer(&out, "disk_free_bytes", disk < INT64_MAX ? (int64_t)disk : INT64_MAX);
    json_out_boolean(&out, "first_run", !facts.administrator);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}
