/* The contract of nouns.h, over a database in memory and over an encrypted file. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/records/nouns.h"
#include "tap.h"

static struct records *records;
static struct arena *arena;

static const uint8_t key_bytes[32] = "a key of exactly thirty-two byte";

static struct hash hash_of(uint8_t fill)
{
    struct hash hash;

    memset(hash.at, fill, sizeof(hash.at));
    return hash;
}

static bool same_hash(struct hash a, struct hash b)
{
    return memcmp(a.at, b.at, sizeof(a.at)) == 0;
}

static bool is(struct text text, const char *expected)
{
    return text_equal(text, text_of(expected));
}

static void act(records_job *job)
{
    CHECK(records_act(records, job, NULL) == 0);
}

static void look(records_job *job)
{
    CHECK(records_read(records, job, NULL) == 0);
}

/* ---- settings ---- */

static int set_settings(struct records_tx *tx, void *context)
{
    (void)context;
    CHECK(records_setting_set(tx, "organisation", bytes_of_text(text_of("A"))) == 0);
    CHECK(records_setting_set(tx, "organisation", bytes_of_text(text_of("St. Mary's"))) == 0);
    CHECK(records_setting_set(tx, "empty", (struct bytes){0}) == 0);
    return 0;
}

static int look_at_settings(struct records_tx *tx, void *context)
{
    struct bytes value;

    (void)context;
    CHECK(records_setting(tx, "organisation", arena, &value) == 0);
    CHECK(is(text_of_bytes(value), "St. Mary's"));
    CHECK(records_setting(tx, "empty", arena, &value) == 0 && value.len == 0);
    CHECK(records_setting(tx, "Organisation", arena, &value) == RECORDS_ABSENT);
    return 0;
}

static void a_setting_is_what_it_was_set_to_last(void)
{
    act(set_settings);
    look(look_at_settings);
}

/* ---- users ---- */

static struct records_user user_of(const char *name)
{
    return (struct records_user){
        .name = text_of(name),
        .display_name = text_of("Dr. Ä. \"Quote\""),
        .class = text_of("admin"),
        .created_at = 1000,
    };
}

static int add_users(struct records_tx *tx, void *context)
{
    struct records_user user = user_of("anna");
    struct user_id id = {0};

    (void)context;
    CHECK(records_user_add(tx, &user, &id) == 0 && id.number == 1);
    CHECK(records_user_add(tx, &user, &id) == RECORDS_EXISTS && id.number == 1);
    user = user_of("berta");
    CHECK(records_user_add(tx, &user, &id) == 0 && id.number == 2);
    user.id = id;
    user.display_name = text_of("Berta");
    user.class = text_of("viewer");
    user.password_hash = text_of("$argon2id$...");
    user.totp_seed = bytes_of_text(text_of("seed"));
    user.totp_confirmed = true;
    user.totp_last_step = 77;
    user.disabled_at = 5000;
    user.created_at = 9;
    CHECK(records_user_set(tx, &user) == 0);
    user.id.number = 3;
    CHECK(records_user_set(tx, &user) == RECORDS_ABSENT);
    return 0;
}

static int look_at_users(struct records_tx *tx, void *context)
{
    struct records_user user;
    struct records_user *users = NULL;
    size_t count = 0;

    (void)context;
    CHECK(records_user_get(tx, (struct user_id){1}, arena, &user) == 0);
    CHECK(is(user.name, "anna") && is(user.display_name, "Dr. Ä. \"Quote\""));
    CHECK(is(user.class, "admin") && user.person.number == 0 && user.password_hash.len == 0 &&
          user.totp_seed.len == 0);
    CHECK(!user.totp_confirmed && user.created_at == 1000 && user.disabled_at == 0);
    CHECK(records_user_find(tx, text_of("berta"), arena, &user) == 0);
    CHECK(user.id.number == 2 && is(user.class, "viewer") && is(user.display_name, "Berta"));
    CHECK(is(user.password_hash, "$argon2id$...") && is(text_of_bytes(user.totp_seed), "seed"));
    CHECK(user.totp_confirmed && user.totp_last_step == 77 && user.disabled_at == 5000);
    CHECK(user.created_at == 1000);
    CHECK(records_user_find(tx, text_of("Berta"), arena, &user) == RECORDS_ABSENT);
    CHECK(records_user_get(tx, (struct user_id){3}, arena, &user) == RECORDS_ABSENT);
    CHECK(records_user_list(tx, arena, &users, &count) == 0 && count == 2);
    CHECK(users[0].id.number == 1 && users[1].id.number == 2);
    return 0;
}

