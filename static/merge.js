/* Takes over what changed of a fresh edition of the same page, and nothing else: what a person has typed, opened,
   reached by keyboard or scrolled to stays. Elements with an id are matched by it, rows by the page that they lead to,
   others by their place. */
(() => {
  'use strict';
  const root = document.documentElement;
  const said = document.getElementById('said');
  let rows = 0;
  let everywhere = new Map(); // rows go from one list to another: who was open is shut now

  const tell = (name) => document.dispatchEvent(new Event(name));
  const keyOf = (node) => {
    if (node.nodeType !== 1) return '';
    const link = !node.id && node.nodeName === 'LI' && node.querySelector('h3 a');
    return link ? link.getAttribute('href') : node.id;
  };
  const isRow = (node) => node.nodeName === 'LI' && keyOf(node) !== '';
  const attributes = (old, fresh) => {
    Array.from(old.attributes).forEach(({name}) => {
      if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
    });
    Array.from(fresh.attributes).forEach(({name, value}) => {
      if (old.getAttribute(name) !== value && name !== 'open') old.setAttribute(name, value);
    });
  };
  const same = (old, fresh) => {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== 1) {
      old.nodeValue = fresh.nodeValue;
    } else if (!old.hasAttribute('data-keep')) {
      if (isRow(old)) rows += 1;
      attributes(old, fresh);
      children(old, fresh);
    }
  };
  const children = (old, fresh) => {
    const named = new Map();
    Array.from(old.children).forEach((child) => {
      if (keyOf(child)) named.set(keyOf(child), child);
    });
    let at = old.firstChild;
    Array.from(fresh.childNodes).forEach((node) => {
      const key = keyOf(node);
      const alike = at && at.nodeName === node.nodeName && !keyOf(at) ? at : null;
      const match = key ? named.get(key) || (isRow(node) && everywhere.get(key)) : alike;
      if (!match) {
        if (isRow(node)) rows += 1;
        old.insertBefore(document.importNode(node, true), at);
        return;
      }
      if (match === at) at = at.nextSibling;
      else old.insertBefore(match, at);
      same(match, node);
    });
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  };

  document.addEventListener('fresh', ({detail: fresh}) => {
    const focused = document.activeElement;
    const shown = Array.from(document.querySelectorAll('main li'))
      .find((row) => row.getBoundingClientRect().bottom > 0 && !row.hidden);
    const top = shown && scrollY > 0 ? shown.getBoundingClientRect().top : null;
    rows = 0;
    tell('before-rows');
    everywhere = new Map();
    document.querySelectorAll('main li').forEach((row) => {
      if (isRow(row)) everywhere.set(keyOf(row), row);
    });
    const told = fresh.documentElement.dataset;
    Object.keys(told).forEach((name) => {
      root.dataset[name] = told[name];
    });
    delete root.dataset.cached;
    children(document.body, fresh.body);
    tell('rows');
    if (focused !== document.activeElement && document.contains(focused)) focused.focus({preventScroll: true});
    if (top !== null && document.contains(shown)) scrollBy(0, shown.getBoundingClientRect().top - top);
    if (!said || !rows) return;
    const text = said.dataset.updated.replace('#', rows);
    said.textContent = said.textContent === text ? `${text}\u00a0` : text; // the same words twice are heard once
  });
})();
