import { expect, test } from 'vitest';
import { enrolCommand, listCommand, removeCommand, showCommand, withdrawCommand } from './commands.ts';
import { NETWORK, withMembers } from './members.fixture.ts';

/** What vision answers: pictures named `blurred…` hold no usable face. */
const fromPicture = (path: string) =>
  Promise.resolve(
    path.startsWith('blurred')
      ? { ok: false as const, reason: 'the face is blurred' }
      : { ok: true as const, template: { network: NETWORK, bytes: new Uint8Array(512).fill(path.length) } },
  );
const enrolment = {
  displayName: 'Anna',
  pictures: ['front.jpg', 'blurred.jpg'],
  consents: ['door-recognition'] as const,
};

test('a member from enrolment to removal, as the command line says it', () =>
  withMembers(async ({ members }) => {
    expect(await listCommand(members, { json: false })).toContain('No members yet');
    const enrolled = await enrolCommand(members, { ...enrolment, json: false }, fromPicture);
    expect(enrolled).toContain('Anna is a member');
    expect(enrolled).toContain('1 of 2 photographs');
    expect(enrolled).toContain('blurred.jpg: the face is blurred');
    expect(await listCommand(members, { json: false, network: 'newer-network' })).toContain(
      'needs re-enrolment',
    );
    expect(await listCommand(members, { json: false, network: NETWORK })).not.toContain('needs re-enrolment');
    expect(await showCommand(members, 'anna', { json: false })).toContain(`1 by ${NETWORK}`);
    expect(await withdrawCommand(members, 'anna', { json: false })).toContain('no longer recognised');
    expect(await showCommand(members, 'anna', { json: false })).toMatch(/door-recognition .* withdrawn 20/);
    expect(await removeCommand(members, 'anna', { json: false })).toContain('no longer a member');
  }));

test('JSON answers hold what a machine needs, and no template', () =>
  withMembers(async ({ members }) => {
    const enrolled: unknown = JSON.parse(
      await enrolCommand(members, { ...enrolment, json: true }, fromPicture),
    );
    expect(enrolled).toMatchObject({
      displayName: 'Anna',
      activeConsents: ['door-recognition'],
      templates: { [NETWORK]: 1 },
      refusedPictures: [{ picture: 'blurred.jpg', reason: 'the face is blurred' }],
    });
    const list: unknown = JSON.parse(await listCommand(members, { json: true, network: NETWORK }));
    expect(list).toMatchObject({ members: [{ displayName: 'Anna', needsReEnrolment: false }] });
  }));

test('without consent no picture is opened, and the text to agree to is shown', () =>
  withMembers(async ({ members }) => {
    const opened: string[] = [];
    const enrol = enrolCommand(members, { ...enrolment, consents: ['show-name'], json: false }, (path) => {
      opened.push(path);
      return fromPicture(path);
    });
    await expect(enrol).rejects.toThrow('May we recognise you at the door?');
    expect(opened).toEqual([]);
  }));

test.each([
  ['no usable picture', ['blurred.jpg'], 'members.no-usable-picture'],
  ['no picture at all', [], 'members.no-usable-picture'],
])('%s: nobody is enrolled', (_what, pictures, code) =>
  withMembers(async ({ members }) => {
    await expect(
      enrolCommand(members, { ...enrolment, pictures, json: false }, fromPicture),
    ).rejects.toMatchObject({
      code,
    });
    expect(await members.list()).toEqual([]);
  }),
);

test('two people of one name are told apart by their ids', () =>
  withMembers(async ({ members }) => {
    await enrolCommand(members, { ...enrolment, json: true }, fromPicture);
    await enrolCommand(members, { ...enrolment, json: true }, fromPicture);
    await expect(removeCommand(members, 'Anna', { json: false })).rejects.toMatchObject({
      code: 'members.ambiguous',
    });
    await expect(removeCommand(members, 'Zoe', { json: false })).rejects.toMatchObject({
      code: 'members.unknown',
    });
    expect(await members.list()).toHaveLength(2);
  }));
