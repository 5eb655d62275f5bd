/**
 * Built-ins written in jq, by their definitions in the manual.
 * @spec https://jqlang.github.io/jq/manual/
 */
import type { JqFunction } from '../syntax/ast.ts';
import { functionKey } from '../run/machine.ts';
import { parseJqDefinitions } from '../syntax/parse.ts';

const SOURCE = `
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def with_entries(f): to_entries | map(f) | from_entries;
def add(f): [f] | add;
def min_by(f): _min_by(map([f]));
def max_by(f): _max_by(map([f]));
def sort_by(f): _sort_by(map([f]));
def group_by(f): _group_by(map([f]));
def unique_by(f): _unique_by(map([f]));
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def finites: select(isfinite);
def normals: select(isnormal);
def strings: select(type == "string");
def nulls: select(. == null);
def values: select(. != null);
def scalars: select(type | . != "array" and . != "object");
def combinations: if length == 0 then [] else .[0][] as $x | [$x] + (.[1:] | combinations) end;
def combinations(n): [limit(n; repeat(.))] | combinations;
def walk(f): def w: if type == "array" then map(w) elif type == "object" then map_values(w) end | f; w;
def first: .[0];
def last: .[-1];
def last(g): reduce g as $item (null; $item);
def nth($n): .[$n];
def nth($n; g): if $n < 0 then error("nth doesn't support negative index") else first(skip($n; g)) end;
def all: all(.);
def all(y): all(.[]; y);
def all(g; y): isempty(g | select(y | not));
def any: any(.);
def any(y): any(.[]; y);
def any(g; y): isempty(g | select(y)) | not;
def del(f): delpaths([path(f)]);
def paths: path(..) | select(. != []);
def paths(f): path(.. | select(f)) | select(. != []);
def leaf_paths: paths(scalars);
def pick(f): . as $v | reduce path(f) as $p (null; setpath($p; $v | getpath($p)));
def to_array: if type == "array" then . else [.] end;
def debug(message): .;
def truncate_stream(f): . as $n | null | f | if .[0] | length > $n then .[0] |= .[$n:] else empty end;
def fromstream(f):
  foreach f as $pv (
    null;
    if .e then null end |
    $pv as [$p, $v] |
    if $pv | length == 2 then setpath(["v"] + $p; $v) | setpath(["e"]; $p | length == 0)
    else setpath(["e"]; $p | length == 1) end;
    if .e then .v else empty end
  );
def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%S%z") | mktime;
def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdate: fromdateiso8601;
def todate: todateiso8601;
def date: todate;
def dateadd(unit; $seconds): . + $seconds;
def datesub(unit; $seconds): . - $seconds;
def match($re): match($re; null);
def match($re; $flags): _match($re; $flags; false)[];
def test($re): test($re; null);
def test($re; $flags): _match($re; $flags; true);
def capture($re): capture($re; null);
def capture($re; $flags): match($re; $flags) | _capture;
def scan($re): scan($re; null);
def scan($re; $flags): match($re; $flags + "g") | if .captures == [] then .string else [.captures[].string] end;
def splits($re): splits($re; null);
def splits($re; $flags): split($re; $flags)[];
def sub($re; str): sub($re; str; null);
def sub($re; str; $flags):
  . as $text |
  def replaced:
    if .matches == [] then $text[:.offset] + .string
    else
      .matches[-1] as $r |
      {
        string: ($r | _capture | str) + $text[$r.offset + $r.length:.offset] + .string,
        offset: $r.offset,
        matches: .matches[:-1]
      } |
      replaced
    end;
  { string: "", matches: [match($re; $flags)] } | replaced;
def gsub($re; str): sub($re; str; "g");
def gsub($re; str; $flags): sub($re; str; $flags + "g");
def ascii: [.] | implode;
def INDEX(stream; key): reduce stream as $row ({}; .[$row | key | tostring] = $row);
def INDEX(key): INDEX(.[]; key);
def JOIN($index; key): [.[] | [., $index[key]]];
def JOIN($index; stream; key): stream | [., $index[key]];
def JOIN($index; stream; key; join): stream | [., $index[key]] | join;
def IN(s): any(s == .; .);
def IN(source; s): any(source == s; .);
`;

/** The library, parsed on first use and kept: it never changes. */
export const jqLibrary = (() => {
  let library: ReadonlyMap<string, JqFunction> | undefined;
  return (): ReadonlyMap<string, JqFunction> =>
    (library ??= new Map(
      parseJqDefinitions(SOURCE).map((definition) => [
        functionKey(definition.name, definition.parameters.length),
        definition,
      ]),
    ));
})();
