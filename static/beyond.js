/* Clinics across the county's border: those of other boards of this installation within reach, by name or by distance.
   Which boards these are follows from where the boards lie, never from where somebody is. Nothing is said of lights:
   these stand on their own board's pages, which know until when they are true. */
(() => {
  'use strict';
  const form = document.getElementById('find');
  if (!form || !form.dataset.border) return;
  const words = form.dataset;
  const REACH = 30; // km from one board's sites to another's
  const BOARDS = 6;
  const MOST = 8;
  const KM = 111.2; // of a degree of latitude
  const BOX = 11; // the column with south, west, north and east
  const lists = new Map();
  let near = null;
  let asked = 0;
  const fold = document.createElement('details');
  fold.className = 'shut beyond';
  fold.appendChild(document.createElement('summary'));
  fold.appendChild(document.createElement('ul')).className = 'rows near';

  const json = (url) => fetch(url, {credentials: 'same-origin'}).then((answer) => {
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  });
  const apart = (one, other) => {
    const gap = (low, high) => Math.max(0, one[low] - other[high], other[low] - one[high]);
    return Math.hypot(gap(0, 2), gap(1, 3) * Math.cos(one[0] * Math.PI / 180)) * KM;
  };
  /* The boards within reach, the nearest first: asked for with the page's own list, before anybody says where he is. */
  const boards = () => {
    if (!near) {
      near = json(words.border).then(({sites}) => {
        const own = sites.find((board) => board[0] === words.board);
        const within = (board) => (board === own || !own || !own[BOX] || !board[BOX] ? Infinity : apart(own[BOX], board[BOX]));
        return sites.filter((board) => within(board) <= REACH).sort((one, other) => within(one) - within(other)).slice(0, BOARDS);
      }).catch(() => {
        near = null; // asked again with the next word
        return [];
      });
    }
    return near;
  };
  const load = () => boards().then((found) => Promise.all(found.map((board) => {
    if (!lists.has(board[0])) {
      lists.set(board[0], json(words.border.replace('find.json', `${board[0]}/find.json`))
        .then((list) => Object.assign(list, {board})).catch(() => {
          lists.delete(board[0]);
          return null;
        }));
    }
    return lists.get(board[0]);
  }))).then((all) => all.filter(Boolean));
  const add = (parent, name, className, text) => {
    const part = parent.appendChild(document.createElement(name));
    part.className = className;
    part.textContent = text;
    return part;
  };
  const row = (site, board) => {
    const line = document.createElement('li');
    const link = add(add(line, 'h3', '', ''), 'a', '', site.name);
    link.href = words.border.replace('find.json', `${board[0]}/sites/${site.id}.html`);
    const number = (site.phones || '').split(' ')[0];
    if (number) add(add(line, 'p', 'call', ''), 'a', '', number.replace(',', ' ')).href = `tel:${number.replace(/[^\d,]/g, '')}`;
    const far = window.nearest && window.nearest.here() ? window.nearest.told([site.lat, site.lon]) : '';
    add(line, 'p', 's', [board[1], site.town, far, site.address].filter(Boolean).join(' '));
    return line;
  };
  const fill = (found) => {
    fold.lastChild.textContent = '';
    found.sort((one, other) => one[0] - other[0]).slice(0, MOST).forEach(([, one, board]) => fold.lastChild.appendChild(row(one, board)));
    if (!found.length) add(fold.lastChild, 'li', '', words.none);
  };
  const put = (text, open) => {
    fold.firstChild.textContent = text;
    fold.open = open;
    form.insertAdjacentElement('afterend', fold);
  };
  /* By distance: a line to open, behind which the lists are asked for. */
  const offer = (site) => {
    const now = asked += 1;
    boards().then((found) => {
      if (now !== asked || !found.length) return;
      fold.lastChild.textContent = '';
      fold.ontoggle = () => {
        if (fold.open) load().then((all) => now === asked && fill(all.reduce((every, list) => every.concat(list.sites.map(site)
          .map((one) => [window.nearest.far([one.lat, one.lon]), one, list.board]).filter(([far]) => far <= REACH)), [])));
      };
      put(words.beyondNear, false);
    });
  };
  /* By what was `typed`, of which this board has nothing. */
  const show = (typed, seek, site) => {
    const now = asked += 1;
    load().then((all) => {
      if (now !== asked) return;
      fold.ontoggle = null;
      fold.remove();
      const found = [];
      all.forEach((list) => {
        seek.fold(list.fold);
        const sites = list.sites.map(site);
        const {ranks, guessed} = seek.among(sites.map(seek.site), typed);
        sites.forEach((one, at) => {
          if (!guessed && ranks[at] !== null) found.push([ranks[at], one, list.board]);
        });
      });
      if (!found.length) return;
      fill(found);
      put(words.beyond.replace('#', found.length), true);
    });
  };
  window.beyond = {
    boards,
    offer,
    show,
    hide: () => {
      asked += 1;
      fold.remove();
    },
  };
})();
