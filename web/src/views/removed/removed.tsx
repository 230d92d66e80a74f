/* What the redactor took out: counts by kind, application and day. Values exist nowhere. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { CountBars, DayColumns } from "../../charts/counts.tsx";
import { SelectField } from "../../components/form.tsx";
import { Card, Columns, PageHead } from "../../components/page.tsx";
import { Answer, Empty } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { getRemoved, type Removed, type RemovedRow } from "../../model/api.gen.ts";
import { addDays } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { useToday } from "../../model/use-today.ts";
import { addUp, byDay } from "./counts.ts";

const DROP_LABELS = {
  long: "longer than 4 KiB",
  invalid: "not readable as text",
  crowded: "too many identifiers in one text",
  fault: "an error on the way",
} as const;

function RemovedShown({ removed }: { readonly removed: Removed }) {
  const labels = new Map(removed.labels.map((one) => [one.kind, one.label]));
  const dropped = addUp(removed.dropped, (row) => DROP_LABELS[row.reason]);
  const columns: readonly Column<RemovedRow>[] = [
    { title: "Day", cell: (row) => row.day, short: true },
    { title: "Application", cell: (row) => row.application },
    { title: "Site", cell: (row) => row.domain ?? "–" },
    { title: "Kind", cell: (row) => labels.get(row.kind) ?? row.kind },
    { title: "Count", cell: (row) => row.count.toLocaleString(), numeric: true },
  ];

  if (removed.rows.length === 0 && dropped.length === 0)
    return (
      <Empty title="Nothing was removed in these days">
        No identifier passed a computer with an agent, or no computer has one yet. The redactor also counts where the text itself is not kept.
      </Empty>
    );
  return (
    <>
      <Card title="By day">
        <DayColumns caption="Identifiers removed, by day" rows={byDay(removed)} />
      </Card>
      <Columns>
        <Card title="By kind">
          <CountBars caption="Identifiers removed, by kind" rows={addUp(removed.rows, (row) => labels.get(row.kind) ?? row.kind)} />
        </Card>
        <Card title="By application">
          <CountBars
            caption="Identifiers removed, by application"
            rows={addUp(removed.rows, (row) => (row.domain ? `${row.application} · ${row.domain}` : row.application))}
          />
        </Card>
      </Columns>
      {dropped.length > 0 ? (
        <Card title="Dropped whole" aside="Whatever cannot be redacted is not kept">
          <CountBars caption="Texts dropped, by reason" rows={dropped} />
        </Card>
      ) : null}
      <Card title="All counts">
        <Table
          caption="Identifiers removed, by day, application, site and kind"
          columns={columns}
          rows={removed.rows}
          page={50}
          rowKey={(row) => `${row.day} ${row.application} ${row.domain} ${row.kind}`}
        />
      </Card>
    </>
  );
}

export function RemovedView() {
  const { days = 7 } = useSearch({ from: "/removed" });
  const navigate = useNavigate();
  const to = useToday();
  const from = addDays(to, 1 - days);
  const removed = useQuery({
    queryKey: keys.removed(from, to),
    queryFn: ({ signal }) => getRemoved({ from, to }, signal),
    placeholderData: keepPreviousData,
  });

  return (
    <>
      <PageHead
        title="Removed"
        lead="Patient identifiers that were taken out on the computers, counted by kind. The values were never stored, sent or shown."
      >
        <SelectField
          label="Days"
          value={days}
          onChange={(event) => void navigate({ to: "/removed", search: { days: Number(event.target.value) } })}
        >
          <option value={1}>Today</option>
          <option value={7}>7 days</option>
          <option value={30}>30 days</option>
          <option value={90}>90 days</option>
        </SelectField>
      </PageHead>
      <Answer query={removed} what="what was removed">
        {(data) => <RemovedShown removed={data} />}
      </Answer>
    </>
  );
}
