import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { UsageBars } from "../../charts/bars.tsx";
import { windowOf } from "../../charts/timeline.ts";
import { Legend, STATE_LABELS, Timeline, TimelineAxis } from "../../charts/timeline.tsx";
import { Button } from "../../components/button.tsx";
import { DateChoice } from "../../components/date-choice.tsx";
import { Card, Columns, PageHead } from "../../components/page.tsx";
import { Empty, Failed, Loading } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { getPersonDay, type PersonDay, type Segment } from "../../model/api.gen.ts";
import { clock, duration, offsetMinutes, today } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import styles from "../today/today.module.css";

const PAGE = 100;

const COLUMNS: readonly Column<Segment>[] = [
  { title: "From", cell: (row) => clock(row.start_ms) },
  { title: "For", cell: (row) => (row.open ? `${duration(row.duration_ms)}, now` : duration(row.duration_ms)) },
  { title: "State", cell: (row) => STATE_LABELS[row.state] },
  { title: "Application", cell: (row) => row.application },
  { title: "Site", cell: (row) => row.domain ?? "–" },
  { title: "Title", cell: (row) => row.title ?? "not kept" },
];

function Spans({ segments }: { readonly segments: readonly Segment[] }) {
  const [shown, setShown] = useState(PAGE);
  const newest = [...segments].sort((a, b) => b.start_ms - a.start_ms);
  return (
    <>
      <Table
        caption="Spans, newest first"
        columns={COLUMNS}
        rows={newest.slice(0, shown)}
        rowKey={(row) => `${row.start_ms}-${row.application}-${row.open}`}
      />
      {shown < newest.length ? <Button onClick={() => setShown(shown + PAGE)}>Show earlier ones ({newest.length - shown})</Button> : null}
    </>
  );
}

function PersonShown({ person }: { readonly person: PersonDay }) {
  const window = windowOf(person.segments);
  if (person.segments.length === 0)
    return <Empty title="Nothing was recorded that day">No span of this person is kept for that day.</Empty>;
  return (
    <>
      <Card title="The day" aside={<Legend />}>
        <TimelineAxis window={window} />
        <Timeline pieces={person.segments} window={window} label="Timeline of the day; its spans are in the table below" />
        <p className={styles["quiet"]}>
          {Object.entries(STATE_LABELS)
            .map(([state, label]) => `${label} ${duration(person.totals[`${state as keyof typeof STATE_LABELS}_ms`])}`)
            .join(" · ")}
        </p>
      </Card>
      <Columns>
        <Card title="Applications">
          <UsageBars caption="Time by application" rows={person.applications} />
        </Card>
        <Card title="Sites">
          {person.domains.length > 0 ? <UsageBars caption="Time by site" rows={person.domains} /> : <p className={styles["quiet"]}>No site.</p>}
        </Card>
      </Columns>
      <Card title="Spans">
        <Spans segments={person.segments} />
      </Card>
    </>
  );
}

export function PersonView() {
  const { person } = useParams({ from: "/people/$person" });
  const { date = today() } = useSearch({ from: "/people/$person" });
  const navigate = useNavigate();
  const offset = offsetMinutes(date);
  const answer = useQuery({
    queryKey: keys.personDay(Number(person), date, offset),
    queryFn: ({ signal }) => getPersonDay({ person: Number(person), date, offset_minutes: offset }, signal),
    placeholderData: keepPreviousData,
  });
  const shown = answer.data?.person;

  return (
    <>
      <PageHead title="One person's day" lead={shown ? `${shown.name}${shown.station ? " (shared station)" : ""} · ${shown.devices.join(", ")} · that you look is recorded` : undefined}>
        <DateChoice
          date={date}
          onChoose={(chosen) =>
            void navigate({ to: "/people/$person", params: { person }, search: chosen === today() ? {} : { date: chosen } })
          }
        />
      </PageHead>
      {answer.isPending ? <Loading what="the day" /> : null}
      {answer.isError ? <Failed error={answer.error} again={() => void answer.refetch()} /> : null}
      {shown ? <PersonShown person={shown} /> : null}
    </>
  );
}
