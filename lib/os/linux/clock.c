#include "os/clock.h"

#include <time.h>

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now = {0};

    (void)clock_gettime(clock, &now); /* fails only for a clock that does not exist */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

int64_t clock_boot_ms(void)
{
    return clock_ms(CLOCK_BOOTTIME);
}

int32_t clock_offset_minutes(int64_t at)
{
    time_t seconds = (time_t)(at / 1000);
    struct tm local;

    tzset(); /* localtime_r() alone would miss a zone that was changed meanwhile */
    if (!localtime_r(&seconds, &local))
        return 0;
    return (int32_t)(local.tm_gmtoff / 60);
}
