import { type Column, Table } from "../../components/table.tsx";
import type { ClassRow } from "../../model/api.gen.ts";

export const CATEGORIES: readonly (readonly [keyof ClassRow["levels"], string])[] = [
  ["aggregates", "Counts"],
  ["activity", "Activity"],
  ["titles", "Titles"],
  ["identity", "Identity"],
  ["devices", "Devices"],
  ["policy", "Policy"],
  ["settings", "Settings"],
  ["access", "Users"],
  ["audit", "Audit"],
  ["programme", "Programme"],
  ["system", "System"],
  ["directory", "Directory"],
];

/** Classes by categories of data: what permissions are made from. */
export function Matrix({ classes }: { readonly classes: readonly ClassRow[] }) {
  const columns: readonly Column<ClassRow>[] = [
    { title: "Class", cell: (row) => <strong>{row.title}</strong>, short: true },
    { title: "Sees", cell: (row) => (row.levels.activity === "none" ? "nobody" : row.reach === "self" ? "themselves" : "everyone"), short: true },
    ...CATEGORIES.map(
      ([category, title]): Column<ClassRow> => ({ title, cell: (row) => (row.levels[category] === "none" ? "–" : row.levels[category]), short: true }),
    ),
  ];

  return <Table caption="The matrix of classes" columns={columns} rows={classes} rowKey={(row) => row.class} />;
}
