/* Where patient identifiers flow: what the redactor took out, by site or application, kind and time. Values exist nowhere. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { CountBars } from "../../charts/counts.tsx";
import { matrixOf, type MatrixRow } from "../../charts/flows.ts";
import { FlowMatrix, FlowOverTime } from "../../charts/matrix.tsx";
import { Button } from "../../components/button.tsx";
import { Download } from "../../components/download.tsx";
import { SelectField } from "../../components/form.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer, Empty } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { type FlowCell, type FlowRow, type Flows, getFlows } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import { addUp } from "./counts.ts";
import { MissedShown } from "./missed.tsx";

const DROP_LABELS = {
  long: "longer than 4 KiB",
  invalid: "not readable as text",
  crowded: "too many identifiers in one text",
  fault: "an error on the way",
} as const;

const STANDARD_K = 5;

interface Line extends FlowCell {
  readonly row: FlowRow;
}

function linesOf(flows: Flows): Line[] {
  return flows.rows.flatMap((row) => row.cells.map((cell) => ({ ...cell, row }))).sort((a, b) => b.day.localeCompare(a.day));
}

function AllCounts({ flows, labels }: { readonly flows: Flows; readonly labels: ReadonlyMap<string, string> }) {
  const few = `fewer than ${flows.k} people`;
  const columns: readonly Column<Line>[] = [
    { title: flows.bucket === "week" ? "Week from" : "Day", cell: (line) => line.day, short: true },
    { title: "Site or application", cell: (line) => line.row.name },
    { title: "Kind", cell: (line) => labels.get(line.kind) ?? line.kind },
    { title: "Count", cell: (line) => (line.count === null ? few : line.count.toLocaleString()), numeric: true },
    { title: "People", cell: (line) => line.people?.toLocaleString() ?? (line.count === null ? few : `${flows.k} or more`), numeric: true },
  ];
  return (
    <Card title="All counts">
      <Table
        caption="Identifiers removed, by time, site or application, and kind"
        columns={columns}
        rows={linesOf(flows)}
        page={50}
        rowKey={(line) => `${line.day} ${line.row.site} ${line.row.name} ${line.kind}`}
      />
    </Card>
  );
}

function Privacy({ flows }: { readonly flows: Flows }) {
  const untold = Math.max(0, ...flows.untold.map((one) => one.names));
  if (flows.k === 1) return null;
  return (
    <Card title="What is not shown">
      <p>
        Where fewer than {flows.k} people came by a kind in one place and {flows.bucket}, the number is hidden, and sums leave it out.
        {untold > 0 ? ` Up to ${untold} sites or applications a ${flows.bucket} are not even named, since fewer than ${flows.k} people came by them.` : ""}
        {flows.cut_day ? ` Your class sees nothing from before ${flows.cut_day}.` : ""}
        {flows.rounded ? " Your class sees whole weeks that are over, and counts rounded to five." : ""}
      </p>
    </Card>
  );
}

interface ShownProps {
  readonly flows: Flows;
  readonly onFew: (() => void) | undefined;
}

function Nothing({ flows, onFew }: ShownProps) {
  if (flows.untold.length > 0)
    return (
      <Empty title={`Everything here is of fewer than ${flows.k} people`}>
        <p>Identifiers were removed, but so few people came by each place that numbers would tell of them.</p>
        {onFew ? <Button onClick={onFew}>Show them all the same</Button> : null}
      </Empty>
    );
  if (flows.buckets.length === 0) return <Empty title="No whole week is over yet">Your class sees weeks once they are over: the first on a Monday.</Empty>;
  return (
    <Empty title="Nothing was removed in this time">
      No identifier passed a computer with an agent, or no computer has one yet. The redactor also counts where the text itself is not kept.
    </Empty>
  );
}

function FlowsShown({ flows, onFew }: ShownProps) {
  const [open, setOpen] = useState<MatrixRow | null>(null);
  const labels = new Map<string, string>(flows.labels.map((one) => [one.kind, one.label]));
  const matrix = matrixOf(flows.rows, flows.buckets);
  const dropped = addUp(flows.dropped, (row) => DROP_LABELS[row.reason]);
  const opened = open && flows.rows.find((row) => row.name === open.name && row.site === open.site);
  const week = flows.bucket === "week";

  return (
    <>
      {matrix.rows.length === 0 ? (
        <Nothing flows={flows} onFew={onFew} />
      ) : (
        <Card
          title="Where they were"
          aside={`${flows.from_day} to ${flows.to_day}. Trend: the last whole ${flows.bucket} against the one before; the line: ${flows.buckets.filter((one) => one.whole).length} ${flows.bucket}s`}
        >
          <FlowMatrix
            caption="Identifiers removed, by site or application and kind"
            matrix={matrix}
            buckets={flows.buckets}
            k={flows.k}
            labels={labels}
            onOpen={(row) => setOpen(open?.name === row.name && open.site === row.site ? null : row)}
          />
        </Card>
      )}
      {opened ? (
        <Card title={`${opened.name} over time`} aside={<Button onClick={() => setOpen(null)}>Close</Button>}>
          <FlowOverTime
            caption={`Kinds at ${opened.name} over time`}
            first={week ? "Week from" : "Day"}
            row={opened}
            buckets={flows.buckets}
            k={flows.k}
            labels={labels}
          />
        </Card>
      ) : null}
      {dropped.length > 0 ? (
        <Card title="Dropped whole" aside="Whatever cannot be redacted is not kept">
          <CountBars caption="Texts dropped, by reason" rows={dropped} />
        </Card>
      ) : null}
      {matrix.rows.length > 0 ? (
        <>
          <Privacy flows={flows} />
          <AllCounts flows={flows} labels={labels} />
        </>
      ) : null}
    </>
  );
}

export function RemovedView() {
  const { by = "week", few = false } = useSearch({ from: "/removed" });
  const session = useSession().data;
  const identities = may(session, "people.view");
  const navigate = useNavigate();
  const asked = { bucket: identities ? by : "week", k: identities && few ? 1 : STANDARD_K };
  const flows = useQuery({
    queryKey: keys.flows(asked.bucket, asked.k),
    queryFn: ({ signal }) => getFlows(asked, signal),
    placeholderData: keepPreviousData,
  });
  const show = (change: { by?: "day" | "week"; few?: boolean }) => {
    const next = { by, few, ...change };
    void navigate({ to: "/removed", search: { ...(next.by === "day" ? { by: next.by } : {}), ...(next.few ? { few: true } : {}) } });
  };

  return (
    <>
      <PageHead
        title="Removed"
        lead="Where patient identifiers flow: what was taken out on the computers, by place and kind. The values were never stored, sent or shown."
      >
        {identities ? (
          <>
            <SelectField label="Time" value={by} onChange={(event) => show({ by: event.target.value === "day" ? "day" : "week" })}>
              <option value="week">By week</option>
              <option value="day">By day</option>
            </SelectField>
            <SelectField label="Groups" value={few ? "all" : "five"} onChange={(event) => show({ few: event.target.value === "all" })}>
              <option value="five">Five people or more</option>
              <option value="all">Of any size</option>
            </SelectField>
          </>
        ) : null}
        <Download path={`/api/v1/flows/export?bucket=${asked.bucket}&k=${asked.k}`} name="ward-flows.csv">
          Export as CSV
        </Download>
      </PageHead>
      <MissedShown />
      <Answer query={flows} what="what was removed">
        {(data) => <FlowsShown flows={data} onFew={identities ? () => show({ few: true }) : undefined} />}
      </Answer>
    </>
  );
}
