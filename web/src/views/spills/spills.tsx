/* Spills: a text that redaction missed is found, and taken out of everything that was kept. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { listSpills, type SpillRow } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { Begin } from "./begin.tsx";
import { Incidents } from "./incidents.tsx";
import { Shown } from "./shown.tsx";
import styles from "./spills.module.css";
import { STATES } from "./words.ts";

interface PastProps {
  readonly spills: readonly SpillRow[];
  readonly onShow: (id: number) => void;
}

function Past({ spills, onShow }: PastProps) {
  const columns: readonly Column<SpillRow>[] = [
    { title: "Spill", cell: (spill) => spill.id, short: true },
    { title: "State", cell: (spill) => STATES[spill.state] },
    { title: "Begun", cell: (spill) => moment(spill.begun_at), short: true },
    { title: "By", cell: (spill) => <bdi>{spill.by}</bdi> },
    { title: "Why", cell: (spill) => <bdi>{spill.purpose}</bdi> },
    {
      title: "Show",
      cell: (spill) => (
        <Button small onClick={() => onShow(spill.id)} aria-label={`Show spill ${spill.id}`}>
          Show
        </Button>
      ),
      tools: true,
    },
  ];
  if (spills.length === 0) return <p className={styles["quiet"]}>There was none yet.</p>;
  return <Table caption="Spills so far" columns={columns} rows={spills} page={12} rowKey={(spill) => spill.id} />;
}

export function SpillsView() {
  const [shown, setShown] = useState<number | null>(null);
  const spills = useQuery({ queryKey: keys.spills(), queryFn: ({ signal }) => listSpills({}, signal), refetchInterval: 15_000 });

  return (
    <>
      <PageHead title="Spills" lead="A text that redaction missed is taken out of everything that was kept, and stays out." />
      {shown === null ? <Begin onBegun={(spill) => setShown(spill.id)} /> : <Shown key={shown} id={shown} onGone={() => setShown(null)} />}
      <Card title="Spills so far" aside="Searches are forgotten after an hour">
        <Answer query={spills} what="the spills">
          {(got) => <Past spills={got.spills} onShow={setShown} />}
        </Answer>
      </Card>
      <Incidents />
    </>
  );
}
