import { describe, expect, it } from 'vitest';
import { Resource } from './resource.svelte.ts';

const explain = (thrown: unknown) => ({ title: String(thrown), detail: undefined, code: 'unreachable' });

describe('something that is asked of the API', () => {
  it('goes from loading to ready, and to stale when the next try fails', async () => {
    let answer: () => Promise<number> = () => Promise.resolve(7);
    const resource = new Resource(() => answer(), explain);
    expect(resource.state).toBe('loading');
    await resource.load();
    expect([resource.state, resource.value]).toEqual(['ready', 7]);
    answer = () => Promise.reject(new Error('gone'));
    await resource.load();
    expect([resource.state, resource.value]).toEqual(['stale', 7]);
    answer = () => Promise.resolve(8);
    await resource.load();
    expect([resource.state, resource.value]).toEqual(['ready', 8]);
  });

  it('has failed when there never was an answer', async () => {
    const resource = new Resource<number>(() => Promise.reject(new Error('gone')), explain);
    await resource.load();
    expect([resource.state, resource.failure?.title]).toEqual(['failed', 'Error: gone']);
  });

  it('drops an answer that something newer overtook', async () => {
    const waiting: ((value: string) => void)[] = [];
    const resource = new Resource<string>(() => new Promise((resolve) => waiting.push(resolve)), explain);
    const first = resource.load();
    const second = resource.load();
    waiting[1]?.('newer');
    waiting[0]?.('older');
    await Promise.all([first, second]);
    expect(resource.value).toBe('newer');
    const third = resource.load();
    resource.set('pushed');
    waiting[2]?.('asked before');
    await third;
    expect(resource.value).toBe('pushed');
  });
});
