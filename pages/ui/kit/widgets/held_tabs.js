// See held_tabs.py. The last tab that was pressed is held until somebody does something else.
(() => {
  if (window.labHeldTabs) return; // this browser window has it already
  window.labHeldTabs = true;

  const PATIENCE = 60000; // milliseconds after which a press is forgotten, whatever became of it
  let held = null; // { tab, since, opened }

  const open = (tab) => tab.getAttribute("aria-selected") === "true";
  const off = (tab) => tab.getAttribute("aria-disabled") === "true" || tab.hasAttribute("data-disabled");

  function see() {
    if (!held) return;
    if (performance.now() - held.since > PATIENCE) release();
    else if (open(held.tab)) held.opened = true;
    else if (!off(held.tab)) held.tab.click();
  }

  const watch = new MutationObserver(see);

  function release() {
    held = null;
    watch.disconnect();
  }

  // Only a tap or a click that was meant: dragging the row of tabs on a phone ends in none.
  document.addEventListener("click", (event) => {
    const tab = event.isTrusted && event.target.closest?.('[role="tab"]');
    if (!tab) return;
    release();
    held = { tab, since: performance.now(), opened: open(tab) };
    watch.observe(tab, { attributes: true });
    setTimeout(see); // it may have been off when it was pressed and on by now
  }, true);

  // What is done next comes after the tab has opened, and is free to open another.
  const next = (event) => {
    if (held?.opened && event.isTrusted) release();
  };
  document.addEventListener("pointerdown", next, true);
  document.addEventListener("keydown", next, true);
})();
