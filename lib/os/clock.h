#pragma once

/* Clocks. Pure modules take time as a parameter; programs read it here. */

#include <stdint.h>

/* Milliseconds UTC since 1970. May jump when somebody sets the clock. */
int64_t clock_now_ms(void);

/* Milliseconds that only grow, counting time asleep (CLOCK_BOOTTIME). */
int64_t clock_boot_ms(void);

/* Local time minus UTC in minutes at that moment, from the system's zone. */
int32_t clock_offset_minutes(int64_t at);
