#pragma once

/* The parent of wardd: the only reader of the root key; starts, watches and stops the others. */

#include "server/parent/options.h"

/* Stays until it is told to stop (SIGTERM, SIGINT): the exit status. */
int parent_main(const struct options *options);
