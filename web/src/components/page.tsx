/* A page's head and its cards. */

import { type ReactNode, useEffect, useRef } from "react";

import styles from "./page.module.css";

interface HeadProps {
  readonly title: string;
  /** What stands on the page where it is more than the title: a person's name, which the browser's history must not keep. */
  readonly heading?: ReactNode;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
}

let firstPage = true;

/** The title names the page, never a person: it stands in the browser's history. Who comes from another page is taken to the heading. */
export function PageHead({ title, heading = title, lead, children }: HeadProps) {
  const head = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${title} · Ward`;
  }, [title]);

  useEffect(() => {
    const first = firstPage;
    const at = document.activeElement;
    firstPage = false;
    /* A field of this page that took the focus keeps it; the first page is read from its beginning. */
    if (first || (at instanceof HTMLInputElement && at.closest("main"))) return;
    window.scrollTo(0, 0);
    head.current?.focus({ preventScroll: true });
  }, []);

  return (
    <header className={styles["head"]}>
      <div className={styles["title"]}>
        <h1 ref={head} tabIndex={-1}>
          {heading}
        </h1>
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
    <section className={styles["card"]}>
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

/** What is known of one thing: terms (dt) and what they are (dd). */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={styles["facts"]}>{children}</dl>;
}
