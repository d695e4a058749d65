import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { loadDeployment } from '../config/load.ts';
import { toCameraId, toStoreId, toSubjectKey, newId, newTrackId } from '../runtime/ids.ts';
import { calibrate } from '../vision/floor/calibration.ts';
import { standingPlace } from '../vision/floor/standing-place.ts';
import { createTracker } from '../vision/tracking/tracker.ts';
import { createRandom, createNormal } from '../vision/tracking/synthetic/random.ts';
import { looksFrom } from '../vision/floor/walkers.fixture.ts';
import { createPresence } from '../vision/moments/presence.ts';
import { compareFloor } from './floor-comparison.ts';
import { playFloor } from './floor-playing.ts';
import { planFloor } from './floor-walks.ts';
import { planWalks, stanceAt, facePlace } from './plan.ts';
import { loadScenario } from './scenario.ts';
const START = Date.UTC(2026, 0, 1);
const d = loadDeployment('/tmp/FLOOR/store.yaml');
const store = d.stores[0]!;
const verbose = process.argv.includes('-v');
const truthFile =
  '/work/main/.cache/simulation/' +
  readdirSync('/work/main/.cache/simulation')
    .filter((f) => /^floor-.*truth.json$/.test(f))
    .sort()[0];
const truth = JSON.parse(readFileSync(process.env.TRUTH ?? truthFile, 'utf8'));
const real = process.env.REAL === '1';
const noise = Number(process.env.NOISE ?? 0.02),
  miss = Number(process.env.MISS ?? 0.06),
  seed = Number(process.env.SEED ?? 1);
const keys = new Map<string, any>();
const castIds = new Map<string, string>();
for (const p of truth.people)
  if (p.member && !keys.has(p.identity)) {
    const k = toSubjectKey(newId());
    keys.set(p.identity, k);
    castIds.set(k, p.identity);
  }
const cameras = store.cameras.flatMap((c) =>
  c.calibration === undefined
    ? []
    : [
        {
          cameraId: toCameraId(c.id),
          purpose: c.purpose,
          size: c.size,
          calibration: calibrate(c.calibration, c.size, c.id),
        },
      ],
);
let moments: any[] = [];
const owner = new Map<any, number>();
if (real)
  for (const f of ['west', 'east'])
    moments.push(
      ...JSON.parse(readFileSync(`/tmp/FLOOR/${f}.json`, 'utf8'), (k, v) =>
        k === 'appearance' ? Float32Array.from(v) : v,
      ).filter((m: any) => m.kind !== 'camera-lost'),
    );
else
  for (const [ci, cam] of truth.cameras.entries()) {
    const { cameraId, size, calibration } = cameras.find((c) => c.cameraId === cam.id)!;
    const random = createRandom(seed * 100 + ci),
      normal = createNormal(random);
    const tracker = createTracker<any>(process.env.TRK ? JSON.parse(process.env.TRK) : undefined);
    for (const { seconds, people } of cam.sightings) {
      const dets = people
        .filter((p: any) => p.visible >= 0.35 && random() > miss)
        .map((p: any) => {
          const [l, t, r, b] = p.boxXyxy;
          const w = r - l,
            h = b - t;
          const box = [
            l + normal() * noise * h,
            t + normal() * noise * h,
            r + normal() * noise * h,
            b + normal() * noise * h,
          ];
          box[0] = Math.max(0, box[0]!);
          box[1] = Math.max(0, box[1]!);
          box[2] = Math.min(size.width, box[2]!);
          box[3] = Math.min(size.height, box[3]!);
          return { boxXyxy: box, score: 0.6 + 0.35 * random(), visit: p.visit };
        })
        .filter((q: any) => q.boxXyxy[2] - q.boxXyxy[0] > 4 && q.boxXyxy[3] - q.boxXyxy[1] > 10);
      const { seen, ended } = tracker.update(dets, seconds);
      const tracks = seen
        .filter((t) => t.confirmed)
        .flatMap((t) => {
          const s = standingPlace(calibration, t.boxXyxy, size);
          if (!s) return [];
          const looks = looksFrom(t.detection.visit + 5).map(
            (x: number) => x * (1 + 0.3 * (2 * random() - 1)),
          );
          const sum = looks.reduce((a: number, b: number) => a + b, 0);
          owner.set(t.trackId, t.detection.visit); if (process.env.DBGV && seconds > 51 && seconds < 51.3 && t.detection.visit === 2) process.env.DBG = t.trackId.slice(-6);
          return [
            {
              trackId: t.trackId,
              place: s.place,
              covariance: s.covariance,
              appearance: looks.map((x: number) => x / sum),
            },
          ];
        });
      moments.push({
        kind: 'tracks',
        cameraId,
        atMs: START + Math.round(seconds * 1000) + ci * 37,
        tracks,
        ended: ended.map((t: any) => t.trackId),
      });
    }
  }
