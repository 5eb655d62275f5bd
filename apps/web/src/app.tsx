/**
 * The first page: applications and what runs, live. The reason stands next to the state.
 */
import { useEffect, useState, type ReactElement } from 'react';

import { keyOf, useLive, type LiveObject } from './live.ts';
import { StateMark } from './state-mark.tsx';

/** The page. */
export const App = (): ReactElement => {
  const live = useLive();
  const now = useNow();
  const of = (kind: string): readonly LiveObject[] => live.objects.filter((object) => object.kind === kind);
  const applications = [...of('Application')].sort((left, right) => urgency(right) - urgency(left));
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="top">
        <h1>Argosy</h1>
        <div className="end">
          <span role="status">{live.connected ? 'Live' : 'Connecting'}</span>
          <ThemeSwitch />
        </div>
      </header>
      {!live.connected && live.ready && (
        <div className="stale" role="alert">
          The platform does not answer. What you see is as of {new Date(live.asOf).toLocaleTimeString()}.
        </div>
      )}
      <main id="content">
        <Section title="Applications" count={applications.length} ready={live.ready} empty={<NoApplications />}>
          <thead>
            <tr>
              {['Name', 'Health', 'Sync', 'Revision', 'Source', 'Last sync'].map((head) => (
                <th key={head}>{head}</th>
              ))}
            </tr>
          </thead>
          {applications.map((application) => (
            <ApplicationRow key={keyOf(application)} application={application} now={now} />
          ))}
        </Section>
        <Section
          title="Workflows"
          count={of('Workflow').length}
          ready={live.ready}
          empty={
            <p className="empty">
              No workflow was submitted yet. Submit one: <code>argosy submit FILE --wait</code>
            </p>
          }
        >
          <thead>
            <tr>
              {['Name', 'Phase', 'Progress', 'Message', 'Age'].map((head) => (
                <th key={head}>{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of('Workflow').map((workflow) => (
              <tr key={keyOf(workflow)}>
                <td className="name">{keyOf(workflow)}</td>
                <td>
                  <StateMark state={text(workflow.status, 'phase') || 'Pending'} />
                </td>
                <td>{text(workflow.status, 'progress')}</td>
                <td className="dim">{text(workflow.status, 'message')}</td>
                <td className="dim">{age(workflow.metadata.creationTimestamp, now)}</td>
              </tr>
            ))}
          </tbody>
        </Section>
        <Section
          title="Deployments"
          count={of('Deployment').length}
          ready={live.ready}
          empty={<p className="empty">Nothing is deployed yet.</p>}
        >
          <thead>
            <tr>
              {['Name', 'State', 'Pods', 'Image', 'Age'].map((head) => (
                <th key={head}>{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of('Deployment').map((deployment) => (
              <DeploymentRow key={keyOf(deployment)} deployment={deployment} now={now} />
            ))}
          </tbody>
        </Section>
        <Section title="Pods" count={of('Pod').length} ready={live.ready} empty={<p className="empty">No pod runs.</p>}>
          <thead>
            <tr>
              {['Name', 'Phase', 'Address', 'Age'].map((head) => (
                <th key={head}>{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of('Pod').map((pod) => (
              <tr key={keyOf(pod)}>
                <td className="name">{keyOf(pod)}</td>
                <td>
                  <StateMark state={text(pod.status, 'phase') || 'Pending'} />
                </td>
                <td className="dim mono">{text(pod.status, 'podIP')}</td>
                <td className="dim">{age(pod.metadata.creationTimestamp, now)}</td>
              </tr>
            ))}
          </tbody>
        </Section>
      </main>
    </>
  );
};

const Section = (props: {
  readonly title: string;
  readonly count: number;
  readonly ready: boolean;
  readonly empty: ReactElement;
  readonly children: React.ReactNode;
}): ReactElement => (
  <section aria-label={props.title}>
    <h2>
      {props.title}
      {props.ready && <small>{props.count}</small>}
    </h2>
    <div className="card">{props.ready && props.count === 0 ? props.empty : <table>{props.children}</table>}</div>
  </section>
);

const NoApplications = (): ReactElement => (
  <p className="empty">
    No application follows a repository yet. Apply one: <code>kubectl apply -f examples/application.yaml</code>
  </p>
);

const ApplicationRow = ({
  application,
  now,
}: {
  readonly application: LiveObject;
  readonly now: number;
}): ReactElement => {
  const { spec, status } = application;
  const operation = field(status, 'operationState');
  const reason = reasonOf(application);
  const source = field(spec, 'source');
  return (
    <tbody>
      <tr className={reason ? 'has-reason' : undefined}>
        <td className="name">{keyOf(application)}</td>
        <td>
          <StateMark state={text(field(status, 'health'), 'status') || 'Unknown'} />
        </td>
        <td>
          <StateMark state={text(field(status, 'sync'), 'status') || 'Unknown'} />
        </td>
        <td className="mono">{text(field(status, 'sync'), 'revision').slice(0, 7)}</td>
        <td className="dim">
          {text(source, 'repoURL')} <span className="mono">{text(source, 'path')}</span>
        </td>
        <td className="dim">
          {text(operation, 'phase')} {age(text(operation, 'finishedAt') || text(operation, 'startedAt'), now)}
        </td>
      </tr>
      {reason && (
        <tr className="reason">
          <td colSpan={6}>{reason}</td>
        </tr>
      )}
    </tbody>
  );
};

const DeploymentRow = ({
  deployment,
  now,
}: {
  readonly deployment: LiveObject;
  readonly now: number;
}): ReactElement => {
  const wanted = number(deployment.spec, 'replicas', 1);
  const available = number(deployment.status, 'availableReplicas', 0);
  const containers = field(field(deployment.spec, 'template'), 'spec')['containers'];
  const images = Array.isArray(containers)
    ? containers.map((container: { readonly image?: string }) => container.image ?? '').join(', ')
    : '';
  return (
    <tr>
      <td className="name">{keyOf(deployment)}</td>
      <td>
        <StateMark state={available >= wanted ? 'Healthy' : 'Progressing'} />
      </td>
      <td>
        {available} of {wanted}
      </td>
      <td className="dim mono">{images}</td>
      <td className="dim">{age(deployment.metadata.creationTimestamp, now)}</td>
    </tr>
  );
};

const ThemeSwitch = (): ReactElement => {
  const [theme, setTheme] = useState(
    () => document.documentElement.dataset['theme'] ?? localStorage.getItem('theme') ?? '',
  );
  useEffect(() => {
    if (theme) document.documentElement.dataset['theme'] = theme;
    if (theme) localStorage.setItem('theme', theme);
  }, [theme]);
  const isDark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  return (
    <button type="button" className="control" onClick={() => setTheme(isDark ? 'light' : 'dark')}>
      {isDark ? 'Light' : 'Dark'}
    </button>
  );
};

/** What is wrong first. */
const urgency = ({ status }: LiveObject): number => {
  const health = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Unknown', 'Degraded'].indexOf(
    text(field(status, 'health'), 'status') || 'Unknown',
  );
  return health * 2 + (text(field(status, 'sync'), 'status') === 'Synced' ? 0 : 1);
};

/** The sentence that explains a state that is not as wanted. */
const reasonOf = ({ status }: LiveObject): string => {
  const conditions = status?.['conditions'];
  const condition = Array.isArray(conditions)
    ? (conditions as readonly { readonly message?: string }[]).map((one) => one.message ?? '').join(' ')
    : '';
  const operation = field(status, 'operationState');
  const running = ['Running', 'Failed', 'Error'].includes(text(operation, 'phase')) ? text(operation, 'message') : '';
  return condition || running || text(field(status, 'health'), 'message');
};

type Fields = Readonly<Record<string, unknown>>;

const field = (of: Fields | undefined, name: string): Fields => {
  const value = of?.[name];
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
};
const text = (of: Fields | undefined, name: string): string => (typeof of?.[name] === 'string' ? of[name] : '');
const number = (of: Fields | undefined, name: string, absent: number): number =>
  typeof of?.[name] === 'number' ? of[name] : absent;

const age = (timestamp: string | undefined, now: number): string => {
  const since = Date.parse(timestamp ?? '');
  if (Number.isNaN(since)) return '';
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
};

const useNow = (): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
};
