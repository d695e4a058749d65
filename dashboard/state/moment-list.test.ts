import { describe, expect, it } from 'vitest';
import type { Fact, Moment } from '../../analytics/api/schemas/moment.ts';
import { MomentList } from './moment-list.svelte.ts';

const decision = { network: 'n', distance: 0.3, margin: 0.2, threshold: 0.4, frames: 5 };
const arrival: Fact = { kind: 'visit.started', visitId: 'v', cameraId: 'front-door', inLane: true };
const recognised = (subjectKey: string, name: string | null): Fact => ({
  kind: 'visit.identified',
  visitId: 'v',
  cameraId: 'front-door',
  subjectKey,
  name,
  decision,
});
const moment = (id: string, second: number, fact: Fact = arrival): Moment => ({
  id,
  capturedAt: new Date(Date.UTC(2026, 10, 22, 9, 0, second)).toISOString(),
  recordedAt: new Date(Date.UTC(2026, 10, 22, 9, 0, second, 40)).toISOString(),
  simulated: true,
  fact,
});
const ids = (list: MomentList) => list.items.map((item) => item.moment.id);

describe('the stream of moments', () => {
  it('is newest first and has each once, whether it came live or from history', () => {
    const list = new MomentList();
    list.add(moment('b', 2), true);
    list.merge([moment('a', 1), moment('b', 2)]);
    list.add(moment('c', 3), true);
    list.add(moment('c', 3), true);
    expect(ids(list)).toEqual(['c', 'b', 'a']);
    expect(list.items.map(({ live }) => live)).toEqual([true, true, false]);
  });

  it('stays short', () => {
    const list = new MomentList();
    for (let second = 0; second < 200; second++) list.add(moment(`m${second}`, second), true);
    expect(list.items).toHaveLength(80);
    expect(ids(list)[0]).toBe('m199');
  });

  it('measures from capture until painted, once, and only what came live', () => {
    const list = new MomentList();
    list.add(moment('live', 1), true);
    list.merge([moment('old', 0)]);
    const capturedMs = Date.UTC(2026, 10, 22, 9, 0, 1);
    list.painted('live', capturedMs + 120);
    list.painted('live', capturedMs + 999);
    list.painted('old', capturedMs + 999);
    expect(list.items.map(({ screenLatencyMs }) => screenLatencyMs)).toEqual([120, undefined]);
    expect(list.medianLatencyMs).toBe(120);
    expect(list.measured).toBe(1);
  });

  it('knows no latency before one was measured', () => {
    expect(new MomentList().medianLatencyMs).toBeUndefined();
  });

  it('takes a name away when the consent to show it is withdrawn, and only that one', () => {
    const list = new MomentList();
    list.add(moment('anna', 1, recognised('key-a', 'Anna')), true);
    list.add(moment('ben', 2, recognised('key-b', 'Ben')), true);
    list.add(moment('w', 3, { kind: 'consent.withdrawn', subjectKey: 'key-a', purpose: 'show-name' }), true);
    const names = list.items.map(({ moment: { fact } }) => ('name' in fact ? fact.name : '-'));
    expect(names).toEqual(['-', 'Ben', null]);
  });

  it('takes names as the API gives them now', () => {
    const list = new MomentList();
    list.add(moment('anna', 1, recognised('key-a', 'Anna')), true);
    list.merge([moment('anna', 1, recognised('key-a', null))]);
    expect(list.items[0]?.moment.fact).toMatchObject({ name: null });
  });
});
