/**
 * A part of the page: its name, how many there are, and a table or what to do when there is nothing.
 */
import type { ReactElement, ReactNode } from 'react';

/** The part. */
export const Section = (props: {
  readonly title: string;
  readonly count: number;
  readonly ready: boolean;
  readonly heads: readonly string[];
  readonly empty: ReactNode;
  readonly children: ReactNode;
}): ReactElement => (
  <section aria-label={props.title}>
    <h2>
      {props.title}
      {props.ready && <small>{props.count}</small>}
    </h2>
    <div className="card">
      {props.ready && props.count === 0 ? (
        <p className="empty">{props.empty}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {props.heads.map((head) => (
                <th key={head}>{head}</th>
              ))}
            </tr>
          </thead>
          {props.children}
        </table>
      )}
    </div>
  </section>
);

/** A row, and under it the sentence that explains its state. */
export const ExplainedRow = (props: {
  readonly columns: number;
  readonly reason: string;
  readonly children: ReactNode;
}): ReactElement => (
  <tbody>
    <tr className={props.reason ? 'has-reason' : undefined}>{props.children}</tr>
    {props.reason && (
      <tr className="reason">
        <td colSpan={props.columns}>{props.reason}</td>
      </tr>
    )}
  </tbody>
);
