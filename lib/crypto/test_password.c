#include <sodium.h>

#include "crypto/password.h"
#include "tap.h"

static void a_password_is_known_by_its_hash_and_another_is_not(void)
{
    char hash[PASSWORD_HASH_SIZE];
    char again[PASSWORD_HASH_SIZE];

    CHECK(password_hash(text_of("mijn fiets is rood"), hash) == 0);
    CHECK(strncmp(hash, "$argon2id$v=19$m=65536,t=3,p=1$", 31) == 0);
    CHECK(password_check(text_of("mijn fiets is rood"), hash) == 0);
    CHECK(password_check(text_of("mijn fiets is Rood"), hash) == PASSWORD_WRONG);
    CHECK(password_check(text_of(""), hash) == PASSWORD_WRONG);
    CHECK(password_check((struct text){"mijn fiets is rood\0", 19}, hash) == PASSWORD_WRONG);
    CHECK(password_hash(text_of("mijn fiets is rood"), again) == 0 && strcmp(hash, again) != 0);
}

static void a_hash_that_is_none_is_corrupt_and_not_merely_wrong(void)
{
    CHECK(password_check(text_of("x"), "") == ERR_CORRUPT);
    CHECK(password_check(text_of("x"), "$argon2id$v=19$m=65536") == ERR_CORRUPT);
    CHECK(password_check(text_of("x"), "plain") == ERR_CORRUPT);
}

static void what_is_too_long_is_refused_before_the_work(void)
{
    char text[PASSWORD_MAX_BYTES + 1];
    char hash[PASSWORD_HASH_SIZE];

    memset(text, 'x', sizeof(text));
    CHECK(password_hash((struct text){text, sizeof(text)}, hash) == PASSWORD_LONG);
    CHECK(password_check((struct text){text, sizeof(text)}, password_nobody()) == PASSWORD_WRONG);
    CHECK(password_judge((struct text){text, sizeof(text)}, text_of("")) == PASSWORD_LONG);
}

static void nobody_costs_as_much_as_somebody(void)
{
    CHECK(crypto_pwhash_str_needs_rehash(password_nobody(), 3, (size_t)64 * 1024 * 1024) == 0);
    CHECK(password_check(text_of("mijn fiets is rood"), password_nobody()) == PASSWORD_WRONG);
}

static void length_is_counted_in_characters(void)
{
    /* 14 and 15 characters; 28 and 30 bytes. */
    CHECK(password_judge(text_of("ßüöäñéèêçåøîôû"), text_of("")) == PASSWORD_SHORT);
    CHECK(password_judge(text_of("ßüöäñéèêçåøîôûõ"), text_of("")) == 0);
    CHECK(password_judge(text_of(""), text_of("")) == PASSWORD_SHORT);
    CHECK(password_judge(text_of("G7$kqP!x2Lm9#v"), text_of("")) == PASSWORD_SHORT);
    CHECK(password_judge(text_of("G7$kqP!x2Lm9#vz"), text_of("")) == 0);
}

static void what_others_would_try_is_refused(void)
{
    static const char *const common[] = {
        "password1234567", "aaaaaaaaaaaaaaa",  "123456789012345",  "Password12345678!",
        "qwertyuiopasdfg", "trustno1trustno1", "wardwardwardward",
    };

    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        CHECK(password_judge(text_of(common[i]), text_of("m.jansen")) == PASSWORD_COMMON);
    CHECK(password_judge(text_of("correct fiets battery stoel"), text_of("m.jansen")) == 0);
}

static void the_users_own_words_count_for_nothing(void)
{
    CHECK(password_judge(text_of("Blixembosch-Zorg-1"), text_of("")) == 0);
    CHECK(password_judge(text_of("Blixembosch-Zorg-1"), text_of("anna@blixembosch.zorg")) ==
          PASSWORD_COMMON);
    CHECK(password_judge(text_of("Blixembosch-Zorg-1"), text_of("anna Blixembosch Zorg")) ==
          PASSWORD_COMMON);
}

static void texts_that_are_not_utf8_or_hold_a_nul_are_refused(void)
{
    CHECK(password_judge(text_of("\xff\xfe G7$kqP!x2Lm9#vz"), text_of("")) == PASSWORD_INVALID);
    CHECK(password_judge((struct text){"G7$kqP!x2\0Lm9#vz", 16}, text_of("")) == PASSWORD_INVALID);
}

int main(void)
{
    RUN(a_password_is_known_by_its_hash_and_another_is_not);
    RUN(a_hash_that_is_none_is_corrupt_and_not_merely_wrong);
    RUN(what_is_too_long_is_refused_before_the_work);
    RUN(nobody_costs_as_much_as_somebody);
    RUN(length_is_counted_in_characters);
    RUN(what_others_would_try_is_refused);
    RUN(the_users_own_words_count_for_nothing);
    RUN(texts_that_are_not_utf8_or_hold_a_nul_are_refused);
    return tap_done();
}
