import { PageHead } from "../../components/page.tsx";
import { Passkeys } from "./passkeys.tsx";
import { Recovery } from "./recovery.tsx";
import { Sessions } from "./sessions.tsx";

export function MySignInView() {
  return (
    <>
      <PageHead title="My sign-in" lead="What lets you in, and where it has." />
      <Passkeys />
      <Recovery />
      <Sessions />
    </>
  );
}
