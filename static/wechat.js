/* Copies an article as it stands, markup included: by the clipboard's own interface, else by selecting it and
   answering the browser's copy, else it is left selected, to be copied by hand. */
(() => {
  'use strict';
  document.documentElement.classList.add('wx-ready'); // shows the buttons: without this script they would do nothing

  const select = (part) => {
    const range = document.createRange();
    range.selectNodeContents(part);
    const chosen = getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  };
  const bySelection = (part, html, text) => {
    let put = false;
    const answer = (event) => {
      if (html) event.clipboardData.setData('text/html', html);
      event.clipboardData.setData('text/plain', text);
      event.preventDefault();
      put = true;
    };
    select(part);
    document.addEventListener('copy', answer, true);
    try {
      put = document.execCommand('copy') && put;
    } catch (refused) {
      put = false; // it stays selected
    }
    document.removeEventListener('copy', answer, true);
    return put;
  };
  const byInterface = (html, text) => {
    const clipboard = navigator.clipboard;
    if (!clipboard) return Promise.reject(new Error('none'));
    if (!html) return clipboard.writeText(text);
    if (!window.ClipboardItem || !clipboard.write) return Promise.reject(new Error('none'));
    const item = {'text/html': new Blob([html], {type: 'text/html'}), 'text/plain': new Blob([text], {type: 'text/plain'})};
    return clipboard.write([new ClipboardItem(item)]);
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-wx]');
    if (!button) return;
    const part = document.getElementById(button.dataset.wx);
    const told = button.nextElementSibling;
    const say = (text) => {
      told.textContent = text;
    };
    // An article stands for a day where it was pasted: one that is over is not to begin there.
    if (Date.now() >= Date.parse(button.dataset.old)) {
      say(button.dataset.late);
      return;
    }
    const html = 'rich' in button.dataset ? part.innerHTML : '';
    const text = html ? part.innerText : part.textContent;
    byInterface(html, text).then(
      () => say(button.dataset.done),
      () => say(bySelection(part, html, text) ? button.dataset.done : button.dataset.failed),
    );
  });
})();
