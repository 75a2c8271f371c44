/* Nothing typed at the desk is lost: what stands in a form and was not taken yet stays in this tab, through a cut
   network, a session that ended, somebody else's change, and another form's button. It goes when the form was taken,
   when somebody drops it, and with the tab. Passwords, PINs and robots' addresses are never held. */
(() => {
  'use strict';
  const PREFIX = 'desk-draft ';
  const SECRET = /^(password|token|code|again|pin|robot|key|seen)/;
  const NOTES = document.querySelector('[data-restored]');
  if (!NOTES || !window.sessionStorage) return;

  const fields = (form) => Array.prototype.filter.call(form.elements, (one) =>
    one.name && one.type !== 'hidden' && one.type !== 'password' && one.type !== 'file' && one.type !== 'submit' &&
    one.tagName !== 'BUTTON' && !one.readOnly && !SECRET.test(one.name));
  /* A form is known by its page, its fields and what it is about: rows of a list may come and go. */
  const nameOf = (form) => {
    const about = Array.prototype.filter.call(form.elements, (one) => one.type === 'hidden' && !SECRET.test(one.name));
    return PREFIX + JSON.stringify([location.pathname, location.search, about.map((one) => one.name + '=' + one.value),
      fields(form).map((one) => one.name + '/' + one.type)]);
  };
  const given = (one) => {
    if (one.type === 'checkbox' || one.type === 'radio') return one.defaultChecked;
    if (!one.options) return one.defaultValue;
    const first = Array.prototype.filter.call(one.options, (option) => option.defaultSelected)[0] || one.options[0];
    return first ? first.value : '';
  };
  const typed = (one) => (one.type === 'checkbox' || one.type === 'radio' ? one.checked : one.value);
  const put = (one, value) => {
    if (one.type === 'checkbox' || one.type === 'radio') one.checked = value;
    else one.value = value;
  };
  const read = (name) => {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch (broken) {
      return null;
    }
  };
  const hold = (name, draft) => {
    try {
      if (draft) sessionStorage.setItem(name, JSON.stringify(draft));
      else sessionStorage.removeItem(name);
    } catch (full) {
      // no storage, or none left: then it is as without this script
    }
  };
  const note = (form) => {
    const changes = fields(form).map((one) => (typed(one) === given(one) ? null : typed(one)));
    hold(nameOf(form), changes.some((one) => one !== null) ? {changes} : null);
  };
  const restore = (form) => {
    const name = nameOf(form);
    const draft = read(name);
    const found = fields(form);
    if (!draft || draft.changes.length !== found.length) return;
    const changed = found.filter((one, at) => draft.changes[at] !== null && draft.changes[at] !== typed(one));
    if (!changed.length) return;
    found.forEach((one, at) => {
      if (draft.changes[at] !== null) put(one, draft.changes[at]);
    });
    for (let part = form; part; part = part.parentElement) if (part.tagName === 'DETAILS') part.open = true;
    const line = document.createElement('p');
    line.className = 'now';
    line.setAttribute('role', 'status');
    line.textContent = NOTES.dataset.restored + ' ';
    const drop = document.createElement('button');
    drop.type = 'button';
    drop.textContent = NOTES.dataset.drop;
    drop.addEventListener('click', () => {
      form.reset();
      hold(name, null);
      line.remove();
    });
    line.appendChild(drop);
    form.insertBefore(line, form.firstChild);
  };

  /* The answer to what was sent last, which was taken: not a page that somebody came to in another way. */
  const SENT = 'desk-sent';
  const sent = sessionStorage.getItem(SENT);
  if (sent && 'taken' in NOTES.dataset) hold(sent, null);
  sessionStorage.removeItem(SENT);

  const posts = () => document.querySelectorAll('main form[method=post]');
  posts().forEach(restore);
  document.addEventListener('input', (event) => {
    const form = event.target.form;
    if (form && form.method === 'post' && form.closest('main')) note(form);
  });
  document.addEventListener('change', (event) => {
    const form = event.target.form;
    if (form && form.method === 'post' && form.closest('main')) note(form);
  });
  document.addEventListener('submit', (event) => {
    if (!event.target.closest('main') || event.target.method !== 'post') return;
    note(event.target);
    sessionStorage.setItem(SENT, nameOf(event.target));
  });
})();
