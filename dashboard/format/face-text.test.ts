import { describe, expect, it } from 'vitest';
import type { FaceState } from '../../analytics/api/schemas/overlay.ts';
import { faceLabel, faceReason } from './face-text.ts';
import { createStoreFormat } from './store-format.ts';

const format = createStoreFormat('en-GB', 'UTC');

describe('what is said about a face', () => {
  it.each<[FaceState, string | undefined, string]>([
    [{ kind: 'anonymous' }, undefined, 'Outside the lane: counted, not compared with anybody'],
    [{ kind: 'undecided', reason: 'gathering' }, 'Looking', 'Not enough good frames yet'],
    [
      { kind: 'undecided', reason: 'too-far', distance: 0.61 },
      'Not a member',
      'Too far from every member (nearest member 0.610)',
    ],
    [
      { kind: 'undecided', reason: 'ambiguous', distance: 0.31, margin: 0.01 },
      'Unsure',
      'Two members are about as near (nearest member 0.310, margin 0.010)',
    ],
    [
      { kind: 'member', subjectKey: 'k', distance: 0.3, name: null },
      'Member',
      'Recognised at distance 0.300',
    ],
    [
      { kind: 'member', subjectKey: 'k', distance: 0.3, name: 'Anna' },
      'Anna',
      'Recognised at distance 0.300',
    ],
  ])('%o', (state, label, reason) => {
    expect(faceLabel(state)).toBe(label);
    expect(faceReason(state, format)).toBe(reason);
  });
});
