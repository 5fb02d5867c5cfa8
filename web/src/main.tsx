import './nonce';
import './styles/base.css';
import './styles/parts.css';
import './styles/pages.css';
import './styles/case.css';
import './styles/print.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import './device/install';
import { startI18n } from './i18n';
import { registerWorker } from './offline';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
await startI18n();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
registerWorker();
