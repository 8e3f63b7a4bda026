// Keeps an open page up to date. Without this script the pages say the same, as of the time they were loaded.
"use strict";

(() => {
  const MOST_ENTRIES = 200;
  const AGAIN_MILLISECONDS = 10000;
  const byId = (id) => document.getElementById(id);
  const live = byId("live");
  const feed = byId("feed");

  // --- times, in the reader's own zone ---

  const sameDay = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
  const otherDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

  function tellTimes(within) {
    const today = new Date().toDateString();
    for (const time of within.querySelectorAll("time:not([title])")) {
      const at = new Date(time.dateTime);
      time.title = at.toString();
      time.textContent = (at.toDateString() === today ? sameDay : otherDay).format(at);
    }
  }

  tellTimes(document);
  byId("times").textContent = "· times are yours";

  // --- the state of the connection ---

  function say(text, isOn) {
    live.hidden = false;
    live.classList.toggle("on", isOn);
    if (live.textContent !== text) live.textContent = text;
  }

  function tellTrouble(isTrouble) {
    const place = byId("trouble");
    if (!isTrouble) place.replaceChildren();
    else if (!place.firstElementChild) {
      const text = document.createElement("p");
      text.className = "trouble";
      text.textContent = "The database does not answer. This page continues when it is back.";
      place.append(text);
    }
  }

  // --- entries ---

  // What the server sends is made by the templates that made the page, with everything of a row escaped.
  function parsed(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  const known = new Set();
  const held = [];
  let holding = false;

  function show(item) {
    let next = feed.firstElementChild;
    while (next && next.dataset.place > item.dataset.place) next = next.nextElementSibling;
    if (!next && feed.childElementCount >= MOST_ENTRIES) return;
    feed.insertBefore(item, next);
    tellTimes(item);
    byId("nothing").hidden = true;
    while (feed.childElementCount > MOST_ENTRIES && !feed.lastElementChild.contains(document.activeElement)) {
      feed.lastElementChild.remove();
    }
  }

  function onEntry(html) {
    const item = parsed(html).querySelector("li");
    if (known.has(item.dataset.id)) return;
    known.add(item.dataset.id);
    if (known.size > 20000) known.delete(known.values().next().value);
    item.classList.add("new");
    if (holding) {
      held.push(item);
      if (held.length > MOST_ENTRIES) held.shift();
      tellHeld();
    } else show(item);
  }

  function tellHeld() {
    const release = byId("release");
    release.hidden = held.length === 0;
    release.textContent = `Show ${held.length} new`;
  }

  function letGo() {
    held.splice(0).forEach(show);
    tellHeld();
  }

  if (feed && byId("hold")) {
    byId("hold").addEventListener("click", () => {
      holding = !holding;
      byId("hold").setAttribute("aria-pressed", String(holding));
      byId("hold").textContent = holding ? "Show new posts" : "Hold new posts";
      if (!holding) letGo();
    });
    byId("release").addEventListener("click", () => {
      letGo();
      byId("hold").focus();
    });
  }

  // --- figures ---

  // A part in which somebody is at work, by keyboard or with something open, stays as it is.
  function replace(id, html) {
    const part = byId(id);
    if (!part || part.contains(document.activeElement)) return;
    if (id === "dead" && part.querySelector("details[open]")) return;
    const open = [...part.querySelectorAll("details[open][id]")].map((details) => details.id);
    const content = parsed(html);
    tellTimes(content);
    part.replaceChildren(content);
    for (const details of open) if (byId(details)) byId(details).open = true;
  }

  // --- the stream ---

  const address = document.body.dataset.stream;
  let source = null;
  let last = null;
  let again = 0;

  function connect() {
    clearTimeout(again);
    const url = new URL(address, document.baseURI);
    if (last) url.searchParams.set("after", last);
    source = new EventSource(url);
    source.addEventListener("open", () => say("Live", true));
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return say("Reconnecting…", false);
      say("Not live", false);
      again = setTimeout(connect, AGAIN_MILLISECONDS);
    });
    const on = (kind, act) => source.addEventListener(kind, (event) => act(JSON.parse(event.data)));
    source.addEventListener("entry", (event) => { last = event.lastEventId; });
    on("entry", onEntry);
    on("gap", () => { byId("gap").hidden = false; });
    on("trouble", tellTrouble);
    on("glance", (html) => replace("glance", html));
    on("figures", (html) => replace("figures", html));
    on("dead", (html) => replace("dead", html));
  }

  // A page that nobody sees needs no stream: browsers allow few of them to one server.
  function follow() {
    if (document.hidden) {
      clearTimeout(again);
      if (source) source.close();
      source = null;
    } else if (!source) connect();
  }

  if (address && "EventSource" in window) {
    if (feed) {
      for (const item of feed.children) known.add(item.dataset.id);
      byId("hold-bar").hidden = false;
    }
    say("Connecting…", false);
    follow();
    document.addEventListener("visibilitychange", follow);
    window.addEventListener("pagehide", () => { if (source) source.close(); source = null; });
    window.addEventListener("pageshow", follow);
  }
})();
