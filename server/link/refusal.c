#include "server/link/refusal.h"

#include "server/link/channel.h"
#include "server/link/handover.h"

void refusal_send(int fd, const struct refusal *table, int result)
{
    for (size_t i = 0; table[i].text; i++) {
        if (table[i].result != result)
            continue;
        /* The parent may have gone already; the log line that follows says the same. */
        if (channel_send(fd, HANDOVER_REFUSE, bytes_of_text(text_of(table[i].text))))
            return;
    }
}
