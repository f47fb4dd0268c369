// Drafting: to the next unread passage, and from a finding to its line. The page is whole without this file.
(() => {
  "use strict";
  let at = -1;
  document.addEventListener("click", (event) => {
    const next = event.target.closest("[data-next-unread]");
    if (next) {
      const all = document.querySelectorAll("mark.unread[id]");
      if (!all.length) return;
      event.preventDefault();
      at = (at + 1) % all.length;
      all[at].focus({ preventScroll: true });
      all[at].scrollIntoView({ block: "center" });
      return;
    }
    const finding = event.target.closest("[data-file]");
    if (!finding) return;
    const rule = document.querySelector(`[data-rule="${CSS.escape(finding.dataset.file)}"]`);
    const area = rule && rule.querySelector("textarea");
    if (!area) return;
    rule.open = true;
    const lines = area.value.split("\n");
    const line = Math.min(lines.length, Math.max(1, Number(finding.dataset.line)));
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + lines[line - 1].length);
    area.scrollTop = (line - 3) * parseFloat(getComputedStyle(area).lineHeight);
    rule.scrollIntoView({ block: "nearest" });
  });
})();
