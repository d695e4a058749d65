import { readFileSync, readdirSync } from 'node:fs';
import { presentAt } from './floor-truth.ts';
import { createLooks, lookDistance } from '../vision/floor/looks.ts';
const START = Date.UTC(2026, 0, 1);
const truth = JSON.parse(
  readFileSync(
    '/work/main/.cache/simulation/' +
      readdirSync('/work/main/.cache/simulation')
        .filter((f) => /^floor-.*truth.json$/.test(f))
        .sort()[0],
    'utf8',
  ),
);
const m = JSON.parse(readFileSync('/tmp/FLOOR/west.json', 'utf8'), (k, v) =>
  k === 'appearance' ? Float32Array.from(v) : v,
).filter((x: any) => x.kind === 'tracks');
console.log(
  'moments',
  m.length,
  'bins',
  m.find((x: any) => x.tracks[0]?.appearance)?.tracks[0].appearance.length,
);
const hist = new Map<number, any[]>();
const errs: number[] = [];
let n = 0,
  noloc = 0,
  d2s: number[] = [],
  missed = 0,
  shown = 0;
const trackOwners = new Map<string, number[]>();
for (const x of m) {
  const s = (x.atMs - START) / 1000;
  const p = presentAt(truth, s);
  const used = new Set();
  for (const t of x.tracks) {
    n++;
    let best: any,
      bd = 1;
    for (const q of p) {
      const d = Math.hypot(q.place[0] - t.place[0], q.place[1] - t.place[1]);
      if (d < bd) {
        bd = d;
        best = q;
      }
    }
    if (!best) {
      noloc++;
      continue;
    }
    used.add(best);
    errs.push(bd);
    const dx = t.place[0] - best.place[0],
      dy = t.place[1] - best.place[1];
    const [a, b, c] = t.covariance;
    d2s.push((c * dx * dx - 2 * b * dx * dy + a * dy * dy) / (a * c - b * b));
    const o = trackOwners.get(t.trackId) ?? [];
    o.push(best.person.visit);
    trackOwners.set(t.trackId, o);
    if (t.appearance) {
      const h = hist.get(best.person.visit) ?? [];
      h.push(t.appearance);
      hist.set(best.person.visit, h);
    }
  }
  for (const q of p)
    if (q.visibleTo.includes('ceiling-west')) {
      shown++;
      if (!used.has(q)) missed++;
    }
}
const q = (a: number[]) => {
  a.sort((x, y) => x - y);
  return [0.1, 0.25, 0.5, 0.75, 0.9, 0.95].map((f) => a[Math.floor(f * a.length)]?.toFixed(3)).join(' ');
};
console.log('sightings', n, 'unmatched', noloc, 'missed share', missed / shown, 'err', q(errs), 'd2', q(d2s));
const hell = (a: any, b: any) => {
  let c = 0;
  for (let i = 0; i < a.length; i++) c += Math.sqrt(a[i] * b[i]);
  return Math.sqrt(Math.max(0, 1 - c));
};
const within: number[] = [],
  withinMean: number[] = [],
  between: number[] = [];
const means = new Map<number, any>();
for (const [v, hs] of hist) {
  for (let i = 5; i < hs.length; i += 5) within.push(hell(hs[i], hs[i - 5]));
  const half = Math.floor(hs.length / 2);
  if (hs.length < 20) continue;
  const mean = (a: any[]) => a[0].map((_: any, i: number) => a.reduce((s, h) => s + h[i], 0) / a.length);
  withinMean.push(hell(mean(hs.slice(0, half)), mean(hs.slice(half))));
  means.set(v, mean(hs));
  for (const h of hs.slice(0, 50)) {
  }
}
const toMeanOwn: number[] = [],
  toMeanOther: number[] = [];
for (const [v, hs] of hist)
  if (means.has(v))
    for (let i = 0; i < hs.length; i += 7)
      for (const [w, mm] of means) (v === w ? toMeanOwn : toMeanOther).push(hell(hs[i], mm));
const ms = [...means];
for (let i = 0; i < ms.length; i++)
  for (let j = i + 1; j < ms.length; j++) between.push(hell(ms[i]![1], ms[j]![1]));
console.log(
  'within',
  q(within),
  '| halves',
  q(withinMean),
  '| between means',
  q(between),
  '| sight to own',
  q(toMeanOwn),
  'other',
  q(toMeanOther),
);
let tracks = 0,
  pure = 0;
const sw: string[] = [];
for (const [id, o] of trackOwners) {
  tracks++;
  const c = new Map<number, number>();
  for (const v of o) c.set(v, (c.get(v) ?? 0) + 1);
  const big = [...c].filter(([, k]) => k >= 5);
  if (big.length <= 1) pure++;
  else sw.push(JSON.stringify(big));
}
console.log('tracks', tracks, 'pure', pure, sw.join(' '));
