#include "audit/checkpoint.h"

#include "base/base64.h"

#define DASH "\xe2\x80\x94 " /* an em dash and a blank begin a signature line */
#define KEY_ID_SIZE 4
#define ALGORITHM_ED25519 1
#define BODY_MAX 512

/* ---- the note ---- */

/* A key's name in a signed note: not empty, printable, without blanks and plus signs. */
static bool name_valid(struct text name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] <= ' ' || name.at[i] > '~' || name.at[i] == '+')
            return false;
    }
    return name.len > 0 && name.len <= CHECKPOINT_ORIGIN_MAX;
}

/* SHA-256(name || "\n" || algorithm || public key), its first four bytes. */
static int key_id(struct text name, const uint8_t public_key[SIGN_PUBLIC_SIZE],
                  uint8_t ret_id[KEY_ID_SIZE])
{
    static const uint8_t between[] = {'\n', ALGORITHM_ED25519};
    const struct bytes pieces[] = {
        bytes_of_text(name), {between, sizeof(between)}, {public_key, SIGN_PUBLIC_SIZE}};
    struct hash hash;
    int r = hash_pieces(pieces, 3, &hash);

    if (r)
        return r;
    memcpy(ret_id, hash.at, KEY_ID_SIZE);
    return 0;
}

int checkpoint_body(const struct checkpoint *checkpoint, struct buffer *ret_body)
{
    if (!name_valid(checkpoint->origin))
        return CHECKPOINT_INVALID;
    buffer_append_text(ret_body, checkpoint->origin);
    buffer_print(ret_body, "\n%llu\n", (unsigned long long)checkpoint->size);
    base64_append(ret_body, (struct bytes){checkpoint->root.at, HASH_SIZE});
    buffer_append_string(ret_body, "\n");
    return buffer_check(ret_body);
}

int checkpoint_sign(const struct checkpoint *checkpoint, struct bytes seed, struct buffer *ret_note)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(BODY_MAX);
    uint8_t public_key[SIGN_PUBLIC_SIZE];
    uint8_t blob[KEY_ID_SIZE + SIGN_SIZE];
    int r = checkpoint_body(checkpoint, &body);

    if (r == 0)
        r = sign_public(seed, public_key);
    if (r == 0)
        r = key_id(checkpoint->origin, public_key, blob);
    if (r == 0)
        r = sign_make(seed, buffer_bytes(&body), blob + KEY_ID_SIZE);
    if (r)
        return r;
    buffer_append(ret_note, body.at, body.len);
    buffer_append_string(ret_note, "\n" DASH);
    buffer_append_text(ret_note, checkpoint->origin);
    buffer_append_string(ret_note, " ");
    base64_append(ret_note, (struct bytes){blob, sizeof(blob)});
    buffer_append_string(ret_note, "\n");
    return buffer_check(ret_note);
}

/* Takes a line that ends in a newline, without it. */
static bool take_line(struct text *rest, struct text *ret_line)
{
    const char *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;

    if (!end)
        return false;
    *ret_line = (struct text){rest->at, (size_t)(end - rest->at)};
    rest->len -= ret_line->len + 1;
    rest->at = end + 1;
    return true;
}

static bool take_text(struct text *rest, struct text expected)
{
    if (rest->len < expected.len || memcmp(rest->at, expected.at, expected.len) != 0)
        return false;
    rest->at += expected.len;
    rest->len -= expected.len;
    return true;
}

static bool read_size(struct text text, uint64_t *ret_size)
{
    uint64_t value = 0;

    if (text.len == 0 || (text.at[0] == '0' && text.len > 1))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c < '0' || c > '9' || value > (UINT64_MAX - (uint64_t)(c - '0')) / 10)
            return false;
        value = value * 10 + (uint64_t)(c - '0');
    }
    *ret_size = value;
    return true;
}

/* Reads everything but the signature's truth; ret_body is what was signed. */
static bool parse(struct bytes note, struct checkpoint *ret_checkpoint, struct text *ret_body,
                  uint8_t ret_blob[KEY_ID_SIZE + SIGN_SIZE])
{
    struct text rest = text_of_bytes(note);
    struct text line;

    ret_body->at = rest.at;
    if (!take_line(&rest, &ret_checkpoint->origin) || !name_valid(ret_checkpoint->origin))
        return false;
    if (!take_line(&rest, &line) || !read_size(line, &ret_checkpoint->size))
        return false;
    if (!take_line(&rest, &line) || base64_parse(line, ret_checkpoint->root.at, HASH_SIZE))
        return false;
    ret_body->len = (size_t)(rest.at - ret_body->at);
    if (!take_line(&rest, &line) || line.len > 0)
        return false;
    if (!take_line(&rest, &line) || rest.len > 0)
        return false;
    return take_text(&line, text_of(DASH)) && take_text(&line, ret_checkpoint->origin) &&
           take_text(&line, text_of(" ")) &&
           base64_parse(line, ret_blob, KEY_ID_SIZE + SIGN_SIZE) == 0;
}

int checkpoint_open(struct bytes note, const uint8_t public_key[SIGN_PUBLIC_SIZE],
                    struct checkpoint *ret_checkpoint)
{
    struct checkpoint checkpoint;
    uint8_t blob[KEY_ID_SIZE + SIGN_SIZE];
    uint8_t expected[KEY_ID_SIZE];
    struct text body;
    int r;

    if (note.len > CHECKPOINT_NOTE_MAX || !parse(note, &checkpoint, &body, blob))
        return CHECKPOINT_INVALID;
    r = key_id(checkpoint.origin, public_key, expected);
    if (r)
        return r;
    if (memcmp(expected, blob, KEY_ID_SIZE) != 0)
        return CHECKPOINT_FORGED;
    r = sign_check((struct bytes){public_key, SIGN_PUBLIC_SIZE}, bytes_of_text(body),
                   (struct bytes){blob + KEY_ID_SIZE, SIGN_SIZE});
    if (r)
        return r == SIGN_FORGED ? CHECKPOINT_FORGED : r;
    *ret_checkpoint = checkpoint;
    return 0;
}
