import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { spent, StateBar, UsageBars } from "../../charts/bars.tsx";
import { lengthOf, windowOf, type Window } from "../../charts/timeline.ts";
import { Legend, STATE_LABELS, Timeline, TimelineAxis } from "../../charts/timeline.tsx";
import { DateChoice } from "../../components/date-choice.tsx";
import { Card, Columns, PageHead } from "../../components/page.tsx";
import { Answer, Empty } from "../../components/states.tsx";
import { type Day, type DaySummary, getDay } from "../../model/api.gen.ts";
import { dayQuery, duration, time, zone } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { useLive } from "../../model/live.ts";
import { may, useSession } from "../../model/session.ts";
import { useToday } from "../../model/use-today.ts";
import styles from "./today.module.css";

interface PersonProps {
  readonly person: DaySummary;
  readonly search: { date?: string };
  readonly window: Window;
  readonly most: number;
}

function Person({ person, search, window, most }: PersonProps) {
  const { totals, now } = person;
  return (
    <li className={styles["person"]}>
      <div className={styles["who"]}>
        <Link to="/people/$person" params={{ person: String(person.id) }} search={search} className={styles["name"]}>
          <bdi>{person.name}</bdi>
        </Link>
        <div className={styles["quiet"]}>
          {person.station ? "Shared station · " : ""}
          {person.devices.join(", ")}
        </div>
        {now ? (
          <div className={styles["now"]}>
            <span className={styles["dot"]} data-state={now.state} aria-hidden="true" />
            <span>{now.state === "locked" ? "Locked" : `${STATE_LABELS[now.state]} in ${now.domain ?? now.application}`}</span>
          </div>
        ) : null}
      </div>
      <Timeline
        pieces={person.segments}
        window={window}
        label={`${person.name}: active ${duration(totals.active_ms)}, passive ${duration(totals.passive_ms)}, idle ${duration(totals.idle_ms)}`}
      />
      <div className={styles["sums"]}>
        <StateBar totals={totals} most={most} />
        <div>{duration(totals.active_ms)} active</div>
        <div className={styles["quiet"]}>{duration(totals.passive_ms + totals.idle_ms)} without input</div>
      </div>
    </li>
  );
}

function Nothing({ today }: { readonly today: boolean }) {
  const session = useSession().data;
  if (!today) return <Empty title="Nothing was recorded that day" />;
  return (
    <Empty title="Nothing has arrived today yet">
      Spans appear here within two seconds of the work that they describe.
      {may(session, "packages.manage") ? (
        <>
          {" "}
          When no computer has an agent yet, make a package for the first ones under <Link to="/devices">Devices</Link>.
        </>
      ) : null}
    </Empty>
  );
}

function DayShown({ day, search }: { readonly day: Day; readonly search: { date?: string } }) {
  if (day.people.length === 0) return <Nothing today={search.date === undefined} />;
  const most = Math.max(...day.people.map((person) => spent(person.totals)));
  const window = windowOf(day.people.flatMap((one) => one.segments), lengthOf(day));
  return (
    <>
      <Card title="People" aside={<Legend />}>
        <div className={styles["head"]} aria-hidden="true">
          <span />
          <TimelineAxis window={window} from={day.from_at} />
          <span />
        </div>
        <ul className={styles["people"]}>
          {day.people.map((person) => (
            <Person key={person.id} person={person} search={search} window={window} most={most} />
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
  const today = useToday();
  const { date = today } = useSearch({ from: "/" });
  const search = date === today ? {} : { date };
  const navigate = useNavigate();
  const live = useLive();
  const asked = dayQuery(date);
  const day = useQuery({
    queryKey: keys.day(asked),
    queryFn: ({ signal }) => getDay(asked, signal),
    placeholderData: keepPreviousData,
  });

  return (
    <>
      <PageHead
        title={date === today ? "Today" : "Day"}
        lead={
          day.data ? (
            <>
              As of {time(day.data.as_of_at)}, {live ? "live" : "not live: connecting again"}. Times of {zone()}.
              {day.data.cut_at ? ` Your class sees nothing from before ${time(day.data.cut_at)} of that day.` : ""}
            </>
          ) : undefined
        }
      >
        <DateChoice
          date={date}
          today={today}
          onChoose={(chosen) => void navigate({ to: "/", search: chosen === today ? {} : { date: chosen } })}
        />
      </PageHead>
      <Answer query={day} what="people's days">
        {(data) => <DayShown day={data} search={search} />}
      </Answer>
    </>
  );
}
