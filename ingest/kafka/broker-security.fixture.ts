import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BrokerSecurity } from './broker-settings.ts';

const run = promisify(execFile);
const ALIAS = 'broker';

/** A broker's certificate that vouches for itself, made by Java's own tool, and what clients have to trust. */
export async function createBrokerSecurity(
  folder: string,
  users: BrokerSecurity['users'],
): Promise<{ readonly security: BrokerSecurity; readonly authorityPath: string }> {
  const identityPath = join(folder, 'broker.p12');
  const identityPassword = randomBytes(12).toString('hex');
  const authorityPath = join(folder, 'authority.pem');
  const store = ['-keystore', identityPath, '-storetype', 'PKCS12', '-storepass', identityPassword];
  const name = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-ext', 'bc=ca:true'];
  await run('keytool', [
    '-genkeypair',
    '-alias',
    ALIAS,
    '-keyalg',
    'EC',
    '-validity',
    '2',
    ...store,
    ...name,
  ]);
  await run('keytool', ['-exportcert', '-rfc', '-alias', ALIAS, '-file', authorityPath, ...store]);
  return { security: { identityPath, identityPassword, users }, authorityPath };
}
