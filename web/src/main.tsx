import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client";
import { keys } from "./api/queries";
import { listenForKeys } from "./keys/useKeys";
import { makeRouter } from "./router";
import "./theme/main.css";

// A session that has ended shows the sign-in page and then comes back to where it was.
function onError(error: unknown): void {
  if (!(error instanceof ApiError) || error.status !== 401) return;
  client.setQueryData(keys.session, null);
  void router.invalidate();
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the request did wrong does not become right by asking again.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});
const router = makeRouter(client);

// A chunk that cannot be loaded is most likely of a version that is gone: load the page anew, once.
window.addEventListener("vite:preloadError", (event) => {
  if (sessionStorage.getItem("tocsin.reloaded") === location.pathname) return;
  sessionStorage.setItem("tocsin.reloaded", location.pathname);
  event.preventDefault();
  location.reload();
});

listenForKeys();

const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
