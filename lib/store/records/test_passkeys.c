/* Passkeys of users, and challenges that work once. */

#include "store/records/nouns.h"
#include "tap.h"

static struct records *records;
static struct arena *arena;

static void act(records_job *job)
{
    CHECK(records_act(records, job, NULL) == 0);
}

static int add_users(struct records_tx *tx, void *context)
{
    static const char *const names[] = {"anna", "robin"};
    struct user_id id;

    (void)context;
    for (uint32_t i = 0; i < 2; i++) {
        struct records_user user = {.name = text_of(names[i]), .class = text_of("viewer")};

        CHECK(records_user_add(tx, &user, &id) == 0 && id.number == i + 1);
    }
    return 0;
}

static struct bytes bytes_as(const char *string)
{
    return bytes_of_text(text_of(string));
}

static struct records_passkey passkey_of(uint32_t user, const char *credential)
{
    return (struct records_passkey){.user = {user},
                                    .party = text_of("ward.example"),
                                    .credential = bytes_as(credential),
                                    .algorithm = -257,
                                    .public_key = bytes_as("public key"),
                                    .counter = UINT32_MAX,
                                    .name = text_of("Blue key"),
                                    .transports = text_of("usb,nfc"),
                                    .created_at = 100};
}

static int use_passkeys(struct records_tx *tx, void *context)
{
    struct records_passkey passkey = passkey_of(1, "first");
    struct records_passkey found;
    struct records_passkey *rows;
    uint64_t number = 0;
    size_t count;

    (void)context;
    CHECK(records_passkey_find(tx, passkey.credential, arena, &found) == RECORDS_ABSENT);
    CHECK(records_passkey_add(tx, &passkey, &number) == 0 && number == 1);
    CHECK(records_passkey_find(tx, passkey.credential, arena, &found) == 0);
    CHECK(found.number == 1 && found.user.number == 1 && found.algorithm == -257);
    CHECK(found.counter == UINT32_MAX && found.created_at == 100 && found.used_at == 0);
    CHECK(text_equal(found.party, passkey.party) && text_equal(found.name, passkey.name));
    CHECK(text_equal(found.transports, passkey.transports));
    CHECK(text_equal(text_of_bytes(found.public_key), text_of("public key")));
    /* Whoever registers somebody's credential again, as theirs even, gets nothing. */
    passkey.user.number = 2;
    CHECK(records_passkey_add(tx, &passkey, &number) == RECORDS_EXISTS && number == 1);
    passkey = passkey_of(1, "second");
    CHECK(records_passkey_add(tx, &passkey, &number) == 0 && number == 2);
    passkey = passkey_of(2, "third");
    CHECK(records_passkey_add(tx, &passkey, &number) == 0 && number == 3);
    CHECK(records_passkey_list(tx, (struct user_id){1}, arena, &rows, &count) == 0);
    CHECK(count == 2 && rows[0].number == 1 && rows[1].number == 2);
    CHECK(records_passkey_list(tx, (struct user_id){3}, arena, &rows, &count) == 0 && count == 0);

    CHECK(records_passkey_use(tx, 2, 7, 200) == 0);
    CHECK(records_passkey_use(tx, 4, 7, 200) == RECORDS_ABSENT);
    CHECK(records_passkey_find(tx, bytes_as("second"), arena, &found) == 0);
    CHECK(found.counter == 7 && found.used_at == 200);
    return 0;
}

static void a_credential_is_one_passkey_of_one_user(void)
{
    act(use_passkeys);
}

static int change_passkeys(struct records_tx *tx, void *context)
{
    const struct user_id anna = {1};
    const struct user_id robin = {2};
    struct records_passkey passkey = passkey_of(1, "fourth");
    struct records_passkey found;
    uint64_t number;

    (void)context;
    CHECK(records_passkey_rename(tx, robin, 1, text_of("Mine")) == RECORDS_ABSENT);
    CHECK(records_passkey_remove(tx, robin, 1) == RECORDS_ABSENT);
    CHECK(records_passkey_rename(tx, anna, 1, text_of("Red key")) == 0);
    CHECK(records_passkey_find(tx, bytes_as("first"), arena, &found) == 0);
    CHECK(text_equal(found.name, text_of("Red key")));
    CHECK(records_passkey_remove(tx, anna, 1) == 0);
    CHECK(records_passkey_find(tx, bytes_as("first"), arena, &found) == RECORDS_ABSENT);
    CHECK(records_passkey_remove_of(tx, anna) == 0);
    CHECK(records_passkey_find(tx, bytes_as("second"), arena, &found) == RECORDS_ABSENT);
    CHECK(records_passkey_find(tx, bytes_as("third"), arena, &found) == 0);
    /* Audit entries name passkeys by number, so none is given twice. */
    CHECK(records_passkey_add(tx, &passkey, &number) == 0 && number == 4);
    return 0;
}

static void only_its_user_changes_or_removes_a_passkey(void)
{
    act(change_passkeys);
}

static int use_challenges(struct records_tx *tx, void *context)
{
    uint8_t at[2][32] = {{1}, {2}};
    struct bytes first = {at[0], sizeof at[0]};
    struct bytes second = {at[1], sizeof at[1]};

    (void)context;
    CHECK(records_challenge_use(tx, first, 100, 50) == 0);
    CHECK(records_challenge_use(tx, first, 100, 50) == RECORDS_EXISTS);
    CHECK(records_challenge_use(tx, second, 200, 99) == 0);
    CHECK(records_challenge_use(tx, first, 100, 99) == RECORDS_EXISTS);
    /* Kept no longer than it could be answered. */
    CHECK(records_challenge_use(tx, second, 200, 100) == RECORDS_EXISTS);
    at[1][0] = 3;
    CHECK(records_challenge_use(tx, second, 200, 100) == 0);
    CHECK(records_challenge_use(tx, first, 300, 100) == 0);
    return 0;
}

static void a_challenge_is_used_once_until_its_time_is_over(void)
{
    act(use_challenges);
}

int main(void)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    CHECK(arena_new(&arena, 1 << 20) == 0);
    act(add_users);
    RUN(a_credential_is_one_passkey_of_one_user);
    RUN(only_its_user_changes_or_removes_a_passkey);
    RUN(a_challenge_is_used_once_until_its_time_is_over);
    records = records_free(records);
    arena = arena_free(arena);
    return tap_done();
}
