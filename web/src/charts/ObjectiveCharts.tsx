import { useMemo } from "react";
import type { Chart } from "../api/types";
import { absoluteText, zoneName } from "../time/format";
import { countText, percentText, shortCountText, targetText } from "../words/numbers";
import { LineChart } from "./LineChart";
import { failedShare, perSecond, tableRows } from "./points";

interface Props {
  chart: Chart;
  target: number;
  window: string;
}

export default function ObjectiveCharts({ chart, target, window }: Props) {
  const allowed = 1 - target;
  const shares = useMemo(
    () => [
      { label: "failed", values: failedShare(chart), colour: "series-2", filled: true },
      {
        label: `allowed by the target (${targetText(allowed)})`,
        values: chart.at.map(() => allowed),
        colour: "series-limit",
        dashed: true,
      },
    ],
    [chart, allowed],
  );
  const rates = useMemo(
    () => [
      { label: "all", values: perSecond(chart.total, chart.step_seconds), colour: "series-1" },
      {
        label: "bad",
        values: perSecond(chart.bad, chart.step_seconds),
        colour: "series-2",
        filled: true,
      },
    ],
    [chart],
  );
  if (chart.at.length === 0) return <p>No data in this window.</p>;
  return (
    <div className="grid grid-cols-1 gap-4">
      <LineChart
        title="Share of events that failed"
        at={chart.at}
        series={shares}
        format={percentText}
        top={allowed * 2}
        syncKey={`objective-${window}`}
      />
      <LineChart
        title="Events per second"
        at={chart.at}
        series={rates}
        format={shortCountText}
        height={160}
        syncKey={`objective-${window}`}
      />
      <details>
        <summary className="w-fit cursor-pointer py-1 text-sm">The same as a table</summary>
        <Table chart={chart} />
      </details>
    </div>
  );
}

function Table({ chart }: { chart: Chart }) {
  const rows = tableRows(chart, 24);
  const now = Date.now();
  return (
    <table className="mt-2 w-full text-right text-sm">
      <caption className="sr-only">Bad and all events over time</caption>
      <thead>
        <tr className="text-muted">
          <th scope="col" className="py-1 text-left font-semibold">
            From ({zoneName(now)})
          </th>
          <th scope="col" className="font-semibold">
            Bad
          </th>
          <th scope="col" className="font-semibold">
            All
          </th>
          <th scope="col" className="font-semibold">
            Failed
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.at} className="border-t border-line">
            <th scope="row" className="py-1 text-left font-normal">
              {absoluteText(row.at * 1000, now, { nameZone: false })}
            </th>
            <td>{row.total === null ? "no data" : countText(row.bad ?? 0)}</td>
            <td>{row.total === null ? "–" : countText(row.total)}</td>
            <td>{row.total ? percentText((row.bad ?? 0) / row.total) : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
