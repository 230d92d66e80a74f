/* A page's head and its cards. */

import { type ReactNode, useEffect } from "react";

import styles from "./page.module.css";

interface HeadProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
}

/** The title names the page, never a person: it stands in the browser's history. */
export function PageHead({ title, lead, children }: HeadProps) {
  useEffect(() => {
    document.title = `${title} · Ward`;
  }, [title]);
  return (
    <header className={styles["head"]}>
      <div>
        <h1>{title}</h1>
        {lead ? <div className={styles["lead"]}>{lead}</div> : null}
      </div>
      {children ? <div className={styles["tools"]}>{children}</div> : null}
    </header>
  );
}

interface CardProps {
  readonly title?: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Card({ title, aside, children }: CardProps) {
  return (
    <section className={styles["card"]} aria-label={title}>
      {title ? (
        <div className={styles["cardHead"]}>
          <h2>{title}</h2>
          {aside ? <div className={styles["aside"]}>{aside}</div> : null}
        </div>
      ) : null}
      {children}
    </section>
  );
}

export function Columns({ children }: { readonly children: ReactNode }) {
  return <div className={styles["columns"]}>{children}</div>;
}
