// The connection to the server's events: it comes back by itself, whatever happened, and says truthfully whether it is there.

const AGAIN_MILLISECONDS = 5000;
const UNREAD_MILLISECONDS = 30000;
const SILENT_MILLISECONDS = 40000;  // after which two signs of life are missing, of which the server sends one in 15 seconds
const live = document.getElementById("live");

let address = "";
let source = null;
let last = null;
let again = 0;
let unread = 0;
let heard = 0;
let inTrouble = false;
let handlers = {};

function say(text, isOn) {
  live.hidden = false;
  live.classList.toggle("on", isOn);
  if (live.textContent !== text) live.textContent = text;
}

function sayState() {
  if (inTrouble) say("Not live: the database does not answer", false);
  else if (!source) say("Paused", false);
  else if (source.readyState === EventSource.OPEN) say("Live", true);
  else say("Reconnecting…", false);
}

// Not all browsers at the same moment.
const jittered = (milliseconds) => milliseconds * (0.5 + Math.random());

function open() {
  clearTimeout(again);
  const url = new URL(address, document.baseURI);
  if (last) url.searchParams.set("after", last);
  const opened = source = new EventSource(url);
  heard = Date.now();
  // The first event says whether the database answers: until then it is not known whether this is live.
  opened.addEventListener("error", () => {
    if (opened !== source) return;
    sayState();
    if (opened.readyState !== EventSource.CLOSED) return;
    source = null;
    say("Not live", false);
    again = setTimeout(follow, jittered(AGAIN_MILLISECONDS));
  });
  opened.addEventListener("trouble", (event) => {
    inTrouble = JSON.parse(event.data);
    handlers.trouble(inTrouble);
    sayState();
  });
  // A stream begins with some that are older than the place it goes on from. Places compare as texts.
  opened.addEventListener("entry", (event) => { if (!last || event.lastEventId > last) last = event.lastEventId; });
  for (const kind of ["entry", "gap", "glance", "figures", "deliveries", "dead"]) {
    opened.addEventListener(kind, (event) => { if (handlers[kind]) handlers[kind](JSON.parse(event.data)); });
  }
  for (const kind of ["alive", "trouble", "entry", "glance", "figures"]) {
    opened.addEventListener(kind, () => { heard = Date.now(); });
  }
}

function close() {
  clearTimeout(again);
  if (source) source.close();
  source = null;
}

// A page that nobody sees needs no stream: browsers allow few of them to one server. It asks now and then what is new.
function follow() {
  clearTimeout(unread);
  if (!address) return;
  if (!document.hidden) {
    if (!source) { say("Connecting…", false); open(); }
    return;
  }
  close();
  sayState();
  if (handlers.unread) unread = setTimeout(askUnread, jittered(UNREAD_MILLISECONDS));
}

async function askUnread() {
  try {
    const url = new URL(address.replace(/^events/, "unread"), document.baseURI);
    if (last) url.searchParams.set("after", last);
    const answer = await fetch(url);
    if (answer.ok && document.hidden) handlers.unread(await answer.json());
  } catch { /* the next one may get through */ }
  if (document.hidden) follow();
}

// Follows another address from now on, none at all with an empty one.
export function connect(events, given) {
  close();
  handlers = given;
  address = "EventSource" in window ? events : "";
  last = new URL(events, document.baseURI).searchParams.get("after");
  inTrouble = false;
  live.hidden = !address;
  follow();
}

// A browser does not notice that a network or a server is gone as long as it sends nothing itself.
setInterval(() => {
  if (!source || source.readyState !== EventSource.OPEN || Date.now() - heard < SILENT_MILLISECONDS) return;
  close();
  follow();
}, AGAIN_MILLISECONDS);

document.addEventListener("visibilitychange", follow);
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", follow);
