#pragma once

/*
 * Accounts as every batch needs them: (device, name) → account; held in memory, made in records
 * when they are new. Whose they are is not held: it changes, and is asked for each time. Any
 * thread.
 *
 * A device has a ceiling of accounts, since each it names is one more for good. Time of names
 * beyond it is kept, as the device's station's: under one account with an empty name, which no
 * agent can send.
 */

#include "base/cleanup.h"
#include "store/records/nouns.h"

struct accounts;

/* A shared workstation sees some hundred people; a device that names more is broken or lies. */
#define ACCOUNTS_PER_DEVICE_MAX 1000

RESULT accounts_new(struct accounts **ret_accounts, struct records *records);
struct accounts *accounts_free(struct accounts *accounts);
DEFINE_CLEANUP(struct accounts *, accounts_free)

struct account_known {
    struct account_id account;
    bool station;
};

struct api_call;

/* The account of that name on the calling device, made when it is new, or the one of all beyond the
 * ceiling. name is already clean. That a new one was given to somebody known is written down. */
RESULT accounts_ensure(struct api_call *call, struct text name, bool station,
                       struct account_known *ret_known);
