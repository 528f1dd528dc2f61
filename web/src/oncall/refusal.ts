// The server names the field that it means at the begin of its message ("end must be after begin",
// "shifts[2].people: ..."); the form shows it there. Pure.
export interface Refusals {
  // By field: "end", "shifts[2]", and "" for what no field of the form is meant by.
  at: (field: string) => string | undefined;
}

export function refusals(message: string | null, fields: readonly string[]): Refusals {
  if (message === null) return { at: () => undefined };
  const field = /^(shifts\[\d+\]|[a-z_]+)(?=[\s.:]|$)/.exec(message)?.[1] ?? "";
  const place = fields.includes(field) ? field : "";
  return { at: (asked) => (asked === place ? message.replace(/\.$/, "") : undefined) };
}
