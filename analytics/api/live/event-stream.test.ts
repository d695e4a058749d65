import { describe, expect, it } from 'vitest';
import type { Moment } from '../schemas/moment.ts';
import { createEventStream, wireEvent, type EventStream } from './event-stream.ts';

const heartbeat = (serverTimeMs: number) => wireEvent({ name: 'heartbeat', data: { serverTimeMs } });
const summaryLike = (serverTimeMs: number) =>
  wireEvent({ name: 'heartbeat', data: { serverTimeMs } }, { replaces: 'heartbeat' });

/** What a reader has got so far. */
async function readAll(stream: EventStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.readable) text += String(chunk);
  return text;
}

describe('a server-sent event', () => {
  it('has its id, its name and one line of JSON, and ends with an empty line', () => {
    const moment: Moment = {
      id: '0198c5a2-7d3e-7000-8000-000000000001',
      capturedAt: '2026-11-22T09:00:00.000Z',
      recordedAt: '2026-11-22T09:00:00.040Z',
      simulated: true,
      fact: { kind: 'camera.lost', cameraId: 'front-door', reason: 'error', detail: 'two\nlines' },
    };
    const { text } = wireEvent({ name: 'moment', data: moment }, { id: moment.id });
    expect(text.split('\n')).toEqual([
      `id: ${moment.id}`,
      'event: moment',
      `data: ${JSON.stringify(moment)}`,
      '',
      '',
    ]);
  });
});

describe('a stream of events', () => {
  it('hands on in order and ends when closed', async () => {
    const stream = createEventStream({ retryMs: 1000 });
    const read = readAll(stream);
    stream.send(heartbeat(1));
    stream.send(heartbeat(2));
    await new Promise(setImmediate);
    stream.close();
    expect(await read).toBe(
      'retry: 1000\n\nevent: heartbeat\ndata: {"serverTimeMs":1}\n\nevent: heartbeat\ndata: {"serverTimeMs":2}\n\n',
    );
  });

  it('replaces pictures of the present that a slow reader has not taken', () => {
    const stream = createEventStream();
    fill(stream);
    for (let time = 0; time < 10_000; time++) stream.send(summaryLike(time));
    expect(stream.readable.destroyed).toBe(false);
    const text = drain(stream);
    expect(text.match(/"serverTimeMs":\d+/g)).toEqual(['"serverTimeMs":9999']);
  });

  it('cuts off a reader that is too many moments behind', () => {
    const stream = createEventStream({ maxWaiting: 20 });
    fill(stream);
    for (let time = 0; time < 20; time++) stream.send(heartbeat(time));
    expect(stream.readable.destroyed).toBe(false);
    stream.send(heartbeat(20));
    expect(stream.readable.destroyed).toBe(true);
  });

  it('takes nothing after it was closed', async () => {
    const stream = createEventStream();
    stream.close();
    stream.send(heartbeat(1));
    stream.close();
    expect(await readAll(stream)).toBe('retry: 2000\n\n');
  });
});

/** Sends more than the socket's side takes, which nobody reads. */
function fill(stream: EventStream): void {
  stream.send({ text: `: ${'x'.repeat(70_000)}\n\n` });
}

/** Reads what is there, until nothing more comes. */
function drain(stream: EventStream): string {
  stream.readable.setEncoding('utf8');
  let text = '';
  for (;;) {
    const chunk: unknown = stream.readable.read();
    if (typeof chunk !== 'string') return text;
    text += chunk;
  }
}
