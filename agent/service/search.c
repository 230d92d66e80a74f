/* Looking for needles in all that the service holds. Nothing of them is logged or answered. */

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "os/file.h"
#include "service/service.h"
#include "wire/batch.h"

/* Every record of the spool that is still held, sent or not, opened. */
static RESULT look_at_spool(struct service *service, const struct needles *needles,
                            struct needles_sweep *sweep)
{
    CLEANUP(buffer_deinit) struct buffer batch = buffer_init(WIRE_BODY_MAX);
    int r = 0;

    for (uint64_t sequence = 0; r == 0 && sequence < spool_sequence(service->spool); sequence++) {
        buffer_clear(&batch);
        r = spool_read(service->spool, sequence, &batch);
        if (r == 0)
            r = batch_look(buffer_bytes(&batch), needles, sweep);
        else if (r == SPOOL_ABSENT)
            r = 0;
    }
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* What anybody is shown of it. */
static RESULT look_at_status(struct service *service, const struct needles *needles,
                             struct needles_sweep *sweep)
{
    CLEANUP(buffer_deinit) struct buffer json = buffer_init(WIRE_LOCAL_MAX);
    int r = status_print(service, NULL, true, &json);

    if (r == 0)
        needles_look(needles, buffer_bytes(&json), sweep);
    return r;
}

/* looked: what file_look() said. */
static void place_add(json_t *places, const char *place, int looked,
                      const struct needles_sweep *sweep)
{
    (void)json_array_append_new(places, json_pack("{s:s, s:I, s:I, s:I, s:b}", "place", place,
                                                  "texts", (json_int_t)sweep->texts, "bytes",
                                                  (json_int_t)sweep->bytes, "found",
                                                  (json_int_t)sweep->found, "whole", looked == 0));
}

RESULT search_print(struct service *service, const struct needles *needles, struct buffer *ret_json)
{
    struct needles_sweep spool = {0};
    struct needles_sweep queue = {0};
    struct needles_sweep front = {0};
    struct needles_sweep files = {0};
    struct needles_sweep log = {0};
    int r = look_at_spool(service, needles, &spool);

    if (r == 0)
        r = look_at_status(service, needles, &queue);
    if (r)
        return r;
    ledger_look(service->ledger, needles, &queue);
    hub_look(service, needles, &front);
    json_t *places = json_array();
    place_add(places, "agent.spool", 0, &spool);
    place_add(places, "agent.queue", 0, &queue);
    place_add(places, "agent.front", 0, &front);
    r = file_look(service->directory, needles, &files);
    place_add(places, "agent.files", r, &files);
    if (r >= 0)
        r = file_look("/proc/self/fd/2", needles, &log);
    place_add(places, "agent.log", r, &log);
    json_t *json = json_pack("{s:o}", "places", places);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (r >= 0)
        r = text ? 0 : FAULT(ERR_MEMORY);
    if (r == 0) {
        buffer_append_string(ret_json, text);
        r = buffer_check(ret_json);
    }
    free(text);
    return r;
}
