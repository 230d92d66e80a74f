/* The local socket: sensors, and people who ask, pause and resume. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "common/big-endian.h"
#include "common/vouch.h"
#include "crypto/hash.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/local.h"
#include "service/service.h"
#include "wire/frame.h"
#include "wire/limits.h"

enum {
    PEERS_PER_UID = 8,
    READS_PER_TURN = 8, /* so that no peer keeps the others waiting */
    WRITE_MS = 200,
    FRAMES_BURST = 600, /* a sensor that comes back brings its backlog */
    FRAMES_PER_SECOND = 50,
    CURRENT_BYTES = 64 * 1024,
    CALM_AFTER_MS = 5000,
};

struct peer {
    int fd;
    struct local_peer who;
    struct account *account;
    struct frame_reader *reader;
    bool hello;
    bool bye;
    bool repeat; /* to be let go, so that it says again what was not durable */
    uint64_t session;
    unsigned unanswered; /* reports that are not durable yet */
    int64_t tokens_at;   /* boot clock */
    int64_t tokens;      /* in thousandths of a frame */
    int64_t heard_at;    /* UTC */
    struct arena *arena; /* of current */
    struct span current;
    bool current_any;
    struct canary_verdict canaries; /* run 0: it has not said */
    int64_t unclean_from_at;        /* UTC; 0: redaction works there */
    bool other_rules;               /* its last report was judged by other rules than ours */
};

RESULT hub_open(struct service *service)
{
    char directory[4096];
    int len = snprintf(directory, sizeof(directory), "%s", service->socket_path);
    char *slash = len > 0 && (size_t)len < sizeof(directory) ? strrchr(directory, '/') : NULL;

    if (slash && slash != directory) {
        *slash = 0;
        struct stat status;
        bool made = stat(directory, &status) != 0;
        int r = made ? file_make_directory(directory, 0755) : 0;

        if (r)
            return r < 0 ? r : FAULT(ERR_SYSTEM);
        if (made && chmod(directory, 0755)) /* past the umask; one that was there keeps its mode */
            return FAULT(ERR_SYSTEM);
    }
    int r = local_listen(service->socket_path, 0666, &service->listener);
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

static void peer_free(struct peer *peer)
{
    file_close(peer->fd);
    frame_reader_free(peer->reader);
    arena_free(peer->arena);
    free(peer);
}

/* What was in front while it could not redact is missing. */
static bool unclean_end(struct service *service, struct peer *peer)
{
    int64_t from_at = peer->unclean_from_at;
    int64_t now_at = clock_now_ms();

    if (from_at == 0)
        return true;
    peer->unclean_from_at = 0;
    log_event(LOG_INFO, "agent.sensor.clean", LOG_U64("uid", peer->who.uid));
    return service_gap(service, peer->account, from_at, now_at > from_at ? now_at : from_at,
                       BATCH_GAP_SENSOR_LOST, 0, NULL) == 0;
}

/* A sensor that goes without a good-bye has died: what it saw since its last report is missing. */
static void peer_drop(struct service *service, size_t i)
{
    struct peer *peer = service->peers[i];

    service->peers[i] = NULL;
    if (peer->hello) {
        service->current_changed = true;
        log_event(LOG_INFO, "agent.sensor.gone", LOG_U64("uid", peer->who.uid),
                  LOG_U64("bye", peer->bye));
        if (!unclean_end(service, peer))
            log_event(LOG_ERROR, "agent.gap.unrecorded", LOG_U64("uid", peer->who.uid));
        char path[64];
        (void)snprintf(path, sizeof(path), "/proc/%d", (int)peer->who.pid);
        if (!peer->bye && access(path, F_OK) != 0 &&
            service_gap(service, peer->account, peer->heard_at, clock_now_ms(),
                        BATCH_GAP_SENSOR_LOST, 0, NULL))
            log_event(LOG_ERROR, "agent.gap.unrecorded", LOG_U64("uid", peer->who.uid));
    }
    peer_free(peer);
}

void hub_close(struct service *service)
{
    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        if (service->peers[i]) {
            peer_free(service->peers[i]);
            service->peers[i] = NULL;
        }
    }
    if (service->listener >= 0) {
        file_close(service->listener);
        (void)unlink(service->socket_path);
    }
    service->listener = -1;
}

