/* Deployment packages: what a computer enrols with. The file holds secrets: it is given once, as a download, and never shown again. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button.tsx";
import { Buttons, fieldError, FormProblem, Row, TextField } from "../../components/form.tsx";
import { Card } from "../../components/page.tsx";
import { save } from "../../components/save.ts";
import { Answer } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { listPackages, makePackage, type Package, type PackageMade } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import styles from "./devices.module.css";

const COLUMNS: readonly Column<Package>[] = [
  { title: "For", cell: (row) => row.note || "–" },
  { title: "Made by", cell: (row) => row.created_by },
  { title: "Made", cell: (row) => moment(row.created_at), short: true },
  { title: "Good until", cell: (row) => moment(row.expires_at), short: true },
  { title: "Uses left", cell: (row) => `${row.uses_left} of ${row.uses}`, numeric: true },
];

function savePackage(made: PackageMade): void {
  save(new Blob([`${JSON.stringify(made.file, undefined, 2)}\n`], { type: "application/json" }), made.file_name);
}

/* Reached from this computer only, which a package for others must not say. */
function isLocal(server: string): boolean {
  return /^(localhost|127\..*|::1|\[::1\])$/.test(server.trim());
}

function NewPackage() {
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const [uses, setUses] = useState("1");
  const [server, setServer] = useState(window.location.hostname);
  const make = useMutation({
    mutationFn: () => makePackage({ body: { note: note.trim(), uses: Number(uses), server: server.trim() } }),
    onSuccess: (made) => {
      savePackage(made);
      void client.invalidateQueries({ queryKey: keys.packages() });
    },
  });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Row>
        <TextField
          label="What it is for"
          maxLength={200}
          placeholder="Ward 3, nurses' station"
          error={fieldError(make.error, "/note")}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <TextField
          label="Computers"
          help="How many it may enrol."
          type="number"
          min={1}
          max={10000}
          required
          error={fieldError(make.error, "/uses")}
          value={uses}
          onChange={(event) => setUses(event.target.value)}
        />
        <TextField
          label="Address of this server"
          help={isLocal(server) ? "Only this very computer reaches that address: type the one by which others reach it." : "As the computers reach it."}
          maxLength={253}
          required
          spellCheck={false}
          autoCapitalize="none"
          error={fieldError(make.error, "/server")}
          value={server}
          onChange={(event) => setServer(event.target.value)}
        />
      </Row>
      <FormProblem error={make.error} />
      <Buttons>
        <Button kind="primary" type="submit" busy={make.isPending}>
          Make a package
        </Button>
      </Buttons>
      {make.data ? (
        <div className={styles["made"]} role="status">
          <strong>{make.data.file_name}</strong> was saved by your browser. It holds a secret of this server: carry it like a key, and delete it
          when the computers are enrolled. It is good until {moment(make.data.package.expires_at)}. On each computer, as root:
          <code className={styles["command"]}>ward-agent enrol --package {make.data.file_name}</code>
        </div>
      ) : null}
    </form>
  );
}

export function Packages() {
  const packages = useQuery({ queryKey: keys.packages(), queryFn: ({ signal }) => listPackages({}, signal) });
  return (
    <Card title="Packages for computers" aside="Each expires after 72 hours">
      <NewPackage />
      <div className={styles["list"]}>
        <Answer query={packages} what="packages">
          {(data) =>
            data.packages.length > 0 ? <Table caption="Packages made" columns={COLUMNS} rows={data.packages} page={10} rowKey={(row) => row.number} /> : null
          }
        </Answer>
      </div>
    </Card>
  );
}
