#include "server/link/handover.h"

#include <stddef.h>

#include "base/buffer.h"
#include "base/wipe.h"
#include "server/link/channel.h"

#define RECEIVE_MS 10000
#define ALL (HANDOVER_FOR_SERVE | HANDOVER_FOR_SIGNER | HANDOVER_FOR_SAML)
#define BOTH (HANDOVER_FOR_SERVE | HANDOVER_FOR_SIGNER)

enum form { FORM_TEXT, FORM_NUMBER, FORM_KEY };

/* Every field, who is told, and where it lies. Kinds are the rows' numbers, from 1. */
static const struct field {
    enum form form;
    unsigned children;
    size_t offset;
    size_t size;
} fields[] = {
#define FIELD(form_, children_, name_)                                                             \
    {                                                                                              \
        .form = (form_), .children = (children_), .offset = offsetof(struct handover, name_),      \
        .size = sizeof(((struct handover *)0)->name_)                                              \
    }
    FIELD(FORM_TEXT, ALL, data),
    FIELD(FORM_TEXT, HANDOVER_FOR_SERVE, web),
    FIELD(FORM_TEXT, HANDOVER_FOR_SERVE, people_address),
    FIELD(FORM_TEXT, HANDOVER_FOR_SERVE, agents_address),
    FIELD(FORM_TEXT, HANDOVER_FOR_SERVE, names),
    FIELD(FORM_NUMBER, HANDOVER_FOR_SERVE, people_port),
    FIELD(FORM_NUMBER, HANDOVER_FOR_SERVE, agents_port),
    FIELD(FORM_NUMBER, BOTH, established),
    FIELD(FORM_NUMBER, HANDOVER_FOR_SERVE, check),
    FIELD(FORM_NUMBER, HANDOVER_FOR_SERVE, own_uids),
    FIELD(FORM_NUMBER, HANDOVER_FOR_SERVE, root_beside),
    FIELD(FORM_NUMBER, HANDOVER_FOR_SERVE, parent_pid),
    FIELD(FORM_NUMBER, HANDOVER_FOR_SERVE, signer_pid),
    FIELD(FORM_NUMBER, HANDOVER_FOR_SERVE, signer_uid),
    FIELD(FORM_NUMBER, HANDOVER_FOR_SERVE, signer_sandbox),
    FIELD(FORM_NUMBER, HANDOVER_FOR_SERVE, saml_sandbox),
    FIELD(FORM_KEY, HANDOVER_FOR_SERVE, records_key),
    FIELD(FORM_KEY, HANDOVER_FOR_SERVE, keyring_key),
    FIELD(FORM_KEY, HANDOVER_FOR_SERVE, instance_key),
    FIELD(FORM_KEY, HANDOVER_FOR_SIGNER, signer_key),
    FIELD(FORM_KEY, HANDOVER_FOR_SAML, saml_key),
};
#define FIELD_COUNT (sizeof fields / sizeof *fields)

RESULT handover_send(int fd, const struct handover *handover, enum handover_for child)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const uint8_t *at = (const uint8_t *)handover + fields[i].offset;
        size_t len = fields[i].form == FORM_TEXT ? strlen((const char *)at) : fields[i].size;
        int r;

        if (!(fields[i].children & child))
            continue;
        r = channel_send(fd, (uint8_t)(i + 1), (struct bytes){.at = at, .len = len});
        if (r)
            return r < 0 ? r : FAULT(ERR_SYSTEM);
    }
    return channel_send(fd, 0, (struct bytes){0}) ? FAULT(ERR_SYSTEM) : 0;
}

static bool fits(const struct field *field, struct bytes body)
{
    if (field->form == FORM_TEXT)
        return body.len < field->size && (body.len == 0 || !memchr(body.at, 0, body.len));
    return body.len == field->size;
}

RESULT handover_receive(int fd, struct handover *ret_handover)
{
    struct handover handover = {0};
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(CHANNEL_MESSAGE_MAX);

    for (;;) {
        uint8_t kind;
        int r = channel_receive(fd, RECEIVE_MS, &kind, &body);

        if (r < 0)
            return r;
        if (r || kind > FIELD_COUNT)
            return HANDOVER_BROKEN;
        if (kind == 0)
            break;
        if (!fits(&fields[kind - 1], buffer_bytes(&body)))
            return HANDOVER_BROKEN;
        if (body.len)
            memcpy((uint8_t *)&handover + fields[kind - 1].offset, body.at, body.len);
        buffer_clear(&body);
    }
    *ret_handover = handover;
    wipe(&handover, sizeof handover);
    return 0;
}
