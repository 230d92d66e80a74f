/* Identities: what an account's name says of whose it is. Pure but for the arena. */

#include "base/hex.h"
#include "store/records/people-private.h"
#include "store/records/people.h"
#include "store/records/records-private.h"

const char *records_identity_word(enum records_identity_kind kind)
{
    static const char *const words[RECORDS_IDENTITY_KINDS] = {"local", "domain", "upn", "station"};

    return words[kind];
}

static unsigned char small(char letter)
{
    unsigned char byte = (unsigned char)letter;

    return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

struct text records_small_copy(struct arena *arena, struct text text)
{
    char *at = arena_take(arena, text.len + 1);

    for (size_t i = 0; at && i < text.len; i++)
        at[i] = (char)small(text.at[i]);
    return (struct text){.at = at, .len = at ? text.len : 0};
}

static bool same(struct text a, struct text b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (small(a.at[i]) != small(b.at[i]))
            return false;
    return true;
}

/* The part before the first mark; *ret_after is what follows it. False: there are not both. */
static bool part(struct text text, char mark, struct text *ret_before, struct text *ret_after)
{
    const char *at = text.len ? memchr(text.at, mark, text.len) : NULL;
    size_t before = at ? (size_t)(at - text.at) : 0;

    if (before == 0 || before + 1 == text.len)
        return false;
    *ret_before = (struct text){text.at, before};
    *ret_after = (struct text){at + 1, text.len - before - 1};
    return true;
}

/* What every Windows calls a domain and is one of its own, or of nobody in particular. */
static bool domain_is_own(struct text domain, struct text host_name)
{
    static const char *const own[] = {
        ".",           "nt authority",   "nt service",       "builtin",
        "iis apppool", "window manager", "font driver host", "workgroup",
        "azuread",
    };
    struct text before = host_name;
    struct text after;

    if (!part(host_name, '.', &before, &after))
        before = host_name;
    if (same(domain, host_name) || same(domain, before))
        return true;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (same(domain, text_of(own[i])))
            return true;
    return false;
}

/* user@dom.ain, where the domain is more than one word and not the device. */
static bool is_upn(struct text name, struct text host_name)
{
    struct text user;
    struct text domain;
    struct text first;
    struct text rest;

    return part(name, '@', &user, &domain) && !memchr(domain.at, '@', domain.len) &&
           part(domain, '.', &first, &rest) && !same(domain, host_name);
}

static enum records_identity_kind kind_of(struct text host_name, struct text name)
{
    struct text domain;
    struct text user;

    if (part(name, '\\', &domain, &user))
        return domain_is_own(domain, host_name) ? RECORDS_IDENTITY_LOCAL : RECORDS_IDENTITY_DOMAIN;
    return is_upn(name, host_name) ? RECORDS_IDENTITY_UPN : RECORDS_IDENTITY_LOCAL;
}

int records_identity_read(struct device_id device, struct text host_name, struct text name,
                          struct arena *arena, struct records_identity *ret_identity)
{
    struct records_identity identity = {.kind = kind_of(host_name, name)};
    char id[DEVICE_ID_SIZE * 2 + 1];

    /* Systems tell local names of large and small letters apart. */
    hex_print((struct bytes){device.at, DEVICE_ID_SIZE}, id);
    identity.value = identity.kind == RECORDS_IDENTITY_LOCAL
                         ? arena_print(arena, "%s\\%.*s", id, (int)name.len, name.at)
                         : records_small_copy(arena, name);
    if (!identity.value.at)
        return FAULT(ERR_MEMORY);
    *ret_identity = identity;
    return 0;
}
