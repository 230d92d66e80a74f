/* Signature wrapping: the signed assertion moved, and another put where it would be read. */

#include <assert.h>

#include "saml/test-vectors-private.h"

struct pieces {
    struct buffer before;    /* of the response, up to its assertion */
    struct buffer assertion; /* with its signature */
    struct buffer bare;      /* without */
    struct buffer evil;      /* without, of somebody else and with another ID */
    struct buffer signature;
    struct buffer after;
};

static void cut(const char *text, const char *from, const char *to, struct buffer *before,
                struct buffer *piece, struct buffer *after)
{
    const char *at = strstr(text, from);
    const char *end = at ? strstr(at, to) : NULL;

    assert(at && end);
    end += strlen(to);
    buffer_append(before, text, (size_t)(at - text));
    buffer_append(piece, at, (size_t)(end - at));
    buffer_append_string(after, end);
    buffer_append(before, "", 1);
    buffer_append(piece, "", 1);
    buffer_append(after, "", 1);
}

static void take_apart(const struct buffer *xml, bool default_ns, struct pieces *ret)
{
    CLEANUP(buffer_deinit) struct buffer head = buffer_init(XML_MAX);
    CLEANUP(buffer_deinit) struct buffer tail = buffer_init(XML_MAX);
    CLEANUP(buffer_deinit) struct buffer named = buffer_init(XML_MAX);

    *ret = (struct pieces){.before = buffer_init(XML_MAX),
                           .assertion = buffer_init(XML_MAX),
                           .bare = buffer_init(XML_MAX),
                           .evil = buffer_init(XML_MAX),
                           .signature = buffer_init(XML_MAX),
                           .after = buffer_init(XML_MAX)};
    cut((const char *)xml->at, default_ns ? "<Assertion" : "<saml:Assertion",
        default_ns ? "</Assertion>" : "</saml:Assertion>", &ret->before, &ret->assertion,
        &ret->after);
    cut((const char *)ret->assertion.at, default_ns ? "<Signature" : "<ds:Signature",
        default_ns ? "</Signature>" : "</ds:Signature>", &head, &ret->signature, &tail);
    buffer_append_string(&ret->bare, (const char *)head.at);
    buffer_append_string(&ret->bare, (const char *)tail.at);
    buffer_append(&ret->bare, "", 1);
    vector_replace(&ret->bare, ">" IDP_NAME "<", ">" EVIL "<", &named);
    buffer_append(&named, "", 1);
    vector_replace(&named, "ID=\"_assertion\"", "ID=\"_evil\"", &ret->evil);
    buffer_append(&ret->evil, "", 1);
}

static void free_pieces(struct pieces *pieces)
{
    buffer_deinit(&pieces->before);
    buffer_deinit(&pieces->assertion);
    buffer_deinit(&pieces->bare);
    buffer_deinit(&pieces->evil);
    buffer_deinit(&pieces->signature);
    buffer_deinit(&pieces->after);
}

/*
 * Letters of a wrapping: A assertion as it was, B bare, E evil, S signature; "<x>" opens and "</x>"
 * closes an element; e( and ) put things into the evil assertion, s( and ) into the signature.
 */
static const struct {
    const char *name;
    const char *layout;
} wrappings[] = {
    {"3 evil assertion before the signed one", "EA"},
    {"3 evil assertion after the signed one", "AE"},
    {"4 the signed one inside the evil one", "e(A)"},
    {"5 the evil one has the signature, the bare one follows", "e(S)B"},
    {"5 the evil one has the signature, the bare one leads", "Be(S)"},
    {"6 the bare one inside the signature of the evil one", "e(s(B))"},
    {"7 the evil one in extensions", "[E]A"},
    {"7 the signed one in extensions", "[A]E"},
    {"8 the bare one in an object of the signature", "e(o(B))"},
    {"9 the signed one in an object of a signature of the response", "o(A)E"},
    {"9 only the signature moved to the response", "SE"},
    {"9 the signature moved out, the bare one kept", "SB"},
    {"9 the same assertion twice", "AA"},
    {"9 evil, signed, evil", "EAE"},
    {"3 the evil one with the signed one's signature", "e(S)"},
    {"5 the evil one with the signature, the signed one too", "e(S)A"},
    {"10 the signature removed", "B"},
    {"10 the evil one alone", "E"},
    {"3 no assertion at all", ""},
    {"1 the signed response inside another's object", "W"},
    {"2 the signed response before another's signature", "V"},
};

