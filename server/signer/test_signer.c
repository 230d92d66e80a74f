/* The signer answers what it may, and vouches for no log that is not a continuation. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/checkpoint.h"
#include "base/moment.h"
#include "crypto/x509.h"
#include "os/file.h"
#include "server/signer/signer.h"
#include "tap.h"
#include "wire/signed.h"

#define NOW (20000 * MS_PER_DAY)
#define LEAVES 8
#define ANSWER_MAX ((size_t)512 * 1024)

static const uint8_t key_bytes[32] = {7};
static const struct bytes key = {key_bytes, sizeof key_bytes};
static char directory[64];

/* A little log, as records would keep it. */
struct log {
    struct hash nodes[8][LEAVES];
};

static int read_node(void *store, unsigned level, uint64_t index, struct hash *ret_hash)
{
    *ret_hash = ((struct log *)store)->nodes[level][index];
    return 0;
}

static int write_node(void *store, unsigned level, uint64_t index, const struct hash *hash)
{
    ((struct log *)store)->nodes[level][index] = *hash;
    return 0;
}

static void fill(struct log *log, const char *word)
{
    for (uint64_t i = 0; i < LEAVES; i++) {
        char entry[32];
        struct hash leaf;

        snprintf(entry, sizeof entry, "%s %d", i < 2 ? "same" : word, (int)i);
        CHECK(tree_leaf_hash(bytes_of_text(text_of(entry)), &leaf) == 0);
        CHECK(tree_append(i, &leaf, read_node, write_node, log) == 0);
    }
}

static struct vault *open_vault(bool established)
{
    struct vault *vault = NULL;

    CHECK(vault_open(&vault, directory, key, established, NOW) == 0);
    return vault;
}

static void begin(void)
{
    snprintf(directory, sizeof directory, "/tmp/ward-test-signer-XXXXXX");
    CHECK(mkdtemp(directory) != NULL);
}

static void end(void)
{
    char path[128];

    CHECK(file_path(path, sizeof path, directory, "keys") == 0 && file_remove(path) == 0);
    CHECK(file_path(path, sizeof path, directory, "last") == 0 && file_remove(path) == 0);
    CHECK(rmdir(directory) == 0);
}

static enum signer_answer ask(struct vault *vault, const struct signer_message *message,
                              struct buffer *answer)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(ANSWER_MAX);

    CHECK(signer_message_encode(message, &body) == 0);
    return signer_answer(vault, NOW, (uint8_t)message->kind, buffer_bytes(&body), answer);
}

static enum signer_answer sign(struct vault *vault, struct log *log, uint64_t from, uint64_t size)
{
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(ANSWER_MAX);
    struct signer_message message = {.kind = SIGNER_SIGN_CHECKPOINT, .size = size};

    CHECK(tree_root(size, read_node, log, &message.root) == 0);
    if (from)
        CHECK(tree_consistency(from, size, read_node, log, &message.proof) == 0);
    return ask(vault, &message, &answer);
}

static void a_log_that_grows_is_signed_and_one_that_was_rewound_or_rewritten_is_not(void)
{
    static struct log log;
    static struct log other;
    struct vault *vault;

    begin();
    vault = open_vault(false);
    fill(&log, "true");
    fill(&other, "forged");
    CHECK(sign(vault, &log, 0, 3) == SIGNER_DONE);
    CHECK(sign(vault, &log, 3, 5) == SIGNER_DONE);
    CHECK(sign(vault, &log, 5, 5) == SIGNER_DONE);
    CHECK(sign(vault, &log, 3, 4) == SIGNER_INCONSISTENT);
    CHECK(sign(vault, &other, 5, 8) == SIGNER_INCONSISTENT);
    CHECK(sign(vault, &other, 5, 5) == SIGNER_INCONSISTENT);
    CHECK(sign(vault, &log, 3, 8) == SIGNER_INCONSISTENT);
    vault_free(vault);
    /* What was signed last is remembered. */
    vault = open_vault(true);
    CHECK(vault_last_size(vault) == 5);
    CHECK(sign(vault, &other, 2, 8) == SIGNER_INCONSISTENT);
    CHECK(sign(vault, &log, 5, 8) == SIGNER_DONE);
    vault_free(vault);
    end();
}

