#include "number.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool number_read(const char *text, json_int_t least, const char *what, json_int_t *ret_number)
{
    char *end = NULL;
    long long number = strtoll(text, &end, 10);

    if (!isdigit((unsigned char)text[0]) || *end || number < least || number > UINT32_MAX) {
        (void)fprintf(stderr, "ward: %s is a number from %lld\n", what, (long long)least);
        return false;
    }
    *ret_number = number;
    return true;
}

json_t *number_list(const char *text, const char *what)
{
    json_t *numbers = json_array();
    char part[16];

    while (text) {
        size_t len = strcspn(text, ",");
        json_int_t number;

        (void)snprintf(part, sizeof part, "%.*s", len < sizeof part ? (int)len : 0, text);
        if (!number_read(part, 1, what, &number)) {
            json_decref(numbers);
            return NULL;
        }
        json_array_append_new(numbers, json_integer(number));
        text = text[len] ? text + len + 1 : NULL;
    }
    return numbers;
}
