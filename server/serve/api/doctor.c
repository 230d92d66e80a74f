/* What should be mended, and how: each finding with its remedy. One small function a question. */

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/moment.h"
#include "os/file.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/api/facts.h"
#include "server/serve/serve.h"

#define DISK_WARN_BYTES ((uint64_t)2 * 1024 * 1024 * 1024)
#define DISK_ERROR_BYTES ((uint64_t)256 * 1024 * 1024)
#define CHECKPOINT_LATE_MS (10 * MS_PER_MINUTE)
#define CERTIFICATE_SOON_MS (14 * MS_PER_DAY)
#define TRIAL_LATE_MS (31 * MS_PER_DAY)

enum level { LEVEL_OK, LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

struct examination {
    const struct serve *serve;
    const struct facts *facts;
    int64_t now;
    struct json_out *out;
};

static void find(struct examination *examination, const char *id, enum level level,
                 const char *title, const char *remedy)
{
    static const char *const words[] = {"ok", "note", "warning", "error"};

    json_out_object(examination->out, NULL);
    json_out_string(examination->out, "id", id);
    json_out_string(examination->out, "level", words[level]);
    json_out_string(examination->out, "title", title);
    json_out_string(examination->out, "remedy", remedy);
    json_out_object_end(examination->out);
}

static void look_at_folder(struct examination *examination)
{
    const struct handover *handover = &examination->serve->handover;
    struct stat info;
    mode_t allowed = handover->own_uids ? 0711 : 0700;

    if (stat(handover->data, &info) < 0 || info.st_mode & 07777 & ~allowed)
        find(examination, "data.permissions", LEVEL_ERROR, "Others may enter the data directory",
             "Take their access away: chmod 700 on the data directory.");
    else
        find(examination, "data.permissions", LEVEL_OK, "Only Ward may enter the data directory",
             "");
}

static void look_at_files(struct examination *examination)
{
    static const char *const names[] = {"records.db", "spans.db", "keyring"};
    bool open = false;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[HANDOVER_PATH_MAX];
        struct stat info;

        if (file_path(path, sizeof path, examination->serve->handover.data, names[i]) == 0 &&
            stat(path, &info) == 0)
            open |= (info.st_mode & 077) != 0;
    }
    if (open)
        find(examination, "files.permissions", LEVEL_ERROR,
             "Others may read records.db, spans.db or the keyring",
             "Take their access away: chmod 600 on these files.");
    else
        find(examination, "files.permissions", LEVEL_OK, "Only Ward may read its files", "");
}

static void look_at_root_key(struct examination *examination)
{
    if (examination->serve->handover.root_beside)
        find(examination, "key.beside", LEVEL_WARNING,
             "The root key lies beside the data: whoever copies the directory can read all of it",
             "Keep it elsewhere and start wardd with --root-key FILE; keep a copy offline.");
    else
        find(examination, "key.beside", LEVEL_OK, "The root key is kept apart from the data",
             "Keep a copy offline.");
}

static void look_at_walls(struct examination *examination)
{
    const struct serve *serve = examination->serve;
    unsigned signer = serve_signer_sandbox(serve);
    unsigned saml = serve_saml_sandbox(serve);
    unsigned helpers = signer > saml ? signer : saml;
    unsigned level = serve->sandbox > helpers ? serve->sandbox : helpers;

    if (level == LINK_SANDBOX_FULL)
        find(examination, "sandbox", LEVEL_OK, "serve, signer and saml are confined", "");
    else
        find(examination, "sandbox", level == LINK_SANDBOX_NONE ? LEVEL_WARNING : LEVEL_NOTE,
             level == LINK_SANDBOX_NONE ? "serve, signer or saml is not confined"
                                        : "serve, signer or saml is confined in part",
             "Run a kernel with Landlock (5.13 or newer) and seccomp.");
    if (serve->handover.own_uids)
        find(examination, "uids", LEVEL_OK, "Each process has a user of its own", "");
    else
        find(examination, "uids", LEVEL_NOTE, "All processes of wardd share one user",
             "Start wardd as root with the users ward-serve, ward-signer and ward-saml; the "
             "package does so.");
}

static void look_at_certificate(struct examination *examination)
{
    const struct identity *identity = &examination->serve->identity;
    int64_t from_at;
    int64_t to_at = identity->own_to_at;

    if (identity->other_chain.len && identity_other_validity(identity, &from_at, &to_at) == 0 &&
        to_at - examination->now < CERTIFICATE_SOON_MS)
        find(examination, "certificate.other",
             to_at < examination->now ? LEVEL_ERROR : LEVEL_WARNING,
             "The imported certificate is about to expire, or has",
             "Import a new one: ward tls import.");
    if (identity->own_to_at - examination->now < CERTIFICATE_SOON_MS)
        find(examination, "certificate.own", LEVEL_ERROR,
             "Ward's own certificate is about to expire and was not renewed",
             "Restart wardd; if it stays, read its log.");
    else
        find(examination, "certificate.own", LEVEL_OK, "Ward's certificate is valid", "");
}

