/* 今日 refreshes itself: told by the board's stream that something is new, and once a minute for what no stream
   tells (what residents found, what was asked back). Only parts that nobody is busy with are exchanged. */
(() => {
  'use strict';
  const here = document.querySelector('[data-live]');
  if (!here || !window.fetch || !window.DOMParser) return;
  const MINUTE = 60000;
  const GATHER = 1500; // several reports at once are one look
  const age = document.getElementById('bench-age');
  let timer = 0;
  let failed = 0;
  let asking = false;

  const FIELDS = 'input:not([type=hidden]), textarea:not([readonly]), select';
  const changed = (one) => {
    if (one.type === 'checkbox' || one.type === 'radio') return one.checked !== one.defaultChecked;
    if (one.options) {
      const first = Array.prototype.filter.call(one.options, (option) => option.defaultSelected)[0] || one.options[0];
      return first && one.value !== first.value;
    }
    return one.value !== one.defaultValue;
  };
  const busy = (part) => Array.prototype.some.call(part.querySelectorAll(FIELDS),
    (one) => one === document.activeElement || changed(one));
  const places = (part) => Array.prototype.slice.call(part.querySelectorAll('a, button, summary'));
  const opened = (part) => Array.prototype.map.call(part.querySelectorAll('details'), (one) => one.open);

  const exchange = (text) => {
    const fresh = new DOMParser().parseFromString(text, 'text/html');
    if (!fresh.querySelector('[data-live]')) return false; // the sign-in, or a network's own page
    document.querySelectorAll('[data-fresh]').forEach((part) => {
      const other = fresh.getElementById(part.id);
      if (!other || busy(part) || other.innerHTML === part.innerHTML) return;
      const open = opened(part);
      const found = other.querySelectorAll('details');
      if (found.length === open.length) found.forEach((one, at) => { one.open = open[at]; });
      const at = places(part).indexOf(document.activeElement);
      const made = document.importNode(other, true);
      part.replaceWith(made);
      if (at >= 0 && places(made)[at]) places(made)[at].focus({preventScroll: true});
    });
    return true;
  };
  const look = async () => {
    clearTimeout(timer);
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(location.pathname + location.search, {
        cache: 'no-store', credentials: 'same-origin', redirect: 'manual', headers: {'X-Refresh': '1'},
      });
      if (answer.type === 'opaqueredirect' || answer.status === 401) {
        age.textContent = here.dataset.over;
        asking = false;
        if (stream) stream.close();
        return;
      }
      if (!answer.ok || !exchange(await answer.text())) throw new Error(answer.status);
      failed = 0;
      age.textContent = here.dataset.done;
    } catch (wrong) {
      failed += 1;
      age.textContent = here.dataset.failed;
    }
    asking = false;
    plan(Math.min(10, failed + 1) * MINUTE);
  };
  const plan = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => (document.hidden ? plan(MINUTE) : look()), ms);
  };
  const stream = window.EventSource ? new EventSource(here.dataset.live) : null;
  let first = true;
  if (stream) stream.onmessage = () => {
    if (!first) plan(GATHER);
    first = false;
  };
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) plan(GATHER);
  });
  age.textContent = here.dataset.done;
  plan(MINUTE);
})();
