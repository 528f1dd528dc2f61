import { useIsStale, useLink } from "../live/live";

// One of: Live, Connecting, Reconnecting, Stale. Always shown.
export function LiveChip() {
  const view = useLink();
  const stale = useIsStale();
  const word =
    view.phase === "live"
      ? "Live"
      : stale
        ? "Stale"
        : view.everLive
          ? "Reconnecting"
          : "Connecting";
  const tone = view.phase === "live" ? "ok" : stale ? "high" : "unknown";
  return (
    <span
      className="inline-flex items-center gap-1.5 px-1 text-sm"
      data-tone={tone}
      data-live={view.phase === "live"}
      id="live-chip"
    >
      <svg viewBox="0 0 10 10" width="10" height="10" className="text-(--tone)" aria-hidden="true">
        {view.phase === "live" ? (
          <circle cx="5" cy="5" r="5" fill="currentColor" />
        ) : (
          <circle cx="5" cy="5" r="3.500" fill="none" stroke="currentColor" strokeWidth="3" />
        )}
      </svg>
      {word}
    </span>
  );
}

export function VersionChip() {
  const { newVersion } = useLink();
  if (!newVersion) return null;
  return (
    <button type="button" className="button text-sm" onClick={() => location.reload()}>
      New version: reload
    </button>
  );
}
