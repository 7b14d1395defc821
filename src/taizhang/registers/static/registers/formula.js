/* While a formula is typed: the fields and functions that begin so (or contain it), chosen by arrow keys or a click. */
(() => {
  "use strict";
  const MOST = 8;
  const WORD = /[\p{L}\p{N}_.]+$/u;
  let open = null; // {area, list, found, at, typed}

  const words = () => { const block = document.getElementById("formula-words"); return block ? JSON.parse(block.textContent) : []; };

  function matching(area, typed) {
    const aggregate = area.dataset.formula === "aggregate";
    const fits = words().filter((word) => (aggregate ? !word.row : !word.aggregate));
    const low = typed.toLowerCase();
    const ranked = fits.map((word) => {
      const shown = word.shown.toLowerCase();
      const last = shown.slice(shown.indexOf(".") + 1);
      return [shown.startsWith(low) ? 0 : last.startsWith(low) ? 1 : shown.includes(low) ? 2 : 9, word];
    }).filter(([rank, word]) => rank < 9 && word.text !== typed);
    // Equal ones stay in their order: the register's own fields, functions, other registers.
    return ranked.sort((one, two) => one[0] - two[0]).slice(0, MOST).map(([, word]) => word);
  }

  function close() {
    if (!open) return;
    open.area.removeAttribute("aria-activedescendant");
    open.area.setAttribute("aria-expanded", "false");
    open.list.remove();
    open = null;
  }

  function mark(at) {
    open.at = (at + open.found.length) % open.found.length;
    [...open.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === open.at)));
    open.list.children[open.at].scrollIntoView({ block: "nearest" });
    open.area.setAttribute("aria-activedescendant", open.list.children[open.at].id);
  }

  function offer(area) {
    close();
    const before = area.value.slice(0, area.selectionStart);
    const typed = before.match(WORD)?.[0] ?? "";
    // Inside '…' stands text, not a name.
    if (!typed || (before.split("'").length - 1) % 2) return;
    const found = matching(area, typed);
    if (!found.length) return;
    const list = document.createElement("ul");
    list.className = "maker-complete";
    list.id = "formula-complete";
    list.setAttribute("role", "listbox");
    found.forEach((word, index) => {
      const item = list.appendChild(document.createElement("li"));
      item.id = `formula-complete-${index}`;
      item.setAttribute("role", "option");
      item.append(Object.assign(document.createElement("code"), { textContent: word.shown }), Object.assign(document.createElement("small"), { textContent: word.hint }));
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
    });
    area.insertAdjacentElement("afterend", list);
    area.setAttribute("role", "combobox");
    area.setAttribute("aria-controls", list.id);
    area.setAttribute("aria-expanded", "true");
    open = { area, list, found, at: -1, typed };
    // A whole name stands already: longer ones are offered, and taken only when an arrow key chose one.
    if (!words().some((word) => word.text === typed)) mark(0);
  }

  function take(index) {
    const { area, found, typed } = open;
    const at = area.selectionStart;
    // The quotes that somebody typed belong to the name.
    const start = at - typed.length - (area.value[at - typed.length - 1] === '"' ? 1 : 0);
    area.setRangeText(found[index].text, start, area.value[at] === '"' ? at + 1 : at, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  document.addEventListener("input", (event) => { if (event.target.matches?.("textarea[data-formula]") && event.isTrusted) offer(event.target); });
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.area || event.isComposing) return;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowDown") mark(open.at + 1);
    else if (event.key === "ArrowUp") mark(Math.max(open.at, 0) - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && open.at >= 0) take(open.at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("focusout", (event) => { if (open && event.target === open.area) close(); });
})();

/* The form of a field shows what its type can say. What holds a value stays in sight, so that nothing is hidden away. */
(() => {
  "use strict";
  const holds = (control) => (control.type === "checkbox" ? control.checked : control.value.trim() !== "");

  function fit(form) {
    const type = form.querySelector("select[name=type]");
    for (const control of form.querySelectorAll("[data-fits]")) {
      const fits = control.dataset.fits.split(" ").includes(type.value);
      control.closest(".tz-field").hidden = !fits && !holds(control) && !control.closest(".tz-invalid");
    }
  }

  const form = () => document.querySelector(".maker-form:has([data-fits])");
  const start = () => { const found = form(); if (found) fit(found); };
  document.addEventListener("change", (event) => { if (event.target.matches(".maker-form select[name=type]")) fit(event.target.form); });
  document.addEventListener("htmx:load", start);
  start();
})();
