// See canvas.py. The canvas's toolbar: always in view, above the canvas, without what the page's own buttons do.
(() => {
  if (window.labCanvasToolbar) return; // this browser window has it already
  const look = new CSSStyleSheet();
  look.replaceSync(`
    .dc-root > .dc-toolbar { opacity: 1; top: -2.65rem; transition: none; }
    .dc-toolbar-card { box-shadow: none; padding: 0.25rem 0; }
    .dc-icon-button[title^="Update the app"], .dc-icon-button[title^="Reset canvas"] { display: none; }`);

  function style(left = 60) { // the shadow root comes some frames after its host
    const hosts = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')];
    for (const { shadowRoot } of hosts) {
      if (shadowRoot && !shadowRoot.adoptedStyleSheets.includes(look)) shadowRoot.adoptedStyleSheets.push(look);
    }
    if (left && hosts.some((host) => !host.shadowRoot)) requestAnimationFrame(() => style(left - 1));
  }

  style();
  window.labCanvasToolbar = new MutationObserver(() => style());
  window.labCanvasToolbar.observe(document.body, { childList: true, subtree: true });
})();
