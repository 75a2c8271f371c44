/* Lets the phone keep what it has looked at, for when there is no network: see sw.js. */
(() => {
  'use strict';
  const worker = navigator.serviceWorker;
  const from = document.currentScript.src;
  const near = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
  if (!worker || !window.isSecureContext || !(location.protocol === 'https:' || near)) return;
  addEventListener('load', () => {
    worker.register(new URL('../sw.js', from), {updateViaCache: 'none'}).catch(() => undefined);
    // A board's guide and its family doctors, too: who has no network may never have looked at them.
    const beside = Array.from(document.querySelectorAll('main > .go a'), (link) => link.href);
    worker.ready.then(({active}) => active.postMessage((worker.controller ? [] : [location.href]).concat(beside)));
  });
})();
