import { useState } from "react";

import { Button } from "../../components/button.tsx";
import type { Link } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import styles from "./users.module.css";

export interface Given {
  readonly link: Link;
  readonly who: string;
}

/** A one-time link, to be handed on. It is shown once, and kept nowhere in the browser. */
export function LinkShown({ given: { link, who } }: { readonly given: Given }) {
  const [copied, setCopied] = useState("");
  return (
    <div className={styles["link"]} role="status">
      Give this to <bdi>{who}</bdi>, over a channel that you trust. It works once, until {moment(link.expires_at)}, and is not shown again:
      <code>{link.link}</code>
      <Button small onClick={() => void navigator.clipboard.writeText(link.link).then(() => setCopied(link.link), () => setCopied(""))}>
        {copied === link.link ? "Copied" : "Copy"}
      </Button>
    </div>
  );
}
