import { useState } from 'preact/hooks';
import { Facts } from '../../parts/Facts.jsx';
import { Answered } from '../../parts/notes/Problem.jsx';
import { dateTime, number, points, score } from '../../format.js';
import { useLive } from '../../live.js';
import { metricText } from '../../figures/metrics.js';
import { href, setQuery } from '../../route.js';
import { t, wordFor } from '../../words/index.js';
import { Calibration } from './Calibration.jsx';
import { Confusion } from './Confusion.jsx';
import { EntityErrors } from './EntityErrors.jsx';
import { Errors } from './Errors.jsx';
import { PerLabel } from './PerLabel.jsx';

/** One evaluation's report: scores, what is confused with what, and the errors themselves. */
export function Evaluation({ names: [model, version, utc], query }) {
  const live = useLive(`evaluations/${model}/${version}/${utc}`, null);
  return (
    <>
      <p class="path"><a href={href(['evaluations'], { model })}>{t('nav.evaluations')}</a></p>
      <h1>{t('evaluation.title', { model })} <code>{version}</code></h1>
      <Answered live={live}>{(report) => <Report report={report} split={query.get('split')} isOfTraining={query.get('on') === 'trained'} />}</Answered>
    </>
  );
}

function Report({ report, split: asked, isOfTraining }) {
  const { splits } = isOfTraining && report.trainedOn ? report.trainedOn : report;
  const names = Object.keys(splits);
  const name = names.includes(asked) ? asked : names.includes('test') ? 'test' : names[0];
  const split = splits[name];
  return (
    <>
      <p class="lead">{dateTime(report.at)}</p>
      {report.promotion && <p class={`note ${report.promotion.promote ? 'good' : ''}`}><strong>{t(report.promotion.promote ? 'evaluation.promoted' : 'evaluation.refused')}</strong> {report.promotion.reason}</p>}
      <Comparisons comparisons={report.comparisons ?? []} />
      <Facts facts={[
        [t('one.dataset'), <a href={href(['datasets', report.dataset])}>{report.dataset} <code>{report.datasetVersion}</code></a>],
        [t('task'), wordFor('task', report.task)],
        [t('evaluation.artefact'), report.artefact && <code>{report.artefact}</code>],
      ]} />
      {report.trainedOn && (
        <div class="filters" role="group" aria-label={t('one.dataset')}>
          <button type="button" aria-pressed={!isOfTraining} onClick={() => setQuery({ on: '' })}>{t('evaluation.newest')} <code>{report.datasetVersion}</code></button>
          <button type="button" aria-pressed={isOfTraining} onClick={() => setQuery({ on: 'trained' })}>{t('evaluation.trainedOn')} <code>{report.trainedOn.datasetVersion}</code></button>
        </div>
      )}
      <div class="filters" role="group" aria-label={t('evaluation.split')}>
        {names.map((item) => <button type="button" aria-pressed={item === name} onClick={() => setQuery({ split: item })}>{wordFor('split', item)} <span>{number(splits[item].examples)}</span></button>)}
      </div>
      <SplitReport key={`${name} ${isOfTraining}`} split={split} thresholds={report.thresholds} model={report.model} version={report.version} />
    </>
  );
}

function Comparisons({ comparisons }) {
  return comparisons.length > 0 && (
    <section>
      <h2>{t('evaluation.compared')}</h2>
      <ul class="comparisons">
        {comparisons.map(({ with: other, version, split, datasetVersion, difference, low, high, isReal, isDrop, labels }) => (
          <li class={isDrop ? 'bad' : undefined}>
            <strong>{points(difference)}</strong> {t('evaluation.pointsOn', { split: wordFor('split', split), other: wordFor('against', other) })} <code>{version}</code>{' '}
            <span class="muted">{datasetVersion && `${t('evaluation.ofData', { version: datasetVersion })} `}{t(isReal ? 'evaluation.isReal' : 'evaluation.mayBeChance', { low: points(low), high: points(high) })}</span>
            {labels.length > 0 && <span class="changes">{labels.slice(0, 6).map(({ label, before, after }) => <span>{label} {score(before, 0)} → {score(after, 0)}</span>)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function SplitReport({ split, thresholds, model, version }) {
  const [wanted, setWanted] = useState(null);
  const choose = (error) => {
    setWanted(error);
    document.getElementById('errors').scrollIntoView({ block: 'start' });
    document.getElementById('errors').focus({ preventScroll: true });
  };
  const { entities, labels, multiLabels } = split;
  const tiles = [
    ['main', split.mainScore],
    entities && ['f1', entities.micro.f1],
    entities && ['precision', entities.micro.precision],
    entities && ['recall', entities.micro.recall],
    labels && ['accuracy', labels.accuracy],
    labels && ['macroF1', labels.macro.f1],
    multiLabels && ['microF1', multiLabels.micro.f1],
    multiLabels && ['macroF1', multiLabels.macro.f1],
    multiLabels && ['subsetAccuracy', multiLabels.subsetAccuracy],
    ['exact', split.exact],
    ['msPerExample', split.millisecondsPerExample],
  ].filter(Boolean);
  return (
    <>
      <ul class="tiles">{tiles.map(([name, value]) => <li><span>{wordFor('metric', name)}</span><strong>{metricText(`.${name}`, value)}</strong></li>)}</ul>
      <div class="columns">
        {entities && <PerLabel title={t('evaluation.entities')} scores={entities.perLabel} />}
        {labels && <PerLabel title={t('evaluation.labels')} scores={labels.perLabel} />}
        {multiLabels && <PerLabel title={t('evaluation.labels')} scores={multiLabels.perLabel} thresholds={thresholds} />}
      </div>
      {multiLabels && <Facts facts={[[t('evaluation.cardinality'), `${number(multiLabels.predictedCardinality, 2)} / ${number(multiLabels.expectedCardinality, 2)}`]]} />}
      {split.entityErrors && <EntityErrors errors={split.entityErrors} onChoose={choose} />}
      {labels && <Confusion labels={labels.labels} counts={labels.confusion} onChoose={choose} />}
      <Calibration parts={[['evaluation.entities', split.entityCalibration], ['evaluation.labels', split.labelCalibration]]} />
      <Errors split={split} wanted={wanted} onClear={() => setWanted(null)} place={{ model, version }} />
    </>
  );
}
