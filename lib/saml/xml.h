#pragma once

/*
 * Trees: XML as libxml2 parsed it, after rules that leave no room for two readings
 *
 * UTF-8 only; no DOCTYPE, entity, comment, CDATA, processing instruction; every element in an
 * absolute namespace; bounded depth and size; unique, plainly spelt IDs. What passes consists of
 * elements, attributes and text.
 */

#include <libxml/tree.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

#define NS_PROTOCOL "urn:oasis:names:tc:SAML:2.0:protocol"
#define NS_ASSERTION "urn:oasis:names:tc:SAML:2.0:assertion"
#define NS_METADATA "urn:oasis:names:tc:SAML:2.0:metadata"
#define NS_DSIG "http://www.w3.org/2000/09/xmldsig#"
#define NS_XENC "http://www.w3.org/2001/04/xmlenc#"
#define NS_EXC_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"

static inline void xml_free_at(xmlDoc **at)
{
    xmlFreeDoc(*at);
}

/* Parses. Outcomes: enum saml_refusal. */
RESULT xml_read(struct bytes xml, xmlDoc **ret_doc);

bool xml_is(const xmlNode *node, const char *ns, const char *name);

/* The first child element of that name, or the next after a sibling; NULL: none. */
xmlNode *xml_child(const xmlNode *parent, const char *ns, const char *name);
xmlNode *xml_next(const xmlNode *node, const char *ns, const char *name);
size_t xml_count(const xmlNode *parent, const char *ns, const char *name);

/* How many elements of that name there are anywhere in the tree. */
size_t xml_count_below(const xmlNode *node, const char *ns, const char *name);

/* The first child element of any name; the next one. */
xmlNode *xml_first(const xmlNode *parent);
xmlNode *xml_after(const xmlNode *node);

/* An attribute without namespace, copied; .at NULL: absent. */
RESULT xml_attribute(const xmlNode *node, const char *name, struct arena *arena,
                     struct text *ret_value);

/* The text of an element that holds only text, without white space around it, copied. Outcomes:
 * SAML_VALUE, SAML_MANY. */
RESULT xml_text(const xmlNode *node, size_t max, struct arena *arena, struct text *ret_text);

/* Base64 (RFC 4648 §4, white space allowed) of such an element. Outcomes: SAML_VALUE, SAML_MANY. */
RESULT xml_bytes(const xmlNode *node, size_t max, struct arena *arena, struct bytes *ret_bytes);
