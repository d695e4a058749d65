import { describe, expect, it } from 'vitest';
import type { Fact } from '../../analytics/api/schemas/moment.ts';
import { momentText } from './moment-text.ts';
import { createStoreFormat } from './store-format.ts';

const format = createStoreFormat('en-GB', 'UTC');
const decision = { network: 'n', distance: 0.3, margin: 0.2, threshold: 0.4, frames: 5 };
const visit = { visitId: 'v', cameraId: 'front-door' };

describe('a moment in words', () => {
  it.each<[Fact, string, string | undefined]>([
    [{ kind: 'visit.started', ...visit, inLane: false }, 'A visitor came in', undefined],
    [{ kind: 'visit.started', ...visit, inLane: true }, 'A visitor came in', 'through the member lane'],
    [
      { kind: 'visit.identified', ...visit, subjectKey: 'k', name: null, decision },
      'A member was recognised',
      'name not shown',
    ],
    [
      { kind: 'visit.identified', ...visit, subjectKey: 'k', name: 'Anna', decision },
      'Anna was recognised',
      undefined,
    ],
    [
      { kind: 'visit.ended', visitId: 'v', reason: 'assumed-left', durationSeconds: 180 },
      'A visit ended',
      'nobody saw the way out, assumed after 3 min',
    ],
    [
      { kind: 'visit.ended', visitId: 'v', reason: 'seen-leaving', durationSeconds: 42 },
      'A visitor left',
      'after 42 s',
    ],
    [
      { kind: 'visit.identity-withdrawn', visitId: 'v', reason: 'crossed-paths' },
      'A visitor is anonymous again',
      'too close to somebody else to be sure',
    ],
    [
      { kind: 'visit.excluded', visitId: 'v', reason: 'marked-by-hand' },
      'A visitor is staff',
      'marked on the page',
    ],
    [
      { kind: 'queue.abandoned', visitId: 'v', queue: 'till-queue', waitSeconds: 95 },
      'Gave up waiting at till-queue',
      'after 2 min',
    ],
    [
      { kind: 'camera.lost', cameraId: 'front-door', reason: 'stalled', detail: 'no frame for 5.0 s' },
      'Camera front-door lost',
      'no frame for 5.0 s',
    ],
    [
      { kind: 'camera.recovered', cameraId: 'front-door', downSeconds: 7 },
      'Camera front-door is back',
      'no data for 7 s',
    ],
    [
      { kind: 'consent.withdrawn', subjectKey: 'k', purpose: 'show-name' },
      'A member withdrew a consent',
      'to have the name shown',
    ],
  ])('%o', (fact, title, note) => {
    const said = momentText(fact, format);
    expect(said.title).toBe(title);
    expect(said.note?.replace('\u00a0', ' ')).toBe(note);
  });
});