size_t hub_poll(const struct service *service, struct pollfd *ret_polls)
{
    size_t count = 0;

    ret_polls[count++] = (struct pollfd){.fd = service->listener, .events = POLLIN};
    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        if (service->peers[i])
            ret_polls[count++] = (struct pollfd){.fd = service->peers[i]->fd, .events = POLLIN};
    }
    return count;
}

static bool peer_send(struct peer *peer, uint8_t kind, struct bytes body)
{
    CLEANUP(buffer_deinit) struct buffer frame = buffer_init(WIRE_POLICY_MAX + 16);

    frame_append(&frame, kind, body);
    return buffer_check(&frame) == 0 && local_write(peer->fd, buffer_bytes(&frame), WRITE_MS) == 0;
}

static void peer_refuse(struct peer *peer, const char *why)
{
    (void)peer_send(peer, LOCAL_REFUSED, bytes_of_text(text_of(why)));
}

static void accept_one(struct service *service, int fd, int64_t boot_at)
{
    CLEANUP(file_close) int owned = fd;
    struct local_peer who;
    size_t free_at = HUB_PEERS_MAX;
    size_t of_uid = 0;

    if (local_peer(fd, &who) || boot_at < service->refuse_until)
        return;
    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        if (!service->peers[i])
            free_at = free_at == HUB_PEERS_MAX ? i : free_at;
        else if (service->peers[i]->who.uid == who.uid)
            of_uid++;
    }
    if (free_at == HUB_PEERS_MAX || of_uid >= PEERS_PER_UID)
        return;
    struct peer *peer = calloc(1, sizeof(*peer));
    if (!peer)
        return;
    peer->fd = -1;
    peer->who = who;
    peer->tokens = FRAMES_BURST * 1000;
    peer->tokens_at = boot_at;
    peer->heard_at = clock_now_ms();
    if (ledger_account(service->ledger, who.uid, &peer->account) ||
        frame_reader_new(&peer->reader, WIRE_LOCAL_MAX) || arena_new(&peer->arena, CURRENT_BYTES)) {
        peer_free(peer);
        return;
    }
    peer->fd = fd;
    owned = -1;
    service->peers[free_at] = peer;
}

/* ---- what peers say ---- */

/* A session's name becomes a number: nothing else of it is kept. */
static uint64_t session_number(const struct service *service, struct bytes name, uid_t uid)
{
    struct hash hash;
    struct bytes pieces[2] = {{.at = (const uint8_t *)&uid, .len = sizeof(uid)}, name};
    struct bytes key = {.at = service->identity.spool_key, .len = 32};

    if (hash_hmac(key, pieces, 2, &hash))
        return 1;
    return big_endian_get(hash.at, 8) | 1;
}

static bool take_hello(struct service *service, struct peer *peer, struct bytes body)
{
    const uint8_t *end = body.len ? memchr(body.at, '\n', body.len) : NULL;
    uint8_t paused = peer->account->paused;

    if (!end || (size_t)(end - body.at) > AGENT_SESSION_MAX)
        return false;
    peer->hello = true;
    peer->session = session_number(
        service, (struct bytes){.at = body.at, .len = (size_t)(end - body.at)}, peer->who.uid);
    log_event(LOG_INFO, "agent.sensor", LOG_U64("uid", peer->who.uid));
    return peer_send(peer, LOCAL_PAUSED, (struct bytes){.at = &paused, .len = 1}) &&
           peer_send(peer, LOCAL_POLICY, buffer_bytes(&service->policy_envelope));
}

static bool take_report(struct service *service, struct peer *peer, struct bytes body,
                        int64_t boot_at)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct local_report report;

    if (peer->unclean_from_at)
        return false; /* it said itself that it cannot redact */
    if (ledger_crowded(service->ledger) && service_flush(service))
        return false;
    int r = arena_new(&arena, WIRE_LOCAL_MAX * 8);
    if (r == 0)
        r = local_report_decode(body, arena, &report);
    if (r == 0)
        r = ledger_report(service->ledger, peer->account, peer->session, &report, clock_now_ms());
    if (r) {
        log_event(LOG_WARN, "agent.report.refused", LOG_U64("uid", peer->who.uid),
                  LOG_I64("result", r));
        return false;
    }
    if (report.evidence.rules_count)
        peer->other_rules = !evidence_rules_equal(&report.evidence.rules[0], &service->rules.own);
    peer->unanswered++;
    service_touch(service, boot_at);
    return true;
}

