import type { TierView } from "../../api/types";
import { durationText } from "../../time/format";
import { Badge } from "../../ui/Badge";
import { Meter } from "../../ui/Meter";
import { Panel } from "../../ui/Panel";
import { countText, percentText, timesText } from "../../words/numbers";
import { type Tone, tierMark } from "../../words/severity";
import { nearnessText } from "./parts";

// The scale ends at one and a half thresholds, so that "over it" can be seen to be over.
const scale = 1.5;

export function Tiers({ tiers }: { tiers: TierView[] }) {
  return (
    <Panel title="How near each tier is" aside="The line is its threshold" flush>
      <ul>
        {tiers.map((tier) => (
          <Tier key={tier.name} tier={tier} />
        ))}
      </ul>
    </Panel>
  );
}

function toneOf(tier: TierView): Tone {
  if (tier.state === "no_data") return "unknown";
  if (tier.state === "firing" || tier.nearness >= 1) {
    return tier.severity === "page" ? "critical" : "warning";
  }
  return tier.nearness >= 0.75 ? "warning" : "info";
}

function Tier({ tier }: { tier: TierView }) {
  const windows =
    tier.kind === "burn" && tier.long_window_seconds && tier.short_window_seconds
      ? `${durationText(tier.long_window_seconds * 1000)} and ${durationText(tier.short_window_seconds * 1000)}`
      : "whole outages";
  return (
    <li className="grid gap-1 border-t border-line px-4 py-2">
      <div className="flex flex-wrap items-center gap-x-3">
        <span className="font-medium">{tier.name}</span>
        <span className="text-sm text-muted">
          {tier.severity === "page" ? "rings" : "ticket"} · {windows}
        </span>
        <span className="ml-auto">
          <Badge {...tierMark(tier)} />
        </span>
      </div>
      <Meter
        label={`Tier ${tier.name}`}
        value={tier.nearness}
        max={scale}
        mark={1}
        says={nearnessText(tier)}
        tone={toneOf(tier)}
      />
      <p className="text-sm">
        {nearnessText(tier)}
        <Evidence tier={tier} />
      </p>
    </li>
  );
}

function Evidence({ tier }: { tier: TierView }) {
  const { evidence } = tier;
  if (tier.state === "no_data") return null;
  const share = (bad: number, total: number) =>
    `${countText(bad)} of ${countText(total)}${total > 0 ? ` (${percentText(bad / total)})` : ""}`;
  return (
    <span className="text-muted">
      {" · "}
      {tier.kind === "burn" && (
        <>
          burn {timesText(evidence.burn_long)} and {timesText(evidence.burn_short)}, fires at{" "}
          {timesText(evidence.threshold)} ·{" "}
        </>
      )}
      failed {share(evidence.bad_long, evidence.total_long)} and{" "}
      {share(evidence.bad_short, evidence.total_short)}
    </span>
  );
}