static void users_are_found_by_number_and_name(void)
{
    act(add_users);
    look(look_at_users);
}

/* ---- packages ---- */

static int use_packages(struct records_tx *tx, void *context)
{
    struct records_package package = {
        .token_hash = hash_of(1),
        .note = text_of("ward 3"),
        .uses = 2,
        .uses_left = 2,
        .created_at = 5,
        .expires_at = 6,
        .created_by = text_of("user:1"),
    };
    struct records_package found;
    struct records_package *packages = NULL;
    struct hash other = hash_of(9);
    uint64_t number = 0;
    size_t count = 0;

    (void)context;
    CHECK(records_package_add(tx, &package, &number) == 0 && number == 1);
    package.token_hash = hash_of(2);
    CHECK(records_package_add(tx, &package, &number) == 0 && number == 2);
    CHECK(records_package_use(tx, 1) == 0 && records_package_use(tx, 1) == 0);
    CHECK(records_package_use(tx, 1) == RECORDS_STALE);
    CHECK(records_package_use(tx, 3) == RECORDS_STALE);
    CHECK(records_package_find(tx, &package.token_hash, arena, &found) == 0);
    CHECK(found.number == 2 && found.uses == 2 && found.uses_left == 2 && is(found.note, "ward 3"));
    CHECK(found.created_at == 5 && found.expires_at == 6 && is(found.created_by, "user:1"));
    CHECK(records_package_find(tx, &other, arena, &found) == RECORDS_ABSENT);
    CHECK(records_package_list(tx, arena, &packages, &count) == 0 && count == 2);
    CHECK(packages[0].number == 2 && packages[1].number == 1 && packages[1].uses_left == 0);
    return 0;
}

static void a_package_is_used_as_often_as_it_says(void)
{
    act(use_packages);
}

/* ---- devices ---- */

static int use_devices(struct records_tx *tx, void *context)
{
    struct records_device device = {
        .id = {{1, 2, 3}},
        .host_name = text_of("ward3-pc1"),
        .epoch = UINT32_MAX,
        .certificate = hash_of(1),
        .certificate_to_at = 77,
        .enrolled_at = 42,
        .version = text_of("0.1.0"),
    };
    struct records_device found;
    struct records_device *devices = NULL;
    size_t count = 0;

    (void)context;
    CHECK(records_device_add(tx, &device) == 0);
    device.epoch = 2;
    device.certificate_next = hash_of(2);
    device.revoked_at = 99;
    device.seen_at = 98;
    device.waiting = 1000000;
    device.enrolled_at = 1;
    CHECK(records_device_get(tx, device.id, arena, &found) == 0);
    CHECK(found.epoch == UINT32_MAX && same_hash(found.certificate_next, hash_of(0)));
    CHECK(found.revoked_at == 0 && found.enrolled_at == 42 && found.certificate_to_at == 77);
    CHECK(records_device_set(tx, &device) == 0);
    CHECK(records_device_get(tx, device.id, arena, &found) == 0);
    CHECK(device_id_equal(found.id, device.id) && is(found.host_name, "ward3-pc1"));
    CHECK(found.epoch == 2 && same_hash(found.certificate_next, hash_of(2)));
    CHECK(same_hash(found.certificate, hash_of(1)) && found.revoked_at == 99);
    CHECK(found.seen_at == 98 && found.waiting == 1000000 && found.enrolled_at == 42);
    CHECK(is(found.version, "0.1.0"));
    device.id.at[15] = 1;
    CHECK(records_device_get(tx, device.id, arena, &found) == RECORDS_ABSENT);
    CHECK(records_device_set(tx, &device) == RECORDS_ABSENT);
    CHECK(records_device_add(tx, &device) == 0);
    CHECK(records_device_list(tx, arena, &devices, &count) == 0 && count == 2);
    return 0;
}

static void a_device_keeps_its_id_and_its_enrolment(void)
{
    act(use_devices);
}

/* ---- policies ---- */

