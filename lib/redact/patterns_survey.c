/* What a pattern takes of what everybody writes, before it is put in force. */

#include "redact/patterns-private.h"

static const char *const words[] = {
#include "survey-words.inc"
};

/* 27 November 2026 and a morning, as they are written. */
static const char *const moments[] = {
    "2026-11-27",  "11/27/2026", "11-27-2026", "27.11.2026", "27/11/2026",       "11/27/26",
    "20261127",    "11272026",   "112726",     "2026",       "nov 27, 2026",     "27 november 2026",
    "27-nov-2026", "09:30",      "0930",       "9:30 am",    "2026-11-27t09:30",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool takes(const struct patterns *patterns, size_t pattern, const char *text)
{
    size_t len = strlen(text);

    return patterns_match_only(patterns, pattern, (const uint8_t *)text, len, 0) == len;
}

struct patterns_survey patterns_survey(const struct patterns *patterns, size_t pattern)
{
    struct patterns_survey survey = {.asked = COUNT(words)};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (!takes(patterns, pattern, words[i]))
            continue;
        if (survey.words < COUNT(survey.examples))
            survey.examples[survey.words] = words[i];
        survey.words++;
    }
    for (size_t i = 0; i < COUNT(moments) && !survey.moment; i++)
        if (takes(patterns, pattern, moments[i]))
            survey.moment = moments[i];
    return survey;
}
