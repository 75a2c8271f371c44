/* Before anything is drawn: says that scripts run, and makes the page large for whoever chose that once. It stands in
   the page itself. Controls without their script would be dead: where one does not come, the page is as without. One with an id says for itself what is missing. */
(function (marks) {
  marks.add('js');
  try {
    marks.toggle('large', localStorage.getItem('large') === '1');
  } catch (forbidden) {}
  addEventListener('error', function (event) {
    if (event.target.nodeName === 'SCRIPT' && !event.target.id) marks.remove('js', 'mine');
  }, true);
})(document.documentElement.classList);
