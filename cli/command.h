#pragma once

/*
 * Commands of `ward`: one row each in cli/commands.c, from which help, the man page's synopsis and
 * dispatch come
 *
 * Exit codes are a contract: 0 it worked, 1 something was found or refused, 2 usage, 3 the server
 * cannot be reached.
 */

#include <stdbool.h>
#include <stddef.h>

#include "api.h"

enum { EXIT_OK = 0, EXIT_FOUND = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

#define COMMAND_OPTIONS_MAX 8

struct option_row {
    const char *name;  /* "--uses" */
    const char *value; /* "N", or NULL for a flag */
    const char *initial;
    const char *help;
};

/* What the command line gave: values by the option's place in its command's table. */
struct command_line {
    bool json;
    const char *words[COMMAND_OPTIONS_MAX]; /* positional */
    size_t word_count;
    const char *values[COMMAND_OPTIONS_MAX];
};

struct command {
    const char *name;  /* "enrol package" */
    const char *words; /* "USER": named in help and counted */
    size_t word_count;
    struct option_row options[COMMAND_OPTIONS_MAX];
    const char *help;
    bool offline; /* needs no server */
    int (*run)(struct api *api, const struct command_line *line);
};

extern const struct command commands[];
extern const size_t command_count;

int run_status(struct api *api, const struct command_line *line);
int run_doctor(struct api *api, const struct command_line *line);
int run_enrol_package(struct api *api, const struct command_line *line);
int run_device_list(struct api *api, const struct command_line *line);
int run_device_revoke(struct api *api, const struct command_line *line);
int run_receipts(struct api *api, const struct command_line *line);
int run_receipts_verify(struct api *api, const struct command_line *line);
int run_removed(struct api *api, const struct command_line *line);
int run_try_leak(struct api *api, const struct command_line *line);
int run_user_list(struct api *api, const struct command_line *line);
int run_user_add(struct api *api, const struct command_line *line);
int run_user_change(struct api *api, const struct command_line *line);
int run_access_show(struct api *api, const struct command_line *line);
int run_access_export(struct api *api, const struct command_line *line);
int run_class_list(struct api *api, const struct command_line *line);
int run_class_show(struct api *api, const struct command_line *line);
int run_class_set(struct api *api, const struct command_line *line);
int run_class_remove(struct api *api, const struct command_line *line);
int run_user_link(struct api *api, const struct command_line *line);
int run_user_sessions(struct api *api, const struct command_line *line);
int run_user_end_sessions(struct api *api, const struct command_line *line);
int run_people_list(struct api *api, const struct command_line *line);
int run_people_show(struct api *api, const struct command_line *line);
int run_people_add(struct api *api, const struct command_line *line);
int run_people_confirm(struct api *api, const struct command_line *line);
int run_people_assign(struct api *api, const struct command_line *line);
int run_people_merge(struct api *api, const struct command_line *line);
int run_people_split(struct api *api, const struct command_line *line);
int run_groups_list(struct api *api, const struct command_line *line);
int run_groups_show(struct api *api, const struct command_line *line);
int run_groups_add(struct api *api, const struct command_line *line);
int run_groups_set(struct api *api, const struct command_line *line);
int run_groups_remove(struct api *api, const struct command_line *line);
int run_policy_show(struct api *api, const struct command_line *line);
int run_policy_set(struct api *api, const struct command_line *line);
int run_patterns_check(struct api *api, const struct command_line *line);
int run_patterns_show(struct api *api, const struct command_line *line);
int run_patterns_set(struct api *api, const struct command_line *line);
int run_audit_list(struct api *api, const struct command_line *line);
int run_audit_export(struct api *api, const struct command_line *line);
int run_audit_verify(struct api *api, const struct command_line *line);
int run_spill(struct api *api, const struct command_line *line);
int run_spill_list(struct api *api, const struct command_line *line);
int run_spill_show(struct api *api, const struct command_line *line);
int run_spill_confirm(struct api *api, const struct command_line *line);
int run_incidents(struct api *api, const struct command_line *line);
int run_incident_close(struct api *api, const struct command_line *line);
int run_emergency_list(struct api *api, const struct command_line *line);
int run_emergency_show(struct api *api, const struct command_line *line);
int run_emergency_end(struct api *api, const struct command_line *line);
int run_emergency_review(struct api *api, const struct command_line *line);
int run_tls_show(struct api *api, const struct command_line *line);
int run_tls_import(struct api *api, const struct command_line *line);
