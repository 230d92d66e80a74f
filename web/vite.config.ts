import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/* No inline script or style may be made: the server's policy is strict and has no exception. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: "es2023",
  },
});
