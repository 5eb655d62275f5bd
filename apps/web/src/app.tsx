/**
 * The first page: the story, and the objects of the four products, live. The reason stands next to the state.
 */
import { useEffect, useState, type ReactElement } from 'react';

import { Applications } from './applications.tsx';
import { useLive, type LiveObject } from './live.ts';
import { Rollouts } from './rollouts.tsx';
import { Deployments, Events, Pods, Workflows } from './running.tsx';
import { Story } from './story.tsx';

/** The page. */
export const App = (): ReactElement => {
  const live = useLive();
  const now = useNow();
  const of = (...kinds: readonly string[]): readonly LiveObject[] =>
    live.objects.filter((object) => kinds.includes(object.kind));
  const shown = (objects: readonly LiveObject[]) => ({ objects, ready: live.ready, now });
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
        <Story story={of('ConfigMap')[0]} now={now} />
        <Applications applications={of('Application')} ready={live.ready} now={now} />
        <Rollouts rollouts={of('Rollout')} runs={of('AnalysisRun')} ready={live.ready} now={now} />
        <Workflows {...shown(of('Workflow'))} />
        <Events {...shown(of('EventSource', 'Sensor'))} />
        <Deployments {...shown(of('Deployment'))} />
        <Pods {...shown(of('Pod'))} />
      </main>
    </>
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

const useNow = (): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
};
