#include "store/spans/evidence_box.h"

#include "store/spans/pack.h"

enum { VERSION = 1 };

static size_t counts_of(const struct evidence *evidence, int32_t day)
{
    size_t count = 0;

    for (size_t i = 0; i < evidence->count_count; i++)
        count += evidence->counts[i].day == day;
    return count;
}

static uint64_t judged_of(const struct evidence *evidence, int32_t day)
{
    uint64_t judged = 0;

    for (size_t i = 0; i < evidence->judged_count; i++) {
        if (evidence->judged[i].day == day)
            judged = evidence->judged[i].count;
    }
    return judged;
}

void evidence_box_encode(const struct evidence_sum *sum, int32_t day, struct buffer *ret_plain)
{
    const struct evidence evidence = evidence_sum_view(sum);
    const uint8_t version = VERSION;

    buffer_append(ret_plain, &version, 1);
    pack_number(ret_plain, judged_of(&evidence, day));
    pack_number(ret_plain, counts_of(&evidence, day));
    for (size_t i = 0; i < evidence.count_count; i++) {
        struct text word = text_of(evidence.counts[i].rule);

        if (evidence.counts[i].day != day)
            continue;
        pack_number(ret_plain, word.len);
        buffer_append_text(ret_plain, word);
        pack_number(ret_plain, evidence.counts[i].count);
    }
}

static RESULT count_add(struct evidence_sum *sum, int32_t day, const char *rule, uint64_t count)
{
    const struct evidence evidence = evidence_sum_view(sum);
    size_t known = 0;

    for (size_t i = 0; i < evidence.count_count && strcmp(evidence.counts[i].rule, rule) != 0; i++)
        known++;
    if (known == evidence.count_count && known >= EVIDENCE_BOX_RULES_MAX)
        rule = EVIDENCE_OTHER;
    int r = evidence_sum_count(sum, day, rule, count);
    return r > 0 ? FAULT(ERR_MEMORY) : r;
}

RESULT evidence_box_decode(struct bytes plain, int32_t day, struct evidence_sum *sum)
{
    struct pack_reader reader = pack_reader_of(plain);
    uint8_t version = unpack_byte(&reader);

    if (!reader.failed && version > VERSION)
        return BOX_NEWER;
    uint64_t judged = unpack_number(&reader);
    uint64_t count = unpack_at_most(&reader, EVIDENCE_BOX_RULES_MAX + 1);
    if (reader.failed || version != VERSION)
        return BOX_INVALID;
    int r = judged ? evidence_sum_judged(sum, day, judged) : 0;
    for (uint64_t i = 0; i < count && r == 0; i++) {
        char rule[EVIDENCE_WORD_MAX + 1] = {0};
        size_t len = (size_t)unpack_at_most(&reader, EVIDENCE_WORD_MAX);
        struct bytes word = unpack_bytes(&reader, len);
        uint64_t found = unpack_number(&reader);

        if (reader.failed || !evidence_word_valid(text_of_bytes(word)))
            return BOX_INVALID;
        memcpy(rule, word.at, word.len);
        r = evidence_sum_count(sum, day, rule, found);
    }
    if (r > 0)
        return FAULT(ERR_MEMORY);
    return r == 0 && reader.left ? BOX_INVALID : r;
}

RESULT evidence_box_add(struct evidence_sum *sum, const struct evidence *evidence, int32_t day)
{
    int r = 0;

    for (size_t i = 0; i < evidence->count_count && r == 0; i++) {
        if (evidence->counts[i].day == day)
            r = count_add(sum, day, evidence->counts[i].rule, evidence->counts[i].count);
    }
    for (size_t i = 0; i < evidence->judged_count && r == 0; i++) {
        if (evidence->judged[i].day == day)
            r = evidence_sum_judged(sum, day, evidence->judged[i].count);
    }
    return r > 0 ? FAULT(ERR_MEMORY) : r;
}
