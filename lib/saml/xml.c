#include "saml/xml.h"

#include <libxml/parser.h>
#include <strings.h>

#include "base/utf8.h"
#include "saml/guard.h"
#include "saml/saml.h"

enum { DEPTH_MAX = 32, ELEMENTS_MAX = 8192, IDS_MAX = 64, ID_MAX = 256 };

#define NS_XML "http://www.w3.org/XML/1998/namespace"
#define NS_XSI "http://www.w3.org/2001/XMLSchema-instance"

/* ---- before the parser ---- */

static const char *find(struct text text, const char *what)
{
    return memmem(text.at, text.len, what, strlen(what));
}

/* "<?xml version=... encoding=...?>" may stand at the very beginning, and says UTF-8 if anything.
 * Returns its length. */
static size_t declaration(struct text text)
{
    const char *end;

    if (text.len < 6 || memcmp(text.at, "<?xml ", 6) != 0)
        return 0;
    end = find(text, "?>");
    return end ? (size_t)(end - text.at) + 2 : 0;
}

static bool says_utf8(struct text declaration)
{
    const char *encoding = find(declaration, "encoding");

    if (!encoding)
        return true;
    return strncasecmp(encoding, "encoding=\"UTF-8\"", 16) == 0 ||
           strncasecmp(encoding, "encoding='UTF-8'", 16) == 0;
}

/* In well-formed XML "<!" and "<?" are markup wherever they stand: text and values escape "<". */
static int look(struct text text)
{
    size_t head = declaration(text);
    struct text rest = {.at = text.at + head, .len = text.len - head};
    int r;

    if (!utf8_valid(text) || memchr(text.at, 0, text.len) ||
        !says_utf8((struct text){.at = text.at, .len = head}))
        return SAML_ENCODING;
    r = guard(find(text, "<!") != NULL, SAML_DECLARATION);
    return r ? r : guard(find(rest, "<?") != NULL, SAML_INSTRUCTION);
}

/* ---- after the parser ---- */

struct walk {
    size_t elements;
    size_t depth;
    size_t id_count;
    const xmlChar *ids[IDS_MAX];
};

static bool same(const xmlChar *a, const char *b)
{
    return a && strcmp((const char *)a, b) == 0;
}

/* Absolute, and of characters that mean the same to everybody. */
static bool namespace_is_plain(const xmlNs *ns)
{
    const char *href = (const char *)ns->href;
    const char *colon = href ? strchr(href, ':') : NULL;

    if (!colon || colon == href ||
        strspn(href, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                     "WXYZ0123456789+.-") != (size_t)(colon - href))
        return false;
    for (const char *at = href; *at; at++)
        if (*at <= ' ' || *at >= 0x7f || strchr("\"<>\\^`{|}", *at))
            return false;
    return same(ns->href, NS_XML)
               ? same(ns->prefix, "xml")
               : !ns->prefix || strncasecmp((const char *)ns->prefix, "xml", 3) != 0;
}

static int check_namespaces(const xmlNode *node)
{
    bool bad = !node->ns || !node->ns->href;

    for (const xmlNs *ns = node->nsDef; ns && !bad; ns = ns->next)
        bad = !namespace_is_plain(ns);
    return guard(bad, SAML_NAMESPACE);
}

/* Names that verify or are verified may stand only in the namespace that they belong to. */
static int check_name(const xmlNode *node)
{
    static const struct {
        const char *name;
        const char *ns;
    } ours[] = {{"Response", NS_PROTOCOL},
                {"Assertion", NS_ASSERTION},
                {"EncryptedAssertion", NS_ASSERTION},
                {"Signature", NS_DSIG},
                {"SignedInfo", NS_DSIG},
                {"NameID", NS_ASSERTION},
                {"Subject", NS_ASSERTION}};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcasecmp((const char *)node->name, ours[i].name) == 0)
            return guard(!xml_is(node, ours[i].ns, ours[i].name), SAML_DECOY);
    return 0;
}