static bool take_lost(struct service *service, struct peer *peer, struct bytes body,
                      int64_t boot_at)
{
    if (body.len != AGENT_LOST_SIZE)
        return false;
    int64_t from_at = (int64_t)big_endian_get(body.at, 8);
    int64_t to_at = (int64_t)big_endian_get(body.at + 8, 8);
    uint64_t spans = big_endian_get(body.at + 16, 8);
    if (from_at < 0 || to_at < from_at ||
        ledger_gap(service->ledger, peer->account, from_at, to_at, BATCH_GAP_SENSOR_LOST, spans,
                   NULL))
        return false;
    peer->unanswered++;
    service_touch(service, boot_at);
    return true;
}

static bool take_current(struct service *service, struct peer *peer, struct bytes body)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct local_report report;

    arena_reset(peer->arena);
    peer->current_any = false;
    service->current_changed = true;
    if (arena_new(&arena, WIRE_LOCAL_MAX * 8) || local_report_decode(body, arena, &report) ||
        report.span_count > 1)
        return false;
    if (peer->unclean_from_at || !canary_lets_pass(&service->canaries))
        return true;
    if (report.span_count == 0)
        return true;
    const struct local_in_span *in = &report.spans[0];
    peer->current = (struct span){
        .start_at = in->start_at,
        .duration_ms = in->duration_ms,
        .state = in->state,
        .flags = in->flags,
        .application =
            ledger_clean(service->ledger, LEDGER_APPLICATION, in->application, peer->arena),
        .domain = ledger_clean(service->ledger, LEDGER_DOMAIN, in->domain, peer->arena),
        .title = ledger_clean(service->ledger, LEDGER_TITLE, in->title, peer->arena),
    };
    peer->current_any = peer->current.application != NULL;
    return true;
}

/* Its canaries: a sensor whose redaction does not work sends nothing, and that is told. */
static bool take_canaries(struct service *service, struct peer *peer, struct bytes body)
{
    if (canary_parse(body, &peer->canaries))
        return false;
    receipts_canaries(service->receipts, &peer->canaries, clock_now_ms());
    bool stopped = !canary_all_passed(&peer->canaries) && !canary_waived();
    if (stopped == (peer->unclean_from_at != 0))
        return true;
    service->uplink.live_wanted = true;
    if (!stopped)
        return unclean_end(service, peer);
    log_event(LOG_ERROR, "agent.sensor.unclean", LOG_U64("uid", peer->who.uid),
              LOG_U64("kind", peer->canaries.failed));
    peer->unclean_from_at = clock_now_ms();
    peer->current_any = false;
    service->current_changed = true;
    return true;
}

static bool take_pause(struct service *service, struct peer *peer, struct bytes body)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct local_pause pause;
    int r = arena_new(&arena, WIRE_LOCAL_MAX * 2);

    if (r == 0)
        r = local_pause_decode(body, arena, &pause);
    if (r)
        return false;
    if (pause.minutes == 0) {
        r = service_resume(service, peer->account);
    } else if (!service->policy.pause_allowed) {
        peer_refuse(peer, "Your organisation's policy does not allow pausing. Ask the person who "
                          "is responsible for Ward there.");
        return true;
    } else if (pause.reason.len == 0) {
        peer_refuse(peer, "A pause needs a reason: ward-agent pause --reason TEXT");
        return true;
    } else {
        r = service_pause(service, peer->account, pause.minutes, pause.reason);
    }
    if (r) {
        peer_refuse(peer, "It could not be recorded, so nothing was changed. Try again; if it "
                          "stays so, see the log of ward-agent.");
        return true;
    }
    return peer_send(peer, LOCAL_DONE, (struct bytes){0});
}

static bool take_query(struct service *service, struct peer *peer)
{
    CLEANUP(buffer_deinit) struct buffer json = buffer_init(WIRE_LOCAL_MAX);

    return status_print(service, peer->account, peer->who.uid == 0, &json) == 0 &&
           peer_send(peer, LOCAL_STATUS, buffer_bytes(&json));
}

