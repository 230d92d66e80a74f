import { SelectField, TextField } from "../../components/form.tsx";
import type { ClassRow } from "../../model/api.gen.ts";
import { classText, seesSelf } from "./classes.ts";

interface Props {
  readonly classes: readonly ClassRow[];
  readonly value: string;
  readonly person: string;
  readonly personError: string | undefined;
  readonly onClass: (word: string) => void;
  readonly onPerson: (person: string) => void;
}

/** The class, and for those that see their own data only, who they are. */
export function ClassFields({ classes, value, person, personError, onClass, onPerson }: Props) {
  return (
    <>
      <SelectField label="Class" value={value} onChange={(event) => onClass(event.target.value)}>
        {classes.map((row) => (
          <option key={row.class} value={row.class}>
            {classText(row)}
          </option>
        ))}
      </SelectField>
      {seesSelf(classes, value) ? (
        <TextField
          label="Number of the person they are"
          help="It stands in the address of their page: /people/12. Without it they see nothing."
          inputMode="numeric"
          autoComplete="off"
          error={personError}
          value={person}
          onChange={(event) => onPerson(event.target.value)}
        />
      ) : null}
    </>
  );
}
