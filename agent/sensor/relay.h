#pragma once

#include "base/result.h"

/*
 * The native-messaging host: what the browser starts to speak with us. Reads the extension's
 * messages from standard input (u32 length in the machine's order, JSON), checks them, and hands
 * host and flags to the sensor of its session; ends when the browser closes its end. Keeps only the
 * last message while the sensor is away. Returns the program's exit code.
 */
int relay_run(void);
