// The only place that knows uPlot. It adds what a canvas lacks: colours of the theme, a surface
// that takes the focus, arrow keys that read out the values, and words beside the lines.
import { useEffect, useId, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { onThemeChange } from "../theme/theme";
import { absoluteText } from "../time/format";
import { themeColour } from "./colours";

export interface Series {
  label: string;
  values: (number | null)[];
  colour: string; // the name of a token: series-1
  dashed?: boolean;
  filled?: boolean;
}

interface Props {
  title: string;
  at: number[]; // Unix seconds
  series: Series[];
  format: (value: number) => string;
  top?: number; // the axis reaches at least this far up
  height?: number;
  syncKey?: string;
}

export function LineChart({ title, at, series, format, top = 0, height = 200, syncKey }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [index, setIndex] = useState<number | null>(null);
  const [themeCount, setThemeCount] = useState(0);
  const id = useId();

  useEffect(() => onThemeChange(() => setThemeCount((count) => count + 1)), []);

  // Drawn anew when what is drawn changes its kind; new points only replace the data below.
  const shape = series.map((one) => `${one.label}/${one.colour}`).join();
  const latest = useRef({ at, series, format, top });
  latest.current = { at, series, format, top };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` and `themeCount` stand for what is read through `latest` and from the style sheet
  useEffect(() => {
    const target = place.current;
    if (!target) return;
    const chart = new uPlot(
      options(target.clientWidth, height, latest.current, syncKey, setIndex),
      dataOf(latest.current),
      target,
    );
    plot.current = chart;
    const resize = new ResizeObserver(() => {
      if (target.clientWidth > 0) chart.setSize({ width: target.clientWidth, height });
    });
    resize.observe(target);
    return () => {
      resize.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [shape, themeCount, height, syncKey]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `latest` holds the same values
  useEffect(() => {
    plot.current?.setData(dataOf(latest.current));
  }, [at, series, top]);

  const read = (i: number) =>
    `${absoluteText((at[i] ?? 0) * 1000, Date.now())}: ${series
      .map((one) => `${one.label} ${valueText(one.values[i], format)}`)
      .join(", ")}`;

  return (
    <figure className="chart grid gap-1" aria-labelledby={id}>
      <figcaption id={id} className="text-sm font-semibold">
        {title}
      </figcaption>
      <div
        role="slider"
        tabIndex={0}
        aria-label={`${title}: values over time`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, at.length - 1)}
        aria-valuenow={index ?? Math.max(0, at.length - 1)}
        aria-valuetext={read(index ?? Math.max(0, at.length - 1))}
        ref={place}
        onKeyDown={(event) => {
          const next = step(event.key, index ?? at.length, at.length, event.shiftKey);
          if (next === null || !plot.current) return;
          event.preventDefault();
          const chart = plot.current;
          chart.setCursor({ left: chart.valToPos(at[next] ?? 0, "x"), top: 10 });
        }}
      />
      <ul className="flex min-h-11 flex-wrap content-start gap-x-5 text-sm sm:min-h-6">
        {series.map((one) => (
          <li key={one.label} className="inline-flex items-center gap-2">
            <svg width="22" height="10" aria-hidden="true">
              <line
                x1="0"
                x2="22"
                y1="5"
                y2="5"
                stroke={`var(--${one.colour})`}
                strokeWidth="2.500"
                strokeDasharray={one.dashed ? "5 3" : undefined}
              />
            </svg>
            {one.label}
            {index !== null && <strong>{valueText(one.values[index], format)}</strong>}
          </li>
        ))}
        {index !== null && (
          <li className="text-muted">at {absoluteText((at[index] ?? 0) * 1000, Date.now())}</li>
        )}
      </ul>
    </figure>
  );
}

function valueText(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "no data" : format(value);
}

// Arrow keys go by one point, with Shift by a twentieth of all.
export function step(key: string, from: number, length: number, wide: boolean): number | null {
  if (length === 0) return null;
  const by = wide ? Math.max(1, Math.round(length / 20)) : 1;
  const to = {
    ArrowLeft: from - by,
    ArrowRight: from + by,
    Home: 0,
    End: length - 1,
  }[key];
  return to === undefined ? null : Math.min(length - 1, Math.max(0, to));
}

type Drawn = Pick<Props, "at" | "series" | "format"> & { top: number };

function dataOf({ at, series }: Drawn): uPlot.AlignedData {
  return [at, ...series.map((one) => one.values)];
}

function options(
  width: number,
  height: number,
  drawn: Drawn,
  syncKey: string | undefined,
  onIndex: (index: number | null) => void,
): uPlot.Options {
  const muted = themeColour("muted");
  const line = themeColour("line");
  const font = `12px ${getComputedStyle(document.documentElement).fontFamily}`;
  const axis = { stroke: muted, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, font };
  return {
    width,
    height,
    legend: { show: false },
    cursor: {
      drag: { x: false, y: false },
      points: { size: 7 },
      ...(syncKey === undefined ? {} : { sync: { key: syncKey } }),
    },
    scales: {
      y: {
        range: (_, __, max) => [0, Math.max(Number.isFinite(max) ? max * 1.1 : 0, drawn.top) || 1],
      },
    },
    axes: [
      { ...axis, space: 60, size: 30, values: (_, ticks) => tickTexts(ticks) },
      { ...axis, size: width < 480 ? 48 : 60, values: (_, ticks) => ticks.map(drawn.format) },
    ],
    series: [
      {},
      ...drawn.series.map((one): uPlot.Series => {
        const stroke = themeColour(one.colour);
        return {
          label: one.label,
          stroke,
          width: 2,
          ...(one.dashed ? { dash: [6, 4] } : {}),
          ...(one.filled ? { fill: translucent(stroke) } : {}),
          points: { show: false },
          spanGaps: false,
        };
      }),
    ],
    hooks: {
      setCursor: [(chart) => onIndex(chart.cursor.idx ?? null)],
    },
  };
}

// 24-hour times; the day where one begins or where the steps are days.
function tickTexts(ticks: number[]): string[] {
  const wide = ticks.length > 1 && (ticks[1] ?? 0) - (ticks[0] ?? 0) >= 86_400;
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
  return ticks.map((tick) => {
    const date = new Date(tick * 1000);
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
    return wide || isMidnight ? day.format(date) : time.format(date);
  });
}

function translucent(colour: string): string {
  return colour.startsWith("rgb(")
    ? colour.replace("rgb(", "rgba(").replace(")", ", 0.16)")
    : colour;
}
