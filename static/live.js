/* Asks whether something newer exists, and fetches it: told by the app's stream where the page names one, else by
   asking again and again. What comes is handed on as the event `fresh`; the server's clock as the event `clock`. */
(() => {
  'use strict';
  const page = document.documentElement.dataset;
  if (!page.asOf || location.protocol === 'file:' || !window.fetch || !window.AbortController) return;
  const SECOND = 1000;
  const MINUTE = 60 * SECOND;
  const LONGEST = 10 * MINUTE; // between two questions, however often they failed
  const PATIENCE = 10 * SECOND; // for one answer
  const BEHIND = [1.5 * SECOND, 3 * SECOND, 6 * SECOND]; // a folder's files may follow the news
  const data = document.querySelector('link[rel=alternate][type="application/json"]');
  const whole = data && data.getAttribute('href').indexOf('/') < 0; // the page tells of all that the data tells
  let timer = 0;
  let later = 0; // timer of the stream's next try
  let failed = 0;
  let broken = 0; // streams that ended, one after the other
  let asking = false;
  let again = false;
  let exchanged = -SECOND; // when the page was last exchanged, on the clock that nobody sets
  let asked = -MINUTE;
  let known = ''; // the tag of the data that the page stands for
  let heard = '';
  let skew = null;
  let stream = null;
  let late = 0; // times that the page was behind the news

  const jitter = (ms) => ms * (0.75 + Math.random() / 2);
  const minute = (instant) => Math.floor(Date.parse(instant) / MINUTE);
  const older = (one, other) => {
    const apart = minute(one.asOf) - minute(other.asOf);
    return apart < 0 || (apart === 0 && Number(one.position || 0) < Number(other.position || 0));
  };

  /* The clock is right to a second or two, which is enough for lights that stand for hours. */
  const measure = (answer, began, took) => {
    const said = Date.parse(answer.headers.get('date'));
    if (!said || took > PATIENCE) return;
    const there = said + SECOND * (0.5 + Number(answer.headers.get('age') || 0));
    const apart = there - began - took / 2;
    const found = Math.abs(apart) < 30 * SECOND ? 0 : apart;
    if (skew !== null && Math.abs(found - skew) < 5 * SECOND) return;
    skew = found;
    document.dispatchEvent(new CustomEvent('clock', {detail: skew}));
  };
  const get = async (url, options) => {
    const stop = new AbortController();
    const fuse = setTimeout(() => stop.abort(), PATIENCE);
    const began = Date.now();
    const start = performance.now();
    try {
      const answer = await fetch(url, Object.assign({signal: stop.signal, credentials: 'same-origin'}, options));
      if (!answer.ok) throw new Error(answer.status);
      measure(answer, began, performance.now() - start);
      return [answer, options.method ? '' : await answer.text()];
    } finally {
      clearTimeout(fuse);
    }
  };
  const exchange = async () => {
    const wait = exchanged + SECOND - performance.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    const text = (await get(location.pathname, {cache: 'no-cache'}))[1];
    const fresh = new DOMParser().parseFromString(text, 'text/html');
    const told = fresh.documentElement.dataset;
    if (!told.asOf) throw new Error('not ours'); // a network's own page, asking for a password
    if (older(told, page)) return;
    exchanged = performance.now();
    document.dispatchEvent(new CustomEvent('fresh', {detail: fresh}));
  };

  /* `news`: the stream has said that there is something newer. */
  const ask = async (news) => {
    clearTimeout(timer);
    if (asking) {
      again = news || again || 'poll';
      return;
    }
    asking = true;
    asked = performance.now();
    const before = page.position + page.asOf;
    let wait = 0;
    try {
      let tag = known;
      if (!news && data) {
        const answer = (await get(data.href, {method: 'HEAD', cache: 'no-store'}))[0];
        tag = answer.headers.get('etag') || answer.headers.get('last-modified') || '';
      }
      if (news || !tag || tag !== known) {
        const first = !known && !news;
        await exchange();
        const behind = whole && (news ? older(page, news) : !first && before === page.position + page.asOf);
        wait = behind && late < BEHIND.length ? BEHIND[late++] : 0;
        if (!wait) {
          known = tag;
          late = 0;
        }
      } else if ('cached' in page) {
        await exchange();
      }
      failed = 0;
    } catch (wrong) {
      failed += 1;
    }
    asking = false;
    const next = again;
    again = false;
    if (next) {
      ask(next === 'poll' ? undefined : next);
    } else if (wait) {
      timer = setTimeout(() => ask(news), wait);
    } else {
      plan();
    }
  };
  const plan = () => {
    clearTimeout(timer);
    const told = stream && stream.readyState === 1 && !failed;
    const usual = told || document.hidden ? LONGEST : Math.min(LONGEST, MINUTE * Math.pow(2, failed));
    const left = Date.parse(page.until) - Date.now() - (skew || 0);
    const boundary = left > 0 && !failed ? left + SECOND * (2 + 8 * Math.random()) : LONGEST;
    timer = setTimeout(ask, Math.min(jitter(usual), boundary));
  };

  const hush = () => {
    clearTimeout(later);
    if (stream) stream.close();
    stream = null;
  };
  const listen = () => {
    hush();
    if (!page.live || !window.EventSource || document.hidden) return;
    stream = new EventSource(page.live);
    stream.onopen = plan;
    stream.onmessage = (event) => {
      const said = JSON.parse(event.data);
      const key = said.position + said.as_of;
      broken = 0;
      if (key === heard) return;
      heard = key;
      const news = {position: said.position, asOf: said.as_of};
      if (!whole || older(page, news)) ask(news);
    };
    stream.onerror = () => {
      hush();
      broken += 1;
      later = setTimeout(listen, jitter(Math.min(5 * MINUTE, SECOND * Math.pow(2, broken))));
      plan();
    };
  };

  const wake = () => {
    if (document.hidden) {
      hush();
      plan();
      return;
    }
    if (!stream) listen();
    if (performance.now() - asked > 5 * SECOND) ask();
  };
  document.addEventListener('visibilitychange', wake);
  addEventListener('online', () => {
    failed = 0;
    broken = 0;
    asked = -MINUTE;
    wake();
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted) wake();
  });
  addEventListener('pagehide', hush);
  const now = Date.now();
  const doubtful = 'cached' in page || now > Date.parse(page.until) || now < Date.parse(page.asOf) - MINUTE;
  listen();
  if (doubtful) ask();
  else timer = setTimeout(ask, jitter(8 * SECOND));
})();
