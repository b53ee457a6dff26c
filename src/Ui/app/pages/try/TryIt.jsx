import { useEffect, useRef, useState } from 'preact/hooks';
import { post } from '../../api.js';
import { FirstSteps } from '../../parts/notes/FirstSteps.jsx';
import { Answered, ProblemNote } from '../../parts/notes/Problem.jsx';
import { percent } from '../../format.js';
import { useLive } from '../../live.js';
import { palette } from '../../labels.js';
import { setQuery } from '../../route.js';
import { t } from '../../words/index.js';
import { Marked } from '../../parts/Marked.jsx';
import { Corrector } from './Corrector.jsx';

/** Type a text, see what a model says of it, and correct it. */
export function TryIt({ query }) {
  const models = useLive('models?limit=1000', 15);
  return (
    <>
      <h1>{t('nav.try')}</h1>
      <Answered live={models}>
        {(all) => {
          const usable = all.filter(({ versions }) => versions.length > 0);
          const model = usable.find((item) => item.model === query.get('model')) ?? usable.find(({ production }) => production) ?? usable[0];
          return model ? <Trial key={model.model} model={model} models={usable} query={query} /> : <FirstSteps />;
        }}
      </Answered>
    </>
  );
}

function Trial({ model, models, query }) {
  const [text, setText] = useState(query.get('text') ?? '');
  const [state, setState] = useState({});
  const version = model.versions.some((item) => item.version === query.get('version')) ? query.get('version') : '';
  const used = model.versions.find((item) => item.version === (version || model.production)) ?? model.versions[0];
  const dataset = useLive(used?.dataset && `datasets/${used.dataset}`, null);
  const result = useRef();

  const predict = async () => {
    if (!text.trim()) {
      return;
    }

    setState((last) => ({ ...last, isBusy: true, isCorrecting: false, problem: undefined }));
    try {
      const search = version || !model.production ? `?version=${version || used.version}` : '';
      const answer = await post(`models/${model.model}/predict${search}`, { inputs: text, stringIndexType: 'utf16CodeUnit' });
      setState({ text, version: answer.version, prediction: answer.predictions[0] });
    } catch (problem) {
      setState({ problem });
    }
  };
  useEffect(() => {
    setState({});
    if (query.get('text')) {
      predict();
    }
  }, [version]);

  const onKeyDown = (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      predict();
    }
  };

  const { prediction } = state;
  const entityLabels = [...new Set([...(dataset.data?.entityLabels ?? []), ...(prediction?.entities ?? []).map(({ label }) => label)])].sort();
  const said = prediction?.labels ?? (prediction?.label ? [prediction.label] : []);
  const textLabels = [...new Set([...(dataset.data?.textLabels ?? []), ...said.map(({ name }) => name)])].sort();
  const colour = palette(entityLabels);
  return (
    <>
      <form class="try" onSubmit={(event) => { event.preventDefault(); predict(); }}>
        <div class="filters">
          <label>{t('one.model')} <select value={model.model} onChange={(event) => setQuery({ model: event.target.value, version: '', text: '' })}>{models.map((item) => <option>{item.model}</option>)}</select></label>
          <label>
            {t('version')}{' '}
            <select value={version} onChange={(event) => setQuery({ version: event.target.value })}>
              {model.production && <option value="">{t('try.served', { version: model.production })}</option>}
              {model.versions.filter((item) => !model.production || item.version !== model.production).map((item) => <option value={item.version}>{item.version}</option>)}
            </select>
          </label>
        </div>
        <label class="field">
          {t('try.text')}
          <textarea rows="3" value={text} placeholder={t('try.placeholder')} onInput={(event) => setText(event.target.value)} onKeyDown={onKeyDown} />
        </label>
        <p class="actions"><button class="primary" disabled={state.isBusy || !text.trim()}>{t('try.predict')}</button><span class="muted hint">{t('try.enter')}</span></p>
      </form>
      <ProblemNote problem={state.problem} onRetry={predict} />
      <section ref={result} aria-live="polite" aria-label={t('try.answer')}>
        {prediction && !state.isCorrecting && (
          <div class="answer">
            {said.map((label) => (
              <p class="text-label">
                <strong>{label.name}</strong>
                <meter min="0" max="1" value={label.score} aria-label={t('try.score')} />
                <span>{percent(label.score, 1)}</span>
              </p>
            ))}
            {prediction.labels?.length === 0 && <p class="muted">{t('try.noLabels')}</p>}
            <p class="sentence"><Marked text={state.text} entities={prediction.entities} colour={colour} /></p>
            {prediction.entities?.length === 0 && <p class="muted">{t('try.noEntities')}</p>}
            <p class="actions">
              <button type="button" onClick={() => setState({ ...state, isCorrecting: true })}>{t('try.correct')}</button>
              <span class="muted">{t('try.by', { version: state.version })}</span>
            </p>
          </div>
        )}
      </section>
      {prediction && state.isCorrecting && (
        <>
          <ProblemNote problem={dataset.problem} onRetry={dataset.refresh} />
          <Corrector
            model={model.model}
            text={state.text}
            prediction={prediction}
            entityLabels={entityLabels}
            textLabels={textLabels}
            colour={colour}
            onClose={() => setState({ ...state, isCorrecting: false })}
          />
        </>
      )}
    </>
  );
}
