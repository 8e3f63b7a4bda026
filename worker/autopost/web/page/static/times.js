// Times as a reader says them: how long ago, with the exact time on hover, in the reader's own zone; and days.

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const seconds = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const minutes = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const moment = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const fullDate = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const MINUTE = 60000;

const isSameDay = (one, other) => one.toDateString() === other.toDateString();

function ago(at, now) {
  const minutes = Math.floor((now - at) / MINUTE);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  return date.format(at);
}

function shown(at, now, exactness) {
  if (exactness === "moment" || !isSameDay(at, now)) return moment.format(at);
  return (exactness === "minute" ? minutes : seconds).format(at);
}

export function showTimes(within) {
  const now = new Date();
  for (const time of within.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    const text = time.dataset.exact ? shown(at, now, time.dataset.exact) : ago(at, now);
    if (time.textContent !== text) time.textContent = text;
    if (!time.dataset.local) {
      time.title = exact.format(at);
      time.dataset.local = "1";
    }
  }
}

function nameOf(day, now) {
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (isSameDay(day, now)) return "Today";
  return isSameDay(day, yesterday) ? "Yesterday" : fullDate.format(day);
}

// Puts a heading before the first entry of each day. Done again after each change, and when the day changes.
export function showDays(feed) {
  const now = new Date();
  let shown = "";
  for (const item of [...feed.children]) {
    if (item.classList.contains("day")) {
      const next = item.nextElementSibling;
      if (!next || next.classList.contains("day")) { item.remove(); continue; }
    }
    const entry = item.classList.contains("day") ? item.nextElementSibling : item;
    const time = entry.querySelector("time");
    const name = time ? nameOf(new Date(time.dateTime), now) : shown;
    if (item.classList.contains("day")) {
      if (name === shown) item.remove();
      else if (item.firstElementChild.textContent !== name) item.firstElementChild.textContent = name;
      shown = name;
    } else if (name !== shown) {
      const day = document.createElement("li");
      const heading = document.createElement("h2");
      day.className = "day";
      heading.textContent = name;
      day.append(heading);
      item.before(day);
      shown = name;
    }
  }
}
