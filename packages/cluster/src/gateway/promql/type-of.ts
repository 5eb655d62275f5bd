/** What expressions yield, and whether their parts fit together. Pure. @upstream prometheus promql/parser/parse.go#checkAST */
import { SIGNATURES } from './signatures.ts';
import { QueryError, type BinaryOperator, type Expression, type ValueType } from './syntax.ts';

/** How tightly operators bind. @spec https://prometheus.io/docs/prometheus/latest/querying/operators/#binary-operator-precedence */
export const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<=': 3,
  '<': 3,
  '>=': 3,
  '>': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
};
/** What an expression yields. Throws QueryError when its parts do not fit together. */
export const typeOf = (expression: Expression): ValueType => {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'selector':
      return expression.rangeMs === undefined ? 'instant vector' : 'range vector';
    case 'negative':
      return expectOneOf(expression.of, ['scalar', 'instant vector'], 'unary expression');
    case 'aggregate':
      return expectOneOf(expression.of, ['instant vector'], `aggregation expression`);
    case 'call':
      return typeOfCall(expression);
    case 'binary':
      return typeOfBinary(expression);
  }
};

/** Tells whether an operator compares. */
export const isComparison = (operator: BinaryOperator): boolean => PRECEDENCE[operator] === 3;

/** Tells whether an operator works on sets. */
export const isSetOperator = (operator: BinaryOperator): boolean => PRECEDENCE[operator] <= 2;

const expectOneOf = (expression: Expression, types: readonly ValueType[], where: string): ValueType => {
  const type = typeOf(expression);
  if (types.includes(type)) return type;
  throw new QueryError(`parse error: expected type ${types.join(' or ')} in ${where}, got ${type}`);
};

const typeOfCall = ({ name, arguments: given }: Extract<Expression, { kind: 'call' }>): ValueType => {
  const signature = SIGNATURES[name];
  if (!signature) throw new QueryError(`not supported: function ${name}`);
  const { takes, optional = 0, gives } = signature;
  if (given.length > takes.length || given.length < takes.length - optional)
    throw new QueryError(`parse error: expected ${takes.length} argument(s) in call to "${name}", got ${given.length}`);
  for (const [index, argument] of given.entries())
    expectOneOf(argument, takes.slice(index, index + 1), `call to function "${name}"`);
  return gives;
};

const typeOfBinary = ({
  operator,
  left,
  right,
  isBool,
  matching,
}: Extract<Expression, { kind: 'binary' }>): ValueType => {
  const types = [left, right].map((side) => expectOneOf(side, ['scalar', 'instant vector'], 'binary expression'));
  const vectors = types.filter((type) => type === 'instant vector').length;
  if (isComparison(operator) && vectors === 0 && !isBool)
    throw new QueryError('parse error: comparisons between scalars must use BOOL modifier');
  if (isSetOperator(operator) && vectors < 2)
    throw new QueryError(
      `parse error: set operator ${JSON.stringify(operator)} not allowed in binary scalar expression`,
    );
  if (vectors < 2 && (matching.kind === 'on' || matching.labels.length > 0))
    throw new QueryError('parse error: vector matching only allowed between instant vectors');
  return vectors === 0 ? 'scalar' : 'instant vector';
};
