/* Autosave of a return: the cells that changed are sent a moment later; until they are acknowledged they lie in the
   browser too, so that neither a lost network nor a closed window loses them. */
(() => {
  "use strict";
  const form = document.getElementById("sheet");
  if (!form || !form.dataset.autosave) return;
  const place = `return:${form.dataset.return}`;
  const left = JSON.parse(localStorage.getItem(place) || "{}");
  // What was left behind counts only when nobody has saved or submitted since.
  const pending = new Map(left.revision === form.elements.revision.value ? Object.entries(left.cells) : []);
  const saved = document.getElementById("saved");
  let timer = 0, sending = false, tries = 0;

  const keep = () => pending.size ? localStorage.setItem(place, JSON.stringify({ revision: form.elements.revision.value, cells: Object.fromEntries(pending) })) : localStorage.removeItem(place);
  const later = (ms) => { clearTimeout(timer); timer = setTimeout(send, ms); };
  const named = (name) => form.elements.namedItem(name);

  for (const [name, value] of pending) { const control = named(name); if (control && "value" in control) control.value = value; }
  if (pending.size) later(500);

  form.addEventListener("input", (event) => {
    const { name, value } = event.target;
    if (!/^[vn]::/.test(name)) return;
    pending.set(name, value);
    const cell = event.target.closest("td");
    cell?.classList.remove("tz-old");
    cell?.querySelector(".tz-was b")?.remove();
    keep();
    later(1200);
  });

  async function send() {
    if (sending || !pending.size) return;
    sending = true;
    const batch = new Map(pending);
    const body = new FormData();
    for (const [name, value] of batch) body.append(name, value);
    try {
      const token = form.elements.csrfmiddlewaretoken.value;
      const answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { "X-CSRFToken": token }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      told(await answer.json(), batch);
      tries = 0;
    } catch (wrong) {
      saved.textContent = "还没有保存，内容留在本机，正在重试";
      later(Math.min(60000, 3000 * 2 ** tries++));
    } finally { sending = false; }
    if (pending.size && !tries) later(800);
  }

  function told(answer, batch) {
    for (const [name, value] of batch) if (pending.get(name) === value) pending.delete(name);
    form.elements.revision.value = answer.revision;
    keep();
    saved.textContent = `已自动保存 ${answer.saved}`;
    const bar = document.querySelector("#filled progress");
    if (bar && answer.asked) {
      bar.value = answer.filled / answer.asked;
      const words = document.querySelectorAll("#filled .tz-num");
      if (words.length > 1) { words[0].textContent = `${answer.filled}/${answer.asked}`; words[1].textContent = `${Math.floor(answer.filled / answer.asked * 100)}%`; }
    }
    for (const place of form.querySelectorAll("[data-computed]")) place.textContent = answer.computed[place.dataset.computed] || "";
    for (const note of form.querySelectorAll("[data-fault]")) {
      const fault = answer.faults[note.dataset.fault] || "";
      note.textContent = fault;
      note.hidden = !fault;
    }
  }

  addEventListener("online", () => later(100));
  form.addEventListener("submit", () => { clearTimeout(timer); });
})();
