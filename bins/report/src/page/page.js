// The browser of dialogues and the choice of light or dark. Text of dialogues only ever becomes text nodes.
"use strict";

const $ = (selector) => document.querySelector(selector);

/** An element with a class and children; strings become text. */
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null));
  return made;
}

// --- light and dark ------------------------------------------------------------------------------------------------

const dark = matchMedia("(prefers-color-scheme: dark)");

/** A page opened from a file may be denied a memory. */
function remembered() {
  try { return localStorage.getItem("reattempt-theme"); } catch { return null; }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function changeTheme() {
  const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  setTheme(theme);
  try { localStorage.setItem("reattempt-theme", theme); } catch { /* asked again next time */ }
}

setTheme(remembered() ?? (dark.matches ? "dark" : "light"));
dark.addEventListener("change", () => { if (!remembered()) setTheme(dark.matches ? "dark" : "light"); });
$("#theme").addEventListener("click", changeTheme);

// --- dialogues -----------------------------------------------------------------------------------------------------

const groups = JSON.parse($("#data").textContent);
const filters = $("#filters");
let shown = [];
let place = 0;

const COLOURS = {
  none: "none", logprobs: "log-probability", advantages: "advantage", values: "value",
};

function options(name, entries) {
  const select = filters.elements[name];
  const before = select.value;
  select.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
  if (entries.some(([value]) => String(value) === before)) select.value = before;
}

const currentGroup = () => groups[Number(filters.elements.group.value)];

/** What can be chosen depends on the file. */
function offer() {
  const dialogues = currentGroup().dialogues;
  const distinct = (of) => [...new Set(dialogues.map(of))];
  options("source", [["", "all"], ...distinct((one) => one.source).sort().map((name) => [name, name])]);
  const solved = distinct((one) => one.solved_at).filter((at) => at !== null).sort((a, b) => a - b);
  options("outcome", [["", "all"], ...solved.map((at) => [at, `solved at attempt ${at}`]), ["unsolved", "unsolved"]]);
  const has = (column) => dialogues.some((one) => one.turns.some((turn) => turn[column]));
  options("colour", Object.entries(COLOURS).filter(([column]) => column === "none" || has(column)));
}

function matches(dialogue) {
  const wanted = filters.elements;
  const outcome = wanted.outcome.value;
  const text = wanted.text.value.toLowerCase();
  const words = () => [dialogue.id, dialogue.question, dialogue.answer, ...dialogue.turns.map((turn) => turn.text)];
  return (!wanted.source.value || dialogue.source === wanted.source.value)
    && (!outcome || String(dialogue.solved_at ?? "unsolved") === outcome)
    && (!wanted.changed.checked || dialogue.changed)
    && (!text || words().join("\n").toLowerCase().includes(text));
}

function refilter() {
  shown = currentGroup().dialogues.filter(matches);
  go(0);
}

function go(to) {
  place = Math.max(0, Math.min(to, shown.length - 1));
  $("#place").textContent = shown.length ? `${place + 1} of ${shown.length}` : "none";
  $("#previous").disabled = place <= 0;
  $("#next").disabled = place >= shown.length - 1;
  draw();
}

function draw() {
  const article = $("#dialogue");
  if (!shown.length) {
    $("#scale").replaceChildren();
    article.replaceChildren(element("p", "muted", "No dialogue is like that."));
    return;
  }
  const dialogue = shown[place];
  const facts = [dialogue.source, dialogue.id, `${dialogue.allowed} attempts allowed`];
  if (dialogue.stop) facts.push(dialogue.stop);
  if (dialogue.reward !== null) facts.push(`reward ${dialogue.reward}`);
  const paint = painter(dialogue);
  article.replaceChildren(
    element("p", "facts", facts.filter(Boolean).join(" · ")),
    element("p", "question", dialogue.question),
    element("p", "facts", `Reference answer: ${dialogue.answer}`),
    ...dialogue.turns.flatMap((turn, at) => drawTurn(turn, at + 1, paint)),
  );
}

function drawTurn(turn, number, paint) {
  const verdict = element("span", `verdict ${turn.verdict}`, turn.verdict.replace("_", " "));
  const answer = turn.answer === null ? "No answer was found." : `Answer read: ${turn.answer}`;
  const paid = turn.reward === null ? "" : ` Reward of this attempt: ${turn.reward}.`;
  const attempt = element("section", "turn",
    element("h3", "", `Attempt ${number}`, verdict),
    element("div", "text", ...(turn.tokens.length ? turn.tokens.map((text, at) => paint(turn, text, at)) : [turn.text])),
    element("p", "reason", `${answer} – ${turn.reason}${paid}`));
  return turn.feedback ? [attempt, element("div", "feedback", turn.feedback)] : [attempt];
}

/** How a token is drawn: strong where it was unlikely, or by sign and size. */
function painter(dialogue) {
  const column = filters.elements.colour.value;
  const numbers = dialogue.turns.flatMap((turn) => turn[column] ?? []);
  const most = Math.max(1e-6, ...numbers.map(Math.abs));
  explain(column, most);
  return (turn, text, at) => {
    const span = element("span", "", text);
    const number = turn[column]?.[at];
    if (number === undefined) return span;
    span.style.background = background(column, number, most);
    span.title = `${COLOURS[column]} ${number}`;
    return span;
  };
}

function background(column, number, most) {
  const strength = column === "logprobs" ? 1 - Math.exp(Math.min(0, number)) : Math.abs(number) / most;
  const hue = number < 0 ? "--warm" : "--cool";
  return `rgba(var(${hue}), ${(0.65 * strength).toFixed(3)})`;
}

function explain(column, most) {
  const sample = (number, text) => {
    const made = element("i", "", text);
    made.style.background = background(column, number, most);
    return made;
  };
  const scales = {
    none: [],
    logprobs: ["probability", sample(0, "1"), sample(Math.log(0.5), "0.5"), sample(-9, "0")],
    advantages: ["advantage", sample(-most, `−${most}`), sample(0, "0"), sample(most, `+${most}`)],
    values: ["value", sample(-most, `−${most}`), sample(0, "0"), sample(most, `+${most}`)],
  };
  $("#scale").replaceChildren(...scales[column || "none"]);
}

// --- keys ----------------------------------------------------------------------------------------------------------

function nextColour() {
  const select = filters.elements.colour;
  select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
  draw();
}

const KEYS = {
  j: () => go(place + 1), ArrowRight: () => go(place + 1),
  k: () => go(place - 1), ArrowLeft: () => go(place - 1),
  "/": () => filters.elements.text.focus(),
  c: nextColour,
};

function showKeys() {
  $("#keys").open ? $("#keys").close() : $("#keys").showModal();
}

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.matches?.("input, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const action = { t: changeTheme, "?": showKeys, ...(filters ? KEYS : {}) }[event.key];
  if (!action || ($("#keys").open && event.key !== "?")) return;
  event.preventDefault();
  action();
}

document.addEventListener("keydown", pressed);

if (filters) {
  options("group", groups.map((group, at) => [at, new Set(groups.map((one) => one.run)).size > 1
    ? `${group.run}: ${group.name}` : group.name]));
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.elements.colour.addEventListener("change", draw);
  filters.elements.group.addEventListener("change", () => { offer(); refilter(); });
  for (const name of ["source", "outcome", "changed"]) filters.elements[name].addEventListener("change", refilter);
  filters.elements.text.addEventListener("input", refilter);
  $("#previous").addEventListener("click", () => go(place - 1));
  $("#next").addEventListener("click", () => go(place + 1));
  $("#help").addEventListener("click", showKeys);
  offer();
  refilter();
}