static void put_open(struct buffer *out, const struct buffer *piece, size_t closing)
{
    buffer_append(out, piece->at, piece->len - 1 - closing);
}

static void lay_out(const struct pieces *pieces, bool default_ns, const char *layout,
                    struct buffer *out)
{
    size_t evil_close = default_ns ? strlen("</Assertion>") : strlen("</saml:Assertion>");
    size_t signature_close = default_ns ? strlen("</Signature>") : strlen("</ds:Signature>");
    char open[8] = {0};
    size_t depth = 0;

    for (const char *at = layout; *at; at++) {
        switch (*at) {
        case 'A':
            put_open(out, &pieces->assertion, 0);
            break;
        case 'B':
            put_open(out, &pieces->bare, 0);
            break;
        case 'E':
            put_open(out, &pieces->evil, 0);
            break;
        case 'S':
            put_open(out, &pieces->signature, 0);
            break;
        case '[':
            buffer_append_string(out, "<samlp:Extensions " SP ">");
            break;
        case ']':
            buffer_append_string(out, "</samlp:Extensions>");
            break;
        case 'e':
            put_open(out, &pieces->evil, evil_close);
            open[depth++] = *at++;
            break;
        case 's':
        case 'o':
            put_open(out, &pieces->signature, signature_close);
            if (*at == 'o')
                buffer_append_string(out, "<ds:Object " DS ">");
            open[depth++] = *at++;
            break;
        default: /* ) */
            assert(depth > 0);
            depth--;
            if (open[depth] == 'o')
                buffer_append_string(out, "</ds:Object>");
            if (open[depth] == 'e')
                buffer_append_string(out, default_ns ? "</Assertion>" : "</saml:Assertion>");
            else
                buffer_append_string(out, default_ns ? "</Signature>" : "</ds:Signature>");
        }
    }
}

/* XSW 1 and 2: a response of the attacker's around, with the signed one in or beside its signature.
 */
static void wrap_response(const struct pieces *pieces, const struct buffer *xml, bool object,
                          struct buffer *out)
{
    CLEANUP(buffer_deinit) struct buffer head = buffer_init(XML_MAX);

    vector_replace(&pieces->before, "ID=\"_response\"", "ID=\"_outer\"", &head);
    buffer_append(out, head.at, head.len);
    if (!object)
        buffer_append_string(out, (const char *)xml->at);
    buffer_append_string(out, "<ds:Signature " DS ">");
    if (object) {
        buffer_append_string(out, "<ds:Object>");
        buffer_append_string(out, (const char *)xml->at);
        buffer_append_string(out, "</ds:Object>");
    }
    buffer_append_string(out, "</ds:Signature>");
    put_open(out, &pieces->evil, 0);
    put_open(out, &pieces->after, 0);
}

void vectors_wrap(const struct vector_form *form)
{
    CLEANUP(buffer_deinit) struct buffer xml = buffer_init(XML_MAX);
    struct idp_answer answer = vector_answer(form);
    struct pieces pieces;

    answer.sign_assertion = true;
    (void)idp_make(&answer, &xml);
    take_apart(&xml, form->default_ns, &pieces);
    for (size_t i = 0; i < sizeof wrappings / sizeof *wrappings; i++) {
        CLEANUP(buffer_deinit) struct buffer out = buffer_init(XML_MAX);
        const char *layout = wrappings[i].layout;

        if (layout[0] == 'W' || layout[0] == 'V') {
            wrap_response(&pieces, &xml, layout[0] == 'W', &out);
        } else {
            put_open(&out, &pieces.before, 0);
            lay_out(&pieces, form->default_ns, layout, &out);
            put_open(&out, &pieces.after, 0);
        }
        vector_keep(wrappings[i].name, form->name, VECTOR_RESPONSE, SAML_FINE, &out);
    }
    free_pieces(&pieces);
}
