/* The views of a task list from the keyboard: 1–7 choose the view, [ ] turn the month, j k h l move among cards and days.
   Rows of tables are walked by the general keys; the help (?) says all of it. */
(() => {
  "use strict";
  const list = document.getElementById("list");
  if (!list) return;
  const links = () => [...list.querySelectorAll(".tz-card, .tz-calendar a")];

  function go(link) {
    if (!link) return;
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function step(by) {
    const all = links();
    const at = all.indexOf(document.activeElement);
    go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
  }

  /* The next column of the board that holds a card. */
  function across(by) {
    const piles = [...list.querySelectorAll(".tz-board section")].filter((pile) => pile.querySelector(".tz-card"));
    const at = piles.indexOf(document.activeElement.closest?.(".tz-board section"));
    go(piles[at < 0 ? 0 : Math.min(Math.max(at + by, 0), piles.length - 1)]?.querySelector(".tz-card"));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable], dialog[open]")) return;
    const many = links().length > 0;
    if (/^[1-9]$/.test(event.key)) list.querySelectorAll(".tz-lenses a")[Number(event.key) - 1]?.click();
    else if (event.key === "[") list.querySelector("a[rel=prev]")?.click();
    else if (event.key === "]") list.querySelector("a[rel=next]")?.click();
    else if (many && event.key === "j") step(1);
    else if (many && event.key === "k") step(-1);
    else if (many && event.key === "h") across(-1);
    else if (many && event.key === "l") across(1);
    else return;
    event.preventDefault();
  });

  const help = document.querySelector("[data-keys]");
  const lines = [
    [["1", "7"], "表格、看板、甘特图、日历、按单位、按责任人、按章节"],
    [["j", "k"], "看板、日历里下一项、上一项"],
    [["h", "l"], "看板左一列、右一列"],
    [["[", "]"], "日历上个月、下个月"],
  ];
  for (const [keys, words] of help ? lines : []) {
    const [term, said] = [document.createElement("dt"), document.createElement("dd")];
    for (const key of keys) { const cap = document.createElement("kbd"); cap.textContent = key; term.append(cap); }
    said.textContent = words;
    help.append(term, said);
  }
})();
