// The builder: sliders beside their fields, and taking a step back. Without this file the fields and the button do it all.
(() => {
  "use strict";
  let steps = 0;
  let undone = 0;
  const ready = () => {
    for (const slider of document.querySelectorAll("[data-knob][hidden]")) slider.hidden = false;
    for (const field of document.querySelectorAll("[data-original]")) mark(field);
    for (const [name, count] of [["undo", steps], ["redo", undone]]) {
      const button = document.querySelector(`[data-${name}]`);
      if (button) { button.hidden = false; button.disabled = count === 0; }
    }
  };
  const mark = (field) => field.classList.toggle("changed", field.value !== field.dataset.original);
  document.addEventListener("input", (event) => {
    const target = event.target;
    if (target.dataset.knob) {
      const field = document.getElementById(target.dataset.knob);
      field.value = target.value;
      mark(field);
    } else if (target.matches("[data-original]")) {
      const slider = document.querySelector(`[data-knob="${CSS.escape(target.id)}"]`);
      if (slider && target.value !== "" && !Number.isNaN(Number(target.value))) {
        if (Number(target.value) > Number(slider.max)) slider.max = target.value;
        slider.value = target.value;
      }
      mark(target);
    }
  });
  // While one number is being dragged all its values are one step: the address is replaced, not added to.
  let last = { name: "", at: 0 };
  let turned = "";
  let asked = "";
  document.addEventListener("input", (event) => { if (event.target.closest("#turn")) turned = event.target.dataset.knob || event.target.id; }, true);
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.id !== "turn") return;
    asked = turned;
    if (turned && turned === last.name && Date.now() - last.at < 1500) event.detail.headers["X-Same-Step"] = "1";
  });
  // Only an answer that came begins a step: one that was overtaken by the next never stood in the history.
  const answered = () => { last = { name: asked, at: Date.now() }; };
  document.addEventListener("htmx:pushedIntoHistory", answered);
  document.addEventListener("htmx:replacedInHistory", answered);
  // A step back or forward is one of the browser's own history: the address is the state.
  let way = 0;
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-undo]") && steps > 0) { way = -1; history.back(); }
    else if (event.target.closest("[data-redo]") && undone > 0) { way = 1; history.forward(); }
  });
  window.addEventListener("popstate", () => {
    if (way > 0) { steps += 1; undone = Math.max(0, undone - 1); }
    else { steps = Math.max(0, steps - 1); undone += 1; }
    way = 0;
  });
  const restored = () => setTimeout(ready, 0); // one of two events says so, or both
  document.addEventListener("htmx:pushedIntoHistory", () => { steps += 1; undone = 0; ready(); });
  document.addEventListener("htmx:historyRestore", restored);
  document.addEventListener("htmx:historyCacheMissLoad", restored);
  document.addEventListener("DOMContentLoaded", ready);
})();
