#pragma once

/*
 * Single sign-on in records.db: the identity provider, whom it names, and what was used already
 *
 * As store/records/nouns.h: texts live in the arena, all run inside a records_job.
 */

#include "store/records/nouns.h"

struct records_saml {
    struct text title; /* on the sign-in page */
    struct text entity_id;
    struct text sign_in_url;
    struct bytes certificates; /* each u16 length and DER */
    bool enabled;
    bool make_users;             /* who is not known yet gets an account */
    bool second_factor;          /* Ward asks for its own as well */
    struct text class_attribute; /* whose values decide about the class; empty: none */
    int64_t imported_at;
    int64_t tested_at; /* a test sign-in came through with these certificates; 0: none yet */
    struct text test;  /* what the last one said, JSON; empty: none yet */
};

/* Outcome: RECORDS_ABSENT. */
RESULT records_saml(struct records_tx *tx, struct arena *arena, struct records_saml *ret_saml);
RESULT records_saml_set(struct records_tx *tx, const struct records_saml *saml);
/* Removes it, its classes, and whom it named. */
RESULT records_saml_remove(struct records_tx *tx);

/* A value of class_attribute, and the class that it means; the first that fits counts. */
struct records_saml_class {
    struct text value;
    struct text class;
};

RESULT records_saml_classes(struct records_tx *tx, struct arena *arena,
                            struct records_saml_class **ret_classes, size_t *ret_count);
RESULT records_saml_classes_set(struct records_tx *tx, const struct records_saml_class *classes,
                                size_t count);

/* Whom the provider means. Outcome: RECORDS_ABSENT. */
RESULT records_saml_user(struct records_tx *tx, struct text entity_id, struct text name_id,
                         struct user_id *ret_user);
RESULT records_saml_user_add(struct records_tx *tx, struct text entity_id, struct text name_id,
                             struct user_id user);

/* An id is used once; what is over at now is forgotten. Outcome: RECORDS_EXISTS. */
RESULT records_saml_use(struct records_tx *tx, const struct hash *id, int64_t until, int64_t now);
