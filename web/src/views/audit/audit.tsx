/* The audit log, newest first, and whether it still is what was written. */

import { useInfiniteQuery, useMutation } from "@tanstack/react-query";

import { Button } from "../../components/button.tsx";
import { Download } from "../../components/download.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer, Empty, Failed } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { type AuditEntry, type AuditVerdict, listAudit, verifyAudit } from "../../model/api.gen.ts";
import { stamp, zone } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { Problem } from "../../model/request.ts";
import { may, useSession } from "../../model/session.ts";
import { detailText } from "./detail.ts";
import styles from "./audit.module.css";

const OUTCOMES = { ok: "ok", denied: "denied", failed: "failed" } as const;

const PAGE = 100;

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: "#", cell: (entry) => entry.index, numeric: true },
  { title: "When", cell: (entry) => stamp(entry.at), short: true },
  { title: "Who", cell: (entry) => <bdi>{entry.actor_name || entry.actor_id || entry.actor}</bdi> },
  { title: "What", cell: (entry) => entry.action, short: true },
  { title: "On", cell: (entry) => <span className={styles["target"]}>{entry.target || "–"}</span> },
  {
    title: "Outcome",
    cell: (entry) => <span className={entry.outcome === "ok" ? undefined : styles["bad"]}>{OUTCOMES[entry.outcome]}</span>,
    short: true,
  },
  { title: "From", cell: (entry) => entry.source || "–", short: true },
  {
    title: "More",
    cell: (entry) => <span className={styles["detail"]}>{[entry.purpose, entry.factors, detailText(entry.detail)].filter(Boolean).join(" · ")}</span>,
  },
];

function Verdict({ verdict }: { readonly verdict: AuditVerdict }) {
  if (verdict.holds)
    return (
      <p role="status" className={styles["good"]}>
        The log holds: {verdict.size.toLocaleString()} entries, {verdict.checkpoint_size.toLocaleString()} of them under the newest signed checkpoint.
      </p>
    );
  return (
    <p role="alert" className={styles["bad"]}>
      The log does not hold
      {verdict.first_bad === null ? ": the signed checkpoint says otherwise" : `: entry ${verdict.first_bad} is the first that is not what was written`}. Keep the
      data directory as it is, and compare it with the last backup.
    </p>
  );
}

export function AuditView() {
  const session = useSession().data;
  const pages = useInfiniteQuery({
    queryKey: keys.audit(),
    queryFn: ({ pageParam, signal }) => listAudit({ before: pageParam, limit: PAGE }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const verify = useMutation({ mutationFn: () => verifyAudit() });
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? [];
  const first = pages.data?.pages[0];
  const denied = pages.error instanceof Problem && pages.error.status === 403;

  return (
    <>
      <PageHead
        title="Audit log"
        lead={
          first
            ? `${first.size.toLocaleString()} entries, ${first.checkpoint_size.toLocaleString()} under a signed checkpoint: nothing in it can be changed unnoticed. Times of ${zone()}.`
            : undefined
        }
      >
        {denied ? null : (
          <Button onClick={() => verify.mutate()} busy={verify.isPending}>
            Verify now
          </Button>
        )}
        {may(session, "audit.export") ? (
          <Download path="/api/v1/audit/export" name="ward-audit.ndjson">
            Export
          </Download>
        ) : null}
      </PageHead>
      {verify.data ? <Verdict verdict={verify.data} /> : null}
      {verify.isError ? <Failed error={verify.error} what="whether the log holds" /> : null}
      <Answer query={pages} what="the audit log">
        {() =>
          entries.length === 0 ? (
            <Empty title="The log is empty" />
          ) : (
            <Card>
              <Table caption="Audit entries, newest first" columns={COLUMNS} rows={entries} page={entries.length} rowKey={(entry) => entry.index} />
              {pages.hasNextPage ? (
                <Button className={styles["more"]} onClick={() => void pages.fetchNextPage()} busy={pages.isFetchingNextPage}>
                  Show earlier ones
                </Button>
              ) : null}
            </Card>
          )
        }
      </Answer>
    </>
  );
}
