/* Puts the board where this script stands: <script src="…/embed.js" data-theme="dark" data-large async></script>.
   What it loads is one page in a frame, as high as it has to be; nothing else of the page around is touched. */
(function (script) {
  'use strict';
  if (!script) return;
  var wish = [];
  if (script.getAttribute('data-theme')) wish.push('theme=' + encodeURIComponent(script.getAttribute('data-theme')));
  if (script.hasAttribute('data-large')) wish.push('large=1');
  var frame = document.createElement('iframe');
  frame.src = script.src.replace(/embed\.js([?#].*)?$/, 'embed.html') + (wish.length ? '?' + wish.join('&') : '');
  frame.title = script.getAttribute('data-title') || "结束县发热就诊机构忙闲情况";
  frame.setAttribute('scrolling', 'no');
  frame.style.cssText = 'border:0;display:block;width:100%;height:600px';
  window.addEventListener('message', function (event) {
    var told = event.data && event.data.trafficlight;
    if (event.source !== frame.contentWindow || typeof told !== 'number' || !(told > 0 && told < 1e5)) return;
    frame.style.height = Math.ceil(told) + 'px';
  });
  script.parentNode.replaceChild(frame, script);
})(document.currentScript);
