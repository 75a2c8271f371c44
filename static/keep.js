/* Lets the phone keep what it has looked at, for when there is no network: see sw.js. */
(() => {
  'use strict';
  const worker = navigator.serviceWorker;
  const from = document.currentScript.src;
  const near = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
  if (!worker || !window.isSecureContext || !(location.protocol === 'https:' || near)) return;
  addEventListener('load', () => {
    worker.register(new URL('../sw.js', from), {updateViaCache: 'none'}).catch(() => undefined);
    if (worker.controller) return;
    worker.ready.then(({active}) => {
      const parts = Array.from(document.querySelectorAll('link[rel=stylesheet],script[src]'));
      active.postMessage([location.href].concat(parts.map((part) => part.href || part.src)));
    });
  });
})();
