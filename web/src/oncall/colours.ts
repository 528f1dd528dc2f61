// A colour for each person of a schedule. Colour is for the glance: the name stands beside it.
export const colourCount = 8;

// By place in the order that is given, who matters most first: the first eight all differ. A person
// has one colour on all rows of a screen.
export function coloursOf(people: Iterable<string>): Map<string, number> {
  return new Map([...new Set(people)].map((person, i) => [person, i % colourCount]));
}

// For a piece that is too narrow for a name: "Ada Lovelace" is AL, "ada" is AD.
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== "");
  const letters =
    words.length > 1
      ? `${[...(words[0] ?? "")][0]}${[...(words.at(-1) ?? "")][0]}`
      : [...name].slice(0, 2).join("");
  return letters.toUpperCase();
}
