// The clinic's form: shows which light the typed number would give, and keeps what could not be sent until it can be.
// Without it everything still works, but for the keeping.
//
// What is kept on the phone is what was typed, when, for which day, after which report and under which key. Neither the
// link's secret nor the form's token is: whoever reads the storage can send nothing.
(() => {
  'use strict';
  const HOME = location.pathname;
  const UNSENT = 'unsent ' + HOME;
  const DRAFT = 'draft ' + HOME;
  const PATIENCE = 20000; // ms until an answer is no longer waited for
  const PAUSE = 15000; // ms between tries while the page is open
  const MANY = 8; // sites of a town: fewer are seen at a glance
  const COUNTS = ['count', 'plus1', 'plus5']; // each says all of the day: of several unsent the last is enough

  let form = null;
  let pressed = null;
  let sending = false;

  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch (error) {
      return null;
    }
  };
  // Whether it is kept: some browsers have no storage, or none left.
  const keep = (name, value) => {
    try {
      localStorage.setItem(name, JSON.stringify(value));
      return true;
    } catch (error) {
      return false;
    }
  };
  const forget = (name) => {
    try {
      localStorage.removeItem(name);
    } catch (error) {
      // nothing was kept
    }
  };
  const unsent = () => read(UNSENT) || [];
  const keepUnsent = (items) => (items.length ? keep(UNSENT, items) : forget(UNSENT));

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => ('0' + n.toString(16)).slice(-2)).join('');
  const fieldOf = (item, name) => {
    const found = item.fields.filter((field) => field[0] === name).pop();
    return found ? found[1] : '';
  };
  const setField = (item, name, value) => {
    item.fields = item.fields.map((field) => (field[0] === name ? [name, value] : field));
  };

  // --- the light that a number would give -------------------------------------------------------------------

  // Full-width digits, as Chinese keyboards write them, and what people put behind a number. The server reads more.
  const plain = (text) => text.replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/\s*(人次?|例|个|位|名)?\s*$/, '').trim();

  const preview = () => {
    const field = document.getElementById('patients');
    const bands = document.getElementById('bands');
    const shown = document.getElementById('preview');
    if (!field || !bands || !shown) return;
    const when = document.getElementById('clock');
    const changes = JSON.parse(bands.dataset.changes);
    const show = () => {
      const text = plain(field.value);
      // Of a number of another hour the server alone knows what it means now.
      const count = /^\d{1,4}$/.test(text) && !(when && when.value) ? Number(text) : null;
      let found = null;
      for (const row of bands.rows) {
        row.className = row.className.replace(' is', '');
        if (count !== null && count >= Number(row.dataset.least)) found = row;
      }
      shown.hidden = !found;
      if (!found) return;
      shown.className = found.className;
      found.className += ' is';
      const pill = found.cells[1].firstChild.cloneNode(true);
      shown.textContent = shown.dataset.showing;
      const change = changes.filter((one) => one[0] <= count).pop();
      shown.append(pill, ' ' + found.dataset.say + (change && change[1] ? ' ' + change[1] : ''));
    };
    field.addEventListener('input', show);
    if (when) when.addEventListener('input', show);
    show();
  };

  // What people would read of a closure, with the reason and the day that are chosen.
  const closing = () => {
    const why = document.getElementById('why');
    const reopen = document.getElementById('reopen');
    const shown = document.getElementById('closing');
    if (!why || !reopen || !shown) return;
    const said = (one) => one.options[one.selectedIndex].dataset.say;
    const tell = () => { shown.textContent = said(why).replace('#', said(reopen)).trim(); };
    why.addEventListener('change', tell);
    reopen.addEventListener('change', tell);
    tell();
  };

  // A captain's page: a site is found by its name, and the day of reopening is asked for where one is closed.
  const town = () => {
    const rows = Array.from(document.querySelectorAll('.rows > li'));
    for (const row of rows) {
      const act = row.querySelector('select');
      const more = row.querySelector('.row-reopen');
      if (!act || !more) continue;
      const open = () => { more.hidden = act.value.indexOf('close') !== 0; more.open = !more.hidden; };
      act.addEventListener('change', open);
      open();
      const number = row.querySelector('.row-in input');
      const when = row.querySelector('.row-when');
      if (!number || !when) continue;
      const ask = () => { when.hidden = !number.value && !when.querySelector('input').value; };
      number.addEventListener('input', ask);
      ask();
    }
    const box = document.querySelector('.row-find');
    if (!box || rows.length < MANY) return;
    box.hidden = false;
    const squeeze = (text) => text.toLowerCase().replace(/\s/g, '');
    const find = box.querySelector('input');
    find.addEventListener('input', () => {
      const wanted = squeeze(find.value);
      for (const row of rows) {
        const number = row.querySelector('.row-in input');
        row.hidden = !squeeze(row.dataset.find).includes(wanted) && !number.value; // what is typed stays in sight
      }
    });
    find.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') event.preventDefault(); // it sends nothing
    });
  };

  // --- nothing typed is lost --------------------------------------------------------------------------------

  const typed = () => Array.from(form.elements).filter((one) => one.name && /^(text|textarea|select-one|date|time)$/.test(one.type));

  const saveDraft = () => {
    const values = {};
    for (const one of typed()) if (one.value && one.selectedIndex !== 0) values[one.name] = one.value;
    keep(DRAFT, { day: form.elements.day.value, values });
  };

  // Only on the day on which it was typed: on the next it would be taken for that day's.
  const restoreDraft = () => {
    const draft = read(DRAFT);
    if (!draft) return;
    if (draft.day !== form.elements.day.value) {
      forget(DRAFT);
      return;
    }
    for (const one of typed()) {
      if (!draft.values[one.name] || (one.value && one.type !== 'select-one')) continue;
      one.value = draft.values[one.name];
      const folded = one.closest('details');
      if (folded) folded.open = true;
    }
  };

  // --- sending ----------------------------------------------------------------------------------------------

  const tell = (state) => {
    const box = document.getElementById('unsent');
    if (!box) return;
    const items = unsent();
    box.hidden = !state;
    if (!state) return;
    box.className = state;
    const told = box.querySelector('.what');
    if (items.length) told.textContent = items.map((item) => item.what).join(' / ');
  };

  const enable = (on) => {
    sending = !on;
    for (const button of document.querySelectorAll('#form button')) button.disabled = !on;
  };

  const show = (page) => {
    document.title = page.title;
    document.documentElement.replaceChild(document.adoptNode(page.body), document.body);
    scrollTo(0, 0);
    start();
  };

  // Where the receipt is, a page that asks or tells something, or null where nobody can tell whether it arrived.
  const post = async (item) => {
    const body = new URLSearchParams(item.fields);
    body.append('token', form.elements.token.value);
    body.append('sent_at', Date.now()); // by which the server knows whether this phone's clock can be believed
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), PATIENCE);
    try {
      const answer = await fetch(HOME, { method: 'POST', body, credentials: 'same-origin', signal: control.signal });
      if (answer.status >= 500 || answer.status === 408 || answer.status === 429) return null;
      if (answer.redirected) return { url: answer.url };
      const gone = answer.status === 403 || answer.status === 410; // perhaps to be let in again
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const waits = gone && !page.getElementById('form');
      return page.body.className === 'staff' ? { page, waits } : null; // anything else is a network's own page
    } catch (error) {
      return null;
    } finally {
      clearTimeout(timer);
    }
  };

  // Sends what waits, in its order, each under its own key: whatever arrived already is answered as the first time.
  const flush = async (byHand) => {
    if (sending || !form || !unsent().length) return;
    enable(false);
    const idle = byHand || !typed().some((one) => one.type === 'text' && one.value);
    let url = '';
    for (let item = unsent()[0]; item; item = unsent()[0]) {
      const told = await post(item);
      if (!told) {
        enable(true);
        tell('waiting');
        return;
      }
      const rest = unsent().filter((one) => fieldOf(one, 'key') !== fieldOf(item, 'key'));
      if (told.page) {
        if (!told.waits) keepUnsent(rest);
        sending = false;
        show(told.page);
        return;
      }
      url = told.url;
      const kept = new URL(url).searchParams.get('r');
      for (const one of rest) if (fieldOf(one, 'seen') === fieldOf(item, 'seen')) setField(one, 'seen', kept);
      if (form.elements.seen && form.elements.seen.value === fieldOf(item, 'seen')) form.elements.seen.value = kept;
      keepUnsent(rest);
    }
    if (idle) {
      location.assign(url);
    } else {
      enable(true); // somebody is typing the next one
      tell('sent');
    }
  };

  const submit = (event) => {
    if (sending) {
      event.preventDefault();
      return;
    }
    const button = pressed || form.querySelector('button');
    const fields = Array.from(new FormData(form)).filter((field) => field[0] !== 'token');
    if (button.name) fields.push([button.name, button.value]);
    fields.push(['typed_at', String(Date.now())]);
    const number = form.elements.patients ? plain(form.elements.patients.value) : '';
    const rows = typed().filter((one) => one.dataset.name && one.value).map((one) => one.dataset.name + ' ' + one.value);
    const item = { fields, what: (number || rows.join(' / ')) + ' · ' + button.textContent.trim() };
    const act = fieldOf(item, 'act');
    const others = unsent().filter((one) => !(COUNTS.includes(act) && COUNTS.includes(fieldOf(one, 'act'))
      && fieldOf(one, 'day') === fieldOf(item, 'day')));
    if (!keepUnsent(others.concat([item]))) return; // the browser sends it as it can
    event.preventDefault();
    forget(DRAFT);
    flush(true).then(() => {
      if (!form || !unsent().length) return;
      // The next one is another report, and goes on from here.
      form.elements.key.value = newKey();
      if (form.elements.base && COUNTS.includes(act)) {
        const more = Number(act.replace(/\D/g, ''));
        form.elements.base.value = more ? String(Number(form.elements.base.value) + more) : plain(number);
      }
      // A day of reopening stays as it was: empty it would say that nobody knows any more.
      for (const one of typed()) if (one.type !== 'select-one') one.value = one.type === 'date' ? one.defaultValue : '';
      preview();
    });
  };

  const start = () => {
    form = document.getElementById('form');
    pressed = null;
    if (!form) return;
    restoreDraft();
    preview();
    closing();
    town();
    form.addEventListener('input', saveDraft);
    form.addEventListener('click', (event) => { pressed = event.target.closest('button') || pressed; });
    form.addEventListener('submit', submit);
    const again = document.getElementById('again');
    if (again) again.addEventListener('click', () => flush(true));
    const drop = document.getElementById('drop');
    if (drop) {
      drop.addEventListener('click', () => {
        forget(UNSENT);
        tell('');
      });
    }
    if (unsent().length) {
      tell('waiting');
      flush(false);
    }
  };

  start();
  const retry = () => {
    if (document.visibilityState === 'visible') flush(false);
  };
  addEventListener('online', retry);
  document.addEventListener('visibilitychange', retry);
  setInterval(retry, PAUSE);
  addEventListener('pageshow', (event) => {
    if (!event.persisted || !form) return;
    enable(true);
    retry();
  });
})();
