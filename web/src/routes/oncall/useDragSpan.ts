import { useEffect, useRef, useState } from "react";
import { type Strip, snapped } from "../../oncall/grid";

export interface Dragged {
  begin: number;
  end: number;
}

const stepMinutes = 30;
const least = 4; // pixels; less is a click

// Selecting a span with mouse or pen, also over several strips. A finger scrolls instead: it has the
// button. Escape lets go.
export function useDragSpan(
  strips: Strip[],
  zone: string,
  onSpan: (begin: number, end: number) => void,
) {
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const isClickOver = useRef(false);
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  const momentAt = (x: number, y: number): number | null => {
    const lane = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-strip]");
    const strip = strips[Number(lane?.dataset.strip ?? "none")];
    if (!lane || !strip) return null;
    const { left, width } = lane.getBoundingClientRect();
    return snapped((x - left) / width, strip, stepMinutes, zone);
  };

  const onPointerDown = (down: React.PointerEvent) => {
    isClickOver.current = false;
    if (down.button !== 0 || down.pointerType === "touch") return;
    const from = momentAt(down.clientX, down.clientY);
    if (from === null) return;
    let span: Dragged | null = null;
    let isMoving = false;
    const move = (event: PointerEvent) => {
      isMoving ||= Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) >= least;
      // Beside the strips the last place holds.
      const to = momentAt(event.clientX, event.clientY);
      if (!isMoving || to === null) return;
      span = { begin: Math.min(from, to), end: Math.max(from, to) };
      setDragged(span);
    };
    const end = () => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", up);
      document.removeEventListener("pointercancel", end);
      document.removeEventListener("keydown", letGo, true);
      stop.current = null;
      setDragged(null);
    };
    const up = () => {
      end();
      isClickOver.current = isMoving;
      if (span && span.end > span.begin) onSpan(span.begin, span.end);
    };
    const letGo = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      isClickOver.current = isMoving;
      end();
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", up);
    document.addEventListener("pointercancel", end);
    document.addEventListener("keydown", letGo, true);
    stop.current = end;
  };

  // The click that ends a drag is none.
  const onClickCapture = (event: React.MouseEvent) => {
    if (!isClickOver.current) return;
    isClickOver.current = false;
    event.stopPropagation();
    event.preventDefault();
  };

  return { dragged, onPointerDown, onClickCapture };
}
