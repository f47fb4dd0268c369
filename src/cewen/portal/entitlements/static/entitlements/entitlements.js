// Rows stay open when the page is computed again; a slider moves its number. Everything works without this file.
(() => {
  "use strict";
  let open = new Set();
  document.addEventListener("htmx:beforeSwap", () => {
    open = new Set([...document.querySelectorAll("details[id]")].filter((each) => each.open).map((each) => each.id));
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of open) { const each = document.getElementById(id); if (each) each.open = true; }
  });
  document.addEventListener("input", (event) => {
    const number = event.target.dataset && event.target.dataset.sets && document.getElementById(event.target.dataset.sets);
    if (number) number.value = event.target.value;
  });
  // 无 and the members of a set exclude each other.
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches(".choices input[type=checkbox]") || !box.checked) return;
    for (const other of box.closest(".choices").querySelectorAll("input")) {
      if (other !== box && (box.value === "无" || other.value === "无")) other.checked = false;
    }
  }, true);
})();
