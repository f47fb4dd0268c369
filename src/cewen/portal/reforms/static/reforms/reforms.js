// The builder: sliders beside their fields, and taking a step back. Without this file the fields and the button do it all.
(() => {
  "use strict";
  let steps = 0;
  const undo = () => document.querySelector("[data-undo]");
  const ready = () => {
    for (const slider of document.querySelectorAll("[data-knob][hidden]")) slider.hidden = false;
    for (const field of document.querySelectorAll("[data-original]")) mark(field);
    const button = undo();
    if (button) { button.hidden = false; button.disabled = steps === 0; }
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
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-undo]") && steps > 0) history.back();
  });
  document.addEventListener("htmx:pushedIntoHistory", () => { steps += 1; ready(); });
  document.addEventListener("htmx:historyRestore", () => { steps = Math.max(0, steps - 1); ready(); });
  document.addEventListener("htmx:historyCacheMissLoad", () => { steps = Math.max(0, steps - 1); setTimeout(ready, 0); });
  document.addEventListener("DOMContentLoaded", ready);
})();
