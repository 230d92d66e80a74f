/* The first hour: what a new installation needs, and what of it is done. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Button } from "../../components/button.tsx";
import { Card, PageHead } from "../../components/page.tsx";
import { Answer, Failed } from "../../components/states.tsx";
import { acknowledgeChecklist, type Checklist, getChecklist } from "../../model/api.gen.ts";
import { moment } from "../../model/day.ts";
import { keys } from "../../model/keys.ts";
import { may, useSession } from "../../model/session.ts";
import { Certificate } from "../settings/certificate.tsx";
import styles from "./start.module.css";

type Item = Checklist["items"][number];

const STEPS: Record<Item["id"], { title: string; text: ReactNode }> = {
  second_factor: {
    title: "A second factor for every administrator",
    text: <>Ward asks for one with every sign-in, yours included. Nobody can use Ward with a password alone.</>,
  },
  packages: {
    title: "A package for the first computers",
    text: (
      <>
        Make one under <Link to="/devices">Devices</Link> and enrol two or three computers. They appear there, and their day under <Link to="/">Today</Link>.
      </>
    ),
  },
  privacy: {
    title: "What is recorded at all",
    text: (
      <>
        The default keeps application, site and time, and no title. Read it under <Link to="/policy">Privacy policy</Link> with whoever speaks for the employees, and
        tell people before their computers are enrolled.
      </>
    ),
  },
  retention: {
    title: "How long it is kept",
    text: (
      <>
        Set under <Link to="/settings">Settings</Link>: no longer than the purpose needs.
      </>
    ),
  },
  access: {
    title: "Who may see what",
    text: (
      <>
        Add people under <Link to="/users">Users</Link>, each with the smallest class that their work needs.
      </>
    ),
  },
  try_leak: {
    title: "Prove it: try to leak",
    text: (
      <>
        Put an invented patient into a window's title under <Link to="/try-leak">Try to leak</Link>, and see that nothing of the patient is kept anywhere. Again once a month.
      </>
    ),
  },
};

function Step({ item, editable }: { readonly item: Item; readonly editable: boolean }) {
  const client = useQueryClient();
  const step = STEPS[item.id];
  const acknowledge = useMutation({
    mutationFn: () => acknowledgeChecklist({ item: item.id }),
    onSuccess: (checklist) => client.setQueryData(keys.checklist(), checklist),
  });
  return (
    <li className={styles["step"]} data-done={item.done}>
      <div className={styles["mark"]} aria-hidden="true">
        {item.done ? "✓" : ""}
      </div>
      <div>
        <h2>
          {step.title} <span className={styles["state"]}>{item.done ? "done" : "open"}</span>
        </h2>
        <p className={styles["text"]}>{step.text}</p>
        {item.acknowledged_at ? <p className={styles["text"]}>Looked at {moment(item.acknowledged_at)}.</p> : null}
        {!item.done && editable && ["privacy", "retention", "access"].includes(item.id) ? (
          <Button onClick={() => acknowledge.mutate()} busy={acknowledge.isPending}>
            I have looked at this
          </Button>
        ) : null}
        {acknowledge.isError ? <Failed error={acknowledge.error} /> : null}
      </div>
    </li>
  );
}

export function StartView() {
  const session = useSession().data;
  const checklist = useQuery({ queryKey: keys.checklist(), queryFn: ({ signal }) => getChecklist({}, signal), staleTime: 0 });

  return (
    <>
      <PageHead title="First hour" lead="Six things, then Ward is ready for people." />
      <Answer query={checklist} what="the checklist">
        {(data) => (
          <>
            <Card>
              <ol className={styles["steps"]}>
                {data.items.map((item) => (
                  <Step key={item.id} item={item} editable={may(session, "settings.change")} />
                ))}
              </ol>
            </Card>
            <Card title="Why the browser warned">
              <Certificate editable={false} />
            </Card>
          </>
        )}
      </Answer>
    </>
  );
}
