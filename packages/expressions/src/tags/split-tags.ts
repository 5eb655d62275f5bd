/**
 * Finds `{{…}}` in a text.
 * @upstream valyala/fasttemplate template.go; argo-workflows util/template/template.go
 */
import { fail, ok, type Result } from '@argosy/base';

/** A piece of a text: words, or a tag (`content` without the braces). */
export type TagPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tag'; readonly content: string };

/** Splits a text at its tags. Of nested braces the innermost pair is the tag. A tag that never ends is refused. */
export const splitTags = (text: string): Result<readonly TagPart[]> => {
  const parts: TagPart[] = [];
  let index = 0;
  for (;;) {
    const open = text.indexOf('{{', index);
    if (open < 0) break;
    const close = text.indexOf('}}', open + 2);
    if (close < 0)
      return fail(
        `Cannot find end tag="}}" in the template starting from ${JSON.stringify(text.slice(open + 2, open + 60))}`,
      );
    const nested = text.slice(open + 2, close).lastIndexOf('{{');
    const innermost = nested < 0 ? open : open + 2 + nested;
    if (innermost > index) parts.push({ kind: 'text', text: text.slice(index, innermost) });
    parts.push({ kind: 'tag', content: text.slice(innermost + 2, close) });
    index = close + 2;
  }
  if (index < text.length) parts.push({ kind: 'text', text: text.slice(index) });
  return ok(parts);
};
