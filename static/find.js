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
  const FACTS = ['id', 'name', 'town', 'also', 'reading', 'lat', 'lon', 'kind', 'serves', 'phones', 'address'];
  const LISTED = ['kind', 'serves']; // filters of which the rows themselves say nothing
  const facts = new Map(); // what the page's rows do not say, by the site's id
  let sought = new Map(); // by row or id, the site as it is looked through
  let asked = false;
  let seek = null; // what knows how people write: it comes when somebody begins to
  let folded = '';
  let lost = false;
  let speak = 0;
  let sure = false; // something was found that is what was written
  let all = []; // the rows in the page's order
  let moved = null; // of those that stand in one list, where they stood
  const flat = document.createElement('section');
  flat.appendChild(document.createElement('ul')).className = 'rows';

  const near = () => Boolean(window.nearest && window.nearest.here());
  const typed = () => (form.elements.q ? form.elements.q.value : '');
  const isOn = (one) => one.name !== 'q' && (one.type === 'checkbox' ? one.checked : one.value !== '');
  const rows = () => Array.from(document.querySelectorAll('main ul.rows:not(.near) > li, main [data-find]'));
  const sections = () => Array.from(document.querySelectorAll('main section, main details[id]')).filter((one) => one !== flat);
  const opened = new Map(); // folds that were opened to show what is in them
  const heading = (row) => {
    const section = row.home || row.closest('details[id], section');
    const told = section && section.querySelector('h2');
    return told && (section.id || told.id) ? told.textContent : '';
  };
  const factsOf = (row) => {
    const link = row.querySelector('h3 a');
    const named = link && /([^/]+?)(?:\/index)?\.html$/.exec(link.getAttribute('href'));
    return (named && facts.get(named[1])) || {};
  };
  const kindOf = (site) => {
    const kinds = form.elements.kind;
    const kind = site.kind && kinds && Array.from(kinds.options).find((one) => one.value === site.kind);
    return kind ? kind.text : '';
  };
  const spot = (site) => [site.lat, site.lon];
  const ofList = (site) => {
    if (!sought.has(site.id)) {
      sought.set(site.id, seek.site(Object.assign({}, site, {
        text: [site.address, kindOf(site)].join(' '),
        child: has(site.serves, 'child'),
        adult: has(site.serves, 'adult'),
      })));
    }
    return sought.get(site.id);
  };
  const siteOf = (row) => {
    if (!sought.has(row)) {
      const site = factsOf(row);
      const link = row.querySelector('h3 a, .who');
      const parts = Array.from(row.querySelectorAll('.s, .call')).map((part) => part.textContent);
      const dialled = Array.from(row.querySelectorAll('a[href^="tel:"]')).map((part) => part.getAttribute('href'));
      sought.set(row, seek.site({
        name: link ? link.textContent : row.textContent,
        town: heading(row),
        also: site.also,
        text: parts.concat(kindOf(site)).join(' '),
        reading: site.reading || row.dataset.find,
        phones: dialled.concat(site.phones || '').join(' '),
        child: has(site.serves, 'child'),
        adult: has(site.serves, 'adult'),
      }));
    }
    const one = sought.get(row);
    one.light = valueOf(row, 'light');
    return one;
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
  const tell = (count, blind, nearest, unsure, guessed) => {
    sure = Boolean(count) && !guessed;
    clearTimeout(speak);
    if (none) none.hidden = blind || count !== 0;
    let text = '';
    if (count !== null && !blind) {
      text = (count ? guessed && words.guess || words.count : words.none).replace('#', count);
      if (unsure) text += words.unsure.replace('#', unsure);
      if (nearest) text += found ? words.near : words.nearest;
      else if (near()) text += words.unplaced;
    }
    if (lost) text = `${text} ${words.lost}`.trim();
    if (window.nearest && window.nearest.refused()) text = words.nowhere;
    if (!count && words.towns && asksForLights()) text = words.towns;
    speak = setTimeout(() => {
      out.textContent = text;
    }, out.textContent ? PAUSE : 0);
  };
  /* The rows that were found in one list, the surest first, or the nearest; their town beside them. */
  const arrange = (found) => {
    if (moved && moved.length === found.length && moved.every(([row], at) => row === found[at])) return;
    restore();
    if (!found.length) return;
    form.insertAdjacentElement('afterend', flat);
    moved = found.map((row) => {
      const mark = document.createComment('');
      const town = heading(row);
      const name = row.querySelector('h3');
      row.home = row.closest('details[id], section');
      row.replaceWith(mark);
      const beside = [near() ? window.nearest.told(spot(factsOf(row))) : '', near() || row.textContent.indexOf(town) < 0 ? town : ''];
      if (beside.some(Boolean)) {
        const far = document.createElement('p');
        far.className = 'far';
        far.textContent = beside.filter(Boolean).join(' ');
        name.insertAdjacentElement('afterend', far);
      }
      flat.firstChild.appendChild(row);
      return [row, mark];
    });
  };
  const restore = () => {
    if (!moved) return;
    moved.forEach(([row, mark]) => {
      const far = row.querySelector('p.far');
      if (far) far.remove();
      mark.replaceWith(row);
      delete row.home;
    });
    moved = null;
    flat.remove();
  };
  /* The surest first; of those as sure, or by distance of all but the one that was named, who is surely open, and the nearest. */
  const ordered = (found, rankOf, isOpen, at) => found
    .map((one, index) => [near() ? Math.min(1, rankOf(one)) : rankOf(one), isOpen(one) ? 0 : 1, near() ? window.nearest.far(at(one)) : 0, index, one])
    .sort((one, other) => one[0] - other[0] || one[1] - other[1] || (one[2] === other[2] ? one[3] - other[3] : one[2] - other[2]))
    .map((one) => one[4]);
  const ranked = (all, of) => (wanted() ? seek.among(all.map(of), wanted()) : {ranks: all.map(() => 0), guessed: false});
  const isPlaced = () => near() && all.some((row) => window.nearest.placed(spot(factsOf(row))));
  const inRows = (picked) => {
    if (!moved) all = rows();
    const {ranks, guessed} = ranked(all, siteOf);
    const rankOf = new Map();
    let unsure = 0;
    all.forEach((row, at) => {
      row.hidden = ranks[at] === null || !picked.every((one) => passes(valueOf(row, one.name), one));
      if (row.hidden) return;
      rankOf.set(row, ranks[at]);
      unsure += picked.some((one) => isUnknown(valueOf(row, one.name), one)) ? 1 : 0;
    });
    const found = all.filter((row) => !row.hidden);
    const together = Boolean(wanted() || isPlaced()) && all.every((row) => row.querySelector('h3 a'));
    if (together) arrange(ordered(found, (row) => rankOf.get(row), (row) => valueOf(row, 'open') === '1', (row) => spot(factsOf(row))));
    else restore();
    sections().forEach((fold) => {
      const there = Array.from(fold.querySelectorAll('ul:not(.near) > li'));
      fold.hidden = together || (there.length > 0 && there.every((row) => row.hidden));
    });
    open(isAsked());
    return [found.length, unsure, guessed];
  };
  const open = (on) => {
    document.querySelectorAll('.folds details').forEach((fold) => {
      if (on && !opened.has(fold)) opened.set(fold, fold.open);
      if (on) fold.open = true;
      else if (opened.has(fold)) fold.open = opened.get(fold);
    });
    if (!on) opened.clear();
  };
  const inList = (picked, list) => {
    const sites = Array.from(facts.values());
    const {ranks, guessed} = ranked(sites, ofList);
    const rankOf = new Map();
    sites.forEach((site, at) => {
      if (ranks[at] !== null && picked.every((one) => passes(site[one.name], one))) rankOf.set(site, ranks[at]);
    });
    const found = ordered(Array.from(rankOf.keys()), (site) => rankOf.get(site), () => false, spot);
    const unsure = found.filter((site) => picked.some((one) => isUnknown(site[one.name], one))).length;
    found.slice(0, MOST).forEach((site) => {
      const row = document.createElement('li');
      const link = document.createElement('a');
      link.href = words.page.replace('#', site.id);
      link.textContent = site.name;
      row.appendChild(link);
      const beside = [near() ? window.nearest.told(spot(site)) : '', site.town].filter(Boolean).join(' ');
      row.appendChild(document.createTextNode(` ${beside}`));
      list.appendChild(row);
    });
    return [found.length, unsure, guessed];
  };
  /* An address that was made for a board of rows: of a list nobody knows who is open. */
  const asksForLights = () => (seek && seek.asksLight(typed())) ||
    ['open', 'light'].some((name) => !form.elements[name] && new URLSearchParams(location.search).get(name));
  const wanted = () => (seek ? typed().trim() : '');
  const isAsked = () => Boolean(typed().trim() || controls.some(isOn) || near());
  const show = () => {
    const picked = controls.filter(isOn);
    const on = isAsked();
    root.classList.toggle('finding', on);
    if (!found) {
      const known = picked.filter((one) => facts.size || LISTED.indexOf(one.name) < 0);
      const [count, unsure, guessed] = inRows(known);
      const blind = known.length < picked.length || (near() && !facts.size);
      tell(on && (seek || !typed().trim()) ? count : null, blind, Boolean(moved) && isPlaced(), unsure, guessed);
      return;
    }
    const list = document.createElement('ul');
    const [count, unsure, guessed] = on && facts.size && (seek || !typed().trim()) ? inList(picked, list) : [null, 0, false];
    const placed = near() && Array.from(facts.values()).some((site) => window.nearest.placed(spot(site)));
    tell(count, false, placed, unsure, guessed);
    // The same list stays: leaving the field is a change too, and comes between a finger's press and its release.
    if (list.innerHTML === found.innerHTML) return;
    found.textContent = '';
    while (list.firstChild) found.appendChild(list.firstChild);
  };
  const apply = () => {
    if (isAsked()) load();
    show();
    if (document.activeElement === form.elements.q && isAsked()) reveal();
    if (!window.beyond) return;
    if (wanted() && !sure && facts.size) window.beyond.show(wanted(), seek, named);
    else if (near() && !wanted()) window.beyond.offer(named);
    else window.beyond.hide();
  };
  /* What was found comes into view, above a phone's keyboard. */
  const reveal = () => {
    const first = found ? found.firstElementChild : document.querySelector('main ul.rows > li:not([hidden]), main [data-find]:not([hidden])');
    const box = first && first.getBoundingClientRect();
    const seen = window.visualViewport ? window.visualViewport.height : innerHeight;
    if (box && (box.top < 0 || box.bottom > seen)) form.scrollIntoView();
  };
  const named = (columns) => FACTS.reduce((site, name, at) => Object.assign(site, {[name]: columns[at]}), {});
  const failed = () => {
    asked = false; // the next key asks again
    lost = true;
    show();
  };
  const loadSeek = () => {
    if (document.getElementById('seek')) return;
    const script = document.createElement('script');
    script.id = 'seek';
    script.src = words.seek;
    script.onload = () => {
      ({seek} = window);
      seek.fold(words.fold);
      seek.fold(folded);
      apply();
    };
    script.onerror = () => {
      script.remove();
      failed();
    };
    document.head.appendChild(script);
  };
  const load = () => {
    loadSeek();
    if (asked || !words.list) return;
    asked = true;
    if (window.beyond) window.beyond.boards();
    fetch(words.list, {credentials: 'same-origin'}).then((answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    }).then(({sites, fold, words: more}) => {
      if (!sites.length) throw new Error('empty'); // of a page with rows: it is no answer
      folded = fold;
      if (seek) seek.fold(fold);
      Object.assign(words, more);
      sites.map(named).forEach((site) => facts.set(site.id, site));
      lost = false;
      restore();
      sought = new Map();
      apply();
    }).catch(failed);
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
  addEventListener('load', () => setTimeout(loadSeek, 3000)); // then a search works without a network too
  document.addEventListener('near', change);
  document.addEventListener('town', change);
  document.addEventListener('aged', apply);
  document.addEventListener('before-rows', () => {
    restore();
    rows().forEach((row) => {
      row.hidden = false;
    });
    sections().forEach((fold) => {
      fold.hidden = false;
    });
    open(false);
    sought = new Map();
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
  read();
  apply();
  if (town && town.value) write();
})();
