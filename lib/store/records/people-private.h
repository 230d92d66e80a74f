#pragma once

/* What the files about people share. */

#include "store/records/people.h"
#include "store/records/records-private.h"

/* Adds one with what is in the row but id and merged_into; station is the computer that it is, or
 * NULL. */
RESULT records_person_insert(struct records_tx *tx, const struct records_person *person,
                             const struct device_id *station, struct person_id *ret_person);

/* Adds an identity that is not there, as a person's for all days. */
RESULT records_identity_add(struct records_tx *tx, const struct records_identity *identity,
                            struct person_id person, int64_t *ret_number);

/* A copy in which letters of ASCII are small; .at is NULL when there is no room. */
struct text records_small_copy(struct arena *arena, struct text text);

/* Is whom the manager or somebody above them? */
RESULT records_person_above(struct records_tx *tx, struct person_id manager, struct person_id whom,
                            bool *ret_above);

/* A column's device. */
RESULT records_take_device(struct sql_statement *statement, int column,
                           struct device_id *ret_device);

/* A list of people's numbers, from a statement that is bound. */
RESULT records_take_people(struct sql_statement *statement, struct arena *arena,
                           struct person_id **ret_people, size_t *ret_count);
