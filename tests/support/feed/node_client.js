// A client of Node's `eventsource` or `ws`, as a front end's server has it: prints what it is handed, a JSON line each.
// Arguments: eventsource or ws, the address, headers as JSON. A line on its input is sent over the socket.
"use strict";
const [kind, address, given] = process.argv.slice(2);
const headers = JSON.parse(given);
const say = (type, more) => process.stdout.write(JSON.stringify({ type, ...more }) + "\n");

function eventsource() {
  const found = require("eventsource");
  const EventSource = found.EventSource ?? found;
  const fetching = (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } });
  const source = new EventSource(address, { headers, fetch: fetching });  // before version 3, and since
  source.addEventListener("open", () => say("open"));
  source.addEventListener("error", (event) => say("error", { code: event.status ?? event.code, state: source.readyState }));
  for (const type of ["message", "agent_post", "gap", "position"]) {
    source.addEventListener(type, (event) => say(type, { id: event.lastEventId, data: event.data }));
  }
}

function ws() {
  const WebSocket = require("ws");
  const socket = new WebSocket(address, { headers });
  socket.on("open", () => say("open"));
  socket.on("message", (data) => say("message", { data: data.toString() }));
  socket.on("ping", () => say("ping"));
  socket.on("unexpected-response", (_, response) => { say("refused", { code: response.statusCode }); process.exit(); });
  socket.on("error", (error) => say("error", { code: error.code }));
  socket.on("close", (code) => { say("close", { code }); process.exit(); });
  process.stdin.on("data", (data) => socket.send(data.toString()));
}

({ eventsource, ws })[kind]();
