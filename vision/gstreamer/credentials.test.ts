import { expect, test } from 'vitest';
import { withoutCredentials } from './credentials.ts';

test.each([
  ['rtsp://ann:hunter2@10.0.0.7/live', 'rtsp://10.0.0.7/live'],
  ['rtsps://ann:p@ss@word@cam.local:322/a?b=c', 'rtsps://cam.local:322/a?b=c'],
  ['could not open rtsp://ann@cam/live and http://x:y@z/', 'could not open rtsp://cam/live and http://z/'],
  ['rtsp://10.0.0.7/live@home', 'rtsp://10.0.0.7/live@home'],
  ['mail to ann@shop.example', 'mail to ann@shop.example'],
  ['nothing to hide', 'nothing to hide'],
])('%s is shown as %s', (text, shown) => {
  expect(withoutCredentials(text)).toBe(shown);
});

test('given secrets vanish wherever they stand, also percent-encoded', () => {
  const shown = withoutCredentials('user-pw="p@ss/1" sent as p%40ss%2F1', ['p@ss/1']);
  expect(shown).toBe('user-pw="[withheld]" sent as [withheld]');
});

test('an empty or very short secret does not black out the whole text', () => {
  expect(withoutCredentials('a camera', ['', 'a'])).toBe('a camera');
});
