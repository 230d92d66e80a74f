/* What was removed of one person's, by kind: counts only. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { CountBars } from "../../charts/counts.tsx";
import { SelectField } from "../../components/form.tsx";
import { Card } from "../../components/page.tsx";
import { Answer } from "../../components/states.tsx";
import { getPersonRemoved } from "../../model/api.gen.ts";
import { keys } from "../../model/keys.ts";
import styles from "../today/today.module.css";

export function PersonRemoved({ person }: { readonly person: number }) {
  const [days, setDays] = useState(7);
  const removed = useQuery({ queryKey: keys.personRemoved(person, days), queryFn: ({ signal }) => getPersonRemoved({ person, days }, signal) });

  return (
    <Card title="Identifiers removed" aside="Counted by kind; what they were was never stored">
      <SelectField label="Time" value={days} onChange={(event) => setDays(Number(event.target.value))}>
        <option value={7}>The last 7 days</option>
        <option value={30}>The last 30 days</option>
      </SelectField>
      <Answer query={removed} what="what was removed">
        {(data) =>
          data.kinds.length === 0 ? (
            <p className={styles["quiet"]}>None in this time.</p>
          ) : (
            <CountBars
              caption={`Identifiers removed, ${data.from_day} to ${data.to_day}, by kind`}
              rows={data.kinds.map((row) => ({ name: row.label, count: row.count })).sort((a, b) => b.count - a.count)}
            />
          )
        }
      </Answer>
    </Card>
  );
}