static int use_policies(struct records_tx *tx, void *context)
{
    struct records_policy policy = {
        .version = 1,
        .envelope = bytes_of_text(text_of("signed")),
        .created_at = 4,
        .created_by = text_of("user:1"),
    };
    struct records_policy found;

    (void)context;
    CHECK(records_policy_newest(tx, arena, &found) == RECORDS_ABSENT);
    CHECK(records_policy_add(tx, &policy) == 0);
    CHECK(records_policy_add(tx, &policy) == RECORDS_STALE);
    policy.version = 3;
    CHECK(records_policy_add(tx, &policy) == RECORDS_STALE);
    policy.version = 2;
    policy.envelope = bytes_of_text(text_of("signed again"));
    CHECK(records_policy_add(tx, &policy) == 0);
    CHECK(records_policy_newest(tx, arena, &found) == 0 && found.version == 2);
    CHECK(is(text_of_bytes(found.envelope), "signed again") && is(found.created_by, "user:1"));
    CHECK(found.created_at == 4);
    return 0;
}

static void a_policy_follows_the_newest_or_is_stale(void)
{
    act(use_policies);
}

/* ---- audit ---- */

static int append_entries(struct records_tx *tx, void *context)
{
    struct audit_entry entry = {.at = 1, .actor = AUDIT_USER, .action = text_of("login")};
    uint64_t index = 99;

    (void)context;
    for (uint64_t i = 0; i < 10; i++) {
        entry.at = (int64_t)i;
        CHECK(records_audit_append(tx, &entry, &index) == 0 && index == i);
    }
    return 0;
}

static int look_at_entries(struct records_tx *tx, void *context)
{
    struct records_audit_row *rows = NULL;
    struct audit_entry entry;
    size_t count = 0;
    uint64_t size = 0;

    (void)context;
    CHECK(records_audit_size(tx, &size) == 0 && size == 10);
    CHECK(records_audit_list(tx, UINT64_MAX, 3, arena, &rows, &count) == 0 && count == 3);
    CHECK(rows[0].index == 9 && rows[2].index == 7);
    CHECK(records_audit_list(tx, 2, 30, arena, &rows, &count) == 0 && count == 2);
    CHECK(rows[0].index == 1 && rows[1].index == 0);
    CHECK(records_audit_list(tx, 0, 30, arena, &rows, &count) == 0 && count == 0);
    CHECK(records_audit_read(tx, 8, 30, arena, &rows, &count) == 0 && count == 2);
    CHECK(rows[0].index == 8);
    CHECK(audit_entry_decode(rows[0].entry, arena, &entry) == 0);
    CHECK(entry.at == 8 && entry.actor == AUDIT_USER && is(entry.action, "login"));
    CHECK(records_audit_read(tx, UINT64_MAX, 30, arena, &rows, &count) == 0 && count == 0);
    return 0;
}

static int look_at_proofs(struct records_tx *tx, void *context)
{
    struct records_audit_row *rows = NULL;
    struct tree_proof proof;
    struct hash old_root;
    struct hash root;
    struct hash leaf;
    size_t count = 0;

    (void)context;
    CHECK(records_audit_root(tx, 10, &root) == 0 && records_audit_root(tx, 7, &old_root) == 0);
    CHECK(records_audit_root(tx, 11, &root) == RECORDS_ABSENT);
    CHECK(records_audit_consistency(tx, 7, 10, &proof) == 0);
    CHECK(tree_check_consistency(7, &old_root, 10, &root, &proof) == 0);
    CHECK(records_audit_consistency(tx, 7, 11, &proof) == RECORDS_ABSENT);
    CHECK(records_audit_consistency(tx, 8, 7, &proof) == RECORDS_ABSENT);
    CHECK(records_audit_read(tx, 4, 1, arena, &rows, &count) == 0 && count == 1);
    CHECK(tree_leaf_hash(rows[0].entry, &leaf) == 0);
    CHECK(records_audit_inclusion(tx, 4, 10, &proof) == 0);
    CHECK(tree_check_inclusion(&leaf, 4, 10, &proof, &root) == 0);
    CHECK(records_audit_inclusion(tx, 10, 10, &proof) == RECORDS_ABSENT);
    CHECK(records_audit_inclusion(tx, 4, 11, &proof) == RECORDS_ABSENT);
    return 0;
}

static int use_checkpoints(struct records_tx *tx, void *context)
{
    uint64_t size = 0;
    struct bytes note;

    (void)context;
    CHECK(records_checkpoint_newest(tx, arena, &size, &note) == RECORDS_ABSENT);
    CHECK(records_checkpoint_add(tx, 10, 1, bytes_of_text(text_of("ten"))) == 0);
    CHECK(records_checkpoint_add(tx, 5, 2, bytes_of_text(text_of("five"))) == 0);
    CHECK(records_checkpoint_add(tx, 10, 3, bytes_of_text(text_of("ten again"))) == 0);
    CHECK(records_checkpoint_newest(tx, arena, &size, &note) == 0 && size == 10);
    CHECK(is(text_of_bytes(note), "ten again"));
    return 0;
}

