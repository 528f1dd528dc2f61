// Which posted alerts changed, in order, so that a list that was read at some point can catch up by
// reading only those.
const kept = 64;

export class ChangeLog {
  private first = 0; // the place of ids[0]
  private ids: string[] = [];

  get at(): number {
    return this.first + this.ids.length;
  }

  add(id: string): void {
    this.ids.push(id);
    if (this.ids.length > 2 * kept) this.forget(kept);
  }

  // Something changed, and it is not known what.
  addAll(): void {
    this.forget(this.ids.length);
    this.first += 1;
  }

  // Null: more than is remembered.
  since(at: number): string[] | null {
    if (at < this.first) return null;
    return [...new Set(this.ids.slice(at - this.first))];
  }

  private forget(count: number): void {
    this.ids.splice(0, count);
    this.first += count;
  }
}

export const postedChanges = new ChangeLog();