static void look_at_clock(struct examination *examination)
{
    int64_t newest = examination->facts->newest_entry_at;
    int64_t last = (int64_t)atomic_load(&examination->serve->counts.last_at);

    if (last > newest)
        newest = last;
    if (newest > examination->now + 5 * MS_PER_MINUTE)
        find(examination, "clock", LEVEL_ERROR, "The clock is behind what is already stored",
             "Set the clock (timedatectl set-ntp true): audit entries need the right time.");
    else
        find(examination, "clock", LEVEL_OK, "The clock goes on from what is stored", "");
}

static void look_at_trials(struct examination *examination)
{
    int64_t passed_at = examination->facts->trial_passed_at;

    if (passed_at == 0)
        find(examination, "trial", LEVEL_NOTE, "Nobody has tried to leak a patient yet",
             "See for yourself that nothing of one is kept: the page Try to leak, or ward "
             "try-leak.");
    else if (examination->now - passed_at > TRIAL_LATE_MS)
        find(examination, "trial", LEVEL_WARNING,
             "The monthly attempt to leak a patient is overdue",
             "Try again: the page Try to leak, or ward try-leak.");
    else
        find(examination, "trial", LEVEL_OK, "An attempt to leak a patient came to nothing", "");
}

static void look_at_disk(struct examination *examination)
{
    uint64_t free_bytes = 0;

    if (file_free_bytes(examination->serve->handover.data, &free_bytes))
        free_bytes = 0;
    find(examination, "disk",
         free_bytes < DISK_ERROR_BYTES  ? LEVEL_ERROR
         : free_bytes < DISK_WARN_BYTES ? LEVEL_WARNING
                                        : LEVEL_OK,
         free_bytes < DISK_WARN_BYTES ? "The disk is almost full" : "There is room on the disk",
         free_bytes < DISK_WARN_BYTES
             ? "Free space, or move the data: when it is full, agents keep what they have."
             : "");
}

static void look_at_log(struct examination *examination)
{
    const struct facts *facts = examination->facts;
    bool late = facts->audit_size > facts->checkpoint_size &&
                examination->now - facts->newest_entry_at > CHECKPOINT_LATE_MS;

    if (late)
        find(examination, "audit.checkpoint", LEVEL_ERROR,
             "The audit log has grown, but was not signed",
             "Run ward audit verify; if it does not hold, somebody changed the log: keep a copy "
             "of the data directory and investigate.");
    else
        find(examination, "audit.checkpoint", LEVEL_OK, "The audit log is signed", "");
}

static void look_at_people(struct examination *examination)
{
    const struct facts *facts = examination->facts;

    if (!facts->administrator)
        find(examination, "administrator", LEVEL_WARNING, "Nobody has set Ward up yet",
             "Open the one-time link that wardd printed when it started.");
    else if (!facts->second_factor)
        find(examination, "second-factor", LEVEL_WARNING,
             "An administrator has no second factor yet",
             "They are asked for it when they sign in next.");
}

static void look_at_redaction(struct examination *examination)
{
    size_t unclean = devices_unclean(examination->serve->devices);

    if (unclean)
        find(examination, "redaction.canaries", LEVEL_ERROR,
             "Redaction does not work on a computer; what it saw since is missing",
             "See the Devices page for which. Install ward-agent there again; if it stays so, keep "
             "the computer as it is and report it.");
    else
        find(examination, "redaction.canaries", LEVEL_OK,
             "No computer says that its redaction does not work", "");
}

static void look_at_missed(struct examination *examination)
{
    const struct facts *facts = examination->facts;

    if (facts->missed_same)
        find(examination, "redaction.missed", LEVEL_ERROR,
             "Texts came with identifiers in them that this server's own rules remove",
             "Redaction on a computer does not run, or somebody changed what it sends. See the "
             "Removed page for which; look at that computer, then acknowledge it there.");
    else if (facts->missed)
        find(examination, "redaction.missed", LEVEL_WARNING,
             "Texts came with identifiers in them, of computers with other rules",
             "Bring ward-agent there to the server's version; then acknowledge it on the Removed "
             "page.");
    else
        find(examination, "redaction.missed", LEVEL_OK,
             "No text came with an identifier in it, or somebody has looked into it", "");
}

static void look_at_version(struct examination *examination)
{
    find(examination, "version", LEVEL_OK, "Ward " WARD_VERSION, "");
}

static void (*const questions[])(struct examination *examination) = {
    look_at_folder,    look_at_files,  look_at_root_key, look_at_walls,  look_at_certificate,
    look_at_clock,     look_at_disk,   look_at_log,      look_at_trials, look_at_people,
    look_at_redaction, look_at_missed, look_at_version,
};

int api_get_doctor(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(64 * 1024);
    struct facts facts;
    struct examination examination = {
        .serve = call->serve, .facts = &facts, .now = call->now, .out = &out};
    int r = facts_read(call->serve, call->now, call->arena, &facts);

    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_array(&out, "findings");
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        questions[i](&examination);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}
