#include "server/serve/trial/patient.h"

static const char *const beginnings[] = {"Quen",  "Kroll", "Zyll",  "Vander", "Threl", "Maddo",
                                         "Ostro", "Brind", "Fenni", "Gorse",  "Halve", "Jessa",
                                         "Lorri", "Mirra", "Ploth", "Wexel"};
static const char *const ends[] = {"berry",  "owska", "molen", "hauser", "wick",  "nerly",
                                   "bach",   "stead", "grove", "lund",   "worth", "quist",
                                   "brough", "mere",  "fern",  "dahl"};
static const char *const first_names[] = {"Maribeth",   "Thaddeus",    "Odette",     "Cornelius",
                                          "Philippa",   "Leopold",     "Rosalind",   "Ambrose",
                                          "Wilhelmina", "Bartholomew", "Clementine", "Augustus",
                                          "Henrietta",  "Percival",    "Georgiana",  "Montgomery"};
static const char *const ways[] = {"Street", "Avenue", "Drive", "Lane"};

/* Numbers out of chance, one after the other. */
struct draw {
    uint64_t state;
};

static uint32_t below(struct draw *draw, uint32_t limit)
{
    /* splitmix64: Steele, Lea and Flood, 2014 */
    uint64_t mixed = draw->state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((mixed ^ mixed >> 31) >> 33) % limit;
}

#define PIECE(draw, table) (table)[below((draw), sizeof(table) / sizeof(*(table)))]

static struct text name_of(struct draw *draw, struct arena *arena)
{
    const char *beginning = PIECE(draw, beginnings);

    return arena_print(arena, "%s%s", beginning, PIECE(draw, ends));
}

RESULT patient_invent(const uint8_t chance[PATIENT_CHANCE_SIZE], struct arena *arena,
                      struct patient *ret_patient)
{
    struct draw draw = {0};
    struct patient patient;

    for (size_t i = 0; i < PATIENT_CHANCE_SIZE; i++)
        draw.state = draw.state * 251 + chance[i] + 1;
    unsigned month = 1 + below(&draw, 12);
    unsigned day = 1 + below(&draw, 28);
    unsigned year = 1931 + below(&draw, 60);
    unsigned area = 900 + below(&draw, 100);
    unsigned middle = 10 + below(&draw, 40);
    unsigned last = 1000 + below(&draw, 9000);
    patient = (struct patient){
        .last_name = name_of(&draw, arena),
        .first_name = arena_print(arena, "%s", PIECE(&draw, first_names)),
        .mrn = arena_print(arena, "%u", 10000000 + below(&draw, 90000000)),
        .birth_date = arena_print(arena, "%02u/%02u/%u", month, day, year),
        .ssn = arena_print(arena, "%u-%u-%u", area, middle, last),
        .phone = arena_print(arena, "(%u) 555-01%02u", 201 + below(&draw, 700), below(&draw, 100)),
    };
    unsigned house = 1000 + below(&draw, 9000);
    struct text street = name_of(&draw, arena);
    if (!street.at)
        return FAULT(ERR_MEMORY);
    patient.street = arena_print(arena, "%u %s %s", house, street.at, PIECE(&draw, ways));
    if (!patient.last_name.at || !patient.first_name.at || !patient.mrn.at ||
        !patient.birth_date.at || !patient.ssn.at || !patient.phone.at || !patient.street.at)
        return FAULT(ERR_MEMORY);
    *ret_patient = patient;
    return 0;
}

#define TEXT(text) (int)(text).len, (text).at

RESULT patient_title(const struct patient *patient, struct arena *arena, struct text *ret_title)
{
    struct text title = arena_print(
        arena, "%.*s, %.*s MRN %.*s DOB %.*s SSN %.*s Tel. %.*s %.*s - Chart Review",
        TEXT(patient->last_name), TEXT(patient->first_name), TEXT(patient->mrn),
        TEXT(patient->birth_date), TEXT(patient->ssn), TEXT(patient->phone), TEXT(patient->street));

    if (!title.at)
        return FAULT(ERR_MEMORY);
    *ret_title = title;
    return 0;
}

static RESULT add_digits(struct text text, struct needles *needles)
{
    char digits[NEEDLE_BYTES_MAX];
    size_t len = 0;

    for (size_t i = 0; i < text.len && len < sizeof digits; i++)
        if (text.at[i] >= '0' && text.at[i] <= '9')
            digits[len++] = text.at[i];
    /* A few digits stand in everything. */
    return len < 6 ? 0 : needles_add(needles, (struct text){.at = digits, .len = len});
}

/* "04/17/1961" also as "1961-04-17". */
static RESULT add_date(struct text date, struct needles *needles)
{
    char iso[10];
    static const uint8_t from[10] = {6, 7, 8, 9, 255, 0, 1, 255, 3, 4};

    if (date.len != 10)
        return 0;
    memset(iso, '-', sizeof iso);
    for (size_t i = 0; i < sizeof iso; i++)
        if (from[i] != 255)
            iso[i] = date.at[from[i]];
    return needles_add(needles, (struct text){.at = iso, .len = sizeof iso});
}

RESULT patient_needles(const struct patient *patient, struct needles *needles)
{
    const struct text parts[] = {patient->last_name,  patient->first_name, patient->mrn,
                                 patient->birth_date, patient->ssn,        patient->phone,
                                 patient->street};
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof parts / sizeof *parts; i++)
        r = needles_add(needles, parts[i]);
    if (r == 0)
        r = add_digits(patient->ssn, needles);
    if (r == 0)
        r = add_digits(patient->phone, needles);
    return r ? r : add_date(patient->birth_date, needles);
}

RESULT patient_kinds(const struct redactor *redactor, struct text title, struct arena *arena,
                     bool ret_kinds[REDACT_KINDS])
{
    struct raw_text raw = {.at = arena_take(arena, title.len), .len = title.len};
    struct redaction redaction;

    if (!raw.at)
        return FAULT(ERR_MEMORY);
    memcpy(raw.at, title.at, title.len);
    int r = redact(redactor, raw, arena, &redaction);
    raw_text_wipe(&raw);
    if (r)
        return r;
    for (size_t kind = 0; kind < REDACT_KINDS; kind++)
        ret_kinds[kind] = kind != REDACT_UNKNOWN && redaction.counts[kind] > 0;
    return 0;
}
