import { describe, expect, test } from 'vitest';
import { pipelineRecipe, type CameraConfig, type FrameSource } from './pipeline-recipe.ts';

const camera = (source: FrameSource): CameraConfig => ({
  id: 'front-door',
  size: { width: 640, height: 360 },
  framesPerSecond: 12.5,
  stallSeconds: 4,
  source,
});
const rtsp = { kind: 'rtsp', url: 'rtsp://10.0.0.7/live', transport: 'tcp' } as const;
const file = { kind: 'file', path: '/films/door "1".mkv', pace: 'realtime', loop: false } as const;

const NEWEST = 'max-buffers=1 drop=true';
const ALL = 'drop=false sync=false';

describe('the pipeline of a camera', () => {
  test.each<[string, FrameSource, string[]]>([
    [
      'network camera',
      rtsp,
      ['rtspsrc', 'protocols=tcp', 'tcp-timeout=4000000', 'max-rate=13', NEWEST, 'sync=false'],
    ],
    ['network camera over UDP', { ...rtsp, transport: 'udp' }, ['protocols=udp', ' timeout=4000000', NEWEST]],
    [
      'camera on USB',
      { kind: 'v4l2', device: '/dev/video0' },
      ['v4l2src', 'image/jpeg,width=640,height=360', NEWEST],
    ],
    ['file like a camera', file, ['filesrc', 'decodebin', NEWEST, 'sync=true']],
    ['file, every frame', { ...file, pace: 'fast' }, ['filesrc', ALL]],
    [
      'test picture',
      { kind: 'test', pattern: 'ball' },
      ['is-live=true', 'pattern=ball', 'framerate=12500/1000', NEWEST],
    ],
  ])('%s', (_, source, parts) => {
    const { description } = pipelineRecipe(camera(source));
    for (const part of parts) expect(description).toContain(part);
    expect(description).toContain(
      'videoscale name=scale ! video/x-raw,width=640,height=360,pixel-aspect-ratio=1/1 ! videoconvert ! video/x-raw,format=RGB',
    );
  });

  test('holds no name, address or login: they are set as texts', () => {
    const login = { user: 'ann', password: 'hunter2' };
    const network = pipelineRecipe(camera({ ...rtsp, credentials: 'DOOR_LOGIN' }), login);
    expect(network.description).not.toMatch(/ann|hunter2|10\.0\.0\.7/);
    expect(network.texts.map(({ property, text }) => [property, text])).toEqual([
      ['location', 'rtsp://10.0.0.7/live'],
      ['user-id', 'ann'],
      ['user-pw', 'hunter2'],
    ]);
    expect(pipelineRecipe(camera(file)).description).not.toContain('door');
    expect(pipelineRecipe(camera(file)).texts).toEqual([
      { element: 'source', property: 'location', text: file.path },
    ]);
  });

  test('takes no pattern that could be more than a pattern', () => {
    expect(() => pipelineRecipe(camera({ kind: 'test', pattern: 'ball ! filesink' }))).toThrow('no pattern');
  });
});
