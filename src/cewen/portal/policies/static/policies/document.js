// Reading a policy: text and what it does light each other; the outline follows. The page is whole without this file.
(() => {
  "use strict";
  const narrow = matchMedia("(max-width: 900px)");
  const outline = document.querySelector("[data-outline]");
  if (outline && narrow.matches) outline.open = false;
  const light = (event, on) => {
    const near = event.target.closest("[data-of]");
    if (!near) return;
    for (const each of document.querySelectorAll(`[data-of="${CSS.escape(near.dataset.of)}"]`)) each.classList.toggle("lit", on);
  };
  document.addEventListener("mouseover", (event) => light(event, true));
  document.addEventListener("mouseout", (event) => light(event, false));
  document.addEventListener("focusin", (event) => light(event, true));
  document.addEventListener("focusout", (event) => light(event, false));
  if (!outline) return;
  const links = new Map([...outline.querySelectorAll("a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  let current = null;
  const seen = new IntersectionObserver((entries) => {
    const first = entries.find((entry) => entry.isIntersecting);
    const link = first && links.get(first.target.id);
    if (!link || link === current) return;
    current?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "location");
    current = link;
    if (!narrow.matches) {
      const box = outline.closest(".outline");
      const top = link.getBoundingClientRect().top - box.getBoundingClientRect().top;
      if (top < 0 || top > box.clientHeight - 40) box.scrollTop += top - box.clientHeight / 2;
    }
  }, { rootMargin: "-72px 0px -60% 0px" });
  for (const clause of document.querySelectorAll("[data-clause]")) seen.observe(clause);
})();
