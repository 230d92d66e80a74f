#pragma once

/*
 * People, their accounts, and groups of them: rows as structs, one function per question or change
 *
 * A person is a member of the workforce, or a station: a computer that is shared. An account is a
 * name on a device. Whose it is follows from its identity, which is the same on every device for
 * accounts of a domain, and one of the account alone for local ones; and an identity belongs to
 * exactly one person on every day (UTC). docs/formats/directory.md tells it whole.
 *
 * Texts in rows live in the arena that was given. All functions run inside a records_job.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "store/records/records.h"

/* Days of ownership: from the first that there can be, until one that never comes. */
#define RECORDS_DAY_FIRST 0
#define RECORDS_DAY_NEVER INT32_MAX

/* ---- identities ---- */

/* Numbers are stored. */
enum records_identity_kind {
    RECORDS_IDENTITY_LOCAL = 0,   /* of one device: value is device\name */
    RECORDS_IDENTITY_DOMAIN = 1,  /* domain\user */
    RECORDS_IDENTITY_UPN = 2,     /* user@domain.example */
    RECORDS_IDENTITY_STATION = 3, /* all that a station's accounts did: value is the device */
    RECORDS_IDENTITY_KINDS
};

/* "local", "domain", "upn", "station" */
const char *records_identity_word(enum records_identity_kind kind);

struct records_identity {
    enum records_identity_kind kind;
    struct text value; /* of a domain or UPN: letters of ASCII are small */
};

/*
 * What a name of an operating system's account says of whose it is. DOMAIN\user and user@dom.ain
 * name somebody anywhere; a plain name, HOST\user of the device itself, and the domains that every
 * Windows has for itself do not, and neither does AzureAD\Name, which is made of a display name.
 */
RESULT records_identity_read(struct device_id device, struct text host_name, struct text name,
                             struct arena *arena, struct records_identity *ret_identity);

/* ---- accounts ---- */

struct records_account {
    struct account_id id;
    struct device_id device;
    struct text name;
    bool station;
};

struct records_account_new {
    struct device_id device;
    struct text name;
    bool station;
    struct text host_name; /* names the station's person, and tells HOST\user from DOMAIN\user */
    int64_t now;
    struct arena *arena; /* for what it takes meanwhile */
};

/* How the account came to its person. */
enum records_account_made {
    RECORDS_ACCOUNT_THERE,   /* it was there before */
    RECORDS_ACCOUNT_NEW,     /* it is new, and so is its person, whom nobody confirmed yet */
    RECORDS_ACCOUNT_KNOWN,   /* it is new, of an identity that is known */
    RECORDS_ACCOUNT_STATION, /* it is new, and the station's */
    RECORDS_ACCOUNT_TURNED,  /* it was there, and is the station's from now on, for all days */
};

/*
 * The account of that name on that device, made when it is new. A station account belongs to the
 * device's station; an account that is said to be a station's becomes one and stays one.
 */
RESULT records_account_ensure(struct records_tx *tx, const struct records_account_new *new,
                              struct account_id *ret_account, enum records_account_made *ret_made);
/* Outcome: RECORDS_ABSENT. */
RESULT records_account_find(struct records_tx *tx, struct device_id device, struct text name,
                            struct account_id *ret_account);
RESULT records_account_list(struct records_tx *tx, struct arena *arena,
                            struct records_account **ret_accounts, size_t *ret_count);
RESULT records_account_list_of(struct records_tx *tx, struct device_id device, struct arena *arena,
                               struct records_account **ret_accounts, size_t *ret_count);

/* Whose an account is, from a day on and before another. */
struct records_owner {
    struct account_id account;
    struct device_id device;
    struct person_id person;
    int32_t from_day;
    int32_t until_day;
};

/* Owners on any of the days [from_day, until_day), by account, then day. person 0: everyone. */
RESULT records_owner_list(struct records_tx *tx, struct person_id person, int32_t from_day,
                          int32_t until_day, struct arena *arena, struct records_owner **ret_owners,
                          size_t *ret_count);
/* Whose an account is on a day. Outcome: RECORDS_ABSENT: there is no such account. */
RESULT records_owner_of(struct records_tx *tx, struct account_id account, int32_t day,
                        struct person_id *ret_person);

