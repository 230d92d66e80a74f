import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useNotices } from "../../app/notices.tsx";
import { Button } from "../../components/button.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { type Emergency, listEmergencies } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import styles from "./emergency.module.css";
import { Open, Own } from "./open.tsx";
import { Review } from "./review.tsx";

const STATES: Record<Emergency["state"], string> = {
  open: "Open now",
  review: "Waits for its review",
  overdue: "Review overdue",
  reviewed: "Reviewed",
};

function List({ onShow }: { readonly onShow: (id: number) => void }) {
  const emergencies = useQuery({ queryKey: keys.emergencies(), queryFn: ({ signal }) => listEmergencies({}, signal) });
  const columns: readonly Column<Emergency>[] = [
    { title: "Opened", cell: (row) => moment(row.opened_at), short: true },
    { title: "Who", cell: (row) => <bdi>{row.display_name}</bdi> },
    { title: "As", cell: (row) => row.class, short: true },
    { title: "Reason", cell: (row) => <bdi>{row.reason}</bdi> },
    { title: "State", cell: (row) => (row.state === "overdue" || row.state === "open" ? <strong>{STATES[row.state]}</strong> : STATES[row.state]) },
    {
      title: "Actions",
      cell: (row) => (
        <Button small aria-label={`Show emergency access ${row.id}`} onClick={() => onShow(row.id)}>
          Show
        </Button>
      ),
      tools: true,
    },
  ];

  return (
    <Card title="All of them">
      <Answer query={emergencies} what="emergency access">
        {(got) =>
          got.emergencies.length === 0 ? (
            <p className={styles["quiet"]}>There was none yet. Who may open it is named under Users.</p>
          ) : (
            <Table caption="Emergency access" columns={columns} rows={got.emergencies} page={20} rowKey={(row) => row.id} />
          )
        }
      </Answer>
    </Card>
  );
}

export function EmergencyView() {
  const session = useSession().data;
  const notices = useNotices(true);
  const [shown, setShown] = useState(0);
  const own = notices.data?.emergencies.find((notice) => notice.own && notice.state === "open");

  return (
    <>
      <PageHead title="Emergency access" lead="More than one's class allows, for a time and with a reason; a second person reviews it." />
      {own ? <Own notice={own} /> : null}
      {!own && notices.data?.may_open ? <Open notices={notices.data} /> : null}
      {shown ? <Review id={shown} reviews={may(session, "emergencies.review")} self={session?.user.id ?? 0} /> : null}
      {may(session, "emergencies.view") ? <List onShow={setShown} /> : null}
    </>
  );
}
