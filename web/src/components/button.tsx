import type { ButtonHTMLAttributes } from "react";

import styles from "./button.module.css";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: "primary" | "plain" | "danger";
  readonly busy?: boolean;
}

export function Button({ kind = "plain", busy = false, className, type = "button", disabled, ...rest }: Props) {
  return (
    <button
      type={type}
      className={[styles["button"], styles[kind], className].filter(Boolean).join(" ")}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      {...rest}
    />
  );
}
