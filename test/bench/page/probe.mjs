/**
 * Runs in the page before anything of ours: the editor's API as far as the page uses it, and what measures. It is handed
 * over as text, so it uses nothing from outside.
 * @param {{ viewId: string, snapshot?: object }} host
 */
export function probe({ viewId, snapshot }) {
  let state = null;
  const sent = [];
  globalThis.acquireVsCodeApi = () => ({
    postMessage(message) {
      sent.push(message.type);
      if (message.type === 'hello' && snapshot !== undefined) window.postMessage(snapshot, '*');
    },
    getState: () => state,
    setState: (next) => {
      state = next;
    },
  });

  const { setTimeout, setInterval, requestAnimationFrame } = globalThis;

  /** Calls after the frame that is being drawn has been handed on to be painted. */
  const afterPaint = (call) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => call(performance.now());
      channel.port2.postMessage(null);
    });
  };

  /** When what `selector` names was painted, on the clock that began with the navigation. */
  const painted = (selector) =>
    new Promise((resolve) => {
      const look = () => {
        if (document.querySelector(selector) === null) return false;
        afterPaint(resolve);
        return true;
      };
      if (look()) return;
      const observer = new MutationObserver(() => look() && observer.disconnect());
      observer.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-key'] });
    });

  /** Times between frames until `stop`, in milliseconds, and the long tasks meanwhile. */
  const watchFrames = () => {
    const frames = [];
    let last = 0;
    let on = true;
    const began = performance.now();
    const next = (now) => {
      if (last > 0) frames.push(now - last);
      last = now;
      if (on) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    let long = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) long += duration;
    });
    observer.observe({ type: 'longtask' });
    return () => {
      on = false;
      for (const { duration } of observer.takeRecords()) long += duration;
      observer.disconnect();
      return { frames, longShare: long / (performance.now() - began) };
    };
  };

  /** From a key's own time to the paint after it, in milliseconds. */
  const watchKeys = () => {
    const times = [];
    const onKey = ({ timeStamp }) => afterPaint((now) => times.push(now - timeStamp));
    window.addEventListener('keydown', onKey, { capture: true });
    return () => {
      window.removeEventListener('keydown', onKey, { capture: true });
      return times;
    };
  };

  /** Gives the page one delta after the other: `everyMs` apart, or with 'frame' one a frame. Ends when all are drawn. */
  const stream = ({ event, from, deltas, everyMs }) =>
    new Promise((resolve) => {
      let next = 0;
      const give = () => {
        const at = new Date().toISOString();
        const events = [{ ...event, seq: from + next, at, text: deltas[next] }];
        next += 1;
        window.postMessage({ type: 'events', viewId, threadId: event.threadId, events }, '*');
      };
      const done = () => afterPaint(() => afterPaint(resolve));
      if (everyMs === 'frame') {
        const step = () => {
          give();
          if (next < deltas.length) requestAnimationFrame(step);
          else done();
        };
        requestAnimationFrame(step);
        return;
      }
      const began = performance.now();
      const step = () => {
        // A page that was busy is given what came meanwhile, as it would be by a host.
        while (next < deltas.length && performance.now() - began >= next * everyMs) give();
        if (next < deltas.length) setTimeout(step, everyMs);
        else done();
      };
      step();
    });

  /** All nodes of the page, texts and comments among them. */
  const countNodes = () => {
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
    let count = 1;
    while (walker.nextNode() !== null) count += 1;
    return count;
  };

  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  /** Scrolls from the beginning to the end by `step` CSS pixels a time; the most nodes on the way, and the frames. */
  const scrollThrough = async ({ step, most = Number.POSITIVE_INFINITY }) => {
    const log = document.querySelector('.log');
    log.scrollTop = 0;
    for (let wait = 0; wait < 5; wait += 1) await frame();
    let nodes = countNodes();
    const stop = watchFrames();
    let steps = 0;
    let stuck = 0;
    while (steps < most && stuck < 5) {
      const before = log.scrollTop;
      log.scrollTop = before + step;
      await frame();
      await frame();
      nodes = Math.max(nodes, countNodes());
      stuck = log.scrollTop <= before ? stuck + 1 : 0;
      steps += 1;
    }
    return { nodes, steps, ...stop() };
  };

  /** Scrolls on, a little in each frame, as a hand does. */
  const glide = async ({ by, frames }) => {
    const log = document.querySelector('.log');
    const stop = watchFrames();
    for (let count = 0; count < frames; count += 1) {
      log.scrollTop += by;
      await frame();
    }
    return stop();
  };

  /** Puts a snapshot up and tells when its newest row was painted; in milliseconds from before it was posted. */
  const open = async (message, key) => {
    const seen = painted(`[data-key="${key}"]`);
    let arrived = 0;
    window.addEventListener(
      'message',
      (event) => {
        if (event.data?.type === 'snapshot') arrived = performance.now();
      },
      { once: true },
    );
    const began = performance.now();
    window.postMessage({ ...message, viewId }, '*');
    const posted = performance.now();
    const ended = await seen;
    return { posted: posted - began, arrived: arrived - began, painted: ended - began };
  };

  /** Timers and frames that the page asks for from now on, by what they are. */
  const countWakes = () => {
    const wakes = { timeout: 0, interval: 0, frame: 0 };
    globalThis.setTimeout = (call, ...more) =>
      setTimeout(
        (...args) => {
          wakes.timeout += 1;
          call(...args);
        },
        ...more,
      );
    globalThis.setInterval = (call, ...more) =>
      setInterval(
        (...args) => {
          wakes.interval += 1;
          call(...args);
        },
        ...more,
      );
    globalThis.requestAnimationFrame = (call) =>
      requestAnimationFrame((now) => {
        wakes.frame += 1;
        call(now);
      });
    return wakes;
  };

  const wakes = countWakes();
  globalThis.bench = {
    ...{ sent, wakes, painted, watchFrames, watchKeys, stream, countNodes, scrollThrough, glide, open, frame },
  };
}
