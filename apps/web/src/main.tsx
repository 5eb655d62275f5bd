import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import './tokens.css';
import './page.css';
import { App } from './app.tsx';

// ?theme=dark or ?theme=light pins a theme; without it the last choice, else the system decides.
const asked = new URLSearchParams(location.search).get('theme');
if (asked === 'dark' || asked === 'light') document.documentElement.dataset['theme'] = asked;

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
