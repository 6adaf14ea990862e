// See held_tabs.py. Puts a title in the place of the label that the address keeps, before it is painted.
(() => {
  window.labTabTitles = TITLES;

  function retitle() {
    for (const tab of document.querySelectorAll('.st-key-lab-tabs [role="tab"] p')) {
      const title = window.labTabTitles[tab.textContent];
      if (title) tab.firstChild.nodeValue = title; // React's own text node: it stays and is not written again
    }
  }

  retitle();
  if (window.labTabTitled) return; // this browser window watches already
  window.labTabTitled = new MutationObserver(retitle);
  window.labTabTitled.observe(document.body, { childList: true, characterData: true, subtree: true });
})();
