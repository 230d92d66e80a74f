#pragma once

/*
 * The plain inside of a row of evidence: how many texts a device judged on one day, and what each
 * rule found (docs/formats/spans.md). Pure.
 */

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "store/spans/box.h"
#include "wire/evidence.h"

/* Rules of one device on one day that are told apart; what comes after them is EVIDENCE_OTHER. */
#define EVIDENCE_BOX_RULES_MAX ((size_t)1000)
#define EVIDENCE_OTHER "other"

/* Appends what the sum holds of that day. */
void evidence_box_encode(const struct evidence_sum *sum, int32_t day, struct buffer *ret_plain);

/* Adds what is inside to the sum, as of that day. Outcomes: BOX_INVALID, BOX_NEWER. */
RESULT evidence_box_decode(struct bytes plain, int32_t day, struct evidence_sum *sum);

/* Adds what evidence tells of that day to the sum. */
RESULT evidence_box_add(struct evidence_sum *sum, const struct evidence *evidence, int32_t day);
