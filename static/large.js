/* The version for elders, chosen once and remembered; and what somebody looks for goes along into another language. */
(() => {
  'use strict';
  const marks = document.documentElement.classList;
  const KEY = 'large';
  document.addEventListener('click', (event) => {
    const tongue = event.target.closest('.tongues a');
    if (tongue) {
      tongue.search = location.search;
      tongue.hash = location.hash;
    }
    const link = event.target.closest('[href="#large"],[href="#normal"]');
    if (!link) return;
    const large = link.hash === '#large';
    marks.toggle(KEY, large);
    try { // storage may be forbidden
      localStorage.setItem(KEY, large ? '1' : '0');
    } catch (forbidden) {
      // then for as long as the page is open
    }
    if (location.hash !== '#large') event.preventDefault();
    link.parentNode.querySelector(large ? '[href="#normal"]' : '[href="#large"]').focus();
  });
})();
