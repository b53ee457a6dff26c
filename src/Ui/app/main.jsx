import 'uplot/dist/uPlot.min.css';
import './style/base.css';
import './style/parts.css';
import './style/pages.css';
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Announcer } from './parts/notes/Announcer.jsx';
import { Icon } from './parts/Icon.jsx';
import { KeyDialog } from './parts/dialogs/KeyDialog.jsx';
import { Dataset } from './pages/datasets/Dataset.jsx';
import { Datasets } from './pages/datasets/Datasets.jsx';
import { Evaluation } from './pages/evaluations/Evaluation.jsx';
import { Evaluations } from './pages/evaluations/Evaluations.jsx';
import { Models } from './pages/models/Models.jsx';
import { Model } from './pages/models/Model.jsx';
import { Overview } from './pages/Overview.jsx';
import { Runs } from './pages/runs/Runs.jsx';
import { Run } from './pages/runs/Run.jsx';
import { TryIt } from './pages/try/TryIt.jsx';
import { href, useRoute } from './route.js';
import { language, languages, setLanguage, t } from './words/index.js';

const places = ['overview', 'datasets', 'runs', 'models', 'evaluations', 'try'];

function page({ parts: [place = 'overview', ...names], query }) {
  switch (`${place}/${names.length}`) {
    case 'overview/0': return <Overview />;
    case 'datasets/0': return <Datasets />;
    case 'datasets/1': return <Dataset name={names[0]} query={query} />;
    case 'runs/0': return <Runs query={query} />;
    case 'runs/1': return <Run id={names[0]} />;
    case 'models/0': return <Models />;
    case 'models/1': return <Model name={names[0]} query={query} />;
    case 'evaluations/0': return <Evaluations query={query} />;
    case 'evaluations/3': return <Evaluation names={names} query={query} />;
    case 'try/0': return <TryIt query={query} />;
    default: return <h1>{t('notFound')}</h1>;
  }
}

function App() {
  const route = useRoute();
  const [, setCode] = useState(language().code);
  const main = useRef();
  const path = route.parts.join('/');
  const isFirst = useRef(true);

  // A new place: its heading gets the focus, so that a screen reader reads it, and names the window.
  useEffect(() => {
    const heading = main.current.querySelector('h1');
    document.title = path ? `${heading?.textContent} · Droptune` : 'Droptune';
    if (!isFirst.current && heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      scrollTo(0, 0);
    }

    isFirst.current = false;
  }, [path, language().code]);

  useEffect(() => {
    document.documentElement.lang = language().tag;
  }, [language().tag]);

  const choose = (event) => {
    setLanguage(event.target.value);
    setCode(event.target.value);
  };

  const here = route.parts[0] ?? 'overview';
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current.focus(); }}>{t('skip')}</a>
      <header>
        <a class="brand" href={href([])}><Icon name="drop" />Droptune</a>
        <nav aria-label={t('nav')}>
          {places.map((place) => (
            <a href={href(place === 'overview' ? [] : [place])} aria-current={place === here ? 'page' : undefined}>
              <Icon name={place} /><span>{t(`nav.${place}`)}</span>
            </a>
          ))}
        </nav>
        <label class="language">
          <span class="hidden">{t('language')}</span>
          <select value={language().code} onChange={choose}>
            {languages.map(({ code, tag, name }) => <option value={code} lang={tag}>{name}</option>)}
          </select>
        </label>
      </header>
      <main id="main" ref={main} tabindex="-1">{page(route)}</main>
      <Announcer />
      <KeyDialog />
    </>
  );
}

render(<App />, document.getElementById('app'));
