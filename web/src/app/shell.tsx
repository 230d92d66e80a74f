/*
 * The frame around every view, and the gate: who is not signed in sees the sign-in, who is half way sees the second factor. A gate here hides nothing
 * by itself: the server decides with every request.
 */

import { Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { Failed, Loading } from "../components/states.tsx";
import { useSession } from "../model/session.ts";
import { Navigation } from "./navigation.tsx";
import styles from "./shell.module.css";
import { useEvents } from "./events.ts";

const SignIn = lazy(() => import("../views/sign-in/sign-in.tsx").then((module) => ({ default: module.SignInView })));
const SecondFactor = lazy(() =>
  import("../views/sign-in/second-factor.tsx").then((module) => ({ default: module.SecondFactorView })),
);

function Gate() {
  const session = useSession();
  const atSetup = useLocation({ select: (location) => location.pathname === "/setup" });
  useEvents(session.data?.stage === "signed_in");

  if (session.isPending) return <Loading what="Ward" />;
  if (session.isError) return <Failed error={session.error} again={() => void session.refetch()} />;
  if (atSetup && session.data?.stage !== "totp_enrol") return <Outlet />;
  if (!session.data) return <SignIn />;
  if (session.data.stage !== "signed_in") return <SecondFactor enrol={session.data.stage === "totp_enrol"} />;
  return <Outlet />;
}

export function Shell() {
  const session = useSession();
  const signedIn = session.data?.stage === "signed_in" ? session.data : undefined;

  return (
    <div className={signedIn ? styles["frame"] : styles["plain"]}>
      <a className={styles["skip"]} href="#main">
        Skip to content
      </a>
      {signedIn ? <Navigation session={signedIn} /> : <div className={styles["brand"]}>Ward</div>}
      <main id="main" className={styles["main"]} tabIndex={-1}>
        <Suspense fallback={<Loading what="this page" />}>
          <Gate />
        </Suspense>
      </main>
    </div>
  );
}
