/* Copies what a page wrote for sending on. Where that fails, the text stands there selected, to be copied by hand. */
(() => {
  'use strict';
  document.documentElement.classList.add('copies'); // shows the button: without this script it would do nothing

  document.addEventListener('click', event => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    const text = document.getElementById(button.dataset.copy);
    const said = document.getElementById(button.dataset.say);
    const say = done => {
      said.textContent = done ? button.dataset.done : button.dataset.failed;
    };
    // Old kernels have no clipboard for scripts, and none has one without https.
    const byHand = () => {
      text.closest('details').open = true;
      text.focus();
      text.setSelectionRange(0, text.value.length);
      let done = false;
      try {
        done = document.execCommand('copy');
      } catch (refused) {
        // It says so below.
      }
      say(done);
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text.value).then(() => say(true), byHand);
    else byHand();
  });
})();
