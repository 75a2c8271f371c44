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
  let lists = null;
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
  const load = () => {
    if (!lists) {
      lists = json(words.border).then(({sites}) => {
        const own = sites.find((board) => board[0] === words.board);
        const within = (board) => (board === own || !own || !own[BOX] || !board[BOX] ? Infinity : apart(own[BOX], board[BOX]));
        return Promise.all(sites.filter((board) => within(board) <= REACH)
          .sort((one, other) => within(one) - within(other)).slice(0, BOARDS)
          .map((board) => json(words.border.replace('find.json', `${board[0]}/find.json`))
            .then((list) => Object.assign(list, {board})).catch(() => null)));
      }).then((all) => all.filter(Boolean), () => {
        lists = null; // asked again with the next word
        return [];
      });
    }
    return lists;
  };
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
  /* `seek`: what knows how people write, where something was `typed`; `open`: nothing else was found. */
  const show = ({typed, seek, site, open}) => {
    const now = asked += 1;
    load().then((all) => {
      if (now !== asked) return;
      const near = !typed && window.nearest.here();
      let found = [];
      all.forEach((list) => {
        const sites = list.sites.map(site);
        if (seek) seek.fold(list.fold);
        const ranks = typed ? seek.among(sites.map(seek.site), typed) : {ranks: sites.map((one) => window.nearest.far([one.lat, one.lon]))};
        if (ranks.guessed) return;
        sites.forEach((one, at) => {
          if (ranks.ranks[at] !== null && (typed || ranks.ranks[at] <= REACH)) found.push([ranks.ranks[at], one, list.board]);
        });
      });
      found = found.sort((one, other) => one[0] - other[0]).slice(0, MOST);
      fold.remove();
      if (!found.length) return;
      const text = near ? words.beyondKm.replace('#', found[0][0].toFixed(1)) : words.beyond.replace('#', found.length);
      fold.firstChild.textContent = text;
      fold.lastChild.textContent = '';
      found.forEach(([, one, board]) => fold.lastChild.appendChild(row(one, board)));
      fold.open = open;
      form.insertAdjacentElement('afterend', fold);
    });
  };
  window.beyond = {
    show,
    hide: () => {
      asked += 1;
      fold.remove();
    },
  };
})();
