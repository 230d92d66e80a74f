/* What the browser says about the page that asked: clientDataJSON, and the origin it must be. */

#include <jansson.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "crypto/webauthn-private.h"

DEFINE_CLEANUP(json_t *, json_decref)

/* ---- origins ---- */

#define NAME_MAX_LEN 253

static bool is_letter(char at)
{
    return at >= 'a' && at <= 'z';
}

static bool is_digit(char at)
{
    return at >= '0' && at <= '9';
}

/* A label as browsers print it: small letters, punycode for all others. */
static bool is_label(struct text label)
{
    if (label.len == 0 || label.len > 63 || label.at[0] == '-' || label.at[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!is_letter(label.at[i]) && !is_digit(label.at[i]) && label.at[i] != '-')
            return false;
    return true;
}

/* A name of hosts. The last label of a name begins with a letter; that of an IPv4 address, in any
 * spelling, with a digit. */
static bool is_name(struct text name)
{
    struct text label = {name.at, 0};

    if (name.len > NAME_MAX_LEN)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] != '.') {
            label.len++;
            continue;
        }
        if (!is_label(label))
            return false;
        label = (struct text){name.at + i + 1, 0};
    }
    return is_label(label) && is_letter(label.at[0]);
}

/* ":8443", never ":443", which browsers leave out. */
static bool is_port(struct text port)
{
    unsigned number = 0;

    if (port.len == 0)
        return true;
    if (port.len < 2 || port.len > 6 || port.at[0] != ':' || port.at[1] == '0')
        return false;
    for (size_t i = 1; i < port.len; i++) {
        if (!is_digit(port.at[i]))
            return false;
        number = number * 10 + (unsigned)(port.at[i] - '0');
    }
    return number <= 65535 && number != 443;
}

RESULT webauthn_party_of(struct text origin, struct webauthn_party *ret_party)
{
    static const char scheme[] = "https://";
    size_t len = sizeof scheme - 1;
    struct text name;

    if (origin.len <= len || memcmp(origin.at, scheme, len) != 0)
        return WEBAUTHN_NAMELESS;
    name = (struct text){origin.at + len, origin.len - len};
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] == ':')
            name.len = i;
    if (!is_name(name) || !is_port((struct text){name.at + name.len, origin.len - len - name.len}))
        return WEBAUTHN_NAMELESS;
    *ret_party = (struct webauthn_party){.id = name, .origin = origin};
    return 0;
}

/* ---- clientDataJSON ---- */

/* A member that has to be a string; the empty text where it is none. */
static struct text member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_string(value)
               ? (struct text){json_string_value(value), json_string_length(value)}
               : (struct text){0};
}

static bool challenge_fits(struct text given, const uint8_t wanted[WEBAUTHN_CHALLENGE_SIZE])
{
    uint8_t challenge[WEBAUTHN_CHALLENGE_SIZE];

    return base64url_parse(given, challenge, sizeof challenge) == 0 &&
           bytes_equal_secret(challenge, wanted, sizeof challenge);
}

/* Asked in a frame of another site, which could be dressed up as anything. */
static bool is_cross(const json_t *object)
{
    const json_t *cross = json_object_get(object, "crossOrigin");

    return (cross && !json_is_false(cross)) || json_object_get(object, "topOrigin");
}

RESULT webauthn_client_judge(const struct webauthn_question *question, const char *type,
                             struct bytes client)
{
    CLEANUP(json_decref) json_t *object = NULL;
    json_error_t error;

    if (client.len == 0 || client.len > WEBAUTHN_CLIENT_MAX)
        return WEBAUTHN_MALFORMED;
    object = json_loadb((const char *)client.at, client.len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object))
        return WEBAUTHN_MALFORMED;
    if (!text_equal(member(object, "type"), text_of(type)))
        return WEBAUTHN_TYPE;
    if (!challenge_fits(member(object, "challenge"), question->challenge))
        return WEBAUTHN_CHALLENGE;
    if (!text_equal(member(object, "origin"), question->party.origin))
        return WEBAUTHN_ORIGIN;
    return is_cross(object) ? WEBAUTHN_CROSS : 0;
}
