import { useState } from 'preact/hooks';
import { download } from '../api.js';
import { t } from '../words/index.js';
import { ProblemNote } from './notes/Problem.jsx';

const lifetime = 60_000; // ms that the browser has to begin

/** A button that fetches a file and gives it to the browser to keep. No link, which would have the function key in its address. */
export function DownloadButton({ path, name }) {
  const [state, setState] = useState({});
  const run = async () => {
    setState({ isBusy: true });
    try {
      const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(await download(path)), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), lifetime);
      setState({});
    } catch (problem) {
      setState({ problem });
    }
  };

  return (
    <>
      <button type="button" disabled={state.isBusy} onClick={run}>{state.isBusy ? t('download.busy') : t('download')}</button>
      <ProblemNote problem={state.problem} />
    </>
  );
}
