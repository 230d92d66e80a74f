/* The states that every view has besides its answer: loading, empty, denied, error. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Problem } from "../model/request.ts";
import { Button } from "./button.tsx";
import styles from "./states.module.css";

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className={styles["state"]} role="status" aria-live="polite">
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
      <div className={styles["quiet"]}>{children}</div>
    </div>
  );
}

export function Denied({ what }: { readonly what: string }) {
  return (
    <div className={styles["state"]}>
      <h2>You may not see {what}</h2>
      <p className={styles["quiet"]}>
        Your role does not need it for its work. An administrator of Ward can change your role; nothing was recorded but that you asked.
      </p>
    </div>
  );
}

export function Failed({ error, again }: { readonly error: Error; readonly again?: (() => void) | undefined }) {
  const problem = error instanceof Problem ? error : undefined;
  if (problem?.status === 403) return <Denied what="this" />;
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

export function NotFound() {
  return (
    <Empty title="There is no such page">
      <Link to="/">Go to Today</Link>
    </Empty>
  );
}
