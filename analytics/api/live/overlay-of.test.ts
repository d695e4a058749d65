import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import type { SeenOverlay } from '../ports.ts';
import { Overlay } from '../schemas/overlay.ts';
import { overlayOf } from './overlay-of.ts';

const face = (trackId: string, state: SeenOverlay['faces'][number]['state']) => ({
  trackId,
  boxXyxy: [10, 20, 60, 90] as [number, number, number, number],
  inLane: true,
  state,
});
const seen: SeenOverlay = {
  cameraId: 'front-door',
  atMs: 1_795_000_000_000,
  framesPerSecond: 15,
  dropped: 0,
  faces: [
    face('a', { kind: 'anonymous' }),
    face('b', { kind: 'undecided', reason: 'too-far', distance: 0.61 }),
    face('c', { kind: 'member', subjectKey: 'key-of-anna', distance: 0.31 }),
    face('d', { kind: 'member', subjectKey: 'key-of-ben', distance: 0.33 }),
  ],
};

describe('what a page may know of what a camera sees', () => {
  const overlay = overlayOf(seen, (subjectKey) => (subjectKey === 'key-of-anna' ? 'Anna' : undefined));

  it('keeps the promise of the API description', () => {
    expect(Value.Check(Overlay, overlay)).toBe(true);
  });

  it('names members who consent, and nobody else', () => {
    expect(overlay.faces.map(({ state }) => ('name' in state ? state.name : '-'))).toEqual([
      '-',
      '-',
      'Anna',
      null,
    ]);
  });

  it('lets nothing out that the description does not name', () => {
    const withMore = { ...seen, faces: [{ ...face('a', { kind: 'anonymous' }), embedding: [0.1, 0.2] }] };
    expect(JSON.stringify(overlayOf(withMore, () => undefined))).not.toContain('embedding');
  });
});
