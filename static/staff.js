// Shows which light the typed number would give, and sends a form once. Without it everything still works.
(() => {
  'use strict';
  const form = document.getElementById('form');
  if (!form) return;
  const field = document.getElementById('patients');
  const bands = document.getElementById('bands');
  const preview = document.getElementById('preview');

  // Full-width digits, as Chinese keyboards write them.
  const plain = (text) => text.replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).trim();

  const show = () => {
    const text = plain(field.value);
    const count = /^\d{1,4}$/.test(text) ? Number(text) : null;
    let found = null;
    for (const row of bands.rows) {
      row.className = row.className.replace(' is', '');
      if (count !== null && count >= Number(row.dataset.least)) found = row;
    }
    preview.hidden = !found;
    if (!found) return;
    found.className += ' is';
    preview.textContent = preview.dataset.showing + found.cells[1].textContent + ' ' + found.dataset.say;
  };
  if (field && bands && preview) {
    field.addEventListener('input', show);
    show();
  }

  // What people would read of a closure, with the day that is chosen.
  const reopen = document.getElementById('reopen');
  const closing = document.getElementById('closing');
  if (reopen && closing) {
    const tell = () => { closing.textContent = reopen.options[reopen.selectedIndex].dataset.say; };
    reopen.addEventListener('change', tell);
    tell();
  }

  // A second tap while the first is on its way: the key in the form makes it harmless, this makes it visible.
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    // After the press was taken: a disabled button would not be sent along.
    setTimeout(() => form.querySelectorAll('button').forEach((button) => { button.disabled = true; }), 0);
  });
  window.addEventListener('pageshow', () => {
    sent = false;
    form.querySelectorAll('button').forEach((button) => { button.disabled = false; });
  });
})();
