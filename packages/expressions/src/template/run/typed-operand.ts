/**
 * Operands as the types that parameters want.
 * @spec text/template/exec.go validateType, evalBool … evalEmptyInterface
 */
import { canBeNil, isAssignable, nilOf } from '../functions/signature.ts';
import { writeNode, type OperandNode } from '../parse/nodes.ts';
import { goTypeOf, type GoValue } from '../values.ts';
import { refuse, type Frame } from './frame.ts';

/** A value as a parameter takes it; refuses one of another type. */
export const acceptAs = (frame: Frame, value: GoValue, type: string): GoValue => {
  if (value === undefined) {
    if (!canBeNil(type)) return refuse(frame, `invalid value; expected ${type}`);
    return nilOf(type);
  }
  if (isAssignable(value, type)) return value;
  return refuse(
    frame,
    `wrong type for value; expected ${type}; got ${value === null ? 'interface {}' : goTypeOf(value)}`,
  );
};

/** A literal as the type its parameter wants. */
export const literalAs = (
  frame: Frame,
  node: Extract<OperandNode, { readonly kind: 'bool' | 'string' | 'number' }>,
  type: string,
): GoValue => {
  switch (type) {
    case 'bool':
      return node.kind === 'bool' ? node.value : refuse(frame, `expected bool; found ${writeNode(node)}`);
    case 'string':
      return node.kind === 'string' ? node.value : refuse(frame, `expected string; found ${writeNode(node)}`);
    case 'int':
    case 'int64':
      return (
        (node.kind === 'number' ? node.int : undefined) ?? refuse(frame, `expected integer; found ${writeNode(node)}`)
      );
    case 'uint32':
      return (
        (node.kind === 'number' ? node.uint : undefined) ??
        refuse(frame, `expected unsigned integer; found ${writeNode(node)}`)
      );
    case 'float64':
      return (
        (node.kind === 'number' ? node.float : undefined) ?? refuse(frame, `expected float; found ${writeNode(node)}`)
      );
    case 'interface {}':
    case 'reflect.Value':
      return constantOf(frame, node);
    default:
      return refuse(frame, `can't handle ${writeNode(node)} for arg of type ${type}`);
  }
};

/** A literal as the type it has by itself. */
export const constantOf = (frame: Frame, node: OperandNode): GoValue => {
  frame.node = node;
  if (node.kind === 'bool' || node.kind === 'string') return node.value;
  if (node.kind !== 'number') return refuse(frame, `can't evaluate command ${JSON.stringify(writeNode(node))}`);
  const isHex = /^0[xX]/.test(node.text) && !/[pP]/.test(node.text);
  if (node.float !== undefined && !isHex && !node.text.startsWith("'") && /[.eEpP]/.test(node.text)) return node.float;
  return node.int ?? refuse(frame, `${node.text} overflows int`);
};
