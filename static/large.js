/* The version for elders, chosen once and remembered; and what somebody looks for goes along into another language. */
(() => {
  'use strict';
  const marks = document.documentElement.classList;
  const KEY = 'large';
  /* A number is called by whose it is, for those who hear one link after the other. */
  const call = document.documentElement.dataset.call;
  const numbers = () => Array.from(document.querySelectorAll('main li .call a'));
  const name = () => numbers().forEach((link) => {
    const whose = link.closest('li').querySelector('h3 a');
    if (whose) link.setAttribute('aria-label', `${call.replace('#', whose.textContent)} ${link.textContent}`);
  });
  if (call) name();
  document.addEventListener('rows', name);
  document.addEventListener('before-rows', () => numbers().forEach((link) => link.removeAttribute('aria-label')));
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
