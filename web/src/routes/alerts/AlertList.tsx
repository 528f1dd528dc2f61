import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Group, Row } from "../../alerts/grouping";
import { fingerprintsOf } from "../../alerts/selection";
import { useKey } from "../../keys/useKeys";
import { AlertRow, GroupRow, type RowActs } from "./rows";
import type { Selection } from "./selection";

interface Props {
  rows: Row[];
  by: readonly string[];
  viewKey: string; // another one: the reader asked for other rows
  selection: Selection;
  activeKey: string | null;
  onActive: (key: string) => void;
  onFold: (group: Group, open: boolean) => void;
}

const overscan = 6;
// As alerts.css makes them where nothing wraps. A row that is as high as was guessed moves nothing.
const heightsWide = { group: 44, alert: 56 };
const heightsNarrow = { group: 80, alert: 110 };

// Only the rows in view, and the one that has the focus, are in the document.
// As it was while a letter is only in the field: the rows follow.
export const AlertList = memo(function AlertList(props: Props) {
  const { rows, by, selection, activeKey, onActive, onFold } = props;
  const list = useRef<HTMLDivElement>(null);
  const margin = useTopOf(list);
  // Back from a detail, the row that was opened has the focus again.
  const wanted = useRef(document.activeElement === document.body ? activeKey : null);
  const places = useMemo(() => new Map(rows.map((row, i) => [row.key, i])), [rows]);
  const activeAt = activeKey === null ? undefined : places.get(activeKey);
  const isWide = useIsWide();

  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (i) => {
      const heights = isWide ? heightsWide : heightsNarrow;
      return heights[rows[i]?.kind ?? "alert"];
    },
    getItemKey: (i) => rows[i]?.key ?? i,
    overscan,
    scrollMargin: margin,
    scrollPaddingStart: isWide ? 190 : 70,
    scrollPaddingEnd: isWide ? 150 : 230,
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const shown = defaultRangeExtractor(range);
        if (activeAt === undefined || shown.includes(activeAt)) return shown;
        return [...shown, activeAt].sort((a, b) => a - b);
      },
      [activeAt],
    ),
  });
  const items = virtual.getVirtualItems();
  useStillRows(props, list, places, items, virtual);

  // A row that was not drawn when it was asked for gets the focus once it is.
  useLayoutEffect(() => {
    if (wanted.current === null || !focusRow(list.current, wanted.current)) return;
    wanted.current = null;
    if (activeAt !== undefined) virtual.scrollToIndex(activeAt, { align: "auto" });
  });

  const goTo = (at: number) => {
    const row = rows[at];
    if (!row) return false;
    onActive(row.key);
    virtual.scrollToIndex(at, { align: "auto" });
    if (!focusRow(list.current, row.key)) wanted.current = row.key;
    return true;
  };
  const step = (by: 1 | -1) => {
    if (rows.length === 0) return false;
    if (activeAt === undefined || !list.current?.contains(document.activeElement)) {
      return goTo(activeAt ?? firstInView(items, virtual.scrollOffset ?? 0, by, rows.length));
    }
    return goTo(Math.min(Math.max(activeAt + by, 0), rows.length - 1));
  };
  const extend = (by: 1 | -1) => {
    const from = activeAt === undefined ? undefined : rows[activeAt];
    if (from) selection.add(from, true);
    step(by);
    const to = activeAt === undefined ? undefined : rows[activeAt + by];
    if (to) selection.add(to, true);
  };
  const here = () => (activeAt === undefined ? undefined : rows[activeAt]);

  useKey("next", () => step(1));
  useKey("previous", () => step(-1));
  useKey("extend.next", () => extend(1));
  useKey("extend.previous", () => extend(-1));
  useKey("select", () => {
    const row = here();
    if (!row) return false;
    selection.toggle(row);
  });
  useKey("fold", () => {
    const row = here();
    const group = row?.kind === "group" ? row.group : row?.group;
    if (!group) return false;
    const at = places.get(group.key);
    onFold(group, row?.kind === "group" ? !row.open : false);
    if (at !== undefined) goTo(at);
  });

  const acts = useMemo<RowActs>(
    () => ({
      select: (row, isRange) => (isRange ? selection.rangeTo(row, rows) : selection.toggle(row)),
      fold: onFold,
    }),
    [selection, rows, onFold],
  );

  return (
    // biome-ignore lint/a11y/useSemanticElements: a list whose items stand at measured places
    <div
      ref={list}
      role="list"
      aria-label="Alerts"
      className="virtual"
      style={{ height: virtual.getTotalSize() }}
      onFocus={(event) => {
        const key = keyOf(event.target);
        if (key !== null && key !== activeKey) onActive(key);
      }}
    >
      {items.map((item) => {
        const row = rows[item.index];
        return (
          row && (
            // biome-ignore lint/a11y/useSemanticElements: see above
            <div
              key={item.key}
              ref={virtual.measureElement}
              role="listitem"
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              data-index={item.index}
              data-key={row.key}
              className="virtual-row"
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              {row.kind === "alert" ? (
                <AlertRow row={row} by={by} selected={selection.has(row.key)} acts={acts} />
              ) : (
                <GroupRow row={row} selected={selection.countIn(row.group)} acts={acts} />
              )}
            </div>
          )
        );
      })}
    </div>
  );
});

