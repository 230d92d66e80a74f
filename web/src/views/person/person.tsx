import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";

import { UsageBars } from "../../charts/bars.tsx";
import { lengthOf, windowOf } from "../../charts/timeline.ts";
import { Legend, STATE_LABELS, Timeline, TimelineAxis } from "../../charts/timeline.tsx";
import { DateChoice } from "../../components/date-choice.tsx";
import { Card, Columns, PageHead } from "../../components/page.tsx";
import { Answer, Empty } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { getPersonDay, type PersonDayAnswer, type Segment } from "../../model/api.gen.ts";
import { clockAt, dayQuery, duration, moment, zone } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { useToday } from "../../model/use-today.ts";
import styles from "../today/today.module.css";
import { PersonRemoved } from "./removed.tsx";

function columnsOf(from: string): readonly Column<Segment>[] {
  return [
    { title: "From", cell: (row) => clockAt(from, row.start_ms), short: true },
    { title: "For", cell: (row) => (row.open ? `${duration(row.duration_ms)}, now` : duration(row.duration_ms)), short: true },
    { title: "State", cell: (row) => STATE_LABELS[row.state], short: true },
    { title: "Application", cell: (row) => <bdi>{row.application}</bdi> },
    { title: "Site", cell: (row) => row.domain ?? "–" },
    { title: "Title", cell: (row) => (row.title === null ? <span className={styles["quiet"]}>not kept</span> : <bdi>{row.title}</bdi>) },
  ];
}

function PersonShown({ answer }: { readonly answer: PersonDayAnswer }) {
  const { person } = answer;
  const window = windowOf(person.segments, lengthOf(answer));
  if (person.segments.length === 0)
    return <Empty title={answer.cut_at ? `Your class sees nothing from before ${moment(answer.cut_at)}` : "Nothing was recorded that day"} />;
  return (
    <>
      <Card title="The day" aside={<Legend />}>
        <TimelineAxis window={window} from={answer.from_at} />
        <Timeline pieces={person.segments} window={window} label="Timeline of the day; its spans are in the table below" />
        <p className={styles["totals"]}>
          {(["active", "passive", "idle", "locked"] as const).map((state) => (
            <span key={state}>
              {STATE_LABELS[state]} <strong>{duration(person.totals[`${state}_ms`])}</strong>
            </span>
          ))}
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
      <Card title="Spans" aside={`Newest first, times of ${zone()}`}>
        <Table
          caption="Spans, newest first"
          columns={columnsOf(answer.from_at)}
          rows={[...person.segments].sort((a, b) => b.start_ms - a.start_ms)}
          rowKey={(row) => `${row.start_ms}-${row.application}-${row.domain}-${row.open}`}
        />
      </Card>
    </>
  );
}

export function PersonView() {
  const today = useToday();
  const { person } = useParams({ from: "/people/$person" });
  const { date = today } = useSearch({ from: "/people/$person" });
  const search = date === today ? {} : { date };
  const navigate = useNavigate();
  const asked = dayQuery(date);
  const answer = useQuery({
    queryKey: keys.personDay(Number(person), asked),
    queryFn: ({ signal }) => getPersonDay({ person: Number(person), ...asked }, signal),
    placeholderData: keepPreviousData,
  });
  const shown = answer.data?.person;

  return (
    <>
      <Link to="/" search={search} className={styles["back"]}>
        ← Everyone {date === today ? "today" : "that day"}
      </Link>
      <PageHead
        title="One person's day"
        heading={shown ? <bdi>{shown.name}</bdi> : undefined}
        lead={
          shown ? (
            <>
              {shown.station ? "Shared station · " : ""}
              {shown.devices.join(", ")}
              <br />
              That you look at this page stands in the audit log.
            </>
          ) : undefined
        }
      >
        <DateChoice
          date={date}
          today={today}
          onChoose={(chosen) =>
            void navigate({ to: "/people/$person", params: { person }, search: chosen === today ? {} : { date: chosen } })
          }
        />
      </PageHead>
      <Answer query={answer} what="this person's day">
        {(data) => <PersonShown answer={data} />}
      </Answer>
      {shown ? <PersonRemoved person={Number(person)} /> : null}
    </>
  );
}
