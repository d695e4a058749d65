import { expect, test } from 'vitest';
import type { BusComplaint } from '../gstreamer/bus.ts';
import { lossFromError } from './loss.ts';
import type { FrameSource } from './pipeline-recipe.ts';

const rtsp: FrameSource = { kind: 'rtsp', url: 'rtsp://10.0.0.7/live', transport: 'tcp' };
const withLogin: FrameSource = { ...rtsp, credentials: 'DOOR_LOGIN' };
const error = (domain: BusComplaint['domain'], code: number): BusComplaint => ({
  source: 'source',
  domain,
  code,
  text: 'what GStreamer said',
  debug: '',
});

test.each<[string, FrameSource, BusComplaint, boolean, string, string]>([
  ['nobody answers', rtsp, error('resource', 7), false, 'unreachable', 'what GStreamer said'],
  ['no such stream', rtsp, error('resource', 3), false, 'unreachable', 'what GStreamer said'],
  ['it answered and then broke', rtsp, error('resource', 9), true, 'error', 'what GStreamer said'],
  ['a stream that cannot be decoded', rtsp, error('stream', 6), false, 'error', 'what GStreamer said'],
  ['login refused', withLogin, error('resource', 15), false, 'error', 'variable DOOR_LOGIN'],
  ['login wanted, none given', rtsp, error('resource', 15), false, 'error', 'add source.credentials'],
])('%s', (_, source, complaint, hadFrames, reason, detail) => {
  const loss = lossFromError(complaint, source, hadFrames);
  expect(loss.reason).toBe(reason);
  expect(loss.detail).toContain(detail);
});