/* What a whole computer holds may be asked about by its administrator only: to anybody else each
 * answer would say whether a name is there. */
static bool take_search(struct service *service, struct peer *peer, struct bytes body)
{
    CLEANUP(buffer_deinit) struct buffer json = buffer_init(WIRE_LOCAL_MAX);
    struct needles needles = {0};

    if (peer->who.uid != 0 && peer->who.uid != geteuid()) {
        peer_refuse(peer, "Only root, or whoever the service runs as, may search. Use sudo.");
        return true;
    }
    int r = needles_add_lines(&needles, text_of_bytes(body));
    if (r || needles.count == 0) {
        peer_refuse(peer, "Give 1 to 32 strings of 4 to 120 bytes, one a line.");
        r = 0;
    } else {
        r = search_print(service, &needles, &json);
        if (r == 0 && !peer_send(peer, LOCAL_SEARCHED, buffer_bytes(&json)))
            r = ERR_SYSTEM;
    }
    wipe(&needles, sizeof(needles));
    return r == 0;
}

/* False: the peer is let go. Sensors' words are taken only after their hello, and of a paused
 * account nothing is. */
static bool take_frame(struct service *service, struct peer *peer, const struct frame *frame,
                       int64_t boot_at)
{
    switch (frame->kind) {
    case LOCAL_STATUS_QUERY:
        return take_query(service, peer);
    case LOCAL_PAUSE:
        return take_pause(service, peer, frame->body);
    case LOCAL_SEARCH:
        return take_search(service, peer, frame->body);
    case LOCAL_HELLO:
        return !peer->hello && take_hello(service, peer, frame->body);
    default:
        break;
    }
    if (!peer->hello)
        return false;
    peer->heard_at = clock_now_ms();
    switch (frame->kind) {
    case LOCAL_REPORT:
        return take_report(service, peer, frame->body, boot_at);
    case LOCAL_CURRENT:
        return take_current(service, peer, frame->body);
    case LOCAL_ALIVE:
        return true;
    case AGENT_CANARY:
        return take_canaries(service, peer, frame->body);
    case AGENT_LOST:
        return take_lost(service, peer, frame->body, boot_at);
    case AGENT_BYE:
        peer->bye = true;
        return true;
    default:
        return false;
    }
}

static bool within_rate(struct peer *peer, int64_t boot_at)
{
    peer->tokens += (boot_at - peer->tokens_at) * FRAMES_PER_SECOND;
    peer->tokens_at = boot_at;
    if (peer->tokens > FRAMES_BURST * 1000)
        peer->tokens = FRAMES_BURST * 1000;
    peer->tokens -= 1000;
    return peer->tokens >= 0;
}

static bool take_frames(struct service *service, struct peer *peer, int64_t boot_at)
{
    struct frame frame;
    int r;

    while ((r = frame_reader_next(peer->reader, &frame)) == 0) {
        if (!within_rate(peer, boot_at)) {
            log_event(LOG_WARN, "agent.peer.too_fast", LOG_U64("uid", peer->who.uid));
            return false;
        }
        if (!take_frame(service, peer, &frame, boot_at) || peer->repeat)
            return false;
    }
    return r == FRAME_PARTIAL;
}

static bool peer_take(struct service *service, struct peer *peer, int64_t boot_at)
{
    uint8_t chunk[4096];
    size_t len = 0;

    for (int i = 0; i < READS_PER_TURN; i++) {
        int r = local_read(peer->fd, chunk, sizeof(chunk), &len);

        if (r == LOCAL_AGAIN)
            return true;
        if (r)
            return false;
        for (size_t at = 0; at < len;) {
            at +=
                frame_reader_push(peer->reader, (struct bytes){.at = chunk + at, .len = len - at});
            if (!take_frames(service, peer, boot_at))
                return false;
        }
    }
    return true;
}

RESULT hub_take(struct service *service, int64_t boot_at)
{
    int fd;

    while (local_accept(service->listener, &fd) == 0)
        accept_one(service, fd, boot_at);
    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        if (service->peers[i] &&
            (!peer_take(service, service->peers[i], boot_at) || service->peers[i]->repeat))
            peer_drop(service, i);
    }
    return 0;
}

