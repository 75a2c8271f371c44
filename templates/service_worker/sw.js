/* Keeps the last edition of each page that was looked at, for when there is no network. The network comes first,
   always: what is kept answers only where the network fails or stays silent, and is marked as kept. */
'use strict';
const MINE = `trafficlight ${self.registration.scope} `;
const VERSION = '@VERSION@';
const PATIENCE = 4000; // ms that a page may take before the kept one is shown
const MOST = {page: 40, list: 12, asset: 40}; // files kept
const ROOT = new URL(self.registration.scope).pathname;
const KINDS = [
  ['asset', /^assets\/./],
  ['list', /(^|\/)find\.json$/],
  ['page', /^(?!(?:_|api|desk|enter|report)(?:\/|$))(?:.*\/)?(?:[^/]+\.html)?$/],
];

/* What is asked for, as [kind, key]; undefined for what is none of ours. */
const known = (address) => {
  const url = new URL(address);
  if (url.origin !== self.location.origin || !url.pathname.startsWith(ROOT)) return undefined;
  const path = url.pathname.slice(ROOT.length);
  const kind = KINDS.find((one) => one[1].test(path));
  return kind && [kind[0], url.origin + url.pathname.replace(/(^|\/)index\.html$/, '$1')];
};
const open = (kind) => caches.open(`${MINE}${VERSION} ${kind}`);
const stored = async (kind, key) => (await open(kind)).match(key);
const keep = async (kind, key, answer) => {
  if (answer.status !== 200 || answer.type !== 'basic' || answer.redirected) return;
  if (/no-store/.test(answer.headers.get('cache-control'))) return;
  // A network's own page, asking for a password, also says 200.
  if (kind === 'page' && !(await answer.clone().text()).includes('data-as-of=')) return;
  const cache = await open(kind);
  await cache.put(key, answer); // in place of the former one, and behind all others: never is there none
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST[kind])).map((old) => cache.delete(old)));
};
const marked = async (answer) => {
  const headers = new Headers(answer.headers);
  ['content-encoding', 'content-length', 'etag', 'last-modified'].forEach((name) => headers.delete(name));
  return new Response((await answer.text()).replace('<html ', '<html data-cached '), {headers});
};

/* Of a page that nobody has opened yet the board's own knows something: the row of a site, the clinics of a town. */
const instead = async (key) => {
  const [, board, folder, name] = /^(.*\/)(sites|towns)\/([^/]+)\.html$/.exec(key) || [];
  if (board && await stored('page', board)) {
    return Response.redirect(`${board}index.html?${folder === 'sites' ? 'site' : 'town'}=${name}`);
  }
  return new Response(AWAY, {status: 503, headers: {'content-type': 'text/html; charset=utf-8'}});
};
const AWAY = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>网络不通</title><h1>网络不通</h1><p>这一页还没有存在手机里，请有网络时再打开。病情紧急请直接拨打<a href="tel:120">120</a>。</p>
<p lang="en">No network, and this page is not on the phone yet. In an emergency call 120.</p>`;

const assetFirst = async (key, network) => (await stored('asset', key)) || network();
const networkFirst = async (kind, key, network) => {
  let answer;
  try {
    answer = await Promise.race([network, new Promise((done) => setTimeout(done, PATIENCE))]);
  } catch (none) {
    answer = undefined;
  }
  if (answer && answer.status < 500) return answer;
  const old = await stored(kind, key);
  if (!old) return answer || (kind === 'page' ? network.catch(() => instead(key)) : network);
  return kind === 'page' ? marked(old) : old;
};

self.addEventListener('fetch', (event) => {
  const {request} = event;
  const ours = request.method === 'GET' && known(request.url);
  if (!ours) return;
  const [kind, key] = ours;
  const fetched = () => {
    const answer = kind === 'asset' ? fetch(request) : fetch(new Request(request, {cache: 'no-cache'}));
    event.waitUntil(answer.then((one) => keep(kind, key, one.clone())).catch(() => undefined));
    return answer;
  };
  if (kind === 'asset') event.respondWith(assetFirst(key, fetched));
  // A page that asks after itself wants the truth, not what is kept.
  else if (kind === 'page' && request.mode !== 'navigate') event.respondWith(fetched());
  else event.respondWith(networkFirst(kind, key, fetched()));
});

/* Pages that were there before this, and those beside them: kept after their styles and scripts, once. What the
   browser still has is not fetched again. */
const take = async (address) => {
  const ours = known(address);
  if (!ours || await stored(...ours)) return;
  const answer = await fetch(address, {cache: 'force-cache'});
  if (ours[0] === 'page') {
    const parts = (await answer.clone().text()).match(/[^"]*assets\/[^"]+\.(?:css|js)(?=")/g) || [];
    await Promise.all(parts.slice(0, MOST.asset).map((part) => take(new URL(part, address).href)));
  }
  await keep(ours[0], ours[1], answer);
};
self.addEventListener('message', (event) => {
  event.waitUntil(Promise.all(event.data.slice(0, 9).map((address) => take(address).catch(() => undefined))));
});
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => {
  const clear = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(MINE) && !name.startsWith(MINE + VERSION));
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clear());
});
