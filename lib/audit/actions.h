#pragma once

/*
 * The closed list of what an audit entry may say was done: a word for machines, a label for people
 *
 * Words are never renamed or taken away, since entries keep them for years; new ones are added.
 * `meson test "audit actions"` looks for words in the programs that are not here. Pure.
 */

#include "base/bytes.h"

#define AUDIT_ACTIONS(X)                                                                           \
    X("login", "Signed in")                                                                        \
    X("login.password", "Gave the right password")                                                 \
    X("login.failed", "Sign-in refused: name or password")                                         \
    X("login.totp_failed", "Sign-in refused: second factor")                                       \
    X("login.passkey_failed", "Sign-in refused: passkey")                                          \
    X("login.sso", "Vouched for by the identity provider")                                         \
    X("login.sso_failed", "Sign-in refused: identity provider")                                    \
    X("sso.import", "Identity provider imported")                                                  \
    X("sso.change", "Single sign-on changed")                                                      \
    X("sso.remove", "Identity provider removed")                                                   \
    X("sso.test", "Single sign-on tried out")                                                      \
    X("login.limited", "Sign-in refused: too many attempts")                                       \
    X("login.step_up", "Gave the second factor again")                                             \
    X("logout", "Signed out")                                                                      \
    X("session.end", "Sessions ended")                                                             \
    X("session.expired", "Session ended by time")                                                  \
    X("setup.link_made", "One-time link made")                                                     \
    X("setup.done", "Password set by one-time link")                                               \
    X("setup.failed", "One-time link refused")                                                     \
    X("user.add", "User added")                                                                    \
    X("user.change", "User changed")                                                               \
    X("user.disable", "User disabled")                                                             \
    X("class.add", "Class of workforce made")                                                      \
    X("class.change", "Class of workforce changed")                                                \
    X("class.remove", "Class of workforce removed")                                                \
    X("totp.enrol", "Second factor set up")                                                        \
    X("passkey.add", "Passkey added")                                                              \
    X("passkey.rename", "Passkey renamed")                                                         \
    X("passkey.remove", "Passkey removed")                                                         \
    X("recovery.make", "Recovery codes made")                                                      \
    X("recovery.use", "Recovery code used in place of the second factor")                          \
    X("access.denied", "Access refused")                                                           \
    X("access.export", "Everybody's effective access exported")                                    \
    X("device.enrol", "Device enrolled")                                                           \
    X("device.enrol_failed", "Enrolment refused")                                                  \
    X("device.renew", "Device certificate renewed")                                                \
    X("device.revoke", "Device revoked")                                                           \
    X("device.refused", "Device refused")                                                          \
    X("redaction.receipt", "Receipt of a device's redaction taken")                                \
    X("redaction.missed", "Identifiers came that a device should have removed")                    \
    X("redaction.acknowledge", "Missed identifiers acknowledged")                                  \
    X("redaction.canary",                                                                          \
      "Redaction of a device tried with invented texts: it stopped, or works again")               \
    X("directory.view", "People directory viewed")                                                 \
    X("person.add", "Person added")                                                                \
    X("person.change", "Person changed")                                                           \
    X("person.confirm", "Person confirmed")                                                        \
    X("person.assign", "Account given to a person")                                                \
    X("person.merge", "Two people merged")                                                         \
    X("person.split", "Accounts split off as another person")                                      \
    X("group.add", "Group of people added")                                                        \
    X("group.change", "Group of people changed")                                                   \
    X("group.remove", "Group of people removed")                                                   \
    X("account.known", "New account tied to a person by its identity")                             \
    X("account.station", "Account of a computer became its station's, for all days")               \
    X("package.make", "Deployment package made")                                                   \
    X("package.revoke", "Deployment package revoked")                                              \
    X("policy.change", "Capture policy changed")                                                   \
    X("policy.patterns", "Own pattern changed")                                                    \
    X("policy.words", "Safe words changed")                                                        \
    X("settings.change", "Setting changed")                                                        \
    X("person.view", "A person's activity viewed")                                                 \
    X("people.view", "People's activity viewed")                                                   \
    X("removed.view", "Counts of removed identifiers viewed")                                      \
    X("flows.export", "Counts of removed identifiers exported")                                    \
    X("devices.view", "Devices viewed")                                                            \
    X("users.view", "Users viewed")                                                                \
    X("audit.view", "Audit log viewed")                                                            \
    X("audit.verify", "Audit log verified")                                                        \
    X("audit.export", "Audit log exported")                                                        \
    X("trial.start", "Attempt to leak begun")                                                      \
    X("trial.result", "Attempt to leak ended")                                                     \
    X("tls.import", "Server certificate imported")                                                 \
    X("server.start", "Server started")                                                            \
    X("server.stop", "Server stopped")                                                             \
    X("spill.search", "Spilled text searched for")                                                 \
    X("spill.intend", "Spilled text: removal begun")                                               \
    X("spill.done", "Spilled text removed")                                                        \
    X("incident.close", "Incident closed")                                                         \
    X("emergency.open", "Emergency access opened")                                                 \
    X("emergency.end", "Emergency access ended")                                                   \
    X("emergency.view", "Emergency access looked at")                                              \
    X("emergency.review", "Emergency access reviewed")                                             \
    X("emergency.overdue", "Review of emergency access overdue")                                   \
    X("key.rotate", "Key rotated")                                                                 \
    X("key.failed", "A key did not open what it should")

/* What people read for that word; NULL when it is not in the list. */
const char *audit_action_label(struct text word);

/* The index-th word of the list; NULL past its end. */
const char *audit_action_word(size_t index);
