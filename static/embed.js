/* Within a frame: looks as the page around wants it (?theme=, ?large=1), and tells it how high this is. */
(() => {
  'use strict';
  const root = document.documentElement;
  const wish = new URLSearchParams(location.search);
  if (/^(dark|light)$/.test(wish.get('theme'))) root.dataset.theme = wish.get('theme');
  if (wish.get('large') === '1') root.classList.add('large');
  // A phone number is dialled here: a new window for it would stay behind, empty.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="tel:"]');
    if (link) link.target = '_self';
  });
  if (window.parent === window) return;
  let last = 0;
  const tell = () => {
    const high = document.body.offsetTop + document.body.offsetHeight;
    if (high !== last) window.parent.postMessage({trafficlight: high}, '*');
    last = high;
  };
  ['load', 'resize'].forEach((name) => addEventListener(name, tell));
  document.addEventListener('toggle', tell, true);
  new MutationObserver(tell).observe(document.body, {attributes: true, childList: true, subtree: true});
  tell();
})();
