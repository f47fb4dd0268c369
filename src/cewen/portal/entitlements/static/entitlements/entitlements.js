// Rows stay open when the page is computed again; a slider moves its number. Everything works without this file.
(() => {
  "use strict";
  // Opened again only once the new rows listen: what a row holds is fetched when it opens.
  let open = new Set();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const place = event.detail.target;
    open = new Set([...place.querySelectorAll("details[id]")].filter((each) => each.open).map((each) => each.id));
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const id of open) { const each = document.getElementById(id); if (each) each.open = true; }
    open = new Set();
  });
  // After a fact is saved the next one that is missing is at hand; a field that was opened has the focus.
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.detail.target;
    if (place.matches(".slot")) { const field = place.querySelector("input:not([type=hidden]), select"); if (field) field.focus(); }
  });
  // A fact is edited where it stands; without this the link opens its own page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-fact]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
    event.preventDefault();
    window.htmx.ajax("GET", link.href, { target: `#slot-${link.dataset.fact}`, swap: "innerHTML" });
  });
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
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
