import type { SeenOverlay } from '../ports.ts';
import type { FaceState, Overlay } from '../schemas/overlay.ts';

/**
 * What a page may know of what a camera sees: field by field, so that nothing that vision adds one day slips out, with
 * names only where `nameOf` gives one.
 */
export function overlayOf(seen: SeenOverlay, nameOf: (subjectKey: string) => string | undefined): Overlay {
  const { cameraId, atMs, framesPerSecond, dropped } = seen;
  const faces = seen.faces.map(({ trackId, boxXyxy, inLane, state }) => ({
    trackId,
    boxXyxy,
    inLane,
    state: stateOf(state, nameOf),
  }));
  return { cameraId, atMs, faces, framesPerSecond, dropped };
}

function stateOf(
  state: SeenOverlay['faces'][number]['state'],
  nameOf: (subjectKey: string) => string | undefined,
): FaceState {
  switch (state.kind) {
    case 'anonymous':
      return { kind: 'anonymous' };
    case 'undecided': {
      const { reason, distance, margin } = state;
      return {
        kind: 'undecided',
        reason,
        ...(distance === undefined ? {} : { distance }),
        ...(margin === undefined ? {} : { margin }),
      };
    }
    case 'member': {
      const { subjectKey, distance } = state;
      return { kind: 'member', subjectKey, distance, name: nameOf(subjectKey) ?? null };
    }
  }
}
