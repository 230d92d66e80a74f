#include "server/serve/api/kinds.h"

#include "redact/redact.h"

void kinds_write_labels(struct json_out *out)
{
    json_out_array(out, "labels");
    for (unsigned kind = 0; kind < REDACT_KINDS; kind++) {
        json_out_object(out, NULL);
        json_out_string(out, "kind", redact_kind_word((enum redact_kind)kind));
        json_out_string(out, "label", redact_kind_label((enum redact_kind)kind));
        json_out_object_end(out);
    }
    json_out_array_end(out);
}
