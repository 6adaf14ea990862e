// See held_tabs.py. What Streamlit and Plotly leave to the mouse: a wide formula scrolls, a player plays.
(() => {
  if (window.labByKeyboard) return; // this browser window has it already

  function reach(part, role, label) {
    part.setAttribute("tabindex", "0");
    if (role) part.setAttribute("role", role);
    if (label) part.setAttribute("aria-label", label);
  }

  function look() {
    waiting = 0;
    for (const formula of document.querySelectorAll(".katex-display:not([tabindex])")) {
      if (formula.scrollWidth > formula.clientWidth) reach(formula);
    }
    for (const button of document.querySelectorAll(".updatemenu-button:not([tabindex])")) {
      reach(button, "button", button.textContent.trim() === "▶" ? "Play" : "Pause");
    }
    for (const slider of document.querySelectorAll(".slider-group:not([tabindex])")) {
      reach(slider, "slider", "Step");
      describe(slider);
    }
  }

  const value = (slider) => slider.querySelector(".slider-label")?.textContent ?? "";
  const layout = (slider) => slider.closest(".js-plotly-plot")?._fullLayout?.sliders?.[0];

  function describe(slider) {
    const found = layout(slider);
    if (!found) return;
    slider.setAttribute("aria-valuemin", "0");
    slider.setAttribute("aria-valuemax", String(found.steps.length - 1));
    slider.setAttribute("aria-valuenow", String(found.active));
    slider.setAttribute("aria-valuetext", value(slider));
  }

  // As the mouse would: a press on the rail at the place of a step.
  function go(slider, by) {
    const found = layout(slider), rail = slider.querySelector(".slider-rail-touch-rect");
    if (!found || !rail) return;
    const last = found.steps.length - 1, box = rail.getBoundingClientRect();
    const step = Math.max(0, Math.min(last, found.active + by));
    const at = { clientX: box.left + (box.width * step) / last, clientY: box.top + box.height / 2, bubbles: true };
    rail.dispatchEvent(new MouseEvent("mousedown", at));
    slider.closest(".js-plotly-plot").dispatchEvent(new MouseEvent("mouseup", at));
    setTimeout(() => describe(slider), 50);
  }

  document.addEventListener("keydown", (event) => {
    const part = event.target;
    if (part.matches?.(".updatemenu-button") && ["Enter", " "].includes(event.key)) {
      event.preventDefault();
      part.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -1e9, End: 1e9 }[event.key];
    if (by && part.matches?.(".slider-group")) {
      event.preventDefault();
      go(part, by);
    }
  });

  let waiting = 0;
  window.labByKeyboard = new MutationObserver(() => { waiting ||= requestAnimationFrame(look); });
  window.labByKeyboard.observe(document.body, { childList: true, subtree: true });
  look();
})();
