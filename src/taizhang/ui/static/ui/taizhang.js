/* What pages do beyond links and forms. No inline script anywhere, so that a strict Content-Security-Policy holds. */
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const on = (name, handler, root = document) => root.addEventListener(name, handler);

  /* Notices in the corner: errors stay until closed, the rest leave by themselves. */
  function toast({ message, remedy = "", level = "info" }) {
    const note = byId("toast").content.firstElementChild.cloneNode(true);
    note.classList.add(`tz-${level}`);
    note.querySelector("[data-text]").textContent = remedy ? `${message}\n处理办法：${remedy}` : message;
    note.querySelector("[data-close]").addEventListener("click", () => note.remove());
    byId("toasts").append(note);
    if (level !== "error") setTimeout(() => note.remove(), 6000);
  }
  on("toast", (event) => toast(event.detail.value ?? event.detail));

  /* htmx: the CSRF header on every write, and an error that is always said with what to do. */
  on("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (event.detail.verb !== "get" && token) event.detail.headers["X-CSRFToken"] = token.content;
    if (event.target.matches(".tz-filters")) tidyFilter(event.detail.parameters);
  });

  /* A filter keeps the order and page size of the list it filters, and leaves what is not chosen out of the address. */
  function tidyFilter(parameters) {
    const address = new URLSearchParams(location.search);
    for (const name of ["sort", "size"]) if (address.has(name)) parameters[name] = address.get(name);
    for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
  }
  on("htmx:responseError", (event) => toast({ level: "error", ...problemOf(event.detail.xhr) }));
  on("htmx:sendError", () => toast({ level: "error", message: "网络不通，没有提交。", remedy: "页面上的内容还在，网络恢复后再试一次。" }));
  on("htmx:timeout", () => toast({ level: "error", message: "等待时间过长，没有得到答复。", remedy: "先刷新查看是否已经办成，再决定是否重试。" }));

  function problemOf(xhr) {
    const kind = xhr.getResponseHeader("Content-Type") || "";
    if (xhr.status === 401) return { message: "登录已过期，没有提交。", remedy: "在新的窗口重新登录后，回到本页再提交，填写的内容不会丢。" };
    if (kind.includes("json")) {
      try { return JSON.parse(xhr.responseText); } catch { /* not the JSON it claims to be: said as a plain failure below */ }
    }
    const page = new DOMParser().parseFromString(kind.includes("html") ? xhr.responseText : "", "text/html");
    const message = page.querySelector("[data-message], h1")?.textContent.trim();
    return { message: message || `没有办成（${xhr.status}）。`, remedy: page.querySelector("[data-remedy]")?.textContent.trim() || "稍后重试；仍然不行的，请告诉管理员。" };
  }

  /* Confirmation in our own dialog, for hx-confirm and for <form data-confirm>. */
  function confirmed(question, go) {
    const dialog = byId("confirm");
    byId("confirm-text").textContent = question;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && go(), { once: true });
    dialog.showModal();
  }
  on("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    confirmed(event.detail.question, () => event.detail.issueRequest(true));
  });
  on("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (question && !form.dataset.agreed) {
      event.preventDefault();
      confirmed(question, () => { form.dataset.agreed = "yes"; form.requestSubmit(event.submitter); delete form.dataset.agreed; });
      return;
    }
    if (!event.defaultPrevented) form.dataset.sent = "yes";
  });

  /* One listener for all clicks on things with a data attribute. */
  on("click", (event) => {
    const find = (selector) => event.target.closest(selector);
    const opener = find("[data-dialog]");
    if (opener) byId(opener.dataset.dialog)?.showModal();
    if (find("[data-close]")) find("dialog")?.close();
    if (find("[data-print]")) window.print();
    if (find("[data-back]") && history.length > 1) { event.preventDefault(); history.back(); }
    const menuButton = find(".tz-menu-button");
    if (menuButton) menuButton.setAttribute("aria-expanded", String(byId("menu").classList.toggle("tz-show")));
    document.querySelectorAll(".tz-drop[open]").forEach((drop) => { if (!drop.contains(event.target)) drop.open = false; });
  });

  /* Ticks of a table: one box for the whole page, and how many are ticked. */
  on("change", (event) => {
    const box = event.target;
    const form = box.form;
    if (!form || box.type !== "checkbox") return;
    const ticks = [...form.querySelectorAll('input[name="key"]')];
    if (box.matches("[data-tick-all]")) ticks.forEach((tick) => { tick.checked = box.checked; });
    const count = ticks.filter((tick) => tick.checked).length;
    form.querySelectorAll("[data-ticked]").forEach((place) => { place.textContent = String(count); });
    form.querySelectorAll("[data-needs-tick]").forEach((button) => { button.disabled = count === 0; });
  });

  /* Half-filled forms are not lost by a stray click: <form data-guard>. */
  on("input", (event) => { const form = event.target.form; if (form?.matches("[data-guard]")) form.dataset.dirty = "yes"; });
  on("htmx:afterRequest", (event) => { if (event.detail.successful && event.target.dataset) delete event.target.dataset.dirty; });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]:not([data-sent])")) event.preventDefault();
  });

  /* Files: names and sizes at once, a drop area that shows it listens, and the progress of sending. */
  const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
  on("change", (event) => {
    const area = event.target.type === "file" && event.target.closest(".tz-drop-area");
    if (area) area.querySelector("output").textContent = [...event.target.files].map((file) => `${file.name}（${size(file.size)}）`).join("、");
  });
  for (const name of ["dragenter", "dragleave", "drop"]) {
    on(name, (event) => event.target.closest?.(".tz-drop-area")?.classList.toggle("tz-over", name === "dragenter"));
  }
  on("htmx:xhr:progress", (event) => {
    const form = event.target.closest(".tz-upload");
    if (!form || !event.detail.lengthComputable) return;
    const bar = form.querySelector("progress");
    bar.hidden = false;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
    form.querySelector(".tz-upload-words").textContent =
      event.detail.loaded < event.detail.total ? `已上传 ${size(event.detail.loaded)} / ${size(event.detail.total)}` : "已上传，正在读取…";
  });
  on("htmx:afterRequest", (event) => {
    const form = event.target.closest?.(".tz-upload");
    if (!form) return;
    form.querySelector("progress").hidden = true;
    form.querySelector(".tz-upload-words").textContent = event.detail.successful ? "已完成" : "没有上传成功，请重试";
  });

  /* A document and the list of its marks point at each other. */
  function light(panel, ids, where) {
    panel.querySelectorAll(".tz-on").forEach((part) => part.classList.remove("tz-on"));
    const marks = [...panel.querySelectorAll("[data-marks]")].filter((part) => part.dataset.marks.split(" ").some((id) => ids.includes(id)));
    const items = [...panel.querySelectorAll("[data-mark]")].filter((item) => ids.includes(item.dataset.mark));
    [...marks, ...items].forEach((part) => part.classList.add("tz-on"));
    const goal = { text: marks[0], list: items[items.length - 1] }[where];
    goal?.scrollIntoView({ block: "center", behavior: "auto" });
  }
  /* Of nested marks the innermost is meant: it opened last. */
  const innermost = (part) => part.dataset.marks.split(" ").slice(-1);
  for (const [name, scrolls] of [["mouseover", false], ["click", true], ["focusin", false]]) {
    on(name, (event) => {
      const panel = event.target.closest?.("[data-marked]");
      if (!panel) return;
      const part = event.target.closest("[data-marks]");
      const item = event.target.closest("[data-mark]");
      if (part) light(panel, innermost(part), scrolls ? "list" : "");
      else if (item) {
        light(panel, [item.dataset.mark], scrolls ? "text" : "");
        if (scrolls && event.target.closest("a")?.hash) event.preventDefault();
      }
    });
  }
  on("change", (event) => {
    const panel = event.target.closest?.("[data-marked]");
    const kind = event.target.dataset?.kind;
    if (!panel || !kind) return;
    panel.classList.toggle(`tz-hide-${kind}`, !event.target.checked);
    panel.querySelectorAll(`[data-mark][data-kind="${kind}"]`).forEach((item) => { item.hidden = !event.target.checked; });
  });

  /* Keys of a list: j and k go down and up, x ticks the row, Enter opens it. */
  function walk(key) {
    const rows = [...document.querySelectorAll("#list .tz-table tbody tr")].filter((row) => row.querySelector("a.tz-open"));
    const at = rows.findIndex((row) => row.classList.contains("tz-here"));
    if (key === "j" || key === "k") {
      const next = rows[Math.min(rows.length - 1, Math.max(0, key === "j" ? at + 1 : at - 1))];
      rows[at]?.classList.remove("tz-here");
      next?.classList.add("tz-here");
      next?.scrollIntoView({ block: "nearest" });
      return Boolean(next);
    }
    if (at < 0) return false;
    if (key === "x") { rows[at].querySelector('input[name="key"]')?.click(); return true; }
    if (key === "Enter" && document.activeElement === document.body) { rows[at].querySelector("a.tz-open").click(); return true; }
    return false;
  }

  /* Keys: / search, ? help, g and a letter go to a menu item with that data-key. */
  let waiting = 0;
  on("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea, [contenteditable], dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (walk(event.key)) event.preventDefault();
    else if (event.key === "/") { event.preventDefault(); byId("search")?.focus(); }
    else if (event.key === "?") byId("help")?.showModal();
    else if (event.key === "g") waiting = Date.now();
    else if (Date.now() - waiting < 1500) { waiting = 0; document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click(); }
  });
  /* Ctrl+Enter sends the form one types in; Ctrl+Z and Ctrl+Y outside of a field press a page's undo and redo. */
  on("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (event.key === "Enter" && event.target.form) { event.preventDefault(); event.target.form.requestSubmit(); }
    const button = !typing && document.querySelector({ z: "[data-undo]", y: "[data-redo]" }[event.key.toLowerCase()] || "none");
    if (button && !button.disabled) { event.preventDefault(); button.click(); }
  });
  /* A dialog whose form was refused opens again, as it was filled in. */
  document.querySelector("dialog[data-open]")?.showModal();
  const keys = document.querySelector("[data-keys]");
  if (keys) {
    document.querySelectorAll("a[data-key]").forEach((link) => {
      const [term, words] = [document.createElement("dt"), document.createElement("dd")];
      for (const key of ["g", link.dataset.key]) { const cap = document.createElement("kbd"); cap.textContent = key; term.append(cap); }
      words.textContent = (link.querySelector("span") ?? link).textContent.trim();
      keys.append(term, words);
    });
  }
})();
