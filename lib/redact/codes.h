#pragma once

/*
 * Codes: what the files of codes share
 */

#include "redact/value.h"

/* End of an international bank account number from the letters at start on (found), or 0. said: a
 * label says that it is one. */
size_t iban_at(struct view *view, size_t start, bool said);

/* True when the run [start, run_end) is a part of a network card's number with hyphens. */
bool card_begins(const struct view *view, size_t start, size_t run_end);

/* End of the name that a machine made, around the run [start, end) (marked), or 0. */
size_t machine_made_at(struct view *view, size_t start, size_t end);
