/* The desk from the keyboard: j k move, e a s x act on the row, Esc gives a change up. */
(() => {
  "use strict";
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const rows = () => [...desk.querySelectorAll(".tz-plan-row")];
  const current = () => document.activeElement?.closest?.(".tz-plan-row") || desk.querySelector(".tz-plan-row.tz-on");
  const acts = { e: "edit", a: "check", s: "split" };
  let swapped = "";

  /* A click on the row lets the text scroll to its place; focus makes the keys act on it. */
  function go(row) {
    if (!row) return;
    row.focus({ preventScroll: true });
    row.click();
    row.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = rows();
    const at = all.indexOf(current());
    go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog[open]")) return;
    if (event.key === "Escape") { event.target.closest(".tz-editing")?.querySelector("[data-act=cancel]")?.click(); return; }
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (acts[event.key]) current()?.querySelector(`[data-act=${acts[event.key]}]`)?.click();
    else if (event.key === "x") current()?.querySelector("input[name=key]")?.click();
    else return;
    event.preventDefault();
  });

  /* How many rows are ticked; without any there is nothing to assign or merge. */
  const bar = document.getElementById("ticked");
  function count() {
    if (!bar) return;
    const ticked = desk.querySelectorAll("input[name=key]:checked").length;
    bar.querySelector("[data-count]").textContent = String(ticked);
    bar.querySelectorAll("button").forEach((button) => { button.disabled = ticked === 0; });
  }
  desk.addEventListener("change", count);
  count();

  /* A row that was exchanged keeps the focus: while it is mended the missing unit, or its first field, else the row itself. */
  document.addEventListener("htmx:beforeSwap", (event) => { swapped = event.target.closest?.(".tz-plan-row")?.id || ""; });
  document.addEventListener("htmx:afterSettle", () => {
    const row = swapped && document.getElementById(swapped);
    swapped = "";
    count();
    if (!row) return;
    const unit = row.querySelector("[name=leads]");
    const field = unit && !unit.value ? unit : row.querySelector("form input:not([type=hidden]), form textarea");
    (field || row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  });
  if (location.hash.startsWith("#t")) go(document.getElementById(location.hash.slice(1)));
})();
