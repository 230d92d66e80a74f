#pragma once

/*
 * The handover: what the parent tells a child once, over its channel, before anything else
 *
 * One message a field (kind = field number, body = its bytes), then an empty message of kind 0. No
 * key is ever in an argument or in the environment, where other processes could read it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "crypto/aead.h"

#define HANDOVER_PATH_MAX 1024
#define HANDOVER_TEXT_MAX 1100
#define HANDOVER_ADDRESS_MAX 64

/* Messages from a child to its parent. */
enum handover_kind {
    HANDOVER_READY = 1,  /* body: the line for people, or empty */
    HANDOVER_REFUSE = 2, /* body: why, and the remedy; the child ends and is not started again */
};

struct handover {
    char data[HANDOVER_PATH_MAX]; /* data directory, absolute */
    char web[HANDOVER_PATH_MAX];  /* files of the dashboard; empty: none */
    char people_address[HANDOVER_ADDRESS_MAX];
    char agents_address[HANDOVER_ADDRESS_MAX];
    char names[HANDOVER_TEXT_MAX]; /* for the server's certificate, comma-separated */
    uint32_t people_port;
    uint32_t agents_port;
    uint32_t established; /* this data directory has been used before */
    uint32_t check;       /* only look whether everything opens, then end */
    uint32_t own_uids;    /* each process has a uid of its own */
    uint32_t root_beside; /* the root key lies in the data directory */
    uint32_t parent_pid;
    uint32_t signer_pid;
    uint32_t signer_uid;
    uint32_t signer_sandbox; /* enum link_sandbox */
    uint32_t saml_sandbox;   /* enum link_sandbox */
    uint8_t records_key[AEAD_KEY_SIZE];
    uint8_t keyring_key[AEAD_KEY_SIZE];
    uint8_t instance_key[AEAD_KEY_SIZE];
    uint8_t signer_key[AEAD_KEY_SIZE];
    uint8_t saml_key[AEAD_KEY_SIZE];
};

/* Parts of it, so that no child is given what it does not need. */
enum handover_for { HANDOVER_FOR_SERVE = 1, HANDOVER_FOR_SIGNER = 2, HANDOVER_FOR_SAML = 4 };

enum {
    HANDOVER_BROKEN = 1, /* the parent has gone, or said something else */
};

RESULT handover_send(int fd, const struct handover *handover, enum handover_for child);

/* Outcome: HANDOVER_BROKEN. The caller wipes the keys. */
RESULT handover_receive(int fd, struct handover *ret_handover);
