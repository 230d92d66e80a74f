/* A table of rows: semantic; on narrow screens each row becomes a card of its own, with roles that keep it a table for screen readers. */

import { type ReactNode, useState } from "react";

import { Button } from "./button.tsx";
import styles from "./table.module.css";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  readonly numeric?: boolean;
  /** Short words that belong on one line: times, states. */
  readonly short?: boolean;
  /** The title is for screen readers only: a column of buttons. */
  readonly tools?: boolean;
}

interface Props<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
  /** How many rows are shown at first, and added by each press of the button. */
  readonly page?: number;
}

function look<Row>(column: Column<Row>): string | undefined {
  return (
    [column.numeric ? styles["numeric"] : "", column.short || column.numeric || column.tools ? styles["short"] : "", column.tools ? styles["tools"] : ""]
      .filter(Boolean)
      .join(" ") || undefined
  );
}

export function Table<Row>({ caption, columns, rows, rowKey, page = 100 }: Props<Row>) {
  const [added, setAdded] = useState(0);
  const most = page + added;
  const more = rows.length - most;

  return (
    <>
      <div className={styles["box"]} role="group" aria-label={caption} tabIndex={0}>
        <table className={styles["table"]} role="table">
          <caption className={styles["caption"]}>{caption}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {columns.map((column) => (
                <th key={column.title} scope="col" role="columnheader" className={look(column)}>
                  {column.tools ? <span className={styles["hidden"]}>{column.title}</span> : column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.slice(0, most).map((row) => (
              <tr key={rowKey(row)} role="row">
                {columns.map((column) => (
                  <td key={column.title} role="cell" className={look(column)} data-label={column.tools ? undefined : column.title}>
                    <div>{column.cell(row)}</div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 ? (
        <Button className={styles["more"]} onClick={() => setAdded(added + page)}>
          Show {Math.min(page, more).toLocaleString()} more of {more.toLocaleString()}
        </Button>
      ) : null}
    </>
  );
}
