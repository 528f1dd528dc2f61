// From key presses to actions. No DOM but the event it is given, so that it can be tested alone.
import { type ActionId, type KeyMode, keyTable } from "./table";

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isEditing: boolean; // in a field, or in an open dialog
}

type Handler = () => unknown;
const chordTime = 1500;

export class KeyDispatcher {
  mode: KeyMode = "all";
  private handlers = new Map<ActionId, Handler[]>();
  private first: { key: string; at: number } | null = null;

  // The handler that was bound last goes first; one that answers false passes the key on.
  bind(id: ActionId, handler: Handler): () => void {
    const stack = this.handlers.get(id) ?? [];
    stack.push(handler);
    this.handlers.set(id, stack);
    return () => {
      const at = stack.indexOf(handler);
      if (at >= 0) stack.splice(at, 1);
    };
  }

  // True when the key meant something and the browser should not also act on it.
  press(press: Press, now: number): boolean {
    if (this.mode === "off" || press.ctrlKey || press.metaKey || press.altKey || press.isEditing) {
      this.first = null;
      return false;
    }
    const first = this.first && now - this.first.at <= chordTime ? this.first.key : null;
    this.first = null;
    if (first !== null) {
      const chord = keyTable.find((row) => row.keys[0] === first && row.keys[1] === press.key);
      if (chord) return this.run(chord.id);
    }
    if (keyTable.some((row) => row.keys.length === 2 && row.keys[0] === press.key)) {
      this.first = { key: press.key, at: now };
      return true;
    }
    if (this.mode === "chords") return false;
    const single = keyTable.find((row) => row.keys.length === 1 && row.keys[0] === press.key);
    return single ? this.run(single.id) : false;
  }

  private run(id: ActionId): boolean {
    const stack = this.handlers.get(id) ?? [];
    for (const handler of [...stack].reverse()) {
      if (handler() !== false) return true;
    }
    return false;
  }
}
