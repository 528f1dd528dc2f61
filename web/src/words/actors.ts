// Who did something; apart from the sentences of the timeline, which the first load does not carry.
// "user:ada" is ada; "system:engine" is Tocsin itself.
export function actorText(actor: string): string {
  const [kind, ...rest] = actor.split(":");
  const name = rest.join(":");
  if (kind === "system") return "Tocsin";
  if (kind === "token") return `${name} (token)`;
  if (kind === "link") return `${name} (by link)`;
  return name || actor;
}
