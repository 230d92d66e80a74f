/* Looking for needles in all that records.db holds: nothing of it is answered, only how often. */

#include "store/records/nouns.h"
#include "store/records/records-private.h"

struct search {
    const struct needles *needles;
    struct records_found found;
};

static int look_at_value(void *context, struct text table, struct bytes value)
{
    struct search *search = context;

    needles_look(search->needles, value,
                 text_equal(table, text_of("audit_entry")) ? &search->found.audit
                                                           : &search->found.rest);
    return 0;
}

int records_search(struct records_tx *tx, const struct needles *needles,
                   struct records_found *ret_found)
{
    struct search search = {.needles = needles};
    int r = sql_visit_values(tx->sql, look_at_value, &search);

    if (r)
        return r;
    *ret_found = search.found;
    return 0;
}
