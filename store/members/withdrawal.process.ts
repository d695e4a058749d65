/* The command line of another process: withdraws the recognition of a member by name. For members.integration.test.ts. */
import { withdrawCommand } from './commands.ts';
import { openMembersIn } from './members.fixture.ts';

const [folder = '', who = ''] = process.argv.slice(2);
const rig = await openMembersIn(folder);
process.stdout.write(await withdrawCommand(rig.members, who, { json: true }));
await rig.close();
