// Keeps an open page up to date. Without this script the pages say the same, as of the time they were loaded.

import { begin, onEntry, onUnread, parsed, setUp } from "./feed.js";
import { connect } from "./live.js";
import { showTimes } from "./times.js";

const byId = (id) => document.getElementById(id);
const filter = byId("filter");

function showTrouble(isTrouble) {
  const place = byId("trouble");
  if (!isTrouble) place.replaceChildren();
  else if (!place.firstElementChild) {
    const text = document.createElement("p");
    text.className = "trouble";
    text.textContent = "The database does not answer. This page continues when it is back.";
    place.append(text);
  }
}

// A part in which somebody is at work, by keyboard or with something open, stays as it is.
function replace(id, html) {
  const part = byId(id);
  if (!part || part.contains(document.activeElement)) return;
  if (id === "dead" && part.querySelector("details[open]:not([id])")) return;
  const open = [...part.querySelectorAll("details[open][id]")].map((details) => details.id);
  const content = parsed(html);
  showTimes(content);
  part.replaceChildren(content);
  for (const details of open) if (byId(details)) byId(details).open = true;
}

function follow() {
  const parts = Object.fromEntries(["glance", "figures", "deliveries", "dead"].map((id) => [id, (html) => replace(id, html)]));
  const ofFeed = filter ? { entry: onEntry, unread: onUnread, gap: () => { byId("gap").hidden = false; } } : {};
  connect(document.body.dataset.stream || "", { trouble: showTrouble, ...parts, ...ofFeed });
}

// --- filters, which apply as they are chosen ---

async function load(url, isNew) {
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const other = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!other.getElementById("entries")) throw new Error("another page");
    byId("entries").replaceWith(document.adoptNode(other.getElementById("entries")));
    document.querySelector(".feeds").replaceWith(document.adoptNode(other.querySelector(".feeds")));
    document.body.dataset.stream = other.body.dataset.stream || "";
    byId("gap").hidden = true;
    if (isNew) history.pushState(null, "", url);
    else for (const field of filter.elements) restore(field, other.querySelector(`#filter [name="${field.name}"]`));
    begin();
    follow();
  } catch { location.assign(url); }
}

function restore(field, other) {
  if (!other) return;
  if (field.type === "checkbox") field.checked = other.defaultChecked;
  else field.value = field.tagName === "SELECT" ? (other.querySelector("[selected]")?.value ?? "") : other.defaultValue;
}

function address() {
  const url = new URL("./", document.baseURI);
  for (const [name, value] of new FormData(filter)) if (value) url.searchParams.append(name, value);
  return url;
}

let applied = "";
function apply() {
  const url = address();
  if (url.href === applied) return;
  applied = url.href;
  load(url, true);
}

let asking = 0;
function offerAgents() {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const url = new URL("agents", document.baseURI);
    url.searchParams.set("q", filter.elements.agent.value);
    const answer = await fetch(url);
    if (!answer.ok) return;
    byId("agents").replaceChildren(...(await answer.json()).map((agent) => {
      const option = document.createElement("option");
      option.value = agent.value;
      option.textContent = agent.label;
      return option;
    }));
  }, 150);
}

if (filter) {
  filter.querySelector(".apply").classList.add("unseen");
  filter.querySelector(".apply").tabIndex = -1;
  applied = address().href;
  filter.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  filter.addEventListener("change", apply);
  filter.elements.q.addEventListener("search", apply);
  filter.elements.agent.addEventListener("input", (event) => {
    if (event.inputType === "insertReplacementText" || !event.inputType) apply();  // chosen from the list
    else offerAgents();
  });
  const unfold = byId("unfold");
  unfold.hidden = false;
  filter.classList.toggle("folded", !location.search);
  unfold.addEventListener("click", () => unfold.setAttribute("aria-expanded", String(!filter.classList.toggle("folded"))));
  window.addEventListener("popstate", () => load(new URL(location.href), false));
  setUp(() => load(address(), false));
  begin();
}

showTimes(document);
byId("times").textContent = `· times in ${Intl.DateTimeFormat().resolvedOptions().timeZone}`;
if (byId("live")) follow();
