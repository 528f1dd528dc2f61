import { retryNow, useIsStale, useLink, useNow } from "../live/live";
import { absoluteText, durationText } from "../time/format";
import { Banner } from "../ui/Banner";

// An old screen must not look like a calm one.
export function StaleBanner() {
  const view = useLink();
  const stale = useIsStale();
  useNow();
  if (!stale || view.lostSince === null) return null;
  const now = Date.now();
  const wait = view.retryAt === null ? 0 : view.retryAt - now;
  return (
    <Banner
      tone="high"
      role="alert"
      action={
        <button type="button" className="button" onClick={retryNow}>
          Try now
        </button>
      }
    >
      <strong>Not live since {absoluteText(view.lostSince, now)}.</strong> What you see may be old.{" "}
      <span aria-hidden="true">
        {wait > 500 ? `Next try in ${durationText(wait)}.` : "Trying to connect…"}
      </span>
    </Banner>
  );
}
