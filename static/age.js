/* Puts out what is no longer true, on a page that nobody refreshes: a light whose time has passed, then the page.
   Every word comes from the page itself. Instants are the page's; only the device's clock can be wrong: it is
   set right by what a server said when it was last asked, and a clock earlier than the page was made says so. */
(() => {
  'use strict';
  const root = document.documentElement;
  const page = root.dataset;
  const bar = document.getElementById('age');
  const SLACK = 5 * 60e3; // ms by which a phone's clock may be slow
  const WAIT = 15e3; // ms in which a server may still say what time it is
  const NAP = 10 * 60e3; // ms at most between two looks: a sleeping phone's timers do not run
  const put = new Map(); // what was put out, as it was
  let timer = 0;
  let skew = null; // ms to add to the device's clock; null: nobody has said

  const say = (text, refresh) => {
    if (bar.firstElementChild.textContent !== text) bar.firstElementChild.textContent = text;
    bar.lastElementChild.hidden = !refresh;
    bar.hidden = !text;
  };
  const putOut = (part) => {
    const pill = part.querySelector('.pill');
    const words = part.querySelector('.do');
    put.set(part, [part.className, part.dataset.until, pill && pill.innerHTML, words && words.innerHTML]);
    part.removeAttribute('data-until');
    part.className = 'none out';
    if (pill) pill.textContent = page.pill;
    if (words) words.textContent = page.out;
  };
  const bringBack = () => {
    put.forEach(([look, until, mark, said], part) => {
      part.className = look;
      part.dataset.until = until;
      if (!look) part.removeAttribute('class');
      if (mark !== null) part.querySelector('.pill').innerHTML = mark;
      if (said !== null) part.querySelector('.do').innerHTML = said;
    });
    put.clear();
  };
  const look = () => {
    clearTimeout(timer);
    const now = Date.now() + (skew || 0);
    const left = Date.parse(page.until) - now;
    const slow = now < Date.parse(page.asOf) - SLACK;
    let next = Math.min(NAP, left > 0 ? left : NAP);
    let went = false;
    // Where the clock is wrong and nobody says what time it is, nothing on the page may claim to be fresh.
    const lost = slow && skew === null && performance.now() > WAIT;
    if (slow && !lost && skew === null) next = WAIT;
    if (!slow || lost) {
      document.body.querySelectorAll('[data-until]').forEach((part) => {
        const rest = lost ? 0 : Date.parse(part.dataset.until) - now;
        if (rest > 0) {
          next = Math.min(next, rest);
        } else {
          putOut(part);
          went = true;
        }
      });
      root.classList.toggle('old', left <= 0);
    }
    if (slow) say(page.clock, false);
    else if ('cached' in page) say(page.offline + (left > 0 ? '' : page.old), true);
    else say(left > 0 ? '' : page.old, true);
    timer = setTimeout(look, next + 50);
    if (went) document.dispatchEvent(new Event('aged'));
  };
  document.addEventListener('clock', (event) => {
    skew = event.detail;
    bringBack();
    look();
  });
  document.addEventListener('before-rows', bringBack);
  document.addEventListener('rows', look);
  addEventListener('pageshow', look);
  document.addEventListener('visibilitychange', look);
  look();
})();
