// Times and durations in words, as the server writes them (desk/formats.py).
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const language = () => document.documentElement.lang || "en";
const zone = () => document.documentElement.dataset.zone;

// "45 s" under two minutes, "18 min", "2 h", "3 d"; exact: "6 h 12 min" under two days
export function duration(milliseconds, exact = false) {
  const gone = Math.max(0, milliseconds);
  if (gone < 2 * MINUTE) {
    return gone < MINUTE || !exact ? `${Math.floor(gone / SECOND)} s` : "1 min";
  }
  if (gone < HOUR) return `${Math.floor(gone / MINUTE)} min`;
  if (gone >= 2 * DAY) return `${Math.floor(gone / DAY)} d`;
  const minutes = Math.floor((gone % HOUR) / MINUTE);
  return `${Math.floor(gone / HOUR)} h${exact && minutes ? ` ${minutes} min` : ""}`;
}

// Milliseconds until `duration` of a time that far away reads differently.
export function changesIn(milliseconds) {
  const away = Math.abs(milliseconds);
  const step = away <= 2 * MINUTE + SECOND ? SECOND : MINUTE;
  return milliseconds > 0 ? (away % step) + 1 : step - (away % step) + 1;
}

export function ago(milliseconds) {
  const unit = milliseconds < HOUR ? "minute" : "hour";
  const count = Math.floor(milliseconds / (unit === "minute" ? MINUTE : HOUR));
  const words = new Intl.RelativeTimeFormat(language(), { style: "short" });
  return words.format(-count, unit).replace(".", "");
}

// The day of a moment in the reader's zone, as "2026-11-21": equal days are equal strings.
export function day(date) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone(), dateStyle: "short" }).format(date);
}

export function clock(date) {
  const parts = { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: zone() };
  return new Intl.DateTimeFormat(language(), parts).format(date).replace(/^0(?=\d)/, "");
}

export function yesterday() {
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(-1, "day");
}

export function date(moment, now) {
  const parts = { day: "numeric", month: "short", timeZone: zone() };
  if (day(moment).slice(0, 4) !== day(now).slice(0, 4)) parts.year = "numeric";
  const locale = language() === "en" ? "en-GB" : language(); // the day before the month
  return new Intl.DateTimeFormat(locale, parts).format(moment);
}

// The moment in full, for titles.
export function full(moment) {
  const locale = language() === "en" ? "en-GB" : language();
  const parts = { dateStyle: "full", timeStyle: "short", timeZone: zone() };
  return new Intl.DateTimeFormat(locale, parts).format(moment);
}

export function size(octets) {
  const locale = language();
  if (octets < 1e6) return `${Math.max(1, Math.round(octets / 1e3)).toLocaleString(locale)} KB`;
  const digits = octets < 1e7 ? 1 : 0;
  return `${(octets / 1e6).toLocaleString(locale, { maximumFractionDigits: digits })} MB`;
}
