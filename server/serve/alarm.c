#include "server/serve/alarm.h"

#include "base/log.h"
#include "server/serve/serve.h"

enum alarm_severity alarm_severity(enum alarm_kind kind)
{
    return kind == ALARM_MISSED_OLD || kind == ALARM_RECEIPT ? ALARM_NOTICE : ALARM_HIGH;
}

void alarm_raise(struct serve *serve, enum alarm_kind kind, struct device_id device, uint64_t count)
{
    enum log_level level = alarm_severity(kind) == ALARM_HIGH ? LOG_ERROR : LOG_WARN;

    switch (kind) {
    case ALARM_CANARY:
        log_event(level, "alarm.canary", LOG_ID("device", device.at, DEVICE_ID_SIZE),
                  LOG_U64("count", count));
        break;
    case ALARM_MISSED:
        log_event(level, "alarm.missed", LOG_ID("device", device.at, DEVICE_ID_SIZE),
                  LOG_U64("count", count));
        break;
    case ALARM_MISSED_OLD:
        log_event(level, "alarm.missed_old", LOG_ID("device", device.at, DEVICE_ID_SIZE),
                  LOG_U64("count", count));
        break;
    case ALARM_RECEIPT:
        log_event(level, "alarm.receipt", LOG_ID("device", device.at, DEVICE_ID_SIZE),
                  LOG_U64("count", count));
        break;
    case ALARM_EMERGENCY:
    case ALARM_REVIEW_OVERDUE:
    case ALARM_KINDS:
    default:
        return;
    }
    events_devices(serve->events);
    events_audit(serve->events);
}

void alarm_emergency(struct serve *serve, enum alarm_kind kind, uint64_t emergency,
                     struct user_id user)
{
    if (kind == ALARM_EMERGENCY)
        log_event(LOG_ERROR, "alarm.emergency", LOG_U64("emergency", emergency),
                  LOG_U64("user", user.number));
    else
        log_event(LOG_ERROR, "alarm.review_overdue", LOG_U64("emergency", emergency),
                  LOG_U64("user", user.number));
    events_audit(serve->events);
    events_notices(serve->events);
}
