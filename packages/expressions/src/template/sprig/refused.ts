/**
 * Functions of Sprig that exist by name and refuse: templates must not read the program's environment or the network,
 * and keys are not for pure code to make.
 */
import { goFunction } from '../functions/signature.ts';
import { GoError, type GoFunction, type GoFunctions } from '../values.ts';

const refusing = (name: string, why: string): GoFunction =>
  goFunction(['...any'], () => {
    throw new GoError(`${name} is not supported: ${why}`);
  });

const ENVIRONMENT = 'templates cannot read the environment; pass the value in';
const NETWORK = 'templates cannot use the network; pass the address in';
const KEYS = 'keys made while rendering would change with every sync; use cert-manager, or a secret made beforehand';

const NAMES: Readonly<Record<string, string>> = {
  env: ENVIRONMENT,
  expandenv: ENVIRONMENT,
  getHostByName: NETWORK,
  buildCustomCert: KEYS,
  genCA: KEYS,
  genCAWithKey: KEYS,
  genPrivateKey: KEYS,
  genSelfSignedCert: KEYS,
  genSelfSignedCertWithKey: KEYS,
  genSignedCert: KEYS,
  genSignedCertWithKey: KEYS,
};

/** What is refused by its name. */
export const REFUSED_FUNCTIONS: GoFunctions = Object.fromEntries(
  Object.entries(NAMES).map(([name, why]) => [name, refusing(name, why)]),
);
