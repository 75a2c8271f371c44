/* Puts out what is no longer true, on a page that nobody refreshes: a light whose time has passed, then the page.
   Every word comes from the page itself. Instants are the page's; only the device's clock can be wrong, and a
   clock earlier than the page was made says so. */
(() => {
  'use strict';
  const page = document.documentElement.dataset;
  const bar = document.getElementById('age');
  const SLACK = 5 * 60e3; // ms by which a phone's clock may be slow
  const NAP = 10 * 60e3; // ms at most between two looks: a sleeping phone's timers do not run
  let timer = 0;

  const say = (text, refresh) => {
    bar.firstElementChild.textContent = text;
    bar.lastElementChild.hidden = !refresh;
    bar.hidden = !text;
  };
  const putOut = (part) => {
    part.removeAttribute('data-until');
    part.className = 'none out';
    const pill = part.querySelector('.pill');
    const words = part.querySelector('.do');
    if (pill) pill.textContent = page.pill;
    if (words) words.textContent = page.out;
  };
  const look = () => {
    clearTimeout(timer);
    const now = Date.now();
    const left = Date.parse(page.until) - now;
    let next = Math.min(NAP, left > 0 ? left : NAP);
    if (now < Date.parse(page.asOf) - SLACK) {
      say(page.clock, false);
    } else {
      document.body.querySelectorAll('[data-until]').forEach((part) => {
        const rest = Date.parse(part.dataset.until) - now;
        if (rest > 0) next = Math.min(next, rest);
        else putOut(part);
      });
      say(left > 0 ? '' : page.old, true);
      document.documentElement.classList.toggle('old', left <= 0);
    }
    timer = setTimeout(look, next + 50);
  };
  addEventListener('pageshow', look);
  document.addEventListener('visibilitychange', look);
  look();
})();
