"use strict";

/* The view: choosing with a pointer shows it at once; with the keyboard, the button does. */
const view = document.querySelector("[data-view]");
if (view) {
  const button = view.querySelector("button");
  let pointed = false;
  button.hidden = true;
  document.addEventListener("pointerdown", () => { pointed = true; });
  document.addEventListener("keydown", () => { pointed = false; });
  document.addEventListener("change", (event) => {
    if (event.target.form !== view) return;
    if (pointed) view.requestSubmit();
    else button.hidden = false;
  });
}

/* The account menu closes like a menu: Escape, or a click elsewhere. */
const menu = document.querySelector("[data-menu]");
if (menu) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

/* A table wider than its box says so at the edge beyond which it goes on. */
for (const box of document.querySelectorAll(".table-scroll")) {
  const tell = () =>
    box.classList.toggle("goes-on", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  box.addEventListener("scroll", tell, { passive: true });
  new ResizeObserver(tell).observe(box);
}

/* What goes on without the reader is looked at again; once its state is another, so is the page. */
const followed = document.querySelector("[data-follow]");
if (followed && followed.dataset.follow !== "dead") setTimeout(follow, 3000, followed);

async function follow(shown) {
  if (!document.hidden) {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (answer?.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-follow]");
      if (found?.dataset.follow !== shown.dataset.follow) {
        if (!document.querySelector("details.answer[open]")) location.reload();
        return;
      }
      const isHeld = shown.contains(document.activeElement);
      if (!isHeld && found.innerHTML !== shown.innerHTML) shown.replaceChildren(...found.childNodes);
    }
  }
  setTimeout(follow, 3000, shown);
}

/* A one-time link is used by a person's browser, not by whatever fetches links in passing. */
const oneTime = document.querySelector("form[data-submit-now]");
if (oneTime) oneTime.requestSubmit();

/* The chart: the server drew it already; Vega takes over once it is here. */
const plot = document.querySelector("[data-plot]");
if (plot) hydrate(plot).catch((error) => {
  plot.dataset.hydrated = "failed";
  console.warn("The chart stays as the server drew it:", error);
});

async function hydrate(element) {
  const [spec, days] = await Promise.all([
    fetchJson(element.dataset.spec),
    fetchJson(element.dataset.days),
    loadScript(element.dataset.vega),
  ]);
  const live = element.querySelector(".live");
  const draw = () => drawChart(live, spec, days, element.dataset);
  await draw();
  live.classList.add("ready");
  element.querySelector(".drawing").classList.add("under");
  element.dataset.hydrated = "true";
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

function drawChart(live, spec, answer, { yTicks, yLabels, xTicks }) {
  const chart = structuredClone(spec);
  const [base, now, pointer, dot] = chart.layer;
  const colours = coloursOfPage();
  base.mark = { ...base.mark, color: colours.muted, strokeWidth: 1.5, strokeDash: [4, 3] };
  now.mark = { ...now.mark, color: colours.blue, strokeWidth: 2 };
  pointer.mark = { ...pointer.mark, color: colours.ink, strokeDash: [2, 2] };
  dot.mark = { ...dot.mark, color: colours.blue, filled: true, size: 50 };
  keepToScale(chart, now, yTicks.split(" ").map(Number), xTicks.split(" ").map(calendarDay));
  now.encoding.y.axis.labelExpr = labelsOf(yTicks.split(" ").map(Number), yLabels.split("|"));
  if (!answer.days.some((day) => day.base_day !== null)) chart.layer = [now, pointer, dot];
  chart.data.values = answer.days.map((day) => row(day, answer));
  return vegaEmbed(live, chart, {
    mode: "vega-lite",
    renderer: "svg",
    actions: false,
    ast: true,
    defaultStyle: false,
    tooltip: (_handler, event, item) => showReading(live.parentElement, event, item),
    config: look(colours),
  });
}

/* The scale of the server's drawing, so that nothing jumps when Vega takes over. */
function keepToScale(chart, now, yTicks, xTicks) {
  now.encoding.y.scale = { domain: [yTicks.at(0), yTicks.at(-1)], nice: false };
  now.encoding.y.axis.values = yTicks;
  chart.encoding.x.axis.values = xTicks;
}

/* The words of the server, so that an axis of minutes or shares reads as the drawing did. */
function labelsOf(ticks, labels) {
  return `${JSON.stringify(labels)}[indexof(${JSON.stringify(ticks)}, datum.value)]`;
}

function calendarDay(text) {
  const [year, month, date] = text.split("-").map(Number);
  return { year, month, date, utc: true };
}

/* The numbers only place the line; the words under the pointer come from the exact decimals. */
function row(day, answer) {
  const words = [dayText(day.day), valueText(day.value, answer)];
  if (day.base_day) {
    words.push(`vs ${valueText(day.base_value, answer)} on ${dayText(day.base_day)}`);
  }
  return {
    at: Date.parse(day.day),
    now: day.value === null ? null : Number(day.value),
    base: day.base_value === null ? null : Number(day.base_value),
    words: day.words ?? words,
  };
}

function dayText(day) {
  const part = (format) => new Date(day).toLocaleDateString("en-US", { ...format, timeZone: "UTC" });
  return `${part({ weekday: "short" })} ${part({ day: "numeric" })} ${part({ month: "short" })}`;
}

function valueText(value, { unit, currency }) {
  if (value === null) return "–";
  const number = (format) => new Intl.NumberFormat("en-US", format).format(value);
  if (unit === "share") return number({ style: "percent", maximumFractionDigits: 1 });
  if (unit === "minutes") return minutesText(Math.trunc(value));
  if (unit === currency) return number({ style: "currency", currency, currencyDisplay: "narrowSymbol" });
  return number({ maximumFractionDigits: 2 });
}

function minutesText(minutes) {
  const hours = Math.floor(minutes / 60);
  return hours ? `${hours}h ${String(minutes % 60).padStart(2, "0")}m` : `${minutes}m`;
}

/* With nearest points Vega hands over the cell around the point; the row is one datum deeper. */
function showReading(plot, event, item) {
  const reading = plot.querySelector(".reading");
  const words = item?.datum?.datum?.words ?? item?.datum?.words;
  reading.hidden = !words;
  if (!words) return;
  reading.replaceChildren(...words.map((text) => Object.assign(document.createElement("div"), {
    textContent: text,
  })));
  const box = plot.getBoundingClientRect();
  const across = event.clientX - box.left;
  const room = across + reading.offsetWidth + 24 < box.width;
  reading.style.left = `${room ? across + 16 : across - reading.offsetWidth - 16}px`;
  reading.style.top = `${Math.max(0, event.clientY - box.top - reading.offsetHeight - 8)}px`;
}

/* Colours come from the page, so that both themes and the print have theirs. */
function coloursOfPage() {
  const colour = (selector, property) =>
    getComputedStyle(document.querySelector(selector))[property];
  return {
    ink: colour("body", "color"),
    muted: colour(".legend li", "color"),
    blue: colour(".swatch .line:not(.base)", "stroke"),
    grid: colour(".drawing .grid", "stroke"),
  };
}

function look({ muted, grid }) {
  return {
    background: "transparent",
    font: getComputedStyle(document.body).fontFamily,
    view: { stroke: null },
    axis: {
      labelColor: muted, labelFontSize: 12, labelPadding: 6, gridColor: grid,
      domain: false, ticks: false,
    },
    line: { strokeJoin: "round", strokeCap: "round" },
  };
}

async function fetchJson(address) {
  const response = await fetch(address, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.json();
}

function loadScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${address} did not load`));
    document.head.append(script);
  });
}
