import { useEffect, useRef, useSyncExternalStore } from "react";
import { KeyDispatcher } from "./dispatcher";
import type { ActionId, KeyMode } from "./table";

const storageKey = "tocsin.keys";
export const dispatcher = new KeyDispatcher();
const listeners = new Set<() => void>();

function storedMode(): KeyMode {
  try {
    const stored = localStorage.getItem(storageKey);
    if (stored === "all" || stored === "chords" || stored === "off") return stored;
  } catch {
    // Storage may be forbidden; the default holds then.
  }
  return "all";
}

export function listenForKeys(): void {
  dispatcher.mode = storedMode();
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement | null;
    const isEditing =
      // A tick or a choice takes no letters.
      target?.closest(
        "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]",
      ) != null || document.querySelector("dialog[open]") !== null;
    const press = {
      key: event.key,
      ctrlKey: event.ctrlKey,
      metaKey: event.metaKey,
      altKey: event.altKey,
      isEditing,
    };
    if (dispatcher.press(press, event.timeStamp)) event.preventDefault();
  });
}

export function useKeyMode(): [KeyMode, (mode: KeyMode) => void] {
  const mode = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => dispatcher.mode,
  );
  return [mode, setKeyMode];
}

function setKeyMode(mode: KeyMode): void {
  dispatcher.mode = mode;
  try {
    localStorage.setItem(storageKey, mode);
  } catch {
    // It holds until the page is left.
  }
  for (const listener of listeners) listener();
}

// Binds an action while the component is shown. The handler answers false to pass the key on.
export function useKey(id: ActionId, handler: () => unknown): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => dispatcher.bind(id, () => latest.current()), [id]);
}

// j and k move the focus between the rows' main links, so that Enter opens and a screen reader
// follows. `rows` selects the links inside `root`.
export function moveFocus(root: HTMLElement | null, rows: string, by: 1 | -1): boolean {
  const links = [...(root?.querySelectorAll<HTMLElement>(rows) ?? [])];
  if (links.length === 0) return false;
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
  const link = links[Math.min(Math.max(next, 0), links.length - 1)];
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
  return true;
}
