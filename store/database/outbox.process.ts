/*
 * A store that dies: enrols a member and relays the outbox into the embedded log, and kills itself at the step that it is
 * told (`enrolling`: before the state is committed). For outbox.integration.test.ts.
 */
import { join } from 'node:path';
import { openEmbeddedLog } from '../../ingest/log/embedded.ts';
import { createLogger } from '../../runtime/logger.ts';
import { AGREES_TO, NETWORK, openMembersIn } from '../members/members.fixture.ts';
import { writeToOutbox, startOutboxRelay } from './outbox.ts';
import { MemberEnrolled } from '../../ingest/events/member-enrolled.ts';

const [folder = '', dieAt = ''] = process.argv.slice(2);
const die = (): void => void process.kill(process.pid, 'SIGKILL');

const { database, members } = await openMembersIn(folder);
if (dieAt === 'enrolling') {
  await database.transaction(async (queries) => {
    await writeToOutbox(queries, [MemberEnrolled.example]);
    die();
  });
}
await members.enrol({
  displayName: 'Anna',
  consents: [AGREES_TO('door-recognition')],
  templates: [{ network: NETWORK, bytes: new Uint8Array(512).fill(7) }],
});
startOutboxRelay({
  database,
  log: openEmbeddedLog({ path: join(folder, 'log.db') }),
  logger: createLogger('outbox', 'silent'),
  onStep: (step) => {
    if (step === dieAt) die();
  },
});
