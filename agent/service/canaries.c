/* Canaries of this service and of its sensors: run, told, shown. */

#include <jansson.h>

#include "base/log.h"
#include "base/moment.h"
#include "os/clock.h"
#include "service/service.h"

RESULT service_canaries(struct service *service, int64_t boot_at)
{
    struct canary_verdict verdict;
    bool passed = canary_lets_pass(&service->canaries);

    if (!service->policy_arena || !canary_due(&service->canaries, boot_at))
        return 0;
    int r = ledger_canaries(service->ledger, canary_list, canary_count, &verdict);
    if (r)
        return r;
    canary_note(&service->canaries, verdict, boot_at);
    service->canaries_at = clock_now_ms();
    receipts_canaries(service->receipts, &verdict, service->canaries_at);
    if (!canary_all_passed(&verdict) && canary_waived())
        log_event(LOG_WARN, "agent.canary.waived", LOG_U64("passed", verdict.passed));
    else if (!canary_all_passed(&verdict))
        log_event(LOG_ERROR, "agent.canary.unclean", LOG_U64("run", verdict.run),
                  LOG_U64("passed", verdict.passed), LOG_U64("kind", verdict.failed));
    if (passed != canary_lets_pass(&service->canaries))
        service->uplink.live_wanted = true;
    return 0;
}

struct live_canaries canaries_live(const struct service *service)
{
    struct live_canaries live = {0};
    struct canary_verdict sensors;
    const struct canary_verdict *own = &service->canaries.verdict;
    size_t unclean = 0;
    bool any = hub_canaries(service, &sensors, &unclean);

    if (!service->canaries.known)
        return live;
    live.run = own->run + (any ? sensors.run : 0);
    live.passed = own->passed + (any ? sensors.passed : 0);
    live.state = canary_waived() && live.passed < live.run ? LIVE_CANARIES_WAIVED
                 : !canary_all_passed(own)                 ? LIVE_CANARIES_SERVICE
                 : unclean                                 ? LIVE_CANARIES_SENSOR
                                                           : LIVE_CANARIES_CLEAN;
    return live;
}

/* The label of the first that failed, ours before the sensors'; NULL: none. */
static const char *failed_label(const struct service *service)
{
    struct canary_verdict sensors = {.failed = REDACT_KINDS};
    enum redact_kind failed = REDACT_KINDS;
    size_t unclean = 0;

    if (service->canaries.known)
        failed = service->canaries.verdict.failed;
    if (failed == REDACT_KINDS && hub_canaries(service, &sensors, &unclean))
        failed = sensors.failed;
    return failed == REDACT_KINDS ? NULL : redact_kind_label(failed);
}

json_t *canaries_json(const struct service *service)
{
    const struct live_canaries live = canaries_live(service);
    char at[TIME_TEXT_SIZE] = "";

    if (service->canaries.known)
        time_print(service->canaries_at, at);
    return json_pack("{s:s, s:I, s:I, s:s?, s:s?}", "state", live_canaries_word(live.state), "run",
                     (json_int_t)live.run, "passed", (json_int_t)live.passed, "at",
                     at[0] ? at : NULL, "failed", failed_label(service));
}