/* ---- what peers are told ---- */

void hub_settle(struct service *service, bool durable)
{
    if (!durable)
        service->refuse_until = clock_boot_ms() + CALM_AFTER_MS;
    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        struct peer *peer = service->peers[i];
        bool told = true;

        if (!peer || peer->unanswered == 0)
            continue;
        for (; durable && told && peer->unanswered > 0; peer->unanswered--)
            told = peer_send(peer, LOCAL_DONE, (struct bytes){0});
        if (durable && told)
            continue;
        peer->repeat = true;
    }
}

void hub_deny(struct service *service, const struct denied *denied)
{
    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        struct peer *peer = service->peers[i];

        if (!peer || !peer->current_any)
            continue;
        if (denied_holds(denied, clean_text_view(peer->current.application)) ||
            denied_holds(denied, clean_text_view(peer->current.domain)) ||
            denied_holds(denied, clean_text_view(peer->current.title))) {
            peer->current_any = false;
            service->current_changed = true;
        }
    }
}

void hub_tell_policy(struct service *service)
{
    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        struct peer *peer = service->peers[i];

        if (peer && peer->hello &&
            !peer_send(peer, LOCAL_POLICY, buffer_bytes(&service->policy_envelope)))
            log_event(LOG_WARN, "agent.policy.untold", LOG_U64("uid", peer->who.uid));
    }
}

void hub_tell_pause(struct service *service, const struct account *account)
{
    uint8_t paused = account->paused;

    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        struct peer *peer = service->peers[i];

        if (peer && peer->hello && peer->account == account &&
            !peer_send(peer, LOCAL_PAUSED, (struct bytes){.at = &paused, .len = 1}))
            log_event(LOG_WARN, "agent.pause.untold", LOG_U64("uid", peer->who.uid));
    }
}

size_t hub_current(const struct service *service, struct live_span *ret_spans, size_t max)
{
    size_t count = 0;

    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        const struct peer *peer = service->peers[i];
        size_t at = 0;

        if (!peer || !peer->current_any || peer->account->paused)
            continue;
        struct text name = text_of(peer->account->name);
        while (at < count && !text_equal(ret_spans[at].account_name, name))
            at++;
        if (at == max || (at < count && peer->current.state >= ret_spans[at].span.state))
            continue; /* of two sessions the one that is more in use */
        ret_spans[at] = (struct live_span){
            .account_name = name, .account_kind = peer->account->kind, .span = peer->current};
        count += at == count;
    }
    return count;
}

void hub_look(const struct service *service, const struct needles *needles,
              struct needles_sweep *sweep)
{
    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        const struct peer *peer = service->peers[i];

        if (!peer || !peer->current_any)
            continue;
        needles_look(needles, bytes_of_text(clean_text_view(peer->current.application)), sweep);
        needles_look(needles, bytes_of_text(clean_text_view(peer->current.domain)), sweep);
        needles_look(needles, bytes_of_text(clean_text_view(peer->current.title)), sweep);
    }
}

size_t hub_sensors(const struct service *service, const struct account *account)
{
    size_t count = 0;

    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        const struct peer *peer = service->peers[i];

        if (peer && peer->hello && (!account || peer->account == account))
            count++;
    }
    return count;
}

size_t hub_other_rules(const struct service *service)
{
    size_t count = 0;

    for (size_t i = 0; i < HUB_PEERS_MAX; i++)
        count += service->peers[i] && service->peers[i]->other_rules;
    return count;
}

bool hub_canaries(const struct service *service, struct canary_verdict *ret_verdict,
                  size_t *ret_unclean)
{
    struct canary_verdict verdict = {.failed = REDACT_KINDS};

    *ret_unclean = 0;
    for (size_t i = 0; i < HUB_PEERS_MAX; i++) {
        const struct peer *peer = service->peers[i];

        if (!peer || peer->canaries.run == 0)
            continue;
        verdict.run += peer->canaries.run;
        verdict.passed += peer->canaries.passed;
        if (!canary_all_passed(&peer->canaries)) {
            ++*ret_unclean;
            verdict.failed = peer->canaries.failed;
        }
    }
    *ret_verdict = verdict;
    return verdict.run > 0;
}
