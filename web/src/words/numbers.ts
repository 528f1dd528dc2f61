// Numbers as people read them.
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

// "1,204"; below ten a part is shown ("2.5": time slices and rates have parts).
export function countText(n: number): string {
  return Math.abs(n) < 10 ? one.format(n) : whole.format(n);
}

// "1.2M": for axes and narrow places.
export function shortCountText(n: number): string {
  return Math.abs(n) < 10_000 ? countText(n) : short.format(n);
}

// A share as a percentage. Small ones keep two figures ("0.034%"), and what is not quite all is
// never rounded to all ("99.998%").
export function percentText(share: number): string {
  const percent = share * 100;
  const size = Math.abs(percent);
  if (size === 0) return "0%";
  if (size < 0.0001) return percent > 0 ? "<0.0001%" : ">-0.0001%";
  const nearHundred = size < 100 && size > 99;
  const fraction = nearHundred ? 100 - size : size;
  const digits =
    fraction >= 10
      ? Number.isInteger(percent)
        ? 0
        : 1
      : Math.max(0, 1 - Math.floor(Math.log10(fraction)));
  return `${trimZeros(percent.toFixed(Math.min(digits, 4)))}%`;
}

// A target is written as it was promised: "99.9%", never rounded.
export function targetText(share: number): string {
  return `${trimZeros((share * 100).toFixed(6))}%`;
}

// What is left of an error budget. Far over it, how many times it was spent says more than a
// percentage of five figures. Null: too little of the period has been seen.
export function budgetText(left: number | null): string {
  if (left === null) return "too early to judge";
  if (left >= 0) return `${percentText(left)} left`;
  return left > -1 ? `${percentText(-left)} overspent` : `spent ${timesText(1 - left)}`;
}

// "0.4×", "14×": a burn rate, or how near a tier is.
export function timesText(n: number): string {
  if (!Number.isFinite(n)) return "–";
  const size = Math.abs(n);
  return `${size >= 100 ? whole.format(n) : size >= 10 ? one.format(n) : trimZeros(n.toFixed(2))}×`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${whole.format(n)} ${n === 1 ? one : many}`;
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
