import { expect, test } from 'vitest';
import { parseVideoCapsText, tightRowBytes } from './video-caps.ts';

const size = 'width=(int)1280, height=(int)720';

test.each([
  [`video/x-raw, format=(string)RGB, ${size}, framerate=(fraction)15/1`, 'RGB', 15],
  [`video/x-raw, ${size}, interlace-mode=(string)progressive, format=(string)NV12`, 'NV12', undefined],
  [
    `video/x-raw(memory:DMABuf), format=(string)YUY2, ${size}, framerate=(fraction)30000/1001`,
    'YUY2',
    30000 / 1001,
  ],
  [`video/x-raw, format=(string)GRAY16_LE, ${size}, framerate=(fraction)0/1`, 'GRAY16_LE', undefined],
])('%s', (text, format, framesPerSecond) => {
  expect(parseVideoCapsText(text)).toEqual({ format, width: 1280, height: 720, framesPerSecond });
});

test.each([
  'audio/x-raw, rate=(int)48000',
  'video/x-h264, width=(int)64, height=(int)64',
  'video/x-raw',
  'ANY',
  '',
])('no raw video: %j', (text) => {
  expect(parseVideoCapsText(text)).toBeUndefined();
});

test('bytes of a row by format', () => {
  const caps = (format: string) => ({ format, width: 10, height: 1, framesPerSecond: undefined });
  expect(['RGB', 'RGBA', 'GRAY8', 'GRAY16_LE'].map((format) => tightRowBytes(caps(format)))).toEqual([
    30, 40, 10, 20,
  ]);
  expect(() => tightRowBytes(caps('I420'))).toThrow('I420');
});
