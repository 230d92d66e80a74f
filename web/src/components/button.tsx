import type { ComponentProps } from "react";

import styles from "./button.module.css";

interface Look {
  readonly kind?: "primary" | "plain" | "danger";
  /** In a row of a table. */
  readonly small?: boolean;
}

interface Props extends Look, ComponentProps<"button"> {
  readonly busy?: boolean;
}

function looks(kind: string, small: boolean, more?: string): string {
  return [styles["button"], styles[kind], small ? styles["small"] : "", more].filter(Boolean).join(" ");
}

export function Button({ kind = "plain", small = false, busy = false, className, type = "button", disabled, ...rest }: Props) {
  return <button type={type} className={looks(kind, small, className)} aria-busy={busy || undefined} disabled={disabled || busy} {...rest} />;
}
