import styles from "./charts.module.css";

/** The columns of a table of bars: names, bars, amounts. Its head is for screen readers, so the widths stand here. */
export function UsageHead({ amount }: { readonly amount: string }) {
  return (
    <>
      <colgroup>
        <col className={styles["names"]} />
        <col />
        <col className={styles["amounts"]} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Share</th>
          <th scope="col">{amount}</th>
        </tr>
      </thead>
    </>
  );
}
