// What a browser is called in the list of a person's browsers: "Firefox on Android".
const browsers: [RegExp, string][] = [
  [/EdgA?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/(Firefox|FxiOS)\//, "Firefox"],
  [/(Chrome|CriOS)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

export function browserName(userAgent: string): string {
  const first = (from: [RegExp, string][], otherwise: string) =>
    from.find(([pattern]) => pattern.test(userAgent))?.[1] ?? otherwise;
  const system = first(systems, "");
  return `${first(browsers, "A browser")}${system === "" ? "" : ` on ${system}`}`;
}
