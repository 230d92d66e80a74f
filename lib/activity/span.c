#include "activity/span.h"

const char *span_state_word(enum span_state state)
{
    switch (state) {
    case SPAN_ACTIVE:
        return "active";
    case SPAN_PASSIVE:
        return "passive";
    case SPAN_IDLE:
        return "idle";
    case SPAN_LOCKED:
        return "locked";
    case SPAN_STATES:
    default:
        return "unknown";
    }
}
