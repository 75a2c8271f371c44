/* Reads the first clinics aloud, in the version for elders, where the phone has a voice. */
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
  const word = button.textContent;
  const text = (part) => (part ? part.textContent.trim() : '');
  /* A number is read digit by digit, in the parts in which it is written. */
  const spoken = (number) => number.replace(/\d+/g, (digits) => digits.split('').join(' ')).replace(/-/g, '，');
  const isSeen = (row) => row.getClientRects().length > 0;
  const said = () => Array.from(document.querySelectorAll('main .rows > li')).filter(isSeen).slice(0, MOST)
    .map((row) => [
      text(row.querySelector('h3 a')),
      text(row.querySelector('.pill')).replace(/^\S+\s/, ''),
      spoken(text(row.querySelector('.call a'))),
      text(row.querySelector('.t')),
    ].filter(Boolean).join('，'));
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
    all.forEach((one, at) => {
      const utterance = new SpeechSynthesisUtterance(one);
      utterance.lang = 'zh-CN';
      if (at === all.length - 1) utterance.onend = quiet;
      utterance.onerror = quiet;
      voice.speak(utterance);
    });
  });
  addEventListener('pagehide', () => voice.cancel());
})();
