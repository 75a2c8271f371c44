/* Who is nearest: worked out on the phone. The position is asked for when the button is pressed, stays in this page's
   memory, and is part of no request. */
(() => {
  'use strict';
  const form = document.getElementById('find');
  const button = form && form.elements.near;
  if (!button) return;
  const words = form.dataset;
  const EARTH = 6371; // km
  const RADIAN = Math.PI / 180;
  let here = null;
  let refused = false;
  let homes = null; // where the rows stood, while they stand by distance
  const flat = document.createElement('section');
  flat.appendChild(document.createElement('ul')).className = 'rows';

  const kilometres = (lat, lon) => {
    const across = (lon - here[1]) * RADIAN * Math.cos((lat + here[0]) / 2 * RADIAN);
    return EARTH * Math.hypot(across, (lat - here[0]) * RADIAN);
  };
  const placed = (at) => at && at[0] !== null && at[0] !== undefined;
  const told = (at) => {
    if (!placed(at)) return '';
    const far = kilometres(at[0], at[1]);
    if (far < 0.95) return words.m.replace('#', Math.max(50, Math.round(far * 20) * 50));
    return words.km.replace('#', far < 9.95 ? far.toFixed(1) : Math.round(far));
  };
  /* Who is surely open first, and of these the nearest. */
  const sorted = (all, at, open) => all
    .map((one, index) => [
      open && open(one) ? 0 : 1,
      placed(at(one)) ? kilometres(at(one)[0], at(one)[1]) : Infinity,
      index,
      one,
    ])
    .sort((one, other) => one[0] - other[0] || (one[1] === other[1] ? one[2] - other[2] : one[1] - other[1]))
    .map((one) => one[3]);
  const homeOf = (row) => row.closest('details[id], section');
  const restore = () => {
    document.querySelectorAll('p.far').forEach((far) => far.remove());
    if (!homes) return;
    homes.forEach(([row, list]) => {
      list.appendChild(row);
      delete row.home;
    });
    homes.forEach((home) => {
      homeOf(home[0]).gone = false;
    });
    homes = null;
    flat.remove();
  };
  const arrange = (rows, spot, open) => {
    if (!here || !rows.some((row) => placed(spot(row)))) { // of no row is it known how far it is
      restore();
      return;
    }
    if (homes || !rows.length) return;
    homes = rows.map((row) => [row, row.parentNode]);
    rows.forEach((row) => {
      row.home = homeOf(row);
      row.home.gone = true;
    });
    document.querySelector('main').insertBefore(flat, rows[0].closest('section'));
    sorted(rows, spot, open).forEach((row) => {
      const far = document.createElement('p');
      const at = spot(row);
      far.className = 'far';
      far.textContent = [told(at), row.home.querySelector('h2').textContent].filter(Boolean).join(' ');
      row.querySelector('h3').insertAdjacentElement('afterend', far);
      flat.firstChild.appendChild(row);
    });
  };

  const show = () => {
    button.setAttribute('aria-pressed', here ? 'true' : 'false');
    document.dispatchEvent(new Event('near'));
  };
  const off = () => {
    here = null;
    refused = false;
    button.setAttribute('aria-pressed', 'false');
  };
  const locate = () => {
    button.disabled = true;
    const done = (position) => {
      button.disabled = false;
      here = position && [position.coords.latitude, position.coords.longitude];
      refused = !here;
      show();
      button.focus();
    };
    navigator.geolocation.getCurrentPosition(done, () => done(null), {maximumAge: 60e3, timeout: 15e3});
  };
  if (!navigator.geolocation || !window.isSecureContext || !words.list) {
    button.remove();
    return;
  }
  button.addEventListener('click', () => {
    if (!here) {
      locate();
      return;
    }
    off();
    show();
  });
  document.addEventListener('before-rows', restore);
  window.nearest = {
    here: () => Boolean(here),
    again: () => { // a shared address must not ask anybody for the position
      if (!navigator.permissions) return;
      navigator.permissions.query({name: 'geolocation'}).then(({state}) => state === 'granted' && locate());
    },
    arrange,
    arranged: () => Boolean(homes),
    off,
    placed,
    refused: () => refused,
    restore,
    sorted,
    told,
  };
})();
