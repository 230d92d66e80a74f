import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { spent, StateBar, UsageBars } from "../../charts/bars.tsx";
import { windowOf } from "../../charts/timeline.ts";
import { Legend, STATE_LABELS, Timeline, TimelineAxis } from "../../charts/timeline.tsx";
import { DateChoice } from "../../components/date-choice.tsx";
import { Card, Columns, PageHead } from "../../components/page.tsx";
import { Empty, Failed, Loading } from "../../components/states.tsx";
import { type Day, type DaySummary, getDay } from "../../model/api.gen.ts";
import { duration, moment, offsetMinutes, today } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import styles from "./today.module.css";

function Person({ person, date, day, most }: { readonly person: DaySummary; readonly date: string; readonly day: Day; readonly most: number }) {
  const window = windowOf(day.people.flatMap((one) => one.segments));
  const { totals, now } = person;
  return (
    <li className={styles["person"]}>
      <div className={styles["who"]}>
        <Link to="/people/$person" params={{ person: String(person.id) }} search={date === today() ? {} : { date }} className={styles["name"]}>
          {person.name}
        </Link>
        <div className={styles["quiet"]}>
          {person.station ? "Shared station · " : ""}
          {person.devices.join(", ")}
        </div>
        {now ? (
          <div className={styles["now"]}>
            <span className={styles["dot"]} data-state={now.state} aria-hidden="true" />
            {STATE_LABELS[now.state]} in {now.domain ?? now.application}
          </div>
        ) : null}
      </div>
      <div className={styles["line"]}>
        <Timeline
          pieces={person.segments}
          window={window}
          label={`${person.name}: active ${duration(totals.active_ms)}, passive ${duration(totals.passive_ms)}, idle ${duration(totals.idle_ms)}`}
        />
      </div>
      <div className={styles["sums"]}>
        <StateBar totals={totals} most={most} />
        <div>
          {duration(totals.active_ms)} active
          <span className={styles["quiet"]}> · {duration(totals.passive_ms + totals.idle_ms)} without input</span>
        </div>
      </div>
    </li>
  );
}

function DayShown({ day, date }: { readonly day: Day; readonly date: string }) {
  if (day.people.length === 0)
    return (
      <Empty title={date === today() ? "Nothing has arrived today yet" : "Nothing was recorded that day"}>
        Spans appear here within two seconds of the work that they describe. When no computer has an agent yet, make a package for
        the first ones under <Link to="/start">First hour</Link>.
      </Empty>
    );
  const most = Math.max(...day.people.map((person) => spent(person.totals)));
  return (
    <>
      <Card title="People" aside={<Legend />}>
        <div className={styles["head"]} aria-hidden="true">
          <span />
          <TimelineAxis window={windowOf(day.people.flatMap((one) => one.segments))} />
          <span />
        </div>
        <ul className={styles["people"]}>
          {day.people.map((person) => (
            <Person key={person.id} person={person} date={date} day={day} most={most} />
          ))}
        </ul>
      </Card>
      <Columns>
        <Card title="Applications">
          <UsageBars caption="Time by application" rows={day.applications} />
        </Card>
        <Card title="Sites">
          {day.domains.length > 0 ? (
            <UsageBars caption="Time by site" rows={day.domains} />
          ) : (
            <p className={styles["quiet"]}>No site yet. Sites come from the browser extension; only their registrable domain is kept.</p>
          )}
        </Card>
      </Columns>
    </>
  );
}

export function TodayView() {
  const { date = today() } = useSearch({ from: "/" });
  const navigate = useNavigate();
  const offset = offsetMinutes(date);
  const day = useQuery({
    queryKey: keys.day(date, offset),
    queryFn: ({ signal }) => getDay({ date, offset_minutes: offset }, signal),
    placeholderData: keepPreviousData,
  });

  return (
    <>
      <PageHead title={date === today() ? "Today" : "Day"} lead={day.data ? `As of ${moment(day.data.as_of_at)}; live.` : undefined}>
        <DateChoice date={date} onChoose={(chosen) => void navigate({ to: "/", search: chosen === today() ? {} : { date: chosen } })} />
      </PageHead>
      {day.isPending ? <Loading what="the day" /> : null}
      {day.isError ? <Failed error={day.error} again={() => void day.refetch()} /> : null}
      {day.data ? <DayShown day={day.data} date={date} /> : null}
    </>
  );
}
