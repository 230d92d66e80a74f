/* What stands on everybody's page: who has emergency access now, and whose waits for a review. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { getNotices, type EmergencyNotice } from "../model/api.gen.ts";
import { moment } from "../model/day.ts";
import { keys } from "../model/keys.ts";
import styles from "./notices.module.css";

export function useNotices(enabled: boolean) {
  return useQuery({ queryKey: keys.notices(), queryFn: ({ signal }) => getNotices({}, signal), enabled });
}

function text(notice: EmergencyNotice): string {
  const who = notice.own ? "You have" : `${notice.who} has`;
  if (notice.state === "open") return `${who} emergency access until ${moment(notice.until_at)}. All that is done under it is marked in the audit log.`;
  const had = notice.own ? "Your emergency access" : `${notice.who}'s emergency access`;
  return notice.state === "overdue"
    ? `${had} of ${moment(notice.opened_at)} was not reviewed in time.`
    : `${had} of ${moment(notice.opened_at)} has ended and waits for a review.`;
}

export function Notices({ mayOpenPage }: { readonly mayOpenPage: boolean }) {
  const notices = useNotices(true);
  if (!notices.data || notices.data.emergencies.length === 0) return null;
  return (
    <aside aria-label="Emergency access" aria-live="polite">
      <ul className={styles["notices"]}>
        {notices.data.emergencies.map((notice) => (
          <li key={notice.id} data-state={notice.state}>
            <span>
              {text(notice)}
              {notice.reason ? (
                <>
                  {" "}
                  Reason: <bdi>{notice.reason}</bdi>.
                </>
              ) : null}
            </span>
            {mayOpenPage || notice.own ? (
              <Link to="/emergency">{notice.state === "open" ? "See it" : "Review it"}</Link>
            ) : null}
          </li>
        ))}
      </ul>
    </aside>
  );
}
