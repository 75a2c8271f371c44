/* Finds a site while one types: among the rows of the page or, on a board too large for rows, in its list. What is
   looked for stands in the address, so that it can be shared and come back to. */
(() => {
  'use strict';
  const form = document.getElementById('find');
  if (!form) return;
  const root = document.documentElement;
  const words = form.dataset;
  const out = form.querySelector('output');
  const none = document.getElementById('none');
  const found = document.getElementById('found');
  const town = form.elements.town; // where somebody is: not what is looked for
  const controls = Array.from(form.elements).filter((one) => one.name && one.type !== 'button' && one !== town);
  const MOST = 50; // results of a list: nobody reads more
  const PAUSE = 400; // ms after the last key, before the number found is read out
  const FACTS = ['id', 'name', 'town', 'also', 'initials', 'lat', 'lon', 'kind', 'serves'];
  const LISTED = ['kind', 'serves']; // filters of which the rows themselves say nothing
  const facts = new Map(); // what the page's rows do not say, by the site's id
  let texts = new Map();
  let asked = false;
  let lost = false;
  let speak = 0;

  const near = () => Boolean(window.nearest && window.nearest.here());
  const folds = new Map(); // traditional characters, by which the names are found all the same
  const foldIn = (pairs) => {
    const all = Array.from(pairs || '');
    for (let at = 1; at < all.length; at += 2) folds.set(all[at - 1], all[at]);
  };
  const plain = (text) => Array.from(text.normalize('NFKC').toLowerCase(), (one) => folds.get(one) || one).join('');
  /* The letters one after the other, with others between: 竹溪卫生院 is part of 竹溪乡中心卫生院, zxwsy of zxxzxwsy. */
  const inOrder = (text, term) => {
    let at = -1;
    return term.length > 2 && Array.from(term).every((one) => (at = text.indexOf(one, at + 1)) >= 0);
  };
  const says = (text, name, initials, term) => text.indexOf(term) >= 0 || inOrder(name, term) ||
    (initials.charAt(0) === term.charAt(0) && inOrder(initials, term));
  const terms = () => plain(form.elements.q ? form.elements.q.value : '').split(/[\s,，、]+/).filter(Boolean);
  const isOn = (one) => one.name !== 'q' && (one.type === 'checkbox' ? one.checked : one.value !== '');
  const rows = () => Array.from(document.querySelectorAll('main ul.rows:not(.near) > li, main [data-find]'));
  const sections = () => Array.from(document.querySelectorAll('main section, main details[id]'));
  const opened = new Map(); // folds that were opened to show what is in them
  const heading = (row) => {
    const section = row.home || row.closest('details[id], section');
    return section && section.querySelector('h2');
  };
  const factsOf = (row) => {
    const link = row.querySelector('h3 a');
    const named = link && /([^/]+)\.html$/.exec(link.getAttribute('href'));
    return (named && facts.get(named[1])) || {};
  };
  const kindOf = (site) => {
    const kinds = form.elements.kind;
    const kind = site.kind && kinds && Array.from(kinds.options).find((one) => one.value === site.kind);
    return kind ? kind.text : '';
  };
  const spot = (site) => [site.lat, site.lon];
  const textOf = (row) => {
    if (!texts.has(row)) {
      const said = Array.from(row.querySelectorAll('h3 a, .who, .s, .call')).map((part) => part.textContent);
      const town = heading(row);
      const site = factsOf(row);
      said.push(said.length ? '' : row.textContent, town ? town.textContent : '', row.dataset.find || '');
      texts.set(row, plain(said.concat(site.also || '', site.initials || '', kindOf(site)).join(' ')));
    }
    return texts.get(row);
  };
  const nameOf = (row) => {
    const link = row.querySelector('h3 a, .who');
    return link ? plain(link.textContent) : '';
  };
  const valueOf = (row, name) => {
    if (name === 'light') return row.className.split(' ')[0];
    if (name === 'open' && row.classList.contains('out')) return undefined; // nobody knows any more
    return name in row.dataset ? row.dataset[name] : factsOf(row)[name];
  };
  const has = (value, name) => ` ${value} `.indexOf(` ${name} `) >= 0;
  const isUnknown = (value, one) => value === undefined || value === null || has(value, `?${one.value}`);
  const passes = (value, one) => {
    if (isUnknown(value, one)) return 'lax' in one.dataset;
    return has(value, one.value);
  };

  /* --- what is found ----------------------------------------------------------------------------------------- */

  /* `blind`: what was asked for needs facts that are not there. Then no number is one. `unsure`: of so many that
     were found nobody knows whether they are what was asked for. */
  const tell = (count, blind, ordered, unsure) => {
    clearTimeout(speak);
    if (none) none.hidden = blind || count !== 0;
    let text = '';
    if (count !== null && !blind) {
      text = (count ? words.count : words.none).replace('#', count);
      if (unsure) text += words.unsure.replace('#', unsure);
      if (ordered) text += found ? words.near : words.nearest;
      else if (near()) text += words.unplaced;
    }
    if (lost) text = `${text} ${found ? words.away : blind ? words.blind : words.lost}`.trim();
    if (window.nearest && window.nearest.refused()) text = words.nowhere;
    if (!text && words.towns && asksForLights()) text = words.towns;
    speak = setTimeout(() => {
      out.textContent = text;
    }, out.textContent ? PAUSE : 0);
  };
  const inRows = (looked, picked) => {
    const all = rows();
    if (window.nearest) {
      window.nearest.arrange(all, (row) => spot(factsOf(row)), (row) => valueOf(row, 'open') === '1');
    }
    let count = 0;
    let unsure = 0;
    all.forEach((row) => {
      const fits = looked.every((term) => says(textOf(row), nameOf(row), factsOf(row).initials || row.dataset.find || '', term)) &&
        picked.every((one) => passes(valueOf(row, one.name), one));
      row.hidden = !fits;
      count += fits ? 1 : 0;
      unsure += fits && picked.some((one) => isUnknown(valueOf(row, one.name), one)) ? 1 : 0;
    });
    sections().forEach((fold) => {
      const there = Array.from(fold.querySelectorAll('ul:not(.near) > li'));
      fold.hidden = Boolean(fold.gone) || (there.length > 0 && there.every((row) => row.hidden));
    });
    open(isAsked());
    return [count, unsure];
  };
  const open = (on) => {
    document.querySelectorAll('.folds details').forEach((fold) => {
      if (on && !opened.has(fold)) opened.set(fold, fold.open);
      if (on) fold.open = true;
      else if (opened.has(fold)) fold.open = opened.get(fold);
    });
    if (!on) opened.clear();
  };
  const inList = (looked, picked, list) => {
    let fits = Array.from(facts.values()).filter((site) => looked.every((term) =>
      says(site.text, plain(site.name), site.initials || '', term)) &&
      picked.every((one) => passes(site[one.name], one)));
    const count = fits.length;
    const unsure = fits.filter((site) => picked.some((one) => isUnknown(site[one.name], one))).length;
    if (near()) fits = window.nearest.sorted(fits, spot);
    fits.slice(0, MOST).forEach((site) => {
      const row = document.createElement('li');
      const link = document.createElement('a');
      link.href = words.page.replace('#', site.id);
      link.textContent = site.name;
      row.appendChild(link);
      const beside = [near() ? window.nearest.told(spot(site)) : '', site.town].filter(Boolean).join(' ');
      row.appendChild(document.createTextNode(` ${beside}`));
      list.appendChild(row);
    });
    return [count, unsure];
  };
  /* An address that was made for a board of rows: of a list nobody knows who is open. */
  const asksForLights = () => ['open', 'light'].some((name) => !form.elements[name] && new URLSearchParams(location.search).get(name));
  const isAsked = () => Boolean(terms().length || controls.some(isOn) || near());
  const show = () => {
    const looked = terms();
    const picked = controls.filter(isOn);
    const on = isAsked();
    root.classList.toggle('finding', on);
    if (!found) {
      const known = picked.filter((one) => facts.size || LISTED.indexOf(one.name) < 0);
      const [count, unsure] = inRows(looked, known);
      const blind = known.length < picked.length || (near() && !facts.size);
      tell(on ? count : null, blind, near() && window.nearest.arranged(), unsure);
      return;
    }
    const list = document.createElement('ul');
    const [count, unsure] = on && facts.size ? inList(looked, picked, list) : [null, 0];
    const placed = near() && Array.from(facts.values()).some((site) => window.nearest.placed(spot(site)));
    tell(count, false, placed, unsure);
    // The same list stays: leaving the field is a change too, and comes between a finger's press and its release.
    if (list.innerHTML === found.innerHTML) return;
    found.textContent = '';
    while (list.firstChild) found.appendChild(list.firstChild);
  };
  const apply = () => {
    if (isAsked()) load();
    show();
  };
  const load = () => {
    if (asked || !words.list) return;
    asked = true;
    fetch(words.list, {credentials: 'same-origin'}).then((answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    }).then(({sites, fold}) => {
      if (!sites.length) throw new Error('empty'); // of a page with rows: it is no answer
      foldIn(fold);
      sites.forEach((told) => {
        const site = {};
        FACTS.forEach((name, at) => {
          site[name] = told[at];
        });
        site.text = plain([site.name, site.town, site.also, site.initials, kindOf(site)].join(' '));
        facts.set(site.id, site);
      });
      lost = false;
      texts = new Map();
      if (window.nearest) window.nearest.restore();
      apply();
    }).catch(() => {
      asked = false; // the next key asks again
      lost = true;
      show();
    });
  };
  /* --- the address ------------------------------------------------------------------------------------------- */

  const write = () => {
    const said = new URLSearchParams(location.search);
    controls.forEach((one) => said.delete(one.name));
    said.delete('near');
    controls.filter((one) => isOn(one) || (one.name === 'q' && one.value.trim())).forEach((one) => {
      said.append(one.name, one.value.trim());
    });
    if (near()) said.set('near', '1');
    if (town) said.delete('town');
    if (town && town.value) said.set('town', town.value);
    const query = said.toString();
    history.replaceState(history.state, '', location.pathname + (query ? `?${query}` : '') + location.hash);
  };
  const read = () => {
    const said = new URLSearchParams(location.search);
    controls.forEach((one) => {
      if (one.type === 'checkbox') {
        one.checked = said.getAll(one.name).indexOf(one.value) >= 0;
      } else {
        one.value = said.get(one.name) || '';
        if (one.selectedIndex === -1) one.value = '';
      }
    });
    const more = form.querySelector('details');
    if (more && controls.some((one) => isOn(one) && more.contains(one))) more.open = true;
    if (window.nearest && said.get('near')) window.nearest.again();
  };
  const change = () => {
    apply();
    write();
  };

  form.addEventListener('input', change);
  form.addEventListener('change', change);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (document.activeElement) document.activeElement.blur(); // puts the phone's keyboard away
  });
  form.addEventListener('reset', () => {
    if (window.nearest) window.nearest.off();
    setTimeout(change);
  });
  form.addEventListener('focusin', load);
  document.addEventListener('near', change);
  document.addEventListener('town', change);
  document.addEventListener('aged', apply);
  document.addEventListener('before-rows', () => {
    rows().forEach((row) => {
      row.hidden = false;
    });
    sections().forEach((fold) => {
      fold.hidden = false;
    });
    open(false);
    texts = new Map();
  });
  document.addEventListener('rows', apply);
  /* Somebody came for a site whose own page is not on the phone. */
  const site = new URLSearchParams(location.search).get('site');
  const link = site && Array.from(document.querySelectorAll('main h3 a'))
    .find((one) => one.getAttribute('href') === `sites/${site}.html`);
  if (link) {
    for (let part = link.closest('details'); part; part = part.parentNode.closest('details')) part.open = true;
    link.scrollIntoView({block: 'center'});
    link.focus({preventScroll: true});
  }
  foldIn(words.fold);
  read();
  apply();
  if (town && town.value) write();
})();