static void certificates_are_of_the_ca_for_the_device_named_and_for_thirty_days(void)
{
    CLEANUP(buffer_deinit) struct buffer device_key = buffer_init(4096);
    CLEANUP(buffer_deinit) struct buffer request = buffer_init(4096);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(ANSWER_MAX);
    struct signer_message message = {.kind = SIGNER_ISSUE_DEVICE, .device = {{1, 2, 3}}};
    struct device_id device;
    struct vault *vault;
    int64_t from_at;
    int64_t to_at;

    begin();
    vault = open_vault(false);
    CHECK(x509_key_new(&device_key) == 0);
    CHECK(x509_request_new(buffer_bytes(&device_key), &request) == 0);
    message.request = buffer_bytes(&request);
    CHECK(ask(vault, &message, &answer) == SIGNER_DONE);
    CHECK(x509_check_device(vault_ca_certificate(vault), buffer_bytes(&answer), NOW, &device) == 0);
    CHECK(device_id_equal(device, message.device));
    CHECK(x509_validity(buffer_bytes(&answer), &from_at, &to_at) == 0);
    CHECK(to_at == NOW + 30 * MS_PER_DAY);
    message.request = bytes_of_text(text_of("no request"));
    buffer_clear(&answer);
    CHECK(ask(vault, &message, &answer) == SIGNER_INVALID);
    CHECK(answer.len == 0);
    vault_free(vault);
    end();
}

static void only_what_every_agent_reads_as_a_policy_is_vouched_for(void)
{
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(ANSWER_MAX);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(ANSWER_MAX);
    struct policy policy = policy_default();
    struct signer_message message = {.kind = SIGNER_SIGN_POLICY};
    struct vault *vault;

    begin();
    vault = open_vault(false);
    policy.version = 1;
    CHECK(policy_encode(&policy, &bytes) == 0);
    message.policy = buffer_bytes(&bytes);
    CHECK(ask(vault, &message, &answer) == SIGNER_DONE);
    message.policy = bytes_of_text(text_of("\xff\xff\xff"));
    CHECK(ask(vault, &message, &answer) == SIGNER_INVALID);
    vault_free(vault);
    end();
}

static void a_vault_of_another_key_or_that_lost_a_file_is_refused(void)
{
    static const uint8_t wrong[32] = {8};
    struct vault *vault = NULL;
    char path[128];

    begin();
    vault_free(open_vault(false));
    vault = NULL;
    CHECK(vault_open(&vault, directory, (struct bytes){wrong, sizeof wrong}, true, NOW) ==
          VAULT_KEY);
    CHECK(file_path(path, sizeof path, directory, "last") == 0 && file_remove(path) == 0);
    CHECK(vault_open(&vault, directory, key, true, NOW) == VAULT_LOST);
    CHECK(file_path(path, sizeof path, directory, "keys") == 0 && file_remove(path) == 0);
    CHECK(vault_open(&vault, directory, key, true, NOW) == VAULT_LOST);
    CHECK(vault == NULL);
    CHECK(rmdir(directory) == 0);
}

static void messages_cut_anywhere_are_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(ANSWER_MAX);
    uint8_t body[8 + 2 * HASH_SIZE] = {0};
    struct signer_message message;

    for (size_t len = 0; len < sizeof body; len++) {
        bool whole = len >= 8 + HASH_SIZE && (len - 8) % HASH_SIZE == 0;

        CHECK((signer_message_decode(SIGNER_SIGN_CHECKPOINT, (struct bytes){body, len}, &message) ==
               0) == whole);
        CHECK((signer_message_decode(SIGNER_ISSUE_DEVICE, (struct bytes){body, len}, &message) ==
               0) == (len > DEVICE_ID_SIZE));
    }
    for (unsigned kind = SIGNER_KINDS; kind < 256; kind++)
        CHECK(signer_message_decode((uint8_t)kind, (struct bytes){0}, &message) ==
              SIGNER_MALFORMED);
    CHECK(signer_message_decode(0, (struct bytes){0}, &message) == SIGNER_MALFORMED);
}

int main(void)
{
    RUN(a_log_that_grows_is_signed_and_one_that_was_rewound_or_rewritten_is_not);
    RUN(certificates_are_of_the_ca_for_the_device_named_and_for_thirty_days);
    RUN(only_what_every_agent_reads_as_a_policy_is_vouched_for);
    RUN(a_vault_of_another_key_or_that_lost_a_file_is_refused);
    RUN(messages_cut_anywhere_are_refused);
    return tap_done();
}
