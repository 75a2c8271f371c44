/* Before anything is drawn: says that scripts run, and makes the page large for whoever chose that once. */
(() => {
  'use strict';
  const marks = document.documentElement.classList;
  const KEY = 'large';
  const kept = (choice) => {
    try { // storage may be forbidden
      if (choice === undefined) return localStorage.getItem(KEY);
      localStorage.setItem(KEY, choice);
    } catch (forbidden) {
      return null;
    }
    return choice;
  };
  marks.add('js');
  marks.toggle(KEY, kept() === '1');
  // Controls without their script would be dead: where one does not come, the page is as without scripts.
  addEventListener('error', (event) => {
    if (event.target.nodeName === 'SCRIPT') marks.remove('js');
  }, true);
  document.addEventListener('click', (event) => {
    const tongue = event.target.closest('.tongues a');
    if (tongue) { // the same search, there
      tongue.search = location.search;
      tongue.hash = location.hash;
    }
    const link = event.target.closest('[href="#large"],[href="#normal"]');
    if (!link) return;
    const large = link.hash === '#large';
    marks.toggle(KEY, large);
    kept(large ? '1' : '0');
    if (location.hash !== '#large') event.preventDefault();
    link.parentNode.querySelector(large ? '[href="#normal"]' : '[href="#large"]').focus();
  });
})();
