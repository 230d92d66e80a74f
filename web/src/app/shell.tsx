/*
 * The frame around every view, and the gate: who is not signed in sees the sign-in, who is half way sees the second factor. A gate here hides nothing
 * by itself: the server decides with every request.
 */

import { Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";

import { PageHead } from "../components/page.tsx";
import { Failed, Loading } from "../components/states.tsx";
import type { Session } from "../model/api.gen.ts";
import { useLinkToken } from "../model/link-token.ts";
import { may, useSession } from "../model/session.ts";
import { SignInView } from "../views/sign-in/sign-in.tsx";
import { useEvents } from "./events.ts";
import { useIdle } from "./idle.ts";
import { Navigation } from "./navigation.tsx";
import { Notices } from "./notices.tsx";
import { StepUp } from "./step-up.tsx";
import styles from "./shell.module.css";

const SecondFactor = lazy(() =>
  import("../views/sign-in/second-factor.tsx").then((module) => ({ default: module.SecondFactorView })),
);

function Gate() {
  const session = useSession();
  const path = useLocation({ select: (location) => location.pathname });
  const token = useLinkToken();

  if (session.isPending) return <Loading what="Ward" />;
  if (session.data === undefined)
    return (
      <>
        <PageHead title="No answer" />
        <Failed error={session.error ?? new Error("Ward does not answer")} again={() => void session.refetch()} />
      </>
    );
  if (path === "/setup" && session.data?.stage !== "totp_enrol" && (token !== "" || session.data?.stage !== "signed_in")) return <Outlet />;
  if (!session.data) return <SignInView />;
  if (session.data.stage !== "signed_in") return <SecondFactor enrol={session.data.stage === "totp_enrol"} />;
  /* Who configures Ward but may see nobody's day begins where the work is. */
  if (path === "/setup" || (path === "/" && !may(session.data, "people.view")))
    return <Navigate to={may(session.data, "people.view") ? "/" : "/devices"} replace />;
  return <Outlet />;
}

function idleMs(session: Session | undefined): number | undefined {
  return session ? Math.max(60_000, Date.parse(session.idle_expires_at) - Date.now()) : undefined;
}

export function Shell() {
  const session = useSession();
  const signedIn = session.data?.stage === "signed_in" ? session.data : undefined;
  const user = signedIn?.user.id;

  useEvents(signedIn !== undefined);
  /* Of the first answer about somebody: the end moves on with every request, its distance does not. */
  useIdle(useMemo(() => idleMs(signedIn), [user]));

  return (
    <div className={signedIn ? styles["frame"] : styles["plain"]}>
      <a
        className={styles["skip"]}
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to content
      </a>
      {signedIn ? <Navigation session={signedIn} /> : <header className={styles["brand"]}>Ward</header>}
      <main id="main" className={styles["main"]} tabIndex={-1}>
        {signedIn ? <Notices mayOpenPage={may(signedIn, "emergencies.view")} /> : null}
        <Suspense fallback={<Loading what="this page" />}>
          <Gate />
        </Suspense>
      </main>
      {signedIn ? <StepUp key={user} /> : null}
    </div>
  );
}
