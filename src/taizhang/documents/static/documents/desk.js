/* The review desk by keyboard: j and k walk over the doubts, Enter opens the one in focus. */
(() => {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, select, textarea, summary, button, dialog[open]")) return;
    const list = document.querySelector("[data-walk]");
    const items = list ? [...list.children].filter((item) => !item.hidden) : [];
    if (!items.length) return;
    const here = items.indexOf(document.activeElement?.closest("[data-walk] > li"));
    if (event.key === "j" || event.key === "k") {
      const next = event.key === "j" ? Math.min(here + 1, items.length - 1) : Math.max(here - 1, 0);
      items[next].focus();
      items[next].scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if (event.key === "Enter" && here >= 0 && document.activeElement === items[here]) {
      const fold = items[here].querySelector("details");
      if (!fold) return;
      fold.open = true;
      fold.querySelector("input[type=radio]")?.focus();
      event.preventDefault();
    }
  });
})();