/* Attributes are SAML's to choose; elsewhere in the tree others may stand. */
static bool is_closed(const xmlNode *node)
{
    const char *ns = node->ns ? (const char *)node->ns->href : "";

    if (strcmp(ns, NS_PROTOCOL) == 0 || strcmp(ns, NS_DSIG) == 0 || strcmp(ns, NS_XENC) == 0)
        return true;
    return strcmp(ns, NS_ASSERTION) == 0 && !same(node->name, "Attribute") &&
           !same(node->name, "AttributeValue");
}

static bool is_foreign(const xmlAttr *attribute)
{
    if (!attribute->ns)
        return false;
    if (same(attribute->ns->href, NS_XML))
        return !same(attribute->name, "lang") && !same(attribute->name, "space");
    return !same(attribute->ns->href, NS_XSI);
}

/* xml:id is an ID to parsers, and ID in a namespace to those who look at names only. */
static int check_id(const xmlNode *node, const xmlAttr *attribute, struct walk *walk)
{
    const xmlChar *value = attribute->children ? attribute->children->content : NULL;
    bool saml =
        node->ns && (same(node->ns->href, NS_PROTOCOL) || same(node->ns->href, NS_METADATA) ||
                     same(node->ns->href, NS_ASSERTION));
    size_t len = value ? strlen((const char *)value) : 0;
    bool twice = walk->id_count == IDS_MAX;
    int r = guard(attribute->ns || !value || attribute->children->next ||
                      !same(attribute->name, saml ? "ID" : "Id") || len > ID_MAX ||
                      xmlValidateNCName(value, 0) != 0,
                  SAML_ID_SPELLING);

    if (r || !value)
        return r;
    for (size_t i = 0; i < walk->id_count; i++)
        twice = twice || strcmp((const char *)walk->ids[i], (const char *)value) == 0;
    r = guard(twice, SAML_ID_TWICE);
    if (!r && walk->id_count < IDS_MAX)
        walk->ids[walk->id_count++] = value;
    return r;
}

static int check_attributes(const xmlNode *node, struct walk *walk)
{
    int r = 0;

    for (const xmlAttr *at = node->properties; at && !r; at = at->next) {
        r = guard((is_closed(node) && is_foreign(at)) ||
                      (at->ns && same(at->ns->href, NS_XML) && is_foreign(at)),
                  SAML_ATTRIBUTE_FOREIGN);
        if (!r && strcasecmp((const char *)at->name, "id") == 0)
            r = check_id(node, at, walk);
    }
    return r;
}

static int check(const xmlNode *node, struct walk *walk)
{
    int r;

    walk->elements++;
    walk->depth++;
    r = guard(walk->elements > ELEMENTS_MAX || walk->depth > DEPTH_MAX, SAML_DEPTH);
    if (!r)
        r = check_namespaces(node);
    if (!r)
        r = check_name(node);
    if (!r)
        r = check_attributes(node, walk);
    for (const xmlNode *child = node->children; child && !r; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            r = check(child, walk);
        else if (child->type != XML_TEXT_NODE)
            r = guard(true, SAML_VALUE);
    }
    walk->depth--;
    return r;
}

static inline void parser_free_at(xmlParserCtxt **at)
{
    if (*at)
        xmlFreeParserCtxt(*at);
}

RESULT xml_read(struct bytes xml, xmlDoc **ret_doc)
{
    CLEANUP(xml_free) xmlDoc *doc = NULL;
    CLEANUP(parser_free) xmlParserCtxt *parser = NULL;
    struct walk walk = {0};
    int r;

    if (xml.len > SAML_MESSAGE_MAX)
        return SAML_LARGE;
    if (xml.len == 0)
        return SAML_NOT_XML;
    r = look(text_of_bytes(xml));
    if (r)
        return r;
    parser = xmlNewParserCtxt();
    if (!parser)
        return FAULT(ERR_MEMORY);
    doc = xmlCtxtReadMemory(parser, (const char *)xml.at, (int)xml.len, NULL, "UTF-8",
                            XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!doc || !parser->wellFormed || !xmlDocGetRootElement(doc))
        return SAML_NOT_XML;
    /* A prefix without a namespace parses; it would be read as part of the name. */
    r = guard(!parser->nsWellFormed, SAML_NAMESPACE);
    if (!r)
        r = check(xmlDocGetRootElement(doc), &walk);
    if (r)
        return r;
    *ret_doc = TAKE(doc);
    return 0;
}

