/* Reads the first clinics aloud in the page's language, in the version for elders, where the phone has a voice. */
(() => {
  'use strict';
  const form = document.getElementById('find');
  const button = form && form.elements.speak;
  const voice = window.speechSynthesis;
  if (!button) return;
  if (!voice || !window.SpeechSynthesisUtterance) {
    button.remove();
    return;
  }
  const MOST = 5; // clinics: whoever listens keeps no more in mind
  const SILENT = 5000; // ms, then the phone has no voice
  const word = button.textContent;
  const tongue = document.documentElement.lang;
  const stop = tongue === 'en' ? ', ' : '，';
  /* A voice that speaks English leaves the Chinese of a name to the eye. */
  const text = (part) => (part ? Array.from(part.childNodes).map((one) => (one.lang ? '' : one.textContent)).join('').trim() : '');
  /* A number is read digit by digit, in the parts in which it is written. */
  const spoken = (number) => number.replace(/\d+/g, (digits) => digits.split('').join(' ')).replace(/-/g, stop);
  const isSeen = (row) => row.getClientRects().length > 0;
  const said = () => Array.from(document.querySelectorAll('main .rows > li')).filter(isSeen).slice(0, MOST)
    .map((row) => [
      text(row.querySelector('h3 a')),
      text(row.querySelector('.pill')).replace(/^\S+\s/, ''),
      spoken(text(row.querySelector('.call a'))),
      text(row.querySelector('.t')),
    ].filter(Boolean).join(stop));
  const quiet = () => {
    voice.cancel();
    button.textContent = word;
  };
  button.addEventListener('click', () => {
    if (voice.speaking) {
      quiet();
      return;
    }
    const all = [text(document.querySelector('.fresh'))].concat(said());
    button.textContent = button.dataset.stop;
    setTimeout(() => voice.speaking || quiet(), SILENT);
    all.forEach((one, at) => {
      const utterance = new SpeechSynthesisUtterance(one);
      utterance.lang = tongue;
      if (at === all.length - 1) utterance.onend = quiet;
      utterance.onerror = quiet;
      voice.speak(utterance);
    });
  });
  addEventListener('pagehide', () => voice.cancel());
})();