static void entries_are_numbered_and_read_both_ways(void)
{
    act(append_entries);
    look(look_at_entries);
}

static void proofs_of_the_store_hold(void)
{
    look(look_at_proofs);
}

static void the_newest_checkpoint_is_the_one_of_the_largest_size(void)
{
    act(use_checkpoints);
}

static int read_with_little_room(struct records_tx *tx, void *context)
{
    CLEANUP(arena_free) struct arena *small = NULL;
    struct records_user *users = NULL;
    struct records_audit_row *rows = NULL;
    size_t count = 99;

    (void)context;
    CHECK(arena_new(&small, 64) == 0);
    CHECK(records_user_list(tx, small, &users, &count) == ERR_MEMORY);
    CHECK(records_audit_list(tx, UINT64_MAX, 5, small, &rows, &count) == ERR_MEMORY);
    CHECK(!users && !rows && count == 99);
    return 0;
}

/* ---- spills and incidents ---- */

static int spill_something(struct records_tx *tx, void *context)
{
    const struct records_incident incident = {.kind = text_of("spill"),
                                              .summary = text_of("found in 3 texts"),
                                              .opened_at = 7,
                                              .opened_by = text_of("sam")};
    struct records_spill spill = {.begun_at = 7,
                                  .begun_by = text_of("sam"),
                                  .purpose = text_of("reported"),
                                  .rule = bytes_of_text(text_of("a rule")),
                                  .rule_until = 900};
    struct records_spill_day day = {.day = 20000, .texts = 3, .old_key = {1}};
    const struct records_device device = {.id = {.at = {5}}, .host_name = text_of("desk")};
    uint64_t count;

    (void)context;
    CHECK(records_incident_open(tx, &incident, &spill.incident) == 0 && spill.incident == 1);
    CHECK(records_spill_number(tx, &spill.number) == 0 && spill.number == 1);
    CHECK(records_spill_number(tx, &spill.number) == 0 && spill.number == 2);
    CHECK(records_spill_add(tx, &spill) == 0);
    day.spill = spill.number;
    CHECK(records_spill_day_set(tx, &day) == 0);
    day.new_key[0] = 2;
    day.done_at = 8;
    CHECK(records_spill_day_set(tx, &day) == 0); /* the same day and key: replaced */
    day.old_key[0] = 2;
    day.done_at = 9;
    CHECK(records_spill_day_set(tx, &day) == 0); /* another key: rewritten twice */
    CHECK(records_device_add(tx, &device) == 0);
    CHECK(records_spill_device_add(tx, spill.number, device.id) == 0);
    CHECK(records_spill_device_add(tx, spill.number, device.id) == 0);
    /* No version carries the rule yet, so none can be clean of it. */
    CHECK(records_spill_device_clean(tx, device.id, 99, 10, &count) == 0 && count == 0);
    spill.policy = 4;
    CHECK(records_spill_set(tx, &spill) == 0);
    CHECK(records_spill_device_clean(tx, device.id, 3, 10, &count) == 0 && count == 0);
    CHECK(records_spill_device_clean(tx, device.id, 4, 11, &count) == 0 && count == 1);
    CHECK(records_spill_device_clean(tx, device.id, 5, 12, &count) == 0 && count == 0);
    return 0;
}

static int look_at_the_spill(struct records_tx *tx, void *context)
{
    struct records_spill_device *devices;
    struct records_spill_day *days;
    struct records_spill *spills;
    struct records_spill spill;
    size_t count;

    (void)context;
    CHECK(records_spill_list(tx, 9, arena, &spills, &count) == 0 && count == 1);
    CHECK(records_spill_get(tx, 1, arena, &spill) == RECORDS_ABSENT);
    CHECK(records_spill_get(tx, 2, arena, &spill) == 0);
    CHECK(spill.number == 2 && spill.begun_at == 7 && spill.rule_until == 900);
    CHECK(spill.policy == 4 && spill.done_at == 0 && spill.incident == 1);
    CHECK(is(spill.begun_by, "sam") && is(spill.purpose, "reported"));
    CHECK(is(text_of_bytes(spill.rule), "a rule") && is(spill.receipt, ""));
    CHECK(records_spill_day_list(tx, 2, arena, &days, &count) == 0 && count == 2);
    CHECK(days[0].day == 20000 && days[0].texts == 3 && days[0].done_at == 8);
    CHECK(days[0].old_key[0] == 1 && days[0].new_key[0] == 2 && days[1].old_key[0] == 2);
    CHECK(records_spill_device_list(tx, 2, arena, &devices, &count) == 0 && count == 1);
    CHECK(devices[0].device.at[0] == 5 && devices[0].clean_at == 11);
    return 0;
}

