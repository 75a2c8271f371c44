/* Whether what somebody typed means a site, and how surely: by its name, by what people call it, in pinyin whole or by
   initials, by a phone number, a colour, an everyday word; and, where nothing is meant so, by all but one character.
   Written for Chrome 70: no optional chaining, no matchAll. */
(() => {
  'use strict';
  const folds = new Map(); // traditional characters, by which the names are found all the same
  const fold = (pairs) => {
    const all = Array.from(pairs || '');
    for (let at = 1; at < all.length; at += 2) folds.set(all[at - 1], all[at]);
  };
  const plain = (text) => Array.from(text.normalize('NFKC').toLowerCase(), (one) => folds.get(one) || one).join('');

  /* What people say of every clinic of a page, whatever its sign says: it excludes none. */
  const COMMON = /^(?:发热|发烧|感冒|看病)?(?:门诊部?|诊室)?$/;
  const AILING = /^(.+?)(?:发热|发烧)(?:门诊部?|诊室)?$/;
  const LIGHTS = [
    ['blue', /^(?:蓝(?:色|灯)?|不忙|人少|blue)$/],
    ['yellow', /^(?:黄(?:色|灯)?|人多|yellow)$/],
    ['red', /^(?:红(?:色|灯)?|很忙|爆满|red)$/],
    ['cross', /^(?:[✕✗×x叉]|打叉|停诊|暂停|closed)$/],
    ['none', /^(?:灰(?:色)?|待更新)$/],
  ];
  const WHOM = [
    ['child', /^(?:儿科|儿童|小儿科?|小孩|孩子|娃娃?|宝宝)$/, /儿童|儿科|小儿|妇幼/],
    ['adult', /^(?:成人|大人)$/, /成人/],
  ];
  /* The small places are called by each other's names, and so are the larger ones; the second only where nothing else is found. */
  const SMALL = '卫生所|卫生室|卫生站|医务室|医务所|诊所|服务站';
  const LARGE = '卫生院|医院|服务中心|卫生所';
  const HAS_SMALL = new RegExp(SMALL);
  const HAS_LARGE = new RegExp(LARGE);
  const ENDS_SMALL = new RegExp(`^(.*?)(?:社区卫生|社区)?(?:${SMALL})$`);
  const ENDS_LARGE = new RegExp(`^(.*?)(?:社区卫生|社区)?(?:${LARGE})$`);
  const NUMBERED = /^第?([一二三四五六七八九十])(?:人民)?医?院$/;
  const short = (text) => text.replace(/[镇乡村]|街道|中心/g, '');

  /* Letters that are the beginnings of one syllable after the other: zhuxi, zx and zhux are all 竹溪. Where they end. */
  const spelled = (syllables, typed, from) => {
    const ends = (at, done) => {
      if (done === typed.length) return at;
      const one = syllables[at] || '';
      for (let length = one.length; length > 0; length -= 1) {
        if (typed.startsWith(one.slice(0, length), done)) {
          const end = ends(at + 1, done + length);
          if (end) return end;
        }
      }
      return 0;
    };
    return ends(from, 0);
  };
  /* As the south says it: z for zh, n for ng, l for n. */
  const slack = (letters) => letters.replace(/([zcs])h/g, '$1').replace(/ng/g, 'n').replace(/n(?=[aeiouv])/g, 'l');
  const inOrder = (text, term) => {
    let at = -1;
    return Array.from(term).every((one) => (at = text.indexOf(one, at + 1)) >= 0);
  };
  /* Whether the term stands in the text but for one character that is another, missing or too many. */
  const almost = (text, term) => {
    let row = Array.from({length: text.length + 1}, () => 0); // it may begin anywhere
    for (let at = 0; at < term.length; at += 1) {
      const next = [at + 1];
      for (let to = 1; to <= text.length; to += 1) {
        next.push(Math.min(row[to - 1] + (text[to - 1] === term[at] ? 0 : 1), row[to] + 1, next[to - 1] + 1));
      }
      row = next;
    }
    return Math.min(...row) <= 1;
  };

  /* What is typed, in parts that must all be meant; letters and characters in one word are two. */
  const terms = (typed) => {
    const text = plain(typed).replace(/(\d)[\s()-]+(?=\d)/g, '$1'); // 0535 850-1234 is one number
    return text.split(/[\s,，、。;；]+/)
      .reduce((all, word) => all.concat(/[^\x00-\x7f]/.test(word) ? word.match(/[a-z']+|[^a-z']+/g) || [] : [word]), [])
      .map((word) => word.replace(/^(?:\+|00)?86(?=1\d{10}$|0\d{9})/, ''))
      .filter(Boolean);
  };

  /* A site as it is looked through: names of its own and others, its text, its syllables by name. */
  const site = ({name, town, also, text, reading, phones, light, child, adult}) => {
    const whole = plain(name);
    const place = plain(town || '');
    const own = place && whole.length > place.length && whole.startsWith(place) ? whole.slice(place.length) : whole;
    return {
      names: [whole, own].concat(whole.match(/[\u4e00-\u9fff]{2,}/g) || []),
      also: plain(also || '').split(' ').concat(place).filter(Boolean),
      text: plain([name, town, also, text].join(' ')),
      reading: (reading || '').split(',').filter(Boolean).map((one) => one.split(' ')),
      phones: (phones || '').replace(/[^\d ]/g, ''),
      light,
      child,
      adult,
    };
  };

  const byLetters = (one, term) => {
    const letters = term.replace(/'/g, '');
    let best = 99;
    one.reading.forEach((syllables, which) => {
      const away = which ? 3 : 0;
      for (let from = 0; from < (letters.length > 1 ? syllables.length : 1); from += 1) {
        const end = spelled(syllables, letters, from);
        if (end) best = Math.min(best, away + (from ? 2 : end < syllables.length ? 1 : 0));
      }
      const initials = syllables.map((syllable) => syllable.charAt(0)).join('');
      if (!which && letters.length > 2 && initials.charAt(0) === letters.charAt(0) && inOrder(initials, letters)) best = Math.min(best, 6);
    });
    return best;
  };
  const byWord = (one, term) => {
    if (one.names.indexOf(term) >= 0) return 0;
    if (one.names.some((name) => name.startsWith(term))) return 1;
    if (one.names[0].indexOf(term) >= 0) return 2;
    if (one.also.some((name) => name.startsWith(term))) return 3;
    if (one.text.indexOf(term) >= 0) return 4;
    return 99;
  };
  const byAlias = (one, term) => {
    const numbered = NUMBERED.exec(term);
    if (numbered && new RegExp(`第?${numbered[1]}(?:人民)?医?院`).test(one.names[0])) return 1;
    if (LIGHTS.some(([light, said]) => light === one.light && said.test(term))) return 5;
    if (WHOM.some(([who, said, text]) => said.test(term) && (one[who] || text.test(one.text)))) return 5;
    if (COMMON.test(term)) return 6;
    const ailing = AILING.exec(term);
    if (ailing) return Math.max(5, byTerm(one, ailing[1]));
    const small = ENDS_SMALL.exec(term);
    if (small && HAS_SMALL.test(one.text) && one.text.indexOf(small[1]) >= 0) return 5;
    if (/^[一-鿿]院$/.test(term) && one.names[0].startsWith(term[0]) && one.names[0].endsWith('院')) return 6;
    return term.length > 2 && one.names.some((name) => inOrder(name, term)) ? 6 : 99;
  };
  const byGuess = (one, term) => {
    if (/^[a-z']+$/.test(term)) {
      const letters = term.replace(/'/g, '');
      const said = one.reading.map((all) => all.some((_, from) => spelled(all.map(slack), slack(letters), from)));
      if (said.some(Boolean)) return said[0] ? 7 : 8;
      return letters.length > 4 && one.reading.some((all) => almost(all.join(''), letters)) ? 9 : 99;
    }
    if (/^\d+$/.test(term)) return term.length > 6 && one.phones.split(' ').some((phone) => almost(phone, term)) ? 9 : 99;
    const large = ENDS_LARGE.exec(term);
    if (large && HAS_LARGE.test(one.names[0]) && short(one.names[0]).indexOf(short(large[1])) >= 0) return 7;
    const names = one.names.concat(one.also);
    if (term.length > 2) {
      if (names.some((name) => almost(name, term))) return 8;
      return short(term).length > 2 && names.some((name) => almost(short(name), short(term))) ? 9 : 99;
    }
    const likeIt = (name) => name[0] === term[0] || (name[1] === term[1] && !/[镇乡村县市区院所]/.test(term[1]));
    return term.length === 2 && names.some(likeIt) ? 9 : 99;
  };
  const byTerm = (one, term) => {
    const digits = /^\d{4,}$/.test(term) && one.phones.indexOf(term) >= 0 ? 3 : 99;
    const letters = /^[a-z']+$/.test(term) ? byLetters(one, term) : 99;
    return Math.min(digits, letters, byWord(one, term), byAlias(one, term));
  };

  /* How surely the site is meant by all of it, the surest first at 0; null: it is not. `guess`: as nearly as may be. */
  const rank = (one, looked, guess) => {
    const ranks = looked.map((term) => {
      const sure = byTerm(one, term);
      return guess && sure > 98 ? byGuess(one, term) : sure;
    });
    if (!looked.length) return 0;
    const together = one.names.indexOf(looked.join('')) >= 0 ? 0 : Math.max(...ranks);
    if (ranks.some((each) => each > 98)) return null;
    // Of names that only hold what was typed in between, the shorter is the nearer.
    return together * 10 + ranks.reduce((sum, each) => sum + each, 0) + (together > 5 ? one.names[0].length / 100 : 0);
  };
  /* The sites that are meant, and of what rank. Where none is, those that nearly are, and whether it came to that. */
  const among = (sites, typed) => {
    const looked = terms(typed);
    const of = (guess) => sites.map((one) => rank(one, looked, guess));
    const ranks = of(false);
    if (!looked.length || ranks.some((each) => each !== null)) return {ranks, guessed: false};
    return {ranks: of(true), guessed: true};
  };
  const asksLight = (typed) => terms(typed).some((term) => LIGHTS.some(([, said]) => said.test(term)));
  window.seek = {among, asksLight, fold, plain, site, terms};
})();
