/* What a computer's redaction did, day by day, signed by it. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { CountBars } from "../../charts/counts.tsx";
import { Button } from "../../components/button.tsx";
import { SelectField } from "../../components/form.tsx";
import { Card, Columns } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { askReceipt, type Device, listReceipts, type Receipt } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import styles from "./devices.module.css";

const VERDICTS: Record<Receipt["verdict"], string> = {
  same: "the same",
  differs: "NOT the same",
  uncompared: "not compared",
};

function Verdict({ receipt }: { readonly receipt: Receipt }) {
  if (receipt.verdict === "differs")
    return (
      <>
        <strong className={styles["bad"]}>{VERDICTS.differs}</strong>
        <br />
        {receipt.difference}
      </>
    );
  if (receipt.verdict === "uncompared")
    return (
      <span className={styles["quiet"]}>
        {VERDICTS.uncompared}: {receipt.whole ? "batches are still on their way" : "it does not cover the whole day"}
      </span>
    );
  return VERDICTS.same;
}

const columns: readonly Column<Receipt>[] = [
  { title: "Day (UTC)", cell: (receipt) => receipt.day, short: true },
  { title: "State", cell: (receipt) => (receipt.final ? "final" : "so far"), short: true },
  { title: "As stored here", cell: (receipt) => <Verdict receipt={receipt} /> },
  { title: "Texts judged", cell: (receipt) => receipt.judged.toLocaleString(), numeric: true },
  { title: "Removed", cell: (receipt) => receipt.kinds.reduce((sum, one) => sum + one.count, 0).toLocaleString(), numeric: true },
  { title: "Trials clean", cell: (receipt) => `${receipt.canaries_passed.toLocaleString()} of ${receipt.canaries_run.toLocaleString()}`, numeric: true },
  { title: "Signed", cell: (receipt) => moment(receipt.made_at), short: true },
];

function Shown({ receipts }: { readonly receipts: readonly Receipt[] }) {
  const [newest] = receipts;
  if (!newest) return <p className={styles["quiet"]}>It has signed none yet. One comes with its first words, and one for each day.</p>;
  const bars = (rows: Receipt["kinds"]) => rows.map((row) => ({ name: row.word, count: row.count })).sort((a, b) => b.count - a.count);
  return (
    <>
      <Table caption="Receipts by day" columns={columns} rows={receipts} page={14} rowKey={(receipt) => `${receipt.day} ${receipt.epoch}`} />
      {newest.kinds.length > 0 ? (
        <Columns>
          <CountBars caption={`Removed on ${newest.day}, by kind`} rows={bars(newest.kinds)} />
          <CountBars caption={`Found on ${newest.day}, by rule`} rows={bars(newest.found)} />
        </Columns>
      ) : null}
    </>
  );
}

export function Receipts({ devices }: { readonly devices: readonly Device[] }) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState(devices[0]?.id ?? "");
  const [asked, setAsked] = useState(false);
  const receipts = useQuery({
    queryKey: keys.receipts(chosen),
    queryFn: ({ signal }) => listReceipts({ device: chosen }, signal),
    refetchInterval: asked ? 3000 : 60_000,
  });

  return (
    <Card title="Receipts of redaction" aside="Signed by the computer's own key, compared with what is stored here">
      <div className={styles["tools"]}>
        <SelectField label="Computer" value={chosen} onChange={(event) => setChosen(event.target.value)}>
          {devices.map((device) => (
            <option key={device.id} value={device.id}>
              {device.host_name}
            </option>
          ))}
        </SelectField>
        <Button
          onClick={() =>
            void askReceipt({ device: chosen }).then(() => {
              setAsked(true);
              return client.invalidateQueries({ queryKey: keys.receipts(chosen) });
            })
          }
        >
          Ask for today's
        </Button>
      </div>
      {asked ? <p role="status">Asked. It comes with the computer's next words, at the latest half a minute after.</p> : null}
      <Answer query={receipts} what="receipts">
        {(data) => <Shown receipts={data.receipts} />}
      </Answer>
    </Card>
  );
}
