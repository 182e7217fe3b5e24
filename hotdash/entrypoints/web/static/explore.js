"use strict";

/* The line of Explore: drawn by the server, livened with the same answer the table was made of. */
for (const plot of document.querySelectorAll("[data-lines]")) {
  livenLines(plot).catch((error) => {
    plot.dataset.hydrated = "failed";
    console.warn("The chart stays as the server drew it:", error);
  });
}

async function livenLines(element) {
  const told = element.dataset;
  const [spec, answer] = await Promise.all([
    fetchJson(told.spec),
    fetchJson(told.lines),
    loadScript(told.vega),
  ]);
  const live = element.querySelector(".live");
  const days = answer.rows.map((row) => pointOf(row, told));
  const draw = () => drawChart(live, spec, { currency: answer.currency, days }, told);
  await draw();
  live.classList.add("ready");
  element.querySelector(".drawing").classList.add("under");
  element.dataset.hydrated = "true";
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

function pointOf(row, told) {
  const cell = row.values[told.metric];
  const hasBase = row.base_days !== null && cell.base !== null;
  const words = [spanText(row.days), amountText(cell.value, row.currency, told)];
  if (hasBase) words.push(`vs ${amountText(cell.base, row.currency, told)}, ${spanText(row.base_days)}`);
  return {
    day: row.days[0],
    value: cell.value,
    base_day: hasBase ? row.base_days[0] : null,
    base_value: hasBase ? cell.base : null,
    words,
  };
}

function spanText([first, last]) {
  return first === last ? dayText(first) : `${dayText(first)} to ${dayText(last)}`;
}

function amountText(value, currency, { money, decimals, share }) {
  if (value === null) return "–";
  if (money === "true") return valueText(value, { unit: currency, currency });
  const places = { minimumFractionDigits: Number(decimals), maximumFractionDigits: Number(decimals) };
  if (share !== "true") return new Intl.NumberFormat("en-US", places).format(value);
  const percent = { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return new Intl.NumberFormat("en-US", percent).format(value);
}