/* ---- reading ---- */

bool xml_is(const xmlNode *node, const char *ns, const char *name)
{
    return node && node->type == XML_ELEMENT_NODE && node->ns && same(node->ns->href, ns) &&
           same(node->name, name);
}

static xmlNode *element_from(xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

xmlNode *xml_first(const xmlNode *parent)
{
    return element_from(parent->children);
}

xmlNode *xml_after(const xmlNode *node)
{
    return element_from(node->next);
}

static xmlNode *named_from(xmlNode *node, const char *ns, const char *name)
{
    while (node && !xml_is(node, ns, name))
        node = node->next;
    return node;
}

xmlNode *xml_child(const xmlNode *parent, const char *ns, const char *name)
{
    return named_from(parent->children, ns, name);
}

xmlNode *xml_next(const xmlNode *node, const char *ns, const char *name)
{
    return named_from(node->next, ns, name);
}

size_t xml_count(const xmlNode *parent, const char *ns, const char *name)
{
    size_t count = 0;

    for (const xmlNode *at = xml_child(parent, ns, name); at; at = xml_next(at, ns, name))
        count++;
    return count;
}

size_t xml_count_below(const xmlNode *node, const char *ns, const char *name)
{
    size_t count = xml_is(node, ns, name);

    for (const xmlNode *at = xml_first(node); at; at = xml_after(at))
        count += xml_count_below(at, ns, name);
    return count;
}

RESULT xml_attribute(const xmlNode *node, const char *name, struct arena *arena,
                     struct text *ret_value)
{
    xmlChar *value = xmlGetNoNsProp((xmlNode *)(uintptr_t)node, (const xmlChar *)name);
    struct text copy = {0};

    if (value) {
        copy = arena_copy_text(arena, text_of((const char *)value));
        xmlFree(value);
        if (!copy.at)
            return FAULT(ERR_MEMORY);
    }
    *ret_value = copy;
    return 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct text trim(struct text text)
{
    while (text.len && is_space(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len && is_space(text.at[text.len - 1]))
        text.len--;
    return text;
}

RESULT xml_text(const xmlNode *node, size_t max, struct arena *arena, struct text *ret_text)
{
    const xmlNode *only = node->children;
    struct text text;
    int r = guard(only && (only->type != XML_TEXT_NODE || only->next), SAML_VALUE);

    if (r)
        return r;
    text = trim(text_of(only && only->content ? (const char *)only->content : ""));
    r = guard(text.len > max, SAML_MANY);
    if (r)
        return r;
    text = arena_copy_text(arena, text);
    if (!text.at)
        return FAULT(ERR_MEMORY);
    *ret_text = text;
    return 0;
}

static int sextet(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

RESULT xml_bytes(const xmlNode *node, size_t max, struct arena *arena, struct bytes *ret_bytes)
{
    struct text text;
    int r = xml_text(node, 2 * max, arena, &text);
    uint8_t *at = r ? NULL : arena_take(arena, text.len + 1);
    uint32_t held = 0;
    size_t count = 0;
    size_t padding = 0;
    size_t len = 0;

    if (r)
        return r;
    if (!at)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < text.len; i++) {
        int digit = sextet(text.at[i]);

        if (is_space(text.at[i]))
            continue;
        padding += text.at[i] == '=';
        if (padding ? text.at[i] != '=' : digit < 0)
            return SAML_VALUE;
        held = held << 6 | (padding ? 0U : (uint32_t)digit);
        if (++count % 4 == 0) {
            at[len++] = (uint8_t)(held >> 16);
            at[len++] = (uint8_t)(held >> 8);
            at[len++] = (uint8_t)held;
        }
    }
    if (count % 4 || padding > 2 || len - padding > max)
        return SAML_VALUE;
    *ret_bytes = (struct bytes){.at = at, .len = len - padding};
    return 0;
}
