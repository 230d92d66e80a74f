/* Forms: labelled fields with their own errors, and the problem of the whole form above its buttons. */

import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes, useId } from "react";

import { Problem } from "../model/request.ts";
import styles from "./form.module.css";

/** The text of a field's error in a problem, by the field's JSON pointer. */
export function fieldError(error: Error | null, pointer: string): string | undefined {
  return error instanceof Problem ? error.fields.get(pointer) : undefined;
}

interface Around {
  readonly label: string;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
}

function describedBy(id: string, help: ReactNode, error: string | undefined): string | undefined {
  return [help ? `${id}-help` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ") || undefined;
}

function Labelled({ id, label, help, error, children }: Around & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      {children}
      {help ? (
        <div id={`${id}-help`} className={styles["help"]}>
          {help}
        </div>
      ) : null}
      {error ? (
        <div id={`${id}-error`} className={styles["error"]}>
          {error}
        </div>
      ) : null}
    </div>
  );
}

export function TextField({
  label,
  help,
  error,
  ...input
}: Around & Omit<InputHTMLAttributes<HTMLInputElement>, "id" | "className">) {
  const id = useId();
  return (
    <Labelled id={id} label={label} help={help} error={error}>
      <input
        id={id}
        className={styles["input"]}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, help, error)}
        {...input}
      />
    </Labelled>
  );
}

export function TextArea({
  label,
  help,
  error,
  ...area
}: Around & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "id" | "className">) {
  const id = useId();
  return (
    <Labelled id={id} label={label} help={help} error={error}>
      <textarea id={id} className={`${styles["input"]} ${styles["area"]}`} aria-invalid={error ? true : undefined} aria-describedby={describedBy(id, help, error)} {...area} />
    </Labelled>
  );
}

export function SelectField({
  label,
  help,
  error,
  children,
  ...select
}: Around & Omit<SelectHTMLAttributes<HTMLSelectElement>, "id" | "className">) {
  const id = useId();
  return (
    <Labelled id={id} label={label} help={help} error={error}>
      <select id={id} className={styles["input"]} aria-invalid={error ? true : undefined} aria-describedby={describedBy(id, help, error)} {...select}>
        {children}
      </select>
    </Labelled>
  );
}

export function CheckField({
  label,
  help,
  ...input
}: Omit<Around, "error"> & Omit<InputHTMLAttributes<HTMLInputElement>, "id" | "className" | "type">) {
  const id = useId();
  return (
    <div className={styles["check"]}>
      <input id={id} type="checkbox" aria-describedby={help ? `${id}-help` : undefined} {...input} />
      <label htmlFor={id}>{label}</label>
      {help ? (
        <div id={`${id}-help`} className={styles["help"]}>
          {help}
        </div>
      ) : null}
    </div>
  );
}

/** What is wrong with the form as a whole; fields tell their own. */
export function FormProblem({ error }: { readonly error: Error | null }) {
  if (!error) return null;
  const detail = error instanceof Problem ? error.detail : "";
  return (
    <div className={styles["problem"]} role="alert">
      <strong>{error.message}</strong>
      {detail ? <div>{detail}</div> : null}
      {error instanceof Problem && error.request && error.status >= 500 ? (
        <div>
          Request <code>{error.request}</code>
        </div>
      ) : null}
    </div>
  );
}

export function Buttons({ children }: { readonly children: ReactNode }) {
  return <div className={styles["buttons"]}>{children}</div>;
}

/** Short fields side by side, where there is room. */
export function Row({ children }: { readonly children: ReactNode }) {
  return <div className={styles["row"]}>{children}</div>;
}
