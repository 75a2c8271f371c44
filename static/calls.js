/* A number heard on the phone is reported without leaving the page: its row is exchanged, all others stay. */
(() => {
  'use strict';
  const list = document.querySelector('[data-calls]');
  if (!list || !window.fetch || !window.DOMParser) return;
  list.addEventListener('submit', async (event) => {
    const form = event.target;
    const row = form.closest('li');
    const button = form.querySelector('button');
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    try {
      const answer = await fetch(location.pathname, {
        method: 'POST', body: new URLSearchParams(new FormData(form)), credentials: 'same-origin', redirect: 'manual',
      });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById(row.id);
      if (!fresh) throw new Error(answer.status);
      document.getElementById('calls-left').textContent = page.getElementById('calls-left').textContent;
      const next = row.nextElementSibling;
      const made = document.importNode(fresh, true);
      row.replaceWith(made);
      const field = made.querySelector('[name=patients]') || (next && next.querySelector('[name=patients]'));
      if (field) field.focus({preventScroll: true});
    } catch {
      button.disabled = false;
      let note = form.querySelector('.wrong');
      if (!note) {
        note = document.createElement('p');
        note.className = 'wrong';
        note.setAttribute('role', 'alert');
        form.append(note);
      }
      note.textContent = list.dataset.calls;
    }
  });
})();
