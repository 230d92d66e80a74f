import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../components/button.tsx";
import { keepTheme, readTheme, THEMES, type Theme } from "../context/theme.ts";
import { getRecoveryCodes, type Permission, type Session } from "../model/api.gen.ts";
import { keys } from "../model/keys.ts";
import { may, useSignOut } from "../model/session.ts";
import { useNotices } from "./notices.tsx";
import styles from "./navigation.module.css";

interface Place {
  readonly to: "/" | "/start" | "/devices" | "/removed" | "/try-leak" | "/spills" | "/emergency" | "/policy" | "/directory" | "/users" | "/audit" | "/settings";
  readonly label: string;
  readonly permission: Permission;
}

const PLACES: readonly Place[] = [
  { to: "/", label: "Today", permission: "people.view" },
  { to: "/removed", label: "Removed", permission: "removed.view" },
  { to: "/devices", label: "Devices", permission: "devices.view" },
  { to: "/try-leak", label: "Try to leak", permission: "policy.view" },
  { to: "/spills", label: "Spills", permission: "spills.manage" },
  { to: "/emergency", label: "Emergency access", permission: "emergencies.view" },
  { to: "/policy", label: "Privacy policy", permission: "policy.view" },
  { to: "/directory", label: "People", permission: "directory.view" },
  { to: "/users", label: "Users", permission: "users.view" },
  { to: "/audit", label: "Audit log", permission: "audit.view" },
  { to: "/settings", label: "Settings", permission: "settings.view" },
  { to: "/start", label: "First hour", permission: "system.view" },
];

const THEME_LABELS: Record<Theme, string> = { system: "System", light: "Light", dark: "Dark" };

function ThemeChoice() {
  const [theme, setTheme] = useState(readTheme);
  return (
    <label className={styles["theme"]}>
      <span>Theme</span>
      <select
        value={theme}
        onChange={(event) => {
          const chosen = THEMES.find((one) => one === event.target.value) ?? "system";
          keepTheme(chosen);
          setTheme(chosen);
        }}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {THEME_LABELS[one]}
          </option>
        ))}
      </select>
    </label>
  );
}

const FEW_CODES = 3;

/* Whoever is about to have no way back in hears of it before. */
function FewCodes() {
  const left = useQuery({ queryKey: keys.recoveryCodes(), queryFn: ({ signal }) => getRecoveryCodes({}, signal), staleTime: 60_000 }).data?.left;
  if (left === undefined || left > FEW_CODES) return null;
  return <div className={styles["name"]}>{left === 0 ? "You have no recovery codes." : `${left} recovery ${left === 1 ? "code is" : "codes are"} left.`}</div>;
}

export function Navigation({ session }: { readonly session: Session }) {
  const signOut = useSignOut();
  const [open, setOpen] = useState(false);
  /* Whoever was named for it finds it, whatever the class. */
  const mayOpen = (useNotices(true).data?.may_open ?? "") !== "";

  return (
    <header className={styles["side"]} onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
      <div className={styles["inner"]}>
        <div className={styles["top"]}>
          <span className={styles["brand"]}>Ward</span>
          <Button className={styles["menu"]} aria-expanded={open} aria-controls="places" onClick={() => setOpen(!open)}>
            Menu
          </Button>
        </div>
        <div id="places" className={open ? styles["open"] : styles["closed"]}>
          <nav aria-label="Places">
            <ul className={styles["places"]}>
              {PLACES.filter((place) => may(session, place.permission) || (place.to === "/emergency" && mayOpen)).map((place) => (
                <li key={place.to}>
                  <Link
                    to={place.to}
                    className={styles["place"]}
                    activeOptions={{ exact: place.to === "/", includeSearch: false }}
                    activeProps={{ "aria-current": "page" }}
                    onClick={() => setOpen(false)}
                  >
                    {place.label}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <div className={styles["who"]}>
            <div className={styles["name"]}>{session.user.display_name}</div>
            <Link to="/my-sign-in" className={styles["own"]} activeProps={{ "aria-current": "page" }} onClick={() => setOpen(false)}>
              My sign-in
            </Link>
            <FewCodes />
            <ThemeChoice />
            <Button onClick={() => signOut.mutate()} busy={signOut.isPending}>
              Sign out
            </Button>
            {signOut.isError ? <div role="alert">Not signed out: {signOut.error.message}</div> : null}
          </div>
        </div>
      </div>
    </header>
  );
}
