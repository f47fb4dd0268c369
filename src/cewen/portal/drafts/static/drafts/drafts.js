// Drafting: to the next unread passage, from a finding to its field or line, a rule and its paragraph lit together.
// The page is whole without this file.
(() => {
  "use strict";
  let at = -1;
  const next = () => {
    const all = document.querySelectorAll("mark.unread[id]");
    if (!all.length) return false;
    at = (at + 1) % all.length;
    all[at].focus({ preventScroll: true });
    all[at].scrollIntoView({ block: "center" });
    return true;
  };
  const openAround = (element) => {
    for (let each = element.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
  };
  const toField = (finding) => {
    const rule = document.querySelector(`[data-rule="${CSS.escape(finding.dataset.file)}"]`);
    if (!rule) return;
    const name = `form:${finding.dataset.file}|${finding.dataset.key}`;
    const field = finding.dataset.key && document.getElementById(name);
    if (field) {
      openAround(field);
      field.focus();
      return;
    }
    const area = rule.querySelector("textarea.code");
    if (!area) return;
    openAround(area);
    const lines = area.value.split("\n");
    const line = Math.min(lines.length, Math.max(1, Number(finding.dataset.line)));
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + lines[line - 1].length);
    area.scrollTop = (line - 3) * parseFloat(getComputedStyle(area).lineHeight);
    rule.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-next-unread]")) {
      if (next()) event.preventDefault();
      return;
    }
    const finding = event.target.closest("[data-file]");
    if (finding) toField(finding);
  });
  const light = (event) => {
    const rule = event.target.closest && event.target.closest("[data-at]");
    const paragraph = event.target.closest && event.target.closest("[data-paragraph]");
    const place = rule ? rule.dataset.at : paragraph ? paragraph.dataset.paragraph : "";
    for (const each of document.querySelectorAll("[data-at], [data-paragraph]")) {
      each.classList.toggle("lit", place !== "" && (each.dataset.at || each.dataset.paragraph) === place);
    }
  };
  document.addEventListener("mouseover", light);
  document.addEventListener("focusin", light);
  // Leaving with something typed and not saved is asked about once.
  let isTyped = false;
  document.addEventListener("input", (event) => { if (event.target.closest("#rules")) isTyped = true; });
  document.addEventListener("submit", (event) => { if (event.target.id === "rules") isTyped = false; });
  window.addEventListener("beforeunload", (event) => { if (isTyped) event.preventDefault(); });
})();
