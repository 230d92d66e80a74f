#pragma once

/* What commands about users share. */

#include "api.h"

#define USERS_PATH_SIZE 256

/* The path of whoever signs in by that name, with what follows; else what to exit with, said. */
int users_find(struct api *api, const char *name, const char *follows, char path[USERS_PATH_SIZE]);
