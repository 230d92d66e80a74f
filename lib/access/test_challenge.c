/* The contract of challenge.h, over records in memory; time is given. */

#include "access/challenge.h"
#include "tap.h"

#define NOW ((int64_t)1800000000000)

static struct records *records;
static const uint8_t key[32] = {1, 2, 3};

static struct challenge_use use_of(enum challenge_purpose purpose, uint8_t session)
{
    return (struct challenge_use){
        .key = {key, sizeof key}, .purpose = purpose, .session = {{session}}};
}

struct taking {
    struct challenge_use use;
    uint8_t challenge[CHALLENGE_SIZE];
    int64_t now;
};

static int take(struct records_tx *tx, void *context)
{
    struct taking *taking = context;

    return challenge_take(tx, &taking->use, taking->challenge, taking->now);
}

static struct taking made(void)
{
    struct taking taking = {.use = use_of(CHALLENGE_PROVE, 7), .now = NOW};

    CHECK(challenge_make(&taking.use, NOW, taking.challenge) == 0);
    return taking;
}

static int act(struct taking *taking)
{
    return records_act(records, take, taking);
}

static void a_challenge_is_taken_once(void)
{
    struct taking taking = made();
    struct taking other = made();

    CHECK(memcmp(taking.challenge, other.challenge, CHALLENGE_SIZE) != 0);
    CHECK(act(&taking) == 0);
    CHECK(act(&taking) == CHALLENGE_USED);
    CHECK(act(&other) == 0);
}

static void it_holds_for_five_minutes(void)
{
    struct taking taking = made();

    taking.now = NOW + CHALLENGE_MS;
    CHECK(act(&taking) == CHALLENGE_OVER);
    taking.now = NOW - 1;
    CHECK(act(&taking) == CHALLENGE_OVER);
    taking.now = NOW + CHALLENGE_MS - 1;
    CHECK(act(&taking) == 0);
    CHECK(act(&taking) == CHALLENGE_USED);
}

static void it_is_for_one_purpose_of_one_session_of_one_server(void)
{
    static const uint8_t other_key[32] = {1, 2, 4};
    struct taking taking = made();

    taking.use = use_of(CHALLENGE_SIGN_IN, 7);
    CHECK(act(&taking) == CHALLENGE_FOREIGN);
    taking.use = use_of(CHALLENGE_PROVE, 8);
    CHECK(act(&taking) == CHALLENGE_FOREIGN);
    taking.use = use_of(CHALLENGE_PROVE, 7);
    taking.use.key.at = other_key;
    CHECK(act(&taking) == CHALLENGE_FOREIGN);
    taking.use = use_of(CHALLENGE_PROVE, 7);
    CHECK(act(&taking) == 0);
}

static void no_bit_of_it_may_be_another(void)
{
    struct taking taking = made();

    for (unsigned i = 0; i < CHALLENGE_SIZE * 8; i++) {
        taking.challenge[i / 8] ^= (uint8_t)(1 << i % 8);
        CHECK(act(&taking) == CHALLENGE_FOREIGN);
        taking.challenge[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    CHECK(act(&taking) == 0);
}

int main(void)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    RUN(a_challenge_is_taken_once);
    RUN(it_holds_for_five_minutes);
    RUN(it_is_for_one_purpose_of_one_session_of_one_server);
    RUN(no_bit_of_it_may_be_another);
    records = records_free(records);
    return tap_done();
}