// the door
const door = cameras.find((c) => c.purpose === 'door')!;
const scenario = loadScenario('/tmp/FLOOR/scenario.yaml');
if (!process.env.NODOOR) {
  const random = createRandom(seed * 7 + 5),
    normal = createNormal(random);
  for (const walk of planWalks(scenario)) {
    const trackId = newTrackId();
    const p = truth.people.find((q: any) => q.visit === walk.visit);
    let entered = false,
      named = false,
      last = 0,
      looks = 0;
    for (let s = Math.ceil(walk.startSeconds * 10) / 10; ; s += 0.1) {
      const stance = stanceAt(walk, s);
      if (!stance) break;
      const f = facePlace(walk, stance);
      const plan = [6.2 - f.away, 2.75 - f.across] as any;
      const px = door.calibration.toImage(plan, f.height);
      if (!px || px[0] < 0 || px[1] < 0 || px[0] > 1280 || px[1] > 720) continue;
      const w = 0.155 * (door.calibration.focalPixels! / Math.max(0.3, f.away));
      if (w < 44) continue;
      last = s;
      const c = [px[0] + normal() * w * 0.04, px[1] + normal() * w * 0.04];
      const box = [c[0]! - w / 2, c[1]! - w / 2, c[0]! + w / 2, c[1]! + w / 2];
      moments.push({
        kind: 'overlay',
        cameraId: door.cameraId,
        atMs: START + Math.round(s * 1000),
        faces: [{ trackId, boxXyxy: box, inLane: walk.lane, state: { kind: 'anonymous' } }],
        framesPerSecond: 15,
        dropped: 0,
        walk: 1,
      });
      if (!entered && s >= p.enteredAtSeconds) {
        entered = true;
        moments.push({
          kind: 'entered',
          cameraId: door.cameraId,
          trackId,
          atMs: START + Math.round(s * 1000) + 1,
          inLane: walk.lane,
        });
      }
      if (walk.member && walk.lane && !named && ++looks > 6) {
        named = true;
        moments.push({
          kind: 'identified',
          cameraId: door.cameraId,
          trackId,
          atMs: START + Math.round(s * 1000) + 2,
          subjectKey: keys.get(walk.castId),
          decision: { network: 'x', distance: 0.3, margin: 0.2, threshold: 0.4, frames: 5 },
        });
      }
    }
    if (last)
      moments.push({
        kind: 'track-ended',
        cameraId: door.cameraId,
        trackId,
        atMs: START + Math.round(last * 1000) + 800,
      });
  }
  // one overlay per moment in time: merge
  const by = new Map<number, any>();
  const rest: any[] = [];
  for (const m of moments) {
    if (m.kind !== 'overlay') {
      rest.push(m);
      continue;
    }
    const t = Math.round((m.atMs - START) / 100) * 100 + START;
    const o = by.get(t);
    if (o) o.faces.push(...m.faces);
    else by.set(t, { ...m, atMs: t });
  }
  for (let s = 0; s < truth.seconds; s += 0.1) {
    const t = START + Math.round(s * 10) * 100;
    if (!by.has(t))
      by.set(t, {
        kind: 'overlay',
        cameraId: door.cameraId,
        atMs: t,
        faces: [],
        framesPerSecond: 15,
        dropped: 0,
      });
  }
  moments = [...rest, ...by.values()];
}
const { floorPlan: plan, zones, lines, visits } = store;
const presence = createPresence({
  storeId: toStoreId('demo'),
  assumedStayMs: visits.assumedStayMinutes * 60000,
  isSimulated: () => true,
  floor: { plan, zones, lines, visits: { ...visits, ...JSON.parse(process.env.V ?? '{}') }, cameras },
});
const t0 = process.cpuUsage();
const { samples, events } = playFloor(moments, presence, {
  startedAtMs: START,
  seconds: Math.floor(truth.seconds),
});
const cpu = process.cpuUsage(t0);
const cmp = compareFloor(samples, truth, (k) => castIds.get(k));
const types: any = {};
for (const e of events) {
  const k =
    e.type +
    (e.type === 'visit.ended' || e.type === 'visit.identity-withdrawn' ? ':' + (e.data as any).reason : '');
  types[k] = (types[k] ?? 0) + 1;
}
console.log(JSON.stringify(cmp.figures), JSON.stringify(types), 'cpu s', (cpu.user / 1e6).toFixed(1));
if (verbose) console.log(cmp.lost.join('\n'));
if (process.env.OUT) writeFileSync(process.env.OUT, JSON.stringify({ samples, events }));
if (process.argv.includes('-s')) {
  const { presentAt } = await import('./floor-truth.ts');
  let sd = 0,
    ages: number[] = [];
  for (const s of samples) {
    const p = presentAt(truth, s.seconds).filter((x) => x.inside);
    const sh = p.filter((x) => x.visibleTo.length);
    const told = s.people.filter((x) => x.seenSecondsAgo <= 1.2);
    sd += told.length - sh.length;
    ages.push(...s.people.map((x) => x.seenSecondsAgo));
    if (s.seconds % 20 === 0)
      console.log(
        s.seconds,
        'inside',
        p.length,
        'shown',
        sh.length,
        'people',
        s.people.length,
        'told',
        told.length,
      );
  }
  ages.sort((a, b) => a - b);
  console.log(
    'signed',
    sd / samples.length,
    'ages',
    [0.1, 0.25, 0.5, 0.75, 0.9, 0.95].map((q) => ages[Math.floor(q * ages.length)]),
  );
  for (const e of events)
    if (/ident|withdr|started|found|same|ended/.test(e.type))
      console.log(
        (Date.parse(e.time) - START) / 1000,
        e.type,
        e.visitid?.slice(-4),
        JSON.stringify((e.data as any).reason ?? ''),
      );
}
if (process.argv.includes('-w')) {
  const { presentAt } = await import('./floor-truth.ts');
  for (const s of samples) {
    const p = presentAt(truth, s.seconds);
    for (const q of s.people)
      if (q.subjectKey) {
        const id = castIds.get(q.subjectKey);
        const near = p
          .map((x) => ({
            v: x.person.visit,
            id: x.person.identity,
            d: Math.hypot(x.place[0] - q.place[0], x.place[1] - q.place[1]),
          }))
          .sort((a, b) => a.d - b.d);
        const own = near.find((x) => x.id === id);
        if (near[0]!.id !== id || near[0]!.d > 1)
          console.log(
            s.seconds,
            q.visitId.slice(-4),
            'name',
            id,
            'own',
            own && own.d.toFixed(2),
            'nearest',
            near[0]!.v,
            near[0]!.id,
            near[0]!.d.toFixed(2),
            'age',
            q.seenSecondsAgo.toFixed(1),
            q.place.map((x) => x.toFixed(1)).join(),
          );
      }
  }
}
if (process.argv.includes('-c')) {
  const { presentAt } = await import('./floor-truth.ts');
  for (const s of samples) {
    const p = presentAt(truth, s.seconds).filter((x) => x.inside);
    const extra = s.people.filter(
      (q) =>
        q.seenSecondsAgo < 1.2 &&
        !p.some(
          (x) => x.visibleTo.length && Math.hypot(x.place[0] - q.place[0], x.place[1] - q.place[1]) < 1,
        ),
    );
    const missing = p.filter(
      (x) =>
        x.visibleTo.length &&
        !s.people.some(
          (q) => q.seenSecondsAgo < 1.2 && Math.hypot(x.place[0] - q.place[0], x.place[1] - q.place[1]) < 1,
        ),
    );
    if (s.seconds % 3 === 0)
      console.log(
        s.seconds,
        'extra',
        extra
          .map((q) => {
            const n = presentAt(truth, s.seconds)
              .map((x) => ({ x, d: Math.hypot(x.place[0] - q.place[0], x.place[1] - q.place[1]) }))
              .sort((a, b) => a.d - b.d)[0]!;
            return (
              q.visitId.slice(-4) +
              '@' +
              q.place.map((v) => v.toFixed(1)) +
              ' near ' +
              n.x.person.visit +
              ' ' +
              n.d.toFixed(1) +
              (n.x.inside ? '' : ' OUT') +
              (n.x.visibleTo.length ? '' : ' HID')
            );
          })
          .join(' | '),
        'missing',
        missing.map((x) => x.person.visit + '@' + x.place.map((v) => v.toFixed(1))).join(' | '),
      );
  }
}
if (process.env.TRACE) {
  const ids = process.env.TRACE.split(',').map(Number);
  const { presentAt } = await import('./floor-truth.ts');
  for (const s of samples) {
    const p = presentAt(truth, s.seconds);
    const line = ids.map((v) => {
      const x = p.find((y) => y.person.visit === v);
      if (!x) return v + ':-';
      const q = s.people
        .filter((q) => Math.hypot(x.place[0] - q.place[0], x.place[1] - q.place[1]) < 1)
        .map(
          (q) =>
            q.visitId.slice(-4) +
            (q.seenSecondsAgo > 1 ? '~' : '') +
            '@' +
            Math.hypot(x.place[0] - q.place[0], x.place[1] - q.place[1]).toFixed(1),
        );
      return (
        v +
        ':' +
        x.place.map((z) => z.toFixed(1)) +
        '[' +
        x.visibleTo.map((c) => c.slice(8, 9)) +
        '] ' +
        q.join(' ')
      );
    });
    console.log(s.seconds, line.join('   |   '));
  }
}
if (process.env.AT) { const [a, b, x, y] = process.env.AT.split(',').map(Number); for (const m of moments.filter((m) => m.kind === 'tracks' && m.atMs >= START + a! * 1000 && m.atMs <= START + b! * 1000).sort((p, q) => p.atMs - q.atMs)) for (const t of m.tracks) if (Math.hypot(t.place[0] - x!, t.place[1] - y!) < 1.6) console.log(((m.atMs - START) / 1000).toFixed(2), m.cameraId, t.trackId.slice(-4), owner.get(t.trackId), t.place.map((v: number) => v.toFixed(2)).join(), 'sd', Math.sqrt(t.covariance[0]).toFixed(2), Math.sqrt(t.covariance[2]).toFixed(2)); }
