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
  window.nearest = {
    here: () => Boolean(here),
    again: () => { // a shared address must not ask anybody for the position
      if (!navigator.permissions) return;
      navigator.permissions.query({name: 'geolocation'}).then(({state}) => state === 'granted' && locate());
    },
    far: (at) => (placed(at) ? kilometres(at[0], at[1]) : Infinity),
    off,
    placed,
    refused: () => refused,
    told,
  };
})();
