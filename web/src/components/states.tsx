/* The states that every view has besides its answer: loading, empty, denied, error, out of date. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Problem } from "../model/request.ts";
import { Button } from "./button.tsx";
import { PageHead } from "./page.tsx";
import styles from "./states.module.css";

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className={`${styles["state"]} ${styles["later"]}`} role="status" aria-live="polite">
      <div className={styles["bars"]} aria-hidden="true">
        <span />
        <span />
        <span />
      </div>
      <p className={styles["quiet"]}>Loading {what} …</p>
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={styles["state"]}>
      <h2>{title}</h2>
      {children ? <div className={styles["quiet"]}>{children}</div> : null}
    </div>
  );
}

export function Denied({ what }: { readonly what: string }) {
  return (
    <div className={styles["state"]} role="alert">
      <h2>You may not see {what}</h2>
      <p className={styles["quiet"]}>
        Your class does not need it for its work. An administrator of Ward can change your class. That you asked stands in the audit log.
      </p>
    </div>
  );
}

interface FailedProps {
  readonly error: Error;
  /** What could not be had: "the audit log". */
  readonly what?: string;
  readonly again?: (() => void) | undefined;
}

export function Failed({ error, what = "this", again }: FailedProps) {
  const problem = error instanceof Problem ? error : undefined;
  if (problem?.status === 403 && problem.word !== "untied") return <Denied what={what} />;
  return (
    <div className={styles["state"]} role="alert">
      <h2>{error.message}</h2>
      {problem?.detail ? <p className={styles["quiet"]}>{problem.detail}</p> : null}
      {problem?.request ? (
        <p className={styles["quiet"]}>
          Request <code>{problem.request}</code>
        </p>
      ) : null}
      {again ? <Button onClick={again}>Try again</Button> : null}
    </div>
  );
}

interface Asked<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => Promise<unknown>;
}

interface AnswerProps<T> {
  readonly query: Asked<T>;
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

/** An answer once it is there. When asking again fails, the old one stays, and says that it is old; but not to whom it is denied by now. */
export function Answer<T>({ query, what, children }: AnswerProps<T>) {
  const { data, error } = query;
  const again = () => void query.refetch();
  const denied = error instanceof Problem && (error.status === 403 || error.status === 401);

  if (error && (data === undefined || denied)) return <Failed error={error} what={what} again={again} />;
  if (data === undefined) return <Loading what={what} />;
  return (
    <>
      {error ? (
        <div className={styles["old"]} role="alert">
          <span>
            <strong>Not up to date.</strong> {error.message}.
          </span>
          <Button small onClick={again}>
            Try again
          </Button>
        </div>
      ) : null}
      {children(data)}
    </>
  );
}

export function NotFound() {
  return (
    <>
      <PageHead title="There is no such page" />
      <Link to="/">Go to Today</Link>
    </>
  );
}
