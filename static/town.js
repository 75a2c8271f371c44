/* My town: its clinics come first, and behind them the nearest open ones of other towns, in the order that the page
   gives. It is remembered on the phone and stands in the address, so that it can be kept and sent on. */
(() => {
  'use strict';
  const form = document.getElementById('find');
  const select = form && form.elements.town;
  const list = document.querySelector('.folds');
  if (!select || !list) return;
  const root = document.documentElement;
  const words = form.dataset;
  const KEY = `town ${words.mine}`;
  const kept = (choice) => {
    try { // storage may be forbidden
      if (choice === undefined) return localStorage.getItem(KEY);
      if (choice) localStorage.setItem(KEY, choice);
      else localStorage.removeItem(KEY);
    } catch (forbidden) {
      return null;
    }
    return choice;
  };
  const folds = () => Array.from(list.children).filter((fold) => fold.id);
  const known = (town) => folds().find((fold) => fold.id === town);
  let mine = null; // the fold that is first
  let mark = null; // where it stood
  let added = []; // what was put into it

  const away = () => {
    added.forEach((part) => part.remove());
    added = [];
    if (!mine) return;
    mine.classList.remove('first');
    if (mark) mark.replaceWith(mine);
    mine.open = false;
    mine = mark = null;
  };
  const line = (text, beside) => {
    const said = document.createElement('p');
    said.className = 'g';
    said.textContent = text;
    list.insertBefore(said, beside);
    added.push(said);
    return said;
  };
  const near = () => {
    const named = (mine.dataset.near || '').split(' ').filter(Boolean).map((one) => one.split(':'));
    const rows = document.createElement('ul');
    rows.className = 'rows near own';
    named.forEach(([site, km]) => {
      const link = list.querySelector(`h3 a[href="sites/${site}.html"]`);
      if (!link) return;
      const home = link.closest('details[id]');
      const row = link.closest('li').cloneNode(true);
      const far = document.createElement('b');
      far.className = 'far';
      far.textContent = `${home.querySelector('h2').textContent}${km ? ` ${words.about.replace('#', km)}` : ''}`;
      const address = row.querySelector('.s:not(.w)') || row.appendChild(document.createElement('p'));
      address.className = 's';
      address.insertBefore(document.createTextNode(' '), address.firstChild);
      address.insertBefore(far, address.firstChild);
      rows.appendChild(row);
    });
    if (!rows.firstChild) return;
    const head = document.createElement('p');
    head.className = 'g';
    head.textContent = named[0][1] ? words.nearKm : words.elsewhere;
    const own = mine.querySelector('.rows');
    const first = own && own.parentNode === mine && own.previousElementSibling.nodeName === 'SUMMARY';
    const behind = first ? own : mine.querySelector('summary');
    behind.insertAdjacentElement('afterend', rows);
    behind.insertAdjacentElement('afterend', head);
    added.push(rows, head);
  };
  const show = () => {
    away();
    const fold = known(select.value);
    root.classList.toggle('mine', Boolean(fold));
    if (!fold) return;
    mine = fold;
    mark = document.createComment('');
    mine.replaceWith(mark);
    list.insertBefore(mine, list.firstChild);
    mine.classList.add('first');
    mine.open = true;
    near();
    line(words.others, mine.nextElementSibling);
  };
  const choose = (town, remember) => {
    select.value = known(town) ? town : '';
    if (remember) kept(select.value);
    const keyed = list.contains(document.activeElement);
    show();
    const first = mine && mine.querySelector('h3 a');
    if (keyed && first) first.focus({preventScroll: true}); // what is moved loses the keyboard
    document.dispatchEvent(new Event('town'));
  };

  folds().forEach((fold) => { // nobody is in a kind of clinic
    const label = fold.querySelector('h2').textContent;
    select.add(new Option('kind' in fold.dataset ? label : words.here.replace('#', label), fold.id));
  });
  select.addEventListener('change', () => choose(select.value, true));
  list.addEventListener('click', (event) => {
    const summary = event.target.closest('summary');
    const fold = summary && summary.parentNode;
    if (!fold || fold.parentNode !== list || mine || root.classList.contains('finding')) return;
    event.preventDefault(); // it comes first instead
    choose(fold.id, true);
    scrollTo(0, 0);
  });
  const more = form.elements.more;
  more.addEventListener('click', () => {
    const on = root.classList.toggle('more');
    more.setAttribute('aria-expanded', on);
    if (on) form.elements.q.focus();
  });
  let shut = [];
  addEventListener('beforeprint', () => { // paper has no taps: every clinic stands on it
    shut = Array.from(list.querySelectorAll('details:not([open])'));
    shut.forEach((fold) => { fold.open = true; });
  });
  addEventListener('afterprint', () => shut.forEach((fold) => { fold.open = false; }));
  document.addEventListener('before-rows', away);
  document.addEventListener('rows', show);
  form.addEventListener('reset', () => setTimeout(() => {
    select.value = mine ? mine.id : '';
    root.classList.remove('more');
  }));
  const hash = document.querySelector(':target');
  const said = new URLSearchParams(location.search).get('town');
  const address = said === null ? hash && hash.id : said;
  const asked = known(address) || address === '' ? address : kept();
  if (asked) choose(asked, false);
})();
