// See held_tabs.py. One press is held at a time: the last one, until it is answered or somebody does something else.
(() => {
  if (window.labHeldTabs) return; // this browser window has it already
  window.labHeldTabs = true;

  const ANSWER = 1500; // milliseconds in which an answer to an earlier press may still be on its way
  const PATIENCE = 60000; // after which a press is forgotten, whatever became of it
  let held = null; // { tab, since, opened }

  const open = (tab) => tab.getAttribute("aria-selected") === "true";
  const off = (tab) => tab.getAttribute("aria-disabled") === "true" || tab.hasAttribute("data-disabled");
  const resting = () =>
    document.querySelector('[data-testid="stApp"]')?.getAttribute("data-test-script-state") === "notRunning";

  function see() {
    const { tab, since } = held;
    const age = performance.now() - since;
    if (!tab.isConnected || age > PATIENCE) held = null;
    else if (open(tab)) held.opened = true;
    else if (!off(tab)) tab.click();
    if (held?.opened && age > ANSWER && resting()) held = null;
  }

  function watch() {
    if (!held) return;
    see();
    requestAnimationFrame(watch);
  }

  // Only a tap or a click that was meant: dragging the row of tabs on a phone ends in none.
  document.addEventListener("click", (event) => {
    const tab = event.isTrusted && event.target.closest?.('[role="tab"]');
    if (!tab) return;
    const idle = !held;
    held = { tab, since: performance.now(), opened: false };
    if (idle) requestAnimationFrame(watch);
  }, true);

  // Whatever is done next comes after the tab has opened, and is free to open another.
  const next = (event) => {
    if (!held || !event.isTrusted) return;
    if (held.opened) see();
    if (held?.opened) held = null;
  };
  document.addEventListener("pointerdown", next, true);
  document.addEventListener("keydown", next, true);
})();
