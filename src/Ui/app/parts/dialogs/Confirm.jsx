import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../words/index.js';
import { ProblemNote } from '../notes/Problem.jsx';

/**
 * A button whose action is confirmed first; a failed action says why and may be tried again. `text` is what the dialog says, or
 * asks for it when the button is pressed.
 */
export function ConfirmButton({ label, title, text, className, action }) {
  const dialog = useRef();
  const isMounted = useRef(true);
  const [state, setState] = useState({});
  useEffect(() => () => (isMounted.current = false), []);

  const run = async (event) => {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      await action();
      dialog.current?.close();
      setState({});
    } catch (problem) {
      setState({ problem });
    }
  };

  const open = async () => {
    dialog.current.showModal();
    if (typeof text === 'function') {
      setState({ isBusy: true });
      setState(await text().then((said) => ({ said }), (problem) => ({ problem, isRefused: true })));
    }
  };

  return (
    <>
      <button type="button" class={className} onClick={open}>{label}</button>
      <dialog ref={dialog} aria-label={title} onClose={() => isMounted.current && setState({})}>
        <form onSubmit={run}>
          <h2>{title}</h2>
          {typeof text === 'function' ? state.said : <p>{text}</p>}
          <ProblemNote problem={state.problem} />
          <p class="actions">
            <button type="button" onClick={() => dialog.current.close()}>{t('cancel')}</button>
            <button class="primary" disabled={state.isBusy || state.isRefused}>{label}</button>
          </p>
        </form>
      </dialog>
    </>
  );
}