/* ---- people ---- */

struct records_person {
    struct person_id id;
    struct text name;
    bool station;
    struct text email;       /* small letters; empty: not known; nobody shares one */
    struct text employee_id; /* likewise */
    struct person_id manager;
    struct text time_zone; /* "America/New_York"; empty: the server's */
    struct text schedule;  /* records_schedule; empty: not known */
    int64_t created_at;    /* 0: before Ward kept it */
    int64_t ended_at;      /* 0: works here */
    bool confirmed;        /* somebody said who this is */
    struct person_id merged_into;
};

enum {
    RECORDS_PERSON_EMAIL = 20,  /* somebody else has that e-mail address */
    RECORDS_PERSON_EMPLOYEE_ID, /* somebody else has that employee id */
    RECORDS_PERSON_MANAGER,     /* nobody, a station, the person themselves, or somebody below */
    RECORDS_PERSON_STATION,     /* a station is nobody */
    RECORDS_PERSON_TIED,        /* both are users of Ward */
    RECORDS_PERSON_SAME,        /* it is so already */
    RECORDS_PERSON_OTHERS,      /* an account is not this person's */
};

/* Adds one; id, station and merged_into in row are ignored. Outcomes: RECORDS_PERSON_EMAIL,
 * _EMPLOYEE_ID, _MANAGER. */
RESULT records_person_add(struct records_tx *tx, const struct records_person *person,
                          struct arena *arena, struct person_id *ret_person);
/* Replaces every column but id, station, created_at and merged_into: of a row read in the same job.
 * Outcomes: those of records_person_add(); RECORDS_ABSENT, also of one who is merged into another.
 */
RESULT records_person_set(struct records_tx *tx, const struct records_person *person,
                          struct arena *arena);

struct records_person_search {
    struct text words; /* in name, e-mail, employee id or an account's name; empty: all */
    bool unconfirmed;  /* only those whom nobody confirmed yet */
    bool ended;        /* also those who left */
    size_t offset;
    size_t limit;
};

/* By name; *ret_total: how many there are without offset and limit. */
RESULT records_person_search(struct records_tx *tx, const struct records_person_search *search,
                             struct arena *arena, struct records_person **ret_people,
                             size_t *ret_count, size_t *ret_total);

struct records_person_account {
    struct account_id account;
    struct text name;
    struct text host_name;
    enum records_identity_kind kind;
    int32_t from_day;
    int32_t until_day;
};

/* What a person has or had, by account, then day. */
RESULT records_person_accounts(struct records_tx *tx, struct person_id person, struct arena *arena,
                               struct records_person_account **ret_accounts, size_t *ret_count);

/* ---- moves: who was put together with whom, taken apart, or given an account ---- */

/* Numbers are stored. */
enum records_move_kind {
    RECORDS_MOVE_CONFIRM = 0,
    RECORDS_MOVE_ASSIGN = 1,
    RECORDS_MOVE_MERGE = 2,
    RECORDS_MOVE_SPLIT = 3,
    RECORDS_MOVE_KINDS
};

/* "confirm", "assign", "merge", "split" */
const char *records_move_word(enum records_move_kind kind);

struct records_move {
    uint64_t number;
    int64_t at;
    struct text by;
    enum records_move_kind kind;
    struct person_id from;
    struct person_id to;
    int32_t from_day;
    struct text why;
};

/* What changed hands; users were tied to who is merged into another now, and their sessions have
 * ended. */
struct records_moved {
    uint64_t number;
    struct person_id from;
    size_t from_count; /* of an assignment: how many had it, of whom from is the first */
    struct person_id to;
    size_t identities;
    struct user_id *users;
    size_t user_count;
};

/* Somebody says that this is who they seem to be: to. Outcomes: RECORDS_ABSENT,
 * RECORDS_PERSON_SAME. */
RESULT records_person_confirm(struct records_tx *tx, const struct records_move *move,
                              struct records_moved *ret_moved);

/*
 * Gives an account to a person (to) from a day on, and with it every account of the same identity.
 * An unconfirmed person who has nothing left is merged into them. Outcomes: RECORDS_ABSENT,
 * RECORDS_PERSON_STATION, RECORDS_PERSON_SAME.
 */
