/**
 * For whom JSON is indented: people, who ask by hand. Programs read faster without.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go#isPrettyPrint
 */
import type { IncomingHttpHeaders } from 'node:http';

/** What people ask with: agents that begin so. */
const PEOPLE = /^(?:curl|Wget|Mozilla\/5\.0)/;
/** How Go's strconv reads a truth. */
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
/** As a parameter of the media type a client likes best. */
const INDENTED_TYPE = /^[^,]*;\s*pretty=(1|true)\b/;

/** Whether the answer is for people. The parameter `pretty` decides, else the media type, else who asks. */
export const isForPeople = (target: string, headers: IncomingHttpHeaders): boolean => {
  // Most requests say nothing of it, and their query is read once as it is.
  const asked = target.includes('pretty') ? askedIn(target) : null;
  if (asked) return TRUE.has(asked);
  if (INDENTED_TYPE.test(headers.accept ?? '')) return true;
  return PEOPLE.test(headers['user-agent'] ?? '');
};

const askedIn = (target: string): string | null => {
  const at = target.indexOf('?');
  return at < 0 ? null : new URLSearchParams(target.slice(at + 1)).get('pretty');
};
