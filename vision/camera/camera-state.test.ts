import { expect, test } from 'vitest';
import { sizeDifferenceMessage } from './camera-state.ts';

test('a camera of another size is told with both sizes and where to change it', () => {
  expect(
    sizeDifferenceMessage(
      'front-door',
      { width: 1280, height: 720 },
      { width: 1920, height: 1080 },
      'config/demo/store.yaml (cameras[0].size)',
    ),
  ).toBe(
    'Camera front-door sends 1280x720, its configuration says 1920x1080: every frame is scaled. ' +
      'Change config/demo/store.yaml (cameras[0].size) or the camera.',
  );
});
