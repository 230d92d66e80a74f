#include "access/directory.h"

static int bounded(int r, size_t count)
{
    if (r == 0 && count > DIRECTORY_PEOPLE_MAX)
        return DIRECTORY_LARGE;
    return r == RECORDS_ABSENT ? DIRECTORY_ABSENT : r;
}

RESULT directory_members(struct records_tx *tx, struct group_id group, struct arena *arena,
                         struct person_id **ret_people, size_t *ret_count)
{
    struct person_id *people;
    size_t count = 0;
    int r = records_group_people(tx, group, arena, &people, &count);

    r = bounded(r, count);
    if (r)
        return r;
    *ret_people = people;
    *ret_count = count;
    return 0;
}

RESULT directory_reports(struct records_tx *tx, struct person_id manager, bool below,
                         struct arena *arena, struct person_id **ret_people, size_t *ret_count)
{
    struct person_id *people;
    size_t count = 0;
    int r = records_reports(tx, manager, below, arena, &people, &count);

    r = bounded(r, count);
    if (r)
        return r;
    *ret_people = people;
    *ret_count = count;
    return 0;
}
