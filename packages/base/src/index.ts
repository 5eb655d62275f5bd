export {
  canonicalText,
  cloneJson,
  deepFreeze,
  isEmpty,
  isEqual,
  isObject,
  type DeepReadonly,
  type Json,
  type JsonObject,
} from './json.ts';
export { assertNever, Defect, Failure, messageOf, type FailureDetails } from './failure.ts';
export { fail, ok, type Result } from './result.ts';
export { delay, parseTimestamp, toMicroTimestamp, toTimestamp, type Clock, type Instant } from './clock.ts';
export { onAbort } from './on-abort.ts';
export { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
export { createSystemClock, createSystemRandom } from './system-ports.ts';
export { createSeededRandom, randomBytes, randomSuffix, type Random } from './random.ts';
export { silentLogger, type LogFields, type Logger } from './log.ts';
export { formatAge, formatGoDuration, parseGoDuration } from './go-duration.ts';
export { compareQuantities, canonicalQuantity, parseQuantity, quantityToNumber } from './quantity.ts';
export { derIdentifierOf, readDerElement, readDerElements, type DerElement } from './der.ts';
export { fnv1a32, safeEncode, sha256Hex } from './hash.ts';
export { parseCron, type CronField, type CronOptions, type CronSchedule } from './cron.ts';
export { nextAfter, previousBefore } from './cron-activations.ts';
export { createZoneClock, type WallTime, type ZoneClock } from './cron-zone.ts';