// What a key acts on when nothing is selected.
export function fingerprintsAt(rows: Row[], key: string | null): string[] {
  const row = rows.find((one) => one.key === key);
  return row ? fingerprintsOf(row) : [];
}

function keyOf(target: EventTarget): string | null {
  return target instanceof Element
    ? (target.closest<HTMLElement>("[data-key]")?.dataset.key ?? null)
    : null;
}

function focusRow(list: HTMLElement | null, key: string): boolean {
  const link = list?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] [data-row]`);
  link?.focus({ preventScroll: true });
  return link != null;
}

type Item = { index: number; key: React.Key; start: number; end: number };

function firstInView(items: Item[], offset: number, by: 1 | -1, count: number): number {
  if (by < 0) return count - 1;
  return items.find((item) => item.start >= offset)?.index ?? 0;
}

// What arrives must not move the row that is being read: after a change of the rows that the reader
// did not ask for, the row with the focus (or the first one in view) stays where it was.
function useStillRows(
  { rows, viewKey, activeKey }: Props,
  list: React.RefObject<HTMLDivElement | null>,
  places: Map<string, number>,
  items: Item[],
  virtual: { measurementsCache: Item[]; scrollOffset: number | null },
): void {
  const before = useRef({ rows, viewKey, starts: new Map<React.Key, number>() });
  useLayoutEffect(() => {
    const was = before.current;
    if (was.rows !== rows && was.viewKey === viewKey) {
      const isHeld =
        list.current?.contains(document.activeElement) || list.current?.matches(":hover");
      const top = list.current?.getBoundingClientRect().top ?? 0;
      const anchors = [
        ...(isHeld && activeKey !== null ? [activeKey] : []),
        ...(isHeld || top < 0 ? [...was.starts.keys()] : []),
      ];
      for (const key of anchors) {
        const [at, start] = [places.get(String(key)), was.starts.get(key)];
        const now = at === undefined ? undefined : virtual.measurementsCache[at]?.start;
        if (now === undefined || start === undefined) continue;
        if (now !== start) window.scrollBy(0, now - start);
        break;
      }
    }
    // Not from the window: reading that would make the browser lay out each frame once more.
    const offset = virtual.scrollOffset ?? 0;
    const inView = items.filter((item) => item.end > offset + 60 || item.key === activeKey);
    before.current = {
      rows,
      viewKey,
      starts: new Map(inView.map((item) => [item.key, item.start])),
    };
  });
}

// Where the list begins in the page; what stands above it may grow.
function useTopOf(element: React.RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      const rect = element.current?.getBoundingClientRect();
      if (rect) setTop(Math.round(rect.top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}

const wide = matchMedia("(min-width: 64rem)");

function useIsWide(): boolean {
  const [isWide, setWide] = useState(wide.matches);
  useLayoutEffect(() => {
    const change = () => setWide(wide.matches);
    wide.addEventListener("change", change);
    return () => wide.removeEventListener("change", change);
  }, []);
  return isWide;
}
