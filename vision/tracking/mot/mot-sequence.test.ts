import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSequences, readSequence } from './mot-sequence.ts';

const TRUTH = '1,1,0,0,10,20,1\n3,1,0,0,10,20,1\n';
const DETECTIONS = '1,-1,0,0,10,20,0.9\n4,-1,0,0,10,20,0.9\n';

describe('a folder of sequences', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'mot-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function sequence(name: string, info?: string): Promise<string> {
    const path = join(folder, name);
    await mkdir(join(path, 'det'), { recursive: true });
    await mkdir(join(path, 'gt'));
    await writeFile(join(path, 'det/det.txt'), DETECTIONS);
    await writeFile(join(path, 'gt/gt.txt'), TRUTH);
    if (info !== undefined) await writeFile(join(path, 'seqinfo.ini'), info);
    return path;
  }

  it('gives the sequences in it, and a sequence gives itself', async () => {
    const [one, two] = [await sequence('one'), await sequence('two')];
    expect(await findSequences([folder])).toEqual([one, two]);
    expect(await findSequences([two])).toEqual([two]);
    await expect(findSequences([one, folder])).rejects.toThrow('Two sequences are called one');
    await expect(findSequences([join(one, 'det')])).rejects.toThrow('no MOTChallenge sequence');
  });

  it('knows length and rate from seqinfo.ini, else the length from its boxes and no rate', async () => {
    const told = await sequence('told', '[Sequence]\nname=x\nframeRate=30\nseqLength=50\n');
    expect(await readSequence(told)).toMatchObject({ name: 'told', frameCount: 50, framesPerSecond: 30 });
    expect(await readSequence(await sequence('untold'))).toMatchObject({
      frameCount: 4,
      framesPerSecond: undefined,
    });
  });

  it.each([
    { info: '[Sequence]\nseqLength=3\n', says: 'says 3 frames, but there are boxes in frame 4' },
    {
      info: '[Sequence]\nframeRate=fast\n',
      says: 'seqinfo.ini, line 2: expected frameRate to be a number above 0',
    },
  ])('is refused where seqinfo.ini can’t be true: $says', async ({ info, says }) => {
    await expect(readSequence(await sequence('broken', info))).rejects.toThrow(says);
  });

  it('is refused with the path of the file that is missing', async () => {
    const path = await sequence('half');
    await rm(join(path, 'gt/gt.txt'));
    await expect(readSequence(path)).rejects.toThrow('half/gt/gt.txt can');
  });
});