static int end_the_spill(struct records_tx *tx, void *context)
{
    struct records_spill spill;

    (void)context;
    CHECK(records_spill_get(tx, 2, arena, &spill) == 0);
    spill.rule = (struct bytes){0};
    spill.done_at = 77;
    spill.receipt = text_of("{}");
    CHECK(records_spill_set(tx, &spill) == 0);
    CHECK(records_spill_get(tx, 2, arena, &spill) == 0);
    CHECK(spill.rule.len == 0 && spill.done_at == 77 && is(spill.receipt, "{}"));
    spill.number = 9;
    CHECK(records_spill_set(tx, &spill) == RECORDS_ABSENT);
    return 0;
}

static int close_the_incident(struct records_tx *tx, void *context)
{
    struct records_incident *incidents;
    struct records_incident incident;
    size_t count;

    (void)context;
    CHECK(records_incident_list(tx, 9, arena, &incidents, &count) == 0 && count == 1);
    CHECK(is(incidents->kind, "spill") && is(incidents->summary, "found in 3 texts"));
    CHECK(incidents->opened_at == 7 && incidents->closed_at == 0 && is(incidents->note, ""));
    CHECK(records_incident_close(tx, 2, 8, text_of("kim"), text_of("x")) == RECORDS_ABSENT);
    CHECK(records_incident_close(tx, 1, 8, text_of("kim"), text_of("told them")) == 0);
    CHECK(records_incident_close(tx, 1, 9, text_of("sam"), text_of("y")) == RECORDS_STALE);
    CHECK(records_incident_get(tx, 1, arena, &incident) == 0);
    CHECK(incident.closed_at == 8 && is(incident.closed_by, "kim"));
    CHECK(is(incident.note, "told them"));
    CHECK(records_incident_get(tx, 2, arena, &incident) == RECORDS_ABSENT);
    return 0;
}

static void a_spill_keeps_its_days_and_devices_and_loses_its_rule_at_the_end(void)
{
    act(spill_something);
    look(look_at_the_spill);
    act(end_the_spill);
}

static void an_incident_is_closed_once(void)
{
    act(close_the_incident);
}

static void an_answer_that_does_not_fit_its_arena_is_a_fault(void)
{
    look(read_with_little_room);
}

/* ---- receipts ---- */

static int put(struct records_tx *tx, uint32_t epoch, int32_t day, uint32_t revision)
{
    struct records_receipt receipt = {.device = {{7}},
                                      .epoch = epoch,
                                      .day = day,
                                      .revision = revision,
                                      .verdict = RECORDS_RECEIPT_UNCOMPARED,
                                      .signed_text = text_of("signed"),
                                      .certificate = {key_bytes, 4}};

    return records_receipt_put(tx, &receipt);
}

static int keep_receipts(struct records_tx *tx, void *context)
{
    struct records_device device = {.id = {{7}}, .epoch = 2};

    (void)context;
    CHECK(records_device_add(tx, &device) == 0);
    CHECK(put(tx, 1, 20000, 4) == 0 && put(tx, 1, 20002, 1) == 0);
    CHECK(put(tx, 2, 20002, 1) == 0 && put(tx, 2, 20003, 9) == 0);
    CHECK(put(tx, 1, 20000, 3) == RECORDS_STALE);
    return 0;
}

static int look_for_the_last(struct records_tx *tx, void *context)
{
    const struct device_id device = {{7}};
    struct records_receipt receipt;

    (void)context;
    CHECK(records_receipt_last(tx, device, 1, 19999, arena, &receipt) == RECORDS_ABSENT);
    CHECK(records_receipt_last(tx, device, 1, 20001, arena, &receipt) == 0);
    CHECK(receipt.day == 20000 && receipt.revision == 4 && is(receipt.signed_text, "signed"));
    CHECK(strcmp(records_verdict_word(receipt.verdict), "uncompared") == 0);
    CHECK(records_receipt_last(tx, device, 1, 20003, arena, &receipt) == 0);
    CHECK(receipt.day == 20002 && receipt.epoch == 1);
    CHECK(records_receipt_last(tx, device, 2, 20002, arena, &receipt) == 0);
    CHECK(receipt.day == 20002 && receipt.epoch == 2);
    return 0;
}

