import "./tokens.css";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { queryClient } from "./app/query.ts";
import { makeWardRouter } from "./app/router.tsx";
import { applyTheme, readTheme } from "./context/theme.ts";
import { watchLinks } from "./model/link-token.ts";

const root = document.getElementById("root");

applyTheme(readTheme());
watchLinks();
if (root)
  createRoot(root).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={makeWardRouter()} />
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  );
