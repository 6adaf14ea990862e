// See held_tabs.py. Whoever points at an image is told what it shows: its alternative text as a tooltip.
(() => {
  if (window.labImageTitles) return; // this browser window has it already
  window.labImageTitles = true;

  document.addEventListener("pointerover", (event) => {
    const image = event.target.closest?.('[data-testid="stImage"] img');
    // Streamlit numbers the images that have no text of their own.
    if (image) image.title = /^\d*$/.test(image.alt) ? "" : image.alt;
  });
})();
