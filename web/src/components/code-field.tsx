/* A code of the second factor: of the authenticator, or, for whoever lost it, a recovery code. */

import { useState } from "react";

import { Button } from "./button.tsx";
import { TextField } from "./form.tsx";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly autoFocus?: boolean;
  /** There are recovery codes already. */
  readonly recoverable?: boolean;
}

export function CodeField({ label, value, onValue, autoFocus = false, recoverable = true }: Props) {
  const [recovery, setRecovery] = useState(false);
  return (
    <>
      <TextField
        key={recovery ? "recovery" : "totp"}
        label={recovery ? "Recovery code" : label}
        help={recovery ? "One of the ten that you were shown once; each works once." : "Six digits; a new one every 30 seconds, and each works once."}
        name="code"
        inputMode={recovery ? "text" : "numeric"}
        maxLength={recovery ? 48 : 12}
        autoComplete={recovery ? "off" : "one-time-code"}
        autoCapitalize="none"
        spellCheck={false}
        required
        autoFocus={autoFocus || recovery}
        value={value}
        onChange={(event) => onValue(event.target.value)}
      />
      {recoverable ? (
        <p>
          <Button
            small
            onClick={() => {
              onValue("");
              setRecovery(!recovery);
            }}
          >
            {recovery ? "Use the authenticator" : "Use a recovery code"}
          </Button>
        </p>
      ) : null}
    </>
  );
}
