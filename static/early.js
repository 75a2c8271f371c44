/* Before anything is drawn: says that scripts run, and makes the page large for whoever chose that once. It stands in
   the page itself. Controls without their script would be dead: where one does not come, the page is as without. */
(function (marks) {
  marks.add('js');
  try {
    marks.toggle('large', localStorage.getItem('large') === '1');
  } catch (forbidden) {}
  addEventListener('error', function (event) {
    if (event.target.nodeName === 'SCRIPT') marks.remove('js', 'mine');
  }, true);
})(document.documentElement.classList);
