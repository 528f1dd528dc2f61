import type { Objective, TierView } from "../../api/types";
import { durationText } from "../../time/format";
import { Meter } from "../../ui/Meter";
import { budgetText, countText, percentText, timesText } from "../../words/numbers";
import type { Tone } from "../../words/severity";

// "at 2.4× the even pace" reads slowly; the multiple alone is what people know.
export function burnText(burn: number): string {
  return timesText(burn);
}

export function budgetTone(left: number | null): Tone {
  if (left === null) return "unknown";
  if (left <= 0) return "critical";
  if (left < 0.25) return "warning";
  return "ok";
}

export function leftText(objective: Objective): string {
  return objective.budget.too_early ?? budgetText(objective.budget.left);
}

// Bad events that may still happen, or that were too many; while it is too early to say, those
// that have happened.
export function leftEventsText(objective: Objective): string {
  const { left_events: left, allowed, bad, total } = objective.budget;
  const unit = objective.budgeting === "timeslices" ? "bad slices" : "bad events";
  if (left === null) return `${countText(bad)} ${unit} of ${countText(total)} so far`;
  // A young objective: at its traffic so far not even one may fail.
  if (left >= 0 && allowed < 1) return `fewer than 1 of the ${unit} may happen so far`;
  return left < 0
    ? `${countText(-left)} ${unit} over the ${countText(allowed)} allowed`
    : `${countText(left)} of ${countText(allowed)} ${unit} left`;
}

export function BudgetMeter({ objective }: { objective: Objective }) {
  const { left } = objective.budget;
  return (
    <Meter
      label={`Budget of ${objective.display_name}`}
      value={Math.max(0, left ?? 0)}
      max={1}
      fromEnd={Math.max(0, -(left ?? 0))}
      says={leftText(objective)}
      tone={budgetTone(left)}
    />
  );
}

export function BudgetBar({ objective, wide }: { objective: Objective; wide?: boolean }) {
  return (
    <span
      className={`flex min-w-0 flex-1 items-center gap-2 ${wide ? "" : "sm:w-64 sm:flex-none"}`}
    >
      <BudgetMeter objective={objective} />
      <span className="w-28 flex-none text-sm">{budgetText(objective.budget.left)}</span>
    </span>
  );
}

export function ErrorRatio({ objective }: { objective: Objective }) {
  const now = objective.error_ratio_5m;
  if (!now || now.total === 0 || now.ratio === null)
    return <span className="text-muted">no events</span>;
  return (
    <>
      {percentText(now.ratio)}{" "}
      <span className="text-muted">
        ({countText(now.bad)} of {countText(now.total)})
      </span>
    </>
  );
}

// The tier that is nearest to firing.
export function nearestTier(objective: Objective): TierView | undefined {
  return objective.tiers.reduce<TierView | undefined>(
    (nearest, tier) => (nearest && nearest.nearness >= tier.nearness ? nearest : tier),
    undefined,
  );
}

export function nearnessText(tier: TierView): string {
  if (tier.state === "no_data") return "no data";
  if (tier.state === "firing") return `firing, at ${timesText(tier.nearness)} its threshold`;
  return `${percentText(Math.max(0, Number(tier.nearness.toPrecision(2))))} of the way`;
}

export function exhaustionText(objective: Objective): string {
  const { exhausted_in_seconds: seconds, left } = objective.budget;
  if (left === null) return "It is too early to say how long the budget lasts";
  if (left <= 0) return "The budget is spent";
  if (seconds === null || seconds === undefined) return "At this rate the budget lasts";
  return `At this rate it is spent in ${durationText(seconds * 1000)}`;
}
