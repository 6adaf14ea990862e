// Before the page's own scripts: the server's messages can be made to wait.
// slow.hold() keeps them all; slow.deliver(until) lets them through one by one, with time to draw between two,
// until there are none or until() holds for longer than two frames of the screen; slow.release() ends it.
(() => {
  const line = [];
  let until = null, pumping = false;
  window.slow = { held: false, stopped: false, heard: 0, waiting: () => line.length };

  const rest = async (times, wait) => { while (times--) await new Promise(wait); }; // for React to draw
  const tasks = () => rest(3, setTimeout);
  const frames = () => rest(2, (done) => requestAnimationFrame(() => setTimeout(done)));

  async function pump() {
    if (pumping) return;
    pumping = true;
    while (line.length && !slow.held) {
      line.shift()();
      if (!until) continue;
      await tasks();
      if (until() && (await frames(), until())) slow.held = slow.stopped = true;
    }
    pumping = false;
  }

  slow.hold = () => { slow.held = true; };
  slow.deliver = (when) => { until = when; slow.held = slow.stopped = false; pump(); };
  slow.release = () => slow.deliver(null);

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    addEventListener(kind, hear, options) {
      const wait = (event) => { slow.heard = performance.now(); line.push(() => hear.call(this, event)); pump(); };
      super.addEventListener(kind, kind === "message" ? wait : hear, options);
    }
  };
})();