RESULT records_person_assign(struct records_tx *tx, const struct records_move *move,
                             struct account_id account, struct arena *arena,
                             struct records_moved *ret_moved);

/*
 * Everything that was from's is to's, for all days: accounts, reports, groups, the tie of a user,
 * and what is not known of to. Outcomes: RECORDS_ABSENT, RECORDS_PERSON_STATION,
 * RECORDS_PERSON_SAME, RECORDS_PERSON_TIED.
 */
RESULT records_person_merge(struct records_tx *tx, const struct records_move *move,
                            struct arena *arena, struct records_moved *ret_moved);

/*
 * Accounts of a person (from), with all of their identities, are a new person's from a day on.
 * Outcomes: RECORDS_ABSENT, RECORDS_PERSON_STATION, RECORDS_PERSON_OTHERS.
 */
RESULT records_person_split(struct records_tx *tx, const struct records_move *move,
                            const struct account_id *accounts, size_t account_count,
                            struct text name, struct arena *arena, struct records_moved *ret_moved);

/* Of a person, the newest first. */
RESULT records_move_list(struct records_tx *tx, struct person_id person, size_t limit,
                         struct arena *arena, struct records_move **ret_moves, size_t *ret_count);

/* Those who are not merged into another, by number. */
RESULT records_person_list(struct records_tx *tx, struct arena *arena,
                           struct records_person **ret_people, size_t *ret_count);
/* Also one who is merged into another. Outcome: RECORDS_ABSENT. */
RESULT records_person_get(struct records_tx *tx, struct person_id id, struct arena *arena,
                          struct records_person *ret_person);

/* ---- groups: who belongs to them ---- */

/* Numbers are stored. */
enum records_rule_kind {
    RECORDS_RULE_MANAGER = 0, /* reports directly to a person */
    RECORDS_RULE_BELOW = 1,   /* reports to a person, directly or through others */
    RECORDS_RULE_DOMAIN = 2,  /* has an e-mail address of a domain */
    RECORDS_RULE_PREFIX = 3,  /* has an employee id that begins with value */
    RECORDS_RULE_KINDS
};

struct records_rule {
    enum records_rule_kind kind;
    struct text value;       /* of a domain or prefix */
    struct person_id person; /* of a manager */
};

struct records_group {
    struct group_id id;
    struct text name; /* nobody else's */
    struct text note;
    struct person_id *people; /* by hand */
    size_t person_count;
    struct group_id *inside; /* groups in it */
    size_t inside_count;
    struct records_rule *rules;
    size_t rule_count;
};

enum {
    RECORDS_GROUP_PERSON = 40, /* somebody who is not there */
    RECORDS_GROUP_INSIDE,      /* a group that is not there */
    RECORDS_GROUP_RING,        /* a group would be inside itself */
};

/*
 * Makes a group (id.number 0), or replaces everything of the one that is there. Outcomes:
 * RECORDS_ABSENT, RECORDS_EXISTS: the name; RECORDS_GROUP_PERSON, _INSIDE; _RING, with *ret_ring
 * set.
 */
RESULT records_group_put(struct records_tx *tx, const struct records_group *group, int64_t now,
                         struct arena *arena, struct group_id *ret_group, struct text *ret_ring);
/* Outcome: RECORDS_ABSENT. */
RESULT records_group_get(struct records_tx *tx, struct group_id id, struct arena *arena,
                         struct records_group *ret_group);
/* Takes it away, also out of other groups. Outcome: RECORDS_ABSENT. */
RESULT records_group_remove(struct records_tx *tx, struct group_id id);
/* By name, without what is in them. */
RESULT records_group_list(struct records_tx *tx, struct arena *arena,
                          struct records_group **ret_groups, size_t *ret_count);

/* Everyone in a group: by hand, by rule, and through groups inside it; ascending, nobody twice,
 * nobody who is merged into another. Outcome: RECORDS_ABSENT: no such group. */
RESULT records_group_people(struct records_tx *tx, struct group_id group, struct arena *arena,
                            struct person_id **ret_people, size_t *ret_count);
/* Who reports to a person directly: ascending, the person themselves never. */
RESULT records_reports(struct records_tx *tx, struct person_id manager, struct arena *arena,
                       struct person_id **ret_people, size_t *ret_count);
