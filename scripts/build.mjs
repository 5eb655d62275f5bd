/** `npm run build`: makes the checkout ready to run. */
import { buildIfNeeded, installIfNeeded, requirePrograms } from './prepare.mjs';

requirePrograms();
installIfNeeded();
buildIfNeeded();
