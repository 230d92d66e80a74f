/* What computers counted of an attempt, and where it was looked for. */

import { Card } from "../../components/page.tsx";
import { type Column, Table } from "../../components/table.tsx";
import type { Trial, TrialDevice, TrialPlace } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import styles from "./trial.module.css";
import { OUTCOMES, placeResult, placeText, receiptText } from "./words.ts";

type Labels = ReadonlyMap<string, string>;

function Kinds({ device, labels }: { readonly device: TrialDevice; readonly labels: Labels }) {
  return <>{device.kinds.map((one) => `${labels.get(one.kind) ?? one.kind} ${one.count.toLocaleString()}`).join(", ")}</>;
}

/** What the computer signed of it, and that as it was signed. */
function Signed({ device }: { readonly device: TrialDevice }) {
  const { receipt } = device;
  return (
    <>
      <span className={receipt?.covers && receipt.verdict === "differs" ? styles["found"] : undefined}>{receiptText(receipt, moment)}</span>{" "}
      {receipt ? (
        <a
          href={`/api/v1/devices/${device.device}/receipts/${receipt.day}`}
          download={`ward-receipt-${receipt.day}.txt`}
          aria-label={`Save the receipt of ${device.host_name || "this computer"} of ${receipt.day}`}
        >
          Save
        </a>
      ) : null}
    </>
  );
}

interface CountedProps {
  readonly trial: Trial;
  readonly labels: Labels;
}

export function Counted({ trial, labels }: CountedProps) {
  const columns: readonly Column<TrialDevice>[] = [
    { title: "Computer", cell: (device) => device.host_name || "not kept: called like the patient" },
    { title: "Account", cell: (device) => <bdi>{device.account ?? (device.host_name ? "not told to your class" : "not kept")}</bdi> },
    { title: "Kinds", cell: (device) => <Kinds device={device} labels={labels} /> },
    {
      title: "Rules",
      cell: (device) =>
        device.rules.length ? device.rules.map((one) => `${one.rule} ${one.count}`).join(", ") : "not told by this agent",
    },
    { title: "Receipt", cell: (device) => <Signed device={device} /> },
    { title: "All of it", cell: (device) => (device.complete ? "yes" : "in part"), short: true },
  ];
  return (
    <Table
      caption="What computers counted"
      columns={columns}
      rows={trial.result.devices}
      rowKey={(device) => `${device.device} ${device.account}`}
    />
  );
}

export function Outcome({ trial, labels }: CountedProps) {
  const { title, text } = OUTCOMES[trial.outcome];
  const columns: readonly Column<TrialPlace>[] = [
    { title: "Place", cell: (place) => placeText(place.place) },
    {
      title: "Result",
      cell: (place) => <span className={place.found > 0 ? styles["found"] : undefined}>{placeResult(place)}</span>,
    },
  ];
  return (
    <Card title={`Attempt ${trial.number}`}>
      <div className={styles["outcome"]} data-outcome={trial.outcome} role="status">
        <h3>{title}</h3>
        <p>{text}</p>
      </div>
      {trial.result.devices.length > 0 ? (
        <Counted trial={trial} labels={labels} />
      ) : (
        <p className={styles["quiet"]}>No computer counted it.</p>
      )}
      <h3 className={styles["heading"]}>Where it was looked for</h3>
      <Table caption="Where it was looked for" columns={columns} rows={trial.result.places} rowKey={(place) => place.place} />
    </Card>
  );
}
