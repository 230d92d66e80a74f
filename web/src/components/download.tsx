/* A button that saves a file of the server's. It is asked for like everything else, so that a refusal is told here and not saved as the file. */

import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { requestFile } from "../model/request.ts";
import { Button } from "./button.tsx";
import { save } from "./save.ts";

interface Props {
  readonly path: string;
  readonly name: string;
  readonly children: ReactNode;
}

export function Download({ path, name, children }: Props) {
  const fetched = useMutation({ mutationFn: () => requestFile(path), onSuccess: (file) => save(file, name) });
  return (
    <>
      <Button onClick={() => fetched.mutate()} busy={fetched.isPending}>
        {children}
      </Button>
      {fetched.isError ? <span role="alert">Not saved: {fetched.error.message}</span> : null}
    </>
  );
}
