#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "access/conditions.h"

/*
 * Any text as a network. Property: what is read is printed and read again as the same, holds its
 * own first address and, unless it holds all of its family, not every other; what is no address is
 * in no network.
 */

static void require(bool held)
{
    if (!held)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    struct access_conditions conditions = {.network_count = 1};
    struct access_network *network = &conditions.networks[0];
    struct access_network again;
    struct access_address address = access_address_of(text);
    struct access_address other;
    char printed[ACCESS_NETWORK_TEXT_SIZE];

    require(address.size == 0 || address.size == 4 || address.size == 16);
    if (access_network_parse(text, network))
        return 0;
    require(network->first.size != 0 && network->bits <= network->first.size * 8);
    access_network_print(network, printed);
    require(access_network_parse(text_of(printed), &again) == 0);
    require(again.bits == network->bits && again.first.size == network->first.size &&
            memcmp(again.first.at, network->first.at, sizeof again.first.at) == 0);
    require(access_in_networks(&conditions, &network->first));
    other = network->first;
    other.at[0] ^= 0x80;
    require(access_in_networks(&conditions, &other) == (network->bits == 0));
    other.size = 0;
    require(!access_in_networks(&conditions, &other));
    return 0;
}