static void the_last_receipt_is_of_that_day_and_enrolment_or_before(void)
{
    act(keep_receipts);
    look(look_for_the_last);
}

/* ---- trials, and looking for needles ---- */

static int add_trials(struct records_tx *tx, void *context)
{
    uint64_t number;

    (void)context;
    for (uint64_t i = 1; i <= 3; i++) {
        CHECK(records_trial_number(tx, &number) == 0 && number == i);
        CHECK(records_trial_add(
                  tx, &(struct records_trial){.number = number,
                                              .started_at = 100 * (int64_t)i,
                                              .finished_at = 100 * (int64_t)i + 5,
                                              .started_by = text_of("morgan"),
                                              .outcome = (enum records_trial_outcome)(i % 3),
                                              .result = text_of("{\"places\":[]}")}) == 0);
    }
    return 0;
}

static int look_at_trials(struct records_tx *tx, void *context)
{
    struct records_trial *trials;
    size_t count;
    int64_t at;

    (void)context;
    CHECK(records_trial_list(tx, 2, arena, &trials, &count) == 0 && count == 2);
    CHECK(trials[0].number == 3 && trials[1].number == 2);
    CHECK(trials[0].outcome == RECORDS_TRIAL_CLEAN && trials[1].outcome == RECORDS_TRIAL_UNSEEN);
    CHECK(trials[1].started_at == 200 && trials[1].finished_at == 205);
    CHECK(is(trials[0].started_by, "morgan") && is(trials[0].result, "{\"places\":[]}"));
    CHECK(records_trial_passed_at(tx, &at) == 0 && at == 305);
    return 0;
}

static void trials_come_newest_first_and_the_last_clean_one_is_known(void)
{
    act(add_trials);
    look(look_at_trials);
}

static int look_for_needles(struct records_tx *tx, void *context)
{
    struct needles needles = {0};
    struct records_found found;

    (void)context;
    CHECK(needles_add(&needles, text_of("zyllowska")) == 0);
    CHECK(records_search(tx, &needles, &found) == 0);
    CHECK(found.rest.found == 0 && found.audit.found == 0 && found.rest.texts > 10);
    CHECK(needles_add(&needles, text_of("MORGAN")) == 0);
    CHECK(records_search(tx, &needles, &found) == 0);
    CHECK(found.rest.found >= 3);
    return 0;
}

static void needles_are_found_in_any_table(void)
{
    look(look_for_needles);
}

static void run_all(const char *path, struct bytes key)
{
    CHECK(records_open(&records, path, key) == 0);
    CHECK(arena_new(&arena, 1 << 20) == 0);
    RUN(a_setting_is_what_it_was_set_to_last);
    RUN(users_are_found_by_number_and_name);
    RUN(a_package_is_used_as_often_as_it_says);
    RUN(a_device_keeps_its_id_and_its_enrolment);
    RUN(a_policy_follows_the_newest_or_is_stale);
    RUN(entries_are_numbered_and_read_both_ways);
    RUN(proofs_of_the_store_hold);
    RUN(the_newest_checkpoint_is_the_one_of_the_largest_size);
    RUN(a_spill_keeps_its_days_and_devices_and_loses_its_rule_at_the_end);
    RUN(an_incident_is_closed_once);
    RUN(the_last_receipt_is_of_that_day_and_enrolment_or_before);
    RUN(trials_come_newest_first_and_the_last_clean_one_is_known);
    RUN(needles_are_found_in_any_table);
    RUN(an_answer_that_does_not_fit_its_arena_is_a_fault);
    records = records_free(records);
    arena = arena_free(arena);
}

int main(void)
{
    char directory[] = "/tmp/ward-nouns-XXXXXX";
    char path[64];

    run_all(":memory:", (struct bytes){0});
    CHECK(mkdtemp(directory) != NULL);
    (void)snprintf(path, sizeof(path), "%s/records.db", directory);
    run_all(path, (struct bytes){key_bytes, sizeof(key_bytes)});
    CHECK(unlink(path) == 0 && rmdir(directory) == 0);
    return tap_done();
}
