// The list of posts: new ones at the top, older ones and newer ones as it is scrolled, and how many are unread.

import { showDays, showTimes } from "./times.js";

const MOST_ENTRIES = 300;
const MOST_KNOWN = 20000;
const NEAR_TOP = 120;
const byId = (id) => document.getElementById(id);
const title = document.title;
const known = new Set();
let feed = null;
let held = [];
let elsewhere = 0;
let isNewest = true;

const entries = () => feed.querySelectorAll(":scope > .entry");
const link = (rel) => byId("entries").querySelector(`a[rel~="${rel}"]`);

// What the server sends is made by the templates that made the page, with everything of a row escaped.
export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// Whether an entry is seen for the first time, so that the stream may send it again.
function know(item) {
  if (known.has(item.dataset.id)) return false;
  known.add(item.dataset.id);
  if (known.size > MOST_KNOWN) known.delete(known.values().next().value);
  return true;
}

function retarget(rel, parameter, item, text) {
  let anchor = link(rel);
  if (!anchor) {
    anchor = document.createElement("a");
    anchor.rel = rel;
    anchor.textContent = text;
    const place = document.createElement("p");
    place.className = "place";
    place.append(anchor);
    if (rel === "next") feed.after(place);
    else feed.before(place);
    watch();
  }
  const url = new URL(location.pathname + location.search, location.href);
  for (const name of ["before", "after"]) url.searchParams.delete(name);
  url.searchParams.set(parameter, item.dataset.place);
  anchor.href = url;
}

// Keeps the page fast however long it is read: what leaves at one end is loaded again when it is scrolled to.
function trim(end) {
  const all = [...entries()];
  const extra = all.length - MOST_ENTRIES;
  if (extra <= 0) return;
  const leaving = end === "bottom" ? all.slice(-extra) : all.slice(0, extra);
  if (leaving.some((item) => item.contains(document.activeElement))) return;
  const height = listHeight();
  for (const item of leaving) item.remove();
  if (end === "bottom") {
    byId("entries").querySelector(".end")?.remove();
    retarget("next", "before", all[all.length - extra - 1], "Older");
  } else {
    isNewest = false;
    retarget("prev", "after", all[extra], "Newer");
    keepPlace(height, false);
  }
}

const listHeight = () => byId("entries").offsetHeight;

// Keeps what is read where it is. A browser with scroll anchoring does so itself unless something above the list is in sight.
function keepPlace(height, isTopInSight) {
  if (isTopInSight || !CSS.supports("overflow-anchor", "auto")) window.scrollBy(0, listHeight() - height);
}

function tidy() {
  showTimes(feed);
  showDays(feed);
  byId("nothing").hidden = entries().length > 0;
}

const isLoadedLater = (item) => link("next") && !(item.dataset.place > [...entries()].at(-1)?.dataset.place);

function insert(item) {
  if (isLoadedLater(item)) return;
  let next = feed.querySelector(":scope > .entry");
  while (next && next.dataset.place > item.dataset.place) {
    do next = next.nextElementSibling; while (next && !next.classList.contains("entry"));
  }
  feed.insertBefore(item, next);
}

function showUnread() {
  const count = held.length + elsewhere;
  const text = `${count}${count >= 100 ? "+" : ""}`;
  document.title = count ? `(${text}) ${title}` : title;
  const pill = byId("release");
  pill.hidden = held.length === 0;
  if (held.length) pill.textContent = `${text} new ${count === 1 ? "post" : "posts"}`;
}

function release() {
  if (!isNewest || held.length > MOST_ENTRIES) return false;
  held.splice(0).forEach(insert);
  tidy();
  trim("bottom");
  showUnread();
  return true;
}

const isReading = () => window.scrollY > NEAR_TOP || !isNewest;

export function onEntry(html) {
  const item = parsed(html).querySelector("li");
  if (!know(item) || isLoadedLater(item)) return;
  item.classList.add("new");
  held.push(item);
  if (isReading()) showUnread();
  else release();
}

export function onUnread(answer) {
  elsewhere = answer.unread;
  showUnread();
}

// --- older and newer ones, as the list is scrolled ---

let loading = false;
const observer = new IntersectionObserver((seen) => {
  for (const one of seen) if (one.isIntersecting) more(one.target);
}, { rootMargin: "400px" });

function watch() {
  observer.disconnect();
  for (const rel of ["next", "prev"]) if (link(rel)) observer.observe(link(rel));
}

async function more(anchor) {
  if (loading || !anchor.isConnected) return;
  loading = true;
  const list = feed;
  const isOlder = anchor.relList.contains("next");
  try {
    const answer = await fetch(anchor.href, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const other = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (list !== feed) {  // another filter was chosen meanwhile
      loading = false;
      return watch();
    }
    const shown = new Set([...entries()].map((item) => item.dataset.id));
    const found = [...other.querySelectorAll("#feed > .entry")].map((item) => document.adoptNode(item))
      .filter((item) => !shown.has(item.dataset.id));
    found.forEach(know);
    held = held.filter((item) => !found.some((one) => one.dataset.id === item.dataset.id));
    showUnread();
    const height = listHeight();
    const isTopInSight = feed.getBoundingClientRect().top > 0;
    if (isOlder) feed.append(...found);
    else feed.prepend(...found);
    const next = other.querySelector(`#entries a[rel~="${isOlder ? "next" : "prev"}"]`);
    if (next && next.getAttribute("href") !== anchor.getAttribute("href")) anchor.setAttribute("href", next.getAttribute("href"));
    else {
      anchor.closest(".place").remove();
      if (!isOlder) isNewest = true;
    }
    tidy();
    if (!isOlder) keepPlace(height, isTopInSight);
    trim(isOlder ? "top" : "bottom");
    loading = false;
    watch();
  } catch {
    setTimeout(() => { loading = false; watch(); }, 3000);  // the link stays, for a click as well
  }
}

// --- the beginning, and again when another filter was chosen ---

export function begin() {
  feed = byId("feed");
  known.clear();
  held = [];
  elsewhere = 0;
  isNewest = Boolean(document.body.dataset.stream);
  showUnread();
  if (!feed) return;
  for (const item of entries()) know(item);
  tidy();
  watch();
}

export function setUp(goToNewest) {
  byId("release").addEventListener("click", () => {
    if (!release()) return goToNewest();
    window.scrollTo({ top: 0 });
    feed.querySelector(".entry a")?.focus({ preventScroll: true });
  });
  window.addEventListener("scroll", () => { if (held.length && !isReading()) release(); }, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) { elsewhere = 0; showUnread(); }
  });
  setInterval(() => { if (feed && !document.hidden) tidy(); }, 15000);
}
